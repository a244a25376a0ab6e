import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { HpaBehavior } from './hpa-behavior';
import { hpaAlertGroups } from './hpa-contributions';
import { horizontalPodAutoscaler, targetDisruptionBudget } from './hpa-document';
import { HpaMetric } from './hpa-metric';
import { hpaSettings } from './hpa-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { ScaleTarget } from '../../contracts/scale-target';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { inClusterObject, ObjectOwner } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';

/** Inputs of `SmartHpa`. */
export interface SmartHpaProps {
  /**
   * Facts of the cluster the target runs in; its release decides the API version.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** What is scaled. Its manifest must leave `replicas` out. */
  readonly target: ScaleTarget;

  /**
   * Fewest replicas, at least 1. Pods cannot hide the minutes that a new node takes: raise it before a promotion that is known.
   *
   * @see field `minReplicas`
   */
  readonly minReplicas: number;

  /**
   * Most replicas.
   *
   * @see field `maxReplicas`
   */
  readonly maxReplicas: number;

  /**
   * What the replicas follow.
   *
   * @default - CPU utilization, derived, see `hpa/<id>/cpu-target`
   */
  readonly metrics?: HpaMetric[];

  /**
   * How fast replicas follow. The time from minimum to maximum is computed, see `hpa/<id>/seconds-to-max`.
   *
   * @default - `HpaBehavior.promotion()`
   */
  readonly behavior?: HpaBehavior;

  /**
   * Share of the target's pods, in per cent, that drains may take away at a time. Needs `target.podLabels`.
   *
   * @default - derived, see `hpa/<id>/max-unavailable`; no budget without `target.podLabels`
   * @see field `maxUnavailable` of PodDisruptionBudget
   */
  readonly maxUnavailablePercent?: number;
}

/**
 * A HorizontalPodAutoscaler in the API version of the release, whose way from minimum to maximum is a number that can be read before the
 * promotion, and a disruption budget for its target.
 */
export class SmartHpa extends Construct implements IContributor {
  /** Seconds from `minReplicas` to `maxReplicas` by the policies and the window; the metric's delay and new nodes come on top. */
  public readonly secondsToMax?: number;
  /** Seconds back; undefined when scaling down is disabled. */
  public readonly secondsToMin?: number;
  /** Whether a metric needs an adapter for `custom.metrics.k8s.io`. */
  public readonly needsCustomMetrics: boolean;
  /** The autoscaler, for patches. */
  public readonly autoscaler: ApiObject;
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[] = [];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[] = [];
  public readonly logStreams: LogStream[] = [];

  /** Connections beside those of scrape targets and API clients: none. */
  public readonly networkFlows: NetworkFlow[] = [];

  constructor(scope: Construct, id: string, props: SmartHpaProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = hpaSettings(id, cluster, props);
    const owner: ObjectOwner = { name: settings.target.name, component: 'autoscaling', cluster: cluster.name, wave: WAVE.workloads };

    this.autoscaler = inClusterObject(this, 'HorizontalPodAutoscaler', owner, horizontalPodAutoscaler(settings));
    const budget = targetDisruptionBudget(cluster.release, settings);
    if (budget) { inClusterObject(this, 'PodDisruptionBudget', owner, budget); }

    this.secondsToMax = settings.secondsToMax?.value;
    this.secondsToMin = settings.secondsToMin?.value;
    this.needsCustomMetrics = settings.metrics.some(metric => metric._custom);
    this.derivations = settings.derivations;
    this.alertGroups = hpaAlertGroups(settings);
  }
}
