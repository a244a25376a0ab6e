import { isIpAddress } from '../../cluster/ip-range';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsNameProblem, quoted } from '../../input/text-safety';

/** An Elasticsearch that receives the logs. */
export interface ElasticsearchOutput {
  /** DNS name or address. The agents resolve it through cluster DNS. */
  readonly host: string;

  /** @default 9200 */
  readonly port?: number;

  /**
   * Index or data stream to write to. One data stream with rollover instead of an index per day: daily indices of a large cluster grow
   * without bound. Elasticsearch 8 and newer make a data stream of every `logs-*-*` name.
   *
   * @default logs-kubernetes-default
   */
  readonly index?: string;

  /**
   * Whether to speak TLS and to verify the receiver's certificate and name.
   *
   * @default true
   */
  readonly tls?: boolean;

  /**
   * Secret in namespace `logging` with key `ca.crt`: the authority of the receiver's certificate.
   *
   * @default - the public authorities in the image
   */
  readonly caSecret?: string;

  /**
   * Secret in namespace `logging` with keys `username` and `password` (type kubernetes.io/basic-auth). You create it; no credential is ever
   * part of the output.
   *
   * @default - no authentication
   */
  readonly userSecret?: string;
}

/** Resolved `ElasticsearchOutput`. */
export interface ResolvedElasticsearchOutput {
  readonly host: string;
  readonly port: number;
  readonly index: string;
  readonly tls: boolean;
  /** @default - the public authorities in the image */
  readonly caSecret?: string;
  /** @default - no authentication */
  readonly userSecret?: string;
}

/** Where the logs go. */
export class LogOutput {
  /** Elasticsearch 7.9 or newer. */
  public static elasticsearch(output: ElasticsearchOutput): LogOutput {
    return new LogOutput(output);
  }

  /** @internal */
  public readonly _elasticsearch: ResolvedElasticsearchOutput;

  private constructor(output: ElasticsearchOutput) {
    const resolved = { ...output, port: output.port ?? 9200, index: output.index ?? 'logs-kubernetes-default', tls: output.tls ?? true };
    const problems = new Problems('LogOutput.elasticsearch');
    if (!isIpAddress(resolved.host)) { problems.add(dnsNameProblem('host', resolved.host)); }
    problems.add(wholeNumberProblem('port', resolved.port, { min: 1, max: 65_535, why: 'TCP port' }));
    problems.require(INDEX.test(resolved.index) && resolved.index.length <= 255,
      `index must be lower-case letters, digits, '.', '_' and '-' and start with a letter or digit, got ${quoted(resolved.index)}`);
    if (resolved.caSecret !== undefined) { problems.add(dnsNameProblem('caSecret', resolved.caSecret)); }
    if (resolved.userSecret !== undefined) { problems.add(dnsNameProblem('userSecret', resolved.userSecret)); }
    problems.require(resolved.tls || resolved.userSecret === undefined, 'userSecret with tls false would send the password in clear text; leave tls out');
    problems.require(resolved.tls || resolved.caSecret === undefined, 'caSecret has no use with tls false; leave one of them out');
    problems.throwIfAny();
    this._elasticsearch = resolved;
  }
}

// Elasticsearch: lower case, none of \ / * ? " < > | space , # : and not beginning with - _ +.
const INDEX = /^[a-z0-9][a-z0-9._-]*$/;
