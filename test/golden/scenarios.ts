import { Size } from 'cdk8s';
import { description as reference } from '../../examples/thousand-node/cluster';
import { Gpu, KubernetesRelease, MachineShape, NodePool, ThousandNodeClusterProps } from '../../src';

/** A cluster whose output is kept in full text, as a person would review it. */
export interface Scenario {
  /** Folder of its goldens. */
  readonly name: string;
  readonly description: ThousandNodeClusterProps;
  /** Machine and pool whose files are kept; those of the others differ in names and sizes only. */
  readonly machine: string;
  readonly pool: string;
  /** Whether the manifests are kept, too. They are long: one scenario shows them. */
  readonly manifests?: boolean;
}

/** A first cluster, before it grows: three machines, one pool, nothing chosen. */
const hundred: ThousandNodeClusterProps = {
  network: { podCidr: '10.0.0.0/14', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/22' },
  controlPlane: { endpoint: 'api.small.example.com:6443', members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })) },
  pools: [NodePool.of('general', { nodes: 100, machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(32) }) })],
};

/** The first cluster with both address families. */
const dualStack: ThousandNodeClusterProps = {
  ...hundred,
  network: {
    podCidr: '10.0.0.0/14',
    serviceCidr: '10.96.0.0/16',
    nodeCidr: '172.16.0.0/22',
    secondaryPodCidr: 'fd00:10::/110',
    secondaryServiceCidr: 'fd00:96::/112',
    secondaryNodeCidr: 'fd00:172::/64',
  },
  controlPlane: { ...hundred.controlPlane, members: hundred.controlPlane.members.map((member, i) => ({ ...member, secondaryAddress: `fd00:172::${11 + i}` })) },
};

/** As large as Kubernetes is tested. */
const fiveThousand: ThousandNodeClusterProps = {
  ...reference,
  network: { podCidr: '10.0.0.0/10', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/19' },
  pools: [
    NodePool.of('compute', { nodes: 500, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128) }) }),
    NodePool.of('gpu', { nodes: 100, machine: MachineShape.of({ cpu: 96, memory: Size.gibibytes(768) }), gpu: Gpu.nvidia('A100', 8) }),
    NodePool.of('general', { nodes: 4400, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
  ],
  storage: undefined,
};

export const SCENARIOS: Scenario[] = [
  { name: '100-nodes-1.37', description: { ...hundred, release: KubernetesRelease.V1_37 }, machine: 'cp-1', pool: 'general' },
  { name: '100-nodes-dual-stack-1.37', description: { ...dualStack, release: KubernetesRelease.V1_37 }, machine: 'cp-1', pool: 'general' },
  { name: '100-nodes-1.22', description: { ...hundred, release: KubernetesRelease.V1_22 }, machine: 'cp-1', pool: 'general' },
  { name: '1200-nodes-1.37', description: { ...reference, release: KubernetesRelease.V1_37 }, machine: 'control-plane-1', pool: 'memory', manifests: true },
  { name: '1200-nodes-1.30', description: { ...reference, release: KubernetesRelease.V1_30 }, machine: 'control-plane-1', pool: 'compute' },
  { name: '1200-nodes-1.22', description: { ...reference, release: KubernetesRelease.V1_22 }, machine: 'control-plane-1', pool: 'general' },
  { name: '5000-nodes-1.37', description: { ...fiveThousand, release: KubernetesRelease.V1_37 }, machine: 'control-plane-1', pool: 'gpu' },
];
