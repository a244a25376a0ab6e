import { Size, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { Gpu } from '../../../src/cluster/gpu';
import { ImageRegistry } from '../../../src/cluster/image-registry';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { TunedApiServer } from '../../../src/components/api-server/tuned-api-server';
import { EtcdCluster } from '../../../src/components/etcd/etcd-cluster';
import { ControlPlaneKubelet } from '../../../src/components/node-pool/control-plane-kubelet';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';

/** Three control-plane machines and the four kinds of pools; memory lags one minor where that is possible. */
export function referenceCluster(release: KubernetesRelease = KubernetesRelease.newest(), imageRegistry?: ImageRegistry): ClusterFacts {
  const older = KubernetesRelease.all().find(candidate => candidate.minor === release.minor - 1) ?? release;
  return ClusterFacts.of({
    name: 'shop',
    release,
    imageRegistry,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: {
      endpoint: 'api.shop.example.com:6443',
      members: ['a', 'b', 'c'].map((zone, i) => ({ name: `cp-${zone}`, address: `172.16.0.${11 + i}`, zone })),
    },
    pools: [
      NodePool.of('compute', { nodes: 128, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128), numaNodes: 2 }) }),
      NodePool.of('memory', { nodes: 256, release: older, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(512), numaNodes: 3 }) }),
      NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
      NodePool.of('general', { nodes: 784, nodesToday: 384, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    ],
  });
}

/** Everything that lies on machines of a cluster. */
export function machinesOf(cluster: ClusterFacts): Construct {
  const chart = Testing.chart();
  const etcd = new EtcdCluster(chart, 'etcd', { cluster });
  new TunedApiServer(chart, 'api-server', { cluster, etcd });
  for (const member of cluster.controlPlaneMembers) { new ControlPlaneKubelet(chart, member.name, { cluster, member }); }
  for (const pool of cluster.pools) { new NodePoolKubelet(chart, pool.name, { cluster, pool }); }
  return chart;
}
