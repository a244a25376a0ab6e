import { Fleet } from '../cluster/fleet';
import { NodePool, PoolKind } from '../cluster/node-pool';
import { Amount, Confidence, derived, Derivation, stated } from '../derivation/derivation';

// Bounds of the node groups, and of all groups together.

const CONST = 'CA@36:config/const.go, config/flags/flags.go';
const ESTIMATE = { confidence: Confidence.ESTIMATE };

/** What a node group offers, for sums over groups. */
export interface GroupCapacity {
  readonly pool: NodePool;
  readonly maxNodes: Derivation;
}

/**
 * Fewest nodes of a group: what the pool has today. The autoscaler comes back to it after a promotion and never goes below what was
 * there before it. A pool at its final size therefore keeps it, unless `minNodes` says otherwise.
 *
 * | nodesToday | 384 | 784 |
 * | minimum    | 384 | 784 |
 */
export function groupMinimum(pool: string, nodesToday: number, nodes: number): Derivation {
  const note = nodesToday === nodes ? ', which is the final size: the group keeps it; set minNodes to let it shrink' : '';
  return derived({
    id: `autoscaler/group/${pool}/min-nodes`,
    unit: 'nodes',
    words: `nodes that the pool has today${note}`,
    expression: 'nodesToday',
    inputs: { nodesToday: stated(`fleet/pools/${pool}/nodes-today`, nodesToday, 'nodes', `nodes of pool ${pool} today`) },
    source: 'description',
    ...ESTIMATE,
  });
}

/** Most nodes of a group: the final size of the pool, for which ranges and control plane are planned. */
export function groupMaximum(pool: string, nodes: number): Derivation {
  return derived({
    id: `autoscaler/group/${pool}/max-nodes`,
    unit: 'nodes',
    words: 'final size of the pool',
    expression: 'nodes',
    inputs: { nodes: stated(`fleet/pools/${pool}/nodes`, nodes, 'nodes', `nodes of pool ${pool}`) },
    source: 'description',
    ...ESTIMATE,
  });
}

/**
 * Which pool grows first when pods fit several: the plainest nodes first, accelerators last, so that a web pod never starts a GPU machine.
 *
 * | kind     | general | compute | memory | gpu | anything else |
 * | priority | 40      | 30      | 20     | 10  | 1             |
 *
 * As soon as one expression matches, groups that match none are not considered, so the catch-all is part of the table. Source:
 * CA@36:expander/priority/readme.md; the order is a proposal.
 */
export function groupPriority(kind: PoolKind): number {
  return { [PoolKind.GENERAL]: 40, [PoolKind.COMPUTE]: 30, [PoolKind.MEMORY]: 20, [PoolKind.GPU]: 10 }[kind];
}

/** Priority of groups that no other expression matches: the lowest that is allowed. */
export const CATCH_ALL_PRIORITY = 1;

/** Nodes of all groups at their largest, the pools that the autoscaler leaves alone included: it counts them all the same. */
export function plannedWorkers(groups: GroupCapacity[]): Derivation {
  return derived({
    id: 'autoscaler/planned-workers',
    unit: 'nodes',
    words: 'all groups at their largest, and pools that are not scaled',
    expression: groups.map((_, i) => `group${i + 1}`).join(' + '),
    inputs: Object.fromEntries(groups.map(({ maxNodes }, i) => [`group${i + 1}`, maxNodes])),
    source: 'description',
    ...ESTIMATE,
  });
}

/**
 * Most nodes of the cluster for `--max-nodes-total`. The autoscaler counts every node object that is ready, control-plane machines
 * included, so they are added. The headroom lets a full cluster replace nodes (the new one joins before the old one is gone); the
 * groups' own maxima keep the plan. Never more than there are addresses.
 *
 * | nodes / control plane / addresses | 1,200 / 5 / 4,094 | 200 / 3 / 1,022 | 1,200 / 5 / 1,250 |
 * | limit                             | 1,325             | 223             | 1,250             |
 *
 * Source: CA@36:config/flags/flags.go (plan x 1.1); CA@36:core/static_autoscaler.go (what is counted).
 */
export function maxNodesTotal(workers: Amount, controlPlane: Amount, addresses: Amount): Derivation {
  // In tenths: 1.1 x 1,200 is 1,320.0000000000002 for a computer, and its ceiling one node too many.
  return derived({
    id: 'autoscaler/max-nodes-total',
    unit: 'nodes',
    words: 'plan with a tenth on top and the control plane, never more than there are addresses',
    expression: 'min(ceil(workers * 11 / 10) + controlPlane, addresses)',
    inputs: { workers, controlPlane, addresses },
    source: 'CA@36:core/static_autoscaler.go',
    ...ESTIMATE,
  });
}

/**
 * Most cores of the cluster for `--cores-total`. Upstream's default of 320,000 stops a fleet of 5,000 machines with 96 cores in silence.
 *
 * | groups                | 1,200 x 16, control plane 5 x 32 | 5,000 x 96, control plane 5 x 64 |
 * | cores                 | 21,280                           | 528,320                          |
 *
 * Source: CA@36:config/const.go (default).
 */
export function coresTotal(groups: GroupCapacity[], { controlPlaneMachines, controlPlaneCores }: Fleet): Derivation {
  return derived({
    id: 'autoscaler/cores-total',
    unit: 'cores',
    words: 'cores of all groups at their largest with a tenth on top, and those of the control plane',
    expression: `ceil((${groupSum(groups)}) * 11 / 10) + machines * machineCores`,
    inputs: { ...groupInputs(groups, pool => pool.machine.cpu), machines: controlPlaneMachines, machineCores: controlPlaneCores },
    source: CONST,
    ...ESTIMATE,
  });
}

/** Most memory of the cluster for `--memory-total`, in GiB; as `coresTotal`. 1,200 x 64 GiB and 5 x 128 GiB: 85,120. */
export function memoryTotal(groups: GroupCapacity[], { controlPlaneMachines, controlPlaneMemory }: Fleet): Derivation {
  return derived({
    id: 'autoscaler/memory-total',
    unit: 'GiB',
    words: 'memory of all groups at their largest with a tenth on top, and that of the control plane',
    expression: `ceil(ceil((${groupSum(groups)}) / 1024) * 11 / 10) + ceil(machines * machineMemory / 1024)`,
    inputs: { ...groupInputs(groups, pool => pool.machine.memoryMebibytes), machines: controlPlaneMachines, machineMemory: controlPlaneMemory },
    source: CONST,
    ...ESTIMATE,
  });
}

function groupSum(groups: GroupCapacity[]): string {
  return groups.map((_, i) => `group${i + 1} * each${i + 1}`).join(' + ');
}

function groupInputs(groups: GroupCapacity[], each: (pool: NodePool) => number): { [name: string]: Amount } {
  return Object.fromEntries(groups.flatMap(({ pool, maxNodes }, i): Array<[string, Amount]> => [[`group${i + 1}`, maxNodes], [`each${i + 1}`, each(pool)]]));
}
