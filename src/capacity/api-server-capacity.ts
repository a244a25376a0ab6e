import { Amount, Confidence, derived, Derivation, given, valueOf } from '../derivation/derivation';

/**
 * Requests that one API server works on at a time, mutating and others together (with API Priority and Fairness the two flags are summed).
 *
 * | cores | 8   | 32  | 64  | 96  |
 * | seats | 400 | 400 | 640 | 800 |
 *
 * Ten per core, at least 400, at most 800. More seats add no throughput and remove the only protection of memory: with 6,000 seats a storm of
 * LIST requests drove an API server beyond 23 GB. Sources: KOPSSC; MEAS.
 */
export function apiServerSeats(cores: Amount): Derivation {
  return derived({
    id: 'api-server/seats',
    unit: 'requests',
    words: 'ten per core, between 400 and 800',
    expression: 'min(800, max(400, 10 * cores))',
    inputs: { cores },
    source: 'KOPSSC; EKSBP:scalability/control-plane; MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Share of the seats that `max-requests-inflight` gets; the rest is `max-mutating-requests-inflight`. Only their sum counts since 1.20; the
 * split keeps kubeadm's shape (400 + 200) and matters where priority and fairness is off.
 *
 * | seats        | 400 | 640 | 800 |
 * | non-mutating | 250 | 400 | 500 |
 */
export function maxRequestsInflight(seats: Amount): Derivation {
  return derived({
    id: 'api-server/inflight',
    unit: 'requests',
    words: 'five eighths of the seats, as the tuned profile 400 + 240',
    expression: 'round(seats * 5 / 8)',
    inputs: { seats },
    source: 'MEAS (tuned profile 400 + 240)',
    confidence: Confidence.ESTIMATE,
  });
}

export function maxMutatingRequestsInflight(seats: Amount, inflight: Amount): Derivation {
  return derived({
    id: 'api-server/mutating-inflight', unit: 'requests', words: 'the seats that are left', expression: 'seats - inflight', inputs: { seats, inflight }, source: 'AS@36',
  });
}

/** Seats of both flags, which priority and fairness sums and shares out. */
export function totalSeats(inflight: Amount, mutatingInflight: Amount): Derivation {
  return derived({
    id: 'api-server/total-seats', unit: 'requests', words: 'both flags summed', expression: 'inflight + mutatingInflight', inputs: { inflight, mutatingInflight }, source: 'AS@36',
  });
}

/** Shares of the levels that every API server brings (system 30, node-high 40, leader-election 10, workload-high 40, workload-low 100, global-default 20, catch-all 5). */
export const UPSTREAM_SHARES = 245;

/**
 * LIST and watch requests across all namespaces that one API server works on at a time, for service accounts that are not add-ons of ours.
 *
 * | cores | 2 | 4 | 8 | 14 and more |
 * | seats | 1 | 2 | 4 | 7           |
 *
 * One core carries about one such LIST a second, so seats follow cores: one per two. Never more than seven, since a queueing level with more
 * lets one request cost several seats and stops bounding how many run. Measured: with one seat on two cores 300 agents leave bystanders at
 * 0.06 s and the API server at 1.9 GiB; with the default levels it passes 17 GiB. Source: MEAS; AS@36
 * pkg/util/flowcontrol.
 */
export function dearRequestSeats(cores: Amount): Derivation {
  return derived({
    id: 'api-server/dear-request-seats',
    unit: 'requests',
    words: 'one for two cores, between 1 and 7',
    expression: 'min(7, max(1, floor(cores / 2)))',
    inputs: { cores },
    source: 'MEAS; AS@36 pkg/util/flowcontrol',
    confidence: Confidence.MEASURED,
  });
}

/**
 * Most requests of per-node agents (logs, network, storage, DNS) in flight: a tenth of the seats, so that agents on every node cannot drown
 * the kubelets beside them.
 *
 * | seats | 400 | 640 | 800 |
 * | level | 40  | 64  | 80  |
 */
export function nodeAgentSeats(seats: Amount): Derivation {
  return derived({
    id: 'api-server/node-agent-seats',
    unit: 'requests',
    words: 'a tenth of the seats',
    expression: 'ceil(seats / 10)',
    inputs: { seats },
    source: 'AS@36 pkg/apis/flowcontrol/bootstrap/default.go',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Share that gives a level its seats: seats(level) = ceil(total x share / sum of shares).
 *
 * | total | others | seats | share |
 * | 600   | 245    | 1     | 0     |
 * | 640   | 245    | 7     | 2     |
 * | 640   | 245    | 64    | 27    |
 *
 * The largest share that does not give more seats than wanted, at least 1 (older versions refuse 0): the inequality above, solved for the
 * share. Source: AS@36 pkg/util/flowcontrol.
 */
export function sharesForSeats(id: string, total: Amount, others: Amount, seats: Amount): Derivation {
  if (valueOf(seats) >= valueOf(total)) { throw new RangeError(`${id}: ${valueOf(seats)} seats of ${valueOf(total)} leave none for other levels`); }
  return derived({
    id,
    unit: 'shares',
    words: 'largest share whose seats, ceil(total x share / (others + share)), are not more than wanted',
    expression: 'max(1, floor(seats * others / (total - seats)))',
    inputs: { seats, others, total },
    source: 'AS@36 pkg/util/flowcontrol',
  });
}

/** Seats that a level gets. */
export function seatsOf(total: number, share: number, others: number): number {
  return Math.ceil(total * share / (others + share));
}

/**
 * Memory request of an API server: 60 MB per node, the historic guess of kube-up, at least 4 GiB and at most half of the machine. No official
 * formula exists; measured: 3.1 GiB at 36,000 pods with fake nodes, whose watch fan-out is understated.
 *
 * | nodes  | 200    | 1,200  | 5,000   |
 * | memory | 11 GiB | 67 GiB | 279 GiB |, capped by the machine
 */
export function apiServerMemory(nodes: Amount, machineMebibytes: Amount): Derivation {
  return derived({
    id: 'api-server/memory',
    unit: 'MiB',
    words: '60 MB for each node, at least 4 GiB, at most half of the machine',
    expression: 'min(max(4096, floor(nodes * bytesPerNode / mebibyte)), floor(machineMebibytes / 2))',
    inputs: { nodes, bytesPerNode: 60_000_000, mebibyte: 1024 ** 2, machineMebibytes },
    source: 'unsourced; MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

/** CPU request: a quarter of the machine; etcd, scheduler and controller manager share it. */
export function apiServerCpu(cores: Amount): Derivation {
  return derived({
    id: 'api-server/cpu', unit: 'cores', words: 'a quarter of the machine', expression: 'max(1, floor(cores / 4))', inputs: { cores }, source: 'proposal', confidence: Confidence.ESTIMATE,
  });
}

/**
 * Client rate of the controller manager. Making a node schedulable takes about four requests, and a whole fleet that comes back must be
 * schedulable within two minutes.
 *
 * | nodes      | 200 | 1,200 | 3,000 | 5,000 |
 * | requests/s | 100 | 100   | 100   | 167   |
 *
 * Measured at 1,200 nodes: kubeadm's 20/s needs more than four minutes and cannot recreate 15 deleted pods a second; at 100/200 53 s and all.
 * Source: MEAS; GARD (100); TI (100); KOPSSC (500 at 5,000 nodes). The two minutes are a proposal.
 */
export function controllerManagerQps(nodes: Amount): Derivation {
  return derived({
    id: 'controller-manager/kube-api-qps',
    unit: 'requests/s',
    words: 'the requests that make every node schedulable, within the time for a whole fleet',
    expression: 'max(100, ceil(requestsPerNode * nodes / seconds))',
    inputs: { requestsPerNode: 4, nodes, seconds: 120 },
    source: 'GARD; TI; MEAS',
    confidence: Confidence.MEASURED,
  });
}

/**
 * How long a node may stay silent before it counts as lost. A kubelet needs up to 45 s to notice a dead HTTP/2 connection (30 s without a frame and 15 s
 * for the ping): with the 40 s that were the default before 1.32 a dropped connection marks healthy nodes NotReady.
 *
 * Source: PR 126287, IS 121793.
 */
export function nodeMonitorGrace(chosen?: number): Derivation {
  return given(chosen, derived({
    id: 'controller-manager/node-monitor-grace-period',
    unit: 's',
    words: 'a connection without a frame, the ping after it, and a margin; default from 1.32',
    expression: 'readIdle + ping + margin',
    inputs: { readIdle: 30, ping: 15, margin: 5 },
    source: 'kubernetes/kubernetes#126287; kubernetes/kubernetes#121793',
  }));
}

export function controllerManagerBurst(qps: Amount): Derivation {
  return derived({ id: 'controller-manager/kube-api-burst', unit: 'requests', words: 'two seconds of its rate', expression: '2 * qps', inputs: { qps }, source: 'GARD' });
}

/**
 * Share of nodes that the scheduler scores. Upstream's own choice is 50 - nodes/125 (floor 5 %, never fewer than 100 nodes); from 1,000 nodes
 * on 20 % is enough for placement and faster.
 *
 * | nodes      | 200 | 800 | 1,200 | 3,000 | 5,000 |
 * | percentage | 0 (upstream's choice: 49, 44) | | 20 | 20 | 10 |
 *
 * Source: CAV@29 pkg/scheduler/schedule_one.go; MEAS (tuned profile 20).
 */
export function percentageOfNodesToScore(nodes: Amount): Derivation {
  return derived({
    id: 'scheduler/percentage-of-nodes-to-score',
    unit: '%',
    words: '0 below 1,000 nodes: the scheduler\'s own 50 - nodes/125; from there on at most 20',
    expression: 'nodes < 1000 ? 0 : min(20, max(5, 50 - floor(nodes / 125)))',
    inputs: { nodes },
    source: 'CAV@29 pkg/scheduler/schedule_one.go; MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

/** Client rate of the scheduler: every binding is a request, and 50/s (the default) caps it below the 90 pods/s of upstream's gate. Source: TI; KS@36. */
export function schedulerQps(): Derivation {
  return derived({ id: 'scheduler/client-qps', unit: 'requests/s', words: 'kube-up and kops scale jobs', expression: '100', source: 'TI; KOPSSC; MEAS' });
}
