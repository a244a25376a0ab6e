import { Content, el, Element } from './element';

/** Thousands apart, six significant digits of a fraction. */
export function grouped(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : Number(value.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 12 });
}

/**
 * A number of the page. `at` is its place in `capacity.json`, so that anybody can compare the two.
 *
 * @param at JSON pointer
 */
export function figure(at: string, value: number): Element {
  return el('data', { 'value': value, 'data-at': at }, grouped(value));
}

/** A number and its unit. */
export function amount(at: string, value: number, unit: string): Content {
  return [figure(at, value), ' ', el('span', { class: 'unit' }, unit), ...legible(value, unit)];
}

const STEPS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes as people say them, where that is shorter. */
function legible(value: number, unit: string): Content[] {
  const start = ['bytes', ...STEPS].indexOf(unit);
  const steps = start === -1 || value < 10_240 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), STEPS.length - start);
  if (steps === 0) { return []; }
  return [' ', el('span', { class: 'legible' }, `${grouped(Number((value / 1024 ** steps).toPrecision(3)))} ${STEPS[start + steps - 1]}`)];
}

/** The id under which a derivation stands on the page; every key has its own. */
export function anchor(key: string): string {
  return `n:${key.replace(/[^A-Za-z0-9/~._-]/g, character => `:${character.codePointAt(0)!.toString(16)}:`)}`;
}

/** Where a number comes from, in one word and one colour. */
export function confidence(text: string): Element {
  const kind = { 'rule of upstream': 'upstream', 'measured': 'measured', 'estimate': 'estimate', 'given by the user': 'given' }[text] ?? 'estimate';
  return el('span', { class: `tag ${kind}` }, text);
}
