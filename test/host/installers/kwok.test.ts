import { Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { machinesOf, referenceCluster } from './reference-cluster';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { EtcdCluster } from '../../../src/components/etcd/etcd-cluster';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { renderKwok } from '../../../src/host/installers/kwok/kwok';
import { nodeAmounts } from '../../../src/host/installers/kwok/kwok-nodes';

function nodes(pool: string): any[] {
  const cluster = referenceCluster();
  const tree = renderKwok(hostArtefacts(machinesOf(cluster)), cluster);
  return parse(tree.documents!.find(document => document.path === `pools/${pool}/nodes.yaml`)!.content).items;
}

describe('allocatable', () => {
  const pool = NodePool.of('general', { nodes: 1, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) });
  test.each([
    // Oracle: capacity - kube reserved - system reserved - hard eviction, by hand
    [{ kubeReserved: { cpu: '110m', memory: '1465Mi' }, systemReserved: { cpu: '100m', memory: '200Mi' }, evictionHard: { 'memory.available': '100Mi' } }, '15790m', '63771Mi'],
    [{ kubeReserved: { memory: '1Gi' }, systemReserved: { memory: '512Mi' }, reservedSystemCPUs: '0-1,8-9' }, '12000m', '64000Mi'],
    [{}, '16000m', '65536Mi'],
  ])('%#: what both reservations and the eviction threshold leave', (kubelet, cpu, memory) => {
    expect(nodeAmounts(pool, kubelet).allocatable).toEqual({ cpu, memory, pods: '110' });
    expect(nodeAmounts(pool, kubelet).capacity).toEqual({ cpu: '16', memory: '65536Mi', pods: '110' });
  });

  test('a unit that cannot be taken off is refused instead of counted as nothing', () => {
    expect(() => nodeAmounts(pool, { kubeReserved: { memory: '1e9' } })).toThrow('memory must be in Ki, Mi or Gi');
  });
});

describe('nodes', () => {
  test.each([['compute', 128], ['memory', 256], ['gpu', 32], ['general', 784]])('pool %s has its planned %d nodes, each with a name of its own', (pool, planned) => {
    const names = nodes(pool).map(node => node.metadata.name);
    expect(names).toHaveLength(planned);
    expect(new Set(names).size).toBe(planned);
  });

  test('labels, taints and cards are those of the pool, and kwok knows them as fake', () => {
    const [first] = nodes('gpu');
    expect(first.metadata.annotations).toEqual({ 'kwok.x-k8s.io/node': 'fake' });
    expect(first.metadata.labels).toMatchObject({ 'thousand-node.io/pool': 'gpu', 'kubernetes.io/hostname': 'gpu-00', 'kubernetes.io/os': 'linux' });
    expect(first.spec.taints).toEqual([{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]);
    expect(first.status.capacity['nvidia.com/gpu']).toBe('4');
    expect(nodes('memory')[0].status.nodeInfo.kubeletVersion).toMatch(/^v1\.36\./);
  });

  test('nodes are spread over the zones of their pool', () => {
    const cluster = ClusterFacts.of({
      name: 'zoned',
      network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      controlPlane: { endpoint: 'api.example.com:6443', members: [{ name: 'cp', address: '172.16.0.11' }] },
      pools: [NodePool.of('general', { nodes: 7, zones: ['a', 'b', 'c'], machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    });
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'general', { cluster, pool: cluster.pools[0] });
    const { items } = parse(renderKwok(hostArtefacts(chart), cluster).documents![0].content);
    expect(items.map((node: any) => node.metadata.labels['topology.kubernetes.io/zone'])).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
  });

  test('a tree without pools is refused', () => {
    const cluster = referenceCluster();
    const chart = Testing.chart();
    new EtcdCluster(chart, 'etcd', { cluster });
    expect(() => renderKwok(hostArtefacts(chart), cluster)).toThrow('installer kwok: there is no pool to make nodes of');
  });
});
