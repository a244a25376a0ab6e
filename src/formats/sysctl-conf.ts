import { lineProblem, quoted } from '../input/text-safety';

/** One kernel setting. */
export interface SysctlLine {
  /** Dotted name as `sysctl` prints it. */
  readonly key: string;
  readonly value: string;
  /** Comment above the line. */
  readonly comment?: string;
}

const KEY = /^[a-z0-9_]+(\.[A-Za-z0-9_-]+)+$/;
const VALUE = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/;

/** Why a setting cannot be written; undefined when it can. A leading `-` or a `/` would change what systemd-sysctl does with the line. */
export function sysctlProblem(field: string, key: string, value: string): string | undefined {
  if (!KEY.test(key)) { return `${field}: the name must be dotted as in net.core.somaxconn, got ${quoted(key)}`; }
  if (typeof value !== 'string' || !VALUE.test(value)) { return `${field}: the value of '${key}' must be words separated by one space, got ${quoted(value)}`; }
  return undefined;
}

/** A file for /etc/sysctl.d, sorted by name. */
export function sysctlConf(lines: SysctlLine[], comment: string[] = []): string {
  const seen = new Set<string>();
  for (const { key, value, comment: note } of lines) {
    const problem = sysctlProblem('sysctl', key, value) ?? (note === undefined ? undefined : lineProblem('sysctl comment', note))
      ?? (seen.has(key) ? `sysctl: '${key}' is set twice` : undefined);
    if (problem !== undefined) { throw new TypeError(problem); }
    seen.add(key);
  }
  const head = comment.map(line => {
    const problem = lineProblem('sysctl comment', line);
    if (problem !== undefined) { throw new TypeError(problem); }
    return `# ${line}\n`;
  }).join('');
  return head + [...lines].sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(line => `${line.comment === undefined ? '' : `# ${line.comment}\n`}${line.key} = ${line.value}\n`).join('');
}
