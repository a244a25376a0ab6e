import { NetworkFlow } from './network-flows';

// What components offer upwards. Monitoring, logging and the API server's priority levels consume lists of these and know no component by name.

/** How a scrape job finds its targets. */
export enum ScrapeDiscovery {
  /** Every node, at a port of the host. */
  NODES = 'nodes',
  /** Control-plane machines by static address. */
  CONTROL_PLANE = 'control-plane',
  /** Addresses that are given in `addresses`, for machines outside the cluster (dedicated etcd). */
  STATIC = 'static',
  /** Pods selected by namespace and labels. */
  PODS = 'pods',
  /** EndpointSlices of a Service (never Endpoints: they stop at 1,000 addresses). */
  SERVICE = 'service',
}

/** Who the scraper is to the target. */
export enum ScrapeAuth {
  /** Plain HTTP. */
  NONE = 'none',
  /** HTTPS with the service account's token. */
  SERVICE_ACCOUNT = 'service-account',
  /** HTTPS with the etcd client certificate that monitoring mounts from a Secret. */
  ETCD_CLIENT = 'etcd-client',
}

/** One scrape job. */
export interface ScrapeTarget {
  /** Name of the job, unique in the cluster. */
  readonly job: string;
  readonly discovery: ScrapeDiscovery;
  readonly port: number;
  /** @default /metrics */
  readonly path?: string;
  /** @default ScrapeAuth.NONE */
  readonly auth?: ScrapeAuth;
  /** Namespace of pods or Service. @default - none */
  readonly namespace?: string;
  /** Labels of the pods. @default - none */
  readonly podLabels?: { [key: string]: string };
  /** Whether the pods share the network of their machine; policies name machines then, since no selector of pods finds them. @default false */
  readonly hostNetwork?: boolean;
  /** Name of the Service. @default - none */
  readonly serviceName?: string;
  /** `host` part of static targets. @default - none */
  readonly addresses?: string[];
  /** Estimated series per target. */
  readonly seriesPerTarget: number;
  /** Expected number of pods or endpoints, for example of a DaemonSet. @default - a small Deployment; machines and addresses are counted */
  readonly expectedTargets?: number;
  /** Regular expressions of metric names to drop. @default - none */
  readonly dropMetrics?: string[];
}

/** Severity of an alert: page wakes somebody. */
export enum AlertSeverity {
  PAGE = 'page',
  TICKET = 'ticket',
}

/** One alert with this cluster's own limit in it. */
export interface Alert {
  /** CamelCase, unique. */
  readonly name: string;
  /** PromQL. */
  readonly expression: string;
  /** How long it must hold, in Prometheus form: `10m`. */
  readonly holdsFor: string;
  readonly severity: AlertSeverity;
  /** One sentence: what is happening. */
  readonly summary: string;
  /** What it leads to and what to do first. */
  readonly description: string;
  /**
   * Page of the host tree that says what to do, for example `runbooks/etcd-quota.md`; becomes the annotation `runbook`.
   *
   * @default - none
   */
  readonly runbook?: string;
}

/** Alerts of one component. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: Alert[];
}

/** A recording rule. */
export interface RecordingRule {
  readonly record: string;
  readonly expression: string;
}

/** How an API client behaves; decides its priority level. */
export enum ApiClientKind {
  /** One instance per node (log agents, CNI, DNS caches, provisioners): many flows, each cheap. */
  NODE_AGENT = 'node-agent',
  /** A few replicas that list and watch across namespaces (operators, monitoring, autoscaler). */
  CONTROLLER = 'controller',
}

/** A service account that talks to the API server. */
export interface ApiClient {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly kind: ApiClientKind;
  /**
   * Labels of its pods; policies let these reach the API servers.
   *
   * @default - it runs on the host network
   */
  readonly podLabels?: { [key: string]: string };
  /**
   * Requests per second that all its instances together send in a quiet hour. The API server checks that the level of its kind can carry what is predicted.
   *
   * @default - not predicted, nothing is checked
   */
  readonly requestsPerSecond?: number;
}

/** Logs on a node beside those of containers. */
export interface LogStream {
  /** Name, used as tag. */
  readonly name: string;
  /** Absolute path pattern. @default - a systemd unit */
  readonly path?: string;
  /** systemd unit. @default - a file */
  readonly systemdUnit?: string;
  /** Whether each line is a JSON document. @default false */
  readonly json?: boolean;
  /** Only on control-plane machines. @default false */
  readonly controlPlaneOnly?: boolean;
}

/** Implemented by every component that offers something upwards. */
export interface IContributor {
  readonly scrapeTargets: ScrapeTarget[];
  readonly alertGroups: AlertGroup[];
  readonly apiClients: ApiClient[];
  readonly logStreams: LogStream[];
  /** Connections to and from its pods, beside those that its `apiClients` and `scrapeTargets` say already. */
  readonly networkFlows: NetworkFlow[];
}
