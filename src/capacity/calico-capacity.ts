import { poolMaxPods, poolNodes } from './pool-amounts';
import { ClusterFacts } from '../cluster/cluster-facts';
import { IpRange } from '../cluster/ip-range';
import { ADDRESS_HEADROOM, CONTROL_PLANE_MAX_PODS } from '../cluster/network-demand';
import { Amount, Confidence, derived, Derivation, named, stated } from '../derivation/derivation';

/** Blocks that Calico gives to one node when nobody configures another limit: it stops handing out addresses there. */
const MAX_BLOCKS_PER_NODE = 20;

/** What address arithmetic needs to know of the pool of addresses. */
export interface BlockPlan {
  /** Mask of a block: 26 means 64 addresses. */
  readonly blockSize: number;
  /** Whether every node takes one address for its tunnel. */
  readonly tunnelAddress: boolean;
}

/** Addresses of one block. */
export function blockAddresses(podCidr: string, blockSize: number): number {
  return addressesPerBlock(podCidr, blockSize).value;
}

/**
 * Addresses of one block.
 *
 * | mask      | /24 | /26 | /32 | /122 of IPv6 |
 * | addresses | 256 | 64  | 1   | 64           |
 *
 * Source: CALDOC:reference/resources/ippool (default 26; 122 for IPv6).
 */
export function addressesPerBlock(podCidr: string, blockSize: number): Derivation {
  const addressBits = IpRange.parse('network.podCidr', podCidr).family === 4 ? 32 : 128;
  return derived({
    id: 'calico/block-addresses',
    unit: 'addresses',
    words: 'every bit behind the mask of a block doubles its addresses',
    expression: 'pow(2, addressBits - blockMask)',
    inputs: { addressBits, blockMask: blockSize },
    source: 'CALDOC:reference/resources/ippool',
  });
}

/**
 * Blocks that a node with `maxPods` pods claims: one address per pod and, with VXLAN, one for the tunnel.
 *
 * | maxPods            | 58 | 64 | 110 | 250 | 500 |
 * | blocks /26, VXLAN  | 1  | 2  | 2   | 4   | 8   |
 * | blocks /26, none   | 1  | 1  | 2   | 4   | 8   |
 *
 * Source: CALDOC:reference/resources/ippool; CAL@v3.32.0 ipam.go (libcalico-go IPAM; the tunnel address is one more claim on the node's first block).
 */
export function blocksPerNode(pool: string, maxPods: Amount, podCidr: string, plan: BlockPlan): Derivation {
  return derived({
    id: `calico/blocks-per-node/${pool}`,
    unit: 'blocks',
    words: 'pods, and the tunnel where there is one, in whole blocks',
    expression: 'ceil((maxPods + tunnelAddresses) / blockAddresses)',
    inputs: { maxPods, tunnelAddresses: plan.tunnelAddress ? 1 : 0, blockAddresses: addressesPerBlock(podCidr, plan.blockSize) },
    source: 'CAL@v3.32.0 libcalico-go/lib/ipam',
  });
}

/**
 * Most pods that the blocks of one node can serve.
 *
 * | block     | /24   | /26   | /28 | /29 |
 * | addresses | 5,120 | 1,280 | 320 | 160 |
 *
 * `IPAMConfiguration.maxBlocksPerHost` 0 reads as "no limit" and means 20 in the code. Source: CAL@v3.32.0 libcalico-go/lib/ipam/ipam.go.
 */
export function maxPodsPerNode(podCidr: string, plan: BlockPlan, maxBlocksPerHost: number = MAX_BLOCKS_PER_NODE): number {
  return maxBlocksPerHost * blockAddresses(podCidr, plan.blockSize) - (plan.tunnelAddress ? 1 : 0);
}

/**
 * Addresses of the pod range that are claimed at the planned final size, control-plane machines included.
 *
 * | nodes (+5 control plane) | 1,200 x 110 | 1,200 x 250 | 5,000 x 110 |
 * | addresses, /26 blocks    | 154,240     | 307,840     | 640,640     |
 *
 * Source: CALDOC:reference/resources/ippool; CAL@v3.32.0 ipam.go.
 */
export function poolAddresses(cluster: ClusterFacts, plan: BlockPlan): Derivation {
  const { podCidr } = cluster.network;
  const { pools, fleet } = cluster;
  const perPool = pools.flatMap((pool, i): Array<[string, Amount]> => [
    [`nodes${i + 1}`, poolNodes(pool)], [`blocks${i + 1}`, blocksPerNode(pool.name, poolMaxPods(pool), podCidr, plan)],
  ]);
  const machineBlocks = named('calico/blocks-per-control-plane-machine', blocksPerNode('', CONTROL_PLANE_MAX_PODS, podCidr, plan));
  const terms = [...pools.map((_, i) => `nodes${i + 1} * blocks${i + 1}`), 'controlPlaneMachines * machineBlocks'];
  return derived({
    id: 'calico/pool-addresses',
    unit: 'addresses',
    words: `blocks of ${pools.map(pool => pool.name).join(', ')} and of the control plane, with all of their addresses`,
    expression: `(${terms.join(' + ')}) * blockAddresses`,
    inputs: {
      ...Object.fromEntries(perPool),
      controlPlaneMachines: fleet.controlPlaneMachines,
      machineBlocks,
      blockAddresses: addressesPerBlock(podCidr, plan.blockSize),
    },
    source: 'CAL@v3.32.0 libcalico-go/lib/ipam',
  });
}

/**
 * How many times the pod range holds what is claimed at the final size. Below 1 pods stay without an address; below 1.3 blocks of replaced
 * nodes, which come back only after a clean-up, can use up the rest.
 *
 * | range | addresses | 1,200 x 110 |
 * | /16   | 65,536    | 0.42        |
 * | /14   | 262,144   | 1.7         |
 * | /11   | 2,097,152 | 13.6        |
 *
 * Source: CALDOC:reference/resources/ippool; CAL@v3.32.0 ipam.go; the 1.3 is a proposal.
 */
export function poolHeadroom(podAddresses: number, needed: Amount): Derivation {
  return derived({
    id: 'calico/pool-headroom',
    unit: 'times',
    words: 'addresses of the pod range over those that are claimed, to two digits',
    expression: 'round(podAddresses / claimed * 100) / 100',
    inputs: { podAddresses: stated('network/pod-addresses', podAddresses, 'addresses', 'addresses of the pod range'), claimed: needed },
    source: 'CALDOC:reference/resources/ippool; CAL@v3.32.0 ipam.go',
    confidence: Confidence.ESTIMATE,
  });
}

/** Headroom below which the plan gets a note. */
export const POOL_HEADROOM_WANTED = ADDRESS_HEADROOM;

/** The shortest mask whose range holds `addresses` with the wanted headroom. */
export function podRangeFor(addresses: number, family: number): number {
  return (family === 4 ? 32 : 128) - Math.ceil(Math.log2(addresses * POOL_HEADROOM_WANTED));
}

/**
 * Typha replicas that the operator runs for a number of nodes; it owns the number, we report it and count with it.
 *
 * | nodes    | 2 | 4 | 199 | 400 | 1,000 | 1,200 | 5,000 |
 * | replicas | 1 | 2 | 3   | 4   | 7     | 8     | 27    |
 *
 * Source: TOP pkg/common/autoscale.go (the same from v1.25 to v1.42).
 */
export function typhaReplicas(machines: Amount): Derivation {
  return derived({
    id: 'calico/typha-replicas',
    unit: 'replicas',
    words: 'one for 200 nodes, one for the rest and one spare; three from five nodes on; below, room to reschedule',
    expression: 'machines <= 2 ? 1 : machines <= 4 ? 2 : max(3, floor(machines / 200) + 2)',
    inputs: { machines },
    source: 'TOP:pkg/common/autoscale.go',
  });
}

/**
 * Nodes that one Typha serves while one replica is down.
 *
 * | nodes   | 100 | 1,200 | 5,000 |
 * | clients | 50  | 172   | 193   |
 *
 * Source: derived from the operator's formula.
 */
export function typhaClients(machines: Amount, replicas: Amount): Derivation {
  return derived({
    id: 'calico/typha-clients',
    unit: 'nodes per replica',
    words: 'nodes over the replicas that are left when one is down',
    expression: 'ceil(machines / max(1, replicas - 1))',
    inputs: { machines, replicas },
    source: 'TOP:pkg/common/autoscale.go',
  });
}

const MODEL = { source: 'model, to be measured', confidence: Confidence.ESTIMATE } as const;

/**
 * Memory request of one Typha: 256 MiB, and 6 KiB per pod for its snapshot and the copies that slow clients hold on to.
 *
 * | pods | 30,000 | 36,000 | 150,000 |
 * | MiB  | 432    | 467    | 1,135   |
 */
export function typhaMemory(pods: Amount): Derivation {
  return derived({
    id: 'calico/typha-memory',
    unit: 'MiB',
    words: '256 MiB, and 6 KiB per pod for the snapshot and its copies',
    expression: 'ceil(256 + pods * kibibytesPerPod / 1024)',
    inputs: { pods, kibibytesPerPod: 6 },
    ...MODEL,
  });
}

/**
 * CPU request of one Typha: each update is encoded once per client.
 *
 * | clients | 50  | 172 | 193 |
 * | milli   | 300 | 544 | 586 |
 */
export function typhaCpu(clients: Amount): Derivation {
  return derived({ id: 'calico/typha-cpu', unit: 'milli-CPU', words: 'each update is encoded once per client', expression: '200 + 2 * clients', inputs: { clients }, ...MODEL });
}

/**
 * Memory request of calico-node: 200 MiB for Felix and its maps, 1 KiB per pod of the cluster (IP sets of policies), 4 KiB per Service.
 *
 * | pods / Services | 30,000 / 1,667 | 36,000 / 2,000 | 150,000 / 10,000 |
 * | MiB             | 236            | 243            | 386              |
 */
export function calicoNodeMemory(pods: Amount, services: Amount): Derivation {
  return derived({
    id: 'calico/node-memory',
    unit: 'MiB',
    words: 'Felix and its maps, members of IP sets, Services',
    expression: 'ceil(200 + (pods * kibibytesPerPod + services * kibibytesPerService) / 1024)',
    inputs: { pods, kibibytesPerPod: 1, services, kibibytesPerService: 4 },
    ...MODEL,
  });
}

/** CPU request of calico-node: upstream's manifests ask for 250 milli-CPU at every size. Source: CAL@v3.32.0 manifests/calico.yaml. */
export function calicoNodeCpu(): Derivation {
  return derived({ id: 'calico/node-cpu', unit: 'milli-CPU', words: 'request of upstream\'s manifest', expression: '250', source: 'CAL@v3.32.0 manifests/calico.yaml' });
}

/**
 * Memory request of calico-kube-controllers, which holds every pod, node and address block.
 *
 * | pods / machines | 30,000 / 1,000 | 36,000 / 1,200 | 150,000 / 5,000 |
 * | MiB             | 433            | 499            | 1,761           |
 */
export function kubeControllersMemory(pods: Amount, machines: Amount): Derivation {
  return derived({
    id: 'calico/kube-controllers-memory',
    unit: 'MiB',
    words: 'every pod, and every node with its blocks',
    expression: 'ceil(100 + (pods * kibibytesPerPod + machines * kibibytesPerNode) / 1024)',
    inputs: { pods, kibibytesPerPod: 10, machines, kibibytesPerNode: 40 },
    ...MODEL,
  });
}

/**
 * Memory request of the operator, which watches nodes, ConfigMaps and Secrets of the whole cluster; its limit is twice the request.
 *
 * | machines | 100 | 1,200 | 5,000 |
 * | MiB      | 266 | 376   | 756   |
 */
export function operatorMemory(machines: Amount): Derivation {
  return derived({ id: 'calico/operator-memory', unit: 'MiB', words: '256 MiB, and 1 MiB for ten nodes', expression: 'ceil(256 + machines / 10)', inputs: { machines }, ...MODEL });
}

/**
 * Replicas of the components the operator runs in the cluster (API server of Calico): one per zone of the control plane, two to three.
 *
 * | zones    | 1 | 2 | 3 | 5 |
 * | replicas | 2 | 2 | 3 | 3 |
 *
 * Source: operator's default 2 (TOP api/v1/installation_types.go); the third is a proposal.
 */
export function controlPlaneReplicas(cluster: ClusterFacts): Derivation {
  const zones = new Set(cluster.controlPlaneMembers.map(member => member.zone ?? member.name)).size;
  return derived({
    id: 'calico/control-plane-replicas',
    unit: 'replicas',
    words: 'one for each zone, two to three',
    expression: 'min(3, max(2, zones))',
    inputs: { zones: stated('fleet/control-plane-zones', zones, 'zones', 'zones of the control plane; a machine without one counts as its own') },
    source: 'TOP:api/v1/installation_types.go',
    confidence: Confidence.ESTIMATE,
  });
}

/** Nodes up to which upstream recommends a full mesh. Source: CALDOC networking/configuring/bgp. */
export const FULL_MESH_NODES = 100;

/**
 * Peerings of a full mesh: every machine with every other one.
 *
 * | machines | 100   | 1,200   | 1,205   | 5,000      |
 * | peerings | 4,950 | 719,400 | 725,410 | 12,497,500 |
 *
 * Source: CALDOC:networking/configuring/bgp, which recommends a mesh up to about 100 nodes.
 */
export function bgpMeshPeerings(machines: Amount): Derivation {
  return derived({
    id: 'calico/bgp-mesh-peerings', unit: 'peerings', words: 'every machine with every other one', expression: 'machines * (machines - 1) / 2', inputs: { machines }, source: 'CALDOC:networking/configuring/bgp',
  });
}

/** Reflectors of a group: every machine keeps a session to one of them after any two losses. A proposal. */
export const REFLECTORS_OF_A_GROUP = 3;

/**
 * Route reflectors that replace the mesh: three for each zone, which serve the machines of that zone and know those of the other zones.
 *
 * | machines, zones | 100, 3 | 101, 1 | 1,205, 1 | 1,205, 3 | 5,005, 3 |
 * | reflectors      | 0      | 3      | 3        | 9        | 9        |
 *
 * Source: CALDOC:networking/configuring/bgp for the bound of the mesh; three for each zone are a proposal: two may be lost.
 */
export function routeReflectors(machines: Amount, zones: Amount): Derivation {
  return derived({
    id: 'calico/route-reflectors',
    unit: 'reflectors',
    words: 'none within the recommended mesh; else three for each zone, so that two may be lost',
    expression: 'machines <= meshNodes ? 0 : reflectorsPerZone * max(1, zones)',
    inputs: { machines, meshNodes: FULL_MESH_NODES, reflectorsPerZone: REFLECTORS_OF_A_GROUP, zones },
    source: 'CALDOC:networking/configuring/bgp; proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Sessions of one reflector above which the plan gets a note: keepalives and full tables for each. A proposal. */
export const SESSIONS_OF_A_REFLECTOR = 1000;

/**
 * Sessions of one route reflector: every machine of its zone, and the other reflectors.
 *
 * | machines, zones | 1,205, 1 | 1,205, 3 | 5,005, 3 |
 * | sessions        | 1,204    | 407      | 1,674    |
 *
 * Source: derived from the emitted BGPPeers.
 */
export function reflectorSessions(machines: Amount, zones: Amount, reflectors: Amount): Derivation {
  return derived({
    id: 'calico/reflector-sessions',
    unit: 'sessions',
    words: 'machines of the zone that are no reflectors, and the other reflectors',
    expression: 'ceil((machines - reflectors) / max(1, zones)) + reflectors - 1',
    inputs: { machines, zones, reflectors },
    source: 'CALDOC:networking/configuring/bgp',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Series of calico-kube-controllers: eight gauges of address use per node.
 *
 * | nodes  | 1,000 | 1,200 | 5,000  |
 * | series | 8,200 | 9,800 | 40,200 |
 */
export function kubeControllersSeries(nodes: number): number {
  return 200 + 8 * nodes;
}
