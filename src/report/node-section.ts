import { IConstruct } from 'constructs';
import { DerivationTable } from './derivation-table';
import { JoinModel, NodePodsModel, RolloutModel } from './report-model';
import { BlockPlan } from '../capacity/calico-capacity';
import { largestJoinWave } from '../capacity/host-capacity';
import { joinLoad } from '../capacity/join-capacity';
import { podsOfNodes } from '../capacity/node-capacity';
import { poolNodesToday } from '../capacity/pool-amounts';
import { ClusterFacts } from '../cluster/cluster-facts';
import { Amount, Derivation, valueOf } from '../derivation/derivation';
import { RolloutPlan } from '../host/rollout-plan';

/** Pods that one node of each pool holds, with every bound, for pools whose kubelet is in the tree. */
export function nodePodsSection(cluster: ClusterFacts, stated: Derivation[], plan: BlockPlan | undefined, table: DerivationTable): NodePodsModel[] {
  return podsOfNodes(cluster, stated, plan).map(({ pool, pods, binding, bounds }) => ({
    pool,
    pods: pods.value,
    podsKey: table.add(pods),
    binding,
    bounds: bounds.map(({ bound, pods: most }) => ({ bound, pods: most.value, key: table.add(most) })),
  }));
}

/** Image traffic of the largest wave, and of all nodes at once: the first start, or a new image on every machine. */
export function joinSection(cluster: ClusterFacts, stated: Derivation[], table: DerivationTable): JoinModel[] {
  const pools = cluster.pools.filter(({ name }) => stated.some(({ id }) => id === `kubelet/${name}/withheld-memory`));
  if (pools.length === 0) { return []; }
  const of = (pool: string, name: string) => stated.find(({ id }) => id === `kubelet/${pool}/${name}`);
  // Kubelets before 1.27 pull one image after the other.
  const pulls = (pool: string): Amount => of(pool, 'max-parallel-image-pulls') ?? 1;
  const most = pools.map(({ name }) => pulls(name)).reduce((a, b) => (valueOf(b) > valueOf(a) ? b : a));
  const row = (name: string, place: string, pool: string, nodes: Derivation, parallelPulls: Amount): JoinModel => {
    const load = joinLoad({ fleet: cluster.fleet, place, nodes, parallelPulls, registryQps: of(pool, 'registry-pull-qps'), registryBurst: of(pool, 'registry-burst') });
    return {
      name,
      nodes: nodes.value,
      nodesKey: table.add(nodes),
      gigabytes: load.volume.value,
      gigabytesKey: table.add(load.volume),
      firstImagesSeconds: load.firstImages.value,
      firstImagesSecondsKey: table.add(load.firstImages),
      allImagesSeconds: load.allImages.value,
      allImagesSecondsKey: table.add(load.allImages),
      openPulls: load.openPulls.value,
      openPullsKey: table.add(load.openPulls),
    };
  };
  const [largest] = pools.map(pool => ({ pool, wave: largestJoinWave(pool.name, poolNodesToday(pool)) })).sort((a, b) => b.wave.value - a.wave.value);
  return [
    row(`a wave of pool ${largest.pool.name}`, largest.pool.name, largest.pool.name, largest.wave, pulls(largest.pool.name)),
    row('all nodes at once', 'all-nodes', largest.pool.name, cluster.fleet.nodes, most),
  ];
}

/** How a change goes through nodes and rings that run. */
export function rolloutSection(scope: IConstruct, table: DerivationTable): RolloutModel | undefined {
  const { pools, rings, kubeletsAtATime } = RolloutPlan.of(scope);
  if (pools.length === 0) { return undefined; }
  return {
    kubeletsAtATime: kubeletsAtATime.value,
    kubeletsAtATimeKey: table.add(kubeletsAtATime),
    pools: pools.map(({ pool, nodesToday, batch, batches, podsMoved, changes }) => ({
      pool,
      nodesToday,
      nodesAtATime: batch.value,
      nodesAtATimeKey: table.add(batch),
      batches: batches.value,
      batchesKey: table.add(batches),
      podsMovedSeconds: podsMoved.value,
      podsMovedSecondsKey: table.add(podsMoved),
      ...(changes === undefined ? {} : { action: changes.action ?? 'nothing' }),
    })),
    ...(rings.length === 0 ? {} : {
      rings: rings.map(({ ring, machines, mayBeAway, batch }) => ({
        ring,
        members: machines.length,
        mayBeAway: mayBeAway.value,
        mayBeAwayKey: table.add(
          mayBeAway,
        ),
        machinesAtATime: batch.value,
        machinesAtATimeKey: table.add(batch),
      })),
    }),
  };
}
