import { addressesPerBlock, blocksPerNode, POOL_HEADROOM_WANTED } from './calico-capacity';
import { ClusterFacts } from '../cluster/cluster-facts';
import { IpRange } from '../cluster/ip-range';
import { LABELS } from '../cluster/labels';
import { CONTROL_PLANE_MAX_PODS } from '../cluster/network-demand';
import { derived, Derivation } from '../derivation/derivation';

/** Nodes that differ in nothing that a pool of addresses selects by. */
export interface NodeGroup {
  /** `general in a`, for messages. */
  readonly name: string;
  /** Name of the node pool; undefined for the control plane. */
  readonly pool?: string;
  readonly nodes: number;
  readonly maxPods: number;
  /** Labels that are known when the objects are written. */
  readonly labels: { [label: string]: string };
}

/** A pool of addresses, as far as arithmetic goes. */
export interface AddressShare {
  readonly name: string;
  readonly cidr: string;
  readonly blockSize: number;
  /** Whether every node takes one address for its tunnel from it. */
  readonly tunnelAddress: boolean;
  /** Whether pods of these nodes get addresses from it. */
  readonly serves: (group: NodeGroup) => boolean;
}

/** Nodes that share the same pools of addresses, with what they claim. */
export interface PoolClaim {
  readonly groups: NodeGroup[];
  /** Empty: these nodes get no addresses. */
  readonly shares: AddressShare[];
  /** Addresses, with all of their blocks. Undefined: no pool. */
  readonly claimed?: Derivation;
  readonly addresses: number;
}

/**
 * Nodes by pool and zone. A pool's nodes spread evenly over its zones, the first ones getting what does not divide.
 *
 * | pool                  | 1,000 nodes in a, b, c | 5 control-plane machines in a, b |
 * | nodes of each group   | 334, 333, 333          | 3, 2                             |
 */
export function nodeGroups(cluster: ClusterFacts): NodeGroup[] {
  const workers = cluster.pools.flatMap(pool => spread(pool.nodes, pool.zones.length).map((nodes, i): NodeGroup => ({
    name: pool.zones.length === 0 ? `pool '${pool.name}'` : `pool '${pool.name}' in ${pool.zones[i]}`,
    pool: pool.name,
    nodes,
    maxPods: pool.maxPods,
    labels: { [LABELS.os]: 'linux', ...pool.labels, ...(pool.zones.length === 0 ? {} : { [LABELS.zone]: pool.zones[i] }) },
  })));
  const zones = [...new Set(cluster.controlPlaneMembers.map(member => member.zone))];
  const controlPlane = zones.map((zone): NodeGroup => ({
    name: zone === undefined ? 'control plane' : `control plane in ${zone}`,
    nodes: cluster.controlPlaneMembers.filter(member => member.zone === zone).length,
    maxPods: CONTROL_PLANE_MAX_PODS,
    labels: { [LABELS.os]: 'linux', [LABELS.controlPlane]: '', ...(zone === undefined ? {} : { [LABELS.zone]: zone }) },
  }));
  return [...workers, ...controlPlane].filter(group => group.nodes > 0);
}

function spread(nodes: number, zones: number): number[] {
  return Array.from({ length: Math.max(1, zones) }, (_, i) => Math.floor(nodes / Math.max(1, zones)) + (i < nodes % Math.max(1, zones) ? 1 : 0));
}

/**
 * What nodes claim of the pools of one family that serve them. Nodes with the same pools share them; where the pools of some nodes are a part of
 * those of others, both have to fit.
 *
 * | nodes x maxPods, pools       | 400 x 110, /16 of /26 each zone | 600 x 110 of /26 |
 * | claimed of the pool          | 51,200 of 65,536                | 76,800           |
 *
 * Source: CAL@v3.32.0 libcalico-go/lib/ipam (a node claims blocks of every pool that selects it, in the order in which they are listed).
 */
export function poolClaims(groups: NodeGroup[], shares: AddressShare[]): PoolClaim[] {
  const sets = new Map<string, NodeGroup[]>();
  for (const group of groups) {
    const key = shares.filter(share => share.serves(group)).map(share => share.name).join('+');
    sets.set(key, [...(sets.get(key) ?? []), group]);
  }
  return [...sets].map(([key, own]) => {
    const serving = shares.filter(share => key.split('+').includes(share.name));
    // Whoever is confined to a part of these pools takes from them too.
    const confined = groups.filter(
      group => shares.some(share => share.serves(group)) && shares.every(share => !share.serves(group) || serving.includes(share)),
    );
    return {
      groups: own,
      shares: serving,
      claimed: serving.length === 0 ? undefined : claimedOf(key, confined, serving),
      addresses: serving.reduce((sum, share) => sum + IpRange.parse(share.name, share.cidr).size, 0),
    };
  });
}

function claimedOf(key: string, groups: NodeGroup[], shares: AddressShare[]): Derivation {
  // Of several block sizes the largest: a node may claim its last block there.
  const largest = shares.reduce((a, b) => (a.blockSize <= b.blockSize ? a : b));
  const plan = { blockSize: largest.blockSize, tunnelAddress: shares.some(share => share.tunnelAddress) };
  return derived({
    id: `calico/ip-pool-claims/${key}`,
    unit: 'addresses',
    words: `blocks of ${groups.map(group => group.name).join(', ')}, with all of their addresses`,
    expression: `(${groups.map((_, i) => `nodes${i + 1} * blocks${i + 1}`).join(' + ')}) * blockAddresses`,
    inputs: {
      ...Object.fromEntries(groups.flatMap((group, i) => [[`nodes${i + 1}`, group.nodes], [`blocks${i + 1}`, blocksPerNode(group.name, group.maxPods, largest.cidr, plan).value]])),
      blockAddresses: addressesPerBlock(largest.cidr, largest.blockSize),
    },
    source: 'CAL@v3.32.0 libcalico-go/lib/ipam',
  });
}

/** Claims that their pools do not hold. */
export function overfullClaims(claims: PoolClaim[]): PoolClaim[] {
  return claims.filter(claim => claim.claimed !== undefined && claim.claimed.value > claim.addresses);
}

/** Claims that fit with less room than replaced nodes want. */
export function tightClaims(claims: PoolClaim[]): PoolClaim[] {
  return claims.filter(
    claim => claim.claimed !== undefined && claim.claimed.value <= claim.addresses && claim.addresses < POOL_HEADROOM_WANTED * claim.claimed.value,
  );
}
