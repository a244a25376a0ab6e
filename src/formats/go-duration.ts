import { Duration } from 'cdk8s';

/** `1h30m0s` as Go prints durations, the form that flags and component configurations take. */
export function goDuration(duration: Duration): string {
  const total = duration.toMilliseconds();
  if (total % 1000 !== 0) { return `${total}ms`; }
  const seconds = total / 1000;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) { return `${h}h${m}m${s}s`; }
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}
