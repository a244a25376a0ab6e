import { Amount, Confidence, derived, Derivation, stated } from '../derivation/derivation';

// Pace and size of the node autoscaler. Bounds of its groups are in autoscaler-group-capacity.ts.

const CONST = 'CA@36:config/const.go, config/flags/flags.go';
const ESTIMATE = { confidence: Confidence.ESTIMATE };

/**
 * Pause between two looks at the cluster. Each look simulates every node; upstream's goal for a loop is below 10 s, its limit 30 s.
 *
 * | nodes    | 500  | 501 to 2,000 | more |
 * | interval | 10 s | 20 s         | 30 s |
 *
 * Source: CA@36:config/flags/flags.go (20 to 30 s above 500 nodes, proposal; default 10 s).
 */
export function scanInterval(nodes: Amount): Derivation {
  return derived({
    id: 'autoscaler/scan-interval', unit: 's', words: '10 s up to 500 nodes, 20 s up to 2,000, else 30 s', expression: 'nodes <= 500 ? 10 : nodes <= 2000 ? 20 : 30', inputs: { nodes }, source: CONST, ...ESTIMATE,
  });
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
export function maxScaleDownParallelism(nodes: Amount): Derivation {
  return derived({
    id: 'autoscaler/max-scale-down-parallelism',
    unit: 'nodes',
    words: 'a twenty-fourth of the nodes, between upstream\'s 10 and 50',
    expression: 'min(50, max(10, ceil(nodes / 24)))',
    inputs: { nodes },
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
export function maxDrainParallelism(nodes: Amount): Derivation {
  return derived({
    id: 'autoscaler/max-drain-parallelism',
    unit: 'nodes',
    words: 'one for 120 nodes, at most 10',
    expression: 'min(10, max(1, ceil(nodes / 120)))',
    inputs: { nodes },
    source: 'CA@36:config/flags/flags.go',
    ...ESTIMATE,
  });
}

/**
 * Pause after a batch of deletions. Upstream's default is none (the next scan); one minute bounds the pace and leaves time to stop it, ten
 * minutes, as in the reference article, take a night for a thousand nodes (`scaleDownPace`). Source: CA-05 (omit or at most 1m).
 */
export function scaleDownDelayAfterDelete(): Derivation {
  return derived({ id: 'autoscaler/scale-down-delay-after-delete', unit: 's', words: '1 minute', expression: '60', source: CONST, ...ESTIMATE });
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
  return derived({
    id: 'autoscaler/scale-down-nodes-per-hour',
    unit: 'nodes per hour',
    words: 'a batch for each pause; without a pause the scan sets the pace',
    expression: 'floor(parallelism * 3600 / max(delay, scan))',
    inputs: { parallelism, delay, scan },
    source: CONST,
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
  const upstream = (name: string, minutes: number, words: string) =>
    derived({ id: `autoscaler/${name}`, unit: 's', words, expression: `${minutes} * 60`, source: CONST });
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
    unit: '%',
    words: zones === 2 ? 'half of the nodes when one of 2 zones is lost, and 5' : 'default of upstream, above the third that one of three zones holds',
    expression: 'zones == 2 ? 55 : 45',
    inputs: { zones: stated('fleet/zones', zones, 'zones', 'zones of the pools; 0 where none is recorded') },
    source: CONST,
    confidence: zones === 2 ? Confidence.ESTIMATE : Confidence.UPSTREAM,
  });
}

/** Unready nodes that never count as an outage, per group and in total: upstream's 3. More would delete a small GPU group one by one. */
export function okTotalUnreadyCount(): Derivation {
  return derived({ id: 'autoscaler/ok-total-unready-count', unit: 'nodes', words: 'default of upstream', expression: '3', source: CONST });
}

/** Requests per second to the API server and burst: 5 and 10 by default, which a step of 200 nodes (taints, evictions) queues behind. Source: CA-10. */
export function autoscalerClientRate(): { readonly qps: Derivation; readonly burst: Derivation } {
  const source = 'CA@28 main.go; CA@36:FAQ.md';
  const qps = derived({ id: 'autoscaler/kube-client-qps', unit: 'requests per second', words: '50 instead of 5', expression: '50', source, ...ESTIMATE });
  return { qps, burst: derived({ id: 'autoscaler/kube-client-burst', unit: 'requests', words: 'twice the rate', expression: '2 * qps', inputs: { qps }, source, ...ESTIMATE }) };
}

/**
 * CPU request. The simulation uses one core; the predicates of large clusters a few.
 *
 * | nodes      | 100 | 500 | 1,000 to 2,000 | 5,000 |
 * | millicores | 200 | 500 | 1,000          | 3,000 |
 *
 * Source: CA HEAD:proposals/scalability_tests.md (one core at 1,000 nodes).
 */
export function autoscalerCpu(nodes: Amount): Derivation {
  return derived({
    id: 'autoscaler/cpu',
    unit: 'millicores',
    words: 'one for each node between 200 and 1,000; above 2,000 nodes a core for every 2,000',
    expression: 'nodes <= 2000 ? min(1000, max(200, nodes)) : 1000 * ceil(nodes / 2000)',
    inputs: { nodes },
    source: 'CA HEAD:proposals/scalability_tests.md',
    ...ESTIMATE,
  });
}

/**
 * Memory, request and limit: the autoscaler holds every pod and node, and a copy of both for the simulation.
 *
 * | nodes | 200   | 340   | 1,200 | 5,000  |
 * | MiB   | 2,048 | 2,560 | 6,144 | 21,504 |
 *
 * Source: CA@36:config/flags/flags.go (4 to 8 GiB at 1,200; 0.6 GB was killed at 340 nodes, kubernetes/autoscaler#7873).
 */
export function autoscalerMemory(nodes: Amount): Derivation {
  return derived({
    id: 'autoscaler/memory',
    unit: 'MiB',
    words: '1 GiB and 4 MiB for each node, in steps of 512 MiB',
    expression: '512 * ceil((1024 + 4 * nodes) / 512)',
    inputs: { nodes },
    source: 'kubernetes/autoscaler#7873; EKSBP:scalability/control-plane',
    ...ESTIMATE,
  });
}

/** Replicas: one acts, one holds itself ready behind the lease. Source: CA@36:FAQ.md. */
export function autoscalerReplicas(): Derivation {
  return derived({ id: 'autoscaler/replicas', unit: 'replicas', words: 'one acts, one is ready', expression: '1 + 1', source: 'CA@36:FAQ.md', ...ESTIMATE });
}

/**
 * Seconds of one look at the cluster: upstream's goal of 10 s at the 1,000 nodes that it is tested with, more in proportion; pods with affinity
 * take far longer.
 *
 * | nodes   | 200 | 1,000 | 1,200 | 5,000 |
 * | seconds | 2   | 10    | 12    | 50    |
 *
 * Source: CA HEAD:proposals/scalability_tests.md (below 10 s, at most 30 s); growth in proportion is an estimate.
 */
export function loopSeconds(nodes: Amount): Derivation {
  return derived({
    id: 'autoscaler/loop-seconds', unit: 's', words: '10 s for each 1,000 nodes', expression: 'ceil(10 * nodes / 1000)', inputs: { nodes }, source: 'CA HEAD:proposals/scalability_tests.md', ...ESTIMATE,
  });
}

/**
 * Most seconds from pods without a node to nodes that run them, before the autoscaler gives a node up: the pause until it looks, the look,
 * and the time that a node may take.
 *
 * | nodes   | 200 | 1,200 | 5,000 |
 * | seconds | 912 | 932   | 980   |
 */
export function waveSeconds(scan: Derivation, loop: Derivation, provision: Derivation): Derivation {
  return derived({
    id: 'autoscaler/wave-seconds', unit: 's', words: 'pause, look, and the longest that a node may take', expression: 'scan + loop + provision', inputs: { scan, loop, provision }, source: CONST, ...ESTIMATE,
  });
}

/** Nodes of one step of growth, the reference article's 200; the next step begins when the last is ready. Source: EKSBP:scalability/control-plane (no growth at once). */
export const WAVE_NODES = 200;

/**
 * Most seconds from today's nodes to the largest, in steps of 200.
 *
 * | from, to | 800 to 1,200 | 200 to 1,200 | 1,200 to 1,200 |
 * | steps    | 2            | 5            | 0              |
 * | seconds  | 1,864        | 4,660        | 0              |
 */
export function growthSeconds(nodesToday: number, nodes: Amount, wave: Derivation): Derivation {
  return derived({
    id: 'autoscaler/growth-seconds',
    unit: 's',
    words: 'steps from the nodes of today to the largest, one after another',
    expression: 'ceil(max(0, nodes - nodesToday) / step) * wave',
    inputs: { nodes, nodesToday: stated('fleet/nodes-today', nodesToday, 'nodes', 'nodes of all pools today'), step: WAVE_NODES, wave },
    source: 'EKSBP:scalability/control-plane; proposal',
    ...ESTIMATE,
  });
}
