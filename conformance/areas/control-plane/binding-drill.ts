import { applyFlowControl, Plane, Profile } from './api-server-plane';
import { besides, quantile, rounded } from './etcd-drill-scene';
import { failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { inParallel, until } from '../../waiting';
import { kwokStagesWithHeartbeat } from '../foundation/kwok-stages';
import { asPlanned, node, PoolOnHost, poolsOnHost, startKwok } from '../foundation/node-checks';

/** Many with few pods each, as clusters of this size have them: their status costs the controller manager requests beside the pods. */
const DEPLOYMENTS = 100;
/** Times kubeadm's throughput that ours must reach, as the median of the rounds. */
const RATIO = 3;
const GOAL = 80;

interface Size {
  readonly pools: PoolOnHost[];
  readonly nodes: number;
  /** Pods that stand before anything is measured. */
  readonly standing: number;
  /** Pods bound on top of them, in each round with each set of flags. */
  readonly measured: number;
  /** Kubeadm's rate is held by its client limits, ours by the processors: one round beside other work would compare the machine with a limit. */
  readonly rounds: number;
}

function size(scene: Scene): Size {
  const pools = poolsOnHost(scene);
  const nodes = pools.reduce((sum, pool) => sum + pool.nodes, 0);
  return scene.extent.full ? { pools, nodes, standing: 33_000, measured: 1000, rounds: 3 } : { pools, nodes, standing: 4000, measured: 1000, rounds: 1 };
}

/** How fast pods of Deployments are created and bound beside thousands that stand: with kubeadm's flags, then with ours, on the same data. */
export function bindingThroughput(shared: Scene): Promise<Outcome> {
  return Plane.onDrillMachines(shared, async plane => {
    const wanted = size(shared);
    await plane.startApiServer('ours');
    const controllers = plane.startControllers('ours');
    await startKwok(plane.scene, kwokStagesWithHeartbeat(300));
    await fleet(plane, wanted);
    // Nothing to control while pods are placed by name.
    await plane.kill(controllers);
    await stand(plane, wanted);
    const rounds: { theirs: number; ours: number }[] = [];
    for (let round = 1; round <= wanted.rounds; round++) {
      rounds.push({ theirs: await measure(plane, 'kubeadm', wanted, round), ours: await measure(plane, 'ours', wanted, round) });
    }
    const median = (values: number[]) => quantile(values, 0.5);
    const theirs = median(rounds.map(round => round.theirs));
    const ours = median(rounds.map(round => round.ours));
    const ratio = median(rounds.map(round => round.ours / round.theirs));
    const figures: { [name: string]: Figure } = {
      nodes: { value: wanted.nodes, unit: 'nodes' },
      standing: { value: wanted.standing, unit: 'pods before' },
      measured: { value: wanted.measured, unit: `pods of ${DEPLOYMENTS} Deployments bound in each of ${wanted.rounds} rounds with each set of flags` },
      ours: { value: rounded(ours, 1), unit: 'pods/s', goal: String(GOAL), met: ours >= GOAL },
      kubeadm: { value: rounded(theirs, 1), unit: 'pods/s' },
      ratio: { value: rounded(ratio), unit: `times kubeadm's, of ${rounds.map(round => (round.ours / round.theirs).toFixed(2)).join(', ')}`, goal: String(RATIO), met: ratio >= RATIO },
      ...besides(),
    };
    const text = `${ours.toFixed(0)} pods/s beside ${wanted.standing} pods, ${theirs.toFixed(0)} with kubeadm's flags`;
    return ratio >= RATIO ? passed(text, figures) : failed(text, figures);
  });
}

/** All nodes, schedulable. */
async function fleet({ admin, scene }: Plane, { pools, nodes }: Size): Promise<void> {
  const bodies = pools.flatMap(pool => Array.from({ length: pool.nodes }, (_, i) => node(pool, i)));
  await inParallel(bodies, 24, body => created(admin.post('/api/v1/nodes', body)));
  await until('all nodes schedulable', 300, async () => ((await admin.get('/api/v1/nodes')).body.items as any[]).filter(item => asPlanned(item, pools)).length === nodes, scene.controlPlane.servers, 1000);
}

/** Pods that already have their node, of which the kubelet has told that they run. */
async function stand({ admin, scene }: Plane, { pools, standing }: Size): Promise<void> {
  const namespace = 'standing';
  await created(admin.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  await created(admin.post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }));
  const names = pools.flatMap(pool => Array.from({ length: pool.nodes }, (_, i) => `${pool.name}-${i}`));
  const spec = { automountServiceAccountToken: false, tolerations: [{ operator: 'Exists' }], containers: [{ name: 'pause', image: 'pause', resources: { requests: { cpu: '10m', memory: '10Mi' } } }] };
  const path = `/api/v1/namespaces/${namespace}/pods`;
  await inParallel(Array.from({ length: standing }, (_, i) => i), 32, i => created(admin.post(path, {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${i}`, labels: { app: `standing-${i % DEPLOYMENTS}` } }, spec: { ...spec, nodeName: names[i % names.length] },
  })));
  await until(`${standing} pods running`, 420, async () => (await admin.get(`${path}?fieldSelector=status.phase!=Running&limit=1`)).body.items.length === 0, scene.controlPlane.servers, 2000);
}

/** Pods per second from the moment the Deployments are asked for until all of their pods have a node. */
async function measure(plane: Plane, profile: Profile, { measured }: Size, round: number): Promise<number> {
  await plane.startApiServer(profile);
  if (profile === 'ours') { await applyFlowControl(plane.admin); }
  await plane.forgetLeaders();
  const controllers = plane.startControllers(profile);
  await plane.controllersLead(controllers);
  const { admin, scene } = plane;
  const namespace = `bound-${profile}-${round}`;
  await created(admin.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  await until('its service account', 120, async () => (await admin.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)).status === 200);
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const start = Date.now();
  await inParallel(Array.from({ length: DEPLOYMENTS }, (_, i) => i), 32, async i => {
    const labels = { app: `bound-${i}` };
    await created(admin.post(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: labels.app, namespace },
      spec: {
        replicas: measured / DEPLOYMENTS,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { automountServiceAccountToken: false, containers: [{ name: 'pause', image: 'pause', resources: { requests: { cpu: '10m', memory: '10Mi' } } }] } },
      },
    }));
  });
  // Two small answers instead of all pods: what is asked must not slow down what is measured.
  const all = async () => {
    const page = (await admin.get(`${path}?limit=1`)).body;
    if (page.items.length + (page.metadata.remainingItemCount ?? 0) < measured) { return false; }
    return (await admin.get(`${path}?fieldSelector=spec.nodeName=&limit=1`)).body.items.length === 0;
  };
  await until(`${measured} pods bound with the flags of ${profile}`, 420, all, scene.controlPlane.servers, 250);
  const seconds = (Date.now() - start) / 1000;
  await plane.kill(controllers);
  // The kubelets' reports of these pods belong to this measurement, not to the next one.
  await until('all of them running', 420, async () => (await admin.get(`${path}?fieldSelector=status.phase!=Running&limit=1`)).body.items.length === 0, scene.controlPlane.servers, 500);
  return measured / seconds;
}

async function created(answer: Promise<{ status: number; body: any }>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 201) { throw new Error(`refused with ${status}: ${JSON.stringify(body).slice(0, 200)}`); }
}
