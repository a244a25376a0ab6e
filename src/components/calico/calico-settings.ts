import { CalicoApiBootstrap, CalicoEncapsulation } from './calico-choices';
import type { CalicoEbpfProps } from './calico-ebpf';
import {
  bgpMeshPeerings, BlockPlan, calicoNodeCpu, calicoNodeMemory, controlPlaneReplicas, FULL_MESH_NODES, kubeControllersMemory, maxPodsPerNode, operatorMemory,
  podRangeFor, POOL_HEADROOM_WANTED, poolAddresses, poolHeadroom, routeReflectors, typhaClients, typhaCpu, typhaMemory, typhaReplicas,
} from '../../capacity/calico-capacity';
import { conntrackMapSize, ipSetMapSize, natAffinityMapSize, natBackendMapSize, natFrontendMapSize, routeMapSize } from '../../capacity/calico-map-capacity';
import { nodeAgentMaxUnavailable } from '../../capacity/node-agent-rollout';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { felixFieldProblem } from '../../catalogue/felix-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange, prefixFor } from '../../cluster/ip-range';
import { Derivation, given } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** Resolved inputs of `CalicoEbpf`. */
export interface CalicoSettings {
  readonly encapsulation: CalicoEncapsulation;
  readonly apiBootstrap: CalicoApiBootstrap;
  readonly bgp: boolean;
  readonly natOutgoing: boolean;
  readonly mtu?: number;
  /** Mask of the blocks of the first pool. */
  readonly blockSize: number;
  /** One pool of addresses for each family; their blocks have equally many addresses. */
  readonly pools: CalicoPool[];
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
  readonly derivations: Derivation[];
  readonly notes: string[];
}

/** One pool of addresses. */
export interface CalicoPool {
  readonly cidr: string;
  readonly blockSize: number;
  /** 4 or 6. */
  readonly family: number;
}

/** Masks of blocks that the operator accepts. Source: TOP pkg/controller/installation/validation.go. */
const BLOCK_SIZES: { [family: number]: { min: number; max: number; byDefault: number } } = {
  4: { min: 20, max: 32, byDefault: 26 },
  6: { min: 116, max: 128, byDefault: 122 },
};

/** Most entries of the connection table of a node. */
const MOST_CONNTRACK_ENTRIES = 16_777_216;

export function calicoSettings(cluster: ClusterFacts, props: CalicoEbpfProps): CalicoSettings {
  const problems = new Problems('CalicoEbpf');
  const ranges = cluster.network.podCidrs.map(cidr => IpRange.parse('pod range', cidr));
  const [range] = ranges;
  const encapsulation = props.encapsulation ?? CalicoEncapsulation.VXLAN;
  const apiBootstrap = props.apiBootstrap ?? CalicoApiBootstrap.CONFIG_MAP;
  const bgp = props.bgp ?? false;
  const blockSize = props.blockSize ?? BLOCK_SIZES[range.family].byDefault;

  checkChoices(cluster, props, ranges, problems);
  problems.add(blockSizeProblem(blockSize, podRangeField(cluster, range), range));
  problems.throwIfAny();
  // A pod takes one address of each family: blocks of one size fill up together.
  const blockBits = range.bits - blockSize;
  const pools = ranges.map(one => ({ cidr: String(one), family: one.family, blockSize: one.bits - blockBits }));
  for (const [i, pool] of pools.slice(1).entries()) { problems.add(blockSizeProblem(pool.blockSize, podRangeField(cluster, ranges[i + 1]), ranges[i + 1])); }
  problems.throwIfAny();

  const plan: BlockPlan = { blockSize, tunnelAddress: encapsulation !== CalicoEncapsulation.NONE };
  const needed = poolAddresses(cluster, plan);
  for (const one of ranges) { checkAddresses(cluster, plan, needed, one, problems); }
  problems.throwIfAny();

  const headroom = poolHeadroom(cluster.network.podAddresses, needed);
  const { pods, services, machines, endpoints, largestMaxPods, connectionsPerPod } = cluster.fleet;
  const replicas = typhaReplicas(machines);
  const clients = typhaClients(machines, replicas);
  const mesh = bgp ? { meshPeerings: bgpMeshPeerings(machines), routeReflectors: routeReflectors(machines) } : undefined;
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
  };
  problems.add(connectionsProblem(numbers.conntrackMap, cluster));
  problems.throwIfAny();
  return {
    ...numbers,
    encapsulation,
    apiBootstrap,
    bgp,
    natOutgoing: props.natOutgoing ?? true,
    mtu: props.mtu,
    blockSize,
    pools,
    derivations: [...Object.values(numbers), ...Object.values(mesh ?? {}), headroom, ...needed.from.filter(from => from.id.startsWith('calico/'))],
    notes: notes(cluster, { encapsulation, mesh, headroom, needed, range: ranges.find(({ size }) => size === cluster.network.podAddresses)! }),
  };
}

function checkChoices(cluster: ClusterFacts, props: CalicoEbpfProps, ranges: IpRange[], problems: Problems): void {
  const { calico } = cluster.versions;
  if (props.encapsulation === CalicoEncapsulation.NONE && !props.bgp) {
    problems.add('encapsulation None needs routes between nodes, which only BGP brings; set bgp: true or use CalicoEncapsulation.VXLAN');
  }
  if (props.apiBootstrap === CalicoApiBootstrap.OPERATOR && !inRange(calico, CALICO_OPERATOR_FEATURES.networkBootstrap)) {
    problems.add(`apiBootstrap Operator was added in Calico 3.31, the cluster's release ${cluster.release} goes with ${calico}; use CalicoApiBootstrap.CONFIG_MAP`);
  }
  if (props.bpfMapSizeConntrack !== undefined) {
    problems.add(wholeNumberProblem('bpfMapSizeConntrack', props.bpfMapSizeConntrack, { min: 10_000, max: MOST_CONNTRACK_ENTRIES, why: 'entries of a node\'s connection table' }));
    problems.add(felixFieldProblem('bpfMapSizeConntrack', calico));
  }
  if (props.maxUnavailablePercent !== undefined) {
    problems.add(wholeNumberProblem('maxUnavailablePercent', props.maxUnavailablePercent, { min: 1, max: 100, why: 'percent of the nodes' }));
  }
  if (props.mtu !== undefined) {
    problems.add(wholeNumberProblem('mtu', props.mtu, { min: 1280, max: 9216, why: 'bytes; from the smallest that IPv6 allows to jumbo frames' }));
  }
  const range = ranges.find(({ family }) => family === 6);
  if (range && !inRange(calico, CALICO_OPERATOR_FEATURES.bpfIpv6)) {
    problems.add(`${podRangeField(cluster, range)} ${range} is IPv6, which Calico ${calico} does not support with eBPF; `
      + 'use IPv4 alone or Kubernetes 1.26 and newer');
  }
}

function blockSizeProblem(blockSize: number, field: string, range: IpRange): string | undefined {
  const { min, max } = BLOCK_SIZES[range.family];
  const bounds = wholeNumberProblem('blockSize', blockSize, { min, max, why: `mask of a block of IPv${range.family} addresses` });
  if (bounds !== undefined || blockSize >= range.prefix) { return bounds; }
  return `blockSize /${blockSize} is larger than ${field} ${range}; use a longer mask`;
}

function checkAddresses(cluster: ClusterFacts, plan: BlockPlan, needed: Derivation, range: IpRange, problems: Problems): void {
  const most = maxPodsPerNode(cluster.network.podCidr, plan);
  for (const pool of cluster.pools.filter(p => p.maxPods > most)) {
    problems.add(`pool '${pool.name}': maxPods must fit the 20 blocks that Calico gives to one node, got ${pool.maxPods} pods for blocks of /${plan.blockSize} `
      + `(${most} pods); use a shorter blockSize mask or lower maxPods`);
  }
  if (needed.value > range.size) {
    const [works, wanted] = [prefixFor(needed.value, range.family), podRangeFor(needed.value, range.family)];
    problems.add(`${podRangeField(cluster, range)} ${range} has ${range.size} addresses, the final size claims ${needed.value} = ${needed.formula}; `
      + `use /${works} or larger${wanted < works ? ` (/${wanted} with headroom)` : ''}, or lower maxPods of the pools`);
  }
}

function podRangeField(cluster: ClusterFacts, range: IpRange): string {
  return `network.${String(range) === cluster.network.podCidr ? 'podCidr' : 'secondaryPodCidr'}`;
}

function connectionsProblem(map: Derivation, { fleet }: ClusterFacts): string | undefined {
  if (map.value <= MOST_CONNTRACK_ENTRIES) { return undefined; }
  return `load.connectionsPerPod ${fleet.connectionsPerPod.value} needs a connection table of ${map.value} entries on a node with ${fleet.largestMaxPods.value} pods, the largest has `
    + `${MOST_CONNTRACK_ENTRIES}; use at most ${Math.floor(MOST_CONNTRACK_ENTRIES / 2 / fleet.largestMaxPods.value)}, or lower maxPods of the pools`;
}

interface NoteInputs {
  readonly encapsulation: CalicoEncapsulation;
  readonly mesh?: { readonly meshPeerings: Derivation; readonly routeReflectors: Derivation };
  readonly headroom: Derivation;
  readonly needed: Derivation;
  readonly range: IpRange;
}

function notes(cluster: ClusterFacts, { encapsulation, mesh, headroom, needed, range }: NoteInputs): string[] {
  const found: string[] = [];
  if (headroom.value < POOL_HEADROOM_WANTED) {
    found.push(`${podRangeField(cluster, range)} ${range} holds ${headroom.value} times the ${needed.value} addresses of the final size; below ${POOL_HEADROOM_WANTED} blocks of `
      + 'replaced nodes that are not yet freed can use up the rest, and the range cannot be changed later');
  }
  if (encapsulation === CalicoEncapsulation.VXLAN_CROSS_SUBNET) {
    found.push(`encapsulation VXLANCrossSubnet sends pod addresses unwrapped inside ${cluster.network.nodeCidrs.join(' and ')}: source and destination checks of the fabric must be off`);
  }
  if (mesh && mesh.routeReflectors.value > 0) {
    found.push(`bgp: a full mesh of ${cluster.fleet.machines.value} machines has ${mesh.meshPeerings.value} peerings, upstream recommends it up to ${FULL_MESH_NODES} nodes; `
      + `add ${mesh.routeReflectors.value} route reflectors, let them peer, then switch nodeToNodeMeshEnabled off`);
  }
  found.push('Felix (9091) and Typha (9093) serve metrics on all addresses of a node: let only the monitoring nodes reach these ports');
  return found;
}
