/**
 * Extracts the admission plugins of kube-apiserver:
 *
 *   npx tsx conformance/catalogue/admission-plugins.ts [<minor>=<folder>...]
 *
 * A folder holds kube-apiserver of that minor; its --help names all plugins and those that are on by default.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { binaryFolders, EXTRACTED, kubernetesModule, kubernetesSources, MINORS } from './releases';
import { rangeOf, recordKubernetesFixture, wrapWords, writeTable } from './table-file';

function pluginsOf(minor: string): Map<string, boolean> {
  const source = readFileSync(`${kubernetesModule('kubernetes', minor)}/pkg/kubeapiserver/options/plugins.go`, 'utf8');
  const packages = new Map([...source.matchAll(/^\t(?:(\w+) )?"k8s\.io\/(kubernetes|apiserver)\/([\w/]+)"/gm)]
    .map((match) => [match[1] ?? match[3].split('/').pop()!, `${kubernetesModule(match[2], minor)}/${match[3]}`]));
  const name = (alias: string): string => {
    const folder = packages.get(alias)!;
    for (const file of readdirSync(folder).filter((each) => each.endsWith('.go') && !each.endsWith('_test.go'))) {
      const constant = /\bPluginName\s*(?:string)?\s*=\s*"(\w+)"/.exec(readFileSync(`${folder}/${file}`, 'utf8'));
      if (constant !== null) { return constant[1]; }
    }
    throw new Error(`${minor}: no PluginName in ${folder}`);
  };
  const listed = (text: string) => [...text.matchAll(/(\w+)\.PluginName/g)].map((match) => name(match[1]));
  const all = listed(/AllOrderedPlugins = \[\]string\{([\s\S]*?)\n\}/.exec(source)![1]);
  const on = listed(/defaultOnPlugins := [^\n]*\n([\s\S]*?)\n\t[)}]/.exec(source)![1]);
  return new Map(all.map((plugin) => [plugin, on.includes(plugin)]));
}

function main(): void {
  const columns = new Map(MINORS.map((minor) => [minor, pluginsOf(minor)]));
  const newest = columns.get(MINORS[MINORS.length - 1])!;
  const compared = binaryFolders().filter(({ folder }) => existsSync(`${folder}/kube-apiserver`));
  for (const { minor, folder } of compared) {
    const help = execFileSync(`${folder}/kube-apiserver`, ['--help'], { encoding: 'utf8', maxBuffer: 300e6 }).replace(/\s+/g, ' ');
    const usage = /--enable-admission-plugins strings .*?default enabled ones \(([^)]*)\)\. Comma-delimited list of admission plugins: ([^.]*)\./.exec(help)!;
    const on = usage[1].split(', ').sort().join();
    const all = usage[2].split(', ').sort().join();
    const column = columns.get(minor)!;
    const same = on === [...column].filter(([, each]) => each).map(([plugin]) => plugin).sort().join() && all === [...column.keys()].sort().join();
    process.stdout.write(`--help of kube-apiserver ${minor} ${same ? 'agrees' : `differs: ${on} / ${all}`}\n`);
    if (!same) { process.exitCode = 1; }
  }
  const names = [...new Set(MINORS.flatMap((minor) => [...columns.get(minor)!.keys()]))].sort();
  const rows = names.map((name) => {
    const present = MINORS.filter((minor) => columns.get(minor)!.has(name));
    const on = present.filter((minor) => columns.get(minor)!.get(name));
    return [name, {
      ...rangeOf(name, present, MINORS),
      defaultOn: on.length === 0 ? undefined : on.length === present.length ? {} : rangeOf(`${name} on`, on, MINORS),
    }] as const;
  });
  writeTable('admission-plugin-table.ts', 'ADMISSION_PLUGINS', 'AdmissionPluginTable', './admission-plugin-row', [
    `Admission plugins of kube-apiserver, Kubernetes ${MINORS[0]} to ${MINORS[MINORS.length - 1]}.`,
    '',
    '`defaultOn`: releases that run the plugin unless it is disabled; `{}` means all that have it. A feature gate may still silence it.',
    '',
    ...wrapWords(`Source: k8s.io/kubernetes (${kubernetesSources()}), pkg/kubeapiserver/options/plugins.go and the packages it names.`),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/admission-plugins.ts\`; `
      + `--help of the binary of ${compared.map(({ minor }) => minor).join(' and ')} says the same.`,
  ], rows);
  for (const minor of MINORS) {
    recordKubernetesFixture(minor, 'admissionPlugins', [...columns.get(minor)!].map(([plugin, on]) => `${plugin}${on ? ' on' : ''}`).sort());
  }
  process.stdout.write(`${rows.length} plugins, ${newest.size} in the newest release\n`);
}

main();
