import { Size } from 'cdk8s';
import { ClusterFacts } from '../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';

/** A small cluster on a given release: five control-plane machines, one pool of 200 nodes. */
export function clusterOn(release: KubernetesRelease): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })) },
    pools: [NodePool.of('general', { nodes: 200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
}
