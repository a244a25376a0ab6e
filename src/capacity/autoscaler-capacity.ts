import { Confidence, derived, Derivation } from '../derivation/derivation';
import { PoolKind } from '../cluster/node-pool';

const CONST = 'CA@36:config/const.go, config/flags/flags.go';
const ESTIMATE = { confidence: Confidence.ESTIMATE };

/** What a node group offers, for sums over groups. */
export interface GroupCapacity {
  readonly maxNodes: number;
  readonly cpu: number;
  readonly memoryMebibytes: number;
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
  return derived({ id: `autoscaler/group/${pool}/min-nodes`, value: nodesToday, unit: 'nodes', formula: `nodesToday ${nodesToday}${note}`, source: 'cluster facts', ...ESTIMATE });
}

/** Most nodes of a group: the final size of the pool, for which ranges and control plane are planned. */
export function groupMaximum(pool: string, nodes: number): Derivation {
  return derived({ id: `autoscaler/group/${pool}/max-nodes`, value: nodes, unit: 'nodes', formula: `final size ${nodes}`, source: 'cluster facts', ...ESTIMATE });
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

/** A tenth on top, in whole numbers: 1.1 x 1,200 is 1,320.0000000000002 for a computer, and its ceiling one node too many. */
function withHeadroom(value: number): number {
  return Math.ceil(value * 11 / 10);
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
export function maxNodesTotal(nodes: number, controlPlane: number, addresses: number): Derivation {
  return derived({
    id: 'autoscaler/max-nodes-total',
    value: Math.min(withHeadroom(nodes) + controlPlane, addresses),
    unit: 'nodes',
    formula: `min(ceil(1.1 x ${nodes}) + ${controlPlane} control-plane machines, ${addresses} node addresses)`,
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
export function coresTotal(groups: GroupCapacity[], controlPlaneCores: number): Derivation {
  const cores = groups.reduce((sum, group) => sum + group.maxNodes * group.cpu, 0);
  return derived({
    id: 'autoscaler/cores-total',
    value: withHeadroom(cores) + controlPlaneCores,
    unit: 'cores',
    formula: `ceil(1.1 x ${cores}) + ${controlPlaneCores} of the control plane`,
    source: CONST,
    ...ESTIMATE,
  });
}

/** Most memory of the cluster for `--memory-total`, in GiB; as `coresTotal`. 1,200 x 64 GiB and 5 x 128 GiB: 85,120. */
export function memoryTotal(groups: GroupCapacity[], controlPlaneMebibytes: number): Derivation {
  const gibibytes = Math.ceil(groups.reduce((sum, group) => sum + group.maxNodes * group.memoryMebibytes, 0) / 1024);
  const controlPlane = Math.ceil(controlPlaneMebibytes / 1024);
  return derived({
    id: 'autoscaler/memory-total',
    value: withHeadroom(gibibytes) + controlPlane,
    unit: 'GiB',
    formula: `ceil(1.1 x ${gibibytes}) + ${controlPlane} of the control plane`,
    source: CONST,
    ...ESTIMATE,
  });
}

/**
 * Pause between two looks at the cluster. Each look simulates every node; upstream's goal for a loop is below 10 s, its limit 30 s.
 *
 * | nodes    | 500  | 501 to 2,000 | more |
 * | interval | 10 s | 20 s         | 30 s |
 *
 * Source: CA@36:config/flags/flags.go (20 to 30 s above 500 nodes, proposal; default 10 s).
 */
export function scanInterval(nodes: number): Derivation {
  const seconds = nodes <= 500 ? 10 : nodes <= 2000 ? 20 : 30;
  return derived({ id: 'autoscaler/scan-interval', value: seconds, unit: 's', formula: `10 s up to 500 nodes, 20 s up to 2,000, else 30 s: ${nodes} nodes`, source: CONST, ...ESTIMATE });
}

/**
 * Nodes deleted at a time. The default of 10 is an hour's wait for 200 nodes with a pause after each batch; more than 50 at a time is a
 * quarter of a step gone before anybody looks.
 *
 * | nodes       | 200 | 600 | 1,200 | 5,000 |
 * | parallelism | 10  | 25  | 50    | 50    |
 *
 * Source: CA@36:config/flags/flags.go, CA-07 (50 at 1,200).
 */
export function maxScaleDownParallelism(nodes: number): Derivation {
  return derived({
    id: 'autoscaler/max-scale-down-parallelism',
    value: Math.min(50, Math.max(10, Math.ceil(nodes / 24))),
    unit: 'nodes',
    formula: `min(50, max(10, ceil(${nodes} / 24)))`,
    source: 'CA@36:config/flags/flags.go',
    ...ESTIMATE,
  });
}

/**
 * Nodes drained at a time; each drain moves up to a hundred pods and competes with real scheduling. The default of 1 drains 4 to 6 nodes an hour.
 *
 * | nodes       | 100 | 200 | 600 | 1,200 | 5,000 |
 * | parallelism | 1   | 2   | 5   | 10    | 10    |
 *
 * Source: CA@36:config/flags/flags.go, CA-07 (5 to 10).
 */
export function maxDrainParallelism(nodes: number): Derivation {
  return derived({
    id: 'autoscaler/max-drain-parallelism',
    value: Math.min(10, Math.max(1, Math.ceil(nodes / 120))),
    unit: 'nodes',
    formula: `min(10, max(1, ceil(${nodes} / 120)))`,
    source: 'CA@36:config/flags/flags.go',
    ...ESTIMATE,
  });
}

/**
 * Pause after a batch of deletions. Upstream's default is none (the next scan); one minute bounds the pace and leaves time to stop it, ten
 * minutes, as in the reference article, take a night for a thousand nodes (`scaleDownPace`). Source: CA-05 (omit or at most 1m).
 */
export function scaleDownDelayAfterDelete(): Derivation {
  return derived({ id: 'autoscaler/scale-down-delay-after-delete', value: 60, unit: 's', formula: '1 minute', source: CONST, ...ESTIMATE });
}

/**
 * Most nodes removed in an hour: one batch per pause.
 *
 * | batch / pause   | 10 / 600 s (article) | 50 / 60 s | 50 / 0, scan 20 s |
 * | nodes per hour  | 60                   | 3,000     | 9,000             |
 * | 1,000 nodes     | 16.7 h               | 20 min    | 7 min             |
 *
 * Source: CA@36:config/flags/flags.go (delay arithmetic).
 */
export function scaleDownPace(parallelism: Derivation, delay: Derivation, scan: Derivation): Derivation {
  const pause = Math.max(delay.value, scan.value);
  return derived({
    id: 'autoscaler/scale-down-nodes-per-hour',
    value: Math.floor(parallelism.value * 3600 / pause),
    unit: 'nodes per hour',
    formula: `${parallelism.value} nodes x 3600 s / max(pause ${delay.value} s, scan ${scan.value} s)`,
    source: CONST,
    from: [parallelism, delay, scan],
    ...ESTIMATE,
  });
}

/** Waiting times of the autoscaler, in seconds. */
export interface AutoscalerDelays {
  readonly afterAdd: Derivation;
  readonly unneeded: Derivation;
  readonly unready: Derivation;
  readonly provision: Derivation;
}

/** Waiting times whose defaults hold at any size; written out so that a change of upstream's default changes nothing here. */
export function autoscalerDelays(): AutoscalerDelays {
  const upstream = (name: string, minutes: number, formula: string) =>
    derived({ id: `autoscaler/${name}`, value: minutes * 60, unit: 's', formula, source: CONST });
  return {
    afterAdd: upstream('scale-down-delay-after-add', 10, '10 minutes: pods of the last wave find their nodes first'),
    unneeded: upstream('scale-down-unneeded-time', 10, '10 minutes'),
    unready: upstream('scale-down-unready-time', 20, '20 minutes: longer than a frozen lease or a rebooting rack'),
    provision: upstream('max-node-provision-time', 15, '15 minutes'),
  };
}

/**
 * Share of unready nodes above which the autoscaler stops acting. It must survive the loss of one zone: growth in the others is wanted
 * just then. More means that leases or the network are broken, and deleting "unready" nodes would finish the cluster off.
 *
 * | zones   | not recorded, 1 | 2    | 3 and more |
 * | percent | 45              | 55   | 45         |
 *
 * Source: CA@36:config/flags/flags.go (45); 55 with two zones is a proposal.
 */
export function maxTotalUnreadyPercentage(zones: number): Derivation {
  return derived({
    id: 'autoscaler/max-total-unready-percentage',
    value: zones === 2 ? 55 : 45,
    unit: '%',
    formula: zones === 2 ? 'half of the nodes when one of 2 zones is lost, and 5' : 'default of upstream, above the third that one of three zones holds',
    source: CONST,
    confidence: zones === 2 ? Confidence.ESTIMATE : Confidence.UPSTREAM,
  });
}

/** Unready nodes that never count as an outage, per group and in total: upstream's 3. More would delete a small GPU group one by one. */
export function okTotalUnreadyCount(): Derivation {
  return derived({ id: 'autoscaler/ok-total-unready-count', value: 3, unit: 'nodes', formula: 'default of upstream', source: CONST });
}

/** Requests per second to the API server and burst: 5 and 10 by default, which a step of 200 nodes (taints, evictions) queues behind. Source: CA-10. */
export function autoscalerClientRate(): { readonly qps: Derivation; readonly burst: Derivation } {
  return {
    qps: derived({ id: 'autoscaler/kube-client-qps', value: 50, unit: 'requests per second', formula: '50 (default 5)', source: 'CA@28 main.go; CA@36:FAQ.md', ...ESTIMATE }),
    burst: derived({ id: 'autoscaler/kube-client-burst', value: 100, unit: 'requests', formula: '2 x 50', source: 'CA@28 main.go; CA@36:FAQ.md', ...ESTIMATE }),
  };
}

/**
 * CPU request. The simulation uses one core; the predicates of large clusters a few.
 *
 * | nodes      | 100 | 500 | 1,000 to 2,000 | 5,000 |
 * | millicores | 200 | 500 | 1,000          | 3,000 |
 *
 * Source: CA HEAD:proposals/scalability_tests.md (one core at 1,000 nodes).
 */
export function autoscalerCpu(nodes: number): Derivation {
  const value = nodes <= 2000 ? Math.min(1000, Math.max(200, nodes)) : 1000 * Math.ceil(nodes / 2000);
  return derived({ id: 'autoscaler/cpu', value, unit: 'millicores', formula: `1 per node between 200 and 1,000, one core per 2,000 nodes above: ${nodes} nodes`, source: 'CA HEAD:proposals/scalability_tests.md', ...ESTIMATE });
}

/**
 * Memory, request and limit: the autoscaler holds every pod and node, and a copy of both for the simulation.
 *
 * | nodes | 200   | 340   | 1,200 | 5,000  |
 * | MiB   | 2,048 | 2,560 | 6,144 | 21,504 |
 *
 * Source: CA@36:config/flags/flags.go (4 to 8 GiB at 1,200; 0.6 GB was killed at 340 nodes, kubernetes/autoscaler#7873).
 */
export function autoscalerMemory(nodes: number): Derivation {
  return derived({
    id: 'autoscaler/memory',
    value: 512 * Math.ceil((1024 + 4 * nodes) / 512),
    unit: 'MiB',
    formula: `1,024 + 4 x ${nodes} nodes, rounded up to 512`,
    source: 'kubernetes/autoscaler#7873; EKSBP:scalability/control-plane',
    ...ESTIMATE,
  });
}

/** Replicas: one acts, one holds itself ready behind the lease. Source: CA@36:FAQ.md. */
export function autoscalerReplicas(): Derivation {
  return derived({ id: 'autoscaler/replicas', value: 2, unit: 'replicas', formula: '1 + 1 for availability', source: 'CA@36:FAQ.md', ...ESTIMATE });
}
