import { ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { AUTOSCALER, autoscalerClusterRules, autoscalerNamespaceRules, PRIORITY_CONFIG_MAP, PRIORITY_KEY } from './autoscaler-access';
import { autoscalerAlertGroups, autoscalerFlows, autoscalerScrapeTargets } from './autoscaler-contributions';
import { autoscalerDeployment } from './autoscaler-document';
import { autoscalerArguments } from './autoscaler-flags';
import { AutoscaledGroup, expanderPriorities } from './autoscaler-groups';
import { AutoscalerProvider } from './autoscaler-provider';
import { autoscalerSettings } from './autoscaler-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, ApiClient, ApiClientKind, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { priorityExpanderText } from '../../formats/priority-expander';
import { bindCluster } from '../../host/cluster-of';
import { configMap } from '../../in-cluster/config-map';
import { disruptionBudget } from '../../in-cluster/disruption-budget';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

/** What a node group needs at the provider. */
export interface NodeGroupTags {
  /** Name of the pool. */
  readonly pool: string;
  /** Fewest nodes. */
  readonly minNodes: number;
  /** Most nodes. */
  readonly maxNodes: number;
  /** Tags of the Auto Scaling group, or annotations of the machine deployment; empty where the provider asks for none. */
  readonly tags: { [key: string]: string };
}

/** Inputs of `ScaledAutoscaler`. */
export interface ScaledAutoscalerProps {
  /**
   * Facts of the cluster: its pools become node groups, its final size the limits.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * Who makes the machines.
   *
   * @default - `AutoscalerProvider.clusterApi()`, the one that serves any infrastructure
   */
  readonly provider?: AutoscalerProvider;

  /**
   * Pools that are scaled; the others keep their size.
   *
   * @default - every pool, from its `nodesToday` to its `nodes`
   */
  readonly groups?: AutoscaledGroup[];

  /**
   * Name of a pool of fixed size to run on, for clusters whose control plane takes no pods.
   *
   * @default - control-plane machines
   */
  readonly runOnPool?: string;

  /**
   * Most nodes of the cluster, control plane included.
   *
   * @default - derived, see `autoscaler/max-nodes-total`
   * @see flag `max-nodes-total`
   */
  readonly maxNodesTotal?: number;

  /**
   * Pause between two looks at the cluster.
   *
   * @default - derived, see `autoscaler/scan-interval`
   * @see flag `scan-interval`
   */
  readonly scanInterval?: Duration;

  /**
   * How long a node must be unneeded before it goes.
   *
   * @default - derived, see `autoscaler/scale-down-unneeded-time`
   * @see flag `scale-down-unneeded-time`
   */
  readonly scaleDownUnneededTime?: Duration;

  /**
   * Pause after each batch of removals; ten minutes take a night for 1,000 nodes, see `autoscaler/scale-down-nodes-per-hour`.
   *
   * @default - derived, see `autoscaler/scale-down-delay-after-delete`
   * @see flag `scale-down-delay-after-delete`
   */
  readonly scaleDownDelayAfterDelete?: Duration;

  /**
   * Nodes removed at a time.
   *
   * @default - derived, see `autoscaler/max-scale-down-parallelism`
   * @see flag `max-scale-down-parallelism`, `max-empty-bulk-delete` before it
   */
  readonly maxScaleDownParallelism?: number;

  /**
   * Nodes drained at a time.
   *
   * @default - derived, see `autoscaler/max-drain-parallelism`; 1 on versions without the flag
   * @see flag `max-drain-parallelism`
   */
  readonly maxDrainParallelism?: number;

  /**
   * Share of unready nodes, in per cent, above which the autoscaler stops.
   *
   * @default - derived, see `autoscaler/max-total-unready-percentage`
   * @see flag `max-total-unready-percentage`
   */
  readonly maxTotalUnreadyPercentage?: number;

  /**
   * Keep nodes whose pods have emptyDir or hostPath volumes. Switched off, scratch data go with the node. Volumes of the local provisioner are
   * not meant: their pods cannot move in either case.
   *
   * @default true
   * @see flag `skip-nodes-with-local-storage`
   */
  readonly skipNodesWithLocalStorage?: boolean;

  /**
   * Keys of taints that new nodes carry until they are ready for work; such nodes count as starting and are not doubled.
   *
   * @default - with GPU pools `startup-taint.cluster-autoscaler.kubernetes.io/accelerator`, else none
   * @see flag `startup-taint`, `ignore-taint` before it
   */
  readonly startupTaints?: string[];

  /**
   * Flags this library does not model, by name without dashes. Names are checked against the autoscaler's version.
   *
   * @default - none
   */
  readonly extraFlags?: { [name: string]: string };
}

/**
 * Cluster Autoscaler for the pools of the cluster: limits from the final size, pools in order of preference, a pace of removal that can be
 * stopped, and a place to run that it does not remove itself.
 *
 * It lives in `kube-system`: the API server's own flow schemas give leases and requests of service accounts there a protected share, and an
 * autoscaler that loses its lease under load is missing just when it is needed.
 */
export class ScaledAutoscaler extends Construct implements IContributor {
  /** What to set on the groups at the provider. */
  public readonly nodeGroups: NodeGroupTags[];
  /** Most nodes of the cluster, control plane included. */
  public readonly maxNodesTotal: number;
  /** The Deployment, for patches. */
  public readonly deployment: ApiObject;
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[];
  public readonly networkFlows: NetworkFlow[];
  public readonly logStreams: LogStream[] = [];

  constructor(scope: Construct, id: string, props: ScaledAutoscalerProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const namespace = NAMESPACES.kubeSystem;
    const settings = autoscalerSettings(id, cluster, props);
    const args = autoscalerArguments(cluster.name, namespace, settings);
    const binding = settings.provider._binding;
    const owner: ObjectOwner = { name: AUTOSCALER, component: 'autoscaling', cluster: cluster.name, wave: WAVE.autoscaling };

    serviceAccount(this, 'Access', owner, {
      name: AUTOSCALER,
      namespace,
      clusterRules: autoscalerClusterRules(settings.version, binding),
      namespaceRules: { [namespace]: autoscalerNamespaceRules(binding) },
    });
    // Before the Deployment: up to 1.24.0 and 1.25.0 an autoscaler without it never grows anything.
    configMap(this, 'Priorities', owner, { name: PRIORITY_CONFIG_MAP, namespace, data: { [PRIORITY_KEY]: priorityExpanderText(expanderPriorities(settings.groups)) } });
    for (const { id: configId, name, data } of binding.configMaps?.(settings.groups) ?? []) { configMap(this, configId, owner, { name, namespace, data }); }
    this.deployment = inClusterObject(this, 'Deployment', owner, autoscalerDeployment(owner, namespace, cluster, settings, args));
    inClusterObject(this, 'PodDisruptionBudget', owner, disruptionBudget(cluster.release, { name: AUTOSCALER, namespace, podLabels: selectorLabels(owner), maxUnavailable: 1 }));

    this.nodeGroups = settings.groups.map(group => ({
      pool: group.pool.name, minNodes: group.minNodes, maxNodes: group.maxNodes, tags: binding.groupMetadata(cluster.name, group),
    }));
    this.maxNodesTotal = settings.maxNodesTotal.value;
    this.derivations = settings.derivations;
    this.scrapeTargets = autoscalerScrapeTargets(namespace, selectorLabels(owner));
    this.alertGroups = autoscalerAlertGroups(settings);
    this.apiClients = [{ namespace, serviceAccount: AUTOSCALER, kind: ApiClientKind.CONTROLLER, podLabels: selectorLabels(owner) }];
    this.networkFlows = autoscalerFlows(namespace, selectorLabels(owner));
  }
}
