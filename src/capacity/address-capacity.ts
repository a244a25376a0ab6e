import { addressesPerBlock, BlockPlan, blocksPerNode } from './calico-capacity';
import { Limit, LIMIT_HORIZON, LimitChange } from './limit';
import { ClusterFacts } from '../cluster/cluster-facts';
import { IpRange } from '../cluster/ip-range';
import { CONTROL_PLANE_MAX_PODS, NODE_ADDRESSES_TAKEN, SERVICE_ADDRESSES_TAKEN } from '../cluster/network-demand';
import { NetworkRange, NetworkUse } from '../cluster/network-range';
import { Confidence, derived, Derivation, named, stated } from '../derivation/derivation';

/** How full one range is. */
export interface RangeRoom {
  readonly range: NetworkRange;
  readonly size: Derivation;
  readonly used: Derivation;
  /** Negative: it does not hold this many nodes. */
  readonly left: Derivation;
}

/** Blocks of the pod range; the same in both families, since a pod takes one address of each. */
export interface BlockRoom {
  readonly total: Derivation;
  readonly claimed: Derivation;
  readonly left: Derivation;
  /** Blocks that are missing: their nodes borrow single addresses from blocks of others, each a route of its own. */
  readonly borrowed: Derivation;
}

/** What is left of every range at a number of nodes. */
export interface AddressRoom {
  /** Worker nodes. */
  readonly nodes: number;
  readonly ranges: RangeRoom[];
  readonly blocks: BlockRoom;
}

const BLOCKS = 'CAL@v3.32.0 libcalico-go/lib/ipam';

/**
 * Use of every range at a number of worker nodes in the mix of the final size; the final size when left out.
 *
 * | nodes (+3 control plane) | 600     | 1,200   | 2,045   | 2,046   |
 * | blocks claimed of a /14  | 1,206   | 2,406   | 4,096   | 4,098   |
 * | blocks left              | 2,890   | 1,690   | 0       | -2      |
 *
 * Pools of 110 pods, blocks of 64 with VXLAN. Source: CAL@v3.32.0 libcalico-go/lib/ipam.
 */
export function addressRoom(cluster: ClusterFacts, plan: BlockPlan, nodes?: number): AddressRoom {
  const blocks = blockRoom(cluster, plan, nodes);
  return {
    nodes: nodes ?? cluster.nodes,
    ranges: cluster.network.ranges.map(range => rangeRoom(cluster, plan, range, blocks.claimed, nodes)),
    blocks,
  };
}

function blockRoom(cluster: ClusterFacts, plan: BlockPlan, atNodes?: number): BlockRoom {
  const { podCidr, podAddresses } = cluster.network;
  const { nodes, controlPlaneMachines } = cluster.fleetAt(atNodes);
  const perPool = cluster.pools.map(pool => blocksPerNode(pool.name, pool.maxPods, podCidr, plan));
  const finalBlocks = derived({
    id: 'addresses/worker-blocks',
    unit: 'blocks',
    words: 'nodes of each pool at the final size, times the blocks that its maxPods take',
    expression: cluster.pools.map((_, i) => `nodes${i + 1} * blocks${i + 1}`).join(' + '),
    inputs: Object.fromEntries(cluster.pools.flatMap((pool, i) => [[`nodes${i + 1}`, pool.nodes], [`blocks${i + 1}`, perPool[i]]])),
    source: BLOCKS,
  });
  const controlPlaneBlocks = named('addresses/blocks-per-control-plane-machine', blocksPerNode('control-plane', CONTROL_PLANE_MAX_PODS, podCidr, plan));
  const claimed = derived({
    id: 'addresses/blocks-claimed',
    unit: 'blocks',
    words: 'blocks of the workers in the mix of the final size, and of the control plane',
    expression: 'ceil(nodes * workerBlocks / finalNodes) + machines * controlPlaneBlocks',
    inputs: { nodes, workerBlocks: finalBlocks, finalNodes: cluster.nodes, machines: controlPlaneMachines, controlPlaneBlocks },
    source: BLOCKS,
  });
  const total = derived({
    id: 'addresses/blocks',
    unit: 'blocks',
    words: cluster.network.dualStack ? 'blocks of the smaller pod range' : 'blocks of the pod range',
    expression: 'floor(addresses / block)',
    inputs: { addresses: podAddresses, block: addressesPerBlock(podCidr, plan.blockSize) },
    source: BLOCKS,
  });
  return {
    total,
    claimed,
    left: derived({ id: 'addresses/blocks-left', unit: 'blocks', words: 'blocks that no node claims', expression: 'blocks - claimed', inputs: { blocks: total, claimed }, source: BLOCKS }),
    borrowed: derived({
      id: 'addresses/blocks-borrowed',
      unit: 'blocks',
      words: 'blocks that nodes do without: their pods borrow addresses while others have some idle',
      expression: 'max(0, claimed - blocks)',
      inputs: { blocks: total, claimed },
      source: BLOCKS,
    }),
  };
}

function rangeRoom(cluster: ClusterFacts, plan: BlockPlan, range: NetworkRange, claimed: Derivation, atNodes?: number): RangeRoom {
  const id = `addresses/${range.field}`;
  const fleet = cluster.fleetAt(atNodes);
  const size = stated(`${id}/size`, range.addresses, 'addresses', `${range.field} ${range.cidr}`);
  const used = {
    [NetworkUse.PODS]: () => derived({
      id: `${id}/used`,
      unit: 'addresses',
      words: 'whole blocks: what a node has claimed, no other can plan with',
      expression: 'claimed * block',
      inputs: { claimed, block: addressesPerBlock(cluster.network.podCidr, plan.blockSize) },
      source: BLOCKS,
    }),
    [NetworkUse.SERVICES]: () => derived({
      id: `${id}/used`,
      unit: 'addresses',
      words: 'Services, the first and the last address, the API server and DNS',
      expression: 'services + taken',
      inputs: { services: fleet.services, taken: SERVICE_ADDRESSES_TAKEN },
      source: 'KK:pkg/registry/core/service/ipallocator',
    }),
    [NetworkUse.NODES]: () => derived({
      id: `${id}/used`,
      unit: 'addresses',
      words: 'machines, network and broadcast address',
      expression: 'machines + taken',
      inputs: { machines: fleet.machines, taken: NODE_ADDRESSES_TAKEN },
      source: 'description',
    }),
  }[range.use]();
  return {
    range,
    size,
    used,
    left: derived({ id: `${id}/left`, unit: 'addresses', words: 'addresses that nothing has', expression: 'size - used', inputs: { size, used }, source: used.source }),
  };
}

/** Masks of a range per node, for those who plan with node CIDRs. */
export interface NodeMask {
  /** 4 or 6. */
  readonly family: number;
  /** Length of the mask. */
  readonly mask: Derivation;
  /** Bits between the mask of the pod range and that of a node: two to their power are the nodes that it holds. */
  readonly difference: Derivation;
}

/** Bits between cluster and node mask that kubeadm takes, and the controller manager for IPv6. Source: KK:cmd/kubeadm/app/constants PodSubnetNodeMaskMaxDiff. */
export const MOST_MASK_DIFFERENCE = 16;

/**
 * Mask of a node's share of the pod range, where IPAM by node CIDRs is wanted instead of Calico's blocks: twice maxPods, a power of two.
 *
 * | maxPods | 64  | 110 | 128 | 250 |
 * | IPv4    | /25 | /24 | /24 | /23 |
 *
 * Source: README conflict 6 (kube-up, Gardener).
 */
export function nodeMasks(cluster: ClusterFacts): NodeMask[] {
  const { largestMaxPods } = cluster.fleet;
  return cluster.network.ranges.filter(range => range.use === NetworkUse.PODS).map(({ field, cidr, family }) => {
    const { bits, prefix } = IpRange.parse(field, cidr);
    const mask = derived({
      id: `addresses/${field}/node-mask`,
      unit: 'bits',
      words: 'the smallest power of two that holds twice maxPods of the densest pool',
      expression: 'bits - ceil(log2(2 * maxPods))',
      inputs: { bits, maxPods: largestMaxPods },
      source: 'README conflict 6',
      confidence: Confidence.ESTIMATE,
    });
    return {
      family,
      mask,
      difference: derived({
        id: `addresses/${field}/mask-difference`,
        unit: 'bits',
        words: `mask of a node less that of the range; ${MOST_MASK_DIFFERENCE} at most`,
        expression: 'mask - range',
        inputs: { mask, range: prefix },
        source: 'KK:cmd/kubeadm/app/constants PodSubnetNodeMaskMaxDiff',
      }),
    };
  });
}

/** Every range as something that is used up, with the number of nodes at which it is. */
export function addressLimits(cluster: ClusterFacts, plan: BlockPlan): Limit[] {
  return addressRoom(cluster, plan).ranges.map(({ range, size, used }) => {
    const { consequence, remedy, change } = BEYOND[range.use];
    return {
      id: `limit/addresses/${range.field}`,
      title: `addresses of ${range.use}: ${range.cidr}`,
      unit: 'addresses',
      used,
      capacity: size,
      reachedAtNodes: mostNodes(nodes => addressRoom(cluster, plan, nodes).ranges.find(r => r.range.field === range.field)!.left.value >= 0),
      consequence,
      remedy: `${remedy}; ${range.field} is ${range.cidr}`,
      change,
    };
  });
}

/** What happens beyond a range, and what helps. */
const BEYOND: { [use in NetworkUse]: Pick<Limit, 'consequence' | 'remedy' | 'change'> } = {
  [NetworkUse.PODS]: {
    consequence: 'new nodes find no block: their pods borrow addresses while there are idle ones, then stay without network',
    remedy: 'plan a larger range before the installation; later add a Calico pool beside it',
    change: LimitChange.ONLINE,
  },
  [NetworkUse.SERVICES]: {
    consequence: 'no Service can be made any more',
    remedy: 'plan a larger range before the installation; from Kubernetes 1.33 on a ServiceCIDR object adds one',
    change: LimitChange.NEVER,
  },
  [NetworkUse.NODES]: {
    consequence: 'machines start without an address and never join',
    remedy: 'plan a larger range before the installation; later add a subnet, and its range to Calico\'s address detection and to firewalls',
    change: LimitChange.ROLLOUT,
  },
};

/** The most nodes for which something holds that, once broken, stays broken; the horizon where it always holds. */
function mostNodes(holds: (nodes: number) => boolean): number {
  if (holds(LIMIT_HORIZON)) { return LIMIT_HORIZON; }
  let [good, bad] = [0, LIMIT_HORIZON];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (holds(middle)) { good = middle; } else { bad = middle; }
  }
  return good;
}
