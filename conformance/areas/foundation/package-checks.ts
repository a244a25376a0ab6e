import * as fs from 'node:fs';
import * as path from 'node:path';
import { Check, failed, passed } from '../../check';
import { REPOSITORY, Scene } from '../../scene';

/** Both ends of the peer range of cdk8s. */
const CDK8S_VERSIONS = ['2.64.10', '2.70.106'];

const APP = `
import { App, Chart } from 'cdk8s';
import { ConfigMap } from 'cdk8s-plus-24';
import { EtcdCluster, HostFiles, Installer, TunedApiServer } from 'cdk8s-thousand-node';

const app = new App();
const chart = new Chart(app, 'adopted');
new ConfigMap(chart, 'own', { data: { text: 'mine' } });
const etcd = new EtcdCluster(chart, 'etcd');
new TunedApiServer(chart, 'api', { etcd });
app.synth();
HostFiles.of(chart).write('host', Installer.plain());
`;

/** The packed tarball as a stranger gets it. */
export const packageChecks: Check[] = CDK8S_VERSIONS.map((version): Check => ({
  id: `package-with-cdk8s-${version}`,
  drill: '11',
  judge: 'component',
  component: 'cdk8s-cli',
  run: async scene => {
    const tarball = await pack(scene);
    const folder = path.join(scene.folder, `app-${version}`);
    fs.mkdirSync(folder);
    const npm = async (...args: string[]) => {
      const done = await scene.processes.run('npm', args, { cwd: folder, timeoutMs: 300_000 });
      if (done.code !== 0) { throw new Error(`npm ${args.join(' ')}: ${done.stderr.trim().split('\n').slice(-5).join(' ')}`); }
    };
    await npm('init', '-y');
    await npm('install', '--no-audit', '--no-fund', `cdk8s@${version}`, 'constructs@^10.5.0', 'cdk8s-plus-24@^2.8.99', 'cdk8s-cli@2.207.60', 'typescript@~6.0.0', 'tsx@^4', '@types/node@^20', tarball);
    fs.writeFileSync(path.join(folder, 'main.ts'), APP);
    fs.writeFileSync(path.join(folder, 'cdk8s.yaml'), 'language: typescript\napp: npx tsx main.ts\n');
    const types = await scene.processes.run('npx', ['tsc', '--noEmit', '--strict', '--module', 'node16', '--moduleResolution', 'node16', '--skipLibCheck', '--types', 'node', 'main.ts'], { cwd: folder });
    if (types.code !== 0) { return failed(`the app does not compile: ${types.stdout.slice(0, 500)}`); }
    const done = await scene.processes.run('npx', ['cdk8s', 'synth', '--check-upgrade=false'], { cwd: folder, timeoutMs: 120_000 });
    if (done.code !== 0) { return failed(`cdk8s synth: ${done.stdout}${done.stderr}`.slice(-500)); }
    const manifests = fs.readdirSync(path.join(folder, 'dist'));
    const pods = JSON.parse(fs.readFileSync(path.join(folder, 'host/plain/index.json'), 'utf8')).files.filter((file: { path: string }) => file.path.includes('/manifests/'));
    const bytes = fs.statSync(tarball).size;
    return manifests.length === 1 && pods.length > 0
      ? passed(`cdk8s ${version}: ${manifests.join()} and ${pods.length} static pods`, { tarball: { value: Math.round(bytes / 1024), unit: 'KiB' } })
      : failed(`manifests: ${manifests.join()}; static pods: ${pods.length}`);
  },
}));

async function pack(scene: Scene): Promise<string> {
  const folder = path.join(scene.folder, 'package');
  fs.mkdirSync(folder, { recursive: true });
  const existing = fs.readdirSync(folder).find(name => name.endsWith('.tgz'));
  if (existing) { return path.join(folder, existing); }
  const done = await scene.processes.run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: REPOSITORY });
  if (done.code !== 0) { throw new Error(`npm pack: ${done.stderr}`); }
  return path.join(folder, done.stdout.trim());
}
