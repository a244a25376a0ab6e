import { Expression } from './expression';

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

/** One input of a formula. */
export interface DerivationInput {
  /** Name in the formula. */
  readonly name: string;
  readonly value: number;
  /**
   * Where the value comes from.
   *
   * @default - a constant of the formula or a fact of the description
   */
  readonly derivation?: Derivation;
}

/** One number of the cluster, with everything needed to check it by hand. */
export interface Derivation {
  /** Stable name, unique within a cluster: `api-server/seats`, `kubelet/general/max-pods`. */
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  /** The formula in words, or the reason for a constant. */
  readonly words: string;
  /**
   * The formula in symbols: names of `inputs`, numbers, `+ - * / %`, comparisons, `? :`, min, max, ceil, floor, round, sqrt, log2, pow.
   *
   * @default - none: the value is found step by step, as `words` say
   */
  readonly expression?: string;
  /** Names in `expression` with their values. */
  readonly inputs: DerivationInput[];
  /** The formula with its numbers filled in. */
  readonly formula: string;
  /** Source key of the fact. */
  readonly source: string;
  readonly confidence: Confidence;
  /** Derivations that this one was computed from. */
  readonly from: Derivation[];
}

/** An input as a formula is given it: a number, or another derivation, which the result then remembers. */
export type Amount = number | Derivation;

/** The number of an amount. */
export function valueOf(amount: Amount): number {
  return typeof amount === 'number' ? amount : amount.value;
}

/** What every derivation states. */
interface Statement {
  readonly id: string;
  readonly unit: string;
  readonly words: string;
  readonly source: string;
  /** @default Confidence.UPSTREAM */
  readonly confidence?: Confidence;
  /** Every name of the formula. @default - none */
  readonly inputs?: { readonly [name: string]: Amount };
}

/** A number that follows from a formula; the value is the formula's. */
export interface DerivedProps extends Statement {
  readonly expression: string;
}

/** A number that no formula of one line gives, for example the steps of an autoscaler. */
export interface SteppedProps extends Statement {
  readonly value: number;
}

/** A number by formula. */
export function derived(props: DerivedProps): Derivation {
  const { expression, inputs: amounts = {}, ...statement } = props;
  const parsed = Expression.parse(expression);
  const unused = Object.keys(amounts).filter(name => !parsed.names.includes(name));
  if (unused.length > 0) { throw new RangeError(`derivation ${props.id}: ${unused.join(', ')} stand not in its formula ${expression}`); }
  const values = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, valueOf(amount)]));
  return finite({
    confidence: Confidence.UPSTREAM,
    ...statement,
    value: parsed.evaluate(values),
    expression,
    formula: parsed.names.length > 0 ? parsed.filledIn(values) : props.words,
    ...provenance(amounts),
  });
}

/** A number that was found step by step; `words` say how, and a test repeats the steps by hand. */
export function stepped(props: SteppedProps): Derivation {
  const { inputs: amounts = {}, ...statement } = props;
  return finite({ confidence: Confidence.UPSTREAM, ...statement, formula: props.words, ...provenance(amounts) });
}

/** The user's value where there is one, else the derivation. The formula stays, so that a report can show both. */
export function given(value: number | undefined, derivation: Derivation): Derivation {
  if (value === undefined) { return derivation; }
  const formula = `given; derived would be ${derivation.value} = ${derivation.formula}`;
  return { ...derivation, value, confidence: Confidence.GIVEN, words: `set by the user; else: ${derivation.words}`, expression: undefined, inputs: [], formula, from: [named(`${derivation.id}/derived`, derivation)] };
}

/** A number that stands in the description: the end of every chain. */
export function stated(id: string, value: number, unit: string, words: string): Derivation {
  return finite({ id, value, unit, words, inputs: [], formula: words, source: 'description', confidence: Confidence.GIVEN, from: [] });
}

/** The same number under another id, where one formula serves several places. */
export function named(id: string, derivation: Derivation): Derivation {
  return { ...derivation, id };
}

function provenance(amounts: { readonly [name: string]: Amount }): { inputs: DerivationInput[]; from: Derivation[] } {
  const inputs = Object.entries(amounts).map(([name, amount]): DerivationInput =>
    (typeof amount === 'number' ? { name, value: amount } : { name, value: amount.value, derivation: amount }));
  return { inputs, from: inputs.flatMap(input => input.derivation ?? []) };
}

function finite(derivation: Derivation): Derivation {
  if (!Number.isFinite(derivation.value)) { throw new RangeError(`derivation ${derivation.id} gave ${derivation.value}: ${derivation.formula}`); }
  return derivation;
}
