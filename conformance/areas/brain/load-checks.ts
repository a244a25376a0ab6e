import { Size } from 'cdk8s';
import { averageBytes, compactMain, keysBelow, mainInUse, metrics, total } from './load-scene';
import { seatChecks } from './seat-checks';
import { controlPlaneLoad, ControlPlaneLoad } from '../../../src/capacity/control-plane-load';
import { revisionBytes } from '../../../src/capacity/etcd-content-capacity';
import { leaderWrites, leaseWrites, nodeStatusWrites } from '../../../src/capacity/etcd-write-capacity';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { Check, failed, Outcome, passed } from '../../check';
import { KubeClient } from '../../kube-client';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { inParallel, until } from '../../waiting';
import { kwokStagesWithHeartbeat } from '../foundation/kwok-stages';
import { asPlanned, node, poolsOnHost, startKwok } from '../foundation/node-checks';

const PODS = 6000;
const DEPLOYMENTS = 20;
const NAMESPACE = 'load';
/** Seconds over which writes are counted: one report of each kubelet's unchanged status falls into it, whatever its phase. */
const WINDOW = 300;
const TOLERANCE = 0.2;

/** The drills' own control plane; started by the first of them, since nodes of other checks would be counted too. */
let fleet: Scene | undefined;
let admin: KubeClient;
let nodeCount = 0;
/** Bytes of the main ring before the first node. */
let emptyBytes = 0;

/** A prediction beside its measurement. */
interface Pair { readonly name: string; readonly unit: string; readonly predicted: number; readonly measured: number }

function judged(message: string, pairs: Pair[], more: { readonly [name: string]: Figure } = {}): Outcome {
  const ratio = (pair: Pair) => pair.measured / pair.predicted;
  const wrong = pairs.filter(pair => !(Math.abs(ratio(pair) - 1) <= TOLERANCE));
  const figures = Object.fromEntries(pairs.flatMap((pair): Array<[string, Figure]> => [
    [`${pair.name}_predicted`, { value: round(pair.predicted), unit: pair.unit }],
    [`${pair.name}_measured`, { value: round(pair.measured), unit: pair.unit, goal: 'within 20 %', met: !wrong.includes(pair) }],
  ]));
  const text = pairs.map(pair => `${pair.name} ${round(pair.measured)} of ${round(pair.predicted)} ${pair.unit} (${ratio(pair).toFixed(2)})`).join(', ');
  return wrong.length === 0 ? passed(`${message}: ${text}`, { ...figures, ...more }) : failed(`off by more than 20 %: ${wrong.map(pair => pair.name).join(', ')}; ${text}`, { ...figures, ...more });
}

const round = (value: number) => (value < 100 ? Math.round(value * 100) / 100 : Math.round(value));

/** A control plane of its own with 1,200 nodes whose kubelets behave like real ones in leases and status. */
async function fleetScene(shared: Scene): Promise<Scene> {
  if (fleet) { return fleet; }
  // Two fleets at a time are more than two cores carry.
  await shared.controlPlane.stop();
  const scene = fleet = new Scene(shared.binaries, shared.extent);
  const { controlPlane } = scene;
  await controlPlane.prepare();
  controlPlane.startEtcd();
  await controlPlane.startApiServer();
  controlPlane.startControllerManager();
  controlPlane.startScheduler();
  admin = await controlPlane.adminClient();
  await until('controllers at work', 120, async () => (await admin.get('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler')).status === 200);
  await compactMain(scene);
  emptyBytes = await mainInUse(scene);
  nodeCount = await registerNodes(scene);
  // Controllers still label and annotate new nodes for a while.
  await new Promise(resolve => setTimeout(resolve, 30_000));
  return scene;
}

async function registerNodes(scene: Scene): Promise<number> {
  const pools = poolsOnHost(scene);
  await startKwok(scene, kwokStagesWithHeartbeat(WINDOW));
  const nodes = pools.flatMap(pool => Array.from({ length: pool.nodes }, (_, i) => node(pool, i)));
  await inParallel(nodes, 24, async body => {
    const answer = await admin.post('/api/v1/nodes', body);
    if (answer.status !== 201) { throw new Error(`node refused: ${JSON.stringify(answer.body).slice(0, 200)}`); }
  });
  await until(`${nodes.length} nodes schedulable`, 420, async () => {
    const list = (await admin.get('/api/v1/nodes')).body.items as any[];
    return list.length === nodes.length && list.every(item => asPlanned(item, pools));
  }, scene.controlPlane.servers, 3000);
  return nodes.length;
}

/** The model of these nodes and pods; bytes of objects come from a LIST of fifty, everything else from the model. */
function model(nodes: number, figures: { podBytes: number; nodeBytes: number }): ControlPlaneLoad {
  const cluster = ClusterFacts.of({
    name: 'drill',
    controlPlane: { endpoint: 'api.example.com:6443', members: [{ name: 'one', address: '172.16.0.11', zone: 'a' }] },
    network: { nodeCidr: '172.16.0.0/16' },
    pools: [NodePool.of('all', { nodes, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    load: LoadProfile.of({ podsPerNode: PODS / nodes, podBytes: Math.round(figures.podBytes), nodeBytes: Math.round(figures.nodeBytes), podChurn: 0, hpas: 0 }),
  });
  return controlPlaneLoad(cluster, { derivations: [], calico: false, serviceProxyOnNodes: false, nodeAgents: 0, controllers: 0, furtherLeaders: 0 });
}

const bytesOf = (load: ControlPlaneLoad, resource: string) => load.content.main.find(row => row.resource === resource)!;

const LEASES = { resource: 'leases', verb: 'PUT', code: '200' };
const STATUS = { resource: 'nodes', subresource: 'status', verb: 'PATCH', code: '200' };

/** Leases, status, and the bytes that they leave in etcd until a compaction. */
const writeRates: Check = {
  id: 'lease-and-status-writes',
  drill: '5',
  judge: 'component',
  component: 'kube-apiserver',
  run: async shared => {
    const scene = await fleetScene(shared);
    const nodeBytes = await averageBytes(scene, admin, '/api/v1/nodes');
    await compactMain(scene);
    const count = async () => {
      const samples = await metrics(admin, 'apiserver_request_total');
      return { at: Date.now(), leases: total(samples, 'apiserver_request_total', LEASES), status: total(samples, 'apiserver_request_total', STATUS), bytes: await mainInUse(scene) };
    };
    const before = await count();
    // The API server compacts to where it stood one interval of 300 s ago: within 280 s after a compaction nothing newer goes.
    await new Promise(resolve => setTimeout(resolve, 280_000));
    const { at: grownAt, bytes: grown } = await count();
    await new Promise(resolve => setTimeout(resolve, WINDOW * 1000 - (Date.now() - before.at)));
    const after = await count();
    const seconds = (after.at - before.at) / 1000;
    const leases = leaseWrites(nodeCount).value + leaderWrites(2, 1).value;
    const status = nodeStatusWrites(nodeCount).value;
    const stored = model(nodeCount, { podBytes: 1000, nodeBytes }).writes.main;
    const perSecond = leases * stored.find(w => w.kind === 'leases')!.stored.value + status * stored.find(w => w.kind === 'nodes')!.stored.value;
    return judged(`${nodeCount} nodes over ${Math.round(seconds)} s`, [
      { name: 'lease_writes', unit: 'writes/s', predicted: leases, measured: (after.leases - before.leases) / seconds },
      { name: 'status_writes', unit: 'writes/s', predicted: status, measured: (after.status - before.status) / seconds },
      { name: 'history_growth', unit: 'bytes/s', predicted: perSecond, measured: (grown - before.bytes) / ((grownAt - before.at) / 1000) },
    ]);
  },
};

/** Content of the main ring: objects by resource, bytes after a compaction, and the history that starting pods leaves. */
const contentBytes: Check = {
  id: 'etcd-content',
  drill: '4',
  judge: 'component',
  component: 'etcd',
  run: async shared => {
    const scene = await fleetScene(shared);
    await admin.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await until('the namespace has its service account', 60, async () => (await admin.get(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`)).status === 200);
    const start = Date.now();
    for (let i = 0; i < DEPLOYMENTS; i++) { await admin.post(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment(`load-${i}`, PODS / DEPLOYMENTS)); }
    const running = async () => {
      const deployments = (await admin.get(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`)).body.items as any[];
      return deployments.reduce((sum, item) => sum + (item.status.readyReplicas ?? 0), 0) as number;
    };
    await until(`${PODS} pods running`, 900, async () => (await running()) === PODS, scene.controlPlane.servers, 3000);
    const seconds = (Date.now() - start) / 1000;
    const podBytes = await averageBytes(scene, admin, `/api/v1/namespaces/${NAMESPACE}/pods`);
    const nodeBytes = await averageBytes(scene, admin, '/api/v1/nodes');
    await compactMain(scene);
    const measured = await mainInUse(scene);
    const load = model(nodeCount, { podBytes, nodeBytes });
    const keys = { pods: await keysBelow(scene, '/registry/pods/'), nodes: await keysBelow(scene, '/registry/minions/'), leases: await keysBelow(scene, '/registry/leases/') };
    const predicted = emptyBytes + ['pods', 'nodes', 'leases'].reduce((sum, resource) => sum + bytesOf(load, resource).bytes.value, 0);
    const leaseBytes = await averageBytes(scene, admin, '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases');
    return judged(`${nodeCount} nodes and ${PODS} pods`, [
      { name: 'in_use', unit: 'bytes', predicted, measured },
      ...Object.entries(keys).map(([resource, found]) => ({ name: `${resource}_keys`, unit: 'keys', predicted: bytesOf(load, resource).objects.value, measured: found })),
      { name: 'lease_bytes', unit: 'bytes', predicted: bytesOf(load, 'leases').objectBytes.value, measured: leaseBytes },
    ], {
      pod_bytes: { value: Math.round(podBytes), unit: 'bytes' },
      node_bytes: { value: Math.round(nodeBytes), unit: 'bytes' },
      empty: { value: emptyBytes, unit: 'bytes' },
      pods_per_second: { value: round(PODS / seconds), unit: 'pods/s' },
      pod_page_bytes: { value: revisionBytes('drill/pod', podBytes).value, unit: 'bytes' },
    });
  },
};

/** Twin: the same comparison with objects twice as large must fail. */
const wrongSize: Check = {
  id: 'wrong-object-size-is-noticed',
  drill: 'N4',
  judge: 'component',
  component: 'etcd',
  run: async shared => {
    const scene = await fleetScene(shared);
    try {
      // Without history, as in the comparison that it is the twin of.
      await compactMain(scene);
      const podBytes = 2 * await averageBytes(scene, admin, `/api/v1/namespaces/${NAMESPACE}/pods`);
      const nodeBytes = 2 * await averageBytes(scene, admin, '/api/v1/nodes');
      const load = model(nodeCount, { podBytes, nodeBytes });
      const predicted = emptyBytes + ['pods', 'nodes', 'leases'].reduce((sum, resource) => sum + bytesOf(load, resource).bytes.value, 0);
      const outcome = judged('objects of twice the size', [{ name: 'in_use', unit: 'bytes', predicted, measured: await mainInUse(scene) }]);
      return outcome.passed ? failed(`a prediction with objects of twice the size passes: ${outcome.message}`) : passed(outcome.message);
    } finally {
      admin.close();
      await scene.end(shared.extent.full);
      fleet = undefined;
    }
  },
};

function deployment(name: string, replicas: number): object {
  const labels = { app: name };
  const containers = [{ name: 'pause', image: 'pause', resources: { requests: { cpu: '10m', memory: '10Mi' } } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { automountServiceAccountToken: false, containers } } },
  };
}

/** Seats predicted and counted: fits into continuous integration. */
export const loadChecksCi: Check[] = seatChecks;

/** Writes and bytes of 1,200 nodes and 6,000 pods, on a control plane of their own; about fifteen minutes. */
export const loadChecks: Check[] = [writeRates, contentBytes, wrongSize].map(check => ({ ...check, skip: scene => (scene.extent.ci ? 'takes a quarter of an hour; not in the short form' : undefined) }));
