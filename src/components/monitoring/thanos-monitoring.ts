import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { monitoringApiClients } from './monitoring-contributions';
import { monitoringFlows } from './monitoring-flows';
import { addExporters, addPrometheus, addThanos, monitoringOwner } from './monitoring-objects';
import { monitoringSettings } from './monitoring-settings';
import { ObjectStorage } from './object-storage';
import { QUERY_URL } from './thanos-document';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, ApiClient, IContributor, LogStream, RecordingRule, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { namespace, PodSecurity } from '../../in-cluster/namespace';

/** Inputs of `ThanosMonitoring`. */
export interface ThanosMonitoringProps {
  /**
   * Facts of the cluster. Sizes follow its final number of nodes, alerts the number of today.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * The bucket that blocks go to. Prometheus itself keeps a day only, so there is no default: name a Secret in namespace `monitoring`.
   *
   * @see flag `objstore.config-file` of Thanos
   */
  readonly objectStorage: ObjectStorage;

  /**
   * Jobs of other components. A job named `kube-apiserver` replaces the monitoring's own.
   *
   * @default - only the jobs of the monitoring itself: kubelet, cadvisor, node-exporter, kube-state-metrics, kube-apiserver, Prometheus and Thanos
   */
  readonly scrapeTargets?: ScrapeTarget[];

  /**
   * Alerts of other components. Metrics they read are kept, whatever the drop list of a job says.
   *
   * @default - only alerts of the monitoring itself and of the API latency objectives
   */
  readonly alertGroups?: AlertGroup[];

  /**
   * Recording rules beside those of the service level objectives.
   *
   * @default - none
   */
  readonly recordingRules?: RecordingRule[];

  /**
   * Version of Prometheus, 2.30.0 or newer. The configuration follows it.
   *
   * @default - `cluster.versions.prometheus`
   */
  readonly prometheusVersion?: string;

  /**
   * Prometheus shards, each with two replicas. A change moves targets, not old data; queries through Thanos see both.
   *
   * @default - derived, see `monitoring/shards`
   */
  readonly shards?: number;

  /**
   * Memory that one Prometheus should need at most; the number of shards follows it. More memory means fewer shards and a longer replay of
   * the log after a restart.
   *
   * @default - derived, see `monitoring/memory-target`
   */
  readonly prometheusMemoryTarget?: Size;

  /**
   * Time between scrapes and between evaluations, whole seconds. Fewer series save more than longer intervals.
   *
   * @default - derived, see `monitoring/scrape-interval`
   * @see field `global.scrape_interval` of Prometheus
   */
  readonly scrapeInterval?: Duration;

  /**
   * How long blocks stay on the disk of Prometheus, at least 6 hours. It is the time you have to repair the bucket.
   *
   * @default - derived, see `monitoring/local-retention`
   * @see flag `storage.tsdb.retention.time` of Prometheus
   */
  readonly localRetention?: Duration;

  /**
   * How long the bucket keeps raw samples, at least 2 days.
   *
   * @default - derived, see `monitoring/retention-raw`
   * @see flag `retention.resolution-raw` of thanos compact
   */
  readonly rawRetention?: Duration;

  /**
   * How long the bucket keeps samples of five minutes, at least 11 days.
   *
   * @default - derived, see `monitoring/retention-5m`
   * @see flag `retention.resolution-5m` of thanos compact
   */
  readonly fiveMinuteRetention?: Duration;

  /**
   * How long the bucket keeps samples of one hour.
   *
   * @default - derived, see `monitoring/retention-1h`
   * @see flag `retention.resolution-1h` of thanos compact
   */
  readonly oneHourRetention?: Duration;

  /**
   * Storage class of all disks. Never NFS: the database of Prometheus does not support it.
   *
   * @default - the cluster's default class
   */
  readonly storageClassName?: string;

  /**
   * Secret in namespace `monitoring` with `ca.crt`, `tls.crt` and `tls.key` of an etcd client. Mounted when a job needs it; while it is
   * missing, only the etcd jobs fail.
   *
   * @default etcd-client
   */
  readonly etcdClientSecret?: string;

  /**
   * Check certificates of kubelets against the cluster's authority. Turn it off only where kubelets sign their own: whoever takes a node's
   * address then gets the token of Prometheus.
   *
   * @default true
   * @see field `serverTLSBootstrap` of the kubelet
   */
  readonly verifyKubeletCertificates?: boolean;

  /**
   * Alertmanagers as `host:port`.
   *
   * @default - none: alerts show in Prometheus and Thanos only
   */
  readonly alertmanagers?: string[];

  /**
   * Scrape pods of all namespaces that carry the annotation `prometheus.io/scrape: "true"`, at the declared container port that
   * `prometheus.io/port` names. Prometheus may then list all pods.
   *
   * @default false
   */
  readonly scrapeAnnotatedPods?: boolean;

  /**
   * Whether it closes its namespace by two policies of its own: only pods of the namespace reach its pods, and everybody the queries.
   * `ThousandNodeCluster` closes it from the flows of everything installed instead.
   *
   * @default true
   */
  readonly namespacePolicies?: boolean;

  /**
   * Labels of annotated pods that become labels of their series. Never labels that change with each rollout.
   *
   * @default - app.kubernetes.io/name
   */
  readonly podLabels?: string[];
}

/**
 * Prometheus in shards with two replicas each, Thanos above them, and the exporters of nodes and objects.
 *
 * Every Prometheus has external labels of its own, finds more than 1,000 targets, limits each scrape and reloads without a restart. With
 * several shards no Prometheus sees the whole fleet, so rules of other components are evaluated by the Thanos ruler.
 */
export class ThanosMonitoring extends Construct implements IContributor {
  /** Prometheus shards. */
  public readonly shards: number;
  /** Names of all scrape jobs. */
  public readonly jobs: string[];
  /** URL of the query API inside of the cluster, for dashboards and adapters. */
  public readonly queryUrl: string = QUERY_URL;
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  /** Empty: the monitoring scrapes itself without being told. */
  public readonly scrapeTargets: ScrapeTarget[] = [];
  /** Empty: the monitoring's own alerts are in its rule files. */
  public readonly alertGroups: AlertGroup[] = [];
  public readonly apiClients: ApiClient[];
  public readonly logStreams: LogStream[] = [];
  public readonly networkFlows: NetworkFlow[];

  constructor(scope: Construct, id: string, props: ThanosMonitoringProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = monitoringSettings(cluster, props);

    namespace(this, 'Namespace', monitoringOwner(cluster, 'monitoring', 'monitoring'), NAMESPACES.monitoring, PodSecurity.RESTRICTED);
    namespace(this, 'NodeNamespace', monitoringOwner(cluster, 'monitoring', 'monitoring'), NAMESPACES.nodeMonitoring, PodSecurity.PRIVILEGED);
    addPrometheus(this, settings);
    addThanos(this, settings);
    addExporters(this, settings);

    this.shards = settings.shards.value;
    this.jobs = settings.jobs.map(job => job.job);
    this.derivations = settings.derivations;
    this.apiClients = monitoringApiClients();
    this.networkFlows = monitoringFlows(settings);
  }
}
