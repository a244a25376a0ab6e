import { lineProblem } from '../input/text-safety';

/** A value of a TOML document. */
export type TomlValue = string | number | boolean | readonly string[] | TomlTable;

/** A table; keys may hold any text, fields that are undefined are left out. */
export interface TomlTable {
  readonly [key: string]: TomlValue | undefined;
}

/**
 * A TOML document: values of a table before its tables, every table with its full name, so that no line depends on what stands above it but
 * its own header.
 */
export function toml(document: TomlTable, comment: string[] = []): string {
  const head = comment.map(line => `# ${oneLine('comment', line)}\n`).join('');
  const blocks = tables([], document);
  return [...(head === '' ? [] : [head]), ...blocks].join('\n');
}

function tables(path: string[], table: TomlTable): string[] {
  const fields = Object.entries(table).filter((entry): entry is [string, TomlValue] => entry[1] !== undefined);
  const lines = fields.filter(([, value]) => !isTable(value)).map(([key, value]) => `${tomlKey(key)} = ${valueText(key, value)}\n`).join('');
  const inner = fields.flatMap(([key, value]) => (isTable(value) ? tables([...path, key], value) : []));
  // A table that only holds tables needs no header; an empty one does, or it would be lost.
  const header = path.length > 0 && (lines !== '' || inner.length === 0) ? `[${path.map(tomlKey).join('.')}]\n` : '';
  return [...(header + lines === '' ? [] : [header + lines]), ...inner];
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}

function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString('key', key);
}

function valueText(key: string, value: Exclude<TomlValue, TomlTable> | TomlValue): string {
  if (Array.isArray(value)) { return `[${value.map(item => tomlString(key, item)).join(', ')}]`; }
  if (typeof value === 'string') { return tomlString(key, value); }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) { throw new TypeError(`TOML number ${key} must be whole, got ${value}`); }
  return String(value);
}

/** A basic string: backslash and quote are escaped, control characters have no place in a configuration of ours. */
function tomlString(field: string, text: string): string {
  return `"${oneLine(field, text).replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}

function oneLine(field: string, text: string): string {
  const problem = lineProblem(`TOML ${field}`, text);
  if (problem !== undefined) { throw new TypeError(problem); }
  return text;
}
