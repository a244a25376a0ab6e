import { NodePool } from '../cluster/node-pool';
import { derived, Derivation, stated } from '../derivation/derivation';

// Facts of a pool as amounts: numbers of the description, under the same id wherever they are used.

/** Nodes of a pool at its final size. */
export function poolNodes(pool: NodePool): Derivation {
  return stated(`fleet/pools/${pool.name}/nodes`, pool.nodes, 'nodes', `nodes of pool ${pool.name}`);
}

/** Nodes of a pool that exist now. */
export function poolNodesToday(pool: NodePool): Derivation {
  return stated(`fleet/pools/${pool.name}/nodes-today`, pool.nodesToday, 'nodes', `nodesToday of pool ${pool.name}`);
}

/** Cores of one node of a pool. */
export function poolCores(pool: NodePool): Derivation {
  return stated(`fleet/pools/${pool.name}/cores`, pool.machine.cpu, 'cores', `cores of one machine of pool ${pool.name}`);
}

/** Memory of one node of a pool. */
export function poolMemory(pool: NodePool): Derivation {
  return stated(`fleet/pools/${pool.name}/memory`, pool.machine.memoryMebibytes, 'MiB', `memory of one machine of pool ${pool.name}`);
}

/** Most pods of one node of a pool. */
export function poolMaxPods(pool: NodePool): Derivation {
  return stated(`fleet/pools/${pool.name}/max-pods`, pool.maxPods, 'pods', `maxPods of pool ${pool.name}`);
}

/** Local disks of one node of a pool. */
export function poolDisks(pool: NodePool): Derivation {
  return stated(`fleet/pools/${pool.name}/disks`, pool.machine.localDisks?.count ?? 0, 'disks', `local disks of one machine of pool ${pool.name}`);
}

/** Memory of the largest machine of all pools. */
export function largestMachineMemory(pools: NodePool[]): Derivation {
  return derived({
    id: 'fleet/largest-machine-memory',
    unit: 'MiB',
    words: 'memory of the largest machine of all pools',
    expression: `max(${pools.map((_, i) => `pool${i + 1}`).join(', ')})`,
    inputs: Object.fromEntries(pools.map((pool, i) => [
      `pool${i + 1}`, stated(`fleet/pools/${pool.name}/memory`, pool.machine.memoryMebibytes, 'MiB', `memory of one machine of pool ${pool.name}`),
    ])),
    source: 'description',
  });
}
