import { Size } from 'cdk8s';
import { ClusterFacts, Gpu, KubernetesRelease, MachineShape, NodePool } from 'cdk8s-thousand-node';

/**
 * What is true of the cluster that exists. Constructs work without it, for a documented cluster of 1,000 nodes; with it their numbers are
 * those of your own. Two constructs that are given the same facts cannot disagree.
 */
export const facts = ClusterFacts.of({
  name: 'shop',
  release: KubernetesRelease.V1_35,
  network: { podCidr: '10.0.0.0/12', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/21' },
  controlPlane: {
    endpoint: 'api.shop.example.com:6443',
    members: ['a', 'b', 'c'].map((zone, i) => ({ name: `control-plane-${zone}`, address: `172.16.0.${11 + i}`, zone })),
  },
  pools: [
    NodePool.of('general', { nodes: 500, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    NodePool.of('gpu', { nodes: 20, machine: MachineShape.of({ cpu: 48, memory: Size.gibibytes(192) }), gpu: Gpu.nvidia('T4', 4) }),
  ],
});
