/**
 * Extracts which API versions each release serves and reads:
 *
 *   npx tsx conformance/catalogue/api-groups.ts
 */
import { existsSync, readFileSync } from 'node:fs';
import { EXTRACTED, kubernetesModule, kubernetesSources, MINORS } from './releases';
import { rangeOf, recordKubernetesFixture, wrapWords, writeTable } from './table-file';

/** Kind -> "group/version" -> needs an explicit opt-in. */
type Served = Map<string, Map<string, boolean>>;

function add(served: Served, kind: string, groupVersion: string, optIn: boolean): void {
  served.set(kind, (served.get(kind) ?? new Map<string, boolean>()).set(groupVersion, optIn));
}

/** Group-version that a Go package path below k8s.io/api stands for. */
function groupVersionOf(minor: string, path: string): string {
  const text = readFileSync(`${kubernetesModule('api', minor)}/${path}/register.go`, 'utf8');
  const group = /GroupName = "([^"]*)"/.exec(text)![1];
  return `${group}/${path.split('/').pop()}`;
}

function plural(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) { return `${name}es`; }
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Kinds of the API server, from the published OpenAPI document; beta versions are off unless the server's own list enables them. */
function servedKinds(minor: string, served: Served): void {
  const kubernetes = kubernetesModule('kubernetes', minor);
  const instance = readFileSync(`${kubernetes}/pkg/controlplane/instance.go`, 'utf8');
  const aliases = new Map([...instance.matchAll(/^\t(\w+)\s+"k8s\.io\/(?:api|kubernetes\/pkg\/apis)\/([\w/]+)"$/gm)].map((match) => [match[1], match[2]]));
  const enabled = /ret\.EnableVersions\(([\s\S]*?)\)\n/.exec(instance)?.[1] ?? '';
  const versionsOn = new Set([...enabled.matchAll(/(\w+)\.SchemeGroupVersion/g)]
    .map((match) => groupVersionOf(minor, aliases.get(match[1])!)));
  const legacy = /legacyBetaEnabledByDefaultResources = [^{]*\{([\s\S]*?)\n\t\}/.exec(instance)?.[1] ?? '';
  const resourcesOn = new Set([...legacy.matchAll(/(\w+)\.SchemeGroupVersion\.WithResource\("(\w+)"\)/g)]
    .map((match) => `${groupVersionOf(minor, aliases.get(match[1])!)}/${match[2]}`));
  // Not in the list of this server: served by the extension and aggregation servers.
  const other = /^(apiextensions|apiregistration)\.k8s\.io\//;
  const document = JSON.parse(readFileSync(`${kubernetes}/api/openapi-spec/swagger.json`, 'utf8'));
  for (const definition of Object.values<{ 'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[] }>(document.definitions)) {
    const kinds = definition['x-kubernetes-group-version-kind'];
    if (kinds === undefined || kinds.length !== 1 || /List$|^Status$|^WatchEvent$|^DeleteOptions$/.test(kinds[0].kind)) { continue; }
    const { group, version, kind } = kinds[0];
    const groupVersion = `${group}/${version}`;
    const optIn = /alpha/.test(version)
      || (/beta/.test(version) && !other.test(groupVersion) && !versionsOn.has(groupVersion) && !resourcesOn.has(`${groupVersion}/${plural(kind)}`));
    add(served, kind === 'Event' && group !== '' ? 'events.k8s.io/Event' : kind, groupVersion, optIn);
  }
}

/** Configuration files: kind, module, folder with one sub-folder per version. A gate guards most alpha versions. */
const FILES: readonly (readonly [string, string, string])[] = [
  ['AdmissionConfiguration', 'apiserver', 'pkg/apis/apiserver'],
  ['AuthenticationConfiguration', 'apiserver', 'pkg/apis/apiserver'],
  ['AuthorizationConfiguration', 'apiserver', 'pkg/apis/apiserver'],
  ['EgressSelectorConfiguration', 'apiserver', 'pkg/apis/apiserver'],
  ['TracingConfiguration', 'apiserver', 'pkg/apis/apiserver'],
  ['EncryptionConfiguration', 'apiserver', 'pkg/apis/apiserver'],
  ['EncryptionConfiguration', 'apiserver', 'pkg/apis/config'],
  ['AuditPolicy', 'apiserver', 'pkg/apis/audit'],
  ['PodSecurityConfiguration', 'pod-security-admission', 'admission/api'],
  ['EventRateLimitConfiguration', 'kubernetes', 'plugin/pkg/admission/eventratelimit/apis/eventratelimit'],
  ['PodTolerationRestrictionConfiguration', 'kubernetes', 'plugin/pkg/admission/podtolerationrestriction/apis/podtolerationrestriction'],
  ['KubeSchedulerConfiguration', 'kube-scheduler', 'config'],
  ['KubeletConfiguration', 'kubelet', 'config'],
  ['CredentialProviderConfig', 'kubelet', 'config'],
  ['ClusterConfiguration', 'kubernetes', 'cmd/kubeadm/app/apis/kubeadm'],
  ['InitConfiguration', 'kubernetes', 'cmd/kubeadm/app/apis/kubeadm'],
  ['JoinConfiguration', 'kubernetes', 'cmd/kubeadm/app/apis/kubeadm'],
  ['ResetConfiguration', 'kubernetes', 'cmd/kubeadm/app/apis/kubeadm'],
  ['UpgradeConfiguration', 'kubernetes', 'cmd/kubeadm/app/apis/kubeadm'],
];

/** Their own kind where ours carries the subject in its name. */
const OWN_KINDS: { readonly [kind: string]: string } = {
  AuditPolicy: 'Policy',
  EventRateLimitConfiguration: 'Configuration',
  PodTolerationRestrictionConfiguration: 'Configuration',
};

/** Alpha for ever and guarded by no gate: the plugin that reads them is off unless asked for. */
const UNGUARDED = ['EventRateLimitConfiguration', 'PodTolerationRestrictionConfiguration'];

function fileKinds(minor: string, served: Served): void {
  const common = readFileSync(`${kubernetesModule('kubernetes', minor)}/cmd/kubeadm/app/util/config/common.go`, 'utf8');
  const experimental = /experimentalAPIVersions := map\[string\](?:string|struct\{\})\{(\}|\n[\s\S]*?\n\t\})/.exec(common)?.[1] ?? '';
  for (const [kind, module, folder] of FILES) {
    for (const version of ['v1alpha1', 'v1beta1', 'v1beta2', 'v1beta3', 'v1beta4', 'v1']) {
      const path = `${kubernetesModule(module, minor)}/${folder}/${version}/register.go`;
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      const own = OWN_KINDS[kind] ?? kind;
      for (const match of text.matchAll(/AddKnownTypes\((\w+),([\s\S]*?)\n?\t?\)/g)) {
        if (!match[2].includes(`&${own}{}`)) { continue; }
        const constant = match[1] === 'ConfigSchemeGroupVersion' ? 'ConfigGroupName' : 'GroupName';
        const group = new RegExp(`\\b${constant} = "([^"]*)"`).exec(text)![1];
        const groupVersion = `${group}/${version}`;
        const guarded = version.includes('alpha') && !UNGUARDED.includes(kind);
        add(served, kind, groupVersion, guarded || experimental.includes(`"${groupVersion}"`));
      }
    }
  }
}

/** Kubeconfigs of admission webhooks: registered under another name than that of its Go type. */
function webhookKind(minor: string, served: Served): void {
  const path = `${kubernetesModule('apiserver', minor)}/pkg/admission/plugin/webhook/config/apis/webhookadmission/v1/register.go`;
  if (readFileSync(path, 'utf8').includes('"WebhookAdmissionConfiguration"')) {
    add(served, 'WebhookAdmissionConfiguration', 'apiserver.config.k8s.io/v1', false);
  }
}

function main(): void {
  const columns = new Map<string, Served>(MINORS.map((minor) => {
    const served: Served = new Map();
    servedKinds(minor, served);
    fileKinds(minor, served);
    webhookKind(minor, served);
    return [minor, served];
  }));
  const kinds = [...new Set(MINORS.flatMap((minor) => [...columns.get(minor)!.keys()]))].sort();
  const rows = kinds.map((kind) => {
    const versions = [...new Set(MINORS.flatMap((minor) => [...columns.get(minor)!.get(kind)?.keys() ?? []]))];
    return [kind, versions.sort().map((groupVersion) => {
      const present = MINORS.filter((minor) => columns.get(minor)!.get(kind)?.has(groupVersion));
      const optIn = present.filter((minor) => columns.get(minor)!.get(kind)!.get(groupVersion));
      return {
        apiVersion: groupVersion.replace(/^\//, ''),
        ...rangeOf(`${kind} ${groupVersion}`, present, MINORS),
        optIn: optIn.length === 0 ? undefined : optIn.length === present.length ? {} : rangeOf(`opt-in of ${kind} ${groupVersion}`, optIn, MINORS),
      };
    })] as const;
  });
  writeTable('api-group-table.ts', 'API_KINDS', 'ApiKindTable', './api-version-row', [
    `API versions of every kind, Kubernetes ${MINORS[0]} to ${MINORS[MINORS.length - 1]}: kinds of the API server and configuration files of its components.`,
    '',
    ...wrapWords('`optIn`: releases in which the version exists but is off: an API that needs --runtime-config, a file version behind a feature gate, '
      + 'a kubeadm version behind --allow-experimental-api. AuditPolicy, EventRateLimitConfiguration and PodTolerationRestrictionConfiguration are our '
      + 'names; in the file their kind is Policy or Configuration.'),
    '',
    ...wrapWords(`Source: k8s.io/kubernetes (${kubernetesSources()}), api/openapi-spec/swagger.json for the kinds, pkg/controlplane/instance.go for `
      + 'what is on; register.go of each configuration API in its module; cmd/kubeadm/app/util/config/common.go.'),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/api-groups.ts\`.`,
  ], rows);
  for (const minor of MINORS) {
    const served = columns.get(minor)!;
    recordKubernetesFixture(minor, 'apiVersions', [...served].flatMap(([kind, versions]) => [...versions].map(([version, optIn]) =>
      `${kind} ${version.replace(/^\//, '')}${optIn ? ' (opt-in)' : ''}`)).sort());
  }
  process.stdout.write(`${rows.length} kinds, ${rows.reduce((sum, [, versions]) => sum + versions.length, 0)} versions\n`);
}

main();
