/** Values of an enumeration from a Calico version on. */
export interface FelixValueStep {
  readonly from: string;
  readonly values: readonly string[];
  readonly byDefault: string;
}

/** Field of FelixConfiguration to its steps, oldest first. */
export interface FelixValueTable {
  readonly [field: string]: readonly FelixValueStep[];
}
