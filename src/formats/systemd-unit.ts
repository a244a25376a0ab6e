import { lineProblem } from '../input/text-safety';

/** One section of a unit file; settings keep their order, and a name may stand more than once (`After=`, `ExecStartPre=`). */
export interface SystemdSection {
  readonly name: string;
  readonly settings: Array<readonly [name: string, value: string | number | boolean]>;
}

const SECTION = /^[A-Za-z][A-Za-z0-9-]*$/;
const SETTING = /^[A-Za-z][A-Za-z0-9]*$/;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;
const PLAIN_VALUE = /^[A-Za-z0-9_.,:;=/@%+[\]-]*$/;

/** A unit file or drop-in. `%` in values is doubled: systemd would read it as a specifier; use `systemdCommand` for command lines. */
export function systemdUnit(sections: SystemdSection[], comment: string[] = []): string {
  const head = comment.map(line => `# ${wholeLine('comment', line)}\n`).join('');
  return head + sections.map(section => {
    if (!SECTION.test(section.name)) { throw new TypeError(`systemd section must be a word, got '${section.name}'`); }
    const lines = section.settings.map(([name, value]) => {
      if (!SETTING.test(name)) { throw new TypeError(`systemd setting must be a word, got '${name}'`); }
      return `${name}=${settingText(name, value)}\n`;
    });
    return `[${section.name}]\n${lines.join('')}`;
  }).join('\n');
}

/**
 * A command line for `ExecStart=` and its like, one word after the other. Words are quoted where systemd would split them, `$` is doubled
 * (it would be replaced by a variable). `%` is left to `systemdUnit`, which doubles it.
 */
export function systemdCommand(words: string[]): string {
  if (words.length === 0 || !/^\/[^\s"'\\$%;]*$/.test(words[0])) {
    throw new TypeError(`a systemd command must start with a plain absolute path, got '${String(words[0])}'`);
  }
  return words.map(word => {
    const text = oneLine('command', word).replace(/\$/g, '$$$$');
    if (text !== '' && !/[\s"'\\;]/.test(text)) { return text; }
    return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
  }).join(' ');
}

/**
 * A file for `EnvironmentFile=`: a variable on each line. Values are quoted where systemd would read them as something else; nothing in such a
 * file is replaced by a specifier or another variable.
 */
export function systemdEnvironment(variables: Array<readonly [name: string, value: string]>, comment: string[] = []): string {
  return comment.map(line => `# ${wholeLine('comment', line)}\n`).join('') + variables.map(([name, value]) => {
    if (!VARIABLE.test(name)) { throw new TypeError(`an environment variable must be upper case as in ETCD_NAME, got '${name}'`); }
    const text = oneLine(name, value);
    return `${name}=${PLAIN_VALUE.test(text) ? text : `"${text.replace(/["\\`$]/g, '\\$&')}"`}\n`;
  }).join('');
}

function settingText(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') { return value ? 'yes' : 'no'; }
  return wholeLine(name, String(value)).replace(/%/g, '%%');
}

// A backslash at the end of a line would swallow the next one.
function wholeLine(field: string, text: string): string {
  if (text.endsWith('\\')) { throw new TypeError(`systemd ${field} must not end with a backslash, got '${text}'`); }
  return oneLine(field, text);
}

function oneLine(field: string, text: string): string {
  const problem = lineProblem(`systemd ${field}`, text);
  if (problem !== undefined) { throw new TypeError(problem); }
  return text;
}
