import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { ShutdownPriority } from './kubelet-options';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { inClusterObject } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsNameProblem } from '../../input/text-safety';

/** A class of pods. */
export interface PodPriority {
  /** Name that pods set as `priorityClassName`. */
  readonly name: string;

  /** What counts when there is no room for all: at most 1,000,000,000, above which the cluster's own classes lie. */
  readonly value: number;

  /** Who is meant to use it. */
  readonly description: string;

  /**
   * How long its pods have for ending when their machine shuts down. Classes end one after the other, the lowest first, so the times add up.
   */
  readonly shutdownGrace: Duration;

  /**
   * Whether its pods push out pods of lower classes where there is no room.
   *
   * @default true
   */
  readonly preempts?: boolean;

  /**
   * Whether pods that name no class belong to it.
   *
   * @default false
   */
  readonly isDefault?: boolean;
}

/** Value of `system-cluster-critical`, the lower of the cluster's own two classes. Source: KK:pkg/apis/scheduling/types.go. */
const CRITICAL = 2_000_000_000;

/** The classes of pods of a cluster: who goes first when a machine shuts down, and who stays when there is no room for all. */
export class PodPriorities {
  /**
   * Classes by name. Give `shutdownByPriority` to the kubelets and the whole to `PriorityClasses`: then both say the same.
   *
   * @param classes of workloads; the cluster's own two are there already
   * @param criticalShutdownGrace how long pods of those two have, after all others; without it 20 s
   * @throws with everything that is wrong
   */
  public static of(classes: PodPriority[], criticalShutdownGrace?: Duration): PodPriorities {
    return new PodPriorities(classes, criticalShutdownGrace ?? Duration.seconds(20));
  }

  /** Times of shutdown by priority, for `shutdownByPriority` of the kubelets; those of the cluster's own classes included. */
  public readonly shutdownByPriority: ShutdownPriority[];

  private constructor(public readonly classes: PodPriority[], criticalShutdownGrace: Duration) {
    const problems = new Problems('PodPriorities');
    problems.require(classes.length > 0, 'classes must name at least one class');
    for (const [i, { name, value }] of classes.entries()) {
      problems.add(dnsNameProblem(`classes[${i}].name`, name));
      problems.require(!name.startsWith('system-'), `classes[${i}].name '${name}' starts with system-, which is kept for the cluster's own classes; choose another name`);
      problems.add(wholeNumberProblem(`classes[${i}].value`, value, { min: -1_000_000_000, max: 1_000_000_000, why: 'higher ones are the cluster\'s own' }));
    }
    for (const field of ['name', 'value'] as const) {
      const all = classes.map(one => one[field]);
      for (const twice of new Set(all.filter((item, i) => all.indexOf(item) !== i))) { problems.add(`classes: ${field} ${twice} stands there twice; every class needs its own`); }
    }
    const byDefault = classes.filter(({ isDefault }) => isDefault).map(({ name }) => name);
    problems.require(byDefault.length <= 1, `classes: ${byDefault.join(' and ')} are each the default; keep one`);
    problems.throwIfAny();
    this.shutdownByPriority = [
      ...classes.map(({ value, shutdownGrace }) => ({ priority: value, gracePeriod: shutdownGrace })).sort((a, b) => a.priority - b.priority),
      { priority: CRITICAL, gracePeriod: criticalShutdownGrace },
    ];
  }
}

/** Inputs of `PriorityClasses`. */
export interface PriorityClassesProps {
  /**
   * Facts of the cluster.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** The classes. */
  readonly priorities: PodPriorities;
}

/** PriorityClass objects. A cluster without them treats every pod alike: the batch job keeps the room that the shop needs. */
export class PriorityClasses extends Construct {
  /** None: the values are the user's. */
  public readonly derivations: Derivation[] = [];

  constructor(scope: Construct, id: string, props: PriorityClassesProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const owner = { name: 'priority-classes', component: 'scheduling', cluster: cluster.name, wave: WAVE.foundation };
    for (const { name, value, description, preempts, isDefault } of props.priorities.classes) {
      inClusterObject(this, name, owner, k8s.KubePriorityClass.manifest({
        metadata: { name }, value, description, ...(isDefault ? { globalDefault: true } : {}), ...(preempts === false ? { preemptionPolicy: 'Never' } : {}),
      }));
    }
  }
}
