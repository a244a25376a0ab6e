import { nearestName } from './nearest-name';
import { compareVersions, inRange, VersionRange } from './version-range';

/** What a flag's value looks like; decides how it is written and how values are merged. */
export type FlagKind = 'string' | 'integer' | 'float' | 'boolean' | 'duration' | 'list' | 'map';

/** What a user may do with a flag through `extraFlags`. */
export type FlagPolicy =
  /** Set by the construct from shared facts; a second value would contradict them. */
  | 'owned'
  /** The user's value replaces ours. */
  | 'overridable'
  /** The user's entries are added to ours. */
  | 'additive'
  /** Accepted by the component, refused by us. */
  | 'denied';

/** One flag of one component. */
export interface FlagRow extends VersionRange {
  readonly kind: FlagKind;

  /** The flag is given once per entry; a comma would be part of the entry. Absent: a list or map is one comma-separated value. */
  readonly repeated?: true;

  /** First version that calls the flag deprecated; the oldest version of the catalogue means that one or an earlier one. */
  readonly deprecatedIn?: string;

  /** What to use instead: a flag of the same component, or a setting such as `KubeletConfiguration.maxPods`. */
  readonly replacedBy?: string;

  /** @default - 'overridable' */
  readonly policy?: FlagPolicy;
}

/** Flags of one component by name without dashes. */
export type FlagTable = { readonly [flag: string]: FlagRow };

/** The row of a flag, whatever its range; undefined for names that the table does not hold itself (`constructor`, `__proto__`). */
export function flagRow(table: FlagTable, flag: string): FlagRow | undefined {
  return Object.hasOwn(table, flag) ? table[flag] : undefined;
}

/** Names of the flags that `version` accepts, sorted. */
export function flagsOf(table: FlagTable, version: string): string[] {
  return Object.keys(table).filter((flag) => inRange(version, table[flag])).sort();
}

/** Merge policy of a flag; 'overridable' unless its row says otherwise. */
export function flagPolicy(row: FlagRow): FlagPolicy {
  return row.policy ?? 'overridable';
}

/**
 * Why `version` of a component would refuse a flag, in one sentence; undefined when it accepts the flag.
 *
 * `component` is the binary's name as users know it ("kube-apiserver", "etcd").
 */
export function flagProblem(component: string, table: FlagTable, version: string, flag: string): string | undefined {
  const row = flagRow(table, flag);
  if (row === undefined) {
    const nearest = nearestName(flag, flagsOf(table, version));
    return `'${flag}' is unknown to ${component} ${version}${nearest === undefined ? '' : `; did you mean '${nearest}'`}`;
  }
  if (inRange(version, row)) {
    return undefined;
  }
  const subject = component === 'etcd' ? 'this member runs' : 'the cluster runs';
  if (row.added !== undefined && compareVersions(version, row.added) < 0) {
    return `'${flag}' was added in ${component} ${row.added}, ${subject} ${version}; leave it out or use a newer release`;
  }
  const remedy = row.replacedBy === undefined ? 'leave it out' : `use '${row.replacedBy}'`;
  return `'${flag}' was removed in ${component} ${row.removed}, ${subject} ${version}; ${remedy}`;
}
