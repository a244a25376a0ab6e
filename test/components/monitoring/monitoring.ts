import { Chart, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { ObjectStorage } from '../../../src/components/monitoring/object-storage';
import { ThanosMonitoring, ThanosMonitoringProps } from '../../../src/components/monitoring/thanos-monitoring';
import { Alert, AlertSeverity, ScrapeAuth, ScrapeDiscovery, ScrapeTarget } from '../../../src/contracts/contributions';

/** A synthesised object; tests read it by path. */
export type Emitted = any;

export const OBJECT_STORAGE = ObjectStorage.secret({ name: 'thanos-objstore' });

/** The reference fleet: 1,200 nodes in four pools, five control-plane machines. */
export function referenceFleet(release = KubernetesRelease.newest(), general: { nodesToday?: number } = {}): ClusterFacts {
  const machine = (cpu: number, gibibytes: number) => MachineShape.of({ cpu, memory: Size.gibibytes(gibibytes) });
  return ClusterFacts.of({
    name: 'shop',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: {
      endpoint: 'api.shop.example.com:6443',
      members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })),
    },
    pools: [
      NodePool.of('compute', { nodes: 128, machine: machine(64, 128) }),
      NodePool.of('memory', { nodes: 256, machine: machine(32, 256) }),
      NodePool.of('gpu', { nodes: 32, machine: machine(32, 128), gpu: Gpu.nvidia('T4', 4) }),
      NodePool.of('general', { nodes: 784, machine: machine(16, 64), ...general }),
    ],
  });
}

/** A cluster that one Prometheus carries. */
export function smallFleet(release = KubernetesRelease.newest(), load?: LoadProfile): ClusterFacts {
  return ClusterFacts.of({
    name: 'small',
    release,
    load,
    network: { podCidr: '10.0.0.0/14', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/22' },
    controlPlane: { endpoint: 'api.small.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.11' }] },
    pools: [NodePool.of('general', { nodes: 200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
}

/** Objects of a monitoring that stands alone. */
export function emit(props: Partial<ThanosMonitoringProps> = {}): Emitted[] {
  const chart = new Chart(Testing.app(), 'test');
  new ThanosMonitoring(chart, 'Monitoring', { objectStorage: OBJECT_STORAGE, ...props });
  return Testing.synth(chart);
}

export function find(objects: Emitted[], kind: string, name: string): Emitted {
  const found = objects.filter(object => object.kind === kind && (object.metadata.name === name || object.metadata.name.startsWith(`${name}-`) && kind === 'ConfigMap'));
  const exact = found.find(object => object.metadata.name === name) ?? found[0];
  if (!exact) { throw new Error(`no ${kind} ${name} in ${objects.map(object => `${object.kind} ${object.metadata.name}`).join(', ')}`); }
  return exact;
}

/** Configuration of a shard as Prometheus reads it. */
export function config(objects: Emitted[], shard = 0): Emitted {
  return parse(find(objects, 'ConfigMap', `prometheus-shard-${shard}`).data['prometheus.yaml']);
}

export function job(objects: Emitted[], name: string, shard = 0): Emitted {
  return config(objects, shard).scrape_configs.find((section: Emitted) => section.job_name === name);
}

/** Rules of a ConfigMap by file. */
export function rules(objects: Emitted[], configMap: string, file: string): Emitted[] {
  return parse(find(objects, 'ConfigMap', configMap).data[file]).groups.flatMap((group: Emitted) => group.rules);
}

export function container(objects: Emitted[], kind: string, name: string, containerName: string): Emitted {
  return find(objects, kind, name).spec.template.spec.containers.find((item: Emitted) => item.name === containerName);
}

export const ETCD: ScrapeTarget = {
  job: 'etcd-main',
  discovery: ScrapeDiscovery.STATIC,
  addresses: ['172.16.0.11', 'fd00::1'],
  port: 2379,
  auth: ScrapeAuth.ETCD_CLIENT,
  seriesPerTarget: 1500,
  dropMetrics: ['etcd_debugging_.*', 'grpc_server_handling_seconds_bucket'],
};

export const DNS: ScrapeTarget = { job: 'coredns', discovery: ScrapeDiscovery.SERVICE, namespace: 'kube-system', serviceName: 'kube-dns', port: 9153, seriesPerTarget: 500 };

export const METRICS_SERVER: ScrapeTarget = {
  job: 'metrics-server',
  discovery: ScrapeDiscovery.PODS,
  namespace: 'kube-system',
  podLabels: { 'app.kubernetes.io/name': 'metrics-server' },
  port: 10250,
  auth: ScrapeAuth.SERVICE_ACCOUNT,
  seriesPerTarget: 600,
};

export const SCHEDULER: ScrapeTarget = { job: 'kube-scheduler', discovery: ScrapeDiscovery.CONTROL_PLANE, port: 10259, auth: ScrapeAuth.SERVICE_ACCOUNT, seriesPerTarget: 3000 };

export const FELIX: ScrapeTarget = { job: 'felix', discovery: ScrapeDiscovery.NODES, port: 9091, seriesPerTarget: 300 };

export function alert(expression: string, name = 'Contributed'): Alert {
  return { name, expression, holdsFor: '10m', severity: AlertSeverity.TICKET, summary: 'something is wrong', description: 'Look at it.' };
}
