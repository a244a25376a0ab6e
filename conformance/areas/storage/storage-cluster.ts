import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Chart, Size, Testing } from 'cdk8s';
import { PublishedVolume, publishedVolume } from './published-volume';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { LocalDisks } from '../../../src/cluster/local-disks';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { LocalSsdStorage, LocalSsdStorageProps } from '../../../src/components/storage/local-ssd-storage';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostFiles } from '../../../src/host/host-files';
import { KubeClient } from '../../kube-client';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';
import { Plane } from '../control-plane/api-server-plane';
import { drillKubeconfig } from '../control-plane/drill-kubeconfig';
import { node, startKwok } from '../foundation/node-checks';
import { kubectl } from '../foundation/object-checks';

export const CLASS = 'local-ssd';
const ZONES = 3;

/** Objects and runbooks of a cluster with two pools of local disks. */
export interface Described {
  readonly objects: any[];
  readonly pages: Map<string, string>;
}

const DISKS: LocalDisks = { count: 2, size: Size.tebibytes(1), byIdPattern: 'nvme-DRILL_SSD_*' };

/** What the library writes for pools `data` and `database`. */
export function described(props: Partial<LocalSsdStorageProps> = {}, disks: Partial<LocalDisks> = {}): Described {
  const machine = MachineShape.of({ cpu: 16, memory: Size.gibibytes(64), localDisks: { ...DISKS, ...disks } });
  const cluster = ClusterFacts.of({
    name: 'drill',
    network: { nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.drill.example.com:6443', members: [{ name: 'one', address: '172.16.0.11' }] },
    pools: [NodePool.of('data', { nodes: 1000, machine }), NodePool.of('database', { nodes: 200, machine })],
  });
  const chart = new Chart(new App(), 'drill');
  new LocalSsdStorage(chart, 'storage', { cluster, ...props });
  HostFiles.of(chart).leaveOut();
  return { objects: Testing.synth(chart), pages: new Map(hostArtefacts(chart).pages.map(page => [page.name, page.content])) };
}

const STARTED = new WeakMap<Scene, Promise<StorageCluster>>();

/** API server, controller manager, scheduler and kwok of the storage drills, started once a run; every drill has a namespace and nodes of its own. */
export class StorageCluster {
  public static of(shared: Scene): Promise<StorageCluster> {
    const known = STARTED.get(shared);
    if (known) { return known; }
    const started = new Promise<StorageCluster>((resolve, reject) => {
      let end = () => {};
      const ended = new Promise<void>(done => { end = done; });
      const finished = Plane.with(shared, async plane => {
        await plane.startApiServer('ours');
        await plane.controllersLead(plane.startControllers('ours'));
        await startKwok(plane.scene);
        const cluster = new StorageCluster(plane);
        await cluster.applyStrictly(described().objects.filter(object => ['Namespace', 'StorageClass'].includes(object.kind)));
        resolve(cluster);
        await ended;
      });
      finished.catch(reject);
      shared.atEnd(async () => {
        end();
        await finished.catch(() => {});
      });
    });
    STARTED.set(shared, started);
    return started;
  }

  private constructor(private readonly plane: Plane) {}

  public get admin(): KubeClient { return this.plane.admin; }
  public get scene(): Scene { return this.plane.scene; }

  /** Server-side apply with strict validation; a warning is a refusal. */
  public async applyStrictly(objects: object[]): Promise<void> {
    const file = this.scene.file(`apply-${Date.now()}.json`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const done = await kubectl(this.scene, 'apply', '--server-side', '--validate=strict', '-f', file);
    if (done.code !== 0 || /Warning:/.test(done.stderr)) { throw new Error(`apply: ${done.stderr.slice(0, 800)}`); }
  }

  /** Nodes of a pool, ready: `<prefix>-<i>`, zones in turn. */
  public async nodes(pool: string, prefix: string, count: number): Promise<string[]> {
    const of = { name: prefix, nodes: count, labels: { 'thousand-node.io/pool': pool }, taints: [], maxPods: 110 };
    const names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
    for (let i = 0; i < count; i++) {
      const body: any = node(of, i);
      body.metadata.labels['topology.kubernetes.io/zone'] = `zone-${i % ZONES}`;
      await this.created('/api/v1/nodes', body);
    }
    await until(`${count} nodes of ${prefix} ready`, 120, async () => {
      const items = await Promise.all(names.map(name => this.admin.get(`/api/v1/nodes/${name}`)));
      return items.every(({ body }) => (body.spec.taints ?? []).length === 0 && body.status.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True'));
    }, this.scene.controlPlane.servers, 500);
    return names;
  }

  /** A volume as the provisioner publishes it, once the controller manager has seen it: free, or bound already to a claim that waited. */
  public async volume(wanted: Partial<PublishedVolume> & Pick<PublishedVolume, 'node' | 'pool'>): Promise<string> {
    const body: any = publishedVolume({ className: CLASS, ...wanted });
    await this.created('/api/v1/persistentvolumes', body);
    const phase = async () => (await this.admin.get(`/api/v1/persistentvolumes/${body.metadata.name}`)).body.status?.phase;
    await until(`volume ${body.metadata.name} available`, 60, async () => ['Available', 'Bound'].includes(await phase()), this.scene.controlPlane.servers);
    return body.metadata.name;
  }

  public async namespace(name: string): Promise<void> {
    await this.created('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await until(`service account of ${name}`, 60, async () => (await this.admin.get(`/api/v1/namespaces/${name}/serviceaccounts/default`)).status === 200, this.scene.controlPlane.servers);
  }

  public async created(at: string, body: object): Promise<any> {
    const answer = await this.admin.post(at, body);
    if (answer.status !== 201) { throw new Error(`POST ${at}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`); }
    return answer.body;
  }

  public async pods(namespace: string): Promise<any[]> {
    return (await this.admin.get(`/api/v1/namespaces/${namespace}/pods`)).body.items;
  }

  /** What the scheduler says of a pod that waits. */
  public async whyPending(namespace: string, pod: string): Promise<string> {
    const body = (await this.admin.get(`/api/v1/namespaces/${namespace}/pods/${pod}`)).body;
    return body.status?.conditions?.find((condition: any) => condition.type === 'PodScheduled')?.message ?? '';
  }

  /** Wait until a pod waits for this reason. */
  public async waits(namespace: string, pod: string, reason: RegExp, seconds = 60): Promise<string> {
    let why = '';
    await until(`${pod} waits with ${reason}`, seconds, async () => {
      why = await this.whyPending(namespace, pod);
      return reason.test(why);
    }, this.scene.controlPlane.servers).catch(error => { throw new Error(`${error.message}; it says: ${why || 'nothing'}`); });
    return why;
  }

  public async running(namespace: string, count: number, seconds = 90): Promise<any[]> {
    let found: any[] = [];
    await until(`${count} pods of ${namespace} running`, seconds, async () => {
      found = (await this.pods(namespace)).filter(pod => pod.status.phase === 'Running' && !pod.metadata.deletionTimestamp);
      return found.length === count;
    }, this.scene.controlPlane.servers);
    return found;
  }

  /** A kubeconfig of a user who has exactly the rights of a role that the library wrote. */
  public async userWithRole(user: string, role: any): Promise<string> {
    const rbac = 'rbac.authorization.k8s.io';
    await this.applyStrictly([role, {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: `drill-${user}` },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role.metadata.name },
      subjects: [{ kind: 'User', name: user, apiGroup: rbac }],
    }]);
    const files = await this.scene.controlPlane.client(user, 'drill');
    return this.scene.file(`${user}.conf`, JSON.stringify({
      'apiVersion': 'v1',
      'kind': 'Config',
      'clusters': [{ name: 'c', cluster: { 'server': this.scene.controlPlane.apiServerUrl, 'certificate-authority': files.ca } }],
      'users': [{ name: 'u', user: { 'client-certificate': files.cert, 'client-key': files.key } }],
      'contexts': [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    }));
  }

  /** Commands of a runbook, as an administrator would type them; variables are what the runbook asks for. */
  public shell(text: string, variables: { [name: string]: string } = {}): Promise<Finished> {
    const kubeconfig = drillKubeconfig(this.scene, 'storage-admin', this.scene.controlPlane.apiServerUrl);
    const folder = path.dirname(this.scene.binaries.kubectl.path);
    return this.scene.processes.run('bash', ['-euo', 'pipefail', '-c', text], { env: { PATH: `${folder}:${process.env.PATH}`, KUBECONFIG: kubeconfig, ...variables }, timeoutMs: 180_000 });
  }
}

/** A StatefulSet whose pods have a claim of a local class each. */
export function statefulSet(
  namespace: string, name: string, replicas: number, more: { className?: string; pool?: string; spread?: boolean; selector?: object; labels?: object } = {},
): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: {
      replicas,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          nodeSelector: more.pool === undefined ? {} : { 'thousand-node.io/pool': more.pool },
          ...(more.spread ? { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels } }] } : {}),
          containers: [{ name: 'main', image: 'pause', resources: { requests: { cpu: '10m', memory: '10Mi' } }, volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: more.className ?? CLASS, selector: more.selector, resources: { requests: { storage: '10Gi' } } } }],
    },
  };
}

/** Fenced blocks of a runbook that run with kubectl, or on a machine. */
export function blocksOf(page: string, where: 'with kubectl' | 'on the machine'): string[] {
  return [...page.matchAll(/^```bash\n(# [^\n]*)\n([^]*?)\n```$/gm)].filter(match => match[1].startsWith(`# ${where}`)).map(match => match[2]);
}

export function readable(done: Finished): string {
  return `exit ${done.code}: ${`${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-4).join(' | ').slice(0, 500)}`;
}

/** A binary that no module registry has: from `CONFORMANCE_BIN` or PATH. */
export function givenBinary(name: string): string | undefined {
  return [process.env.CONFORMANCE_BIN ?? '', ...(process.env.PATH ?? '').split(':')].filter(folder => folder !== '').map(folder => path.join(folder, name)).find(file => fs.existsSync(file));
}
