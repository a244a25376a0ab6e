import * as fc from 'fast-check';
import { kubeStateMetricsMemory } from '../../src/capacity/monitoring-workload-capacity';
import { bodySizeLimit, expectedKubelets, localRetention, prometheusCpu, prometheusDisk, prometheusMemory, sampleLimit, samplesOfCluster, samplesPerSecond, scrapeInterval, scrapeTimeout, targetLimit, uploadDelay } from '../../src/capacity/prometheus-capacity';
import { JobLoad, JobSpread, memoryTarget, series, seriesOfAll, seriesOfNode, seriesOfPod, seriesPerShard, seriesThatFit, shards, wholeSeries } from '../../src/capacity/series-capacity';
import { blockStreams, bucketRetention, compactorDisk, compactorHours, queryMemory, storeDisk } from '../../src/capacity/thanos-capacity';

/** The series model of the facts: nodes x 1,300, pods x 100, 200,000 for the control plane. */
function model(nodes: number, pods: number): JobLoad[] {
  return [
    { job: 'nodes', targets: nodes, seriesPerTarget: 1300, spread: JobSpread.SHARED },
    { job: 'pods', targets: pods, seriesPerTarget: 100, spread: JobSpread.SHARED },
  ];
}

function plan(nodes: number, pods: number, machineGibibytes = 64) {
  const all = series(model(nodes, pods));
  const whole = wholeSeries(model(nodes, pods));
  const target = memoryTarget(machineGibibytes * 1024);
  const count = shards(all, whole, target);
  const perShard = seriesPerShard(all, whole, count);
  return { all, count, perShard, target, memory: prometheusMemory(perShard), samples: samplesPerSecond(perShard, scrapeInterval()) };
}

test.each([
  // nodes, pods, series, oracle
  [200, 6000, 1_060_000, '200 x 1,300 + 6,000 x 100 + 200,000'],
  [1000, 30_000, 4_500_000, '1.3 M + 3 M + 0.2 M'],
  [1200, 36_000, 5_360_000, 'monitoring.md: about 5.4 M'],
  [5000, 150_000, 21_700_000, '6.5 M + 15 M + 0.2 M'],
])('%i nodes with %i pods have %i series (%s)', (nodes, pods, expected) => {
  expect(series(model(nodes, pods)).value).toBe(expected);
});

test('control-plane jobs that announce more than 200,000 series count with what they announce', () => {
  const loads = [...model(10, 0), { job: 'kube-apiserver', targets: 5, seriesPerTarget: 60_000, spread: JobSpread.FIRST }];
  expect(wholeSeries(loads).value).toBe(300_000);
  expect(series(loads).value).toBe(13_000 + 300_000);
});

test('what every shard scrapes counts in every shard and once in the cluster', () => {
  const loads = [...model(10, 0), { job: 'prometheus', targets: 4, seriesPerTarget: 2500, spread: JobSpread.EVERY }];
  expect(wholeSeries(loads).value).toBe(210_000);
  expect(series(loads).value).toBe(223_000);
});

test.each([
  // nodes, pods, shards, oracle: 12 GiB / 4 KiB = 3,145,728 series, less 200,000 that are not spread, leave 2,945,728
  [200, 6000, 1, '860,000 / 2,945,728'],
  [500, 15_000, 1, '2,150,000 / 2,945,728'],
  [1000, 30_000, 2, '4,300,000 / 2,945,728 = 1.46; capacity.md section 5: 20 GiB or 2 shards'],
  [1200, 36_000, 2, '5,160,000 / 2,945,728 = 1.75; capacity.md: 2-3 shards'],
  [3000, 90_000, 5, '12,900,000 / 2,945,728 = 4.4; capacity.md: 4+'],
  [5000, 150_000, 8, '21,500,000 / 2,945,728 = 7.3; capacity.md: 6+'],
])('%i nodes with %i pods get %i shards (%s)', (nodes, pods, expected) => {
  expect(plan(nodes, pods).count.value).toBe(expected);
});

test('half of a small machine bounds the memory of a Prometheus', () => {
  expect(memoryTarget(16 * 1024).value).toBe(8192);
  expect(memoryTarget(24 * 1024).value).toBe(12_288);
  expect(memoryTarget(1024 * 1024).value).toBe(12_288);
});

test.each([
  // nodes, pods, GiB, oracle
  [20, 0, 2, '226,000 x 4 KiB = 0.9 GiB, at least 2'],
  [200, 6000, 5, '1,060,000 x 4 KiB = 4.04 GiB'],
  [1200, 36_000, 11, '(5,160,000 / 2 + 200,000) x 4 KiB = 10.6 GiB'],
])('a Prometheus of %i nodes with %i pods has %i GiB (%s)', (nodes, pods, expected) => {
  expect(plan(nodes, pods).memory.value).toBe(expected);
});

test('no shard exceeds the memory target, whatever the cluster', () => {
  const [anyNodes, anyPods, anyMachine] = [10_000, 110, 512].map(max => fc.integer({ min: max === 512 ? 8 : 1, max }));
  fc.assert(fc.property(anyNodes, anyPods, anyMachine, (nodes, podsPerNode, machine) => {
    const { memory, target, count, perShard } = plan(nodes, nodes * podsPerNode, machine);
    expect(memory.value * 1024).toBeLessThanOrEqual(Math.max(2048, target.value + 1023));
    expect(count.value * perShard.value).toBeGreaterThanOrEqual(plan(nodes, nodes * podsPerNode, machine).all.value);
  }));
});

test('more nodes never mean fewer shards', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 5000 }), (nodes, more) => {
    expect(plan(nodes + more, (nodes + more) * 30).count.value).toBeGreaterThanOrEqual(plan(nodes, nodes * 30).count.value);
  }));
});

test.each([[200, 200], [999, 200], [1000, 700], [1200, 700], [3000, 1700], [5000, 2700]])(
  '%i nodes give a Prometheus %i millicores (table of the upstream scale tests)', (nodes, expected) => {
    expect(prometheusCpu(nodes).value).toBe(expected);
  });

test('samples per second are series by interval, and a scrape ends before the next one', () => {
  expect(samplesPerSecond(plan(1200, 36_000).perShard, scrapeInterval()).value).toBe(92_667); // (5,160,000 / 2 + 200,000) / 30
  expect(scrapeTimeout(scrapeInterval()).value).toBe(25);
  expect(scrapeTimeout({ ...scrapeInterval(), value: 5 }).value).toBe(4);
});

test.each([
  // nodes, pods, hours, GiB, oracle
  [200, 6000, 24, 10, '35,334 x 30 h x 3600 x 2 B x 1.25 = 8.9 GiB'],
  [1200, 36_000, 24, 30, '92,667 x 30 h x 3600 x 2 B x 1.25 = 23.3 GiB'],
  [1200, 36_000, 72, 70, '92,667 x 78 h x 3600 x 2 B x 1.25 = 60.6 GiB'],
  [5000, 1, 6, 60, 'never below 10 GiB x (1 + 5)'],
])('%i nodes with %i pods and %i hours need a disk of %i GiB (%s)', (nodes, pods, hours, expected) => {
  expect(prometheusDisk(nodes, plan(nodes, pods).samples, { ...localRetention(), value: hours }).value).toBe(expected);
});

test('the compactor has room for two weeks of a stream twice, at least 100 GiB', () => {
  const samples = (value: number) => ({ ...scrapeInterval(), value });
  expect(compactorDisk(samples(1)).value).toBe(100);
  expect(compactorDisk(samples(92_667)).value).toBe(420); // 92,667 x 2 B x 28 d = 417.6 GiB
});

test('a store gateway has room for the index headers of all blocks', () => {
  // 15 young blocks, 3 of 30 days, 7 of 90, 27 of 365: 52 blocks x 30 MiB per stream
  const disk = (shardCount: number) => storeDisk(blockStreams({ ...scrapeInterval(), value: shardCount }, 2, 2), bucketRetention()).value;
  expect(disk(2)).toBe(10); // 6 streams: 9.1 GiB
  expect(disk(8)).toBe(30); // 18 streams: 27.4 GiB
});

test('queriers and kube-state-metrics grow with what they hold', () => {
  expect(queryMemory(plan(1200, 36_000).all).value).toBe(7); // 1 + 5,360,000 KiB = 5.1 GiB
  expect(kubeStateMetricsMemory(200).value).toBe(450);
  expect(kubeStateMetricsMemory(1200).value).toBe(1450);
});

test('limits of a scrape are far above its plan, and never tight for small targets', () => {
  expect(sampleLimit(10)).toBe(5000);
  expect(sampleLimit(60 * 110)).toBe(19_800);
  expect(bodySizeLimit(10)).toBe(64);
  expect(bodySizeLimit(60_000)).toBe(176); // 180,000 x 1 KiB
  expect(targetLimit(1205)).toBe(2510);
});

test.each([[203, 182], [805, 724], [1205, 1084]])('of %i machines %i kubelets must be seen', (machines, expected) => {
  expect(expectedKubelets(machines).value).toBe(expected);
});

test('an upload is late after two blocks, and before half of the local retention is gone', () => {
  expect(uploadDelay(localRetention()).value).toBe(4);
  expect(uploadDelay({ ...localRetention(), value: 6 }).value).toBe(3);
});

test.each([
  // series of a pod, cAdvisor, pod metrics, object metrics: 60, 32 and 8 percent
  [100, 60, 32, 8],
  [200, 120, 64, 16],
  [0, 0, 0, 0],
])('%i series of a pod are %i, %i and %i of the exporters', (perPod, cadvisor, podMetrics, objectMetrics) => {
  expect((['cadvisor', 'podMetrics', 'objectMetrics'] as const).map(exporter => seriesOfPod(exporter, perPod).value)).toEqual([cadvisor, podMetrics, objectMetrics]);
});

test('an exporter of a node has the pods of an average node, one that speaks for all has all', () => {
  expect(seriesOfNode('cadvisor', 60, 36_000, 1200).value).toBe(1800); // 60 x 30
  expect(seriesOfAll('kube-state-metrics', 8, 36_000).value).toBe(288_000);
});

test('12 GiB hold 3,145,728 series of 4 KiB', () => {
  expect(seriesThatFit(12_288).value).toBe(3_145_728);
});

test('samples of a cluster are those of one copy (monitoring.md: about 180,000 at 1,200 nodes)', () => {
  expect(samplesOfCluster(plan(1200, 36_000).all, scrapeInterval()).value).toBe(178_667); // 5,360,000 / 30
});

test.each([
  // streams, samples/s, hours a day, hand calculation: streams x samples x 2 B x 86,400 x 5 / 50 MB/s / 3,600
  [4, 93_000, 1.8, '6,428 s'],
  [16, 97_000, 7.5, '26,819 s = 7.45 h'],
  [52, 96_155, 24.1, '86,408 s: it no longer catches up'],
  [1, 0, 0, 'nothing to do'],
])('%i streams of %i samples/s keep the compactor busy for %d h a day (%s)', (streams, samples, hours) => {
  expect(compactorHours(streams, samples).value).toBe(hours);
});
