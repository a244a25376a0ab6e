import { IConstruct } from 'constructs';
import { clusterOf } from './cluster-of';
import { HostArtefacts, hostArtefacts } from './host-artefacts';
import { KubeletChanges } from './kubelet-change';
import { controlPlaneLoad } from '../capacity/control-plane-load';
import { choicesOf } from '../capacity/limits/limits';
import { KubeletStarts, kubeletStarts, poolBatches, ringBatch } from '../capacity/rollout-capacity';
import { ClusterFacts } from '../cluster/cluster-facts';
import { Derivation } from '../derivation/derivation';

/** How a change goes through the nodes of one pool. */
export interface PoolRollout {
  readonly pool: string;
  /** Nodes that exist. */
  readonly nodesToday: number;
  /** Nodes that change at a time, after the first one alone. */
  readonly batch: Derivation;
  /** Batches after the first node. */
  readonly batches: Derivation;
  /** Seconds that controllers need at least to bring the pods of a drained batch elsewhere. */
  readonly podsMoved: Derivation;

  /**
   * What brings the nodes from the configuration they have today to this one.
   *
   * @default - the pool has no `existingConfiguration` to compare with
   */
  readonly changes?: KubeletChanges;
}

/** How many machines of a ring may change at a time. */
export interface RingRollout {
  /** `etcd-main` and the like. */
  readonly ring: string;
  readonly machines: string[];
  /** Members that may be away while the others are a majority. */
  readonly mayBeAway: Derivation;
  /** Machines that change at a time. */
  readonly batch: Derivation;
}

/** How a change goes through a cluster without taking it down: batches by what API servers carry and what keeps etcd's majority. */
export class RolloutPlan {
  /**
   * The plan of everything below a scope. Call it when the tree is complete: settings of the API servers count.
   *
   * @param scope a cluster, an App, a chart or a construct used alone
   */
  public static of(scope: IConstruct): RolloutPlan {
    return RolloutPlan._of(hostArtefacts(scope), clusterOf(scope));
  }

  /** @internal */
  public static _of(artefacts: HostArtefacts, cluster: ClusterFacts): RolloutPlan {
    return new RolloutPlan(artefacts, cluster);
  }

  /** Pools of the tree in the order of the description. */
  public readonly pools: PoolRollout[];
  /** etcd rings of the tree. */
  public readonly rings: RingRollout[];
  /** Kubelets of the whole cluster that may start at the same time. */
  public readonly kubeletsAtATime: Derivation;
  /** Every number of the plan with its formula. */
  public readonly derivations: Derivation[];

  private constructor(artefacts: HostArtefacts, cluster: ClusterFacts) {
    const load = controlPlaneLoad(cluster, choicesOf(artefacts.numbers));
    const starts: KubeletStarts = kubeletStarts(load);
    this.kubeletsAtATime = starts.atATime;
    this.pools = cluster.pools.flatMap(pool => {
      const kubelet = artefacts.kubelets.find(({ target }) => target.group === 'pools' && target.name === pool.name);
      if (kubelet === undefined) { return []; }
      const { previous, configuration, taints } = kubelet.props;
      const registered = taints.length > 0 ? { registerWithTaints: taints } : {};
      const changes = previous === undefined ? {} : { changes: KubeletChanges.between(previous, { ...configuration, ...registered }) };
      return [{ pool: pool.name, nodesToday: pool.nodesToday, ...poolBatches(pool, starts, load, artefacts.numbers), ...changes }];
    });
    this.rings = ringsOf(artefacts).map(({ ring, machines }) => ({ ring, machines, ...ringBatch(ring, machines.length) }));
    this.derivations = [
      ...(this.pools.length > 0 ? starts.derivations : []),
      ...this.pools.flatMap(({ batch, batches, podsMoved }) => [batch, batches, podsMoved]),
      ...this.rings.flatMap(({ mayBeAway, batch }) => [mayBeAway, batch]),
    ];
  }
}

/** Rings by name with their machines, run by static pods or by systemd. */
function ringsOf({ staticPods, services }: HostArtefacts): Array<{ ring: string; machines: string[] }> {
  const members = [...staticPods, ...services].filter(({ props }) => props.component === 'etcd');
  return [...new Set(members.map(({ props }) => props.name))].sort()
    .map(ring => ({ ring, machines: members.filter(({ props }) => props.name === ring).map(({ target }) => target.name).sort() }));
}
