import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import { addressLimits, addressRoom, MOST_MASK_DIFFERENCE, nodeMasks } from '../../src/capacity/address-capacity';
import { POOL_HEADROOM_WANTED } from '../../src/capacity/calico-capacity';
import { LimitChange } from '../../src/capacity/limit';
import { networkImmutables } from '../../src/capacity/network-immutables';
import { ClusterFacts } from '../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NetworkPlanProps } from '../../src/cluster/network-plan';
import { NodePool } from '../../src/cluster/node-pool';

const machine = MachineShape.of({ cpu: 64, memory: Size.gibibytes(256) });
const cluster = (network: NetworkPlanProps, nodes = 1200, maxPods = 110, release = KubernetesRelease.V1_37) => ClusterFacts.of({
  name: 'shop',
  release,
  network,
  controlPlane: { endpoint: 'api.example.com:6443', members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })) },
  pools: [NodePool.of('general', { nodes, machine, maxPods })],
});
const PLAN = { blockSize: 26, tunnelAddress: true };
const GIVEN = { podCidr: '10.0.0.0/14', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' };

describe('room at a stage', () => {
  test.each([
    // nodes, claimed (2 blocks of 64 each, 3 machines more), left and borrowed of the 4,096 blocks of a /14
    [600, 1206, 2890, 0], [1200, 2406, 1690, 0], [2045, 4096, 0, 0], [2046, 4098, -2, 2],
  ])('%i nodes claim %i blocks', (nodes, claimed, left, borrowed) => {
    const { blocks, ranges } = addressRoom(cluster(GIVEN), PLAN, nodes);
    expect([blocks.total.value, blocks.claimed.value, blocks.left.value, blocks.borrowed.value]).toEqual([4096, claimed, left, borrowed]);
    expect(ranges[0].used.value).toBe(claimed * 64);
    // 4,096 addresses less machines, network and broadcast.
    expect(ranges[2].left.value).toBe(4096 - (nodes + 3) - 2);
  });

  test('the final size is the default; both families count the same blocks', () => {
    const room = addressRoom(cluster({ ...GIVEN, dualStack: true }), PLAN);
    expect(room.nodes).toBe(1200);
    expect(room.ranges.map(({ range, used }) => [range.field, used.value])).toEqual([
      ['podCidr', 153_984], ['serviceCidr', 2004], ['nodeCidr', 1205], ['secondaryPodCidr', 153_984], ['secondaryServiceCidr', 2004], ['secondaryNodeCidr', 1205],
    ]);
  });

  test('more nodes never leave more, and a proposal keeps the headroom', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 1, max: 500 }), (nodes, maxPods) => {
      const facts = cluster({}, nodes, maxPods);
      const [now, later] = [nodes, nodes + 1].map(n => addressRoom(facts, PLAN, n).ranges.map(range => range.left.value));
      expect(later.every((left, i) => left <= now[i])).toBe(true);
      const { size, used } = addressRoom(facts, PLAN).ranges[0];
      expect(size.value / used.value).toBeGreaterThanOrEqual(POOL_HEADROOM_WANTED);
    }), { numRuns: 60 });
  });
});

test('limits: the last number of nodes that fits', () => {
  const limits = addressLimits(cluster(GIVEN), PLAN);
  // Pods: above. Machines: 4,096 - 2 - 3. Services: 1 per 18 pods at 30 per node, never above 10,000, so 65,536 addresses outlast the horizon.
  expect(limits.map(limit => [limit.id, limit.reachedAtNodes])).toEqual([
    ['limit/addresses/podCidr', 2045], ['limit/addresses/serviceCidr', 20_000], ['limit/addresses/nodeCidr', 4091],
  ]);
});

test.each([
  // maxPods, range, mask (32 or 128 less the bits of twice maxPods), difference
  [110, GIVEN.podCidr, 24, 10], [128, GIVEN.podCidr, 24, 10], [64, GIVEN.podCidr, 25, 11],
])('%i pods in %s: a /%i per node', (maxPods, podCidr, mask, difference) => {
  expect(nodeMasks(cluster({ ...GIVEN, podCidr }, 1200, maxPods)).map(m => [m.family, m.mask.value, m.difference.value])).toEqual([[4, mask, difference]]);
});

test('proposed ranges leave node CIDRs possible, in both families', () => {
  // 5,003 x 256 addresses: /11 and /107; a node has 256: /24 and /120.
  const masks = nodeMasks(cluster({ dualStack: true }, 5000));
  expect(masks.map(m => [m.family, m.mask.value, m.difference.value])).toEqual([[4, 24, 13], [6, 120, 13]]);
  expect(masks.every(m => m.difference.value <= MOST_MASK_DIFFERENCE)).toBe(true);
});

test('Service ranges can be added from 1.33 on (KEP-1880)', () => {
  const growth = (release: KubernetesRelease) => networkImmutables(cluster(GIVEN, 1200, 110, release), PLAN).find(choice => choice.choice === 'Service ranges')!;
  expect(growth(KubernetesRelease.V1_32).growth).toBe(LimitChange.NEVER);
  expect(growth(KubernetesRelease.V1_32).cost).toContain('none can be added before Kubernetes 1.33 (this is 1.32)');
  expect(growth(KubernetesRelease.V1_33).growth).toBe(LimitChange.ONLINE);
});
