/** What members of one minor must run before the first of them may be of the next minor. */
export interface EtcdUpgrade {
  readonly from: string;
  readonly to: string;
  /** Oldest patch of `from` that every member must have. */
  readonly floor: string;
  /** What goes wrong below it. */
  readonly why: string;
  /**
   * Raft entries that all members must have written with `from` before the first is `to`. @default - none
   */
  readonly settle?: number;
}

/** `--snapshot-count` of all versions here, and the 5,000 entries that a leader keeps for followers who lag. */
const SNAPSHOT_AND_CATCH_UP = 10_000 + 5000;

/**
 * One minor at a time; a member of a newer minor never becomes an older one again without a restore.
 *
 * A member replays its log from its last snapshot of raft. 3.7.1 cannot read what 3.5 wrote there and ends with "unmarshal should never fail", again and
 * again: measured with three members that went 3.5.33, 3.6.14, 3.7.1 within a minute. After a snapshot by 3.6 nothing of 3.5 is left to replay.
 *
 * Source: ETCDW@v3.7 upgrades/upgrade_3_6 (3.5.32, first asked for as 3.5.26), upgrades/upgrade_3_7 (3.6.11), upgrades/upgrading-etcd; MEAS.
 */
export const ETCD_UPGRADES: readonly EtcdUpgrade[] = [
  { from: '3.5', to: '3.6', floor: '3.5.32', why: 'removed members can come back as zombies and break the quorum; upstream asked for 3.5.26 first and asks for 3.5.32 today' },
  { from: '3.6', to: '3.7', floor: '3.6.11', why: 'earlier patches may not take a member of 3.7 beside them', settle: SNAPSHOT_AND_CATCH_UP },
];
