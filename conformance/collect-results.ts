import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Figure, Result, verdict } from './results';

/**
 * Figures of several runs of one area, as they are committed: of each number the median, the range and all values.
 *
 *   npx tsx --tsconfig tsconfig.check.json conformance/collect-results.ts AREA "command" "what ran beside" RUN.json ...
 */
const [area, command, beside, ...files] = process.argv.slice(2);
if (files.length === 0) {
  process.stderr.write('usage: collect-results.ts AREA COMMAND BESIDE RESULTS.json...\n');
  process.exit(64);
}

const runs: Result[][] = files.map(file => (JSON.parse(fs.readFileSync(file, 'utf8')) as Result[]).filter(result => result.area === area));
const ids = [...new Set(runs.flat().map(result => result.id))];

function spread(figures: Figure[]): object {
  const { unit, goal } = figures[0];
  const values = figures.map(figure => figure.value);
  const numbers = values.filter((value): value is number => typeof value === 'number').sort((a, b) => a - b);
  // The median is a value that was measured: of an even count the lower of the two in the middle.
  const range = numbers.length === values.length ? { median: numbers[Math.floor((numbers.length - 1) / 2)], min: numbers[0], max: numbers.at(-1) } : {};
  const met = goal === undefined ? {} : { goal, met: `${figures.filter(figure => figure.met).length} of ${figures.length}` };
  return { ...range, values, unit, ...met };
}

const checks = ids.map(id => {
  const results = runs.flatMap(run => run.filter(result => result.id === id));
  const ran = results.filter(result => !result.skipped);
  const last = ran.at(-1) ?? results.at(-1)!;
  const names = [...new Set(ran.flatMap(result => Object.keys(result.figures)))];
  return {
    id,
    drill: last.drill,
    judge: last.judge,
    component: last.component,
    version: last.version,
    negative: last.negative,
    verdicts: results.map(verdict),
    seconds: ran.map(result => Math.round(result.seconds)),
    figures: Object.fromEntries(names.map(name => [name, spread(ran.flatMap(result => result.figures[name] ?? []))])),
    message: last.message.split('\n')[0],
  };
});

const versions = Object.fromEntries(runs.flat().filter(result => result.version !== '').map(result => [result.component, result.version]).sort());
const machine = `${os.cpus().length} cores, ${Math.round(os.totalmem() / 1024 ** 3)} GiB; ${beside}`;
const target = path.join(__dirname, '..', 'docs', 'results', `${area}.json`);
fs.writeFileSync(target, `${JSON.stringify({ command, runs: runs.length, machine, versions, checks }, undefined, 2)}\n`);
process.stdout.write(`${target}: ${checks.length} checks of ${runs.length} runs\n`);
