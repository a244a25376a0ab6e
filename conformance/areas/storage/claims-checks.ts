import { CLASS, statefulSet, StorageCluster } from './storage-cluster';
import { Check, failed, passed } from '../../check';
import { until } from '../../waiting';

const NO_VOLUME = /didn't find available persistent volumes to bind/;

const byName = (pods: any[]) => new Map<string, any>(pods.map(pod => [pod.metadata.name, pod]));

/** How claims of local classes meet volumes: real API server, controller manager and scheduler. */
export const claimsChecks: Check[] = [
  {
    id: 'local-claims-follow-their-volumes',
    drill: '1',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const namespace = 'follow';
      await cluster.namespace(namespace);
      // Zones in turn: nodes 0 to 2 have a volume each, 3 to 5 have none.
      const nodes = await cluster.nodes('follow', 'follow', 6);
      for (const node of nodes.slice(0, 3)) { await cluster.volume({ node, pool: 'follow' }); }
      const start = Date.now();
      await cluster.created(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, statefulSet(namespace, 'db', 3, { pool: 'follow', spread: true }));
      const pods = await cluster.running(namespace, 3);
      const seconds = (Date.now() - start) / 1000;
      const places = [...new Set(pods.map(pod => pod.spec.nodeName))].sort();
      if (places.join() !== nodes.slice(0, 3).join()) { return failed(`pods run on ${places.join(', ')}, volumes are on ${nodes.slice(0, 3).join(', ')}`); }
      // The fourth finds five nodes with room and no volume: it waits, and says why.
      await cluster.admin.post(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, statefulSet(namespace, 'more', 1, { pool: 'follow' }));
      const why = await cluster.waits(namespace, 'more-0', NO_VOLUME);
      const before = byName(pods).get('db-1');
      await cluster.admin.delete(`/api/v1/namespaces/${namespace}/pods/db-1`);
      let after: any;
      await until('db-1 runs again', 60, async () => {
        after = (await cluster.admin.get(`/api/v1/namespaces/${namespace}/pods/db-1`)).body;
        return after.status?.phase === 'Running' && after.metadata.uid !== before.metadata.uid;
      }, cluster.scene.controlPlane.servers);
      return after.spec.nodeName === before.spec.nodeName
        ? passed(`three pods on the three nodes with volumes, one in each zone; a fourth waits: ${why.slice(0, 160)}; a deleted pod came back to ${after.spec.nodeName}`, {
          bound_after: { value: Math.round(seconds * 10) / 10, unit: 's for 3 claims' },
        })
        : failed(`db-1 was on ${before.spec.nodeName} and came back on ${after.spec.nodeName}, away from its data`);
    },
  },
  {
    id: 'claims-keep-to-their-pool',
    drill: '4',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const namespace = 'pools';
      await cluster.namespace(namespace);
      const [data] = await cluster.nodes('pools-data', 'pools-data', 1);
      const [database] = await cluster.nodes('pools-database', 'pools-database', 1);
      await cluster.volume({ node: data, pool: 'pools-data' });
      // A pod that names a pool finds only the disks of its nodes; a claim that names a pool takes no other's, wherever its pod may go.
      const selector = { matchLabels: { 'thousand-node.io/pool': 'pools-database' } };
      await cluster.created(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, statefulSet(namespace, 'by-node', 1, { pool: 'pools-database' }));
      await cluster.created(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, statefulSet(namespace, 'by-claim', 1, { selector }));
      const first = await cluster.waits(namespace, 'by-node-0', NO_VOLUME);
      await cluster.waits(namespace, 'by-claim-0', NO_VOLUME);
      const free = (await cluster.admin.get('/api/v1/persistentvolumes')).body.items.filter((volume: any) => volume.metadata.labels['kubernetes.io/hostname'] === data && volume.status.phase === 'Available');
      if (free.length !== 1) { return failed(`the volume of ${data} is not free any more: the wait proves nothing`); }
      await cluster.volume({ node: database, pool: 'pools-database' });
      await cluster.volume({ node: database, pool: 'pools-database', file: 'second' });
      const pods = await cluster.running(namespace, 2);
      const strays = pods.filter(pod => pod.spec.nodeName !== database).map(pod => `${pod.metadata.name} on ${pod.spec.nodeName}`);
      return strays.length === 0
        ? passed(`both waited beside a free volume of the other pool (${first.slice(0, 120)}) and took those of their own pool`)
        : failed(`took another pool's disk: ${strays.join(', ')}`);
    },
  },
  {
    id: 'released-volumes-wait-for-cleaning',
    drill: '4',
    judge: 'component',
    component: 'kube-controller-manager',
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const namespace = 'released';
      await cluster.namespace(namespace);
      const [node] = await cluster.nodes('released', 'released', 1);
      const volume = await cluster.volume({ node, pool: 'released' });
      const at = `/api/v1/persistentvolumes/${volume}`;
      const claim = (name: string) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: CLASS, resources: { requests: { storage: '10Gi' } } } });
      const pod = (name: string) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: {
          nodeSelector: { 'kubernetes.io/hostname': node },
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image: 'pause' }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
        },
      });
      const make = async (name: string) => {
        await cluster.created(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, claim(name));
        await cluster.created(`/api/v1/namespaces/${namespace}/pods`, pod(name));
      };
      await make('first');
      await cluster.running(namespace, 1);
      await cluster.admin.delete(`/api/v1/namespaces/${namespace}/pods/first`);
      await cluster.admin.delete(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/first`);
      const { servers } = cluster.scene.controlPlane;
      await until('the volume released', 60, async () => (await cluster.admin.get(at)).body.status.phase === 'Released', servers);
      await make('second');
      const why = await cluster.waits(namespace, 'second', NO_VOLUME);
      // Longer than the controllers take for a bind.
      await new Promise(resolve => setTimeout(resolve, 5000));
      const still = (await cluster.admin.get(at)).body;
      const pending = (await cluster.admin.get(`/api/v1/namespaces/${namespace}/pods/second`)).body.status.phase;
      if (still.status.phase !== 'Released' || still.spec.claimRef.name !== 'first' || pending !== 'Pending') { return failed(`the volume is ${still.status.phase} for ${still.spec.claimRef?.name}, the second pod is ${pending}`); }
      // What the provisioner does once the disk is clean: delete, discover, publish.
      await cluster.admin.delete(at);
      await until('the volume object gone', 30, async () => (await cluster.admin.get(at)).status === 404, servers);
      await cluster.volume({ node, pool: 'released' });
      const [second] = await cluster.running(namespace, 1);
      return second.metadata.name === 'second' ? passed(`not bound while it was released (${why.slice(0, 120)}), bound once it was published again`) : failed(`${second.metadata.name} runs`);
    },
  },
  {
    id: 'immediate-binding-strands-a-pod',
    drill: 'N1',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const namespace = 'immediate';
      await cluster.namespace(namespace);
      const [busy, idle] = await cluster.nodes('immediate', 'immediate', 2);
      // The class of ours with its one line changed.
      await cluster.applyStrictly([{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'bound-at-once' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'Immediate' }]);
      await cluster.volume({ node: busy, pool: 'immediate', className: 'bound-at-once' });
      const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
      await cluster.created(claims, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data-db-0' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'bound-at-once', resources: { requests: { storage: '10Gi' } } } });
      await until('the claim bound before any pod', 30, async () => (await cluster.admin.get(`${claims}/data-db-0`)).body.status.phase === 'Bound', cluster.scene.controlPlane.servers);
      // Then the disk that the pod could use appears, and the node of the first one fills up.
      await cluster.volume({ node: idle, pool: 'immediate', className: 'bound-at-once' });
      await cluster.admin.post('/api/v1/namespaces/immediate/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'neighbour' }, spec: { nodeName: busy, containers: [{ name: 'main', image: 'pause', resources: { requests: { cpu: '15' } } }] } });
      await cluster.created(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, statefulSet(namespace, 'db', 1, { className: 'bound-at-once' }));
      const why = await cluster.waits(namespace, 'db-0', /Insufficient cpu.*volume node affinity|volume node affinity.*Insufficient cpu|Insufficient cpu.*node affinity|node affinity.*Insufficient cpu/);
      return passed(`stranded beside a free disk on ${idle}: ${why.slice(0, 240)}`);
    },
  },
  {
    id: 'local-volume-without-affinity-refused',
    drill: 'N2',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const body = (spec: object) => ({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'nowhere' },
        spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, local: { path: '/mnt/ssd1' }, storageClassName: CLASS, ...spec },
      });
      const refused = await cluster.admin.post('/api/v1/persistentvolumes?dryRun=All', body({}));
      const affinity = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }] }] } };
      const accepted = await cluster.admin.post('/api/v1/persistentvolumes?dryRun=All', body({ nodeAffinity: affinity }));
      return refused.status === 422 && /nodeAffinity.*[Rr]equired|Local volume requires node affinity/.test(refused.body.message) && accepted.status === 201
        ? passed(refused.body.message)
        : failed(`without affinity ${refused.status} ${refused.body?.message}, with it ${accepted.status}`);
    },
  },
];
