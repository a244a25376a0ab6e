import { blocksOf, CLASS, described, givenBinary, readable, statefulSet, StorageCluster } from './storage-cluster';
import { Check, failed, passed } from '../../check';
import { until } from '../../waiting';

const HELD = /didn't match PersistentVolume's node affinity|volume node affinity conflict/;
/** Longer than the garbage collector of pods (40 s) and the controllers take to make a pod anew; a pod that is held stays held. */
const HELD_SECONDS = 20;

/** A node is deleted with its volumes: who frees its pods, and who does not. */
export const lostNodeChecks: Check[] = [
  {
    id: 'lost-node-runbook',
    drill: '2',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const { nodes, namespace, victim, pod } = await heldBy(cluster, 'lost');
      const page = described().pages.get('storage-node-lost')!;
      const [show, remove, ...repair] = blocksOf(page, 'with kubectl');
      const listing = await cluster.shell(show, { NODE: victim });
      if (listing.code !== 0 || !listing.stdout.includes(`data-${pod}`)) { return failed(`the listing shows no claim of ${victim}: ${readable(listing)}`); }
      const removed = await cluster.shell(remove, { NODE: victim });
      if (removed.code !== 0) { return failed(`deleting the node: ${readable(removed)}`); }
      const why = await cluster.waits(namespace, pod, HELD, 150);
      await new Promise(resolve => setTimeout(resolve, HELD_SECONDS * 1000));
      const still = (await cluster.admin.get(`/api/v1/namespaces/${namespace}/pods/${pod}`)).body.status.phase;
      if (still !== 'Pending') { return failed(`without the runbook the pod became ${still}: nothing is left to repair`); }
      const start = Date.now();
      for (const block of repair) {
        const done = await cluster.shell(block, { NODE: victim });
        if (done.code !== 0) { return failed(`${readable(done)} in: ${block.slice(0, 200)}`); }
      }
      const pods = await cluster.running(namespace, 2);
      const seconds = (Date.now() - start) / 1000;
      const left = (await cluster.admin.get(`/api/v1/persistentvolumes?labelSelector=kubernetes.io/hostname%3D${victim}`)).body.items.length;
      const back = pods.find(other => other.metadata.name === pod);
      return back !== undefined && back.spec.nodeName !== victim && left === 0
        ? passed(`held for ${HELD_SECONDS} s and more (${why.slice(0, 140)}); the runbook brought it to ${back.spec.nodeName}, nothing is left of ${victim}`, {
          back_after: { value: Math.round(seconds), unit: 's from the first command of the repair' }, nodes: { value: nodes.length, unit: 'nodes' },
        })
        : failed(`the pod is on ${back?.spec.nodeName}, ${left} volumes of ${victim} are left`);
    },
  },
  {
    id: 'owner-references-free-no-pod',
    drill: 'N4',
    judge: 'component',
    component: 'kube-controller-manager',
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const { namespace, victim, pod, volume } = await heldBy(cluster, 'owned', true);
      await cluster.admin.delete(`/api/v1/nodes/${victim}`);
      const at = `/api/v1/persistentvolumes/${volume}`;
      // The garbage collector deletes what the node owned; the finalizer of a bound volume keeps it.
      await until('the volume under deletion', 120, async () => (await cluster.admin.get(at)).body.metadata?.deletionTimestamp !== undefined, cluster.scene.controlPlane.servers);
      await cluster.waits(namespace, pod, HELD, 150);
      await new Promise(resolve => setTimeout(resolve, HELD_SECONDS * 1000));
      const left = (await cluster.admin.get(at)).body;
      const phase = (await cluster.admin.get(`/api/v1/namespaces/${namespace}/pods/${pod}`)).body.status.phase;
      return phase === 'Pending' && left.metadata?.finalizers?.includes('kubernetes.io/pv-protection')
        ? passed(`with an owner the volume is under deletion since ${left.metadata.deletionTimestamp} and still there, its claim bound, its pod pending`)
        : failed(`the pod is ${phase}, the volume ${JSON.stringify(left.metadata ?? left).slice(0, 200)}`);
    },
  },
  {
    id: 'cleanup-controller-frees-pods',
    drill: '2',
    judge: 'component',
    component: 'local-volume-node-cleanup',
    skip: () => (givenBinary('local-volume-node-cleanup') === undefined ? 'local-volume-node-cleanup is in no module registry: put it into CONFORMANCE_BIN or PATH' : undefined),
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const { namespace, victim, pod } = await heldBy(cluster, 'freed');
      const server = await runCleanup(cluster);
      try {
        await cluster.admin.delete(`/api/v1/nodes/${victim}`);
        const start = Date.now();
        await until('the pod on another node', 240, async () => {
          const body = (await cluster.admin.get(`/api/v1/namespaces/${namespace}/pods/${pod}`)).body;
          return body.status?.phase === 'Running' && body.spec.nodeName !== victim && !body.metadata.deletionTimestamp;
        }, [...cluster.scene.controlPlane.servers, server], 500);
        const seconds = (Date.now() - start) / 1000;
        await until('the volumes of the node gone', 120, async () => (await cluster.admin.get(`/api/v1/persistentvolumes?labelSelector=kubernetes.io/hostname%3D${victim}`)).body.items.length === 0, [server], 500);
        return passed('with the arguments and rights of ours, it deleted claim and volume of the lost node; the pod runs elsewhere', { freed_after: { value: Math.round(seconds), unit: 's after the node was deleted, 60 s of it delay' } });
      } finally {
        await server.stop();
      }
    },
  },
];

/** A StatefulSet of two on two of three nodes with volumes; one of the two nodes is to be lost. */
async function heldBy(cluster: StorageCluster, name: string, owned = false): Promise<{
  nodes: string[]; namespace: string; victim: string; pod: string; volume: string;
}> {
  await cluster.namespace(name);
  const pool = `pool-${name}`;
  const nodes = await cluster.nodes(pool, name, 3);
  const volumes = new Map<string, string>();
  for (const node of nodes) {
    const uid = (await cluster.admin.get(`/api/v1/nodes/${node}`)).body.metadata.uid;
    volumes.set(node, await cluster.volume({ node, pool, ...(owned ? { owner: { name: node, uid } } : {}) }));
  }
  await cluster.created(`/apis/apps/v1/namespaces/${name}/statefulsets`, statefulSet(name, 'db', 2, { pool, className: CLASS }));
  const pods = await cluster.running(name, 2);
  const victim = pods.find(pod => pod.metadata.name === 'db-1').spec.nodeName;
  return { nodes, namespace: name, victim, pod: 'db-1', volume: volumes.get(victim)! };
}

/** The controller as the Deployment says, as a user with exactly its rights. */
async function runCleanup(cluster: StorageCluster) {
  const { objects } = described();
  const deployment = objects.find(object => object.kind === 'Deployment' && object.metadata.name === 'local-volume-node-cleanup');
  const role = objects.find(object => object.kind === 'ClusterRole' && object.metadata.name.endsWith('local-volume-node-cleanup'));
  const kubeconfig = await cluster.userWithRole('cleanup', role);
  // Shorter times, and metrics on loopback; everything else as it is.
  const args: string[] = deployment.spec.template.spec.containers[0].args.map((argument: string) => argument
    .replace(/^--pvc-deletion-delay=.*/, '--pvc-deletion-delay=60s').replace(/^--stale-pv-discovery-interval=.*/, '--stale-pv-discovery-interval=5s')
    .replace(/^--listen-address=:(\d+)$/, `--listen-address=${cluster.scene.controlPlane.placement.loopback.extra(9)}:$1`));
  return cluster.scene.processes.start('local-volume-node-cleanup', givenBinary('local-volume-node-cleanup')!, [...args, `--kubeconfig=${kubeconfig}`]);
}
