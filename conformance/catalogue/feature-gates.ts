/**
 * Extracts the feature gates of the Kubernetes components:
 *
 *   npx tsx conformance/catalogue/feature-gates.ts [<minor>=<folder>...]
 *
 * A folder holds kube-apiserver, kube-controller-manager and kube-scheduler of that minor; each is asked about every gate, removed
 * ones included, with both values. Which components know a gate is taken from the newest release.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { binaryFolders, EXTRACTED, inModule, kubernetesModule, kubernetesSources, MINORS } from './releases';
import { rangeOf, recordKubernetesFixture, wrapWords, writeTable } from './table-file';

interface Specification {
  readonly version?: string;
  readonly minCompatibility?: string;
  readonly default: boolean;
  readonly locked: boolean;
  readonly stage: string;
}

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

const FILES: { readonly [module: string]: readonly string[] } = {
  'kubernetes': ['pkg/features/kube_features.go', 'pkg/features/versioned_kube_features.go'],
  'apiserver': ['pkg/features/kube_features.go'],
  'component-base': ['featuregate/feature_gate.go', 'metrics/features/kube_features.go', 'logs/kube_features.go', 'logs/api/v1/kube_features.go',
    'zpages/features/kube_features.go'],
  'controller-manager': ['pkg/features/kube_features.go'],
  'apiextensions-apiserver': ['pkg/features/kube_features.go'],
  'client-go': ['features/known_features.go'],
};

function number(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return major * 1000 + minor;
}

/** What each gate is in a release: the newest of its specifications that is not from a later release. */
function gatesOf(minor: string): Map<string, Specification> {
  const files = Object.entries(FILES).flatMap(([module, paths]) => {
    // Registered in the gate of all binaries only since 1.30; before, these were environment variables of the client library.
    if (module === 'client-go' && number(minor) < number('1.30')) { return []; }
    return inModule(kubernetesModule(module, minor), ...paths);
  });
  const output = execFileSync('go', ['run', join(__dirname, 'upstream/gates.go'), '--', ...files], { encoding: 'utf8', maxBuffer: 300e6 });
  const gates = new Map<string, Specification>();
  for (const { name, specifications } of JSON.parse(output) as { name: string; specifications: Specification[] }[]) {
    // Unless told otherwise a component stays compatible with the release before its own.
    const current = specifications.filter((each) => (each.version === undefined || number(each.version) <= number(minor))
      && (each.minCompatibility === undefined || number(each.minCompatibility) < number(minor)));
    if (current.length > 0) { gates.set(name, current[current.length - 1]); }
  }
  return gates;
}

/** What a binary says to one gate: the error, or undefined when it takes it. */
function refusal(binary: string, gate: string, value: boolean): string | undefined {
  const run = spawnSync(binary, [`--feature-gates=${gate}=${value}`, '--version'], { encoding: 'utf8', timeout: 20_000 });
  const lines = run.stderr.trim().split('\n');
  // Older releases print their usage after the reason.
  return run.status === 0 ? undefined : /err="(.*?)"\n/.exec(run.stderr)?.[1] ?? lines.find((line) => line.includes('feature gate')) ?? lines.pop();
}

function main(): void {
  const newestRelease = MINORS[MINORS.length - 1];
  const columns = new Map(MINORS.map((minor) => [minor, gatesOf(minor)]));
  const newest = columns.get(newestRelease)!;
  const names = [...new Set(MINORS.flatMap((minor) => [...columns.get(minor)!.keys()]))].sort();
  const components = new Map<string, string[]>();
  for (const { minor, folder } of binaryFolders()) {
    const column = columns.get(minor)!;
    const present = COMPONENTS.filter((component) => existsSync(join(folder, component)));
    let disagreements = 0;
    for (const name of names) {
      const accepting = present.filter((component) => refusal(join(folder, component), name, column.get(name)?.default ?? true) === undefined);
      if (minor === newestRelease && accepting.length < present.length && accepting.length > 0) { components.set(name, accepting); }
      const locked = column.get(name)?.locked === true;
      const opposite = accepting.length > 0 && column.has(name) ? refusal(join(folder, accepting[0]), name, !column.get(name)!.default) : undefined;
      if ((accepting.length > 0) !== column.has(name) || (opposite?.includes('locked') ?? false) !== locked) {
        process.stdout.write(`${minor} ${name}: accepted by ${accepting.join(' ') || 'none'}, other value: ${opposite ?? 'accepted'}; `
          + `source: ${JSON.stringify(column.get(name))}\n`);
        disagreements += 1;
      }
    }
    process.stdout.write(`${minor}: asked ${present.join(', ')} about ${names.length} gates: ${disagreements} disagreements\n`);
  }
  const rows = names.map((name) => {
    const present = MINORS.filter((minor) => columns.get(minor)!.has(name));
    const history: [string, boolean, string][] = [];
    let lockedIn: string | undefined;
    for (const minor of present) {
      const { default: value, locked, stage } = columns.get(minor)!.get(name)!;
      const entry: [string, boolean, string] = [minor, value, stage.toLowerCase()];
      const before = history[history.length - 1];
      if (before === undefined || before[1] !== entry[1] || before[2] !== entry[2]) { history.push(entry); }
      if (locked && lockedIn === undefined) { lockedIn = minor; }
      if (!locked && lockedIn !== undefined) { process.stdout.write(`${name}: unlocked again in ${minor}\n`); lockedIn = undefined; }
    }
    return [name, {
      ...rangeOf(name, present, MINORS),
      lockedIn,
      lockedValue: lockedIn === undefined ? undefined : history[history.length - 1][1],
      components: components.get(name),
      history,
    }] as const;
  });
  writeTable('feature-gate-table.ts', 'FEATURE_GATES', 'GateTable', './feature-gate-row', [
    `Feature gates of the Kubernetes components, ${MINORS[0]} to ${newestRelease}.`,
    '',
    ...wrapWords('`history`: [release, default, stage] at each change; the first entry of a gate without `added` says what it was in 1.22. '
      + '`components`: the binaries that know it, where not all three of API server, controller manager and scheduler do (asked of the newest release). '
      + 'A component may start with another default than the one listed.'),
    '',
    ...wrapWords(`Source: Go modules k8s.io/{${Object.keys(FILES).join(',')}} (${kubernetesSources()}; exceptions in releases.ts), `
      + 'kube_features.go and the like parsed, not built.'),
    '',
    ...wrapWords(`Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/feature-gates.ts\`; API server, controller manager and scheduler `
      + `of ${binaryFolders().map(({ minor }) => minor).join(' and ')} were asked about every name of this table, removed ones included, with both values.`),
  ], rows);
  for (const minor of MINORS) {
    recordKubernetesFixture(minor, 'featureGates', [...columns.get(minor)!].map(([name, gate]) =>
      `${name} ${gate.default} ${gate.stage.toLowerCase()}${gate.locked ? ' locked' : ''}`).sort());
  }
  process.stdout.write(`${rows.length} gates, ${newest.size} in ${newestRelease}\n`);
}

main();
