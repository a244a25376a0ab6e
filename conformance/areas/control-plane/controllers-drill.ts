import { applyFlowControl, Plane, Profile } from './api-server-plane';
import { besides, pause, rounded } from './etcd-drill-scene';
import { failed, Outcome, passed } from '../../check';
import { Scene } from '../../scene';
import { inParallel, until } from '../../waiting';
import { metrics, total } from '../brain/load-scene';
import { kwokStagesWithHeartbeat } from '../foundation/kwok-stages';
import { asPlanned, node, PoolOnHost, poolsOnHost, startKwok } from '../foundation/node-checks';

const NAMESPACE = 'churn';
const DEPLOYMENTS = 20;
const DELETES_PER_SECOND = 15;
/** What we would like to stand, beside what must be stood. */
const GOAL_PER_SECOND = 25;
/** Share of kubeadm's time that ours may take. */
const RATIO = 0.25;
/** The short form has this share of the nodes. */
const SHORT = 8;
/** Seconds after the last deletion in which everything must be back. */
const SETTLE = 10;

interface Size { readonly pools: PoolOnHost[]; readonly nodes: number; readonly churnSeconds: number }

function size(scene: Scene): Size {
  const all = poolsOnHost(scene);
  const pools = scene.extent.ci ? all.map(pool => ({ ...pool, nodes: Math.ceil(pool.nodes / SHORT) })) : all;
  // The short form ends with the nodes.
  const churnSeconds = scene.extent.ci ? 0 : 60;
  return { pools, nodes: pools.reduce((sum, pool) => sum + pool.nodes, 0), churnSeconds };
}

/** What one profile did. */
interface Work {
  /** Seconds until all nodes were schedulable; undefined: not within the time. */
  readonly schedulable?: number;
  /** Seconds until all nodes were registered, which is the drill's own work. */
  readonly registered: number;
  readonly left: number;
  readonly must: Churn;
  /** At the rate of the goal; ours alone. */
  readonly goal?: Churn;
  readonly dearRequests: number;
}

interface Churn { readonly deleted: number; readonly recreated: number; readonly slicePuts: number }

const WORK = new WeakMap<Scene, { ours: Work; theirs: Work }>();

/** Nodes and churn with ours, then with kubeadm's flags on a control plane of its own; once for both drills. */
async function work(shared: Scene): Promise<{ ours: Work; theirs: Work }> {
  const known = WORK.get(shared);
  if (known) { return known; }
  const wanted = size(shared);
  const ours = await Plane.onDrillMachines(shared, plane => one(plane, 'ours', wanted, 600));
  // Four times ours decides; how much longer it really takes is known: more than four minutes for 1,200 nodes.
  const theirs = await Plane.onDrillMachines(shared, plane => one(plane, 'kubeadm', wanted, (ours.schedulable ?? 600) / RATIO));
  const both = { ours, theirs };
  WORK.set(shared, both);
  return both;
}

async function one(plane: Plane, profile: Profile, wanted: Size, seconds: number): Promise<Work> {
  await plane.startApiServer(profile);
  if (profile === 'ours') { await applyFlowControl(plane.admin); }
  plane.startControllers(profile);
  const { admin, scene } = plane;
  await until('the scheduler at work', 120, async () => (await admin.get('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler')).status === 200, scene.controlPlane.servers);
  await startKwok(scene, kwokStagesWithHeartbeat(300));
  const bodies = wanted.pools.flatMap(pool => Array.from({ length: pool.nodes }, (_, i) => node(pool, i)));
  const start = Date.now();
  await inParallel(bodies, 24, async body => {
    const answer = await admin.post('/api/v1/nodes', body);
    if (answer.status !== 201) { throw new Error(`node refused: ${JSON.stringify(answer.body).slice(0, 200)}`); }
  });
  const registered = (Date.now() - start) / 1000;
  let left = wanted.nodes;
  const ready = async () => {
    const list = (await admin.get('/api/v1/nodes')).body.items as any[];
    left = wanted.nodes - list.filter(item => asPlanned(item, wanted.pools)).length;
    return left === 0;
  };
  const inTime = await until('all nodes schedulable', seconds, ready, scene.controlPlane.servers, 1000).then(() => true, error => {
    if (/: not within/.test(String(error))) { return false; }
    throw error;
  });
  const schedulable = inTime ? (Date.now() - start) / 1000 : undefined;
  const leftThen = left;
  const goal = profile === 'ours' && scene.extent.full;
  const none = { deleted: 0, recreated: 0, slicePuts: 0 };
  if (wanted.churnSeconds > 0) { await deploy(plane, (goal ? GOAL_PER_SECOND : DELETES_PER_SECOND) * wanted.churnSeconds + 100); }
  const must = wanted.churnSeconds > 0 ? await churn(plane, wanted, DELETES_PER_SECOND) : none;
  const beyond = goal ? await churn(plane, wanted, GOAL_PER_SECOND) : undefined;
  const samples = await metrics(admin, 'apiserver_flowcontrol_dispatched_requests_total');
  const dearRequests = total(samples, 'apiserver_flowcontrol_dispatched_requests_total', { flow_schema: 'thousand-node-dear-requests' });
  return { schedulable, registered, left: leftThen, must, goal: beyond, dearRequests };
}

const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

async function running({ admin }: Plane): Promise<string[]> {
  const pods = (await admin.get(PODS)).body.items as any[];
  return pods.filter(pod => pod.status.phase === 'Running' && pod.metadata.deletionTimestamp === undefined).map(pod => pod.metadata.name);
}

/** Deployments with a Service each, all pods running. */
async function deploy(plane: Plane, pods: number): Promise<void> {
  const { admin, scene } = plane;
  await admin.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await until('the namespace has its service account', 120, async () => (await admin.get(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`)).status === 200);
  for (let i = 0; i < DEPLOYMENTS; i++) {
    const labels = { app: `churn-${i}` };
    const containers = [{ name: 'pause', image: 'pause', resources: { requests: { cpu: '10m', memory: '10Mi' } } }];
    await admin.post(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: labels.app, namespace: NAMESPACE },
      spec: {
        replicas: Math.ceil(pods / DEPLOYMENTS),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { automountServiceAccountToken: false, containers } },
      },
    });
    await admin.post(`/api/v1/namespaces/${NAMESPACE}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: labels.app }, spec: { selector: labels, ports: [{ port: 80 }] } });
  }
  const planned = Math.ceil(pods / DEPLOYMENTS) * DEPLOYMENTS;
  await until(`${planned} pods running`, 420, async () => (await running(plane)).length === planned, scene.controlPlane.servers, 2000);
}

/** Pods deleted at a steady rate, and how many came back. */
async function churn(plane: Plane, { churnSeconds }: Size, rate: number): Promise<Churn> {
  const { admin } = plane;
  const before = await running(plane);
  const puts = async () => total(await metrics(admin, 'apiserver_request_total'), 'apiserver_request_total', { resource: 'endpointslices', verb: 'PUT', code: '200' });
  const putsBefore = await puts();
  const victims = before.slice(0, rate * churnSeconds);
  const start = Date.now();
  const deleting: Array<Promise<unknown>> = [];
  for (let i = 0; i < victims.length; i++) {
    await pause(Math.max(0, start + i * 1000 / rate - Date.now()));
    deleting.push(admin.delete(`${PODS}/${victims[i]}?gracePeriodSeconds=1`));
  }
  await Promise.all(deleting);
  await pause(SETTLE * 1000);
  const old = new Set(before);
  const recreated = (await running(plane)).filter(name => !old.has(name)).length;
  return { deleted: victims.length, recreated, slicePuts: (await puts()) - putsBefore };
}

/** Time until a whole fleet is schedulable. */
export async function nodesSchedulable(shared: Scene): Promise<Outcome> {
  const { ours, theirs } = await work(shared);
  const { nodes } = size(shared);
  const limit = (ours.schedulable ?? 600) / RATIO;
  const ratio = ours.schedulable === undefined ? Infinity : ours.schedulable / (theirs.schedulable ?? limit);
  const figures = {
    nodes: { value: nodes, unit: 'nodes' },
    ours: { value: ours.schedulable === undefined ? 'not within 600' : Math.round(ours.schedulable), unit: 's', goal: '30', met: (ours.schedulable ?? Infinity) <= 30 },
    ours_registered: { value: Math.round(ours.registered), unit: 's until the last node was registered' },
    kubeadm: { value: theirs.schedulable === undefined ? `not within ${Math.round(limit)}` : Math.round(theirs.schedulable), unit: 's' },
    kubeadm_left: { value: theirs.left, unit: 'nodes then not schedulable' },
    ratio: { value: theirs.schedulable === undefined ? `below ${RATIO}` : rounded(ratio), unit: 'of kubeadm\'s', goal: String(RATIO), met: ratio <= RATIO },
    dear: { value: ours.dearRequests, unit: 'requests of our control plane in the level for dear ones', goal: '0', met: ours.dearRequests === 0 },
    ...besides(),
  };
  const text = `${nodes} nodes after ${ours.schedulable?.toFixed(0) ?? '> 600'} s; with kubeadm's flags ${theirs.schedulable?.toFixed(0) ?? `${theirs.left} were left after ${Math.round(limit)}`} s`;
  if (ours.dearRequests > 0) { return failed(`controllers of the control plane stand among dear requests: ${ours.dearRequests}; ${text}`, figures); }
  return ratio <= RATIO ? passed(text, figures) : failed(text, figures);
}

/** Pods deleted at a steady rate, all recreated in time. */
export async function podsRecreated(shared: Scene): Promise<Outcome> {
  const { ours, theirs } = await work(shared);
  const { must, goal } = ours;
  const figures = {
    deleted: { value: must.deleted, unit: `pods at ${DELETES_PER_SECOND}/s` },
    ours_recreated: { value: must.recreated, unit: 'pods', goal: String(must.deleted), met: must.recreated === must.deleted },
    kubeadm_recreated: { value: theirs.must.recreated, unit: `pods of ${theirs.must.deleted}` },
    ours_slice_puts: { value: rounded(must.slicePuts / must.deleted), unit: 'per pod' },
    kubeadm_slice_puts: { value: rounded(theirs.must.slicePuts / theirs.must.deleted), unit: 'per pod' },
    ...(goal === undefined ? {} : { ours_recreated_at_goal: { value: goal.recreated, unit: `pods of ${goal.deleted} at ${GOAL_PER_SECOND}/s`, goal: String(goal.deleted), met: goal.recreated === goal.deleted } }),
    ...besides(),
  };
  const text = `${must.recreated} of ${must.deleted} pods back ${SETTLE} s after the last deletion, ${theirs.must.recreated} with kubeadm's flags`;
  return must.recreated === must.deleted && must.deleted > 0 ? passed(text, figures) : failed(text, figures);
}
