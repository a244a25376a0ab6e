import { spawnSync } from 'node:child_process';

/** What a process took, from its start to its end. */
export interface Cost {
  /** User and system time of the process itself. Unit: seconds. */
  readonly cpu: number;
  /** Unit: MiB. */
  readonly peakMemory: number;
  /** What the program reported of itself, see `REPORT`. */
  readonly report: { readonly [name: string]: number };
}

/** Programs leave figures of their own here: `globalThis.benchReport = { ... }`. */
export const REPORT = 'benchReport';

// Loaded before the program. It writes to a descriptor of its own, since the program's output is not ours.
const AT_EXIT = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  process.once('exit', () => writeSync(3, JSON.stringify({ usage: process.resourceUsage(), report: globalThis.${REPORT} ?? {} })));
`)}`;

/** Run a program in a process of its own and wait for it. */
export function measured(nodeArguments: string[], cwd: string, env: { [name: string]: string } = {}): Cost {
  const run = spawnSync(process.execPath, ['--import', AT_EXIT, ...nodeArguments], {
    cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 1024 * 1024,
  });
  if (run.status !== 0) { throw new Error(`${nodeArguments.join(' ')} failed:\n${run.stderr}`); }
  const { usage, report } = JSON.parse(run.output[3]!);
  return { cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6, peakMemory: usage.maxRSS / 1024, report };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
