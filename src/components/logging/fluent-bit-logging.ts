import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { AGENT, fluentBitPipeline } from './fluent-bit-pipeline';
import { LogOutput } from './log-output';
import { loggingAlertGroups, loggingApiClients, loggingScrapeTargets } from './logging-contributions';
import { agentDaemonSet, agentRules, loggingOwner } from './logging-document';
import { loggingSettings } from './logging-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { fluentBitConfig } from '../../formats/fluent-bit-config';
import { bindCluster } from '../../host/cluster-of';
import { hashedConfigMap } from '../../in-cluster/config-map';
import { inClusterObject } from '../../in-cluster/in-cluster-object';
import { namespace, PodSecurity } from '../../in-cluster/namespace';
import { serviceAccount } from '../../in-cluster/rbac';

/** Inputs of `FluentBitLogging`. */
export interface FluentBitLoggingProps {
  /**
   * Facts of the cluster.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** Where the logs go. Required: without a destination every node would fill its buffer and drop. */
  readonly output: LogOutput;

  /**
   * Logs beside those of containers, for example the audit log that the API server contributes. Paths must lie below `/var/log`.
   *
   * @default - none
   */
  readonly logStreams?: LogStream[];

  /**
   * systemd units whose messages are read from the journal. An empty list leaves the journal alone.
   *
   * @default - kubelet.service and containerd.service
   */
  readonly systemdUnits?: string[];

  /**
   * Log bytes per second of a busy node. Measure it; buffer, processor time and the outage that is survived follow from it.
   *
   * @default - derived, see `logging/log-rate`
   */
  readonly logRate?: Size;

  /**
   * How long the receiver may be away without loss. Retries and buffer follow from it.
   *
   * @default - 1 hour
   */
  readonly receiverOutage?: Duration;

  /**
   * Disk on each node that the buffer may fill; the oldest records are dropped beyond it.
   *
   * @default - derived, see `logging/buffer-limit`
   * @see key `storage.total_limit_size` of the output
   */
  readonly bufferLimit?: Size;
}

/**
 * Fluent Bit on every node: container logs in the runtime's own format, metadata from the node's kubelet instead of the API server, buffers
 * on disk for the time that the receiver is away, bounded retries.
 */
export class FluentBitLogging extends Construct implements IContributor {
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[];
  public readonly logStreams: LogStream[] = [];

  /** Connections beside those of scrape targets and API clients: none. */
  public readonly networkFlows: NetworkFlow[] = [];

  constructor(scope: Construct, id: string, props: FluentBitLoggingProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = loggingSettings(cluster, props);
    const owner = loggingOwner(cluster);
    const files = fluentBitConfig(fluentBitPipeline(cluster, settings), settings.version);

    namespace(this, 'Namespace', owner, NAMESPACES.logging, PodSecurity.PRIVILEGED);
    serviceAccount(this, 'Agent', owner, { name: AGENT, namespace: NAMESPACES.logging, clusterRules: agentRules(settings) });
    const config = hashedConfigMap(this, 'Config', owner, { name: AGENT, namespace: NAMESPACES.logging, data: files.files });
    inClusterObject(this, 'DaemonSet', owner, agentDaemonSet(cluster, settings, config.name, files.main));

    this.derivations = settings.derivations;
    this.scrapeTargets = loggingScrapeTargets(settings);
    this.alertGroups = loggingAlertGroups(settings);
    this.apiClients = loggingApiClients();
  }
}
