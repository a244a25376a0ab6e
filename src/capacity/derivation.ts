/** Where a number comes from. */
export enum Confidence {
  /** A rule or default of upstream, with its source. */
  UPSTREAM = 'rule of upstream',
  /** Measured, with its conditions. */
  MEASURED = 'measured',
  /** A proposal or a model whose error is not known. */
  ESTIMATE = 'estimate',
  /** Set by the user; replaces the derivation and keeps its formula for comparison. */
  GIVEN = 'given by the user',
}

/** One number of the cluster, with everything needed to check it by hand. */
export interface Derivation {
  /** Stable name, for example `api-server/inflight`. */
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  /** The formula with its numbers filled in. */
  readonly formula: string;
  /** Source key of the fact. */
  readonly source: string;
  readonly confidence: Confidence;
  /** Derivations that this one was computed from. */
  readonly from: Derivation[];
}

/** Everything but the defaults that most derivations share. */
export interface DerivedProps {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly formula: string;
  readonly source: string;
  /** @default Confidence.UPSTREAM */
  readonly confidence?: Confidence;
  /** @default - none: the inputs are facts */
  readonly from?: Derivation[];
}

export function derived(props: DerivedProps): Derivation {
  if (!Number.isFinite(props.value)) { throw new RangeError(`derivation ${props.id} gave ${props.value}: ${props.formula}`); }
  return { confidence: Confidence.UPSTREAM, from: [], ...props };
}

/** The user's value where there is one, else the derivation. The formula stays, so that a report can show both. */
export function given(value: number | undefined, derivation: Derivation): Derivation {
  if (value === undefined) { return derivation; }
  return { ...derivation, value, confidence: Confidence.GIVEN, formula: `given; derived would be ${derivation.value} = ${derivation.formula}`, from: [derivation] };
}
