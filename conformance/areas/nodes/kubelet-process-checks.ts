import { letNodesJoin } from './joined-node';
import { leaves, quantity } from './pod-items';
import { needsNamespaces, NodeChange, RunningNode } from './running-node';
import { PoolKind } from '../../../src';
import { Check, failed, Outcome, passed } from '../../check';
import { KubeClient } from '../../kube-client';
import { plainValue } from '../../plain-value';
import { Scene } from '../../scene';
import { kubectl } from '../foundation/object-checks';

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

/** What a kubelet says when a machine lacks something, and what that keeps it from; only what it says is named. */
const LEFT_OUT: Array<[said: RegExp, what: string]> = [
  [/Failed to start node shutdown manager/, 'graceful shutdown, which asks logind'],
  [/failed to apply oom score/, 'its own protection from the OOM killer'],
  [/Failed to set rlimit on max file handles/, 'its limit of open files'],
];

/** A real kubelet with a pool's files: it joins, and what it works with is what the files say. */
export const kubeletProcessChecks: Check[] = [
  ...[PoolKind.GENERAL, PoolKind.MEMORY].map(kind => works(kind)),
  {
    id: 'kubelet-without-a-kernel-setting-refused',
    drill: 'N3',
    judge: 'component',
    component: 'kubelet',
    skip: needsNamespaces,
    run: async scene => refused(scene, 'unset', PoolKind.GENERAL, { settings: { 'kernel.panic': '1' } }, /invalid kernel flag: kernel\/panic, expected value: 10, actual value: 1/),
  },
  {
    // The sum of this machine's reservations, by the kubelet itself.
    id: 'kubelet-with-a-reservation-off-by-one-refused',
    drill: 'N3',
    judge: 'component',
    component: 'kubelet',
    skip: needsNamespaces,
    run: async scene => refused(scene, 'sum', PoolKind.MEMORY, {
      kubelet: configuration => { configuration.kubeReserved.memory = String(Number(quantity(configuration.kubeReserved.memory)) + 1); },
    }, /the total amount \S+ of type \S+ is not equal to the value \S+ determined by Node Allocatable feature/),
  },
];

function works(kind: PoolKind): Check {
  const name = `${kind.toLowerCase()}-node`;
  return {
    id: `kubelet-works-with-the-files-of-a-${kind.toLowerCase()}-pool`,
    drill: '3',
    judge: 'component',
    component: 'kubelet',
    skip: needsNamespaces,
    run: async scene => {
      const client = await plane(scene);
      const node = RunningNode.lay(scene, name, kind);
      try {
        const outcome = await joined(scene, client, node);
        await node.end();
        const remains = node.remains();
        return remains.length === 0 ? outcome : failed(`left behind: ${remains.join(', ')}`);
      } finally {
        await node.end();
        await client.delete(`/api/v1/nodes/${name}`);
        client.close();
      }
    },
  };
}

async function joined(scene: Scene, client: KubeClient, node: RunningNode): Promise<Outcome> {
  const problems: string[] = [];
  const demand = (holds: boolean, problem: string) => { if (!holds) { problems.push(problem); } };
  node.start();
  let object: any;
  const seconds = await node.waitFor(`${node.name} joins`, 180, async () => {
    object = (await client.get(`/api/v1/nodes/${node.name}`)).body;
    return object.status?.allocatable !== undefined && (object.status.conditions ?? []).some((condition: any) => condition.type === 'Ready');
  });
  problems.push(...notAsReserved(node.written, object));
  demand(object.metadata.labels['thousand-node.io/pool'] === node.name, `label of the pool: ${object.metadata.labels['thousand-node.io/pool']}`);

  // As the guide says: somebody approves the certificate that the kubelet serves with; until then it answers nobody.
  const admin = scene.controlPlane.adminFiles;
  const early = await node.ask('/configz', admin);
  demand(early.code !== 0, 'it answers without a certificate from the cluster');
  await approveServing(scene, client, node);
  let shown: any;
  await node.waitFor(`${node.name} shows its configuration`, 120, async () => {
    const { stdout } = await node.ask('/configz', admin);
    shown = JSON.parse(stdout.slice(0, stdout.lastIndexOf('\n'))).kubeletconfig;
    return shown !== undefined;
  });
  const wanted = { ...node.written, ...Object.fromEntries(node.rewrites.map(({ setting, to }) => [setting, to])) };
  problems.push(...notInEffect(wanted, shown));
  // The pair: one value that the file does not have.
  const [noticed, ...more] = notInEffect({ ...wanted, maxPods: wanted.maxPods + 1 }, shown);
  demand(/^maxPods: /.test(noticed ?? '') && more.length === 0, `another maxPods was not noticed: ${noticed}`);
  const status = async (files?: { cert: string; key: string }) => (await node.ask('/configz', files)).stdout.split('\n').at(-1);
  const strangers = [await status(), await status(await scene.controlPlane.client('stranger', 'nobody'))];
  demand(strangers.join() === '401,403', `asked without a certificate and without a right it answers ${strangers.join(' and ')}`);

  const ready = (await client.get(`/api/v1/nodes/${node.name}`)).body.status.conditions.find((condition: any) => condition.type === 'Ready');
  demand(ready.status === 'True' || /container runtime network not ready/.test(ready.message), `not Ready for another reason than its network: ${ready.message}`);
  const settings = leaves(node.written).length;
  const figures = {
    settings: { value: settings, unit: 'settings in effect', goal: String(settings), met: problems.length === 0 },
    rewritten: { value: node.rewrites.length, unit: 'settings, each with its reason' },
    joined_after: { value: Math.round(seconds), unit: 's' },
  };
  const missing = LEFT_OUT.filter(([said]) => said.test(node.log)).map(([, what]) => what);
  return problems.length === 0
    ? passed(`${settings} settings of the file in effect, allocatable as reserved, joined and served as the guide says; rewritten: ${node.rewrites.map(({ setting }) => setting).join(', ')}; not here: pods and their network, ${missing.join(', ')}`, figures)
    : failed(problems.join('; '), figures);
}

/** The run's control plane with the controllers that sign, and what the guide says a node needs to join. */
async function plane(scene: Scene): Promise<KubeClient> {
  const { controlPlane } = scene;
  const client = await controlPlane.running();
  if (!controlPlane.servers.some(server => server.name.startsWith('kube-controller-manager') && server.exitCode() === undefined)) { controlPlane.startControllerManager(); }
  await letNodesJoin(scene, client);
  return client;
}

async function approveServing(scene: Scene, client: KubeClient, node: RunningNode): Promise<void> {
  let names: string[] = [];
  await node.waitFor('the request for a serving certificate', 120, async () => {
    const { items } = (await client.get(REQUESTS)).body;
    names = items.filter((item: any) => item.spec.signerName === 'kubernetes.io/kubelet-serving' && item.spec.username === `system:node:${node.name}` && item.status?.conditions === undefined)
      .map((item: any) => item.metadata.name);
    return names.length > 0;
  });
  const done = await kubectl(scene, 'certificate', 'approve', ...names);
  if (done.code !== 0) { throw new Error(`kubectl certificate approve: ${done.stderr}`); }
}

/** Settings of the file that the kubelet works without. It does not print what is zero. */
function notInEffect(wanted: object, shown: any): string[] {
  const found = new Map(leaves(shown).map(([item, value]) => [item, plainValue(value)]));
  return leaves(wanted).filter(([item, value]) => (found.get(item) ?? '0') !== plainValue(value)).map(([item, value]) => `${item}: written ${String(value)}, in effect ${found.get(item)}`);
}

/** What is allocatable is what the machine has, less what the file withholds. */
function notAsReserved(written: any, { status: { capacity, allocatable } }: any): string[] {
  const bytes = (text: string | undefined) => Number(quantity(text ?? '0'));
  const withheld = (resource: string) => bytes(written.kubeReserved[resource]) + bytes(written.systemReserved[resource]);
  const disk = bytes(capacity['ephemeral-storage']);
  const expected: { [resource: string]: number } = {
    'cpu': bytes(capacity.cpu) - withheld('cpu'),
    'memory': bytes(capacity.memory) - withheld('memory') - bytes(written.evictionHard['memory.available']),
    // The kubelet holds the share in 32 bits.
    'ephemeral-storage': disk - withheld('ephemeral-storage') - Math.trunc(disk * Math.fround(Number.parseInt(written.evictionHard['nodefs.available'], 10) / 100)),
    'pods': written.maxPods,
  };
  return Object.entries(expected).filter(([resource, amount]) => Math.abs(bytes(allocatable[resource]) - amount) > 0.0005)
    .map(([resource, amount]) => `${resource} allocatable ${allocatable[resource]}, expected ${amount} of ${capacity[resource]}`);
}

/** A node that must not come up; the reason is the kubelet's. */
async function refused(scene: Scene, name: string, kind: PoolKind, change: NodeChange, reason: RegExp): Promise<Outcome> {
  const client = await plane(scene);
  const node = RunningNode.lay(scene, name, kind, change);
  try {
    node.start();
    await node.waitFor('the kubelet ends', 180, async () => false).catch(() => undefined);
    const line = node.log.split('\n').find(text => reason.test(text));
    return node.exitCode() !== undefined && node.exitCode() !== 0 && line !== undefined ? passed(`exit ${node.exitCode()}: ${reason.exec(line)![0].slice(0, 240)}`) : failed(`exit ${node.exitCode()}: ${node.log.slice(-500)}`);
  } finally {
    await node.end();
    await client.delete(`/api/v1/nodes/${name}`);
    client.close();
  }
}
