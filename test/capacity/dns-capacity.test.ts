import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import { nodeCacheCpu, nodeCacheEntries, nodeCacheHitShare, nodeCacheMemory, nodeCacheMemoryLimit, nodeCacheQueries } from '../../src/capacity/dns-cache-capacity';
import {
  coreDnsQueries, dnsCpu, dnsLameduck, dnsMaxReplicas, dnsMinReplicas, dnsQueries, dnsQueriesPerReplica, dnsReplicas, dnsReplicasForQueries,
  dnsReplicasWithoutCache, dnsSockets, dnsStaleVerify, dnsTerminationGrace, dnsThreads, externalNameQueries,
} from '../../src/capacity/dns-capacity';
import { dnsAutoscalerMemory, dnsMemory, dnsMemoryLimit } from '../../src/capacity/dns-memory-capacity';
import { ClusterFacts } from '../../src/cluster/cluster-facts';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';

function clusterOf(nodes: number, cpu: number): ClusterFacts {
  return ClusterFacts.of({
    name: 'test',
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/16' },
    controlPlane: { endpoint: 'api.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.1' }], machine: MachineShape.of({ cpu: 4, memory: Size.gibibytes(16) }) },
    pools: [NodePool.of('general', { nodes, machine: MachineShape.of({ cpu, memory: Size.gibibytes(64) }) })],
  });
}

test.each([
  // nodes, cores each, replicas, oracle: the autoscaler's linear rule, one control-plane machine of 4 cores on top
  [100, 8, 7, 'ceil(101 / 16)'],
  [1199, 8, 75, 'ceil(1200 / 16)'],
  [1200, 64, 301, 'ceil(76804 / 256)'],
])('%i nodes of %i cores: %i replicas without a cache, %s', (nodes, cpu, replicas) => {
  expect(dnsReplicasWithoutCache(clusterOf(nodes, cpu).fleet).value).toBe(replicas);
});

/** Floor and ceiling for machines of 16 cores, and a load that asks for nothing. */
function ceiling(machines: number, cached: boolean): { min: number; max: number } {
  const withoutCache = dnsReplicasWithoutCache(clusterOf(machines, 16).fleet);
  const min = dnsMinReplicas(machines, withoutCache, 1);
  return { min: min.value, max: dnsMaxReplicas({ machines, min, withoutCache, forQueries: 1 }, cached).value };
}

test.each([
  // nodes, ceiling with the cache, oracle: dns.md section 1 (20 to 30)
  [10, 3, 'never below the minimum'],
  [100, 3, 'ceil(100 / 50) is below the minimum'],
  [500, 10, '500 / 50'],
  [1000, 20, '1000 / 50'],
  [1200, 24, '1200 / 50'],
  [5000, 30, 'upper end of the proposal'],
])('%i nodes with a cache: at most %i replicas (%s)', (nodes, max) => {
  expect(ceiling(nodes, true).max).toBe(max);
});

test('the ceiling never lies below the floor: the autoscaler refuses such parameters', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9000 }), fc.boolean(), (nodes, cached) => {
    const { min, max } = ceiling(nodes, cached);
    expect(max).toBeGreaterThanOrEqual(min);
  }), { numRuns: 50 });
});

test.each([
  // pods, Services, MB predicted, MiB limit, oracle: CoreDNS' own sizing page; limit max(170, twice)
  [1000, 100, 56, 170],
  [36_000, 2000, 92, 184],
  [150_000, 10_000, 214, 428],
])('%i pods and %i Services: %i MB, limit %i MiB', (pods, services, memory, limit) => {
  const predicted = dnsMemory(pods, services);
  expect(predicted.value).toBe(memory);
  expect(dnsMemoryLimit(predicted).value).toBe(limit);
});

test.each([
  // (pods + services) / 250 + 56
  [36_000, 2000, 208],
  [150_000, 10_000, 696],
])('%i pods and %i Services with a watch on pods: %i MB', (pods, services, memory) => {
  expect(dnsMemory(pods, services, true).value).toBe(memory);
});

test('at 5,000 nodes the limit is above the 340 MiB of upstream\'s scale tests', () => {
  expect(dnsMemoryLimit(dnsMemory(150_000, 10_000)).value).toBeGreaterThan(340);
});

test('sockets are half the threads, as the plugin\'s page says (4 cores: 2)', () => {
  expect(dnsThreads().value).toBe(4);
  expect(dnsSockets(dnsThreads()).value).toBe(2);
});

test('a stopping CoreDNS is not killed while it still answers', () => {
  expect(dnsTerminationGrace(dnsLameduck()).value).toBeGreaterThan(dnsLameduck().value);
});

test.each([
  // maxPods, answers, oracle
  [30, 9984, 'the built-in size, 256 x 39'],
  [110, 9984, '110 x 20 x 2 = 4,400 are fewer'],
  [249, 9984, '249 x 40 = 9,960 still fit'],
  [250, 10_240, '10,000 / 256 = 39.06, so 40 in each of 256 shards'],
  [500, 20_224, '20,000 / 256 = 78.1, so 79'],
])('%i pods on a node: %i answers in the cache of a zone (%s)', (maxPods, answers) => {
  expect(nodeCacheEntries(maxPods).value).toBe(answers);
});

test.each([
  // zones, answers, request, limit, hand calculation: 24 MiB, and 30 for 10,000 answers of a zone, a quarter of them in the request
  [4, 9984, 54, 144, '4 x 29.95 = 119.8; a quarter is 29.95'],
  [4, 10_240, 55, 147, '4 x 30.72 = 122.88'],
  [5, 9984, 62, 174, 'a zone of the user on top'],
])('%i zones of %i answers on a node: %i MiB, limit %i MiB (%s)', (zones, answers, request, limit) => {
  expect(nodeCacheMemory(zones, answers).value).toBe(request);
  expect(nodeCacheMemoryLimit(zones, answers).value).toBe(limit);
});

test.each([
  // queries/s, milli-CPU, oracle
  [10, 25, 'the stock request'],
  [550, 34, '550 / 16,500 = 33.3 thousandths'],
  [1250, 76, '75.8'],
])('a node that asks %i times a second: %i m for its cache (%s)', (queries, cpu) => {
  expect(nodeCacheCpu(queries).value).toBe(cpu);
});

test.each([
  // queries/s of a replica, milli-CPU, oracle: 16,500 a core, twice, in steps of 50
  [100, 100, 'kubeadm\'s request'],
  [1440, 200, '2 x 87.3 = 174.5'],
  [5000, 650, '2 x 303 = 606'],
  [16_500, 2000, 'the most that a replica is planned for: two cores'],
])('a CoreDNS with %i queries/s requests %i m (%s)', (queries, cpu) => {
  expect(dnsCpu(queries).value).toBe(cpu);
});

test('a name outside the cluster costs ten queries: four search domains and the name itself, A and AAAA', () => {
  expect(externalNameQueries()).toMatchObject({ value: 10, formula: '(4 + 1) x 2' });
  expect(externalNameQueries(3).value).toBe(8);
});

test('a stale answer comes before the resolver of a pod asks again, after 5 s (resolv.conf(5))', () => {
  expect(dnsStaleVerify().value).toBe(1000);
});

test('the autoscaler holds every node', () => {
  expect(dnsAutoscalerMemory(1200).value).toBe(90);
  expect(dnsAutoscalerMemory(5000).value).toBe(280);
});

test.each([
  // pods, queries of each, all, at CoreDNS behind caches, replicas for them, hand calculation
  [36_000, 5, 180_000, 36_000, 3, '36,000 / 16,500 = 2.2'],
  [36_000, 20, 720_000, 144_000, 9, '144,000 / 16,500 = 8.7'],
  [150_000, 5, 750_000, 150_000, 10, '150,000 / 16,500 = 9.1'],
  [16_500, 5, 82_500, 16_500, 1, 'exactly one'],
  [16_501, 5, 82_505, 16_501, 2, 'one query more'],
  [36_000, 0, 0, 0, 0, 'pods that ask for nothing'],
])('%i pods with %i queries/s: %i, behind caches %i, %i replicas (%s)', (pods, each, all, missed, replicas) => {
  const queries = dnsQueries(pods, each);
  expect(queries.value).toBe(all);
  expect(coreDnsQueries(queries).value).toBe(all);
  expect(coreDnsQueries(queries, nodeCacheHitShare()).value).toBe(missed);
  expect(dnsReplicasForQueries(coreDnsQueries(queries, nodeCacheHitShare())).value).toBe(replicas);
});

test('the cache of the fullest node answers for all of its pods', () => {
  expect(nodeCacheQueries(110, 5).value).toBe(550);
});

test.each([
  // linear rule, for queries, floor, ceiling, oracle
  [75, 9, 3, 24, 'ceil(1,200 / 50): neither bound moves'],
  [75, 44, 3, 44, 'the ceiling follows the queries, the linear rule gives enough'],
  [75, 76, 76, 76, 'the linear rule gives too few: the floor brings them'],
])('linear rule %i, queries need %i: between %i and %i replicas (%s)', (linear, forQueries, min, max) => {
  const floor = dnsMinReplicas(1200, linear, forQueries);
  expect(floor.value).toBe(min);
  expect(dnsMaxReplicas({ machines: 1200, min: floor, withoutCache: linear, forQueries }, true).value).toBe(max);
});

test.each([
  // floor, ceiling, linear rule, replicas, queries/s, each, oracle
  [3, 24, 76, 24, 36_000, 1500, 'the ceiling holds'],
  [3, 30, 7, 7, 36_000, 5143, '36,000 / 7 = 5,142.9'],
  [3, 30, 1, 3, 10, 4, 'the floor holds'],
])('between %i and %i, linear %i: %i replicas; %i queries/s are %i each (%s)', (min, max, linear, replicas, queries, each) => {
  const count = dnsReplicas(min, max, linear);
  expect(count.value).toBe(replicas);
  expect(dnsQueriesPerReplica(queries, count).value).toBe(each);
});

test('no replica ever works above half of what was measured, whatever the load', () => {
  const [anyPods, anyLoad, anyMachines] = [300_000, 1000, 5000].map(max => fc.integer({ min: 1, max }));
  fc.assert(fc.property(anyPods, anyLoad, anyMachines, fc.boolean(), (pods, each, machines, cached) => {
    const queries = coreDnsQueries(dnsQueries(pods, each), ...(cached ? [nodeCacheHitShare()] : []));
    const [linear, forQueries] = [Math.ceil(machines / 16), dnsReplicasForQueries(queries)];
    const min = dnsMinReplicas(machines, linear, forQueries);
    const count = dnsReplicas(min, dnsMaxReplicas({ machines, min, withoutCache: linear, forQueries }, cached), linear);
    expect(dnsQueriesPerReplica(queries, count).value).toBeLessThanOrEqual(16_500);
  }));
});
