import { Confidence, derived, Derivation } from '../derivation/derivation';

/**
 * Requests that one API server works on at a time, mutating and others together (with API Priority and Fairness the two flags are summed).
 *
 * | cores | 8   | 32  | 64  | 96  |
 * | seats | 400 | 400 | 640 | 800 |
 *
 * Ten per core, at least 400, at most 800. More seats add no throughput and remove the only protection of memory: with 6,000 seats a storm of
 * LIST requests drove an API server beyond 23 GB. Sources: KOPSSC; MEAS.
 */
export function apiServerSeats(cores: number): Derivation {
  return derived({
    id: 'api-server/seats',
    value: Math.min(800, Math.max(400, 10 * cores)),
    unit: 'requests',
    formula: `10 x ${cores} cores, between 400 and 800`,
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
export function maxRequestsInflight(seats: Derivation): Derivation {
  return derived({
    id: 'api-server/inflight', value: Math.round(seats.value * 0.625), unit: 'requests', formula: `${seats.value} x 5/8`, source: 'MEAS (tuned profile 400 + 240)', confidence: Confidence.ESTIMATE, from: [seats],
  });
}

export function maxMutatingRequestsInflight(seats: Derivation, inflight: Derivation): Derivation {
  return derived({
    id: 'api-server/mutating-inflight', value: seats.value - inflight.value, unit: 'requests', formula: `${seats.value} - ${inflight.value}`, source: 'AS@36', from: [seats, inflight],
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
export function dearRequestSeats(cores: number): Derivation {
  return derived({
    id: 'api-server/dear-request-seats',
    value: Math.min(7, Math.max(1, Math.floor(cores / 2))),
    unit: 'requests',
    formula: `${cores} cores / 2, between 1 and 7`,
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
export function nodeAgentSeats(seats: Derivation): Derivation {
  return derived({
    id: 'api-server/node-agent-seats',
    value: Math.ceil(seats.value / 10),
    unit: 'requests',
    formula: `${seats.value} / 10`,
    source: 'AS@36 pkg/apis/flowcontrol/bootstrap/default.go',
    from: [seats],
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
 * The largest share that does not give more seats than wanted, at least 1 (older versions refuse 0). Source: AS@36 pkg/util/flowcontrol.
 */
export function sharesForSeats(id: string, total: Derivation, others: number, seats: Derivation): Derivation {
  if (seats.value >= total.value) { throw new RangeError(`${id}: ${seats.value} seats of ${total.value} leave none for other levels`); }
  let share = 1;
  while (seatsOf(total.value, share + 1, others) <= seats.value) { share++; }
  const reached = seatsOf(total.value, share, others);
  return derived({
    id,
    value: share,
    unit: 'shares',
    formula: `ceil(${total.value} x ${share} / (${others} + ${share})) = ${reached} of at most ${seats.value} seats`,
    source: 'AS@36 pkg/util/flowcontrol',
    from: [total, seats],
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
export function apiServerMemory(nodes: number, machineMebibytes: number): Derivation {
  const floor = Math.max(4096, Math.floor(nodes * 60_000_000 / 1024 ** 2));
  return derived({
    id: 'api-server/memory',
    value: Math.min(floor, Math.floor(machineMebibytes / 2)),
    unit: 'MiB',
    formula: `min(max(4096, ${nodes} nodes x 60 MB), half of the machine's ${machineMebibytes} MiB)`,
    source: 'kube-up target-ram-mb; MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

/** CPU request: a quarter of the machine; etcd, scheduler and controller manager share it. */
export function apiServerCpu(cores: number): Derivation {
  return derived({
    id: 'api-server/cpu', value: Math.max(1, Math.floor(cores / 4)), unit: 'cores', formula: `${cores} cores / 4`, source: 'proposal', confidence: Confidence.ESTIMATE,
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
export function controllerManagerQps(nodes: number): Derivation {
  return derived({
    id: 'controller-manager/kube-api-qps',
    value: Math.max(100, Math.ceil(4 * nodes / 120)),
    unit: 'requests/s',
    formula: `max(100, 4 requests x ${nodes} nodes / 120 s)`,
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
export function nodeMonitorGrace(): Derivation {
  return derived({ id: 'controller-manager/node-monitor-grace-period', value: 50, unit: 's', formula: '30 s read idle + 15 s ping + 5 s; default from 1.32', source: 'PR 126287; IS 121793' });
}

export function controllerManagerBurst(qps: Derivation): Derivation {
  return derived({ id: 'controller-manager/kube-api-burst', value: 2 * qps.value, unit: 'requests', formula: `2 x ${qps.value}`, source: 'GARD', from: [qps] });
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
export function percentageOfNodesToScore(nodes: number): Derivation {
  const value = nodes < 1000 ? 0 : Math.min(20, Math.max(5, 50 - Math.floor(nodes / 125)));
  return derived({
    id: 'scheduler/percentage-of-nodes-to-score',
    value,
    unit: '%',
    formula: nodes < 1000 ? '0: the scheduler\'s own 50 - nodes/125' : `min(20, max(5, 50 - ${nodes}/125))`,
    source: 'CAV@29 pkg/scheduler/schedule_one.go; MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

/** Client rate of the scheduler: every binding is a request, and 50/s (the default) caps it below the 90 pods/s of upstream's gate. Source: TI; KS@36. */
export function schedulerQps(): Derivation {
  return derived({ id: 'scheduler/client-qps', value: 100, unit: 'requests/s', formula: 'kube-up and kops scale jobs', source: 'TI; KOPSSC; MEAS' });
}
