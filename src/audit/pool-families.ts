import { AddressPool } from './network-view';
import { BlockPlan } from '../capacity/calico-capacity';
import { ClusterFacts } from '../cluster/cluster-facts';

/** Pools of IPv4, then those of IPv6, families without a pool left out. */
export function byFamily(pools: AddressPool[]): AddressPool[][] {
  return [false, true].map(ipv6 => pools.filter(pool => pool.cidr.includes(':') === ipv6)).filter(family => family.length > 0);
}

/** The block arithmetic counts with masks of the first family: the same number of addresses there. */
export function firstFamilyPlan({ network }: ClusterFacts, { cidr, blockSize, tunnelAddress }: AddressPool): BlockPlan {
  const bits = cidr.includes(':') ? 128 : 32;
  return { blockSize: blockSize + (network.family === 6 ? 128 : 32) - bits, tunnelAddress };
}
