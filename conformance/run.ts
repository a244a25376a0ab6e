import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { brain } from './areas/brain/brain';
import { controlPlane } from './areas/control-plane/control-plane';
import { foundation } from './areas/foundation/foundation';
import { Area, runCheck } from './check';
import { Results, verdict } from './results';
import { REPOSITORY, Scene } from './scene';
import { binaries, TOOL_NAMES } from './toolchain/binaries';

const AREAS: Area[] = [foundation, brain, controlPlane];

const USAGE = `npm run conformance [-- options]

  --ci           the short form, on one shared control plane
  --full         everything, including what takes long
  --only AREA    one area: ${AREAS.map(area => area.name).join(', ')}
  --keep         keep the run's folder with logs
  --as-is        use the example's output as it lies there, without synthesising it again
  --list         list areas and checks
  CONFORMANCE_BIN=DIR   use binaries from DIR where it has them
`;

interface Options {
  readonly ci: boolean;
  readonly full: boolean;
  readonly keep: boolean;
  readonly list: boolean;
  readonly asIs: boolean;
  readonly only?: string;
}

function options(argv: string[]): Options {
  const known = ['--ci', '--full', '--keep', '--list', '--as-is'];
  const only = argv.indexOf('--only');
  const rest = argv.filter((argument, i) => !known.includes(argument) && !(only !== -1 && (i === only || i === only + 1)));
  const area = only === -1 ? undefined : argv[only + 1];
  if (rest.length > 0 || (only !== -1 && !AREAS.some(a => a.name === area))) {
    process.stderr.write(rest.length > 0 ? `unknown option '${rest[0]}'\n\n${USAGE}` : `--only needs one of ${AREAS.map(a => a.name).join(', ')}, got '${area}'\n`);
    process.exit(64);
  }
  const has = (flag: string) => argv.includes(flag);
  return { ci: has('--ci'), full: has('--full'), keep: has('--keep'), asIs: has('--as-is'), list: has('--list'), only: area };
}

async function main(): Promise<void> {
  const wanted = options(process.argv.slice(2));
  // The drills of the control plane join the short form when all of them stand; until then they run by name or with everything.
  const inShortForm = (area: Area) => !wanted.ci || wanted.only !== undefined || area !== controlPlane;
  const areas = AREAS.filter(area => (wanted.only === undefined || area.name === wanted.only) && inShortForm(area));
  if (wanted.list) {
    for (const area of areas) { for (const check of area.checks) { console.log(`${area.name}\t${check.drill}\t${check.id}\t${check.component}`); } }
    return;
  }
  const started = Date.now();
  console.log('Building the real components (cached after the first run)');
  const tools = await binaries(TOOL_NAMES, console.log);
  if (!wanted.asIs) {
    console.log('Synthesising examples/thousand-node');
    execFileSync('npm', ['run', '--silent', 'synth'], { cwd: REPOSITORY, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  const results = new Results(path.join(__dirname, 'out'), wanted.only === undefined);
  const scene = new Scene(tools, { ci: wanted.ci, full: wanted.full });
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void scene.end(wanted.keep).then(() => process.exit(130));
    });
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const area of areas) {
      for (const check of area.checks) {
        if (interrupted) { return; }
        const result = await runCheck(area.name, check, scene);
        results.add(result);
        counts[result.skipped ? 'skipped' : result.passed ? 'passed' : 'failed']++;
        const figures = Object.entries(result.figures).map(([name, f]) => `${name} ${f.value} ${f.unit}`).join(', ');
        console.log(`${verdict(result).padEnd(8)}${area.name}/${check.drill} ${check.id} (${result.seconds.toFixed(1)} s)${figures ? ` [${figures}]` : ''}: ${result.message.split('\n')[0].slice(0, 200)}`);
      }
    }
  } finally {
    await scene.end(wanted.keep || counts.failed > 0);
    if (counts.failed > 0) { console.log(`logs and files of this run: ${scene.folder}`); }
  }
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s; table in conformance/out/results.md`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

main().catch(error => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
