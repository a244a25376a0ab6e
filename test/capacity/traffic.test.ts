import { clusterOf, TUNED } from './control-plane-load-cases';
import { controlPlaneLoad } from '../../src/capacity/control-plane-load';
import { traffic } from '../../src/capacity/traffic';
import { Derivation, stated } from '../../src/derivation/derivation';

const load = controlPlaneLoad(clusterOf(), TUNED);
const flows = (...tree: Derivation[]) => traffic(load, tree);
const flow = (from: string, to: string, ...tree: Derivation[]) => flows(...tree).find(f => f.from === from && f.to === to);
const of = (id: string, value: number) => stated(id, value, 'x', 'test');

test('kubelets ask as often as their requests add up to, each over one connection', () => {
  const found = flow('kubelets', 'API servers')!;
  // leases 120.3, reports 4.01, pod status 70, tokens 12.5, watches 1,203 x 65 / 2,700, events 40
  expect(found.rate.value).toBeCloseTo(120.3 + 4.01 + 70 + 12.5 + 1203 * 65 / 2700 + 40, 9);
  expect(found.connections?.value).toBe(1203);
});

test.each([
  ['Typha', 'API servers', of('calico/typha-replicas', 8), 8 * 60],
  ['calico-node', 'Typha', of('calico/typha-replicas', 8), 1203 * 60],
  ['pods', 'DNS cache of the node', of('dns/node-cache-memory', 1), 180_000],
  ['DNS cache of the node', 'CoreDNS', of('dns/node-cache-memory', 1), 36_000],
  ['pods', 'CoreDNS', of('dns/ttl', 30), 180_000],
  ['CoreDNS', 'API servers', of('dns/replicas-max', 12), 12 * 20],
  ['Prometheus', 'nodes, pods and control plane', of('monitoring/samples-per-second', 90_000), 90_000],
  ['Fluent Bit', 'log output', of('logging/flush-interval', 1), 36_000 * 1024],
  ['metrics-server', 'kubelets', of('metrics-server/metric-resolution', 15), 1203 / 15],
  ['Cluster Autoscaler', 'API servers', of('autoscaler/scan-interval', 10), 1.3],
])('%s talks to %s where the tree has it', (from, to, part, rate) => {
  expect(flow(from, to, part)!.rate.value).toBeCloseTo(rate, 9);
  expect(flow(from, to)).toBeUndefined();
});

test('a cache on the nodes stands between pods and CoreDNS', () => {
  expect(flow('pods', 'CoreDNS', of('dns/node-cache-memory', 1))).toBeUndefined();
});

test('events go to their own ring where there is one', () => {
  expect(flow('API servers', 'etcd events')).toBeUndefined();
  expect(flow('API servers', 'etcd events', of('etcd/events-quota-backend-bytes', 1))!.rate.value).toBe(50);
});

test('ids are unique and rates positive', () => {
  const all = flows(of('calico/typha-replicas', 8), of('dns/node-cache-memory', 1), of('dns/replicas-max', 12), of('logging/flush-interval', 1), of('autoscaler/scan-interval', 10), of('metrics-server/metric-resolution', 15));
  const ids = all.map(f => f.rate.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const f of all) { expect(f.rate.value).toBeGreaterThan(0); }
});
