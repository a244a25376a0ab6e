import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPORT } from './measured-child';

// Where the time of the reference bundle goes. The total is measured on the example itself; this program only divides it.

const seconds = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };

async function main(examples: string): Promise<void> {
  const marks: { [phase: string]: number } = { start: seconds() };

  const { App } = await import('cdk8s');
  await import('cdk8s-plus-24');
  marks.frameworks = seconds();

  const { HostFiles, Installer, ThousandNodeCluster } = await import('cdk8s-thousand-node');
  marks.library = seconds();

  const { description } = await import(join(examples, 'thousand-node/cluster')) as typeof import('../examples/thousand-node/cluster');
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const app = new App({ outdir: join(dir, 'dist') });
  const cluster = new ThousandNodeCluster(app, 'shop', description);
  marks.construct = seconds();
  app.synth();
  marks.synth = seconds();
  for (const installer of [Installer.plain(), Installer.kubeadm()]) { HostFiles.of(cluster).write(join(dir, 'host'), installer); }
  marks.host = seconds();
  rmSync(dir, { recursive: true });

  const names = Object.keys(marks);
  Object.assign(globalThis, { [REPORT]: Object.fromEntries(names.map((name, i) => [name, marks[name] - (i === 0 ? 0 : marks[names[i - 1]])])) });
}

void main(process.env.BENCH_EXAMPLES!);
