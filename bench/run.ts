import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { compiledPrograms } from './compiled-programs';
import { growthExponent } from './growth';
import { Cost, measured, median } from './measured-child';

/** A measured value and what it should be. A missed goal is shown, it does not fail the run: machines differ. */
interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly goal?: number;
  readonly met?: boolean;
}

const RUNS = 5;
const SIZES = [200, 1200, 5000, 15000];
const root = resolve(__dirname, '..');
const out = join(__dirname, 'out');
const programs = compiledPrograms(root, join(out, 'programs'), ['examples/thousand-node', 'bench']);
const env = { BENCH_LIB: join(root, 'lib'), BENCH_EXAMPLES: join(programs, 'examples') };
const figures: { [name: string]: Figure } = {};

function figure(name: string, value: number, unit: string, goal?: number): void {
  figures[name] = { value: Number(value.toPrecision(3)), unit, ...(goal === undefined ? {} : { goal, met: value <= goal }) };
  const verdict = goal === undefined ? '' : `goal ${goal}  ${value <= goal ? 'met' : 'MISSED'}`;
  console.log(`  ${name.padEnd(44)} ${String(figures[name].value).padStart(8)} ${unit.padEnd(4)} ${verdict}`);
}

const runs = (args: string[], cwd = root): Cost[] => Array.from({ length: RUNS }, () => measured(args, cwd, env));
const reported = (costs: Cost[], name: string) => median(costs.map(cost => cost.report[name]));

console.log(`Median of ${RUNS} runs, each in a process of its own; CPU is user and system time.\n`);
const main = join(programs, 'examples/thousand-node/main.js');
measured([main], root, env); // Files of the disk cache: what is cold is the process, not the machine.
const reference = runs([main]);
console.log('Reference bundle (examples/thousand-node: manifests, two host trees)');
figure('reference/cpu', median(reference.map(cost => cost.cpu)), 's', 1.0);
figure('reference/peak-memory', median(reference.map(cost => cost.peakMemory)), 'MiB');
// What `cdk8s synth` starts. The loader translates in a process of its own, whose time is not in here.
figure('reference/cpu, with the TypeScript loader', median(runs(['--import', 'tsx', 'examples/thousand-node/main.ts']).map(cost => cost.cpu)), 's');
const phases = runs([join(programs, 'bench/phases.js')]);
const PHASES: { [phase: string]: string } = {
  start: 'node itself', frameworks: 'load cdk8s and cdk8s-plus-24', library: 'load this library', construct: 'build the tree', synth: 'write manifests', host: 'write host files',
};
for (const [phase, what] of Object.entries(PHASES)) { figure(`reference/phase: ${what}`, reported(phases, phase), 's'); }

console.log('\nOne object per node in one chart, without loading');
const points = SIZES.map((size) => {
  const costs = runs([join(programs, 'bench/per-node.js'), String(size)]);
  const cost = reported(costs, 'total');
  figure(`per-node/${size}/cpu`, cost, 's');
  figure(`per-node/${size}/peak-memory`, median(costs.map(c => c.peakMemory)), 'MiB');
  return { size, cost };
});
figure('per-node/growth-exponent', growthExponent(points), '', 1.1);
figure('per-node/growth-exponent, two largest', growthExponent(points.slice(-2)), '');

const version = (name: string) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
const results = {
  command: 'npm run bench',
  runs: RUNS,
  machine: `${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB`,
  versions: { node: process.versions.node, ...Object.fromEntries(['cdk8s', 'cdk8s-plus-24', 'constructs', 'typescript'].map(name => [name, version(name)])) },
  figures,
};
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'results.json.part'), `${JSON.stringify(results, undefined, 2)}\n`);
renameSync(join(out, 'results.json.part'), join(out, 'results.json'));
rmSync(programs, { recursive: true });
console.log('\nbench/out/results.json');
