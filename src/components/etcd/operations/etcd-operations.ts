import { Duration, Size } from 'cdk8s';

/** Snapshots of the main ring, saved by a timer on its machines. Events are not saved: nobody misses them after a loss. */
export interface EtcdSnapshots {
  /**
   * Whether a timer saves the ring. Without it the script is there, and an audit rule asks who runs it.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Time between two snapshots of the ring, which is what a loss of all members costs. The machines take turns, so each of five saves every fifth
   * time. Whole minutes that divide an hour: 5, 10, 15, 20, 30 or 60.
   *
   * @default - derived, see `etcd/snapshot-interval`
   */
  readonly interval?: Duration;

  /**
   * Snapshots that each machine keeps. The newest verified one always stays.
   *
   * @default - derived, see `etcd/snapshots-kept`
   */
  readonly kept?: number;

  /**
   * Absolute path of the folder on each machine; a folder for each ring lies in it. Not the disk of the members: saving would compete with their
   * log, and a lost disk would take both.
   *
   * @default /var/backups/thousand-node/etcd
   */
  readonly directory?: string;

  /**
   * Remote of rclone and path that each verified snapshot is copied to, for example `backup:etcd/shop`. Its type must be `crypt`, over S3 or whatever
   * rclone knows: a snapshot holds every Secret. The remote's configuration with its keys is made on each machine, in
   * `/etc/thousand-node/rclone.conf`, and stands in no output of ours.
   *
   * @default - none: snapshots lie on the machines alone
   */
  readonly remote?: string;
}

/** Defragmentation of all rings, member by member, when it is worth it. */
export interface EtcdDefragmentation {
  /**
   * Whether a timer looks every hour. Without it the script is there for administrators.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Free share of a member's file from which it is defragmented. Unit: percent, 10 to 90.
   *
   * @default - derived, see `etcd/defragmentation-share`
   */
  readonly freePercent?: number;

  /**
   * Free bytes below which a member is left alone, whatever the share; for all rings.
   *
   * @default - derived from the quota of each ring, see `etcd/main/defragmentation-bytes`
   */
  readonly freeSize?: Size;
}
