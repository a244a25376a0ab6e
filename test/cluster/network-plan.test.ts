import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import { IpRange } from '../../src/cluster/ip-range';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NetworkDemand } from '../../src/cluster/network-demand';
import { NetworkPlan, NetworkPlanProps } from '../../src/cluster/network-plan';
import { NodePool } from '../../src/cluster/node-pool';

const machine = MachineShape.of({ cpu: 64, memory: Size.gibibytes(256) });
const demand = (nodes: number, more: Partial<NetworkDemand> & { maxPods?: number } = {}): NetworkDemand => ({
  clusterName: 'shop',
  pools: [NodePool.of('general', { nodes, machine, maxPods: more.maxPods ?? 110 })],
  members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })),
  services: 2000,
  ...more,
});
const GIVEN: NetworkPlanProps = { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' };
const SECOND: NetworkPlanProps = { secondaryPodCidr: 'fd00:10::/108', secondaryServiceCidr: 'fd00:96::/112', secondaryNodeCidr: 'fd00:172::/64' };

describe('proposals', () => {
  test.each([
    // nodes, maxPods, pods, Services, nodes; oracles: facts/calico.md section 6 and by hand
    [1200, 110, '10.0.0.0/13', '10.96.0.0/16', '172.16.0.0/20'], // 1,203 x 256 = 307,968 <= 2^19; 2 x 1,203 + 2 = 2,408 <= 2^12
    [1200, 250, '10.0.0.0/12', '10.96.0.0/16', '172.16.0.0/20'], // 1,200 x 512 + 3 x 256 = 615,168 <= 2^20
    [5000, 110, '10.0.0.0/11', '10.96.0.0/16', '172.16.0.0/18'], // 5,003 x 256 = 1,280,768 <= 2^21; 10,008 <= 2^14
    [60, 110, '10.0.0.0/18', '10.96.0.0/16', '172.16.0.0/25'], // 63 x 256 = 16,128 <= 2^14; 128 <= 2^7
    // 32 pods: twice is one block, and so is the claim of 33 addresses: 1.3 x (200 x 64 + 3 x 128) = 17,140 <= 2^15 decides
    [200, 32, '10.0.0.0/17', '10.96.0.0/16', '172.16.0.0/23'],
  ])('%i nodes with %i pods', (nodes, maxPods, pods, services, machines) => {
    const plan = NetworkPlan.propose(demand(nodes, { maxPods }));
    expect([plan.podCidr, plan.serviceCidr, plan.nodeCidr]).toEqual([pods, services, machines]);
    expect(plan.ranges.every(range => range.proposed && range.reason.length > 20)).toBe(true);
  });

  test('what is given stays, and only the rest is said to be proposed', () => {
    const plan = NetworkPlan.propose(demand(1200), { podCidr: '10.96.0.0/12' });
    expect([plan.podCidr, plan.serviceCidr]).toEqual(['10.96.0.0/12', '10.0.0.0/16']);
    expect(plan.notes.join()).toMatch(/serviceCidr 10\.0\.0\.0\/16, nodeCidr 172\.16\.0\.0\/20 are proposed; write them into the description before the installation/);
    expect(NetworkPlan.of(GIVEN).notes).toEqual([]);
  });

  test('they keep away from what is reserved, and stay inside where the machines live', () => {
    const reserved = [{ name: 'on-premises', cidr: '10.0.0.0/9' }, { name: 'VPC', cidr: '192.168.0.0/16', holdsNodes: true }];
    const plan = NetworkPlan.propose(demand(1200, { members: [] }), { reserved });
    expect([plan.podCidr, plan.serviceCidr, plan.nodeCidr]).toEqual(['10.128.0.0/13', '10.136.0.0/16', '192.168.0.0/20']);
  });

  test('second family: a site of the cluster\'s own, a /64 for the machines', () => {
    const plan = NetworkPlan.propose(demand(1200), { dualStack: true });
    // 2^19 addresses as in the first family: /109. The site is fd + 40 bits of SHA-256("fd00::/8 shop").
    expect(plan.ranges.slice(3).map(range => range.cidr)).toEqual(['fd02:24e3:e13a:2::/109', 'fd02:24e3:e13a:3::/112', 'fd02:24e3:e13a:1::/64']);
    expect(NetworkPlan.propose(demand(1200, { clusterName: 'bank' }), { dualStack: true }).secondaryPodCidr).not.toBe(plan.secondaryPodCidr);
  });

  test('no room is an error that says where was looked', () => {
    const reserved = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(cidr => ({ name: cidr, cidr }));
    expect(() => NetworkPlan.propose(demand(1200), { ...GIVEN, podCidr: undefined, nodeCidr: '198.18.0.0/20', serviceCidr: '198.19.0.0/16', reserved }))
      .toThrow(/podCidr is not given and no \/13 is free in private IPv4 addresses/);
  });
});

describe('errors name both ranges', () => {
  test.each<[string, NetworkPlanProps, RegExp]>([
    ['a reserved range', { ...GIVEN, reserved: [{ name: 'VPC', cidr: '10.8.0.0/16' }] }, /podCidr 10\.0\.0\.0\/11 and reserved range 'VPC' 10\.8\.0\.0\/16 overlap/],
    ['machines inside a reserved range', { ...GIVEN, reserved: [{ name: 'docker bridge', cidr: '172.16.0.0/16' }] }, /nodeCidr .* and reserved range 'docker bridge' 172\.16\.0\.0\/16 overlap; .*holdsNodes/],
    ['machines outside the VPC', { ...GIVEN, reserved: [{ name: 'VPC', cidr: '192.168.0.0/16', holdsNodes: true }] }, /nodeCidr 172\.16\.0\.0\/20 lies outside 'VPC' 192\.168\.0\.0\/16/],
    ['loopback', { ...GIVEN, podCidr: '127.0.0.0/12' }, /podCidr 127\.0\.0\.0\/12 overlaps loopback \(127\.0\.0\.0\/8\)/],
    ['a second range of the first family', { ...GIVEN, secondaryPodCidr: '11.0.0.0/12' }, /secondaryPodCidr 11\.0\.0\.0\/12 and podCidr 10\.0\.0\.0\/11 are both IPv4/],
    ['a second family in parts', { ...GIVEN, secondaryPodCidr: 'fd00::/108' }, /secondaryServiceCidr is missing, dual stack takes a second range.*\n.*secondaryNodeCidr is missing/],
    ['dual stack refused and given', { ...GIVEN, ...SECOND, dualStack: false }, /dualStack is false and secondaryPodCidr is given/],
    ['a second Service range too large', { ...GIVEN, ...SECOND, secondaryServiceCidr: 'fd00:96::/64' }, /secondaryServiceCidr fd00:96::\/64 has 64 host bits.*use \/108 or smaller/],
    ['overlap in the second family', { ...GIVEN, ...SECOND, secondaryNodeCidr: 'fd00:10::/64' }, /secondaryPodCidr fd00:10::\/108 and secondaryNodeCidr fd00:10::\/64 overlap/],
    ['texts that are no ranges, at once', { ...GIVEN, podCidr: '10.0.0.1/11', reserved: [{ name: 'x\n', cidr: 'y' }] }, /3 problems/],
    ['nothing', {}, /podCidr is missing; give it, or let NetworkPlan\.propose find one/],
  ])('%s', (_, props, message) => {
    expect(() => NetworkPlan.of(props)).toThrow(message);
  });

  test('a range that is too small: the smallest mask that works', () => {
    const plan = NetworkPlan.of({ podCidr: '10.0.0.0/15', serviceCidr: '10.96.0.0/24', nodeCidr: '172.16.0.0/22' });
    expect(plan.sizeProblems(demand(1200))).toEqual([
      'network.podCidr 10.0.0.0/15 has 131072 addresses, the final size needs 132330 = 1200 general x 110 + 3 control plane x 110; use /14 or larger', // 1,203 x 128 = 153,984 <= 2^18
      'network.serviceCidr 10.96.0.0/24 has 256 addresses, the final size needs 2004 = 2000 Services + 4 of the cluster itself; use /21 or larger',
      'network.nodeCidr 172.16.0.0/22 has 1024 addresses, the final size needs 1205 = 1203 machines + network and broadcast address; use /21 or larger',
    ]);
  });
});

test('IPv6 first is a dual stack too', () => {
  const plan = NetworkPlan.of({
    podCidr: 'fd00:10::/108',
    serviceCidr: 'fd00:96::/112',
    nodeCidr: 'fd00:172::/64',
    secondaryPodCidr: '10.0.0.0/12',
    secondaryServiceCidr: '10.96.0.0/16',
    secondaryNodeCidr: '172.16.0.0/20',
  });
  expect([plan.family, plan.dualStack, plan.serviceCidrs, plan.kubernetesServiceAddress, plan.dnsServiceAddress, plan.secondaryDnsServiceAddress])
    .toEqual([6, true, ['fd00:96::/112', '10.96.0.0/16'], 'fd00:96::1', 'fd00:96::a', '10.96.0.10']);
});

/** Every place of the mask that was looked for in 10.0.0.0/8, tried one by one, touches something; the other private blocks are smaller than the mask. */
function refusedForLackOfRoom(message: string, reserved: string[]): void {
  const prefix = Number(/(?:pod|service)Cidr is not given and no \/(\d+) is free/.exec(message)![1]);
  expect(prefix).toBeLessThan(10);
  const places = Array.from({ length: 2 ** (prefix - 8) }, (_, i) =>
    IpRange.parse('place', `10.${i * 2 ** (16 - prefix)}.0.0/${prefix}`));
  for (const place of places) { expect(reserved.some(cidr => IpRange.parse('r', cidr).overlaps(place))).toBe(true); }
}

describe('for any demand and any reserved ranges, a proposal', () => {
  const reservedIn8 = fc.record({ prefix: fc.integer({ min: 10, max: 24 }), at: fc.integer({ min: 0, max: 2 ** 24 - 1 }) })
    .map(({ prefix, at }, i = 0) => ({ name: `r${i}`, cidr: IpRange.around(`10.${Math.floor(at / 65_536)}.${Math.floor(at / 256) % 256}.${at % 256}`, prefix).toString() }));
  const wishes = fc.record({
    nodes: fc.integer({ min: 1, max: 5000 }),
    maxPods: fc.integer({ min: 1, max: 500 }),
    services: fc.integer({ min: 1, max: 100_000 }),
    dualStack: fc.boolean(),
    reserved: fc.array(reservedIn8, { maxLength: 4 }),
  });
  const cidrs = (plan: NetworkPlan) => plan.ranges.map(range => IpRange.parse(range.field, range.cidr));

  test('passes our own checks, is disjoint, keeps away from what is reserved, and given back proposes itself', () => {
    fc.assert(fc.property(wishes, ({ nodes, maxPods, services, dualStack, reserved }) => {
      const wanted = demand(nodes, { maxPods, services });
      let plan: NetworkPlan;
      try { plan = NetworkPlan.propose(wanted, { dualStack, reserved }); } catch (error) {
        return refusedForLackOfRoom(String(error), reserved.map(r => r.cidr));
      }
      const ranges = cidrs(plan);
      expect(plan.sizeProblems(wanted)).toEqual([]);
      for (const [i, range] of ranges.entries()) {
        expect([...ranges.slice(i + 1), ...reserved.map(r => IpRange.parse('r', r.cidr))].some(other => other.overlaps(range))).toBe(false);
      }
      expect(plan.podAddresses).toBeGreaterThanOrEqual((nodes + 3) * Math.min(maxPods, 110));
      const again: NetworkPlanProps = Object.fromEntries(plan.ranges.map(range => [range.field, range.cidr]));
      expect(NetworkPlan.of({ ...again, reserved }).ranges.map(range => range.cidr)).toEqual(plan.ranges.map(range => range.cidr));
      expect(NetworkPlan.propose(wanted, { dualStack, reserved })).toEqual(plan);
    }), { numRuns: 150 });
  });

  test('is never smaller for more nodes', () => {
    fc.assert(fc.property(wishes, fc.integer({ min: 1, max: 5000 }), ({ nodes, maxPods, services, dualStack }, more) => {
      const sizes = (n: number) => cidrs(NetworkPlan.propose(demand(n, { maxPods, services }), { dualStack })).map(range => range.size);
      const [few, many] = [sizes(nodes), sizes(Math.min(10_000, nodes + more))];
      expect(many.every((size, i) => size >= few[i])).toBe(true);
    }), { numRuns: 100 });
  });
});
