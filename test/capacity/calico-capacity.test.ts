import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import {
  bgpMeshPeerings, blockAddresses, blocksPerNode, calicoNodeMemory, kubeControllersMemory, maxPodsPerNode, operatorMemory, podRangeFor, poolAddresses,
  poolHeadroom, reflectorSessions, routeReflectors, typhaClients, typhaCpu, typhaMemory, typhaReplicas,
} from '../../src/capacity/calico-capacity';
import {
  conntrackMapSize, ifStateMapSize, ipSetMapSize, natAffinityMapSize, natBackendMapSize, natFrontendMapSize, proxyConntrackPerCore, routeMapSize,
} from '../../src/capacity/calico-map-capacity';
import { packetOverhead, podMtu } from '../../src/capacity/calico-mtu-capacity';
import { ClusterFacts } from '../../src/cluster/cluster-facts';
import { LoadProfile } from '../../src/cluster/load-profile';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';

const POD_CIDR = '10.0.0.0/11';
const PLAN = { blockSize: 26, tunnelAddress: true };
const machine = MachineShape.of({ cpu: 64, memory: Size.gibibytes(256) });

function clusterOf(nodes: number, maxPods: number, podsPerNode = 30): ClusterFacts {
  return ClusterFacts.of({
    name: 'test',
    network: { podCidr: POD_CIDR, serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/16' },
    controlPlane: { endpoint: 'api.example.com:6443', members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${i}` })) },
    pools: [NodePool.of('general', { nodes, maxPods, machine })],
    load: LoadProfile.of({ podsPerNode }),
  });
}

test.each([
  // nodes, replicas, oracle: pkg/common/autoscale.go of the operator
  [1, 1, 'special case'],
  [2, 1, 'special case'],
  [3, 2, 'special case'],
  [4, 2, 'special case'],
  [5, 3, 'minimum for redundancy'],
  [199, 3, '0 + 2, raised to the minimum'],
  [200, 3, '1 + 2'],
  [399, 3, '1 + 2'],
  [400, 4, '2 + 2'],
  [1000, 7, '5 + 2'],
  [1200, 8, '6 + 2'],
  [3600, 20, '18 + 2'],
  [5000, 27, '25 + 2: the operator has no upper bound'],
])('%i nodes get %i Typhas (%s)', (nodes, replicas) => {
  expect(typhaReplicas(nodes).value).toBe(replicas);
});

test('more nodes never mean fewer Typhas, and one lost Typha never leaves more than 200 nodes to each of the others', () => {
  fc.assert(fc.property(fc.integer({ min: 5, max: 10_000 }), nodes => {
    const replicas = typhaReplicas(nodes);
    expect(typhaReplicas(nodes + 1).value).toBeGreaterThanOrEqual(replicas.value);
    expect(typhaClients(nodes, replicas).value).toBeLessThanOrEqual(200);
  }));
});

test.each([
  // maxPods, tunnel, blocks of 64, oracle
  [58, true, 1, '59 addresses'],
  [63, true, 1, '64 addresses fill the block'],
  [64, true, 2, 'the tunnel address is the 65th'],
  [64, false, 1, 'no tunnel'],
  [110, true, 2, '111 of 128'],
  [127, true, 2, '128 of 128'],
  [128, true, 3, '129'],
  [250, true, 4, '251 of 256'],
])('a node with %i pods (tunnel: %s) claims %i blocks: %s', (maxPods, tunnelAddress, blocks) => {
  expect(blocksPerNode('p', maxPods, POD_CIDR, { blockSize: 26, tunnelAddress }).value).toBe(blocks);
});

test.each([
  // mask, family, addresses: 2 ^ (bits - mask)
  [26, POD_CIDR, 64],
  [24, POD_CIDR, 256],
  [32, POD_CIDR, 1],
  [122, 'fd00:10::/48', 64],
])('a /%i block of %s has %i addresses', (mask, range, addresses) => {
  expect(blockAddresses(range, mask)).toBe(addresses);
});

test('20 blocks are all that a node gets, whatever its maxPods (libcalico-go/lib/ipam/ipam.go)', () => {
  expect(maxPodsPerNode(POD_CIDR, { blockSize: 26, tunnelAddress: true })).toBe(20 * 64 - 1);
  expect(maxPodsPerNode(POD_CIDR, { blockSize: 32, tunnelAddress: false })).toBe(20);
});

test.each([
  // nodes, maxPods, addresses, hand calculation: (nodes x blocks + 5 control plane x 2) x 64
  [1200, 110, 154_240, '(2400 + 10) x 64'],
  [1200, 250, 307_840, '(4800 + 10) x 64'],
  [5000, 110, 640_640, '(10000 + 10) x 64'],
])('%i nodes with %i pods claim %i addresses: %s', (nodes, maxPods, addresses) => {
  expect(poolAddresses(clusterOf(nodes, maxPods), { blockSize: 26, tunnelAddress: true }).value).toBe(addresses);
});

test('headroom is a ratio, and the range that an error asks for has it', () => {
  const needed = poolAddresses(clusterOf(1200, 110), { blockSize: 26, tunnelAddress: true });
  expect(poolHeadroom(262_144, needed).value).toBe(1.7);
  expect(poolHeadroom(65_536, needed).value).toBe(0.42);
  // 154,240 x 1.3 = 200,512 <= 262,144 = /14
  expect(podRangeFor(needed.value, 4)).toBe(14);
  // 640,640 x 1.3 = 832,832 <= 1,048,576 = /12
  expect(podRangeFor(640_640, 4)).toBe(12);
});

test.each([
  // pods per node x nodes, Services, [route, front ends, back ends, IP sets], hand calculation in the doc comments
  [1200, 30, 2000, [262_144, 65_536, 262_144, 1_048_576]],
  [5000, 30, 10_000, [524_288, 131_072, 1_048_576, 4_194_304]],
])('maps of %i nodes with %i pods and %i Services in all', (nodes, podsPerNode, services, [route, frontend, backend, ipSets]) => {
  const cluster = clusterOf(nodes, 110, podsPerNode);
  expect(routeMapSize(cluster, poolAddresses(cluster, PLAN), PLAN).value).toBe(route);
  expect(natFrontendMapSize(services).value).toBe(frontend);
  expect(natBackendMapSize(cluster.fleet.endpoints, services).value).toBe(backend);
  expect(ipSetMapSize(cluster.pods).value).toBe(ipSets);
  expect(natAffinityMapSize(services).value).toBe(65_536);
});

test.each([
  // maxPods, entries: max(512,000, next power of two of 4,000 per pod)
  [58, 512_000],
  [110, 524_288],
  [250, 1_048_576],
])('a node with %i pods gets %i conntrack entries', (maxPods, entries) => {
  expect(conntrackMapSize(maxPods, 2000).value).toBe(entries);
});

test.each([
  // entries asked for, size: a power of two is kept, one more doubles it
  ...[20, 21, 22, 23, 24].flatMap(k => [[2 ** k - 2, 2 ** k], [2 ** k, 2 ** k], [2 ** k + 2, 2 ** (k + 1)]]),
])('%i connection entries fit into a map of %i', (entries, size) => {
  expect(conntrackMapSize(1, entries / 2).value).toBe(size);
});

test('a cluster whose pods keep no connections has Felix\' own table', () => {
  expect(conntrackMapSize(110, 0).value).toBe(512_000);
});

test('the largest pool decides the table of connections, Services for each pod decide the back ends', () => {
  const cluster = ClusterFacts.of({
    name: 'test',
    network: { podCidr: POD_CIDR, serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/16' },
    controlPlane: { endpoint: 'api.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.1' }] },
    pools: [NodePool.of('small', { nodes: 1199, maxPods: 10, machine }), NodePool.of('large', { nodes: 1, maxPods: 250, machine })],
    load: LoadProfile.of({ servicesPerPod: 4, services: 2000 }),
  });
  const { largestMaxPods, connectionsPerPod, endpoints, services } = cluster.fleet;
  expect(conntrackMapSize(largestMaxPods, connectionsPerPod).value).toBe(1_048_576); // 250 x 4,000
  expect(natBackendMapSize(endpoints, services).value).toBe(524_288); // 2 x (36,000 x 4 + 12,000) = 312,000
});

test.each([
  // machines, zones, peerings, reflectors, oracle
  [2, 1, 1, 0, 'one pair'],
  [100, 3, 4950, 0, 'the recommended mesh'],
  [101, 1, 5050, 3, 'three for the one zone'],
  [1200, 3, 719_400, 9, 'calico.md section 5; three for each of three zones'],
  // Nodes that name no zone are one group.
  [1200, 0, 719_400, 3, 'one group'],
  [5005, 3, 12_522_510, 9, 'three for each of three zones'],
])('a mesh of %i machines in %i zones has %i peerings, %i reflectors replace it (%s)', (machines, zones, peerings, reflectors) => {
  expect(bgpMeshPeerings(machines).value).toBe(peerings);
  expect(routeReflectors(machines, zones).value).toBe(reflectors);
});

test.each([
  // machines, zones, reflectors, sessions, oracle: machines of the zone that are none, and the other reflectors
  [1205, 1, 3, 1204, '1,202 + 2'],
  [1205, 3, 9, 407, 'ceil(1,196 / 3) + 8'],
  [5005, 3, 9, 1674, 'ceil(4,996 / 3) + 8'],
])('of %i machines in %i zones each of %i reflectors keeps %i sessions (%s)', (machines, zones, reflectors, sessions) => {
  expect(reflectorSessions(machines, zones, reflectors).value).toBe(sessions);
});

test.each([
  // VXLAN, WireGuard, IPv6, bytes; oracle: Calico's constants vxlanMTUOverhead 50 and 70, wireguardMTUOverhead 60 and 80
  [false, false, false, 0],
  [true, false, false, 50],
  [true, false, true, 70],
  [false, true, false, 60],
  [true, true, false, 60],
  [true, true, true, 80],
])('VXLAN %s, WireGuard %s, IPv6 %s: %i bytes around a packet', (vxlan, wireguard, ipv6, bytes) => {
  expect(packetOverhead({ vxlan, wireguard, ipv6 }).value).toBe(bytes);
  expect(podMtu(1500, packetOverhead({ vxlan, wireguard, ipv6 })).value).toBe(1500 - bytes);
});

test.each([
  // maxPods, entries; next power of two of 2 x (maxPods + 16), never below Felix' 1,000
  [110, 1000], [240, 1000], [250, 1024], [496, 1024], [497, 2048], [1000, 2048],
])('%i pods take a map of %i interfaces', (maxPods, entries) => {
  expect(ifStateMapSize(maxPods).value).toBe(entries);
});

test.each([
  // maxPods, connections, cores, entries for each core; max(32768, ceil(maxPods x connections x 2 / cores))
  [110, 2000, 16, 32_768], [250, 2000, 16, 62_500], [110, 2000, 4, 110_000],
])('%i pods of %i connections on %i cores take %i entries for each core with kube-proxy', (maxPods, connections, cores, entries) => {
  expect(proxyConntrackPerCore(maxPods, connections, cores).value).toBe(entries);
});

test('no map is ever smaller than Felix makes it itself (config_params.go of v3.32.0)', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 100_000 }), (nodes, services) => {
    const cluster = clusterOf(nodes, 110, 1);
    const needed = poolAddresses(cluster, PLAN);
    expect(routeMapSize(cluster, needed, PLAN).value).toBeGreaterThanOrEqual(262_144);
    expect(natFrontendMapSize(services).value).toBeGreaterThanOrEqual(Math.max(65_536, 6 * services));
    expect(natBackendMapSize(cluster.fleet.endpoints, services).value).toBeGreaterThanOrEqual(262_144);
    expect(natAffinityMapSize(services).value).toBeGreaterThanOrEqual(65_536);
    expect(ipSetMapSize(cluster.pods).value).toBeGreaterThanOrEqual(1_048_576);
    expect(conntrackMapSize(cluster.fleet.largestMaxPods, cluster.fleet.connectionsPerPod).value).toBeGreaterThanOrEqual(512_000);
  }), { numRuns: 50 });
});

test.each([
  // what, value, hand calculation
  ['Typha at 36,000 pods', typhaMemory(36_000).value, 467],
  ['Typha at 150,000 pods', typhaMemory(150_000).value, 1135],
  ['calico-node at 36,000 pods, 2,000 Services', calicoNodeMemory(36_000, 2000).value, 243],
  ['kube-controllers at 36,000 pods, 1,200 nodes', kubeControllersMemory(36_000, 1200).value, 499],
  ['operator at 1,200 nodes', operatorMemory(1200).value, 376],
  ['CPU of a Typha with 172 clients', typhaCpu(typhaClients(1200, typhaReplicas(1200))).value, 544],
])('%s: %i', (_, value, expected) => {
  expect(value).toBe(expected);
});
