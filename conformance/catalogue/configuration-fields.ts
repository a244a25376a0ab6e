/**
 * Extracts the fields of KubeSchedulerConfiguration and KubeProxyConfiguration by API version and release:
 *
 *   npx tsx conformance/catalogue/configuration-fields.ts <clone of kubernetes/kube-proxy>
 */
import { argument, FetchedCopy } from './fetched-copy';
import { EXTRACTED, inModule, kubernetesModule, kubernetesSource, kubernetesSources, MINORS, UpstreamSource } from './releases';
import { fieldsOf, goTypes, StructField } from './struct-fields';
import { rangeOf, recordFixture, recordKubernetesFixture, wrapWords, writeTable } from './table-file';

const VERSIONS = ['v1alpha1', 'v1beta1', 'v1beta2', 'v1beta3', 'v1'];

/** Fields of one release: API version to path to kind. */
type Column = Map<string, Map<string, string>>;

/** Arguments of a plugin stand in a list under the plugin's name; here their fields stand below the name of their type. */
const PLUGIN_ARGUMENTS = 'pluginArgs';

function withoutType(fields: readonly StructField[]): [string, string][] {
  return fields.filter((field) => !/^(kind|apiVersion|metadata)\b/.test(field.path)).map((field) => [field.path, field.kind]);
}

function schedulerFields(minor: string): Column {
  const column: Column = new Map();
  const base = inModule(kubernetesModule('component-base', minor), 'config/v1alpha1/types.go');
  const core = inModule(kubernetesModule('api', minor), 'core/v1/types.go');
  for (const version of VERSIONS) {
    const own = inModule(kubernetesModule('kube-scheduler', minor), `config/${version}/types.go`, `config/${version}/types_pluginargs.go`);
    const declared = goTypes(own).structs;
    // The folder of v1 first held another kind, with types that the beta versions use.
    if (declared.KubeSchedulerConfiguration === undefined) { continue; }
    const types = goTypes([...core, ...base, ...inModule(kubernetesModule('kube-scheduler', minor), 'config/v1/types.go'), ...own]);
    const plugins = Object.keys(declared).filter((type) => /Args$/.test(type)).sort();
    column.set(version, new Map([
      ...withoutType(fieldsOf('KubeSchedulerConfiguration', types, 4)),
      // A field that holds a type of the core API (an affinity, a constraint) is as deep as that API: its own fields are not listed.
      ...plugins.flatMap((type) => withoutType(fieldsOf(type, types, type === 'NodeResourcesFitArgs' ? 3 : 2))
        .filter(([path]) => !/^(addedAffinity|defaultConstraints)\./.test(path))
        .map(([path, kind]): [string, string] => [`${PLUGIN_ARGUMENTS}.${type.replace(/Args$/, '')}.${path}`, kind])),
    ]));
  }
  return column;
}

const PROXY_FILE = 'config/v1alpha1/types.go';

/** The Go module is not to be had for some minors, the tag of the staging repository not for others. */
function proxyFolder(copy: FetchedCopy, minor: string): string {
  return copy.has(proxyTag(minor)) ? copy.checkout(proxyTag(minor), PROXY_FILE) : kubernetesModule('kube-proxy', minor);
}

function proxySource(copy: FetchedCopy, minor: string): UpstreamSource {
  return copy.has(proxyTag(minor)) ? copy.source(proxyTag(minor)) : { ...kubernetesSource(minor), upstream: 'k8s.io/kube-proxy', tag: proxyTag(minor) };
}

function proxyFields(copy: FetchedCopy, minor: string): Column {
  const types = goTypes([
    ...inModule(kubernetesModule('component-base', minor), 'config/v1alpha1/types.go', 'logs/api/v1/types.go'),
    `${proxyFolder(copy, minor)}/${PROXY_FILE}`,
  ]);
  return new Map([['v1alpha1', new Map(withoutType(fieldsOf('KubeProxyConfiguration', types, 4)))]]);
}

function proxyTag(minor: string): string {
  return kubernetesSource(minor).tag.replace(/^v1/, 'v0');
}

function write(kind: string, file: string, constant: string, columns: ReadonlyMap<string, Column>, source: string): void {
  const rows = VERSIONS.flatMap((version) => {
    const served = MINORS.filter((minor) => columns.get(minor)!.has(version));
    const paths = [...new Set(served.flatMap((minor) => [...columns.get(minor)!.get(version)!.keys()]))].sort();
    return paths.map((path) => {
      const present = served.filter((minor) => columns.get(minor)!.get(version)!.has(path));
      const kinds = [...new Set(present.map((minor) => columns.get(minor)!.get(version)!.get(path)!))];
      if (kinds.length > 1) { process.stdout.write(`${kind} ${version} ${path}: kinds ${kinds.join(', ')}\n`); }
      return [`${version} ${path}`, { kind: kinds[kinds.length - 1], ...rangeOf(`${kind} ${version} ${path}`, present, MINORS) }] as const;
    });
  });
  writeTable(file, constant, 'ConfigurationFieldTable', './configuration-field-row', [
    `Fields of ${kind} by API version, Kubernetes ${MINORS[0]} to ${MINORS[MINORS.length - 1]}; a field of a list's items stands below the list.`,
    '',
    ...wrapWords(source),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/configuration-fields.ts\`.`,
  ], rows);
  process.stdout.write(`${kind}: ${rows.length} rows\n`);
}

function fixtureOf(column: Column): string[] {
  return [...column].flatMap(([version, fields]) => [...fields.keys()].map((path) => `${version} ${path}`)).sort();
}

function main(): void {
  const scheduler = new Map(MINORS.map((minor) => [minor, schedulerFields(minor)]));
  write('KubeSchedulerConfiguration', 'scheduler-configuration-field-table.ts', 'SCHEDULER_CONFIGURATION_FIELDS', scheduler,
    `\`${PLUGIN_ARGUMENTS}.NodeAffinity.addedAffinity\` is the field of \`profiles[].pluginConfig[].args\` for that plugin. Source: config/<version>/types.go and `
    + `types_pluginargs.go of k8s.io/kube-scheduler (${kubernetesSources()}; exceptions in releases.json) and the types of k8s.io/component-base it uses, parsed, not built.`);
  for (const minor of MINORS) { recordKubernetesFixture(minor, 'fields.KubeSchedulerConfiguration', fixtureOf(scheduler.get(minor)!)); }

  const copy = new FetchedCopy('kubernetes/kube-proxy', argument(0, 'clone of kubernetes/kube-proxy with tags'));
  const proxy = new Map(MINORS.map((minor) => [minor, proxyFields(copy, minor)]));
  write('KubeProxyConfiguration', 'kube-proxy-configuration-field-table.ts', 'KUBE_PROXY_CONFIGURATION_FIELDS', proxy,
    `Source: ${PROXY_FILE} of kubernetes/kube-proxy (or of the Go module k8s.io/kube-proxy where that has no tag) as it belongs to ${kubernetesSources()}, and the types of k8s.io/component-base it uses, parsed, not built.`);
  for (const minor of MINORS) {
    recordFixture(`kube-proxy/${minor}`, proxySource(copy, minor), 'fields.KubeProxyConfiguration', fixtureOf(proxy.get(minor)!));
  }
}

main();
