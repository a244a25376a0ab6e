import { Size, SizeRoundingBehavior } from 'cdk8s';
import { compareVersions } from '../../catalogue/version-range';
import { HOST_PATHS } from '../../cluster/host-paths';
import { IEtcdEndpoints } from '../../contracts/etcd-endpoints';
import { Problems } from '../../input/problems';
import { quoted, urlProblem } from '../../input/text-safety';

/** What is known of an etcd that somebody else runs. */
export interface ExternalEtcdProps {
  /** Client URLs of every member of the main ring, `https://address:2379`. An API server leaves a dead member only for one that is named. */
  readonly mainUrls: string[];

  /**
   * Client URLs of the ring for events. Above some hundred nodes events are most of the writes, and a storm of them holds up everything else.
   *
   * @default - events share the main ring, with a finding above 500 nodes
   */
  readonly eventsUrls?: string[];

  /**
   * Client URLs of the ring for leases; nodes / 10 writes a second go there.
   *
   * @default - leases share the main ring
   */
  readonly leasesUrls?: string[];

  /** Version that all members run, `3.6.14`. Versions before 3.5.4 are refused: they can lose data. */
  readonly version: string;

  /**
   * Authority that signed the members' certificates, on the machines of the API servers. One file serves all rings.
   *
   * @default /etc/kubernetes/pki/etcd/ca.crt
   */
  readonly caFile?: string;

  /**
   * Client certificate of the API servers.
   *
   * @default /etc/kubernetes/pki/apiserver-etcd-client.crt
   */
  readonly clientCertFile?: string;

  /**
   * Key of that certificate.
   *
   * @default /etc/kubernetes/pki/apiserver-etcd-client.key
   */
  readonly clientKeyFile?: string;

  /**
   * Quota of the main ring.
   *
   * @default - 2 GiB, what etcd has when nobody sets it
   * @see flag `quota-backend-bytes` of etcd
   */
  readonly quotaBackendBytes?: Size;
}

/** 3.5.0 to 3.5.2 lose consistency after a crash, 3.5.3 can stop at start; releases before have no watch progress that cached reads rely on. */
const OLDEST = '3.5.4';
const MAX_MEMBERS = 7;
const FILE = /^(\/[A-Za-z0-9._-]+)+$/;
const ENDPOINT = /^https:\/\/(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/i;

/** An etcd that somebody else runs: what API servers must know of it, checked. Backups, alerts and certificates of it are not ours. */
export class ExternalEtcd implements IEtcdEndpoints {
  /**
   * Describe it. Throws one error with everything that is wrong: URLs that are not https or have no port, even numbers of members, versions that
   * lose data, paths that are not absolute.
   */
  public static of(props: ExternalEtcdProps): ExternalEtcd {
    return new ExternalEtcd(props);
  }

  public readonly mainUrls: string[];
  public readonly eventsUrls: string[];
  public readonly leasesUrls?: string[];
  public readonly etcdVersion: string;
  public readonly caFile: string;
  public readonly clientCertFile: string;
  public readonly clientKeyFile: string;
  public readonly quotaBackendBytes: number;

  private constructor(props: ExternalEtcdProps) {
    const { mainUrls, eventsUrls = [], leasesUrls = [], version } = props;
    const problems = new Problems('ExternalEtcd');
    problems.require(mainUrls.length > 0, 'mainUrls must name at least one member');
    checkUrls('mainUrls', mainUrls, problems);
    checkUrls('eventsUrls', eventsUrls, problems);
    checkUrls('leasesUrls', leasesUrls, problems);
    const shared = [...eventsUrls, ...leasesUrls].filter((url, i, all) => mainUrls.includes(url) || all.indexOf(url) !== i);
    problems.require(shared.length === 0, `${[...new Set(shared)].join(', ')} stands in two rings; a member belongs to one ring, leave the list out where rings are shared`);
    const isVersion = /^\d+\.\d+\.\d+$/.test(version);
    problems.require(isVersion, `version must be major.minor.patch such as 3.6.14, got ${quoted(version)}`);
    problems.require(!isVersion || compareVersions(version, OLDEST) >= 0,
      `version ${version} is before ${OLDEST}: members of 3.5.0 to 3.5.2 can hold different data after a crash, 3.5.3 can stop at start, older ones are not known here; upgrade it first`);
    this.caFile = file('caFile', props.caFile ?? HOST_PATHS.etcdCa, problems);
    this.clientCertFile = file('clientCertFile', props.clientCertFile ?? HOST_PATHS.apiServerEtcdClientCert, problems);
    this.clientKeyFile = file('clientKeyFile', props.clientKeyFile ?? HOST_PATHS.apiServerEtcdClientKey, problems);
    const bytes = 1024 * (props.quotaBackendBytes ?? Size.gibibytes(2)).toKibibytes({ rounding: SizeRoundingBehavior.FLOOR });
    problems.require(bytes >= 1024 ** 3, `quotaBackendBytes must be at least 1Gi, got ${bytes} bytes; etcd's default is 2Gi`);
    problems.throwIfAny();
    this.mainUrls = [...mainUrls];
    this.eventsUrls = [...eventsUrls];
    if (leasesUrls.length > 0) { this.leasesUrls = [...leasesUrls]; }
    this.etcdVersion = version;
    this.quotaBackendBytes = bytes;
  }
}

function checkUrls(field: string, urls: string[], problems: Problems): void {
  for (const [i, url] of urls.entries()) {
    const problem = urlProblem(`${field}[${i}]`, url, ['https']);
    problems.add(problem ?? (ENDPOINT.test(url) ? undefined : `${field}[${i}] must be https, a host and a port and nothing else, such as https://192.0.2.10:2379, got ${quoted(url)}`));
    problems.require(urls.indexOf(url) === i, `${field}[${i}] ${url} is named twice`);
  }
  problems.require(urls.length === 0 || urls.length % 2 === 1, `${field} must name an odd number of members, got ${urls.length}: ${urls.length} members tolerate no more failures than ${urls.length - 1}`);
  problems.require(urls.length <= MAX_MEMBERS, `${field} must name at most ${MAX_MEMBERS} members, got ${urls.length}`);
}

function file(field: string, path: string, problems: Problems): string {
  problems.require(FILE.test(path) && !path.split('/').includes('..'), `${field} must be an absolute path without special characters, got ${quoted(path)}`);
  return path;
}
