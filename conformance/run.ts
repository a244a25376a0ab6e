import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { brain } from './areas/brain/brain';
import { controlPlane } from './areas/control-plane/control-plane';
import { dns } from './areas/dns/dns';
import { foundation } from './areas/foundation/foundation';
import { network } from './areas/network/network';
import { nodes } from './areas/nodes/nodes';
import { storage } from './areas/storage/storage';
import { Area, runCheck } from './check';
import { Results, verdict } from './results';
import { REPOSITORY, Scene } from './scene';
import { binaries, CORE_TOOL_NAMES } from './toolchain/binaries';

/** Those that share a control plane come first. */
const AREAS: Area[] = [foundation, brain, nodes, controlPlane, network, dns, storage];

/** Areas that are still being completed: their short forms run by name, and continuous integration says that it leaves them out. */
const BY_NAME_ONLY = [network, dns, storage].map(area => area.name);

const USAGE = `npm run conformance [-- options]

  --ci           the short form, on one shared control plane
  --full         everything, including what takes long
  --only AREA    one area: ${AREAS.map(area => area.name).join(', ')}
  --check ID,ID  these checks alone; some rest on what earlier ones of their area started
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
  readonly checks?: string[];
}

function options(argv: string[]): Options {
  const rest = [...argv];
  const has = (flag: string) => {
    const at = rest.indexOf(flag);
    return at !== -1 && rest.splice(at, 1).length > 0;
  };
  const valueAfter = (flag: string) => {
    const at = rest.indexOf(flag);
    return at === -1 ? undefined : rest.splice(at, 2)[1] ?? '';
  };
  const wanted = {
    ci: has('--ci'), full: has('--full'), keep: has('--keep'), asIs: has('--as-is'), list: has('--list'), only: valueAfter('--only'), checks: valueAfter('--check')?.split(','),
  };
  const ids = AREAS.flatMap(area => area.checks.map(check => check.id));
  const unknown = wanted.checks?.filter(id => !ids.includes(id)) ?? [];
  const problem = rest.length > 0 ? `unknown option '${rest[0]}'\n\n${USAGE}`
    : wanted.only !== undefined && !AREAS.some(area => area.name === wanted.only) ? `--only needs one of ${AREAS.map(area => area.name).join(', ')}, got '${wanted.only}'\n`
      : unknown.length > 0 ? `--check needs ids as --list shows them, got '${unknown[0]}'\n` : undefined;
  if (problem !== undefined) {
    process.stderr.write(problem);
    process.exit(64);
  }
  return wanted;
}

function leftOut(area: Area): Area {
  return { ...area, checks: area.checks.map(check => ({ ...check, skip: () => `this area runs by --only ${area.name}` })) };
}

async function main(): Promise<void> {
  const wanted = options(process.argv.slice(2));
  const areas = AREAS.filter(area => wanted.only === undefined || area.name === wanted.only)
    .map(area => ({ ...area, checks: area.checks.filter(check => wanted.checks?.includes(check.id) ?? true) }))
    .map(area => (wanted.ci && wanted.only === undefined && BY_NAME_ONLY.includes(area.name) ? leftOut(area) : area));
  if (wanted.list) {
    for (const area of areas) { for (const check of area.checks) { console.log(`${area.name}\t${check.drill}\t${check.id}\t${check.component}`); } }
    return;
  }
  const started = Date.now();
  console.log('Building the real components (cached after the first run)');
  const tools = await binaries([...new Set([...CORE_TOOL_NAMES, ...(wanted.ci ? [] : areas.flatMap(area => area.tools ?? []))])], console.log);
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
      if (area.alone) { await scene.controlPlane.stop(); }
      for (const check of area.checks) {
        if (interrupted) { return; }
        const result = await runCheck(area.name, check, scene);
        results.add(result);
        counts[result.skipped ? 'skipped' : result.passed ? 'passed' : 'failed']++;
        const figures = Object.entries(result.figures).map(([name, f]) => `${name} ${f.value} ${f.unit}`).join(', ');
        console.log(`${verdict(result).padEnd(8)}${area.name}/${check.drill} ${check.id} (${result.seconds.toFixed(1)} s)${figures ? ` [${figures}]` : ''}: ${result.message.split('\n')[0].slice(0, 200)}`);
      }
      await scene.endArea(wanted.keep || counts.failed > 0);
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
