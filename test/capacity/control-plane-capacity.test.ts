import {
  apiServerTiming, controllerManagerRequests, controllerWorkers, endpointBatchPeriod, eventTtlSeconds, goawayChance, schedulerRequests,
} from '../../src/capacity/control-plane-capacity';

const values = (record: object) => Object.fromEntries(Object.entries(record).map(([name, derivation]) => [name, (derivation as { value: number }).value]));

describe('start and stop of an API server', () => {
  test('the kubelet waits for delay, watches, the longest request and a margin: 15 + 30 + 60 + 30 s', () => {
    const timing = apiServerTiming();
    expect(timing.terminationGrace.value).toBe(135);
    expect(timing.terminationGrace.from).toEqual([timing.shutdownDelay, timing.watchGrace]);
  });

  test('a server that drains is never killed: the grace is longer than its parts and request-timeout (60 s, upstream\'s default)', () => {
    const timing = apiServerTiming();
    expect(timing.terminationGrace.value).toBeGreaterThan(timing.shutdownDelay.value + timing.watchGrace.value + 60);
  });

  test('compaction keeps upstream\'s five minutes, deletion the workers of the 5,000-node test', () => {
    // Oracles: DefaultCompactInterval = 5 * time.Minute; kops' scale test --delete-collection-workers=16; Gardener --livez-grace-period=1m
    expect(values(apiServerTiming())).toMatchObject({ compactionInterval: 300, deleteCollectionWorkers: 16, livezGrace: 60 });
  });
});

test('events are kept for half of upstream\'s hour (--event-ttl=1h0m0s)', () => {
  expect(eventTtlSeconds().value).toBe(3600 / 2);
});

test.each([[1, 0], [2, 0.001], [3, 0.001], [5, 0.001]])('with %i servers a request is sent away with chance %f; a single server keeps its clients', (servers, chance) => {
  expect(goawayChance(servers).value).toBe(chance);
  expect(goawayChance(servers).value).toBeLessThanOrEqual(0.02); // the most that kube-apiserver accepts
});

test('endpoints are collected for half a second, as in upstream\'s scale tests (--endpoint-updates-batch-period=500ms)', () => {
  expect(endpointBatchPeriod().value).toBe(500);
});

describe('workers of the controllers', () => {
  test('Gardener\'s production values, and ten for HPAs', () => {
    expect(values(controllerWorkers(500))).toEqual({
      'concurrent-deployment-syncs': 50,
      'concurrent-replicaset-syncs': 50,
      'concurrent-statefulset-syncs': 15,
      'concurrent-endpoint-syncs': 15,
      'concurrent-service-endpoint-syncs': 15,
      'concurrent-gc-syncs': 30,
      'concurrent-namespace-syncs': 30,
      'concurrent-resource-quota-syncs': 15,
      'concurrent-serviceaccount-token-syncs': 15,
      'concurrent-horizontal-pod-autoscaler-syncs': 10, // 500 HPAs x 0.3 s / 15 s
    });
  });

  // Defaults of pkg/controller/*/config/v1alpha1/defaults.go
  test.each([
    ['concurrent-deployment-syncs', 5], ['concurrent-replicaset-syncs', 5], ['concurrent-statefulset-syncs', 5], ['concurrent-endpoint-syncs', 5],
    ['concurrent-service-endpoint-syncs', 5], ['concurrent-gc-syncs', 20], ['concurrent-namespace-syncs', 10], ['concurrent-resource-quota-syncs', 5],
    ['concurrent-serviceaccount-token-syncs', 5], ['concurrent-horizontal-pod-autoscaler-syncs', 5],
  ] as const)('%s is above the default of %i', (flag, upstream) => {
    expect(controllerWorkers(500)[flag].value).toBeGreaterThan(upstream);
  });
});

test.each([
  // HPAs, workers: ceil(hpas x 0.3 s / 15 s), and upstream's default of five below that
  [0, 5], [250, 5], [251, 6], [500, 10], [2000, 40],
])('%i HPAs have %i workers', (hpas, workers) => {
  expect(controllerWorkers(hpas)['concurrent-horizontal-pod-autoscaler-syncs'].value).toBe(workers);
});

test.each([
  // pods, GiB: ceil(1.5 x pods x 30 kB) and ceil(1.5 x pods x 20 kB), at least 2 and 1. Measured at 36,000 pods: 1.0 and 0.7 GiB
  [6000, 2, 1], [36_000, 2, 2], [150_000, 7, 5],
])('%i pods: controller manager and scheduler ask for a core each, and for %i and %i GiB', (pods, controllers, scheduler) => {
  expect([values(controllerManagerRequests(pods)), values(schedulerRequests(pods))]).toEqual([{ cpu: 1, memory: controllers }, { cpu: 1, memory: scheduler }]);
});
