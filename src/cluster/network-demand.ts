import { ControlPlaneMember } from './control-plane-member';
import { NodePool } from './node-pool';

/** What the ranges of a cluster have to hold at its final size. */
export interface NetworkDemand {
  /** Name of the cluster; IPv6 ranges that are proposed differ by it. */
  readonly clusterName: string;

  /** Node pools with their final sizes. */
  readonly pools: NodePool[];

  /** Machines of the control plane; a proposed node range holds their addresses. */
  readonly members: ControlPlaneMember[];

  /** Services at the final size. */
  readonly services: number;
}

/** Addresses that one range has to hold, with the sums. */
export interface AddressNeed {
  /** Below this the final size does not fit. */
  readonly least: number;
  readonly leastFormula: string;
  /** What the smallest range that works holds: with pods whole blocks, of which the last one of a node is seldom full. */
  readonly works: number;
  /** What a proposed range holds. */
  readonly wanted: number;
  /** `wanted` with its sum. */
  readonly wantedFormula: string;
}

/** Headroom of the pod range over what nodes claim; below it replaced nodes, whose blocks come back late, can use up the rest. A proposal. */
export const ADDRESS_HEADROOM = 1.3;

/** Pods of a control-plane machine, which is in no pool: the kubelet's default. */
export const CONTROL_PLANE_MAX_PODS = 110;

/** Addresses of a Calico block unless the user chooses: /26, and /122 for IPv6. */
const BLOCK = 64;

/** Services below which no range is proposed: ten thousand are tested, and virtual addresses cost nothing. Source: capacity.md section 4. */
const LEAST_SERVICE_RANGE = 65_536;

/** Addresses of a Service range that no planned Service gets: the first and the last, the API server's and that of DNS. */
export const SERVICE_ADDRESSES_TAKEN = 4;

/** Network and broadcast address of the node range. */
export const NODE_ADDRESSES_TAKEN = 2;

/**
 * Pod addresses. At least one per pod that the kubelets admit. Wanted are twice as many, in whole blocks: pods that end keep their address until
 * they are gone, and a node that runs over its blocks claims another one.
 *
 * | nodes (+3 control plane) | 1,200 x 110       | 1,200 x 250       | 5,000 x 110         |
 * | least                    | 132,330           | 300,330           | 550,330             |
 * | wanted                   | 307,968 (/13)     | 615,168 (/12)     | 1,280,768 (/11)     |
 *
 * Source: README conflict 6 (kube-up keeps 2 x maxPods per node; 1.3 is a proposal).
 */
export function podAddressNeed(demand: NetworkDemand): AddressNeed {
  const machines = [
    ...demand.pools.map(pool => ({ nodes: pool.nodes, maxPods: pool.maxPods, name: pool.name })),
    { nodes: demand.members.length, maxPods: CONTROL_PLANE_MAX_PODS, name: 'control plane' },
  ];
  const sum = (addresses: (maxPods: number) => number) => machines.reduce((total, m) => total + m.nodes * addresses(m.maxPods), 0);
  const terms = (addresses: (maxPods: number) => number) => machines.map(m => `${m.nodes} ${m.name} x ${addresses(m.maxPods)}`).join(' + ');
  const doubled = (maxPods: number) => inBlocks(2 * maxPods);
  // One more than the pods: the node's own end of the tunnel.
  const claims = (maxPods: number) => inBlocks(maxPods + 1);
  const claimed = Math.ceil(sum(claims) * ADDRESS_HEADROOM);
  return {
    least: sum(maxPods => maxPods),
    leastFormula: terms(maxPods => maxPods),
    works: sum(claims),
    wanted: Math.max(sum(doubled), claimed),
    wantedFormula: sum(doubled) >= claimed
      ? `${sum(doubled)} = ${terms(doubled)}, twice maxPods in blocks of ${BLOCK}`
      : `${claimed} = ${ADDRESS_HEADROOM} x (${terms(claims)}), the blocks that nodes claim`,
  };
}

/**
 * Service addresses. Wanted are twice the plan, at least a /16.
 *
 * | Services | 2,000         | 10,000        | 100,000       |
 * | least    | 2,004         | 10,004        | 100,004       |
 * | wanted   | 65,536 (/16)  | 65,536 (/16)  | 200,008 (/14) |
 *
 * Source: capacity.md section 4 (at least /16); twice is a proposal.
 */
export function serviceAddressNeed(demand: NetworkDemand): AddressNeed {
  const least = demand.services + SERVICE_ADDRESSES_TAKEN;
  return {
    least,
    leastFormula: `${demand.services} Services + ${SERVICE_ADDRESSES_TAKEN} of the cluster itself`,
    works: least,
    wanted: Math.max(LEAST_SERVICE_RANGE, 2 * least),
    wantedFormula: 2 * least > LEAST_SERVICE_RANGE ? `${2 * least} = 2 x ${least}` : 'the 10,000 Services that are tested and more, as virtual addresses cost nothing',
  };
}

/**
 * Machine addresses. Wanted are twice the plan, so that a pool can be replaced by a second one beside it.
 *
 * | machines | 103        | 1,203         | 5,005           |
 * | least    | 105        | 1,205         | 5,007           |
 * | wanted   | 208 (/24)  | 2,408 (/20)   | 10,012 (/18)    |
 *
 * Source: proposal.
 */
export function nodeAddressNeed(demand: NetworkDemand): AddressNeed {
  const machines = demand.pools.reduce((sum, pool) => sum + pool.nodes, 0) + demand.members.length;
  return {
    least: machines + NODE_ADDRESSES_TAKEN,
    leastFormula: `${machines} machines + network and broadcast address`,
    works: machines + NODE_ADDRESSES_TAKEN,
    wanted: 2 * machines + NODE_ADDRESSES_TAKEN,
    wantedFormula: `${2 * machines + NODE_ADDRESSES_TAKEN} = 2 x ${machines} machines + network and broadcast address`,
  };
}

function inBlocks(addresses: number): number {
  return Math.ceil(addresses / BLOCK) * BLOCK;
}
