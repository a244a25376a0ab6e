import { IConstruct } from 'constructs';

// Host files are written by an explicit call (HostFiles.of(scope).write), because `cdk8s synth` owns only dist/. Somebody who adds an
// EtcdCluster to an app and forgets the call would get half of it and no sign; so an app that was synthesised with unwritten host files
// says so once, when the process ends.

interface TreeState {
  synthesised: boolean;
  written: boolean;
  count: number;
}

const STATES = new WeakMap<IConstruct, TreeState>();
const ALL_STATES: TreeState[] = [];

/** Register a host artefact with its app. */
export function markHostTree(artefact: IConstruct): void {
  const root = artefact.node.root;
  const state = STATES.get(root) ?? begin(root);
  state.count++;
}

/** The host files of this app were written, or deliberately left out. */
export function hostTreeWritten(scope: IConstruct): void {
  const state = STATES.get(scope.node.root);
  if (state) { state.written = true; }
}

/** The sentence for an app whose host files nobody wrote; undefined when there is nothing to say. */
export function unwrittenHostFiles(scope: IConstruct): string | undefined {
  const state = STATES.get(scope.node.root);
  return state && reminder(state);
}

function begin(root: IConstruct): TreeState {
  const state: TreeState = { synthesised: false, written: false, count: 0 };
  // One listener for the process, however many apps it builds (a test suite builds hundreds).
  if (ALL_STATES.length === 0) { process.once('exit', remindAtExit); }
  STATES.set(root, state);
  ALL_STATES.push(state);
  // A validation is the only hook that cdk8s calls at synth.
  root.node.addValidation({ validate: () => { state.synthesised = true; return []; } });
  return state;
}

function reminder(state: TreeState): string | undefined {
  if (!state.synthesised || state.written) { return undefined; }
  return `cdk8s-thousand-node: ${state.count} host artefacts of an app were not written; call HostFiles.of(scope).write(dir, installer), or HostFiles.of(scope).leaveOut()`;
}

function remindAtExit(): void {
  for (const sentence of new Set(ALL_STATES.flatMap(state => reminder(state) ?? []))) { process.stderr.write(`${sentence}\n`); }
}
