/** What members of one minor must run before the first of them may be of the next minor. */
export interface EtcdUpgrade {
  readonly from: string;
  readonly to: string;
  /** Oldest patch of `from` that every member must have. */
  readonly floor: string;
  /** What goes wrong below it. */
  readonly why: string;
}

/**
 * One minor at a time; a member of a newer minor never becomes an older one again without a restore.
 *
 * Source: ETCDW@v3.7 upgrades/upgrade_3_6 (3.5.32, first asked for as 3.5.26), upgrades/upgrade_3_7 (3.6.11), upgrades/upgrading-etcd.
 */
export const ETCD_UPGRADES: readonly EtcdUpgrade[] = [
  { from: '3.5', to: '3.6', floor: '3.5.32', why: 'removed members can come back as zombies and break the quorum; upstream asked for 3.5.26 first and asks for 3.5.32 today' },
  { from: '3.6', to: '3.7', floor: '3.6.11', why: 'earlier patches may not take a member of 3.7 beside them' },
];
