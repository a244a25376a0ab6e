const SECONDS: { [unit: string]: number } = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** A value as text in which equal is what means the same: durations print as 1m0s, as 60s, as 0.5s. */
export function plainValue(value: unknown): string {
  const text = String(value);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  const seconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * SECONDS[unit], 0);
  return parts.length > 0 && parts.map(part => part[0]).join('') === text ? `${seconds} s` : text;
}
