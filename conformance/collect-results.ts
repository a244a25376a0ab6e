import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Figure, Result, verdict } from './results';

/**
 * Figures of several runs of one area, as they are committed: of each number the median, the range and all values.
 *
 *   npx tsx --tsconfig tsconfig.check.json conformance/collect-results.ts AREA "command" "what ran beside" FORM=RUN.json ...
 *
 * FORM is `short`, `normal` or `full`: the sizes of a drill differ, so its figures are kept apart. A file holds the results of a run, or one of them.
 */
const [area, command, beside, ...given] = process.argv.slice(2);
if (given.length === 0 || given.some(word => !/^(short|normal|full)=/.test(word))) {
  process.stderr.write('usage: collect-results.ts AREA COMMAND BESIDE FORM=RESULTS.json...\n');
  process.exit(64);
}

/** A result and the form of its run. */
interface Ran extends Result { readonly form: string }

const results: Ran[] = given.flatMap(word => {
  const [form, file] = [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)];
  return [JSON.parse(fs.readFileSync(file, 'utf8')) as Result | Result[]].flat().filter(result => result.area === area && !result.skipped).map(result => ({ ...result, form }));
});
const keyOf = (result: Ran) => `${result.id} ${result.form}`;
const keys = [...new Set(results.map(keyOf))];

function spread(figures: Figure[]): object {
  const { unit, goal } = figures[0];
  const values = figures.map(figure => figure.value);
  const numbers = values.filter((value): value is number => typeof value === 'number').sort((a, b) => a - b);
  // The median is a value that was measured: of an even count the lower of the two in the middle.
  const range = numbers.length === values.length ? { median: numbers[Math.floor((numbers.length - 1) / 2)], min: numbers[0], max: numbers.at(-1) } : {};
  const met = goal === undefined ? {} : { goal, met: `${figures.filter(figure => figure.met).length} of ${figures.length}` };
  return { ...range, values, unit, ...met };
}

const checks = keys.map(key => {
  const ran = results.filter(result => keyOf(result) === key);
  const last = ran.at(-1)!;
  const names = [...new Set(ran.flatMap(result => Object.keys(result.figures)))];
  return {
    id: last.id,
    form: last.form,
    drill: last.drill,
    judge: last.judge,
    component: last.component,
    version: last.version,
    negative: last.negative,
    verdicts: ran.map(verdict),
    seconds: ran.map(result => Math.round(result.seconds)),
    figures: Object.fromEntries(names.map(name => [name, spread(ran.flatMap(result => result.figures[name] ?? []))])),
    message: last.message.split('\n')[0].replace(/\/tmp\/[^\s/]+\//g, ''),
  };
});

const versions = Object.fromEntries(results.filter(result => result.version !== '').map(result => [result.component, result.version]).sort());
const machine = `${os.cpus().length} cores, ${Math.round(os.totalmem() / 1024 ** 3)} GiB; ${beside}`;
const target = path.join(__dirname, '..', 'docs', 'results', `${area}.json`);
fs.writeFileSync(target, `${JSON.stringify({ command, machine, versions, checks }, undefined, 2)}\n`);
process.stdout.write(`${target}: ${checks.length} rows of ${results.length} results\n`);
