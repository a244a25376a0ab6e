/**
 * A string literal of PromQL. Double quotes with Go's escapes; JSON's escapes are a subset of them.
 */
export function promqlString(text: string): string {
  return JSON.stringify(text);
}

const SPECIAL = /[\\.+*?()|[\]{}^$]/g;

/** Text as a regular expression (RE2) that matches exactly this text, for relabelling and `=~`. */
export function regexLiteral(text: string): string {
  return text.replace(SPECIAL, match => `\\${match}`);
}

/** The name that Prometheus gives a Kubernetes label or annotation in `__meta_kubernetes_..._label_<name>`. */
export function metaLabelName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, '_');
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/g;

/**
 * All names in an expression: metrics, functions, labels and keywords alike. Good enough to ask "may this expression read that metric",
 * where a name too many does no harm.
 */
export function promqlNames(expression: string): string[] {
  const quotedNames = [...expression.matchAll(/__name__\s*=\s*"([^"]*)"/g)].map(match => match[1]);
  const bare = expression.replace(STRING, '""').match(NAME) ?? [];
  return [...new Set([...bare, ...quotedNames])].sort();
}

const UNITS = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];
const DURATION = new RegExp(`^(?=.)${UNITS.map(unit => `(?:\\d+${unit})?`).join('')}$`);

/** A sentence when a text is no duration of Prometheus (`10m`, `1h30m`; 0 is one). */
export function promDurationProblem(field: string, text: unknown): string | undefined {
  if (typeof text === 'string' && (text === '0' || DURATION.test(text))) { return undefined; }
  return `${field} must be a duration such as 10m or 1h30m, got ${JSON.stringify(text)}`;
}

/** Seconds as Prometheus and Thanos write them, in the largest unit that divides them. */
export function promDuration(seconds: number): string {
  for (const [unit, length] of [['d', 86_400], ['h', 3600], ['m', 60]] as const) {
    if (seconds > 0 && seconds % length === 0) { return `${seconds / length}${unit}`; }
  }
  return `${seconds}s`;
}
