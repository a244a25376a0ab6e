import { Duration } from 'cdk8s';
import { CorefileOption } from './corefile-plugin';

/** Which of several resolvers is asked. */
export enum ForwardPolicy {
  /** One at random. */
  RANDOM = 'random',
  /** Each in its turn. */
  ROUND_ROBIN = 'round_robin',
  /** The first that is well. */
  SEQUENTIAL = 'sequential',
}

/** How resolvers are asked; plugin `forward` of CoreDNS. */
export interface ForwardOptions {
  /**
   * Which of several resolvers is asked.
   *
   * @default ForwardPolicy.RANDOM
   * @see option `policy` of plugin `forward`
   */
  readonly policy?: ForwardPolicy;

  /**
   * Name in the certificate of the resolvers: they are asked by DNS over TLS then. Needs resolvers that are named; a node's own speak plain DNS.
   *
   * @default - plain DNS
   * @see option `tls_servername` of plugin `forward`
   */
  readonly tlsServerName?: string;

  /**
   * Whether resolvers are asked over TCP even when the client came over UDP: no conntrack entry outlives its query, at the price of a connection.
   *
   * @default false
   * @see option `force_tcp` of plugin `forward`
   */
  readonly forceTcp?: boolean;

  /**
   * Whether resolvers are asked over UDP even when the client came over TCP.
   *
   * @default false
   * @see option `prefer_udp` of plugin `forward`
   */
  readonly preferUdp?: boolean;

  /**
   * Queries that one server keeps open towards its resolvers; more get an error at once. Each takes about 2 KiB, so that a resolver that hangs
   * cannot fill the memory.
   *
   * @default - derived, see `dns/max-concurrent`
   * @see option `max_concurrent` of plugin `forward`
   */
  readonly maxConcurrent?: number;

  /**
   * Time between two checks of a resolver that failed.
   *
   * @default - 0.5 s, by CoreDNS
   * @see option `health_check` of plugin `forward`
   */
  readonly healthCheckInterval?: Duration;

  /**
   * Failed checks in a row until a resolver is left out. 0 checks none and leaves none out.
   *
   * @default - 2, by CoreDNS
   * @see option `max_fails` of plugin `forward`
   */
  readonly maxFails?: number;

  /**
   * Answers such as `SERVFAIL` or `REFUSED` after which the next resolver is asked. From CoreDNS 1.13.0.
   *
   * @default - an answer is an answer, whatever it says
   * @see option `failover` of plugin `forward`
   */
  readonly failoverOn?: string[];

  /**
   * Options that have no prop of their own. Names are checked against the CoreDNS version.
   *
   * @default - none
   */
  readonly options?: CorefileOption[];
}
