import * as fs from 'node:fs';
import * as path from 'node:path';
import { Size } from 'cdk8s';
import { Plane } from './api-server-plane';
import { describeControlPlane, drillCluster } from './drill-cluster';
import { drillScene } from './etcd-drill-scene';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { EtcdClusterProps } from '../../../src/components/etcd/etcd-cluster';
import { Check, failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';

const GATE = 'ConsistentListFromCache';

/** The synthesised API server with one thing wrong; it has to end by itself, for that reason. */
async function ends(shared: Scene, change: (args: string[], scene: Scene) => string[], reason: RegExp): Promise<Outcome> {
  const scene = await drillScene(shared);
  const { controlPlane } = scene;
  const done = await scene.processes.run(scene.binaries['kube-apiserver'].path, change(controlPlane.argv(controlPlane.pod('kube-apiserver')), scene), { timeoutMs: 30_000 });
  if (done.code === 0 || done.code === null) { return failed(`not refused (exit ${done.code})`); }
  const line = `${done.stdout}\n${done.stderr}`.split('\n').find(text => reason.test(text));
  return line ? passed(`exit ${done.code}: ${line.trim().slice(0, 300)}`) : failed(`ended with ${done.code}, but not because of ${reason}: ${done.stderr.trim().slice(-300)}`);
}

/** A key of 16 bytes in place of the one that the script made. */
function shortKey(args: string[], scene: Scene): string[] {
  return args.map(argument => {
    const [, file] = /^--encryption-provider-config=(.*)$/.exec(argument) ?? [];
    if (file === undefined) { return argument; }
    const right = fs.readFileSync(file, 'utf8');
    const wrong = right.replace(/secret: \S+/, `secret: ${Buffer.alloc(16, 7).toString('base64')}`);
    if (wrong === right) { throw new Error('the script made a file without a key'); }
    return `--encryption-provider-config=${scene.file('negatives/short-key.yaml', wrong)}`;
  });
}

/** Who reaches a running API server, and who does not. */
function strangers(shared: Scene): Promise<Outcome> {
  return Plane.onDrillMachines(shared, async plane => {
    await plane.startApiServer('ours');
    return judged(plane.scene);
  });
}

async function judged(scene: Scene): Promise<Outcome> {
  const { controlPlane, processes } = scene;
  const { ca, cert, key } = controlPlane.adminFiles;
  const pki = path.join(controlPlane.placement.root(controlPlane.first), '/etc/kubernetes/pki/etcd');
  const url = `${controlPlane.apiServerUrl}/api/v1/namespaces`;
  const ask = (where: string, ...words: string[]) => processes.run('curl', ['-sS', '--max-time', '10', '-w', '\n%{http_code}', ...words, where]);
  const answers: Array<[string, Finished, (done: Finished) => boolean]> = [
    ['the administrator', await ask(url, '--cacert', ca, '--cert', cert, '--key', key), done => /\n200$/.test(done.stdout)],
    ['plain HTTP', await ask(url.replace('https', 'http')), done => /HTTP request to an HTTPS server[^]*\n400$/.test(done.stdout)],
    ['a server of another authority', await ask(url, '--cacert', `${pki}/ca.crt`, '--cert', cert, '--key', key), done => done.code === 60],
    ['a client of another authority', await ask(url, '--cacert', ca, '--cert', `${pki}/healthcheck-client.crt`, '--key', `${pki}/healthcheck-client.key`), done => /\n401$/.test(done.stdout)],
    ['no certificate', await ask(url, '--cacert', ca), done => /\n40[13]$/.test(done.stdout)],
  ];
  const wrong = answers.filter(([, done, expected]) => !expected(done)).map(([who, done]) => `${who}: exit ${done.code} ${done.stdout.slice(-200)} ${done.stderr.slice(-200)}`);
  return wrong.length === 0 ? passed('served: the administrator; refused: plain HTTP, the wrong authority on either side, no certificate') : failed(wrong.join('; '));
}

/** A description that the library refuses, and its neighbour that it takes. */
function described(right: () => unknown, wrong: () => unknown, reason: RegExp): Promise<Outcome> {
  right();
  try {
    wrong();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return Promise.resolve(reason.test(message) ? passed(message.slice(0, 300)) : failed(`refused, but not because of ${reason}: ${message.slice(0, 300)}`));
  }
  return Promise.resolve(failed('not refused'));
}

const members = (count: number): Partial<EtcdClusterProps> =>
  ({ members: Array.from({ length: count }, (_, i) => ({ name: `etcd-${i + 1}`, address: `172.16.0.${21 + i}` })) });

const quota = (bytes: number): Partial<EtcdClusterProps> => ({ quotaBackendBytes: Size.mebibytes(bytes) });

/** What must be refused: by the component, or by the library before anything runs. */
export const apiServerNegatives: Check[] = [
  {
    id: 'gate-outside-its-life-refused',
    drill: 'N4',
    judge: 'component',
    component: 'kube-apiserver',
    run: scene => ends(scene, args => [...args, `--feature-gates=${GATE}=true`], new RegExp(`unrecognized feature gate: ${GATE}`)),
  },
  {
    id: 'gate-outside-its-life-not-written',
    drill: 'N4',
    judge: 'library',
    component: 'library',
    run: () => {
      const flags = { extraFlags: { 'feature-gates': `${GATE}=true` } };
      return described(() => describeControlPlane(drillCluster(KubernetesRelease.V1_33), {}, flags), () => describeControlPlane(drillCluster(), {}, flags), new RegExp(`${GATE}.*1\\.37`));
    },
  },
  { id: 'short-encryption-key-refused', drill: 'N5', judge: 'component', component: 'kube-apiserver', run: scene => ends(scene, shortKey, /secret is not of the expected length, got 16/) },
  { id: 'api-server-strangers-refused', drill: 'N6', judge: 'component', component: 'kube-apiserver', run: strangers },
  {
    id: 'owned-flag-refused',
    drill: 'N8',
    judge: 'library',
    component: 'library',
    run: () => described(() => describeControlPlane(drillCluster(), {}, { extraFlags: { 'http2-max-streams-per-connection': '1000' } }),
      () => describeControlPlane(drillCluster(), {}, { extraFlags: { 'etcd-servers': 'https://192.0.2.1:2379' } }), /'etcd-servers' is managed by this construct/),
  },
  {
    id: 'even-members-refused',
    drill: 'N9',
    judge: 'library',
    component: 'library',
    run: () => described(() => describeControlPlane(drillCluster(), members(3)), () => describeControlPlane(drillCluster(), members(4)), /members must be an odd number of machines, got 4/),
  },
  {
    id: 'quota-above-memory-refused',
    drill: 'N12',
    judge: 'library',
    component: 'library',
    run: () => {
      const cluster = drillCluster();
      const memory = cluster.controlPlaneMachine.memoryMebibytes;
      return described(() => describeControlPlane(cluster, quota(memory - 1)), () => describeControlPlane(cluster, quota(memory)), /quotaBackendBytes must be less than .* memory of controlPlane\.machine/);
    },
  },
];
