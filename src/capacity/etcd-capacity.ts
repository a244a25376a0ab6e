import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Largest round trip between members where nobody measured it: machines of one region. */
export function etcdRoundTrip(): Derivation {
  return derived({ id: 'etcd/round-trip-time', unit: 'ms', words: 'machines of one region', expression: '1', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/**
 * Heartbeat interval from the largest round trip between members.
 *
 * | RTT          | 1 ms | 10 ms | 100 ms | 150 ms |
 * | heartbeat    | 100  | 100   | 100    | 150    |
 *
 * Node count is no input. Source: ETCDW@v3.6 tuning (etcd tuning guide; the lower bound is the default and a proposal).
 */
export function etcdHeartbeat(roundTrip: Amount): Derivation {
  return derived({
    id: 'etcd/heartbeat-interval',
    unit: 'ms',
    words: 'the round trip between members, at least the default',
    expression: 'max(100, roundTrip)',
    inputs: { roundTrip },
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
export function etcdElection(roundTrip: Amount, heartbeat: Amount): Derivation {
  return derived({
    id: 'etcd/election-timeout',
    unit: 'ms',
    words: 'ten round trips and ten heartbeats, at most what etcd accepts',
    expression: 'min(50000, max(10 * roundTrip, 10 * heartbeat))',
    inputs: { roundTrip, heartbeat },
    source: 'ETCDW@v3.6 tuning',
    confidence: Confidence.ESTIMATE,
  });
}

const gibibyte = 1024 ** 3;

/**
 * Quota of the main ring: 8 GiB, the value up to which etcd does not warn and the default of upstream's 5,000-node test, raised in steps of
 * 4 GiB when the estimated data pass 60 % of it.
 *
 * | estimated data | 0.7 GiB | 4.8 GiB | 5 GiB  | 8 GiB  |
 * | quota          | 8 GiB   | 8 GiB   | 12 GiB | 16 GiB |
 *
 * Source: ETCDW@v3.6 dev-guide/limit; KOPSSC (etcd limits; kops scale test 8 GiB by default, 20 GiB in its largest preset). The 60 % is a proposal.
 */
export function etcdMainQuota(size: Amount): Derivation {
  return derived({
    id: 'etcd/quota-backend-bytes',
    unit: 'bytes',
    words: '8 GiB and as many steps of 4 GiB as keep the data below the filled share',
    expression: '(8 + 4 * max(0, ceil((size / filledShare / gibibyte - 8) / 4))) * gibibyte',
    inputs: { size, filledShare: 0.6, gibibyte },
    source: 'ETCDW@v3.6 dev-guide/limit; KOPSSC; proposal',
    confidence: Confidence.ESTIMATE,
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
    unit: 'bytes',
    words: 'the tested number of events twice, since freed pages stay in the file, in whole GiB',
    expression: 'ceil(events * bytesPerEvent * 2 / gibibyte) * gibibyte',
    inputs: { events: 1_000_000, bytesPerEvent: 2000, gibibyte },
    source: 'SIGSC:configs-and-limits/thresholds.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Quota of the leases ring: etcd's default is plenty, since only the renewals between two compactions lie in it.
 *
 * | nodes            | 200   | 1,200 | 5,000   |
 * | renewals, 10 min | 9 MB  | 52 MB | 218 MB  |
 * | quota            | 2 GiB | 2 GiB | 2 GiB   |
 *
 * Source: ETCDW@v3.6 dev-guide/limit; size of a lease as measured (472 bytes, 726 on pages).
 */
export function etcdLeasesQuota(renewals: Amount): Derivation {
  return derived({
    id: 'etcd/leases-quota-backend-bytes',
    unit: 'bytes',
    words: 'etcd\'s default, or the renewals between two compactions twice, in whole GiB',
    expression: 'max(2, ceil(renewals * window * bytesPerLease * 2 / gibibyte)) * gibibyte',
    inputs: { renewals, window: 600, bytesPerLease: 726, gibibyte },
    source: 'ETCDW@v3.6 dev-guide/limit; MEAS (472)',
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
export function etcdMemberCpu(nodes: Amount): Derivation {
  return derived({
    id: 'etcd/member-cpu',
    unit: 'cores',
    words: 'machine class of the hardware guide: up to 250, 1,000 and more nodes',
    expression: 'nodes <= 250 ? 4 : nodes <= 1000 ? 8 : 16',
    inputs: { nodes },
    source: 'ETCDW@v3.5 op-guide/hardware',
  });
}

/** Memory request of a member: quota plus 1 GiB for raft entries and clients, at least 2 GiB. bbolt maps the whole backend file. */
export function etcdMemberMemory(quota: Amount, id: string): Derivation {
  return derived({
    id,
    unit: 'bytes',
    words: 'the backend file is mapped into memory; 1 GiB for raft entries and clients, at least 2 GiB in all',
    expression: 'max(2 * gibibyte, quota + gibibyte)',
    inputs: { quota, gibibyte },
    source: 'kubernetes-sigs/kubespray#3053',
    confidence: Confidence.ESTIMATE,
  });
}

/** Entries between raft snapshots. 10,000 on all versions, the value of kubeadm; the 100,000 of 3.5 keeps more entries in memory. */
export function etcdSnapshotCount(): Derivation {
  return derived({ id: 'etcd/snapshot-count', unit: 'entries', words: 'kubeadm\'s value, default from 3.6', expression: '10000', source: 'KADM; ETCD@v3.6.0' });
}

/** Whole MiB of a size in bytes, for quantities. */
export function mebibytes(bytes: Derivation): string {
  return `${Math.ceil(bytes.value / 1024 ** 2)}Mi`;
}

/** How many members may fail: quorum is n/2+1. Source: etcd FAQ. */
export function toleratedFailures(members: number): number {
  return Math.floor((members - 1) / 2);
}
