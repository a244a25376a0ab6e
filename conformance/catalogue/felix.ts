/**
 * Extracts the fields of FelixConfiguration by Calico version:
 *
 *   npx tsx conformance/catalogue/felix.ts <clone of projectcalico/calico>
 */
import { argument, FetchedCopy } from './fetched-copy';
import { EXTRACTED } from './releases';
import { fieldsOf, goTypes } from './struct-fields';
import { rangeOf, recordFixture, wrapWords, writeTable } from './table-file';

const FILE = 'api/pkg/apis/projectcalico/v3/felixconfig.go';

function main(): void {
  const copy = new FetchedCopy('projectcalico/calico', argument(0, 'clone of projectcalico/calico with tags'));
  const tags = copy.tags(/^v3\.(2[2-9]|3\d)\.\d+$/);
  const versions = tags.map((tag) => tag.slice(1));
  const columns = new Map(versions.map((version) => {
    const types = goTypes([`${copy.checkout(`v${version}`, FILE)}/${FILE}`]);
    return [version, new Map(fieldsOf('FelixConfigurationSpec', types, 3).map((field) => [field.path, field.kind]))];
  }));
  const paths = [...new Set(versions.flatMap((version) => [...columns.get(version)!.keys()]))].sort();
  const short = (version: string | undefined) => version?.replace(/\.0$/, '');
  const rows = paths.map((path) => {
    const present = versions.filter((version) => columns.get(version)!.has(path));
    const range = rangeOf(path, present, versions);
    const between = versions.slice(versions.indexOf(present[0]), versions.indexOf(present[present.length - 1]));
    const absent = between.filter((version) => !present.includes(version));
    const absentIn = absent.length === 0 ? undefined : absent;
    return [path, { kind: columns.get(present[present.length - 1])!.get(path)!, added: short(range.added), removed: short(range.removed), absentIn }] as const;
  });
  const newest = versions[versions.length - 1];
  writeTable('felix-field-table.ts', 'FELIX_FIELDS', 'ConfigurationFieldTable', './configuration-field-row', [
    `Fields of FelixConfiguration (projectcalico.org/v3) by Calico version, ${versions[0]} to ${newest}; a version without patch means its .0.`,
    '',
    ...wrapWords(`Source: projectcalico/calico, every patch release (${versions.length} tags), ${FILE} parsed, not built. `
      + 'A field of a list\'s items stands below the list. `absentIn`: patch releases inside the range that lack the field, '
      + 'because it came to an older minor after a newer one had begun.'),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/felix.ts\`.`,
  ], rows);
  const newestPatches = versions.filter((version, index) => versions[index + 1]?.split('.')[1] !== version.split('.')[1]);
  for (const version of newestPatches) { recordFixture(`calico/${version}`, copy.source(`v${version}`), 'fields.FelixConfiguration', [...columns.get(version)!.keys()].sort()); }
  process.stdout.write(`${rows.length} fields, ${columns.get(newest)!.size} in ${newest}\n`);
}

main();
