import { clusterOf } from './control-plane-load-cases';
import { controllerTimes } from '../../src/capacity/controller-time-capacity';
import { stated } from '../../src/derivation/derivation';

const rate = (id: string, value: number) => stated(id, value, '1/s', 'test');
const times = (qps: number, burst: number, batch = 500, schedulerQps = 100, nodes = 1200) =>
  controllerTimes(clusterOf().fleetAt(nodes), { qps: rate('q', qps), burst: rate('b', burst), schedulerQps: rate('s', schedulerQps), endpointBatch: rate('e', batch) });

test.each([
  // rate, burst, seconds by hand, measured: kubeadm's flags more than 240 s, tuned ones 53 s (61 s on a busy machine)
  [20, 30, (4800 - 30) / 20, 240], [100, 200, 46, 53],
])('at %i/s 1,200 nodes are schedulable after %d s; measured %i s', (qps, burst, seconds, measured) => {
  expect(times(qps, burst).nodesSchedulable.value).toBeCloseTo(seconds, 9);
  expect(Math.abs(seconds / measured - 1)).toBeLessThan(0.2);
});

test('pods start as fast as measured: 16.2 a second at 20/s, 80 at 100/s', () => {
  expect(36_000 / times(20, 30).podsBound.value).toBeCloseTo(16.2, 0);
  expect(36_000 / times(100, 200).podsBound.value).toBeCloseTo(81, 0);
});

test('without batching slices pace replacements: 8.5 pods a second were measured at 20/s with one Service a pod', () => {
  const one = controllerTimes(clusterOf(1200, { servicesPerPod: 1 }).fleet, { qps: rate('q', 20), burst: rate('b', 30), schedulerQps: rate('s', 50), endpointBatch: rate('e', 0) });
  expect(36_000 / one.podsRolled.value).toBeCloseTo(8.5, 0);
});

test('the slowest of replica sets, slices and scheduler decides', () => {
  expect(times(100, 200).podsRolled.value).toBe(810); // 36,000 x 2.25 / 100
  expect(times(100, 200, 0).podsRolled.value).toBe(Math.ceil(2 * 36_000 * 2.34 / 100));
  expect(times(1000, 2000).podsRolled.value).toBe(360); // 36,000 bindings at 100/s
});

test('a fleet below the burst takes a second, and more nodes never take less', () => {
  expect(times(100, 200, 500, 100, 10).nodesSchedulable.value).toBe(1);
  expect(times(100, 200, 500, 100, 2400).nodesSchedulable.value).toBeGreaterThan(times(100, 200).nodesSchedulable.value);
});
