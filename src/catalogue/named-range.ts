import { VersionRange } from './version-range';

/** A flag or field that some versions of a component know. */
export interface NamedRange extends VersionRange {
  /** First version that calls it deprecated; the oldest version of the table means that one or an earlier one. */
  readonly deprecatedIn?: string;

  /** Versions inside the range that lack it all the same. */
  readonly absentIn?: readonly string[];
}

/** Flags or fields by name. */
export type NamedRangeTable = { readonly [name: string]: NamedRange };
