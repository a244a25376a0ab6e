import { App, Size } from 'cdk8s';
import { parse } from 'yaml';
import { podsOf } from './object-checks';
import { hostFilesOf, KubeObject, objectsOf } from './synthesised';
import { description as seedArticle } from '../../examples/seed-article/cluster';
import { description as reference } from '../../examples/thousand-node/cluster';
import { MachineShape, NodePool, ThousandNodeCluster, ThousandNodeClusterProps } from '../../src';
import { SCENARIOS } from '../golden/scenarios';

// Requests that do not fit are the quietest mistake of a large manifest: everything is accepted, and the pods stay pending.

interface Request {
  readonly who: string;
  readonly cpu: number;
  /** MiB */
  readonly memory: number;
}

const UNITS: { [suffix: string]: number } = { '': 1 / 1024 ** 2, 'Ki': 1 / 1024, 'Mi': 1, 'Gi': 1024, 'k': 1e3 / 1024 ** 2, 'M': 1e6 / 1024 ** 2, 'G': 1e9 / 1024 ** 2 };

function requestOf(who: string, spec: any): Request {
  const sum = (name: string, read: (text: string) => number): number =>
    spec.containers.reduce((total: number, container: any) => total + read(String(container.resources.requests[name])), 0);
  return {
    who,
    cpu: sum('cpu', text => (text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text))),
    memory: sum('memory', (text) => { const [, value, suffix] = /^([0-9.]+)([A-Za-z]*)$/.exec(text)!; return Number(value) * UNITS[suffix]; }),
  };
}

function shortage(where: string, machine: MachineShape, kubelet: any, requests: Request[]): string[] {
  const reserved = requestOf('kubelet', { containers: [{ resources: { requests: kubelet.kubeReserved } }, { resources: { requests: kubelet.systemReserved } }] });
  const cpu = machine.cpu - reserved.cpu - requests.reduce((sum, r) => sum + r.cpu, 0);
  const memory = machine.memoryMebibytes - reserved.memory - requests.reduce((sum, r) => sum + r.memory, 0);
  const list = requests.map(r => `${r.who} ${r.cpu}/${Math.round(r.memory)}Mi`).join(', ');
  return [...(cpu < 0 ? [`${where}: ${-cpu} cores are missing: ${list}`] : []), ...(memory < 0 ? [`${where}: ${-memory} MiB are missing: ${list}`] : [])];
}

// Sizes between those of the scenarios, on the control-plane machine that is chosen for them.
const SIZES = [200, 250, 251, 500, 501, 1000, 1001, 3000, 3001].map((nodes): [string, ThousandNodeClusterProps] => [`${nodes} nodes`, {
  ...SCENARIOS[0].description,
  monitoring: reference.monitoring,
  logging: reference.logging,
  network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/19' },
  pools: [NodePool.of('general', { nodes, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
}]);

const CLUSTERS: Array<[string, ThousandNodeClusterProps]> = [['seed-article', seedArticle], ...SCENARIOS.map(({ name, description }): [string, ThousandNodeClusterProps] => [name, description]), ...SIZES];


describe.each(CLUSTERS)('%s', (_, description) => {
  const app = new App();
  const cluster = new ThousandNodeCluster(app, 'shop', description);
  const files = hostFilesOf(cluster);
  const objects: KubeObject[] = objectsOf(app);
  const agents = podsOf(objects).filter(pod => pod.owner.kind === 'DaemonSet').map(pod => requestOf(pod.owner.metadata.name, pod.spec));

  test('a control-plane machine holds its static pods and the agents of every node', () => {
    for (const { name: machine } of cluster.facts.controlPlaneMembers) {
      const manifests = Object.keys(files).filter(path => path.startsWith(`machines/${machine}/etc/kubernetes/manifests/`));
      const pods = manifests.map(path => parse(files[path]));
      const kubelet = parse(files[`machines/${machine}/var/lib/kubelet/config.yaml`]);
      expect(pods.length).toBeGreaterThan(2);
      const requests = [...pods.map(pod => requestOf(pod.metadata.name, pod.spec)), ...agents];
      expect(shortage(machine, cluster.facts.controlPlaneMachine, kubelet, requests)).toEqual([]);
    }
  });

  test('agents leave half of every node to others', () => {
    for (const pool of cluster.facts.pools) {
      const cpu = agents.reduce((sum, agent) => sum + agent.cpu, 0);
      const memory = agents.reduce((sum, agent) => sum + agent.memory, 0);
      expect([pool.name, cpu < pool.machine.cpu / 2, memory < pool.machine.memoryMebibytes / 2]).toEqual([pool.name, true, true]);
    }
  });

  test('every single pod fits a machine', () => {
    const machines = [...cluster.facts.pools.filter(pool => pool.taints.length === 0).map(pool => pool.machine), cluster.facts.controlPlaneMachine];
    for (const pod of podsOf(objects)) {
      const request = requestOf(pod.owner.metadata.name, pod.spec);
      const fits = machines.some(machine => request.cpu < machine.cpu * 0.9 && request.memory < machine.memoryMebibytes * 0.9);
      expect([request, fits]).toEqual([request, true]);
    }
  });
});
