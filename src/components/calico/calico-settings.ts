import { bgpSettings, BgpSettings } from './bgp-settings';
import { CalicoBgp } from './calico-bgp';
import { CalicoApiAccess, CalicoApiBootstrap, CalicoEncapsulation, CalicoInstall, CalicoPoolUse, CalicoServiceMode } from './calico-choices';
import { calicoNotes } from './calico-notes';
import type { CalicoEbpfProps } from './calico-options';
import { checkFelix, FailsafePort, failsafePorts, MOST_CONNTRACK_ENTRIES, sendsUnwrapped } from './felix-settings';
import { checkProxy, proxySettings, ProxySettings } from './kube-proxy-settings';
import { BLOCK_SIZES, blockSizeProblem, CalicoPool, checkClaims, checkDisjoint, claimsOf, defaultPools, givenPools } from './pool-settings';
import {
  BlockPlan, calicoNodeCpu, calicoNodeMemory, controlPlaneReplicas, kubeControllersMemory, maxPodsPerNode, operatorMemory,
  podRangeFor, poolAddresses, poolHeadroom, typhaClients, typhaCpu, typhaMemory, typhaReplicas,
} from '../../capacity/calico-capacity';
import { conntrackMapSize, ifStateMapSize, ipSetMapSize, natAffinityMapSize, natBackendMapSize, natFrontendMapSize, routeMapSize } from '../../capacity/calico-map-capacity';
import { packetOverhead, podMtu } from '../../capacity/calico-mtu-capacity';
import { PoolClaim } from '../../capacity/calico-pool-capacity';
import { nodeAgentMaxUnavailable } from '../../capacity/node-agent-rollout';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange, isIpAddress, prefixFor, rangeProblem } from '../../cluster/ip-range';
import { Derivation, given, stated } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** Resolved inputs of `CalicoEbpf`. */
export interface CalicoSettings {
  readonly install: CalicoInstall;
  readonly apiAccess: CalicoApiAccess;
  readonly apiBootstrap: CalicoApiBootstrap;
  /** Undefined: eBPF. */
  readonly proxy?: ProxySettings;
  readonly bgp: BgpSettings;
  readonly serviceMode: CalicoServiceMode;
  readonly dsrOptOutCidrs: string[];
  /** Undefined: Felix' own. */
  readonly tcpIdleSeconds?: number;
  readonly felixOverrides: { [field: string]: unknown };
  /** Undefined: Calico's own. */
  readonly ipam?: { readonly strictAffinity: boolean; readonly maxBlocksPerHost: number };
  readonly wireguard: boolean;
  /** Undefined: found out on each node. */
  readonly mtu?: number;
  /** Mask of the blocks of the first pool. */
  readonly blockSize: number;
  readonly pools: CalicoPool[];
  readonly reservedAddresses: string[];
  readonly failsafe: { readonly inbound: FailsafePort[]; readonly outbound: FailsafePort[] };
  readonly poolAddresses: Derivation;
  readonly typhaReplicas: Derivation;
  readonly typhaClients: Derivation;
  readonly typhaCpu: Derivation;
  readonly typhaMemory: Derivation;
  readonly nodeCpu: Derivation;
  readonly nodeMemory: Derivation;
  readonly kubeControllersMemory: Derivation;
  readonly operatorMemory: Derivation;
  readonly controlPlaneReplicas: Derivation;
  readonly maxUnavailable: Derivation;
  readonly conntrackMap: Derivation;
  readonly routeMap: Derivation;
  readonly natFrontendMap: Derivation;
  readonly natBackendMap: Derivation;
  readonly natAffinityMap: Derivation;
  readonly ipSetMap: Derivation;
  readonly ifStateMap: Derivation;
  readonly derivations: Derivation[];
  readonly notes: string[];
}

export function calicoSettings(cluster: ClusterFacts, props: CalicoEbpfProps): CalicoSettings {
  const problems = new Problems('CalicoEbpf');
  const range = IpRange.parse('pod range', cluster.network.podCidr);
  const bgp = bgpSettings(cluster, (props.bgp ?? CalicoBgp.off())._choice, problems);
  const blockSize = firstBlockSize(props, range);
  checkChoices(cluster, props, problems);
  checkFelix(cluster, props, problems);
  const proxy = proxySettings(cluster, props, problems);
  const { pools, claims } = poolsOf(cluster, props, blockSize, problems);
  problems.add(routesProblem(pools, bgp));
  problems.throwIfAny();

  const overhead = packetOverhead({
    vxlan: pools.some(pool => pool.encapsulation !== CalicoEncapsulation.NONE), wireguard: props.wireguard ?? false, ipv6: cluster.network.podCidrs.some(cidr => cidr.includes(':')),
  });
  const mtu = props.linkMtu === undefined ? undefined : podMtu(stated('network/link-mtu', props.linkMtu, 'bytes', 'largest packet of the machines\' network'), overhead);
  problems.add(mtuProblem(props, mtu));
  problems.throwIfAny();

  const plan: BlockPlan = {
    blockSize, tunnelAddress: pools.some(pool => pool.encapsulation !== CalicoEncapsulation.NONE && (pool.uses?.includes(CalicoPoolUse.TUNNEL) ?? true)),
  };
  const needed = poolAddresses(cluster, plan);
  if (props.ipPools === undefined) { checkAddresses(cluster, needed, problems); }
  checkMaxPods(cluster, plan, props.maxBlocksPerHost, problems);
  problems.throwIfAny();

  const headroom = poolHeadroom(enabledAddresses(cluster, pools), needed);
  const { pods, services, machines, endpoints, largestMaxPods, connectionsPerPod } = cluster.fleet;
  const replicas = typhaReplicas(machines);
  const clients = typhaClients(machines, replicas);
  const numbers = {
    poolAddresses: needed,
    typhaReplicas: replicas,
    typhaClients: clients,
    typhaCpu: typhaCpu(clients),
    typhaMemory: typhaMemory(pods),
    nodeCpu: calicoNodeCpu(),
    nodeMemory: calicoNodeMemory(pods, services),
    kubeControllersMemory: kubeControllersMemory(pods, machines),
    operatorMemory: operatorMemory(machines),
    controlPlaneReplicas: controlPlaneReplicas(cluster),
    maxUnavailable: given(props.maxUnavailablePercent, nodeAgentMaxUnavailable('calico/max-unavailable', machines)),
    conntrackMap: given(props.bpfMapSizeConntrack, conntrackMapSize(largestMaxPods, connectionsPerPod)),
    routeMap: routeMapSize(cluster, needed, plan),
    natFrontendMap: natFrontendMapSize(services),
    natBackendMap: natBackendMapSize(endpoints, services),
    natAffinityMap: natAffinityMapSize(services),
    ipSetMap: ipSetMapSize(pods),
    ifStateMap: ifStateMapSize(largestMaxPods),
  };
  problems.add(connectionsProblem(numbers.conntrackMap, cluster));
  problems.throwIfAny();
  const bgpNumbers = Object.values(bgp.numbers).filter((number): number is Derivation => number !== undefined);
  return {
    ...numbers,
    install: props.install ?? CalicoInstall.OPERATOR,
    apiAccess: props.apiAccess ?? CalicoApiAccess.API_SERVER,
    apiBootstrap: props.apiBootstrap ?? CalicoApiBootstrap.CONFIG_MAP,
    proxy,
    bgp,
    serviceMode: props.serviceMode ?? CalicoServiceMode.TUNNEL,
    dsrOptOutCidrs: props.dsrOptOutCidrs ?? [],
    tcpIdleSeconds: props.tcpIdleSeconds,
    felixOverrides: props.felixOverrides ?? {},
    ipam: props.strictAffinity === undefined && props.maxBlocksPerHost === undefined ? undefined : {
      strictAffinity: props.strictAffinity ?? false, maxBlocksPerHost: props.maxBlocksPerHost ?? 0,
    },
    wireguard: props.wireguard ?? false,
    mtu: props.mtu ?? mtu?.value,
    blockSize,
    pools,
    reservedAddresses: props.reservedAddresses ?? [],
    failsafe: failsafePorts(cluster, bgp.enabled),
    derivations: [
      ...Object.values(numbers), ...(
        proxy ? [proxy.conntrackPerCore] : []
      ), ...bgpNumbers, headroom, ...(mtu ? [overhead, mtu] : []), ...claims.flatMap(claim => claim.claimed ?? []),
      ...needed.from.filter(from => from.id.startsWith('calico/')),
    ],
    notes: calicoNotes(cluster, props, { pools, claims, bgp, headroom, needed, proxy, unwrapped: sendsUnwrapped(pools.map(pool => pool.encapsulation)) }),
  };
}

function firstBlockSize(props: CalicoEbpfProps, range: IpRange): number {
  const first = props.ipPools?.find(pool => !(pool.disabled ?? false) && pool.blockSize !== undefined && pool.cidr.includes(':') === (range.family === 6));
  return first?.blockSize ?? props.blockSize ?? BLOCK_SIZES[range.family].byDefault;
}

function poolsOf(cluster: ClusterFacts, props: CalicoEbpfProps, blockSize: number, problems: Problems): { pools: CalicoPool[]; claims: PoolClaim[] } {
  if (props.ipPools === undefined) {
    for (const cidr of cluster.network.podCidrs) {
      const range = IpRange.parse('pod range', cidr);
      // Masks of the second family have as many bits behind them.
      const own = range.family === (cluster.network.family) ? blockSize : blockSize + range.bits - (range.family === 6 ? 32 : 128);
      problems.add(blockSizeProblem(own, podRangeField(cluster, range), range));
    }
    return problems.isEmpty ? { pools: defaultPools(cluster, props, blockSize), claims: [] } : { pools: [], claims: [] };
  }
  const pools = givenPools(cluster, props, props.ipPools, problems);
  if (pools.length === 0) { return { pools, claims: [] }; }
  checkDisjoint(cluster, pools, problems);
  const claims = claimsOf(cluster, pools);
  checkClaims(cluster, pools, claims, problems);
  return { pools, claims };
}

function checkChoices(cluster: ClusterFacts, props: CalicoEbpfProps, problems: Problems): void {
  const { calico } = cluster.versions;
  if (props.maxUnavailablePercent !== undefined) {
    problems.add(wholeNumberProblem('maxUnavailablePercent', props.maxUnavailablePercent, { min: 1, max: 100, why: 'percent of the nodes' }));
  }
  for (const [name, value] of Object.entries({ mtu: props.mtu, linkMtu: props.linkMtu })) {
    if (value !== undefined) { problems.add(wholeNumberProblem(name, value, { min: 1280, max: 9216, why: 'bytes; from the smallest that IPv6 allows to jumbo frames' })); }
  }
  if (props.fabricForwardsPodAddresses === false && props.encapsulation !== undefined && props.encapsulation !== CalicoEncapsulation.VXLAN) {
    problems.add(`encapsulation ${props.encapsulation} sends pod addresses unwrapped and fabricForwardsPodAddresses is false: such packets are dropped; use CalicoEncapsulation.VXLAN`);
  }
  const ipam = { strictAffinity: props.strictAffinity, maxBlocksPerHost: props.maxBlocksPerHost };
  for (const [name] of Object.entries(ipam).filter(([, value]) => value !== undefined)) {
    problems.require(inRange(calico, CALICO_OPERATOR_FEATURES.ipamConfiguration), `${name}: kind IPAMConfiguration was added in Calico 3.24, the cluster's release ${cluster.release} goes with ${calico}; leave it out and use calicoctl ipam configure`);
  }
  if (props.maxBlocksPerHost !== undefined) {
    problems.add(wholeNumberProblem('maxBlocksPerHost', props.maxBlocksPerHost, { min: 1, max: 1_000_000, why: 'blocks of one node' }));
  }
  if (props.apiAccess === CalicoApiAccess.NATIVE) {
    problems.require(inRange(calico, CALICO_OPERATOR_FEATURES.nativeApi), `apiAccess Native was added in Calico 3.32, the cluster's release ${cluster.release} goes with ${calico}; use CalicoApiAccess.API_SERVER`);
  }
  for (const text of props.reservedAddresses ?? []) {
    problems.add(isIpAddress(text) ? undefined : rangeProblem(text) && `reservedAddresses: ${rangeProblem(text)}`);
  }
  const range = cluster.network.podCidrs.map(cidr => IpRange.parse('pod range', cidr)).find(({ family }) => family === 6);
  if (range && !props.kubeProxy && !inRange(calico, CALICO_OPERATOR_FEATURES.bpfIpv6)) {
    problems.add(`${podRangeField(cluster, range)} ${range} is IPv6, which Calico ${calico} does not support with eBPF; `
      + 'use IPv4 alone or Kubernetes 1.26 and newer');
  }
  checkProxy(cluster, props, problems);
}

function routesProblem(pools: CalicoPool[], bgp: BgpSettings): string | undefined {
  if (bgp.enabled || !pools.some(pool => pool.encapsulation === CalicoEncapsulation.NONE)) { return undefined; }
  return 'encapsulation None needs routes between nodes, which only BGP brings; set bgp, for example CalicoBgp.mesh(), or use CalicoEncapsulation.VXLAN';
}

function mtuProblem(props: CalicoEbpfProps, mtu: Derivation | undefined): string | undefined {
  if (mtu === undefined || props.linkMtu === undefined) { return undefined; }
  if (props.mtu !== undefined && props.mtu > mtu.value) {
    return `mtu ${props.mtu} exceeds what fits through the machines' network: ${mtu.value} = linkMtu ${props.linkMtu} less ${props.linkMtu - mtu.value} bytes of wrapping; use at most ${mtu.value}, or leave it out`;
  }
  return mtu.value >= 1280 ? undefined : `linkMtu ${props.linkMtu} leaves ${mtu.value} bytes for packets of pods, IPv6 needs 1280; raise it on the machines, or use less wrapping`;
}

function checkAddresses(cluster: ClusterFacts, needed: Derivation, problems: Problems): void {
  for (const range of cluster.network.podCidrs.map(cidr => IpRange.parse('pod range', cidr)).filter(({ size }) => needed.value > size)) {
    const [works, wanted] = [prefixFor(needed.value, range.family), podRangeFor(needed.value, range.family)];
    problems.add(`${podRangeField(cluster, range)} ${range} has ${range.size} addresses, the final size claims ${needed.value} = ${needed.formula}; `
      + `use /${works} or larger${wanted < works ? ` (/${wanted} with headroom)` : ''}, or lower maxPods of the pools`);
  }
}

function checkMaxPods(cluster: ClusterFacts, plan: BlockPlan, blocks: number | undefined, problems: Problems): void {
  const most = maxPodsPerNode(cluster.network.podCidr, plan, blocks);
  for (const pool of cluster.pools.filter(p => p.maxPods > most)) {
    problems.add(`pool '${pool.name}': maxPods must fit the ${blocks ?? 20} blocks that Calico gives to one node, got ${pool.maxPods} pods for blocks of /${plan.blockSize} `
      + `(${most} pods); use a shorter blockSize mask or lower maxPods${blocks === undefined ? '' : ', or raise maxBlocksPerHost'}`);
  }
}

/** Ranges of the machines' own ends of tunnels. */
export function tunnelCidrs({ pools, wireguard }: CalicoSettings): string[] {
  if (!wireguard && pools.every(pool => pool.encapsulation === CalicoEncapsulation.NONE)) { return []; }
  return pools.filter(pool => pool.uses?.includes(CalicoPoolUse.TUNNEL) ?? true).map(pool => pool.cidr);
}

/** Addresses of the pools that give some, of the family that has fewer. */
function enabledAddresses(cluster: ClusterFacts, pools: CalicoPool[]): number {
  const sums = cluster.network.podCidrs.map(cidr => pools.filter(pool => !pool.disabled && pool.family === (cidr.includes(':') ? 6 : 4))
    .reduce((sum, pool) => sum + IpRange.parse(pool.name, pool.cidr).size, 0));
  return Math.min(...sums);
}

function podRangeField(cluster: ClusterFacts, range: IpRange): string {
  return `network.${String(range) === cluster.network.podCidr ? 'podCidr' : 'secondaryPodCidr'}`;
}

function connectionsProblem(map: Derivation, { fleet }: ClusterFacts): string | undefined {
  if (map.value <= MOST_CONNTRACK_ENTRIES) { return undefined; }
  return `load.connectionsPerPod ${fleet.connectionsPerPod.value} needs a connection table of ${map.value} entries on a node with ${fleet.largestMaxPods.value} pods, the largest has `
    + `${MOST_CONNTRACK_ENTRIES}; use at most ${Math.floor(MOST_CONNTRACK_ENTRIES / 2 / fleet.largestMaxPods.value)}, or lower maxPods of the pools`;
}
