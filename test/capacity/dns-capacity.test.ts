import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import {
  dnsAutoscalerMemory, dnsLameduck, dnsMaxReplicas, dnsMemory, dnsMemoryLimit, dnsMinReplicas, dnsReplicasWithoutCache, dnsSockets,
  dnsTerminationGrace, dnsThreads, nodeCacheEntries,
} from '../../src/capacity/dns-capacity';
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
  expect(dnsReplicasWithoutCache(clusterOf(nodes, cpu)).value).toBe(replicas);
});

test.each([
  // nodes, ceiling with the cache, oracle: dns.md section 1 (20 to 30)
  [10, 3, 'never below the minimum'],
  [100, 3, 'ceil(100 / 50) is below the minimum'],
  [500, 10, '500 / 50'],
  [1000, 20, '1000 / 50'],
  [1200, 24, '1200 / 50'],
  [5000, 30, 'upper end of the proposal'],
])('%i nodes with a cache: at most %i replicas (%s)', (nodes, max) => {
  expect(dnsMaxReplicas(nodes, dnsMinReplicas(nodes), dnsReplicasWithoutCache(clusterOf(nodes, 16)), true).value).toBe(max);
});

test('the ceiling never lies below the floor: the autoscaler refuses such parameters', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9000 }), fc.boolean(), (nodes, cached) => {
    const min = dnsMinReplicas(nodes);
    expect(dnsMaxReplicas(nodes, min, dnsReplicasWithoutCache(clusterOf(nodes, 16)), cached).value).toBeGreaterThanOrEqual(min.value);
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

test('the cache of a node has the built-in size of 9,984 answers', () => {
  expect(nodeCacheEntries().value).toBe(9984);
});

test('the autoscaler holds every node', () => {
  expect(dnsAutoscalerMemory(1200).value).toBe(90);
  expect(dnsAutoscalerMemory(5000).value).toBe(280);
});
