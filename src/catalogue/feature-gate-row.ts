import { VersionRange } from './version-range';

/** Maturity of a feature as its gate declares it. */
export type GateStage = 'prealpha' | 'alpha' | 'beta' | 'ga' | 'deprecated';

/** One feature gate. */
export interface GateRow extends VersionRange {
  /** First release that refuses any other value than `lockedValue`. */
  readonly lockedIn?: string;
  readonly lockedValue?: boolean;

  /** Components that know the gate. Absent: all of them. */
  readonly components?: readonly string[];

  /** Release, default and stage at each change, oldest first. */
  readonly history: readonly (readonly [string, boolean, GateStage])[];
}

/** Feature gates by name. */
export type GateTable = { readonly [gate: string]: GateRow };
