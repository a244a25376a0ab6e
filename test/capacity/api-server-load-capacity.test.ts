import * as fc from 'fast-check';
import { clusterOf, TUNED } from './control-plane-load-cases';
import { controlPlaneLoad } from '../../src/capacity/control-plane-load';
import { allLevels, levelSeats, listSeats, OWN_LEVELS } from '../../src/capacity/priority-level-capacity';

const seatsAt = (total: number, version = '1.37') => Object.fromEntries(levelSeats(total, allLevels([]), version).map(level => [level.name, level]));

test.each([
  // level, seats of 600 and of 6,000: facts/api-server.md section 1
  ['system', 74, 735], ['node-high', 98, 980], ['leader-election', 25, 245], ['workload-high', 98, 980], ['workload-low', 245, 2449], ['global-default', 49, 490], ['catch-all', 13, 123],
])('%s has %i of 600 seats and %i of 6,000', (name, of600, of6000) => {
  expect([seatsAt(600)[name].seats.value, seatsAt(6000)[name].seats.value]).toEqual([of600, of6000]);
});

test.each([
  // level, by hand: max(1, min(ceil(0.15 x seats), floor(seats / hand)))
  ['system', 12], // 74: min(12, 12)
  ['leader-election', 4], // 25, hand of 4: min(4, 6)
  ['workload-low', 37], // 245: min(37, 40)
  ['global-default', 8], // 49: min(8, 8)
])('one request takes at most %s: %i seats', (name, cap) => { expect(seatsAt(600)[name].cap?.value).toBe(cap); });

test('a level that refuses has no cap, nor has any level before 1.25', () => {
  expect(seatsAt(600)['catch-all'].cap).toBeUndefined();
  expect(seatsAt(600, '1.24').system.cap).toBeUndefined();
  expect(seatsAt(600, '1.25').system.cap?.value).toBe(12);
});

test.each([
  // objects, bytes, limit, level, version, seats by hand
  [36_000, 4000, undefined, 'workload-low', '1.37', 10], // 1 MB of the cache / 100 kB
  [36_000, 4000, 50, 'workload-low', '1.37', 2], // 200 kB
  [25, 4000, undefined, 'workload-low', '1.37', 1], // exactly 100 kB
  [26, 4000, undefined, 'workload-low', '1.37', 2],
  [36_000, 4000, undefined, 'leader-election', '1.37', 4], // the level's cap
  [36_000, 4000, undefined, 'catch-all', '1.37', 10],
  [36_000, 4000, undefined, 'workload-low', '1.33', 10], // 360 seats of 100 objects, at most 10
  [101, 4000, undefined, 'workload-low', '1.33', 2],
  [36_000, 4000, 50, 'workload-low', '1.33', 10], // the cache looks at all objects
  [36_000, 4000, undefined, 'workload-low', '1.22', 1],
])('a LIST of %i objects of %i bytes with limit %p in %s of %s takes %i seats', (objects, objectBytes, limit, level, version, seats) => {
  expect(listSeats({ resource: 'x', objects, objectBytes, limit }, seatsAt(600, version)[level], version).value).toBe(seats);
});

test('from etcd a LIST counts all its bytes, up to 100 seats from 1.34 on', () => {
  const list = { resource: 'x', objects: 36_000, objectBytes: 4000, limit: 500, fromCache: false };
  expect(listSeats(list, { name: 'l', seats: seatsAt(600).system.seats }, '1.37').value).toBe(20); // 2 MB
  expect(listSeats({ ...list, limit: undefined }, { name: 'l', seats: seatsAt(600).system.seats }, '1.37').value).toBe(100);
});

describe('1,200 nodes with the tuned values', () => {
  const load = controlPlaneLoad(clusterOf(), TUNED);
  const rate = (client: string) => load.requests.find(request => request.client === client)!.rate.value;

  test.each([
    // client, requests/s by hand: 1,203 kubelets, 36,000 pods, 10 created a second, 500 HPAs, 2 agents a node once a minute
    ['kubelet/leases', 120.3], ['kubelet/node-status', 4.01], ['kubelet/pod-status', 70], ['kubelet/tokens', 12.5], ['kubelet/watches', 1203 * 65 / 2700],
    ['kubelet/events', 40], ['leaders', 4], ['controller-manager', 70], ['scheduler', 20], ['autoscaled-workloads', 100], ['controllers', 20], ['agents', 40],
  ])('%s asks %d times a second', (client, expected) => { expect(rate(client)).toBeCloseTo(expected, 9); });

  test('seats in use are rate times duration at the two servers that are left', () => {
    const nodeHigh = load.use.find(level => level.name === 'node-high')!;
    expect(nodeHigh.inUse.value).toBeCloseTo((120.3 + 4.01) * 0.02 / 2, 9);
    // Upstream tolerated about 1,000 requests a second in this level (PR 101151); ours has room for it.
    expect(nodeHigh.capacity.value).toBeGreaterThan(1000);
  });

  test('our levels take their requests: agents of nodes, and one whole LIST for each seat of the dear level', () => {
    expect(load.requests.find(request => request.client === 'node-agents')!.level).toBe(OWN_LEVELS.nodeAgents);
    expect(load.podList.seats.value).toBe(1);
    expect(load.podList.inFlight.value).toBe(Math.ceil(400 * 4 / 276));
    expect(load.podList.bytes.value).toBe(144_000_000);
  });
});

test('kubelets before 1.31 read their node every ten seconds', () => {
  const clients = (release: string) => controlPlaneLoad(clusterOf(1200, {}, release), TUNED).requests.map(request => request.client);
  expect(clients('1.30')).toContain('kubelet/node-reads');
  expect(clients('1.31')).not.toContain('kubelet/node-reads');
});

test('what no construct sets is upstream\'s default: 600 seats, no level of ours', () => {
  const load = controlPlaneLoad(clusterOf(), { ...TUNED, derivations: [] });
  expect(load.levels).toHaveLength(7);
  expect(load.levels[0].seats.value).toBe(74);
  expect(load.requests.find(request => request.client === 'node-agents')!.level).toBe('workload-high');
});

describe('memory of one API server', () => {
  test('lies around the anchors: 36,000 pods of 4 kB took 1.4 GiB without clients, 3.1 GiB with them', () => {
    const podsAlone = { nodeBytes: 2000, services: 1, configMaps: 0, secrets: 0, customObjects: 0, hpas: 0 };
    const load = controlPlaneLoad(clusterOf(1200, podsAlone), { ...TUNED, calico: false });
    const gib = 1024 ** 3;
    expect(load.memory.low.value / gib).toBeLessThan(1.5);
    expect(load.memory.low.value / gib).toBeGreaterThan(1.2);
    expect(load.memory.high.value / gib).toBeGreaterThan(3.1);
  });

  test('a LIST of all pods in flight adds 2 to 3.5 times its answer', () => {
    const { memory, podList } = controlPlaneLoad(clusterOf(), TUNED);
    expect(memory.stormLow.value - memory.low.value).toBe(2 * 144_000_000 * podList.inFlight.value);
    expect(memory.stormHigh.value - memory.high.value).toBe(3.5 * 144_000_000 * podList.inFlight.value);
  });
});

test('a change of a slice goes to every node, of a pod to its kubelet and to those who watch all', () => {
  const { watches } = controlPlaneLoad(clusterOf(), TUNED);
  // 60 pod writes/s to the kubelet and 12 others, 20 slice writes/s to 1,200 nodes and the controller manager.
  expect(watches.events.value).toBeCloseTo(60 * 13 + 20 * 1201, 9);
  expect(watches.kubeletWatches.value).toBe(1203 * 65);
  expect(watches.serviceWatches.value).toBe(2400);
  expect(controlPlaneLoad(clusterOf(), { ...TUNED, serviceProxyOnNodes: false }).watches.serviceWatches.value).toBe(0);
});

test('seats of all levels are at least the total, and never more than one a level beyond it', () => {
  fc.assert(fc.property(fc.integer({ min: 50, max: 1200 }), fc.integer({ min: 1, max: 200 }), (total, shares) => {
    const levels = levelSeats(total, allLevels([{ name: 'own', shares, handSize: 6 }]), '1.37');
    const sum = levels.reduce((seats, level) => seats + level.seats.value, 0);
    expect(sum).toBeGreaterThanOrEqual(total);
    expect(sum).toBeLessThan(total + levels.length);
    for (const { seats, cap } of levels) { expect(cap === undefined || (cap.value >= 1 && cap.value <= seats.value)).toBe(true); }
  }));
});
