import { lineProblem } from '../input/text-safety';

/** A value that a script works with; it reaches the script as a quoted constant and in no other way. */
export type ShellConstant = string | number;

/**
 * A bash script as data and program: constants that follow from the cluster, and a program that is the same text for everybody. Nothing is
 * ever put into the program, so no value can become a command.
 */
export interface ShellScript {
  /** Comment lines at the top. */
  readonly about: string[];
  /** Constants by name, in the order in which they are written. */
  readonly constants: Array<readonly [name: string, value: ShellConstant]>;
  /** The program; refers to the constants. */
  readonly program: string;
}

const CONSTANT_NAME = /^[A-Z][A-Z0-9_]*$/;

/** A script that stops at the first failed command, unset variable or broken pipe. */
export function shellScript(script: ShellScript): string {
  const constants = script.constants.map(([name, value]) => {
    if (!CONSTANT_NAME.test(name)) { throw new TypeError(`a shell constant must be upper case as in DISK_COUNT, got '${name}'`); }
    return `readonly ${name}=${typeof value === 'number' ? shellNumber(name, value) : shellWord(value)}\n`;
  });
  return [
    '#!/bin/bash\n',
    ...script.about.map(line => `# ${oneLine('comment', line)}\n`),
    'set -euo pipefail\n',
    '\n',
    ...constants,
    '\n',
    script.program,
    ...(script.program.endsWith('\n') ? [] : ['\n']),
  ].join('');
}

/** A word that the shell takes literally, whatever it holds; line breaks are refused, since no value of ours has one. */
export function shellWord(text: string): string {
  return `'${oneLine('word', text).replace(/'/g, '\'\\\'\'')}'`;
}

function shellNumber(name: string, value: number): string {
  if (!Number.isSafeInteger(value)) { throw new TypeError(`shell constant ${name} must be a whole number, got ${value}`); }
  return String(value);
}

function oneLine(field: string, text: string): string {
  const problem = lineProblem(`shell ${field}`, text);
  if (problem !== undefined) { throw new TypeError(problem); }
  return text;
}
