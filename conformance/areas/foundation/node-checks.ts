import * as fs from 'node:fs';
import { parse } from 'yaml';
import { KWOK_STAGES } from './kwok-stages';
import { kubectl } from './object-checks';
import { Check, failed, passed } from '../../check';
import { KubeClient } from '../../kube-client';
import { Scene } from '../../scene';
import { inParallel, until } from '../../waiting';

const PODS = 600;
const NAMESPACE = 'fill';
const TAINTS_BY_CONDITION = /^node\.kubernetes\.io\//;

export interface Taint { readonly key: string; readonly value?: string; readonly effect: string }

/** A pool as its host files describe it: what the kubelets of that pool would register. */
export interface PoolOnHost {
  readonly name: string;
  readonly nodes: number;
  readonly labels: { readonly [key: string]: string };
  readonly taints: Taint[];
  readonly maxPods: number;
}

export const nodeChecks: Check[] = [
  {
    id: 'nodes-schedulable',
    drill: '5',
    judge: 'component',
    component: 'kube-controller-manager',
    run: async scene => {
      const pools = poolsOnHost(scene);
      const client = await scene.controlPlane.adminClient();
      if (!scene.extent.full) {
        // The example's own DaemonSets would put five pods on each node; the short form measures nodes and 600 pods alone.
        await kubectl(scene, 'delete', 'daemonsets,deployments,statefulsets', '--all', '--all-namespaces', '--wait=false');
      }
      await startKwok(scene);
      const total = pools.reduce((sum, pool) => sum + pool.nodes, 0);
      const start = Date.now();
      const nodes = pools.flatMap(pool => Array.from({ length: pool.nodes }, (_, i) => node(pool, i)));
      const refused: string[] = [];
      await inParallel(nodes, 24, async body => {
        const answer = await client.post('/api/v1/nodes', body);
        if (answer.status !== 201) { refused.push(JSON.stringify(answer.body).slice(0, 200)); }
      });
      if (refused.length > 0) { return failed(`${refused.length} nodes refused: ${refused[0]}`); }
      const created = (Date.now() - start) / 1000;
      let left: string[] = [];
      await until(`${total} nodes schedulable`, 420, async () => {
        const list = (await client.get('/api/v1/nodes')).body.items as any[];
        left = list.filter(item => !asPlanned(item, pools)).map(item => item.metadata.name);
        return list.length === total && left.length === 0;
      }, scene.controlPlane.servers, 1000).catch(error => { throw new Error(`${error.message}; ${left.length} nodes left, such as ${left.slice(0, 3).join(', ')}`); });
      const seconds = (Date.now() - start) / 1000;
      client.close();
      return passed(`${total} nodes carry exactly the taints of their pools`, {
        nodes: { value: total, unit: 'nodes', goal: '1200', met: total === 1200 },
        created: { value: Math.round(created), unit: 's' },
        schedulable_after: { value: Math.round(seconds), unit: 's', goal: '< 120 s (kubeadm\'s flags: > 240 s)', met: seconds < 120 },
      });
    },
  },
  {
    id: 'pods-spread-over-pools',
    drill: '6',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const pools = poolsOnHost(scene);
      const client = await scene.controlPlane.adminClient();
      await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
      const untainted = pools.filter(pool => pool.taints.length === 0);
      const tainted = pools.filter(pool => pool.taints.length > 0);
      const start = Date.now();
      // Pods without tolerations spread over the open pools; a share tolerates and selects each tainted pool.
      const share = Math.floor(PODS / 10);
      await client.post(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment('open', PODS - share * tainted.length, {}, []));
      for (const pool of tainted) {
        await client.post(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment(`on-${pool.name}`, share, { 'thousand-node.io/pool': pool.name }, pool.taints));
      }
      const list = async () => (await client.get(`/api/v1/namespaces/${NAMESPACE}/pods`)).body.items as any[];
      await until(`${PODS} pods running`, 300, async () => (await list()).filter(pod => pod.status.phase === 'Running').length === PODS, scene.controlPlane.servers, 1000);
      const seconds = (Date.now() - start) / 1000;
      const poolOf = new Map<string, string>((await client.get('/api/v1/nodes')).body.items.map((item: any) => [item.metadata.name, item.metadata.labels['thousand-node.io/pool']]));
      const counts = new Map<string, number>(pools.map(pool => [pool.name, 0]));
      const misplaced: string[] = [];
      for (const pod of await list()) {
        const pool = poolOf.get(pod.spec.nodeName) ?? 'none';
        counts.set(pool, (counts.get(pool) ?? 0) + 1);
        if (tainted.some(other => other.name === pool) !== !pod.metadata.labels.app.startsWith('open')) { misplaced.push(pod.metadata.name); }
      }
      client.close();
      const empty = pools.filter(pool => counts.get(pool.name) === 0).map(pool => pool.name);
      const spread = [...counts].map(([pool, count]) => `${pool} ${count}`).join(', ');
      const figures = { pods_per_second: { value: Math.round(PODS / seconds), unit: 'pods/s' } };
      return misplaced.length === 0 && empty.length === 0
        ? passed(`${spread}; ${untainted.length} open and ${tainted.length} tainted pools`, figures)
        : failed(`misplaced: ${misplaced.length}; pools without pods: ${empty.join(', ') || 'none'}; ${spread}`, figures);
    },
  },
];

export function poolsOnHost(scene: Scene): PoolOnHost[] {
  const counts = new Map([...fs.readFileSync(`${scene.plain.folder}/install.md`, 'utf8').matchAll(/`pools\/([a-z0-9-]+)\/`: \d+ nodes today, (\d+) planned/g)].map(match => [match[1], Number(match[2])]));
  return scene.plain.pools.map(name => {
    const of = (path: string) => scene.plain.text(scene.plain.at(path).find(entry => entry.pool === name)!);
    const configuration = parse(of('/var/lib/kubelet/config.yaml'));
    const labels = /--node-labels=([^\s"]+)/.exec(of('/etc/systemd/system/kubelet.service'))![1];
    const nodes = counts.get(name);
    if (nodes === undefined) { throw new Error(`install.md does not say how many nodes pool ${name} has`); }
    return {
      name,
      nodes,
      labels: Object.fromEntries(labels.split(',').map(pair => pair.split('=') as [string, string])),
      taints: configuration.registerWithTaints ?? [],
      maxPods: configuration.maxPods,
    };
  });
}

/** A node as a kubelet of the pool registers it; kwok answers for it from then on. */
export function node(pool: PoolOnHost, index: number): object {
  const name = `${pool.name}-${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
      labels: { ...pool.labels, 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'topology.kubernetes.io/zone': `zone-${index % 3}` },
    },
    spec: { taints: pool.taints },
    status: {
      allocatable: { cpu: '15', memory: '56Gi', pods: String(pool.maxPods) },
      capacity: { cpu: '16', memory: '64Gi', pods: String(pool.maxPods) },
      nodeInfo: { architecture: 'amd64', operatingSystem: 'linux', kubeletVersion: 'v1.37.2', bootID: '', containerRuntimeVersion: '', kernelVersion: '', kubeProxyVersion: '', machineID: '', osImage: '', systemUUID: '' },
    },
  };
}

export function asPlanned(item: any, pools: PoolOnHost[]): boolean {
  const pool = pools.find(candidate => candidate.name === item.metadata.labels['thousand-node.io/pool']);
  const taints = (item.spec.taints ?? []) as Taint[];
  const ready = (item.status.conditions ?? []).some((condition: any) => condition.type === 'Ready' && condition.status === 'True');
  const text = (list: Taint[]) => list.map(taint => `${taint.key}=${taint.value ?? ''}:${taint.effect}`).sort().join();
  return ready && pool !== undefined && !taints.some(taint => TAINTS_BY_CONDITION.test(taint.key)) && text(taints) === text(pool.taints);
}

function deployment(name: string, replicas: number, nodeSelector: object, taints: Taint[]): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector,
          tolerations: taints.map(taint => ({ key: taint.key, operator: 'Exists', effect: taint.effect })),
          automountServiceAccountToken: false,
          // Without a constraint 600 small pods all fit on the first pool that scores best.
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'thousand-node.io/pool', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: labels } }],
          containers: [{ name: 'pause', image: 'pause', resources: { requests: { cpu: '10m', memory: '10Mi' } } }],
        },
      },
    },
  };
}

/** kwok plays the kubelets: as its own user with the rights it needs, not as an exempt administrator. */
export async function startKwok(scene: Scene, configuration = KWOK_STAGES): Promise<void> {
  const controlPlane = scene.controlPlane;
  const files = await controlPlane.client('kwok', 'system:nodes');
  const admin = await controlPlane.adminClient();
  await grant(admin);
  admin.close();
  const kubeconfig = scene.file('clients/kwok.conf', JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'c', cluster: { 'server': controlPlane.apiServerUrl, 'certificate-authority': files.ca } }],
    'users': [{ name: 'kwok', user: { 'client-certificate': files.cert, 'client-key': files.key } }],
    'contexts': [{ name: 'kwok', context: { cluster: 'c', user: 'kwok' } }],
    'current-context': 'kwok',
  }));
  const stages = scene.file('kwok-stages.yaml', configuration);
  const podCidr = /"cidr":"(\d+\.\d+\.\d+\.\d+)\/\d+"/.exec(JSON.stringify(scene.object('Installation', /./).spec));
  if (!podCidr) { throw new Error('the Installation names no IP pool'); }
  const kwok = scene.processes.start('kwok', scene.binaries.kwok.path, [
    `--kubeconfig=${kubeconfig}`, `--config=${stages}`, '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake', '--manage-all-nodes=false',
    `--cidr=${podCidr[1]}/16`, '--node-ip=198.51.100.20', '--node-lease-duration-seconds=40', '--server-address=',
  ]);
  controlPlane.servers.push(kwok);
}

async function grant(admin: KubeClient): Promise<void> {
  const name = 'conformance-kwok';
  const rules = [
    { apiGroups: [''], resources: ['nodes', 'nodes/status', 'pods', 'pods/status'], verbs: ['get', 'list', 'watch', 'update', 'patch', 'delete'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
  ];
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await admin.post(`${rbac}/clusterroles`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules });
  await admin.post(`${rbac}/clusterrolebindings`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'User', name: 'kwok', apiGroup: 'rbac.authorization.k8s.io' }],
  });
}
