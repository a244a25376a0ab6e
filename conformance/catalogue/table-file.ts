import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXTRACTED, kubernetesSource, UpstreamSource } from './releases';

const CATALOGUE = join(__dirname, '../../src/catalogue');
const FIXTURES = join(__dirname, '../../test/fixtures/upstream');

/** Half-open range of the versions in `present`; a gap between them is reported, because one range cannot say it. */
export function rangeOf(label: string, present: readonly string[], versions: readonly string[]): { added?: string; removed?: string } {
  const first = versions.indexOf(present[0]);
  const last = versions.indexOf(present[present.length - 1]);
  if (last - first + 1 !== present.length) {
    const absent = versions.slice(first, last + 1).filter((version) => !present.includes(version));
    process.stdout.write(`${label}: absent in between: ${absent.join(', ')}\n`);
  }
  return {
    ...first > 0 ? { added: versions[first] } : {},
    ...last < versions.length - 1 ? { removed: versions[last + 1] } : {},
  };
}

/** A value as TypeScript source on one line; undefined members are left out. */
export function literal(value: unknown): string {
  if (typeof value === 'string') { return `'${value.replace(/[\\']/g, '\\$&')}'`; }
  if (Array.isArray(value)) { return `[${value.map(literal).join(', ')}]`; }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, each]) => each !== undefined);
    const quoted = members.some(([key]) => propertyName(key) !== key);
    return members.length === 0 ? '{}' : `{ ${members.map(([key, each]) => `${quoted ? literal(key) : propertyName(key)}: ${literal(each)}`).join(', ')} }`;
  }
  return String(value);
}

function propertyName(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : literal(key);
}

/** A member of an object literal with its comma, on one line where that fits. */
function member(key: string, value: unknown, indent: number, quoted = false): string {
  const start = `${' '.repeat(indent)}${quoted ? literal(key) : propertyName(key)}: `;
  const line = `${start}${literal(value)},`;
  if (line.length <= 160 || typeof value !== 'object' || value === null) { return line; }
  const end = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return [`${start}[`, ...value.map((each) => `${end}  ${literal(each)},`), `${end}],`].join('\n');
  }
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return [`${start}{`, ...members.map(([name, each]) => member(name, each, indent + 2, members.some(([other]) => propertyName(other) !== other))), `${end}},`].join('\n');
}

/** Breaks a sentence into lines that fit a comment. */
export function wrapWords(sentence: string, width = 120): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line.length + word.length + 1 > width) { lines.push(line); line = word; } else { line = line === '' ? word : `${line} ${word}`; }
  }
  return [...lines, line];
}

/** Writes one table of the catalogue: header, import of its type, one row per line. */
export function writeTable(file: string, name: string, type: string, from: string, header: readonly string[],
  rows: readonly (readonly [string, object])[]): void {
  const quoted = rows.some(([key]) => propertyName(key) !== key);
  const lines = rows.map(([key, row]) => member(key, row, 2, quoted));
  mkdirSync(CATALOGUE, { recursive: true });
  writeFileSync(join(CATALOGUE, file), [
    `import { ${type} } from '${from}';`,
    '',
    '/**',
    ...header.map((line) => line === '' ? ' *' : ` * ${line}`),
    ' */',
    `export const ${name} = {`,
    ...lines,
    `} as const satisfies ${type};`,
    '',
  ].join('\n'));
}

/**
 * Keeps what one upstream version has, for the test that compares table and upstream in both directions. `fixture` is a path below
 * test/fixtures/upstream: `1.37/catalogue` or `etcd/3.7.1`.
 */
export function recordFixture(fixture: string, source: UpstreamSource, key: string, names: readonly string[]): void {
  const path = join(FIXTURES, `${fixture}.json`);
  mkdirSync(dirname(path), { recursive: true });
  const { source: _, ...known }: { [key: string]: readonly string[] } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const lists: { [key: string]: readonly string[] } = { ...known, [key]: names };
  const lines = Object.keys(lists).sort().map((each) => `  ${JSON.stringify(each)}: ${JSON.stringify(lists[each])}`);
  writeFileSync(path, `{\n${[`  "source": ${JSON.stringify({ ...source, extracted: EXTRACTED })}`, ...lines].join(',\n')}\n}\n`);
}

/** The same for a list that belongs to a Kubernetes minor. */
export function recordKubernetesFixture(minor: string, key: string, names: readonly string[]): void {
  recordFixture(`${minor}/catalogue`, kubernetesSource(minor), key, names);
}
