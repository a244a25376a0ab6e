/**
 * Extracts the flag table of Cluster Autoscaler, whose minor is that of Kubernetes:
 *
 *   npx tsx conformance/catalogue/cluster-autoscaler.ts <clone of kubernetes/autoscaler>
 */
import { argument, FetchedCopy } from './fetched-copy';
import { Declaration, declarations, kindOf } from './flag-declarations';
import { POLICIES } from './flag-policies';
import { EXTRACTED, inModule, kubernetesModule, moduleFolder, RELEASES } from './releases';
import { rangeOf, recordFixture, wrapWords, writeTable } from './table-file';

const TAGS = RELEASES['cluster-autoscaler'];

const MINORS = Object.keys(TAGS);

/** Released minors; a branch stands in where a minor had no tag yet. */
const TAGGED = Object.values(TAGS).filter((tag) => /\d+\.\d+\.\d+$/.test(tag));
const BRANCHES = Object.values(TAGS).filter((tag) => !TAGGED.includes(tag));

/** Where the deprecation text names no successor. */
const REPLACEMENTS: { readonly [flag: string]: string } = {
  'ignore-taint': 'startup-taint',
  'max-empty-bulk-delete': 'max-scale-down-parallelism',
};

function declared(copy: FetchedCopy, minor: string): Declaration[] {
  const tag = TAGS[minor];
  const files = ['main.go', 'simulator/cluster.go', 'config/flags/flags.go', 'go.mod'].map((file) => `cluster-autoscaler/${file}`);
  const folder = copy.checkout(tag, ...files);
  const klog = /k8s\.io\/klog\/v2 (v[\d.]+)/.exec(copy.file(tag, 'cluster-autoscaler/go.mod')!)![1];
  const entry = copy.file(tag, 'cluster-autoscaler/main.go')!;
  const base = kubernetesModule('component-base', minor);
  return declarations([
    ...files.slice(0, 3).map((file) => `${folder}/${file}`),
    `${moduleFolder('k8s.io/klog/v2', klog)}/klog.go`,
    ...inModule(base, 'config/options/leaderelectionconfig.go'),
    ...entry.includes('logsapi.AddFlags') ? inModule(base, 'logs/api/v1/options.go') : [],
  ]).filter((each) => !each.name.startsWith('?') && !/AddGoFlags|VersionVar/.test(each.function));
}

interface Flag { readonly kind: string; readonly repeated: boolean; readonly deprecated: boolean }

function flagsOf(copy: FetchedCopy, minor: string): Map<string, Flag> {
  const flags = new Map<string, Flag>([['feature-gates', { kind: 'map', repeated: false, deprecated: false }]]);
  for (const declaration of declared(copy, minor)) {
    const name = declaration.name.replaceAll('_', '-');
    const known = flags.get(name);
    const deprecated = declaration.deprecated !== undefined || /deprecated/i.test(declaration.usage ?? '');
    if (known !== undefined && name !== 'v') { continue; }
    flags.set(name, { kind: kindOf(name, declaration), repeated: declaration.method === 'multiStringFlag', deprecated });
  }
  return flags;
}

function main(): void {
  const copy = new FetchedCopy('kubernetes/autoscaler', argument(0, 'clone of kubernetes/autoscaler with tags'));
  const columns = new Map(MINORS.map((minor) => [minor, flagsOf(copy, minor)]));
  const names = [...new Set(MINORS.flatMap((minor) => [...columns.get(minor)!.keys()]))].sort();
  const rows = names.map((name) => {
    const present = MINORS.filter((minor) => columns.get(minor)!.has(name));
    const latest = columns.get(present[present.length - 1])!.get(name)!;
    const deprecatedIn = latest.deprecated ? present.find((minor) => columns.get(minor)!.get(name)!.deprecated) : undefined;
    return [name, {
      kind: latest.kind,
      repeated: latest.repeated ? true : undefined,
      policy: POLICIES['cluster-autoscaler'](name),
      ...rangeOf(`cluster-autoscaler --${name}`, present, MINORS),
      deprecatedIn,
      replacedBy: REPLACEMENTS[name],
    }] as const;
  });
  writeTable('cluster-autoscaler-flags.ts', 'CLUSTER_AUTOSCALER_FLAGS', 'FlagTable', './flag-table', [
    'Flags of Cluster Autoscaler by its minor, which is the Kubernetes minor it is built for.',
    '',
    ...wrapWords(`Source: kubernetes/autoscaler, newest tag of each minor (${TAGGED.join(', ').replaceAll('cluster-autoscaler-', '')}) `
      + `${BRANCHES.map((branch) => `and branch ${branch}`).join(' ')}; main.go, simulator/cluster.go and config/flags/flags.go parsed, not built. Added from the libraries it links: `
      + 'klog, leader election, logging, feature gates. Not included: flags that a cloud provider\'s own library registers (GCE load balancer ranges).'),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/cluster-autoscaler.ts\`; no binary to compare with.`,
  ], rows);
  for (const minor of MINORS) { recordFixture(`cluster-autoscaler/${minor}`, copy.source(TAGS[minor]), 'flags.cluster-autoscaler', [...columns.get(minor)!.keys()].sort()); }
  process.stdout.write(`cluster-autoscaler: ${rows.length} rows, ${columns.get(MINORS[MINORS.length - 1])!.size} in ${MINORS[MINORS.length - 1]}\n`);
}

main();
