const UNITS: { readonly [suffix: string]: number } = {
  '': 1,
  'n': 1e-9,
  'u': 1e-6,
  'm': 1e-3,
  'k': 1e3,
  'M': 1e6,
  'G': 1e9,
  'T': 1e12,
  'P': 1e15,
  'E': 1e18,
  'Ki': 2 ** 10,
  'Mi': 2 ** 20,
  'Gi': 2 ** 30,
  'Ti': 2 ** 40,
  'Pi': 2 ** 50,
  'Ei': 2 ** 60,
};

/** The number of a quantity: `250m` is 0.25, `2Gi` is 2147483648; undefined for what is none. */
export function quantity(text: unknown): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/.exec(String(text ?? ''));
  return match ? Number(match[1]) * UNITS[match[2] ?? ''] : undefined;
}

/** Seconds of a duration as Go prints it: `1m30s` is 90; undefined for what is none. */
export function seconds(text: unknown): number | undefined {
  if (text === '0' || text === 0) { return 0; }
  const parts = [...String(text ?? '').matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text) { return undefined; }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * { h: 3600, m: 60, s: 1, ms: 0.001 }[unit as 'h' | 'm' | 's' | 'ms'], 0);
}

/** `1.5 GiB` for messages. */
export function gibibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 30 * 100) / 100} GiB`;
}

/** A count or a share of a total: `8%` of 1,200 is 96, rounded down as the controllers do for maxUnavailable. */
export function share(value: number | string | undefined, total: number): number | undefined {
  if (typeof value === 'number') { return value; }
  const match = /^(\d+)(%?)$/.exec(value ?? '');
  return match ? (match[2] ? Math.floor(Number(match[1]) * total / 100) : Number(match[1])) : undefined;
}
