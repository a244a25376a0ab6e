import { Confidence, derived, Derivation } from '../derivation/derivation';
import { ClusterFacts } from '../cluster/cluster-facts';
import { IpRange } from '../cluster/ip-range';

/** Blocks that Calico gives to one node when nobody configures another limit: it stops handing out addresses there. */
const MAX_BLOCKS_PER_NODE = 20;

/** Pods of a control-plane machine, which is in no pool: the kubelet's default. */
const CONTROL_PLANE_MAX_PODS = 110;

/** What address arithmetic needs to know of the pool of addresses. */
export interface BlockPlan {
  /** Mask of a block: 26 means 64 addresses. */
  readonly blockSize: number;
  /** Whether every node takes one address for its tunnel. */
  readonly tunnelAddress: boolean;
}

/** Addresses of one block. */
export function blockAddresses(podCidr: string, blockSize: number): number {
  const bits = IpRange.parse('network.podCidr', podCidr).family === 4 ? 32 : 128;
  return 2 ** (bits - blockSize);
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
export function blocksPerNode(pool: string, maxPods: number, podCidr: string, plan: BlockPlan): Derivation {
  const size = blockAddresses(podCidr, plan.blockSize);
  const addresses = maxPods + (plan.tunnelAddress ? 1 : 0);
  return derived({
    id: `calico/blocks-per-node/${pool}`,
    value: Math.ceil(addresses / size),
    unit: 'blocks',
    formula: `ceil((${maxPods} pods${plan.tunnelAddress ? ' + 1 tunnel' : ''}) / ${size} addresses)`,
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
export function maxPodsPerNode(podCidr: string, plan: BlockPlan): number {
  return MAX_BLOCKS_PER_NODE * blockAddresses(podCidr, plan.blockSize) - (plan.tunnelAddress ? 1 : 0);
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
  const size = blockAddresses(podCidr, plan.blockSize);
  const perPool = cluster.pools.map(pool => ({ pool, blocks: blocksPerNode(pool.name, pool.maxPods, podCidr, plan) }));
  const controlPlane = { ...blocksPerNode('', CONTROL_PLANE_MAX_PODS, podCidr, plan), id: 'calico/blocks-per-control-plane-machine' };
  const members = cluster.controlPlaneMembers.length;
  const blocks = perPool.reduce((sum, entry) => sum + entry.pool.nodes * entry.blocks.value, 0) + members * controlPlane.value;
  const terms = [...perPool.map(({ pool, blocks: b }) => `${pool.nodes} ${pool.name} x ${b.value}`), `${members} control plane x ${controlPlane.value}`];
  return derived({
    id: 'calico/pool-addresses',
    value: blocks * size,
    unit: 'addresses',
    formula: `(${terms.join(' + ')}) blocks x ${size} addresses`,
    source: 'CAL@v3.32.0 libcalico-go/lib/ipam',
    from: [...perPool.map(entry => entry.blocks), controlPlane],
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
export function poolHeadroom(podAddresses: number, needed: Derivation): Derivation {
  return derived({
    id: 'calico/pool-headroom',
    value: Math.round(podAddresses / needed.value * 100) / 100,
    unit: 'times',
    formula: `${podAddresses} addresses of the pod range / ${needed.value}`,
    source: 'CALDOC:reference/resources/ippool; CAL@v3.32.0 ipam.go',
    confidence: Confidence.ESTIMATE,
    from: [needed],
  });
}

/** Headroom below which the plan gets a note. */
export const POOL_HEADROOM_WANTED = 1.3;

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
export function typhaReplicas(nodes: number): Derivation {
  const of = (value: number, formula: string) => derived({ id: 'calico/typha-replicas', value, unit: 'replicas', formula, source: 'TOP:pkg/common/autoscale.go' });
  if (nodes <= 2) { return of(1, 'one or two nodes need one Typha'); }
  if (nodes <= 4) { return of(2, 'one fewer than nodes, so that there is room to reschedule'); }
  return of(Math.max(3, Math.floor(nodes / 200) + 2), `max(3, floor(${nodes} nodes / 200) + 2)`);
}

/**
 * Nodes that one Typha serves while one replica is down.
 *
 * | nodes   | 100 | 1,200 | 5,000 |
 * | clients | 50  | 172   | 193   |
 *
 * Source: derived from the operator's formula.
 */
export function typhaClients(nodes: number, replicas: Derivation): Derivation {
  const left = Math.max(1, replicas.value - 1);
  return derived({
    id: 'calico/typha-clients',
    value: Math.ceil(nodes / left),
    unit: 'nodes per replica',
    formula: `ceil(${nodes} nodes / ${left} replicas that are left)`,
    source: 'TOP:pkg/common/autoscale.go',
    from: [replicas],
  });
}

const memory = (id: string, mebibytes: number, formula: string) => derived({
  id, value: Math.ceil(mebibytes), unit: 'MiB', formula, source: 'model, to be measured', confidence: Confidence.ESTIMATE,
});

/**
 * Memory request of one Typha: 256 MiB, and 6 KiB per pod for its snapshot and the copies that slow clients hold on to.
 *
 * | pods | 30,000 | 36,000 | 150,000 |
 * | MiB  | 432    | 467    | 1,135   |
 */
export function typhaMemory(pods: number): Derivation {
  return memory('calico/typha-memory', 256 + pods * 6 / 1024, `256 + ${pods} pods x 6 KiB`);
}

/**
 * CPU request of one Typha: each update is encoded once per client.
 *
 * | clients | 50  | 172 | 193 |
 * | milli   | 300 | 544 | 586 |
 */
export function typhaCpu(clients: Derivation): Derivation {
  return derived({
    id: 'calico/typha-cpu',
    value: 200 + 2 * clients.value,
    unit: 'milli-CPU',
    formula: `200 + 2 x ${clients.value} clients`,
    source: 'model, to be measured',
    confidence: Confidence.ESTIMATE,
    from: [clients],
  });
}

/**
 * Memory request of calico-node: 200 MiB for Felix and its maps, 1 KiB per pod of the cluster (IP sets of policies), 4 KiB per Service.
 *
 * | pods / Services | 30,000 / 1,667 | 36,000 / 2,000 | 150,000 / 10,000 |
 * | MiB             | 236            | 243            | 386              |
 */
export function calicoNodeMemory(pods: number, services: number): Derivation {
  return memory('calico/node-memory', 200 + (pods + 4 * services) / 1024, `200 + ${pods} pods x 1 KiB + ${services} Services x 4 KiB`);
}

/** CPU request of calico-node: upstream's manifests ask for 250 milli-CPU at every size. Source: CAL@v3.32.0 manifests/calico.yaml. */
export function calicoNodeCpu(): Derivation {
  return derived({ id: 'calico/node-cpu', value: 250, unit: 'milli-CPU', formula: 'request of upstream\'s manifest', source: 'CAL@v3.32.0 manifests/calico.yaml' });
}

/**
 * Memory request of calico-kube-controllers, which holds every pod, node and address block.
 *
 * | pods / nodes | 30,000 / 1,000 | 36,000 / 1,200 | 150,000 / 5,000 |
 * | MiB          | 433            | 499            | 1,761           |
 */
export function kubeControllersMemory(pods: number, nodes: number): Derivation {
  return memory('calico/kube-controllers-memory', 100 + (pods * 10 + nodes * 40) / 1024, `100 + ${pods} pods x 10 KiB + ${nodes} nodes x 40 KiB`);
}

/**
 * Memory request of the operator, which watches nodes, ConfigMaps and Secrets of the whole cluster; its limit is twice the request.
 *
 * | nodes | 100 | 1,200 | 5,000 |
 * | MiB   | 266 | 376   | 756   |
 */
export function operatorMemory(nodes: number): Derivation {
  return memory('calico/operator-memory', 256 + nodes / 10, `256 + ${nodes} nodes x 0.1 MiB`);
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
    value: Math.min(3, Math.max(2, zones)),
    unit: 'replicas',
    formula: `min(3, max(2, ${zones} zones))`,
    source: 'TOP:api/v1/installation_types.go',
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
