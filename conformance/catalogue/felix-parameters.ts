/**
 * Extracts what Felix does with its parameters by Calico version: values of enumerations, defaults.
 *
 *   npx tsx conformance/catalogue/felix-parameters.ts <clone of projectcalico/calico>
 *
 * Writes `src/catalogue/felix-value-table.ts` (enumerations and their changes) and `test/fixtures/upstream/calico/felix-parameters.json` (every parameter of
 * every version that a Kubernetes release is paired with, as the tag of its field in Felix' source has it).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argument, FetchedCopy } from './fetched-copy';
import { EXTRACTED } from './releases';
import { wrapWords, writeTable } from './table-file';
import { FELIX_FIELDS } from '../../src/catalogue/felix-field-table';
import { componentVersions } from '../../src/cluster/component-versions';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';

const FILE = 'felix/config/config_params.go';

/** Name of each parameter with its tag: `oneof(tunnel,dsr);tunnel;non-zero`. */
function parameters(text: string): { [name: string]: string } {
  const body = /^type Config struct \{$([^]*?)^\}$/m.exec(text)![1];
  return Object.fromEntries([...body.matchAll(/^\s+(\w+)\s+[^`\n]+`config:"([^"]*)"`/gm)].map(([, name, tag]) => [name, tag]));
}

/** What a tag says: kind, values of an enumeration, default. */
function meaning(tag: string): { values?: string[]; byDefault: string } {
  const [kind, byDefault = ''] = tag.split(';');
  const values = /^oneof\((.*)\)$/.exec(kind)?.[1].split(',');
  return { ...(values ? { values } : {}), byDefault };
}

function main(): void {
  const copy = new FetchedCopy('projectcalico/calico', argument(0, 'clone of projectcalico/calico with tags'));
  const versions = [...new Set(KubernetesRelease.all().map(release => componentVersions(release).calico))];
  const lists = new Map(versions.map(version => [version, parameters(copy.file(`v${version}`, FILE)!)]));
  writeFileSync(join(__dirname, '../../test/fixtures/upstream/calico/felix-parameters.json'), `{\n${versions.map(version =>
    `  ${JSON.stringify(version)}: {\n    "source": ${JSON.stringify({ ...copy.source(`v${version}`), extracted: EXTRACTED })},\n    "parameters": {\n${
      Object.entries(lists.get(version)!).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, tag]) => `      ${JSON.stringify(name)}: ${JSON.stringify(tag)}`).join(',\n')}\n    }\n  }`).join(',\n')}\n}\n`);

  // Fields of the API and parameters of Felix have the same name but for capitals.
  const fields = Object.keys(FELIX_FIELDS).filter(path => !path.includes('.'));
  const rows = fields.flatMap((field) => {
    const steps: Array<{ from: string; values: string[]; byDefault: string }> = [];
    for (const version of versions) {
      const [, tag] = Object.entries(lists.get(version)!).find(([name]) => name.toLowerCase() === field.toLowerCase()) ?? [];
      const { values, byDefault } = tag === undefined ? { values: undefined, byDefault: '' } : meaning(tag);
      const last = steps[steps.length - 1];
      if (
        values && (last === undefined || last.byDefault !== byDefault || last.values.join() !== values.join())
      ) { steps.push({ from: version, values, byDefault }); }
    }
    return steps.length === 0 ? [] : [[field, steps] as const];
  }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeTable('felix-value-table.ts', 'FELIX_VALUES', 'FelixValueTable', './felix-value-row', [
    'Values of enumerations of FelixConfiguration and their defaults, from the Calico version on in which they changed; Felix does not look at capitals.',
    '',
    ...wrapWords(`Source: projectcalico/calico at ${versions.map(version => `v${version}`).join(', ')}, ${FILE} parsed, not built. Only versions that a Kubernetes release is paired with.`),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/felix-parameters.ts\`.`,
  ], rows);
  process.stdout.write(`${rows.length} enumerations, ${versions.length} versions\n`);
}

main();
