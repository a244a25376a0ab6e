/**
 * Runs the scripts of this folder, so that one command adds a Kubernetes release:
 *
 *   npx tsx conformance/catalogue/extract.ts [<new minor>] [<minor>=<folder with binaries>...] [<repository>=<clone>...]
 *
 * A new minor is entered into releases.json with the newest patch release whose modules are to be had. A script whose clone is not given is
 * left out and named at the end.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FetchedCopy } from './fetched-copy';
import { Release, Releases, RELEASES_FILE } from './releases';

interface Script {
  readonly name: string;
  /** Repositories whose clones it reads, in the order of its arguments. */
  readonly clones?: readonly string[];
  /** It compares with binaries where some are given. */
  readonly binaries?: boolean;
}

/** In this order: deprecated kubelet flags name the field that replaces them. */
const SCRIPTS: readonly Script[] = [
  { name: 'kubelet-fields' },
  { name: 'configuration-fields', clones: ['kubernetes/kube-proxy'] },
  { name: 'flags', binaries: true },
  { name: 'feature-gates', binaries: true },
  { name: 'admission-plugins', binaries: true },
  { name: 'api-groups' },
  { name: 'etcd', clones: ['etcd-io/etcd'] },
  { name: 'cluster-autoscaler', clones: ['kubernetes/autoscaler'] },
  { name: 'coredns', clones: ['coredns/coredns'] },
  { name: 'node-cache', clones: ['kubernetes/dns'] },
  { name: 'felix', clones: ['projectcalico/calico'] },
  { name: 'prometheus', clones: ['prometheus/prometheus', 'prometheus/common'] },
  { name: 'thanos', clones: ['thanos-io/thanos'] },
  { name: 'fluent-bit', clones: ['fluent/fluent-bit'] },
];

/** Modules of k8s.io that the scripts read beside kubernetes itself. */
const STAGING = ['api', 'apiextensions-apiserver', 'apiserver', 'client-go', 'cloud-provider', 'component-base', 'controller-manager', 'kube-aggregator',
  'kube-scheduler', 'kubelet', 'pod-security-admission'];

const USAGE = 'usage: extract.ts [<new minor>] [<minor>=<folder with binaries>...] [<owner>/<repository>=<clone>...]';

interface Wanted { readonly minor?: string; readonly binaries: readonly string[]; readonly clones: ReadonlyMap<string, string> }

function wanted(argv: readonly string[]): Wanted {
  const known = new Set(SCRIPTS.flatMap((script) => script.clones ?? []));
  const clones = new Map<string, string>();
  const binaries: string[] = [];
  let minor: string | undefined;
  for (const each of argv) {
    const [name, folder] = each.split(/=(.*)/);
    if (/^\d+\.\d+$/.test(each) && minor === undefined) {
      minor = each;
    } else if (folder !== undefined && existsSync(folder) && /^\d+\.\d+$/.test(name)) {
      binaries.push(each);
    } else if (folder !== undefined && existsSync(folder) && known.has(name)) {
      clones.set(name, folder);
    } else {
      throw new Error(`'${each}' is neither a minor nor a folder that exists under a known name\n${USAGE}\nrepositories: ${[...known].join(', ')}`);
    }
  }
  return { minor, binaries, clones };
}

/** Patches of a minor that the module proxy lists, oldest first. */
function patches(module: string, minor: string): number[] {
  const major = module === 'kubernetes' ? 1 : 0;
  const output = execFileSync('go', ['list', '-m', '-versions', `k8s.io/${module}`], { encoding: 'utf8', cwd: '/', env: { ...process.env, GOFLAGS: '-mod=mod' } });
  return [...output.matchAll(new RegExp(`\\bv${major}\\.${minor.split('.')[1]}\\.(\\d+)(?=\\s|$)`, 'g'))].map((match) => Number(match[1]));
}

/** The newest patch of a minor, with the staging modules that lag behind it. */
function newRelease(minor: string): Release {
  const found = patches('kubernetes', minor);
  if (found.length === 0) { throw new Error(`no release of k8s.io/kubernetes ${minor} is to be had yet`); }
  const patch = Math.max(...found);
  const except: { [module: string]: number } = {};
  for (const module of STAGING) {
    const own = patches(module, minor).filter((each) => each <= patch);
    if (own.length === 0) { throw new Error(`k8s.io/${module} ${minor} is not to be had: take the minor up later`); }
    if (!own.includes(patch)) { except[module] = Math.max(...own); }
  }
  return { patch, ...Object.keys(except).length === 0 ? {} : { except } };
}

/** Newest patch of every etcd minor that the catalogue has, and of newer minors that were released. */
function newestEtcd(clone: string): { [minor: string]: number } {
  const newest: { [minor: string]: number } = {};
  for (const tag of new FetchedCopy('etcd-io/etcd', clone).tags(/^v3\.([5-9]|\d\d)\.\d+$/)) {
    const [major, minor, patch] = tag.slice(1).split('.');
    newest[`${major}.${minor}`] = Number(patch);
  }
  return newest;
}

/** Newest tag of a minor of the autoscaler, or its release branch. */
function autoscalerTag(clone: string, minor: string): string {
  const tags = new FetchedCopy('kubernetes/autoscaler', clone).tags(new RegExp(`^cluster-autoscaler-${minor.replace('.', '\\.')}\\.\\d+$`));
  return tags[tags.length - 1] ?? `cluster-autoscaler-release-${minor}`;
}

function addMinor(minor: string, clones: ReadonlyMap<string, string>): void {
  const known: Releases = JSON.parse(readFileSync(RELEASES_FILE, 'utf8'));
  if (known.kubernetes[minor] !== undefined) { throw new Error(`${minor} is in releases.json already; leave the argument out to extract everything again`); }
  const etcd = clones.get('etcd-io/etcd');
  const autoscaler = clones.get('kubernetes/autoscaler');
  const releases: Releases = {
    ...known,
    'extracted': new Date().toISOString().slice(0, 10),
    'kubernetes': { ...known.kubernetes, [minor]: newRelease(minor) },
    'etcd': etcd === undefined ? known.etcd : newestEtcd(etcd),
    'cluster-autoscaler': { ...known['cluster-autoscaler'], ...autoscaler === undefined ? {} : { [minor]: autoscalerTag(autoscaler, minor) } },
  };
  // One row a line, as it was.
  const lines = Object.entries(releases).map(([key, value]) => (typeof value === 'object' && !Array.isArray(value)
    ? `  ${JSON.stringify(key)}: {\n${Object.entries(value).map(([name, row]) => `    ${JSON.stringify(name)}: ${JSON.stringify(row)}`).join(',\n')}\n  }`
    : `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`));
  writeFileSync(RELEASES_FILE, `{\n${lines.join(',\n')}\n}\n`);
}

function main(): void {
  const { minor, binaries, clones } = wanted(process.argv.slice(2));
  if (minor !== undefined) { addMinor(minor, clones); }
  const skipped: string[] = [];
  const failed: string[] = [];
  const run = (name: string, command: string, args: readonly string[]) => {
    process.stdout.write(`== ${name}\n`);
    if (spawnSync(command, args, { stdio: 'inherit' }).status !== 0) { failed.push(name); }
  };
  for (const { name, clones: needed = [], binaries: compares } of SCRIPTS) {
    const folders = needed.map((repository) => clones.get(repository));
    if (folders.includes(undefined)) {
      skipped.push(`${name} (${needed.join(', ')})`);
      continue;
    }
    run(name, process.execPath, [...process.execArgv, join(__dirname, `${name}.ts`), ...folders as string[], ...compares ? binaries : []]);
  }
  if (minor !== undefined) { run('schemas', process.execPath, [join(__dirname, '../../test/fixtures/upstream/extract/schemas.js'), minor]); }
  if (skipped.length > 0) { process.stdout.write(`left out, a clone is missing: ${skipped.join('; ')}\n`); }
  if (failed.length > 0) { process.stdout.write(`failed or disagreed: ${failed.join(', ')}\n`); process.exitCode = 1; }
}

main();
