import { balancerCheck, balancerSize, shutdownDelay } from '../../src/capacity/api-server-balancer-capacity';
import { eventRates } from '../../src/capacity/api-server-event-capacity';
import { evictionDamping } from '../../src/capacity/control-plane-eviction-capacity';
import { componentGoMemoryLimit } from '../../src/capacity/go-memory-capacity';
import { named, stated } from '../../src/derivation/derivation';

const check = (interval: number, failures: number) => ({ interval: stated('i', interval, 's', ''), failures: stated('f', failures, 'checks', '') });

describe('a stopping API server', () => {
  test.each([
    // interval, failures, delay: max(15, ceil(interval x failures) + 5)
    [2, 3, 15], [5, 2, 15], [10, 3, 35], [30, 2, 65], [0.5, 3, 15], [3.5, 3, 16],
  ])('checked every %f s, gone after %i: it answers for %i s', (interval, failures, delay) => {
    expect(shutdownDelay(check(interval, failures)).value).toBe(delay);
  });

  test.each([false, true])('always answers until the balancer noticed (haproxy of ours: %s)', own => {
    const { interval, failures } = balancerCheck(own);
    expect(shutdownDelay({ interval, failures }).value).toBeGreaterThan(interval.value * failures.value);
    expect([interval.value, failures.value]).toEqual(own ? [2, 3] : [5, 2]);
  });
});

test.each([
  // machines, agents of the user: 2 x ceil(machines x (2 + 4 + agents)); 33 kB for half of them, at least 128 MiB
  [205, 2, 3280, 128], [1205, 2, 19_280, 304], [5005, 2, 80_080, 1261],
])('haproxy for %i machines with %i agents: %i connections, %i MiB', (machines, agents, connections, memory) => {
  const size = balancerSize(machines, agents);
  expect([size.connections.value, size.memory.value, size.idle.value]).toEqual([connections, memory, 4 * 3600]);
});

test.each([
  // churn, events each, machines; of server, namespace, user: 5, 2 and 1 times what is planned, at least 100, 50, 50
  [10, 5, 1205, 250, 100, 50, 4096], [20, 5, 5005, 500, 200, 100, 10_010], [0.5, 5, 20, 100, 50, 50, 4096],
])('%f pods/s x %i events on %i machines: %i/s of a server, %i of a namespace, %i of a user', (churn, events, machines, server, namespace, user, users) => {
  const rates = eventRates(churn, events, machines);
  expect([rates.server.value, rates.namespace.value, rates.user.value, rates.users.value]).toEqual([server, namespace, user, users]);
  // One server may carry what is planned for the whole cluster.
  expect(rates.server.value).toBeGreaterThanOrEqual(churn * events);
});

describe('eviction', () => {
  test.each([
    // pods per node, zones, nodes/s: 15 pods/s over zones and pods, cut to hundredths, 0.01 to 0.1
    [30, 1, 0.1], [30, 3, 0.1], [30, 5, 0.1], [110, 3, 0.04], [250, 3, 0.02], [250, 10, 0.01],
  ])('%i pods per node in %i zones: %f nodes/s', (pods, zones, rate) => {
    const damping = evictionDamping(pods, zones);
    expect(damping.rate.value).toBe(rate);
    expect(damping.secondaryRate.value).toBeCloseTo(rate / 10, 6);
    // Zones together never lose more pods than are recreated, where a hundredth allows it.
    if (rate > 0.01) { expect(rate * pods * zones).toBeLessThanOrEqual(15); }
  });

  test('upstream\'s values where the cluster gives no reason (--help of 1.37)', () => {
    const { rate, secondaryRate, unhealthyShare, largeZone } = evictionDamping(30, 3);
    expect([rate.value, secondaryRate.value, unhealthyShare.value, largeZone.value]).toEqual([0.1, 0.01, 0.55, 50]);
  });

  test('the secondary rate follows a given one', () => {
    expect(evictionDamping(30, 3, 0.5).secondaryRate.value).toBe(0.05);
  });
});

test.each([[2, 3072], [7, 10_752], [5, 7680]])('GOMEMLIMIT of a component that asks for %i GiB: %i MiB', (request, limit) => {
  expect(componentGoMemoryLimit('scheduler', request).value).toBe(limit);
  expect(named('x', componentGoMemoryLimit('controller-manager', request)).value).toBe(limit);
});
