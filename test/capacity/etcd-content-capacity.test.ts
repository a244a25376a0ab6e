import * as fc from 'fast-check';
import { clusterOf, TUNED } from './control-plane-load-cases';
import { controlPlaneLoad } from '../../src/capacity/control-plane-load';
import { etcdContent, revisionBytes } from '../../src/capacity/etcd-content-capacity';
import { stated } from '../../src/derivation/derivation';

const interval = stated('interval', 300, 's', 'test');
const content = (nodes = 1200, calico = true) => etcdContent({ fleet: clusterOf(nodes).fleet, compactionInterval: interval, eventTtl: stated('ttl', 1800, 's', 'test'), calico });
const of = (resource: string, nodes?: number) => content(nodes).main.find(row => row.resource === resource)!;

// Oracle: leaves of bbolt by hand. 90 % of 4,096 are 3,686 bytes; small records fill that but for half a record, large ones lie two to a leaf,
// whose last page is half empty: 2,048 / 2 bytes each.
test.each([
  [480, Math.ceil(600 * 4096 / (3686 - 300))], // 726
  [1722, Math.ceil(1842 * 4096 / (3686 - 921))], // just below two records to a page
  [1723, 1843 + 1024],
  [4000, 4120 + 1024],
  [15_000, 15_120 + 1024],
])('an object of %i bytes takes %i bytes of the file', (bytes, stored) => {
  expect(revisionBytes('r', bytes).value).toBe(stored);
});

test.each([
  // resource, objects and bytes of one by hand for 1,200 nodes + 3 machines, 36,000 pods, 2,000 Services, 360 namespaces, 72,000 endpoints
  ['pods', 36_000, 4000],
  ['nodes', 1203, 15_000],
  ['leases', 1223, 480],
  ['endpointslices', 2000 + 720, Math.ceil(1000 + 250 * 72_000 / 2720)],
  ['endpoints', 2000, 500 + 150 * 36],
  ['configmaps', 3600, 3000],
  ['replicasets', 22_000, 2500],
  ['others', 5600, 1000],
  ['ipamblocks', 1203 * 2, 8000], // 110 pods and the tunnel's address: 111 of 64
  ['ipamhandles', 36_000, 700],
])('%s: %i objects of %i bytes', (resource, objects, bytes) => {
  expect(of(resource).objects.value).toBe(objects);
  expect(of(resource).objectBytes.value).toBe(bytes);
  expect(of(resource).bytes.value).toBe(objects * revisionBytes('r', bytes).value);
});

test('events of half an hour: 10 pods a second with five events each', () => {
  expect(content().events[0].objects.value).toBe(10 * 5 * 1800);
});

test('Calico keeps nothing here when another network runs', () => {
  expect(content(1200, false).main.map(row => row.resource)).not.toContain('ipamhandles');
});

test('more nodes never hold less, and every number is finite and positive', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6000 }), fc.integer({ min: 1, max: 500 }), (nodes, more) => {
    const cluster = clusterOf(2000);
    const [small, large] = [controlPlaneLoad(cluster, TUNED, nodes), controlPlaneLoad(cluster, TUNED, nodes + more)];
    for (const [i, row] of small.content.main.entries()) {
      expect(large.content.main[i].bytes.value).toBeGreaterThanOrEqual(row.bytes.value * 0.999);
    }
    expect(large.content.mainLive.value).toBeGreaterThan(small.content.mainLive.value);
    expect(large.writes.mainSize.value).toBeGreaterThan(small.writes.mainSize.value);
    expect(large.writes.mainRate.value).toBeGreaterThan(small.writes.mainRate.value);
    expect(large.memory.low.value).toBeGreaterThan(small.memory.low.value);
    for (const derivation of small.derivations) { expect(derivation.value >= 0 && Number.isFinite(derivation.value)).toBe(true); }
  }), { numRuns: 40 });
});

test('ids are unique', () => {
  const ids = controlPlaneLoad(clusterOf(), TUNED).derivations.map(derivation => derivation.id);
  expect(new Set(ids).size).toBe(ids.length);
});
