import * as fs from 'node:fs';
import * as path from 'node:path';
import { drillCluster, writtenControlPlane } from './drill-cluster';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { failed, Outcome, passed } from '../../check';
import { ControlPlane } from '../../control-plane/control-plane';
import { StaticPodFile } from '../../control-plane/host-tree';
import { Server } from '../../processes';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { binaries, ToolName } from '../../toolchain/binaries';
import { until } from '../../waiting';

/** One release with the etcd that goes with it; etcd alone where no API server of it is built. */
interface Pair { readonly release: KubernetesRelease; readonly kubernetes?: '' | '-1.35' | '-1.36'; readonly etcd: 'etcd' | 'etcd-3.5' | 'etcd-3.6' }

const PAIRS: Pair[] = [
  { release: KubernetesRelease.V1_33, etcd: 'etcd-3.5' },
  { release: KubernetesRelease.V1_35, kubernetes: '-1.35', etcd: 'etcd-3.6' },
  { release: KubernetesRelease.V1_36, kubernetes: '-1.36', etcd: 'etcd-3.6' },
  { release: KubernetesRelease.V1_37, kubernetes: '', etcd: 'etcd' },
];

const KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** What all of them run on. */
const TOOLS_OF_PAIRS: ToolName[] = PAIRS.flatMap(({ kubernetes, etcd }) => [etcd, ...(kubernetes === undefined ? [] : KUBERNETES.map(binary => `${binary}${kubernetes}` as const))]);

/** Of objects that the components themselves still write for old clients, not of what they were started with. */
const OF_OBJECTS = /v1 (Endpoints|ComponentStatus) is deprecated/;

/** Control planes of earlier releases from arguments synthesised for them; nothing in their logs is called deprecated. */
export async function earlierReleases(scene: Scene): Promise<Outcome> {
  const tools: Tools = { ...scene.binaries, ...await binaries([...new Set(TOOLS_OF_PAIRS)], console.log) };
  const problems: string[] = [];
  const figures: { [name: string]: Figure } = {};
  for (const pair of PAIRS) {
    const started = await start(scene, tools, pair, []);
    const name = `kubernetes_1_${pair.release.minor}`;
    figures[name] = { value: started.ran.join(', '), unit: 'ran' };
    figures[`${name}_ready`] = { value: Math.round(started.seconds * 10) / 10, unit: 's until all of them work' };
    problems.push(...started.deprecated.map(line => `1.${pair.release.minor}: ${line}`));
  }
  // The twin: two flags that upstream calls deprecated, so that a silent log means something.
  const twin = await start(scene, tools, PAIRS[PAIRS.length - 1], ['--default-watch-cache-size=100', '--max-snapshots=5']);
  const named = ['default-watch-cache-size', 'max-snapshots'].filter(flag => twin.deprecated.some(line => line.includes(flag)));
  if (named.length !== 2) { problems.push(`the twin's logs name only: ${named.join(', ')}`); }
  figures.twin = { value: named.length, unit: 'of 2 deprecated flags found in the logs', goal: '2', met: named.length === 2 };
  const text = `${PAIRS.length} releases run from their own arguments, no flag of theirs is deprecated`;
  return problems.length === 0 ? passed(text, figures) : failed(problems.join('; ').slice(0, 1500), figures);
}

/** Arguments of one version of etcd, given to another: what the catalogue of versions is for. */
export async function argumentsOfAnotherRelease(scene: Scene): Promise<Outcome> {
  const tools: Tools = { ...scene.binaries, ...await binaries(['etcd-3.5'], console.log) };
  const refused: string[] = [];
  for (const [release, tool] of [[KubernetesRelease.V1_33, 'etcd'], [KubernetesRelease.V1_37, 'etcd-3.5']] as const) {
    const plane = await laidOut(scene, tools, release, { etcd: tools[tool] }, `another-${tool}`);
    const pod = plane.pods('etcd').find(p => p.name === 'etcd-main')!;
    const done = await scene.processes.run(tools[tool].path, plane.argv(pod), { timeoutMs: 20_000 });
    const reason = /flag provided but not defined: \S+/.exec(done.stderr + done.stdout)?.[0];
    if (done.code === 0 || done.code === null || reason === undefined) { return failed(`${tool} takes the arguments of ${release}: exit ${done.code}`); }
    refused.push(`etcd ${tools[tool].version} refuses those of Kubernetes ${release}: ${reason}`);
  }
  return passed(refused.join('; '));
}

type Tools = Scene['binaries'];

async function laidOut(scene: Scene, tools: Tools, release: KubernetesRelease, own: Tools, label: string): Promise<ControlPlane> {
  const folder = path.join(scene.folder, 'releases', label);
  const tree = writtenControlPlane(path.join(folder, 'output'), drillCluster(release));
  const plane = new ControlPlane(tree, folder, { ...tools, ...own }, scene.processes);
  await plane.prepare();
  return plane;
}

interface Started { readonly ran: string[]; readonly seconds: number; readonly deprecated: string[] }

async function start(scene: Scene, tools: Tools, { release, kubernetes, etcd }: Pair, extra: string[]): Promise<Started> {
  const own: { [binary: string]: Tools[string] } = { etcd: tools[etcd] };
  if (kubernetes !== undefined) { for (const binary of KUBERNETES) { own[binary] = tools[`${binary}${kubernetes}`]; } }
  const label = `1.${release.minor}${extra.length > 0 ? '-twin' : ''}`;
  const plane = await laidOut(scene, tools, release, own, label);
  const servers: Server[] = [];
  const begun = Date.now();
  const run = (binary: string, pod: StaticPodFile, more: string[]) => {
    const server = scene.processes.start(`${pod.name}-${label}`, own[binary].path, [...plane.argv(pod), ...more], pod.env);
    servers.push(server);
  };
  try {
    for (const pod of plane.pods('etcd')) { run('etcd', pod, extra.filter(flag => flag.startsWith('--max-snapshots'))); }
    for (const ring of ['main', 'events']) { await until(`${ring} ring of ${label}`, 60, async () => (await plane.etcdctl(ring, 'put', 'drill', 'drill')).stdout.startsWith('OK'), servers); }
    if (kubernetes !== undefined) {
      run('kube-apiserver', plane.pod('kube-apiserver'), extra.filter(flag => flag.startsWith('--default-watch')));
      const admin = await plane.adminClient();
      await until(`API server of ${label}`, 120, async () => (await admin.get('/readyz')).body === 'ok', servers);
      for (const binary of KUBERNETES.slice(1)) {
        run(binary, plane.pod(binary), []);
        const lease = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${binary}`;
        await until(`${binary} of ${label} holds its lease`, 60, async () => (await admin.get(lease)).body?.spec?.holderIdentity !== undefined, servers);
      }
      // Nodes and the service account of a namespace: both controllers at work, not only leaders.
      await until(`the controllers of ${label} work`, 60, async () => (await admin.get('/api/v1/namespaces/default/serviceaccounts/default')).status === 200, servers);
      const version = (await admin.get('/version')).body.gitVersion;
      if (version !== own['kube-apiserver'].version) { throw new Error(`the API server of ${label} is ${version}`); }
      admin.close();
    }
    const seconds = (Date.now() - begun) / 1000;
    if (plane.changedFlags.length > 0) { throw new Error(`the set of flags changed for ${plane.changedFlags.join(', ')}`); }
    const deprecated = servers.flatMap(server => fs.readFileSync(server.logFile, 'utf8').split('\n')
      .filter(line => /\bdeprecated\b/i.test(line) && !OF_OBJECTS.test(line)).map(line => `${server.name}: ${line.trim().slice(0, 300)}`));
    return { ran: Object.entries(own).map(([binary, { version }]) => `${binary} ${version}`), seconds, deprecated };
  } finally {
    for (const server of servers.reverse()) {
      if (server.exitCode() === undefined) { process.kill(server.pid, 'SIGKILL'); }
      await until(`the end of ${server.name}`, 30, async () => server.exitCode() !== undefined);
    }
  }
}
