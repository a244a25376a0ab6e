import { CalicoEncapsulation, CalicoInstall, CalicoPoolUse } from './calico-choices';
import type { CalicoEbpfProps } from './calico-options';
import type { CalicoIpPool } from './calico-pool';
import { AddressShare, NodeGroup, nodeGroups, overfullClaims, PoolClaim, poolClaims } from '../../capacity/calico-pool-capacity';
import { CALICO_OPERATOR_FEATURES, CalicoFeature } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange, prefixFor, rangeProblem } from '../../cluster/ip-range';
import { LABELS } from '../../cluster/labels';
import { POOL_LABEL } from '../../cluster/node-pool';
import { allOf, labelIn, parseSelector, selectorProblem } from '../../formats/calico-selector';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsLabelProblem } from '../../input/text-safety';

/** One pool of addresses. */
export interface CalicoPool {
  readonly name: string;
  readonly cidr: string;
  /** 4 or 6. */
  readonly family: number;
  readonly blockSize: number;
  readonly encapsulation: CalicoEncapsulation;
  readonly natOutgoing: boolean;
  readonly nodeSelector: string;
  readonly namespaceSelector?: string;
  readonly disabled: boolean;
  readonly exportRoutes: boolean;
  /** Undefined: workloads and tunnels. */
  readonly uses?: CalicoPoolUse[];
  /** Whether the operator makes it; else it is an object of its own. */
  readonly inInstallation: boolean;
}

/** Masks of blocks that the operator accepts. Source: TOP pkg/controller/ippool/validation.go. */
export const BLOCK_SIZES: { [family: number]: { min: number; max: number; byDefault: number } } = {
  4: { min: 20, max: 32, byDefault: 26 },
  6: { min: 116, max: 128, byDefault: 122 },
};

// The name that Calico gives the first IPv4 or IPv6 pool itself: releases that cannot name pools and those that can agree on it.
const POOL_NAME: { [family: number]: string } = { 4: 'default-ipv4-ippool', 6: 'default-ipv6-ippool' };

/** Pools that an Installation holds at most. Source: TOP api/v1/installation_types.go. */
const MOST_POOLS = 25;

/** One pool for each pod range of the network plan; their blocks have equally many addresses, so that they fill up together. */
export function defaultPools(cluster: ClusterFacts, props: CalicoEbpfProps, blockSize: number): CalicoPool[] {
  const ranges = cluster.network.podCidrs.map(cidr => IpRange.parse('pod range', cidr));
  const blockBits = ranges[0].bits - blockSize;
  return ranges.map(range => ({
    ...common(props, {}),
    name: POOL_NAME[range.family],
    cidr: String(range),
    family: range.family,
    blockSize: range.bits - blockBits,
    nodeSelector: 'all()',
    inInstallation: (props.install ?? CalicoInstall.OPERATOR) !== CalicoInstall.MANIFESTS,
  }));
}

/** The user's pools; what is wrong with one of them alone is a problem. */
export function givenPools(cluster: ClusterFacts, props: CalicoEbpfProps, given: CalicoIpPool[], problems: Problems): CalicoPool[] {
  const before = problems.isEmpty;
  problems.require(given.length >= 1 && given.length <= MOST_POOLS, `ipPools must name 1 to ${MOST_POOLS} pools, got ${given.length}; leave it out to use the pod range as it is`);
  const names = given.map(pool => pool.name);
  for (const name of new Set(names.filter((n, i) => names.indexOf(n) !== i))) { problems.add(`ipPools: the name '${name}' is used twice; pool names must differ`); }
  for (const pool of given) { checkPool(cluster, props, pool, problems); }
  if (!before || !problems.isEmpty) { return []; }
  const seen = new Set<number>();
  return given.map(pool => {
    const range = IpRange.parse(pool.name, pool.cidr);
    const settled = {
      ...common(props, pool),
      name: pool.name,
      cidr: String(range),
      family: range.family,
      blockSize: blockSizeOf(
        props, pool, range,
      ),
      nodeSelector: selectorOf(pool),
    };
    const first = !settled.disabled && !seen.has(range.family);
    const inInstallation = operatorMakes(cluster.versions.calico, props, settled, first);
    if (inInstallation) { seen.add(range.family); }
    return { ...settled, inInstallation };
  });
}

function common(props: CalicoEbpfProps, pool: Partial<CalicoIpPool>) {
  return {
    encapsulation: pool.encapsulation ?? props.encapsulation ?? CalicoEncapsulation.VXLAN,
    natOutgoing: pool.natOutgoing ?? props.natOutgoing ?? true,
    namespaceSelector: pool.namespaceSelector,
    disabled: pool.disabled ?? false,
    exportRoutes: pool.exportRoutes ?? true,
    uses: pool.uses,
  };
}

function blockSizeOf(props: CalicoEbpfProps, pool: CalicoIpPool, range: IpRange): number {
  // A node takes a whole block of every pool that serves it: for its one tunnel address the smallest there is.
  const byDefault = isForTunnelsAlone(pool.uses) ? BLOCK_SIZES[range.family].max : BLOCK_SIZES[range.family].byDefault;
  return pool.blockSize ?? (range.family === 4 && !isForTunnelsAlone(pool.uses) ? props.blockSize : undefined) ?? byDefault;
}

export function isForTunnelsAlone(uses: CalicoPoolUse[] | undefined): boolean {
  return uses !== undefined && uses.every(use => use === CalicoPoolUse.TUNNEL);
}

function selectorOf(pool: CalicoIpPool): string {
  return allOf([
    ...(pool.nodePools ? [labelIn(POOL_LABEL, pool.nodePools)] : []),
    ...(pool.zones ? [labelIn(LABELS.zone, pool.zones)] : []),
    ...(pool.nodeSelector === undefined ? [] : [pool.nodeSelector]),
  ]);
}

/** Whether the Installation of this version can say all of a pool; up to 3.27 it holds one of each family. */
function operatorMakes(calico: string, props: CalicoEbpfProps, pool: Omit<CalicoPool, 'inInstallation'>, first: boolean): boolean {
  const has = (feature: CalicoFeature) => inRange(calico, CALICO_OPERATOR_FEATURES[feature]);
  return props.install !== CalicoInstall.MANIFESTS
    && pool.namespaceSelector === undefined
    && (first || has('namedPools'))
    && (!pool.disabled || has('disabledPools'))
    && (pool.uses === undefined || has('poolUses'))
    && (pool.exportRoutes || has('poolExport'));
}

function checkPool(cluster: ClusterFacts, props: CalicoEbpfProps, pool: CalicoIpPool, problems: Problems): void {
  const { calico } = cluster.versions;
  const field = `ipPools '${pool.name}'`;
  problems.add(dnsLabelProblem('ipPools: name', pool.name));
  const problem = rangeProblem(pool.cidr);
  problems.add(problem && `${field}: cidr ${problem}`);
  if (problem === undefined) {
    const range = IpRange.parse(field, pool.cidr);
    const tooLarge = blockSizeProblem(blockSizeOf(props, pool, range), 'cidr', range);
    problems.add(tooLarge && `${field}: ${tooLarge}`);
    const families = cluster.network.podCidrs.map((cidr): number => (cidr.includes(':') ? 6 : 4));
    problems.require(families.includes(range.family), `${field}: cidr ${pool.cidr} is IPv${range.family}, pods of this cluster have IPv${families.join(' and IPv')}; add a secondaryPodCidr to the network, or leave the pool out`);
  }
  for (const name of pool.nodePools ?? []) {
    problems.require(cluster.pools.some(p => p.name === name), `${field}: there is no node pool '${name}'; pools are ${cluster.pools.map(p => `'${p.name}'`).join(', ')}`);
  }
  problems.require(pool.nodePools?.length !== 0 && pool.zones?.length !== 0 && pool.uses?.length !== 0, `${field}: an empty list selects nothing; leave it out for all`);
  problems.add(pool.nodeSelector === undefined ? undefined : selectorProblem(`${field}: nodeSelector`, pool.nodeSelector));
  if (pool.namespaceSelector !== undefined) {
    problems.add(selectorProblem(`${field}: namespaceSelector`, pool.namespaceSelector));
    problems.require(inRange(calico, CALICO_OPERATOR_FEATURES.poolNamespaces), `${field}: namespaceSelector was added in Calico 3.31, the cluster's release ${cluster.release} goes with ${calico}; leave it out`);
    problems.require(!(pool.uses?.includes(CalicoPoolUse.TUNNEL) ?? true), `${field}: a pool with a namespaceSelector gives no tunnel addresses, which belong to no namespace; set uses: [CalicoPoolUse.WORKLOAD]`);
  }
}

/** Why a block size is none, or does not fit its range. */
export function blockSizeProblem(blockSize: number, field: string, range: IpRange): string | undefined {
  const { min, max } = BLOCK_SIZES[range.family];
  const bounds = wholeNumberProblem('blockSize', blockSize, { min, max, why: `mask of a block of IPv${range.family} addresses` });
  if (bounds !== undefined || blockSize >= range.prefix) { return bounds; }
  return `blockSize /${blockSize} is larger than ${field} ${range}; use a longer mask`;
}

/** Ranges of the pools against each other and against everything else. */
export function checkDisjoint(cluster: ClusterFacts, pools: CalicoPool[], problems: Problems): void {
  const { network } = cluster;
  const taken = [
    ...network.serviceCidrs.map(cidr => ({ name: `Services ${cidr}`, cidr })),
    ...network.nodeCidrs.map(cidr => ({ name: `machines ${cidr}`, cidr })),
    ...network.reserved.map(({ name, cidr }) => ({ name: `reserved range '${name}' ${cidr}`, cidr })),
  ];
  for (const [i, pool] of pools.entries()) {
    const range = IpRange.parse(pool.name, pool.cidr);
    for (const other of [...pools.slice(i + 1).map(({ name, cidr }) => ({ name: `ipPools '${name}' ${cidr}`, cidr })), ...taken].filter(({ name, cidr }) => range.overlaps(IpRange.parse(name, cidr)))) {
      problems.add(`ipPools '${pool.name}' ${pool.cidr} and ${other.name} overlap; ranges of pools, Services and machines must be disjoint`);
    }
  }
}

/** What the nodes claim of the enabled pools, family by family. */
export function claimsOf(cluster: ClusterFacts, pools: CalicoPool[]): PoolClaim[] {
  const groups = nodeGroups(cluster);
  const families = [...new Set(cluster.network.podCidrs.map(cidr => (cidr.includes(':') ? 6 : 4)))];
  const enabled = pools.filter(pool => !pool.disabled);
  return families.flatMap(family => {
    const own = enabled.filter(pool => pool.family === family);
    return [
      // A pool for some namespaces alone is nobody's only source, so the nodes' plan does not rest on it.
      ...poolClaims(groups, own.filter(pool => !isForTunnelsAlone(pool.uses) && pool.namespaceSelector === undefined).map(share)),
      ...poolClaims(groups.map(group => ({ ...group, maxPods: 1 })), own.filter(pool => isForTunnelsAlone(pool.uses)).map(
        pool => ({ ...share(pool), tunnelAddress: false }),
      ))
        .filter(claim => claim.shares.length > 0),
    ];
  });
}

function share(pool: CalicoPool): AddressShare {
  const selector = parseSelector(pool.nodeSelector);
  return {
    name: pool.name,
    cidr: pool.cidr,
    blockSize: pool.blockSize,
    tunnelAddress: pool.encapsulation !== CalicoEncapsulation.NONE && (pool.uses?.includes(CalicoPoolUse.TUNNEL) ?? true),
    serves: (group: NodeGroup) => selector.matches(group.labels),
  };
}

/** Nodes without a pool, and pools that their nodes overfill. */
export function checkClaims(cluster: ClusterFacts, pools: CalicoPool[], claims: PoolClaim[], problems: Problems): void {
  for (const claim of claims.filter(({ shares }) => shares.length === 0)) {
    problems.add(`ipPools: no enabled pool serves ${claim.groups.map(group => group.name).join(', ')}; their pods would stay without address: add a pool, or let one of these serve them`);
  }
  for (const { claimed, addresses, shares, groups } of overfullClaims(claims)) {
    const names = shares.map(({ name, cidr }) => `'${name}' ${cidr}`).join(' and ');
    problems.add(`ipPools: ${names} ${shares.length === 1 ? 'has' : 'have'} ${addresses} addresses, ${groups.map(group => group.name).join(', ')} claim ${claimed!.value} = ${claimed!.formula}; `
      + `use /${prefixFor(claimed!.value, shares[0].cidr.includes(':') ? 6 : 4)} or larger, or lower maxPods of the pools`);
  }
  if (pools.some(pool => pool.encapsulation !== CalicoEncapsulation.NONE)) {
    const tunnels = pools.filter(pool => !pool.disabled && (pool.uses?.includes(CalicoPoolUse.TUNNEL) ?? true)).map(share);
    const without = nodeGroups(cluster).filter(group => !tunnels.some(pool => pool.serves(group)));
    problems.require(without.length === 0, `ipPools: no enabled pool gives tunnel addresses to ${without.map(group => group.name).join(', ')}; leave uses out of a pool that serves them, or add one with CalicoPoolUse.TUNNEL`);
  }
}
