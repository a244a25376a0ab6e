import { Duration } from 'cdk8s';
import { Confidence, derived, Derivation } from '../derivation/derivation';

/**
 * Heartbeat interval from the largest round trip between members.
 *
 * | RTT          | 1 ms | 10 ms | 100 ms | 150 ms |
 * | heartbeat    | 100  | 100   | 100    | 150    |
 *
 * Node count is no input. Source: ETCDW@v3.6 tuning (etcd tuning guide; the lower bound is the default and a proposal).
 */
export function etcdHeartbeat(rtt: Duration): Derivation {
  const ms = rtt.toMilliseconds();
  return derived({
    id: 'etcd/heartbeat-interval',
    value: Math.max(100, ms),
    unit: 'ms',
    formula: `max(100, RTT ${ms} ms)`,
    source: 'ETCDW@v3.6 tuning',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Election timeout.
 *
 * | RTT        | 1 ms  | 10 ms | 100 ms | 150 ms | 6 s    |
 * | election   | 1,000 | 1,000 | 1,000  | 1,500  | 50,000 |
 *
 * etcd refuses less than five heartbeats and more than 50,000 ms. Source: ETCDW@v3.6 tuning.
 */
export function etcdElection(rtt: Duration, heartbeat: Derivation): Derivation {
  const ms = rtt.toMilliseconds();
  return derived({
    id: 'etcd/election-timeout',
    value: Math.min(50_000, Math.max(10 * ms, 10 * heartbeat.value)),
    unit: 'ms',
    formula: `min(50000, max(10 x RTT ${ms}, 10 x heartbeat ${heartbeat.value}))`,
    source: 'ETCDW@v3.6 tuning',
    from: [heartbeat],
    confidence: Confidence.ESTIMATE,
  });
}

const GIB = 1024 ** 3;

/**
 * Estimated size of the main ring: 20 kB per pod with its history, 55 kB per node object with its churn.
 *
 * | nodes / pods | 1,200 / 36,000 | 5,000 / 150,000 |
 * | GiB          | 0.73           | 3.05            |
 *
 * Source: ETCDW@v3.6 dev-guide/limit; KOPSSC (kubernetes-sigs/agent-sandbox#1551, NVIDIA/NVSentinel#1705).
 */
export function etcdMainSize(nodes: number, pods: number): Derivation {
  return derived({
    id: 'etcd/main-size',
    value: pods * 20_000 + nodes * 55_000,
    unit: 'bytes',
    formula: `${pods} pods x 20 kB + ${nodes} nodes x 55 kB`,
    source: 'kubernetes-sigs/agent-sandbox#1551; NVIDIA/NVSentinel#1705',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Quota of the main ring: 8 GiB, the value up to which etcd does not warn and the default of upstream's 5,000-node test, raised in steps of
 * 4 GiB when the estimated data pass 60 % of it.
 *
 * | estimated data | 0.7 GiB | 4.8 GiB | 5 GiB  | 8 GiB  |
 * | quota          | 8 GiB   | 8 GiB   | 12 GiB | 16 GiB |
 *
 * Source: ETCDW@v3.6 dev-guide/limit; KOPSSC (etcd limits; kops scale test 8 GiB by default, 20 GiB in its largest preset). The 60 % is a proposal.
 */
export function etcdMainQuota(size: Derivation): Derivation {
  const steps = Math.max(0, Math.ceil((size.value / 0.6 / GIB - 8) / 4));
  return derived({
    id: 'etcd/quota-backend-bytes',
    value: (8 + 4 * steps) * GIB,
    unit: 'bytes',
    formula: `8 GiB + ${steps} x 4 GiB, so that ${size.value} bytes stay below 60 %`,
    source: 'ETCDW@v3.6 dev-guide/limit; KOPSSC',
    from: [size],
  });
}

/**
 * Quota of the events ring: events are deleted as they expire, after `eventTtl` (30 minutes unless given). 4 GiB holds 1,000,000 events of 2 kB
 * twice; with a longer `eventTtl` proportionally fewer events an hour fit.
 *
 * Source: SIGSC:configs-and-limits/thresholds.md (1,000,000 events envelope); size per event is an estimate.
 */
export function etcdEventsQuota(): Derivation {
  return derived({
    id: 'etcd/events-quota-backend-bytes',
    value: 4 * GIB,
    unit: 'bytes',
    formula: '1,000,000 events x 2 kB x 2 (free pages), rounded up to GiB',
    source: 'SIGSC:configs-and-limits/thresholds.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Cores and memory of a member of the main ring.
 *
 * | nodes  | 250  | 1,000 | 1,200 | 3,000 | 5,000 |
 * | cores  | 4    | 8     | 16    | 16    | 16    |
 * | memory | 16   | 32    | 64    | 64    | 64 GiB |
 *
 * Source: ETCDW@v3.6 dev-guide/limit; KOPSSC (etcd hardware guide: machine classes up to 250, 1,000 and 3,000 nodes). Requests are half of the machine, since
 * the rest is page cache for the backend file.
 */
export function etcdMemberCpu(nodes: number): Derivation {
  const cores = nodes <= 250 ? 4 : nodes <= 1000 ? 8 : 16;
  return derived({ id: 'etcd/member-cpu', value: cores, unit: 'cores', formula: `machine class for ${nodes} nodes`, source: 'ETCDW@v3.5 op-guide/hardware' });
}

/** Memory request of a member: quota plus 1 GiB for raft entries and clients, at least 2 GiB. bbolt maps the whole backend file. */
export function etcdMemberMemory(quota: Derivation, id: string): Derivation {
  const bytes = Math.max(2 * GIB, quota.value + GIB);
  return derived({
    id,
    value: bytes,
    unit: 'bytes',
    formula: 'max(2 GiB, quota + 1 GiB): the backend file is mapped into memory',
    source: 'kubernetes-sigs/kubespray#3053',
    from: [quota],
    confidence: Confidence.ESTIMATE,
  });
}

/** Entries between raft snapshots. 10,000 on all versions, the value of kubeadm; the 100,000 of 3.5 keeps more entries in memory. */
export function etcdSnapshotCount(): Derivation {
  return derived({ id: 'etcd/snapshot-count', value: 10_000, unit: 'entries', formula: 'kubeadm\'s value, default from 3.6', source: 'KADM; ETCD@v3.6.0' });
}

/** Whole MiB of a size in bytes, for quantities. */
export function mebibytes(bytes: Derivation): string {
  return `${Math.ceil(bytes.value / 1024 ** 2)}Mi`;
}

/** How many members may fail: quorum is n/2+1. Source: etcd FAQ. */
export function toleratedFailures(members: number): number {
  return Math.floor((members - 1) / 2);
}
