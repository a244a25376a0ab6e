import { quoted } from './text-safety';

/** Bounds of a number that a user may set, both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Completes "must be a whole number between a and b (...)". */
  readonly why?: string;
}

/** A sentence when the value is not a whole number inside the bounds (NaN and infinities included). */
export function wholeNumberProblem(field: string, value: unknown, bounds: Bounds): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= bounds.min && value <= bounds.max) { return undefined; }
  const why = bounds.why ? ` (${bounds.why})` : '';
  return `${field} must be a whole number between ${bounds.min} and ${bounds.max}${why}, got ${quoted(value)}`;
}

/** A sentence when the value is not a number inside the bounds. */
export function numberProblem(field: string, value: unknown, bounds: Bounds): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value >= bounds.min && value <= bounds.max) { return undefined; }
  const why = bounds.why ? ` (${bounds.why})` : '';
  return `${field} must be between ${bounds.min} and ${bounds.max}${why}, got ${quoted(value)}`;
}
