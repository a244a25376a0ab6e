import { Duration } from 'cdk8s';
import { ApiBalancer } from './api-balancer';
import { EncryptionAtRest } from './encryption-at-rest';
import { AnonymousRequests, JwtIssuer } from './structured-authentication';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { ApiClient } from '../../contracts/contributions';
import { IEtcdEndpoints } from '../../contracts/etcd-endpoints';

/** Events that one API server takes per second; what is beyond is refused, and its client drops it. */
export interface EventRateLimits {
  /**
   * Whether events are limited at all. Without it a crash loop of one namespace fills the ring of events for everybody.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Of all clients together. Unit: events per second and API server.
   *
   * @default - derived, see `api-server/events-per-server`
   */
  readonly perServer?: number;

  /**
   * Of one namespace. Unit: events per second and API server.
   *
   * @default - derived, see `api-server/events-per-namespace`
   */
  readonly perNamespace?: number;

  /**
   * Of one user, which is a kubelet or a service account. Unit: events per second and API server.
   *
   * @default - derived, see `api-server/events-per-user`
   */
  readonly perUser?: number;
}

/** How fast pods leave nodes that went silent. Each zone counts for itself; nodes without a zone label are one zone. */
export interface NodeEvictionDamping {
  /**
   * Nodes per second of a healthy zone.
   *
   * @default - derived, see `controller-manager/node-eviction-rate`
   * @see flag `node-eviction-rate` of kube-controller-manager
   */
  readonly rate?: number;

  /**
   * Nodes per second of an unhealthy zone that is large; a small one is left alone.
   *
   * @default - derived, see `controller-manager/secondary-node-eviction-rate`
   * @see flag `secondary-node-eviction-rate` of kube-controller-manager
   */
  readonly secondaryRate?: number;

  /**
   * Share of silent nodes, 0 to 1, from which a zone is unhealthy.
   *
   * @default - derived, see `controller-manager/unhealthy-zone-threshold`
   * @see flag `unhealthy-zone-threshold` of kube-controller-manager
   */
  readonly unhealthyShare?: number;

  /**
   * Nodes up to which a zone is small.
   *
   * @default - derived, see `controller-manager/large-cluster-size-threshold`
   * @see flag `large-cluster-size-threshold` of kube-controller-manager
   */
  readonly largeZone?: number;
}

/** What can be set about the control plane, whatever etcd it uses. */
export interface ApiServerOptions {
  /**
   * Most non-mutating requests one API server works on at a time. Only the sum with `maxMutatingRequestsInflight` counts. Raise it together with
   * memory: each request may hold a whole list response.
   *
   * @default - derived, see `api-server/inflight`
   * @see flag `max-requests-inflight` of kube-apiserver
   */
  readonly maxRequestsInflight?: number;

  /**
   * Most mutating requests one API server works on at a time.
   *
   * @default - derived, see `api-server/mutating-inflight`
   * @see flag `max-mutating-requests-inflight` of kube-apiserver
   */
  readonly maxMutatingRequestsInflight?: number;

  /**
   * LIST and watch requests across all namespaces, by service accounts that are not add-ons of this library, that one API server works on at
   * a time: 1 to 7. This is what keeps a faulty agent on every node from taking the cluster down.
   *
   * @default - derived, see `api-server/dear-request-seats`
   */
  readonly dearRequestSeats?: number;

  /**
   * How long events are kept.
   *
   * @default - 30 minutes
   * @see flag `event-ttl` of kube-apiserver
   */
  readonly eventTtl?: Duration;

  /**
   * Chance that a request makes its HTTP/2 client reconnect, so that load spreads over the servers again after a restart; at most 0.02.
   *
   * @default - 0.001 with several servers, 0 with one
   * @see flag `goaway-chance` of kube-apiserver
   */
  readonly goawayChance?: number;

  /**
   * Share of the nodes that the scheduler scores, in percent; 0 leaves it to the scheduler.
   *
   * @default - derived, see `scheduler/percentage-of-nodes-to-score`
   * @see field `percentageOfNodesToScore` of KubeSchedulerConfiguration
   */
  readonly percentageOfNodesToScore?: number;

  /**
   * What stands in front of the API servers, and how it checks them.
   *
   * @default ApiBalancer.external()
   */
  readonly balancer?: ApiBalancer;

  /**
   * How long a stopping API server still answers, so that the balancer notices. Never shorter than its check needs.
   *
   * @default - derived, see `api-server/shutdown-delay`
   * @see flag `shutdown-delay-duration` of kube-apiserver
   */
  readonly shutdownDelay?: Duration;

  /**
   * How Secrets, and what else you name, are encrypted in etcd.
   *
   * @default EncryptionAtRest.secretbox()
   */
  readonly encryption?: EncryptionAtRest;

  /**
   * Issuers whose tokens the API servers accept, beside certificates and service accounts. Kubernetes 1.30 and newer.
   *
   * @default - none
   */
  readonly jwtIssuers?: JwtIssuer[];

  /**
   * Who may ask without saying who he is.
   *
   * @default - health checks only from Kubernetes 1.32 on, everywhere before
   */
  readonly anonymousRequests?: AnonymousRequests;

  /**
   * Limits of events, so that a crash loop does not fill their ring.
   *
   * @default - several times what is planned
   */
  readonly eventRateLimits?: EventRateLimits;

  /**
   * How fast the controllers give up nodes that went silent.
   *
   * @default - derived
   */
  readonly nodeEviction?: NodeEvictionDamping;

  /**
   * Release that API server, controller manager and scheduler behave as, while their binaries are already newer: gates and APIs stay as they were, so an upgrade
   * can be undone until it is taken out. Up to three minors back, and not before 1.31. Kubernetes 1.32 and newer.
   *
   * @default - the cluster's release
   * @see flag `emulated-version` of kube-apiserver
   */
  readonly emulatedRelease?: KubernetesRelease;

  /**
   * Further DNS names and addresses that the API server's certificate has to cover.
   *
   * @default - none beside the endpoint, the machines and the Service
   */
  readonly certSans?: string[];

  /**
   * Service accounts that talk to the API server and deserve a priority level of their own: agents and add-ons. `addApiClients` adds more.
   *
   * @default - none
   */
  readonly apiClients?: ApiClient[];

  /**
   * Flags of kube-apiserver this library does not model, by name without dashes. Names are checked against the release; flags the construct
   * owns are refused, list flags are merged.
   *
   * @default - none
   */
  readonly extraFlags?: { [name: string]: string };

  /**
   * The same for kube-controller-manager.
   *
   * @default - none
   */
  readonly controllerManagerExtraFlags?: { [name: string]: string };

  /**
   * The same for kube-scheduler.
   *
   * @default - none
   */
  readonly schedulerExtraFlags?: { [name: string]: string };
}

/** Inputs of `TunedApiServer`. */
export interface TunedApiServerProps extends ApiServerOptions {
  /**
   * Facts of the cluster this control plane belongs to.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** Where to reach etcd: an `EtcdCluster`, or your own implementation for an etcd that somebody else runs. */
  readonly etcd: IEtcdEndpoints;
}

