import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

// What one backend file takes to be saved and put back was measured once: 621 MB, five members on one machine, etcd 3.4 (facts, etcd section 6).
// It is a floor of a small machine, so a real member is rather faster; the times grow with the file.
const MEASURED_FILE = 621_000_000;
const SAVE_SECONDS = 5.3;
const RESTORE_SECONDS = 8.2;
const START_SECONDS = 4.9;

/** Time in which a member saves a snapshot of its backend. */
export function etcdSnapshotSaveTime(size: Amount): Derivation {
  return derived({
    id: 'etcd/snapshot-save-time',
    unit: 's',
    words: 'the measured time of a known file, by size',
    expression: 'measuredSeconds * size / measuredFile',
    inputs: { size, measuredSeconds: SAVE_SECONDS, measuredFile: MEASURED_FILE },
    source: 'MEAS',
    confidence: Confidence.MEASURED,
  });
}

/**
 * Time between two snapshots of a ring, which is what may be lost: five minutes, longer where saving would fill more than a twentieth of a machine's turn.
 * Divides an hour, so that machines find their turns by the clock.
 *
 * | saving, three members | 7 s   | 45 s  | 46 s  | 120 s   | 900 s   |
 * | interval              | 300   | 300   | 600   | 900     | 3,600 s |
 */
export function etcdSnapshotInterval(members: Amount, saveTime: Amount): Derivation {
  return derived({
    id: 'etcd/snapshot-interval',
    unit: 's',
    words: 'a step of the clock (5, 10, 15, 20, 30, 60 minutes) of which, over all members in turn, saving takes at most a twentieth',
    expression: '60 * (20 * saveTime <= 300 * members ? 5 : 20 * saveTime <= 600 * members ? 10 : 20 * saveTime <= 900 * members ? 15 '
      + ': 20 * saveTime <= 1200 * members ? 20 : 20 * saveTime <= 1800 * members ? 30 : 60)',
    inputs: { saveTime, members },
    source: 'ETCDW@v3.6 op-guide/recovery; proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Time between two snapshots of one machine: the machines of a ring take turns. */
export function etcdSnapshotTurn(interval: Amount, members: Amount): Derivation {
  return derived({
    id: 'etcd/snapshot-interval-of-member',
    unit: 's',
    words: 'every member in turn: saving reads the whole file of a member that serves, and one file on one machine is enough for the interval',
    expression: 'interval * members',
    inputs: { interval, members },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Age at which the newest snapshot of all machines is too old: two turns were missed. */
export function etcdSnapshotTooOld(interval: Amount): Derivation {
  return derived({
    id: 'etcd/snapshot-too-old',
    unit: 's',
    words: 'one machine may miss its turn; two in a row mean that nobody saves',
    expression: '3 * interval',
    inputs: { interval },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Snapshots that a machine keeps: three hours, at least three files. Older ones belong to the remote, whose own rules keep or delete them.
 *
 * | between two of a machine | 300 s | 900 s | 1,500 s | 7,200 s |
 * | kept                     | 36    | 12    | 8       | 3       |
 */
export function etcdSnapshotCountKept(turn: Amount): Derivation {
  return derived({
    id: 'etcd/snapshots-kept',
    unit: 'files',
    words: 'the last three hours on the machine itself, at least three files',
    expression: 'max(3, ceil(history / turn))',
    inputs: { history: 10_800, turn },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Room that the snapshots of a machine take while the ring holds what is planned. The file is larger than its data before a defragmentation. */
export function etcdSnapshotSpace(kept: Amount, size: Amount): Derivation {
  return derived({
    id: 'etcd/snapshot-space',
    unit: 'bytes',
    words: 'the kept files and the one being written, each twice the data at most before the file is defragmented',
    expression: '(kept + 1) * 2 * size',
    inputs: { kept, size },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Time from the start of a restore to the first write: unpacking the file on all machines at once, then starting. */
export function etcdRestoreTime(size: Amount): Derivation {
  return derived({
    id: 'etcd/restore-time',
    unit: 's',
    words: 'unpacking and starting as measured with a known file, by size; finding the file and deciding to use it come on top',
    expression: '(restoreSeconds + startSeconds) * size / measuredFile',
    inputs: { size, restoreSeconds: RESTORE_SECONDS, startSeconds: START_SECONDS, measuredFile: MEASURED_FILE },
    source: 'MEAS',
    confidence: Confidence.MEASURED,
  });
}

/** Share of a member's file that is free before defragmenting is worth the stall. */
export function etcdDefragmentationShare(): Derivation {
  return derived({
    id: 'etcd/defragmentation-share',
    unit: '%',
    words: 'half of the file is free: every compaction frees pages that the next writes use again, so less comes back by itself',
    expression: '50',
    source: 'ETCDW@v3.6 op-guide/maintenance; proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Free bytes in a member's file below which it is left alone: what does not bring the quota nearer hurts nobody. */
export function etcdDefragmentationBytes(ring: string, quota: Amount): Derivation {
  return derived({
    id: `etcd/${ring}/defragmentation-bytes`,
    unit: 'bytes',
    words: 'a tenth of the quota',
    expression: 'ceil(quota / 10)',
    inputs: { quota },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Time between two looks at the fragmentation; only what the look finds starts anything. */
export function etcdDefragmentationLook(): Derivation {
  return derived({ id: 'etcd/defragmentation-look', unit: 's', words: 'once an hour', expression: '3600', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/**
 * Longest stall that a defragmentation may cause: the lock's lease lasts as long, and so do the commands of the scripts.
 *
 * | quota   | 2 GiB | 4 GiB | 8 GiB | 16 GiB |
 * | timeout | 60    | 114   | 227   | 454 s  |
 *
 * Rewriting a whole file at the speed of a restore, twice over.
 */
export function etcdDefragmentationTimeout(ring: string, quota: Amount): Derivation {
  return derived({
    id: `etcd/${ring}/defragmentation-timeout`,
    unit: 's',
    words: 'rewriting a file of the size of the quota at the measured speed of a restore, twice over; at least a minute',
    expression: 'max(60, ceil(2 * restoreSeconds * quota / measuredFile))',
    inputs: { quota, restoreSeconds: RESTORE_SECONDS, measuredFile: MEASURED_FILE },
    source: 'MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

/** p99 above which the log of a member is too slow. */
export function etcdSlowSync(): Derivation {
  return derived({ id: 'etcd/alert-log-sync', unit: 'ms', words: 'what etcd asks of a disk, 99th percentile', expression: '10', source: 'ETCDW@v3.6 faq' });
}

/** p99 above which the backend of a member is too slow. */
export function etcdSlowCommit(): Derivation {
  return derived({ id: 'etcd/alert-backend-commit', unit: 'ms', words: 'what etcd asks of a disk, 99th percentile', expression: '25', source: 'ETCDW@v3.6 faq' });
}

/** Elections in an hour that nobody asked for. A restart of all members one after the other may bring two. */
export function etcdLeaderChanges(): Derivation {
  return derived({ id: 'etcd/alert-leader-changes', unit: 'an hour', words: 'more than a rolling restart brings', expression: '3', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/** How far a member's clock may be off: half of the difference at which members warn of each other. */
export function etcdClockOffset(): Derivation {
  return derived({
    id: 'etcd/alert-clock-offset',
    unit: 'ms',
    words: 'half of the difference between two members at which etcd itself warns',
    expression: 'warned / 2',
    inputs: { warned: 1000 },
    source: 'ETCD@v3.7.1 server/etcdserver/api/rafthttp/probing_status.go',
  });
}

const certificate = (id: string, unit: string, words: string, expression: string): Derivation =>
  derived({ id, unit, words, expression, source: 'proposal', confidence: Confidence.ESTIMATE });

/** Time between two looks at the certificates. */
export function etcdCertificateLook(): Derivation {
  return certificate('etcd/certificate-look', 's', 'twice a day: nothing about them changes faster', '43200');
}

/** Time before the end of a certificate at which somebody should renew it: a twelfth of the year that the script gives them. */
export function etcdCertificateWarning(): Derivation {
  return certificate('etcd/alert-certificate', 's', 'thirty days: enough for a change in working hours on every machine', '30 * 86400');
}

/** Time before the end at which somebody is called: members whose certificate has ended are refused by all others at their next connection. */
export function etcdCertificateEnd(): Derivation {
  return certificate('etcd/alert-certificate-end', 's', 'seven days: a weekend and a holiday', '7 * 86400');
}
