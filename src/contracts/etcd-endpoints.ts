/**
 * What an API server needs to know of etcd. `EtcdCluster` implements it; so can an etcd that somebody else runs.
 */
export interface IEtcdEndpoints {
  /** Client URLs of the main ring, `https://address:2379`. */
  readonly mainUrls: string[];

  /** Client URLs of the ring for events; empty when events share the main ring. */
  readonly eventsUrls: string[];

  /**
   * Client URLs of the ring for leases.
   *
   * @default - leases share the main ring
   */
  readonly leasesUrls?: string[];

  /** Version of etcd, for example `3.7.0`; decides which features the API server may rely on. */
  readonly etcdVersion: string;

  /** Path of the CA that signed the rings' certificates, on the API server's machine. */
  readonly caFile: string;

  /** Path of the API server's client certificate. */
  readonly clientCertFile: string;

  /** Path of its key. */
  readonly clientKeyFile: string;

  /** Quota of the main ring in bytes; rules and alerts refer to it. */
  readonly quotaBackendBytes: number;
}
