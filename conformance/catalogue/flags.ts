/**
 * Extracts the flag tables of the Kubernetes components:
 *
 *   npx tsx conformance/catalogue/flags.ts [<minor>=<folder>...]
 *
 * A folder holds kube-apiserver, kube-controller-manager, kube-scheduler, kubelet or kube-proxy of that minor; their `--help` must then list exactly
 * the flags of its column.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Declaration, declarations, KINDS, kindOf } from './flag-declarations';
import { POLICIES, REPLACEMENTS } from './flag-policies';
import { kubeletFields } from './kubelet-fields';
import { binaryFolders, EXTRACTED, inModule, kubernetesModule, kubernetesSources, MINORS, moduleFolder } from './releases';
import { rangeOf, recordKubernetesFixture, wrapWords, writeTable } from './table-file';

interface Flag { readonly kind: string; readonly repeated: boolean; readonly deprecated: boolean; readonly successor?: string }

/** Names that upstream takes from a constant of another module. */
const ALIASES: { readonly [expression: string]: string } = {
  '?cadvisorflags.HousekeepingInterval': 'housekeeping-interval',
};

/** Files that declare the flags of all components: logging, metrics, feature gates. */
function sharedPaths(minor: string): string[] {
  const base = kubernetesModule('component-base', minor);
  const paths = inModule(base, 'metrics/options.go', 'logs/config.go', 'logs/options.go', 'logs/api/v1/options.go', 'compatibility/registry.go',
    'featuregate/registry.go');
  paths.push(...inModule(kubernetesModule('apiserver', minor), 'pkg/util/version/registry.go'));
  return [...paths, ...klogPaths(minor)];
}

/** Until 1.25 all flags of the logging library were flags of the components. */
function klogPaths(minor: string): string[] {
  if (MINORS.indexOf(minor) >= MINORS.indexOf('1.26')) { return []; }
  const requirements = readFileSync(`${kubernetesModule('component-base', minor)}/go.mod`, 'utf8');
  const version = /k8s\.io\/klog\/v2 (v[\d.]+)/.exec(requirements)![1];
  return [`${moduleFolder('k8s.io/klog/v2', version)}/klog.go`];
}

const EVERYWHERE = ['help', 'version', 'feature-gates', 'v', 'vmodule', 'log-flush-frequency'];

const COMPONENTS: { readonly [component: string]: (minor: string) => Declaration[] } = {
  'kube-apiserver': (minor) => {
    const kubernetes = kubernetesModule('kubernetes', minor);
    const found = declarations([
      ...inModule(kubernetes, 'cmd/kube-apiserver/app/options', 'pkg/controlplane/apiserver/options', 'pkg/kubeapiserver/options',
        'plugin/pkg/admission/defaulttolerationseconds'),
      ...inModule(kubernetesModule('apiserver', minor), 'pkg/server/options'),
      ...sharedPaths(minor),
    ]);
    // Delegated authentication, kubeconfig of the own API and the insecure port belong to other servers built on the same library.
    const foreign = /^(Delegating|CoreAPI|Recommended|DeprecatedInsecure)/;
    return found.filter((each) => !foreign.test(each.function)).flatMap((each) => each.name.startsWith('audit-%s-')
      ? ['log', 'webhook'].map((plugin) => ({ ...each, name: each.name.replace('%s', plugin) })) : [each]);
  },
  'kube-controller-manager': (minor) => {
    const kubernetes = kubernetesModule('kubernetes', minor);
    const manager = kubernetesModule('controller-manager', minor);
    const options = `${kubernetes}/cmd/kube-controller-manager/app/options`;
    const services = /s\.ServiceController\.AddFlags/.test(readFileSync(`${options}/options.go`, 'utf8'));
    return declarations([
      options,
      ...inModule(kubernetes, 'cmd/kube-controller-manager/app/flags_providers.go'),
      ...inModule(manager, 'options', 'pkg/leadermigration/options'),
      ...inModule(kubernetesModule('cloud-provider', minor), 'options/kubecloudshared.go', 'options/cloudprovider.go',
        ...services ? ['options/servicecontroller.go'] : []),
      ...inModule(kubernetesModule('component-base', minor), 'config/options/leaderelectionconfig.go'),
      ...delegatedPaths(minor),
      ...sharedPaths(minor),
    ]).filter(delegated);
  },
  'kube-scheduler': (minor) => declarations([
    `${kubernetesModule('kubernetes', minor)}/cmd/kube-scheduler/app/options`,
    ...inModule(kubernetesModule('component-base', minor), 'config/options/leaderelectionconfig.go'),
    ...delegatedPaths(minor),
    ...sharedPaths(minor),
  ]).filter(delegated),
  'kubelet': (minor) => {
    const kubernetes = kubernetesModule('kubernetes', minor);
    const base = kubernetesModule('component-base', minor);
    const files = ['container_runtime.go', 'globalflags.go', 'globalflags_linux.go', 'globalflags_providers.go', 'options.go', 'osflags_others.go'];
    return declarations([
      ...inModule(kubernetes, ...files.map((file) => `cmd/kubelet/app/options/${file}`), 'pkg/kubelet/config/flags.go'),
      ...inModule(base, 'logs/config.go', 'logs/options.go', 'logs/api/v1/options.go'),
      ...klogPaths(minor),
    ]);
  },
  'kube-proxy': (minor) => {
    const options = `${kubernetesModule('kubernetes', minor)}/cmd/kube-proxy/app`;
    const own = inModule(options, 'server.go', 'options.go');
    const logging = own.some((file) => readFileSync(file, 'utf8').includes('logsapi.AddFlags'));
    const found = declarations([
      ...own,
      ...logging ? inModule(kubernetesModule('component-base', minor), 'logs/api/v1/options.go') : [],
      ...klogPaths(minor),
    ]);
    // Flags of the library for machine properties, as long as kube-proxy linked it: its whole global flag set is taken over.
    const linked = inModule(options, 'server_others.go', 'server_linux.go').some((file) => readFileSync(file, 'utf8').includes('google/cadvisor/machine'));
    const inherited = linked ? ['boot-id-file', 'machine-id-file'] : [];
    return [...found, ...inherited.map((name) => ({ file: '', function: '', name, method: 'String' }))];
  },
};

/** Serving, authentication and authorisation as controller manager and scheduler use them. */
function delegatedPaths(minor: string): string[] {
  return inModule(kubernetesModule('apiserver', minor), 'pkg/server/options/serving.go', 'pkg/server/options/authentication.go',
    'pkg/server/options/authorization.go');
}

function delegated(declaration: Declaration): boolean {
  return !declaration.function.startsWith('ServerRunOptions');
}

/** Not flags, or declared by files of which only a part is used. */
function isFlag(component: string, declaration: Declaration): boolean {
  return !declaration.name.startsWith('?') && declaration.name !== 'text'
    && (!declaration.file.includes('/defaulttolerationseconds/') || declaration.name.startsWith('default-'))
    && !(component === 'kubelet' && declaration.function.startsWith('Options.') && declaration.file.includes('/metrics/'))
    && !(declaration.file.includes('/klog') && !/InitFlags|init/.test(declaration.function));
}

function flagsOf(component: string, minor: string): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const name of EVERYWHERE) {
    flags.set(name, { kind: name === 'help' ? 'boolean' : KINDS[name] ?? 'duration', repeated: false, deprecated: false });
  }
  for (const raw of COMPONENTS[component](minor)) {
    const declaration = { ...raw, name: (ALIASES[raw.name] ?? raw.name).replaceAll('_', '-') };
    if (!isFlag(component, declaration)) { continue; }
    const name = declaration.name;
    const logging = ['v', 'vmodule', 'log-flush-frequency'].includes(name) || declaration.file.includes('/logs/');
    const deprecated = declaration.deprecated !== undefined || declaration.method === 'registerDeprecated' || /^DEPRECATED/i.test(declaration.usage ?? '')
      || (component === 'kubelet' && declaration.function === 'AddKubeletConfigFlags' && !logging)
      || (declaration.file.includes('/klog/') && !logging && minor !== '1.22');
    flags.set(name, { kind: kindOf(name, declaration), repeated: /^StringArray/.test(declaration.method) || /NoSplit|NewNamedCertKeyArray/.test(declaration.value ?? ''), deprecated, successor: successorOf(declaration) });
  }
  return flags;
}

/** The flag or setting that a deprecated flag's own text or target names. */
function successorOf(declaration: Declaration): string | undefined {
  const text = declaration.deprecated ?? (/^DEPRECATED/i.test(declaration.usage ?? '') ? declaration.usage! : '');
  const named = /(?:\buse|\bsee|in favou?r of|replaced (?:by|with)|instead use)\s+(?:the\s+)?(?:flag\s+)?[`'"]?--([a-z0-9-]+)/i.exec(text);
  if (named !== null && named[1] !== declaration.name && named[1] !== 'config') { return named[1]; }
  const target = /&c\.([\w.]+)/.exec(declaration.value ?? '');
  if (declaration.function !== 'AddKubeletConfigFlags' || target === null) { return undefined; }
  const field = kubeletFieldPaths().get(target[1].replace(/\.Duration$/, '').toLowerCase());
  return field === undefined || field.startsWith('logging') ? undefined : `KubeletConfiguration.${field}`;
}

let paths: Map<string, string> | undefined;

/** Path in the file by the path in Go, small letters: the internal type spells a few fields otherwise. */
function kubeletFieldPaths(): Map<string, string> {
  paths ??= new Map([...MINORS].flatMap((minor) => kubeletFields(minor).map((field): [string, string] => [field.goPath.toLowerCase(), field.path])));
  return paths;
}

/** Flags that the `--help` of a binary lists. */
function helpOf(binary: string): Set<string> {
  const output = execFileSync(binary, ['--help'], { encoding: 'utf8', maxBuffer: 300e6 });
  return new Set([...output.matchAll(/^\s+(?:-\w, )?--([a-z0-9-]+)/gm)].map((match) => match[1]));
}

function main(): void {
  for (const component of Object.keys(COMPONENTS)) {
    const columns = new Map(MINORS.map((minor) => [minor, flagsOf(component, minor)]));
    const compared = binaryFolders().filter(({ folder }) => existsSync(join(folder, component)));
    for (const { minor, folder } of compared) {
      const help = helpOf(join(folder, component));
      const column = columns.get(minor)!;
      // pflag hides deprecated flags from --help.
      const missing = [...help].filter((flag) => !column.has(flag));
      const surplus = [...column].filter(([flag, row]) => !help.has(flag) && !row.deprecated).map(([flag]) => flag);
      process.stdout.write(`${component} ${minor}: ${help.size} flags in --help, missing here: ${missing.join(' ') || '-'}, only here: ${surplus.join(' ') || '-'}\n`);
      if (missing.length > 0 || surplus.length > 0) { process.exitCode = 1; }
    }
    const verified = compared.length === 0 ? 'source only'
      : `--help of the binary of ${compared.map(({ minor }) => minor).join(' and ')} compared in both directions`;
    const names = [...new Set(MINORS.flatMap((minor) => [...columns.get(minor)!.keys()]))].sort();
    const rows = names.map((name) => {
      const present = MINORS.filter((minor) => columns.get(minor)!.has(name));
      const latest = columns.get(present[present.length - 1])!.get(name)!;
      const kinds = new Set(present.map((minor) => columns.get(minor)!.get(name)!.kind));
      if (kinds.size > 1) { process.stdout.write(`${component} --${name}: kinds ${[...kinds].join(', ')}\n`); }
      const deprecatedIn = latest.deprecated ? present.find((minor) => present.slice(present.indexOf(minor))
        .every((each) => columns.get(each)!.get(name)!.deprecated)) : undefined;
      return [name, {
        kind: latest.kind,
        ...latest.repeated ? { repeated: true } : {},
        policy: POLICIES[component](name) ?? (component === 'kubelet' && latest.successor?.startsWith('Kubelet') ? 'denied' : undefined),
        ...rangeOf(`${component} --${name}`, present, MINORS),
        deprecatedIn,
        replacedBy: REPLACEMENTS[component]?.[name] ?? (deprecatedIn === undefined ? undefined : latest.successor),
      }] as const;
    });
    const newestRelease = MINORS[MINORS.length - 1];
    process.stdout.write(`${component}: ${rows.length} rows, ${columns.get(newestRelease)!.size} in ${newestRelease}\n`);
    writeTable(`${component}-flags.ts`, `${component.toUpperCase().replaceAll('-', '_')}_FLAGS`, 'FlagTable', './flag-table', [
      `Flags of ${component} for Kubernetes ${MINORS[0]} to ${newestRelease}, deprecated and hidden ones included.`,
      '',
      ...wrapWords(`Source: Go modules k8s.io/kubernetes and staging modules of the same patch release (${kubernetesSources()}; `
        + 'exceptions in releases.ts), flag declarations parsed, not built. A flag added or removed between two patch releases of one minor '
        + 'counts for the whole minor. `deprecatedIn: \'1.22\'` means 1.22 or earlier.'),
      '',
      `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/flags.ts\`; ${verified}.`,
    ], rows);
    for (const minor of MINORS) { recordKubernetesFixture(minor, `flags.${component}`, [...columns.get(minor)!.keys()].sort()); }
  }
}

main();
