/**
 * Extracts the flags of Prometheus and the fields of the sections of its configuration that this library writes:
 *
 *   npx tsx conformance/catalogue/prometheus.ts <clone of prometheus/prometheus> <clone of prometheus/common>
 */
import { existsSync, readFileSync } from 'node:fs';
import { argument, FetchedCopy } from './fetched-copy';
import { NamedColumn, writeNamedRanges } from './named-ranges';

/** Flags of the libraries for logging, serving and parsing that every version links. */
const LIBRARY_FLAGS = ['help', 'version', 'log.level', 'log.format', 'web.config.file'];

/** Structs by file; older versions have some files elsewhere. */
const STRUCTS: { readonly [file: string]: readonly string[] } = {
  'config/config.go': ['Config', 'GlobalConfig', 'ScrapeConfig', 'AlertingConfig', 'AlertmanagerConfig'],
  'model/relabel/relabel.go': ['Config'],
  'pkg/relabel/relabel.go': ['Config'],
  'model/rulefmt/rulefmt.go': ['RuleGroups', 'RuleGroup', 'Rule'],
  'pkg/rulefmt/rulefmt.go': ['RuleGroups', 'RuleGroup', 'Rule'],
  'discovery/kubernetes/kubernetes.go': ['SDConfig', 'NamespaceDiscovery'],
};

const HTTP_FILE = 'config/http_config.go';
const HTTP_STRUCTS = ['HTTPClientConfig', 'TLSConfig', 'Authorization'];

function textOf(folder: string, file: string): string {
  return existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, 'utf8') : '';
}

/** Names of a struct's fields in YAML. */
function yamlFields(source: string, struct: string): string[] {
  const body = new RegExp(`^type ${struct} struct \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source)?.[1] ?? '';
  return [...body.matchAll(/yaml:"(\w+)[",]/g)].map((match) => match[1]);
}

function flagsOf(source: string): NamedColumn {
  const declared = [...source.matchAll(/(?:\ba\.Flag|serverOnlyFlag|agentOnlyFlag)\(\s*(?:a,\s*)?"([^"]+)",\s*(?:fmt\.Sprintf\()?["`](\[DEPRECATED\])?/g)];
  const features = /setFeatureListOptions\([\s\S]*?\n\}/.exec(source)?.[0] ?? '';
  // A feature that only prints a warning is accepted all the same; what falls to the default branch is not an error either, but has no effect.
  const cases = [...features.matchAll(/case ("[a-z0-9-]+"(?:, "[a-z0-9-]+")*):\n\s*(.*)/g)].filter((match) => !/level\.Warn|logger\.Warn/.test(match[2]));
  return new Map<string, boolean>([
    ...LIBRARY_FLAGS.map((name): [string, boolean] => [name, false]),
    ...declared.map((match): [string, boolean] => [match[1], match[2] !== undefined]),
    ...cases.flatMap((match) => match[1].split(', ')).map((name): [string, boolean] => [`enable-feature=${JSON.parse(name)}`, false]),
  ]);
}

function fieldsOf(folder: string, common: string): NamedColumn {
  const names: string[] = [];
  for (const [file, structs] of Object.entries(STRUCTS)) {
    const source = textOf(folder, file);
    for (const struct of structs) {
      const label = file.endsWith('relabel.go') ? 'RelabelConfig' : struct;
      names.push(...yamlFields(source, struct).map((field) => `${label}.${field}`));
    }
    if (file.endsWith('relabel.go')) {
      names.push(...[...source.matchAll(/^\t\w+\s+Action = "(\w+)"/gm)].map((match) => `RelabelConfig.action=${match[1]}`));
    }
    if (file.endsWith('kubernetes.go')) {
      names.push(...[...source.matchAll(/^\tRole\w+\s+Role = "(\w+)"/gm)].map((match) => `SDConfig.role=${match[1]}`));
    }
  }
  const http = textOf(common, HTTP_FILE);
  names.push(...HTTP_STRUCTS.flatMap((struct) => yamlFields(http, struct).map((field) => `${struct}.${field}`)));
  return new Map(names.map((name) => [name, false]));
}

/** Newest tag that is not newer than the one a release requires: some patch tags are not to be had, and fields do not come with patches. */
function tagAtMost(common: FetchedCopy, wanted: string): string {
  const [, minor, patch] = wanted.split('.').map(Number);
  const found = common.tags(/^v0\.\d+\.\d+$/).filter((tag) => {
    const [, tagMinor, tagPatch] = tag.split('.').map(Number);
    return tagMinor === minor && tagPatch <= patch;
  });
  if (found.length === 0) { throw new Error(`prometheus/common ${wanted} is required, no tag of that minor is there`); }
  return found[found.length - 1];
}

function main(): void {
  const copy = new FetchedCopy('prometheus/prometheus', argument(0, 'clone of prometheus/prometheus with tags'));
  const common = new FetchedCopy('prometheus/common', argument(1, 'clone of prometheus/common with tags'));
  // 2.30 stands beside Kubernetes 1.22 in the reference article.
  const tags = copy.tags(/^v(2\.[3-9]\d|[3-9]\.\d+)\.\d+$/);
  const flags = new Map<string, NamedColumn>();
  const fields = new Map<string, NamedColumn>();
  for (const tag of tags) {
    const folder = copy.checkout(tag, 'cmd/prometheus/main.go', ...Object.keys(STRUCTS), 'go.mod');
    const library = /github\.com\/prometheus\/common (v[\d.]+)/.exec(textOf(folder, 'go.mod'))![1];
    flags.set(tag.slice(1), flagsOf(textOf(folder, 'cmd/prometheus/main.go')));
    fields.set(tag.slice(1), fieldsOf(folder, common.checkout(tagAtMost(common, library), HTTP_FILE)));
  }
  const script = 'prometheus.ts';
  const read = `every release (${tags.length} tags)`;
  writeNamedRanges({
    file: 'prometheus-flag-table.ts',
    constant: 'PROMETHEUS_FLAGS',
    component: 'prometheus',
    subject: 'flags',
    title: 'Flags of Prometheus by its version; `enable-feature=<name>` is a value that still has an effect.',
    source: `Source: prometheus/prometheus, ${read}, cmd/prometheus/main.go read, not built. ${LIBRARY_FLAGS.map((flag) => `\`${flag}\``).join(', ')} `
      + 'come from the libraries it links (kingpin, prometheus/common, exporter-toolkit) and are in every version.',
    script,
    columns: flags,
    sourceOf: (version) => copy.source(`v${version}`),
  });
  writeNamedRanges({
    file: 'prometheus-field-table.ts',
    constant: 'PROMETHEUS_FIELDS',
    component: 'prometheus',
    subject: 'fields',
    title: 'Fields of the sections of Prometheus\' configuration and rule files that this library writes, by version and upstream\'s name of the section.',
    source: `Source: prometheus/prometheus, ${read}, ${Object.keys(STRUCTS).join(', ')}; prometheus/common, ${HTTP_FILE} at the version in go.mod; `
      + '`HTTPClientConfig` stands inside a scrape section. Read, not built.',
    script,
    columns: fields,
    sourceOf: (version) => copy.source(`v${version}`),
  });
}

main();
