import { SizeRoundingBehavior } from 'cdk8s';
import { EtcdDefragmentation, EtcdSnapshots } from './etcd-operations';
import {
  etcdCertificateEnd, etcdCertificateLook, etcdCertificateWarning, etcdClockOffset, etcdDefragmentationBytes, etcdDefragmentationLook,
  etcdDefragmentationShare, etcdDefragmentationTimeout, etcdLeaderChanges, etcdRestoreTime, etcdSlowCommit, etcdSlowSync, etcdSnapshotCountKept,
  etcdSnapshotInterval, etcdSnapshotSaveTime, etcdSnapshotSpace, etcdSnapshotTooOld, etcdSnapshotTurn,
} from '../../../capacity/etcd-operations-capacity';
import { etcdMainSize } from '../../../capacity/etcd-write-capacity';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { Derivation, given, stated } from '../../../derivation/derivation';
import { wholeNumberProblem } from '../../../input/numbers';
import { Problems } from '../../../input/problems';
import { quoted } from '../../../input/text-safety';
import { EtcdRing, EtcdSettings } from '../etcd-settings';

/** What the user may say; the public structs are in `etcd-operations.ts`. */
export interface OperationsInput {
  readonly snapshots?: EtcdSnapshots;
  readonly defragmentation?: EtcdDefragmentation;
  readonly walDirectory?: string;
}

/** Limits of one ring. */
export interface RingLimits {
  readonly ring: EtcdRing;
  readonly leastFreeBytes: Derivation;
  /** Longest time of one command against a member. */
  readonly timeout: Derivation;
}

/** Alert thresholds that follow from no other setting. */
export interface AlertThresholds {
  readonly slowSync: Derivation;
  readonly slowCommit: Derivation;
  readonly leaderChanges: Derivation;
  readonly clockOffset: Derivation;
  readonly certificateWarning: Derivation;
  readonly certificateEnd: Derivation;
}

/** Resolved settings of the operations. */
export interface OperationsSettings {
  readonly clusterName: string;
  readonly etcdVersion: string;
  /** Who starts the members: `static-pod` or `systemd`. */
  readonly runtime: string;
  readonly rings: RingLimits[];
  readonly snapshots: boolean;
  readonly snapshotInterval: Derivation;
  readonly snapshotTooOld: Derivation;
  readonly snapshotsKept: Derivation;
  readonly snapshotSpace: Derivation;
  readonly directory: string;
  readonly remote: string;
  readonly restoreTime: Derivation;
  readonly defragmentation: boolean;
  readonly freePercent: Derivation;
  readonly look: Derivation;
  readonly certificateLook: Derivation;
  readonly alerts: AlertThresholds;
  readonly derivations: Derivation[];
}

const DIRECTORY = '/var/backups/thousand-node/etcd';
const CLOCK_STEPS = [5, 10, 15, 20, 30, 60];
const FOLDER = /^(\/[A-Za-z0-9._-]+)+$/;
// A name of rclone, a colon, and a path that no shell or rclone reads as something else.
const REMOTE = /^[A-Za-z0-9_][A-Za-z0-9_-]*:[A-Za-z0-9._/-]*[A-Za-z0-9._-]$/;

/** What is wrong with the user's words, found without the settings of the rings: those may be wrong themselves. */
export function checkOperations(input: OperationsInput, problems: Problems): void {
  const { snapshots = {}, defragmentation = {} } = input;
  const { interval, kept, directory = DIRECTORY, remote } = snapshots;
  const minutes = interval?.toMinutes({ integral: false });
  problems.require(minutes === undefined || CLOCK_STEPS.includes(minutes),
    `snapshots.interval must divide an hour (${CLOCK_STEPS.join(', ')} minutes), since machines find their turns by the clock; got ${minutes} minutes`);
  if (kept !== undefined) { problems.add(wholeNumberProblem('snapshots.kept', kept, { min: 1, max: 1000, why: 'files on each machine' })); }
  problems.require(FOLDER.test(directory) && !directory.split('/').includes('..'),
    `snapshots.directory must be an absolute path without special characters, got ${quoted(directory)}`);
  const log = input.walDirectory === undefined ? [] : [input.walDirectory];
  const disks = [HOST_PATHS.etcdMainData, HOST_PATHS.etcdEventsData, HOST_PATHS.etcdLeasesData, ...log];
  for (const disk of disks) {
    problems.require(directory !== disk && !directory.startsWith(`${disk}/`),
      `snapshots.directory ${directory} lies on a disk of the members (${disk}), where saving competes with their log; choose another`);
  }
  problems.require(remote === undefined || REMOTE.test(remote),
    `snapshots.remote must be a remote of rclone and a path such as backup:etcd/shop, got ${quoted(remote)}`);
  if (defragmentation.freePercent !== undefined) {
    problems.add(wholeNumberProblem('defragmentation.freePercent', defragmentation.freePercent, { min: 10, max: 90, why: 'percent of the file' }));
  }
}

/** Settings of the operations; the input was checked. */
export function operationsSettings(cluster: ClusterFacts, { rings, systemd }: EtcdSettings, input: OperationsInput): OperationsSettings {
  const { snapshots = {}, defragmentation = {} } = input;
  const size = etcdMainSize(cluster.fleet);
  const members = stated('etcd/members', rings[0].members.length, 'machines', 'machines of the main ring');
  const saveTime = etcdSnapshotSaveTime(size);
  const interval = given(snapshots.interval?.toSeconds(), etcdSnapshotInterval(members, saveTime));
  const turn = etcdSnapshotTurn(interval, members);
  const kept = given(snapshots.kept, etcdSnapshotCountKept(turn));
  const freePercent = given(defragmentation.freePercent, etcdDefragmentationShare());
  const freeKibibytes = defragmentation.freeSize?.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR });
  const limits = rings.map((ring): RingLimits => ({
    ring,
    leastFreeBytes: given(freeKibibytes === undefined ? undefined : freeKibibytes * 1024, etcdDefragmentationBytes(ring.name, ring.quota)),
    timeout: etcdDefragmentationTimeout(ring.name, ring.quota),
  }));
  const tooOld = etcdSnapshotTooOld(interval);
  const space = etcdSnapshotSpace(kept, size);
  const restoreTime = etcdRestoreTime(size);
  const look = etcdDefragmentationLook();
  const alerts = {
    slowSync: etcdSlowSync(),
    slowCommit: etcdSlowCommit(),
    leaderChanges: etcdLeaderChanges(),
    clockOffset: etcdClockOffset(),
    certificateWarning: etcdCertificateWarning(),
    certificateEnd: etcdCertificateEnd(),
  };
  const certificateLook = etcdCertificateLook();
  return {
    clusterName: cluster.name,
    etcdVersion: cluster.versions.etcd,
    runtime: systemd ? 'systemd' : 'static-pod',
    rings: limits,
    snapshots: snapshots.enabled ?? true,
    snapshotInterval: interval,
    snapshotTooOld: tooOld,
    snapshotsKept: kept,
    snapshotSpace: space,
    directory: snapshots.directory ?? DIRECTORY,
    remote: snapshots.remote ?? '',
    restoreTime,
    defragmentation: defragmentation.enabled ?? true,
    freePercent,
    look,
    certificateLook,
    alerts,
    derivations: [
      saveTime, interval, turn, kept, tooOld, space, restoreTime,
      freePercent, look, certificateLook, ...limits.flatMap(limit => [limit.leastFreeBytes, limit.timeout]),
      ...Object.values(alerts),
    ],
  };
}
