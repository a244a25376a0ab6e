import { ETCD_FLAGS } from '../../../src/catalogue/etcd-flags';
import { GateRow, GateTable } from '../../../src/catalogue/feature-gate-row';
import { FEATURE_GATES } from '../../../src/catalogue/feature-gate-table';
import { gateProblem, gateState } from '../../../src/catalogue/feature-gates';
import { flagProblem, flagsOf, FlagTable } from '../../../src/catalogue/flag-table';
import { KUBE_APISERVER_FLAGS } from '../../../src/catalogue/kube-apiserver-flags';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from '../../../src/catalogue/kube-controller-manager-flags';
import { KUBE_PROXY_FLAGS } from '../../../src/catalogue/kube-proxy-flags';
import { KUBE_SCHEDULER_FLAGS } from '../../../src/catalogue/kube-scheduler-flags';
import { KUBELET_FLAGS } from '../../../src/catalogue/kubelet-flags';
import { compareVersions, inRange } from '../../../src/catalogue/version-range';
import { Check, failed, Outcome, passed } from '../../check';
import { Scene } from '../../scene';

const TABLES: { readonly [binary: string]: FlagTable } = {
  'kube-apiserver': KUBE_APISERVER_FLAGS,
  'kube-controller-manager': KUBE_CONTROLLER_MANAGER_FLAGS,
  'kube-scheduler': KUBE_SCHEDULER_FLAGS,
  'kubelet': KUBELET_FLAGS,
  'kube-proxy': KUBE_PROXY_FLAGS,
  'etcd': ETCD_FLAGS,
};

const GATES: GateTable = FEATURE_GATES;

/** Ends every command line that is meant to be refused: whatever comes before it was understood or is named instead. */
const END = 'no-such-flag-anywhere';

/** What a binary says to a flag it does not know: etcd parses with Go's own library, the others with pflag. */
function unknownFlag(binary: string, flag: string): string {
  return binary === 'etcd' ? `flag provided but not defined: -${flag}` : `unknown flag: --${flag}`;
}

function versionOf(scene: Scene, binary: string): string {
  return scene.binaries[binary].version.replace(/^v/, '');
}

async function output(scene: Scene, binary: string, ...args: string[]): Promise<{ code: number | null; text: string }> {
  const done = await scene.processes.run(scene.binaries[binary].path, args, { timeoutMs: 60_000 });
  return { code: done.code, text: `${done.stdout}\n${done.stderr}` };
}

/** Flags that `--help` lists. */
async function helpOf(scene: Scene, binary: string): Promise<Set<string>> {
  const { text } = await output(scene, binary, '--help');
  const flags = binary === 'etcd' ? /^ {2}--([a-z0-9-]+)/gm : /^\s+(?:-\w, )?--([a-z0-9-]+)/gm;
  // The usage of etcd lists its subcommands and short forms beside the flags.
  return new Set([...text.matchAll(flags)].map(match => match[1]));
}

/** Whether a binary knows a flag that its --help hides, as it does with deprecated ones. */
async function knows(scene: Scene, binary: string, flag: string): Promise<boolean> {
  const { code, text } = await output(scene, binary, `--${flag}=\u0001`, `--${END}`);
  return code !== 0 && !text.includes(`${unknownFlag(binary, flag)}\n`);
}

function flagsCheck(binary: string): Check {
  return {
    id: `flags-of-${binary}`,
    drill: '1',
    judge: 'component',
    component: binary,
    run: async scene => {
      const version = versionOf(scene, binary);
      const help = await helpOf(scene, binary);
      const ours = flagsOf(TABLES[binary], version);
      // The usage text of etcd 3.7.1 still names flags that the same binary refuses: asked, it decides.
      const foreign = [...help].filter(flag => !ours.includes(flag));
      const missing: string[] = [];
      for (const flag of foreign) { if (await knows(scene, binary, flag)) { missing.push(flag); } }
      const hidden = ours.filter(flag => !help.has(flag));
      const surplus: string[] = [];
      for (const flag of hidden) { if (!await knows(scene, binary, flag)) { surplus.push(flag); } }
      const figures = {
        flags_in_help: { value: help.size, unit: 'flags' },
        flags_hidden: { value: hidden.length, unit: 'flags' },
        flags_in_help_but_refused: { value: foreign.length - missing.length, unit: 'flags' },
        differences: { value: missing.length + surplus.length, unit: 'flags', goal: '0', met: missing.length + surplus.length === 0 },
      };
      if (help.size < 20) { return failed(`only ${help.size} flags found in --help of ${binary}: its form changed`, figures); }
      return missing.length + surplus.length === 0
        ? passed(`${help.size - foreign.length} flags of --help and ${hidden.length} hidden ones are the ${ours.length} of the catalogue for ${version}`, figures)
        : failed(`not in the catalogue: ${missing.join(' ') || '-'}; only in the catalogue: ${surplus.join(' ') || '-'}`, figures);
    },
  };
}

/** Gates that the static pod sets itself. */
function gatesSet(scene: Scene): Set<string> {
  const flag = scene.controlPlane.pod('kube-apiserver').argv.find(argument => argument.startsWith('--feature-gates='));
  return new Set(flag === undefined ? [] : flag.replace(/^[^=]*=/, '').split(',').map(entry => entry.split('=')[0]));
}

const gatesCheck: Check = {
  id: 'gates-of-the-running-api-server',
  drill: '2',
  judge: 'component',
  component: 'kube-apiserver',
  run: async scene => {
    const client = await scene.controlPlane.running();
    const metrics: string = (await client.get('/metrics')).body;
    client.close();
    const theirs = new Map([...metrics.matchAll(/^kubernetes_feature_enabled\{name="(\w+)",stage="(\w*)"\} ([01])$/gm)]
      .map(match => [match[1], `${match[3] === '1'} ${(match[2] || 'ga').toLowerCase()}`]));
    const version = versionOf(scene, 'kube-apiserver');
    const ours = Object.keys(GATES).filter(gate => inRange(version, GATES[gate]) && knownTo('kube-apiserver', GATES[gate]));
    const missing = [...theirs.keys()].filter(gate => !ours.includes(gate));
    const surplus = ours.filter(gate => !theirs.has(gate));
    const set = gatesSet(scene);
    const changed = ours.filter(gate => theirs.has(gate)).filter(gate => {
      const { enabled, stage } = gateState(gate, version)!;
      const [theirValue, theirStage] = theirs.get(gate)!.split(' ');
      return stage !== theirStage || (!set.has(gate) && String(enabled) !== theirValue);
    });
    const differences = missing.length + surplus.length + changed.length;
    const figures = {
      gates_served: { value: theirs.size, unit: 'gates' },
      gates_in_catalogue: { value: ours.length, unit: 'gates' },
      differences: { value: differences, unit: 'gates', goal: '0', met: differences === 0 },
    };
    if (theirs.size < 50) { return failed(`only ${theirs.size} gates in /metrics: its form changed`, figures); }
    return differences === 0
      ? passed(`${theirs.size} gates with stage and value as in the catalogue for ${version}`, figures)
      : failed(`not in the catalogue: ${missing.join(' ') || '-'}; only in the catalogue: ${surplus.join(' ') || '-'}; other stage or value: ${
        changed.map(gate => `${gate} ${theirs.get(gate)}`).join(', ') || '-'}`, figures);
  },
};

function knownTo(component: string, row: GateRow): boolean {
  return row.components === undefined || row.components.includes(component);
}

/** Flags and gates by the release that removed or locked them, newest first: the ones a user is most likely to bring along. */
function newestFirst<Row>(rows: readonly (readonly [string, Row])[], since: (row: Row) => string): string[] {
  return [...rows].sort(([a, left], [b, right]) => compareVersions(since(right), since(left)) || (a < b ? -1 : 1)).map(([name]) => name);
}

function removedFlag(binary: string, version: string): string {
  const gone = Object.entries(TABLES[binary]).filter(([, row]) => row.removed !== undefined && !inRange(version, row));
  return newestFirst(gone, row => row.removed!)[0];
}

function refusedFlag(drill: string, binary: string): Check {
  return {
    id: `removed-flag-of-${binary}-refused`,
    drill,
    judge: 'component',
    component: binary,
    run: async scene => {
      const version = versionOf(scene, binary);
      const flag = removedFlag(binary, version);
      const says = flagProblem(binary, TABLES[binary], version, flag)!;
      const done = await output(scene, binary, `--${flag}=1`);
      // The refusal has to be for this flag: the same command line with a flag inside its range must get past it.
      const control = flagsOf(TABLES[binary], version).find(each => TABLES[binary][each].kind === 'integer')!;
      const accepted = await output(scene, binary, `--${control}=1`, `--${END}`);
      return verdict(done, unknownFlag(binary, flag), says, accepted.text.includes(unknownFlag(binary, END)) ? undefined : `--${control} was refused as well`);
    },
  };
}

/** A gate outside its range, what the binary is asked, and the message that follows from the gate's row. */
interface RefusedGate { readonly gate: string; readonly value: boolean; readonly message: string }

function removedGate(_binary: string, version: string): RefusedGate {
  const gone = Object.entries(GATES).filter(([, row]) => row.removed !== undefined && !inRange(version, row));
  const gate = newestFirst(gone, row => row.removed!)[0];
  return { gate, value: true, message: `unrecognized feature gate: ${gate}` };
}

function lockedGate(binary: string, version: string): RefusedGate {
  const locked = Object.entries(GATES).filter(([, row]) => row.lockedIn !== undefined && inRange(version, row) && knownTo(binary, row));
  const gate = newestFirst(locked, row => row.lockedIn!)[0];
  const value = GATES[gate].lockedValue!;
  return { gate, value: !value, message: `cannot set feature gate ${gate} to ${!value}, feature is locked to ${value}` };
}

function foreignGate(binary: string, version: string): RefusedGate {
  const foreign = Object.entries(GATES).filter(([, row]) => inRange(version, row) && !knownTo(binary, row));
  const gate = newestFirst(foreign, row => row.history[0][0])[0];
  return { gate, value: gateState(gate, version)!.enabled, message: `unrecognized feature gate: ${gate}` };
}

function refusedGate(drill: string, id: string, binary: string, choose: (binary: string, version: string) => RefusedGate): Check {
  return {
    id,
    drill,
    judge: 'component',
    component: binary,
    run: async scene => {
      const version = versionOf(scene, binary);
      const { gate, value, message } = choose(binary, version);
      const says = gateProblem(gate, version, value, binary);
      if (says === undefined) { return failed(`the catalogue has nothing against ${gate}=${value} in ${binary} ${version}`); }
      const done = await output(scene, binary, `--feature-gates=${gate}=${value}`, '--version');
      const control = Object.entries(GATES).find(([, row]) => inRange(version, row) && row.components === undefined && row.lockedIn === undefined)![0];
      const accepted = await output(scene, binary, `--feature-gates=${control}=${gateState(control, version)!.enabled}`, '--version');
      return verdict(done, message, says, accepted.code === 0 ? undefined : `gate ${control} was refused as well`);
    },
  };
}

function verdict(done: { code: number | null; text: string }, expected: string, says: string, control: string | undefined): Outcome {
  if (control !== undefined) { return failed(control); }
  if (done.code === 0 || done.code === null) { return failed(`not refused (exit ${done.code}), although ${says}`); }
  return done.text.includes(expected)
    ? passed(`exit ${done.code}, '${expected}'; the catalogue: ${says}`)
    : failed(`ended with ${done.code}, but not with '${expected}': ${done.text.trim().split('\n').slice(-2).join(' ')}`);
}

/** Drills 1 and 2: the catalogue against the real binaries of the default release, both directions. */
export const catalogueChecks: Check[] = [...Object.keys(TABLES).map(flagsCheck), gatesCheck];

/** What lies outside its range is refused by the real binary as the catalogue says. */
export const catalogueNegatives: Check[] = [
  refusedFlag('N1', 'kube-apiserver'),
  refusedFlag('N2', 'kubelet'),
  refusedFlag('N3', 'etcd'),
  refusedGate('N4', 'removed-gate-refused', 'kube-apiserver', removedGate),
  refusedGate('N5', 'locked-gate-refused', 'kube-controller-manager', lockedGate),
  refusedGate('N6', 'gate-of-another-component-refused', 'kube-scheduler', foreignGate),
];
