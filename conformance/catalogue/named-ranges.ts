import { EXTRACTED, UpstreamSource } from './releases';
import { rangeOf, recordFixture, wrapWords, writeTable } from './table-file';

/** What one version knows: name, and whether it calls it deprecated. */
export type NamedColumn = ReadonlyMap<string, boolean>;

export interface NamedRanges {
  readonly file: string;
  readonly constant: string;
  readonly component: string;
  readonly subject: string;
  readonly title: string;
  readonly source: string;
  readonly script: string;
  /** By version, oldest first. */
  readonly columns: ReadonlyMap<string, NamedColumn>;
  readonly sourceOf: (version: string) => UpstreamSource;
}

/** A version without patch means its .0. */
function short(version: string | undefined): string | undefined {
  return version?.replace(/\.0$/, '');
}

/** Writes a table of names with their ranges, and the fixture of the newest patch of each minor. */
export function writeNamedRanges(ranges: NamedRanges): void {
  const { columns } = ranges;
  const versions = [...columns.keys()];
  const names = [...new Set(versions.flatMap((version) => [...columns.get(version)!.keys()]))].sort();
  const rows = names.map((name) => {
    const present = versions.filter((version) => columns.get(version)!.has(name));
    const range = rangeOf(name, present, versions);
    const absent = versions.slice(versions.indexOf(present[0]), versions.indexOf(present[present.length - 1])).filter((version) => !present.includes(version));
    const deprecated = present.find((version) => columns.get(version)!.get(name));
    return [name, {
      added: short(range.added), removed: short(range.removed), deprecatedIn: short(deprecated), absentIn: absent.length === 0 ? undefined : absent,
    }] as const;
  });
  writeTable(ranges.file, ranges.constant, 'NamedRangeTable', './named-range', [
    ...wrapWords(`${ranges.title} From ${versions[0]} to ${versions[versions.length - 1]}; a version without patch means its .0.`),
    '',
    ...wrapWords(ranges.source),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/${ranges.script}\`.`,
  ], rows);
  const minor = (version: string | undefined) => version?.split('.').slice(0, 2).join('.');
  for (const version of versions.filter((each, index) => minor(versions[index + 1]) !== minor(each))) {
    recordFixture(`${ranges.component}/${version}`, ranges.sourceOf(version), ranges.subject, [...columns.get(version)!.keys()].sort());
  }
  process.stdout.write(`${ranges.component} ${ranges.subject}: ${rows.length} rows, ${columns.get(versions[versions.length - 1])!.size} in ${versions[versions.length - 1]}\n`);
}
