import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { metricsServerAlertGroups, metricsServerClients, metricsServerFlows, metricsServerScrapeTargets } from './metrics-server-contributions';
import {
  authenticationReaderBinding, METRICS_SERVER, metricsApiService, metricsReaderRole, metricsServerDeployment, metricsServerRules, metricsServerService,
} from './metrics-server-document';
import { metricsServerSettings } from './metrics-server-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { disruptionBudget } from '../../in-cluster/disruption-budget';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

/** A certificate that API servers can check metrics-server by. */
export interface MetricsServerCertificate {
  /** Secret of type `kubernetes.io/tls` in `kube-system`, for `metrics-server.kube-system.svc`. */
  readonly secretName: string;

  /** The CA that signed it, as PEM text in base64. */
  readonly caBundle: string;
}

/** Inputs of `MetricsServer`. */
export interface MetricsServerProps {
  /**
   * Facts of the cluster; its final size decides the resources.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * How often every kubelet is scraped, at least 10 seconds. Slower makes every decision of the autoscalers older.
   *
   * @default - derived, see `metrics-server/metric-resolution`
   * @see flag `metric-resolution` of metrics-server
   */
  readonly metricResolution?: Duration;

  /**
   * Take any certificate from kubelets. For clusters whose kubelets sign their own; anybody on the network can then invent usage.
   *
   * @default false
   * @see flag `kubelet-insecure-tls` of metrics-server
   */
  readonly kubeletInsecureTls?: boolean;

  /**
   * Certificate that metrics-server serves with.
   *
   * @default - it makes its own at every start and API servers do not check it
   */
  readonly servingCertificate?: MetricsServerCertificate;
}

/**
 * metrics-server for CPU and memory of pods and nodes: two replicas, each sized for the whole cluster, because replicas do not share the
 * load. API servers need `--enable-aggregator-routing=true`, or all requests go to one of the two.
 */
export class MetricsServer extends Construct implements IContributor {
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[];
  public readonly networkFlows: NetworkFlow[];
  public readonly logStreams: LogStream[] = [];

  constructor(scope: Construct, id: string, props: MetricsServerProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = metricsServerSettings(cluster, props);
    const owner: ObjectOwner = { name: METRICS_SERVER, component: 'metrics', cluster: cluster.name, wave: WAVE.metrics };
    const namespace = NAMESPACES.kubeSystem;

    serviceAccount(this, 'Access', owner, {
      name: METRICS_SERVER, namespace, clusterRules: metricsServerRules(cluster.versions.metricsServer), clusterRoles: ['system:auth-delegator'],
    });
    inClusterObject(this, 'AuthenticationReader', owner, authenticationReaderBinding());
    inClusterObject(this, 'MetricsReader', owner, metricsReaderRole());
    inClusterObject(this, 'Deployment', owner, metricsServerDeployment(owner, cluster, settings));
    inClusterObject(this, 'PodDisruptionBudget', owner, disruptionBudget(cluster.release, { name: METRICS_SERVER, namespace, podLabels: selectorLabels(owner), maxUnavailable: 1 }));
    inClusterObject(this, 'Service', owner, metricsServerService(owner));
    inClusterObject(this, 'ApiService', owner, metricsApiService(settings));

    this.derivations = [settings.cpu, settings.memory, settings.memoryLimit, settings.metricResolution, settings.replicas];
    this.scrapeTargets = metricsServerScrapeTargets(selectorLabels(owner));
    this.alertGroups = metricsServerAlertGroups(settings);
    this.apiClients = metricsServerClients(selectorLabels(owner));
    this.networkFlows = metricsServerFlows(selectorLabels(owner));
  }
}
