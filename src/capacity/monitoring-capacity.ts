import { Confidence, derived, Derivation } from './derivation';

const KIB = 1024;
const MIB = KIB ** 2;
const GIB = KIB ** 3;
const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Series per unit of the cluster, before anything is measured. Feed `prometheus_tsdb_head_series` back as soon as the cluster runs.
 *
 * Source: monitoring.md section 1, series model (estimate, tunable).
 */
export const SERIES = {
  perNode: { nodeExporter: 1000, kubelet: 300 },
  /** kube-state-metrics has 40 for each pod: the pod itself and its share of replica sets, jobs, claims, nodes. */
  perPod: { cadvisor: 60, podMetrics: 32, objectMetrics: 8 },
  /** API servers, controller manager, scheduler and etcd together, where their jobs announce fewer. */
  controlPlane: 200_000,
  /** A process of the monitoring about itself. */
  self: { prometheus: 2500, thanos: 500 },
  /** One API server where nobody contributes a better number: of a busy server, dear histograms dropped. */
  apiServer: 60_000,
} as const;

/** Targets of a job that finds pods by label or Service and does not say how many: a Deployment, not a DaemonSet. */
export const TARGETS_OF_UNKNOWN_JOB = 10;

/** How the targets of a job are spread over the Prometheus shards. */
export enum JobSpread {
  /** Every shard takes a part of the targets. */
  SHARED = 'shared',
  /** The first shard takes them all, so that a rule sees them all: control plane, and targets that cannot be divided. */
  FIRST = 'first',
  /** Every shard takes them all: few, small, and every shard judges by them. */
  EVERY = 'every',
}

/** What one scrape job brings. */
export interface JobLoad {
  readonly job: string;
  readonly targets: number;
  readonly seriesPerTarget: number;
  readonly spread: JobSpread;
}

function sum(loads: JobLoad[], ...spreads: JobSpread[]): number {
  return loads.filter(load => spreads.includes(load.spread)).reduce((total, load) => total + load.targets * load.seriesPerTarget, 0);
}

/**
 * Active series of the whole cluster in one full copy.
 *
 * | nodes  | 200       | 1,000     | 1,200     | 5,000      |
 * | pods   | 6,000     | 30,000    | 36,000    | 150,000    |
 * | series | 1,060,000 | 4,500,000 | 5,360,000 | 21,700,000 |
 *
 * Without contributions of other components and without the monitoring's own: nodes x 1,300 + pods x 100 + 200,000. What only the first
 * shard scrapes counts at least 200,000, even where its jobs announce fewer.
 * Source: monitoring.md section 1.
 */
export function series(loads: JobLoad[]): Derivation {
  const whole = wholeSeries(loads);
  const shared = sum(loads, JobSpread.SHARED);
  return derived({
    id: 'monitoring/series',
    value: shared + whole.value,
    unit: 'series',
    formula: `${shared} of jobs that are spread over shards + ${whole.value} of jobs that are not`,
    source: 'monitoring.md section 1, series model',
    confidence: Confidence.ESTIMATE,
    from: [whole],
  });
}

/** Series that the first shard carries beside its part of the spread jobs: control plane, objects, the monitoring itself. */
export function wholeSeries(loads: JobLoad[]): Derivation {
  const first = sum(loads, JobSpread.FIRST);
  const self = sum(loads, JobSpread.EVERY);
  return derived({
    id: 'monitoring/whole-series',
    value: Math.max(SERIES.controlPlane, first) + self,
    unit: 'series',
    formula: `max(${SERIES.controlPlane}, ${first} of the first shard only) + ${self} of the monitoring itself`,
    source: 'monitoring.md section 1, series model',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Memory of one active series, queries and the growth of the head between two blocks included. Third-party range 2.5 to 7.5 KiB; measured
 * 2.5 KiB on Prometheus 2.42 without queries.
 */
const BYTES_PER_SERIES = 4 * KIB;

/**
 * Memory that one Prometheus should not exceed: replay of the log after a restart grows with it (minutes without alerts), and the pod must
 * fit beside others on a node.
 *
 * | largest machine | 16 GiB | 24 GiB and more |
 * | MiB             | 8,192  | 12,288          |
 *
 * Half of the largest machine at most; 12 GiB gives 2 shards at 1,200 nodes and 8 at 5,000 (capacity.md section 5: 2-3 and 6+).
 */
export function memoryTarget(largestMachineMebibytes: number): Derivation {
  return derived({
    id: 'monitoring/memory-target',
    value: Math.min(12 * KIB, Math.floor(largestMachineMebibytes / 2)),
    unit: 'MiB',
    formula: `min(12288, ${largestMachineMebibytes} / 2 of the largest machine)`,
    source: 'capacity.md section 5',
    confidence: Confidence.ESTIMATE,
  });
}

/** Series that fit into the memory target. */
export function seriesThatFit(target: Derivation): number {
  return Math.floor(target.value * MIB / BYTES_PER_SERIES);
}

/**
 * Prometheus shards.
 *
 * | nodes, pods     | 200, 6,000 | 500, 15,000 | 1,000, 30,000 | 1,200, 36,000 | 3,000, 90,000 | 5,000, 150,000 |
 * | shards (12 GiB) | 1          | 1           | 2             | 2             | 5             | 8              |
 *
 * The spread series divided by what a shard has room for after the series that are not spread. Shard first, replicate second.
 * Source: monitoring.md sections 1 and 2; capacity.md section 5.
 */
export function shards(all: Derivation, whole: Derivation, target: Derivation): Derivation {
  const room = seriesThatFit(target) - whole.value;
  const shared = all.value - whole.value;
  // Without room the settings refuse the target; 1 keeps the arithmetic finite until all problems are collected.
  const value = room <= 0 ? 1 : Math.max(1, Math.ceil(shared / room));
  return derived({
    id: 'monitoring/shards',
    value,
    unit: 'shards',
    formula: `ceil(${shared} / (${target.value} MiB at 4 KiB per series - ${whole.value}))`,
    source: 'monitoring.md section 2; capacity.md section 5',
    confidence: Confidence.ESTIMATE,
    from: [all, whole, target],
  });
}

/** Series of the fullest shard, the first one. */
export function seriesPerShard(all: Derivation, whole: Derivation, shardCount: Derivation): Derivation {
  const shared = all.value - whole.value;
  return derived({
    id: 'monitoring/series-per-shard',
    value: Math.ceil(shared / shardCount.value) + whole.value,
    unit: 'series',
    formula: `ceil(${shared} / ${shardCount.value}) + ${whole.value}`,
    source: 'monitoring.md section 1',
    confidence: Confidence.ESTIMATE,
    from: [all, whole, shardCount],
  });
}

/**
 * Memory of one Prometheus: 4 KiB per series, whole GiB, at least 2 GiB (upstream's scale tests give 2 GiB without kubelets).
 *
 * | series | 400,000 | 1,063,900 | 2,783,250 |
 * | GiB    | 2       | 5         | 11        |
 *
 * Source: monitoring.md section 1; [CL2 pkg/prometheus/manifests] gives 20 GiB to one Prometheus for 1,000 nodes.
 */
export function prometheusMemory(perShard: Derivation): Derivation {
  const value = Math.max(2, Math.ceil(perShard.value * BYTES_PER_SERIES / GIB));
  return derived({
    id: 'monitoring/prometheus-memory',
    value,
    unit: 'GiB',
    formula: `max(2, ceil(${perShard.value} x 4 KiB))`,
    source: 'monitoring.md section 1',
    confidence: Confidence.ESTIMATE,
    from: [perShard],
  });
}

/**
 * CPU of one Prometheus, as for a single one of upstream's scale tests: queries are not divided by shards.
 *
 * | nodes      | 200 | 1,200 | 5,000 |
 * | millicores | 200 | 700   | 2,700 |
 *
 * Source: monitoring.md section 1 [CL2 pkg/prometheus/manifests/prometheus-prometheus.yaml].
 */
export function prometheusCpu(nodes: number): Derivation {
  return derived({
    id: 'monitoring/prometheus-cpu',
    value: 200 + 500 * Math.floor(nodes / 1000),
    unit: 'millicores',
    formula: `200 + 500 x floor(${nodes} / 1000)`,
    source: 'CL2 pkg/prometheus/manifests/prometheus-prometheus.yaml',
  });
}

/** Seconds between two scrapes: a common choice for the control plane; the default of Prometheus is 60. */
export function scrapeInterval(): Derivation {
  return derived({ id: 'monitoring/scrape-interval', value: 30, unit: 's', formula: '30', source: 'seed.md MON-02', confidence: Confidence.ESTIMATE });
}

/** A scrape may take most of its interval: a kubelet with 110 pods is slow to list its containers. */
export function scrapeTimeout(interval: Derivation): Derivation {
  return derived({
    id: 'monitoring/scrape-timeout',
    value: Math.floor(interval.value * 5 / 6),
    unit: 's',
    formula: `floor(${interval.value} x 5 / 6), never above the interval`,
    source: 'monitoring.md section 1',
    confidence: Confidence.ESTIMATE,
    from: [interval],
  });
}

/** Samples per second of the fullest Prometheus. */
export function samplesPerSecond(perShard: Derivation, interval: Derivation): Derivation {
  return derived({
    id: 'monitoring/samples-per-second',
    value: Math.ceil(perShard.value / interval.value),
    unit: 'samples/s',
    formula: `${perShard.value} / ${interval.value}`,
    source: 'monitoring.md section 1',
    confidence: Confidence.ESTIMATE,
    from: [perShard, interval],
  });
}

/** What a Thanos sidecar needs at least: blocks of two hours that wait for an upload. */
export const MIN_LOCAL_RETENTION_HOURS = 6;

/** Hours that Prometheus keeps blocks: a day gives time to repair the bucket. Source: monitoring.md section 4 (>= 6 h, better 24 h). */
export function localRetention(): Derivation {
  return derived({ id: 'monitoring/local-retention', value: 24, unit: 'h', formula: '24', source: 'TH:components/sidecar.md' });
}

/** Bytes of a sample in a block: 1 to 2 upstream, 2 for the size of disks. */
const BYTES_PER_SAMPLE = 2;

/** Hours of samples in head and write-ahead log, which are held beside the blocks. */
const HEAD_HOURS = 6;

/**
 * Disk of one Prometheus: blocks of the retention plus head and log, a quarter free, in steps of 10 GiB; never below upstream's scale-test size.
 *
 * | nodes | samples/s | retention | GiB |
 * | 200   | 35,000    | 24 h      | 10  |
 * | 1,200 | 93,000    | 24 h      | 30  |
 * | 1,200 | 93,000    | 72 h      | 70  |
 *
 * Source: monitoring.md section 1 [PROM@v3.14.0:storage], [CL2].
 */
export function prometheusDisk(nodes: number, samples: Derivation, retention: Derivation): Derivation {
  const bytes = samples.value * (retention.value + HEAD_HOURS) * HOUR * BYTES_PER_SAMPLE * 1.25;
  const floor = 10 * (1 + Math.floor(nodes / 1000));
  return derived({
    id: 'monitoring/prometheus-disk',
    value: Math.max(floor, 10 * Math.ceil(bytes / GIB / 10)),
    unit: 'GiB',
    formula: `max(${floor}, ${samples.value} samples/s x (${retention.value} + ${HEAD_HOURS}) h x 2 B x 1.25)`,
    source: 'PROM@v3.14.0:storage; CL2',
    confidence: Confidence.ESTIMATE,
    from: [samples, retention],
  });
}

/** Size at which Prometheus deletes its oldest block before the disk is full. */
export function prometheusRetentionSize(disk: Derivation): Derivation {
  return derived({
    id: 'monitoring/prometheus-retention-size',
    value: Math.floor(disk.value * KIB * 0.8),
    unit: 'MiB',
    formula: `80 % of ${disk.value} GiB`,
    source: 'PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
    from: [disk],
  });
}

/** Seconds between probes, the default of Kubernetes. */
export const PROBE_SECONDS = 10;

/** Probes until a Prometheus that replays its log counts as hung: half an hour. */
export function startupProbes(): Derivation {
  return derived({ id: 'monitoring/startup-probes', value: 30 * 60 / PROBE_SECONDS, unit: 'probes', formula: `30 min / ${PROBE_SECONDS} s`, source: 'monitoring.md section 1', confidence: Confidence.ESTIMATE });
}

/** Seconds for a Prometheus to write its head before it is killed. */
export function prometheusGracePeriod(): Derivation {
  return derived({ id: 'monitoring/prometheus-grace-period', value: 600, unit: 's', formula: '600, as prometheus-operator', source: 'prometheus-operator/prometheus-operator pkg/prometheus', confidence: Confidence.UPSTREAM });
}

/** Resolutions that the bucket holds, days each. */
export interface RetentionDays {
  readonly raw: Derivation;
  readonly fiveMinutes: Derivation;
  readonly oneHour: Derivation;
}

/**
 * Days that the bucket keeps.
 *
 * | resolution | raw | 5 min | 1 h |
 * | days       | 30  | 90    | 365 |
 *
 * A proposal. The compactor makes 5 min data after 40 h and 1 h data after 10 d: keep what it makes them from for longer than that.
 * Source: monitoring.md section 4 [TH:components/compact.md].
 */
export function bucketRetention(): RetentionDays {
  const days = (id: string, value: number) => derived({
    id: `monitoring/retention-${id}`, value, unit: 'days', formula: String(value), source: 'TH:components/compact.md', confidence: Confidence.ESTIMATE,
  });
  return { raw: days('raw', 30), fiveMinutes: days('5m', 90), oneHour: days('1h', 365) };
}

/** Days that data of a resolution must live so that the next one can be made of it. */
export const MIN_RETENTION_DAYS = { raw: 2, fiveMinutes: 11 } as const;

/** Streams of blocks: each Prometheus and each ruler uploads its own. */
export function blockStreams(shardCount: Derivation, replicas: number, rulers: number): Derivation {
  return derived({
    id: 'monitoring/block-streams',
    value: shardCount.value * replicas + rulers,
    unit: 'streams',
    formula: `${shardCount.value} shards x ${replicas} replicas + ${rulers} rulers`,
    source: 'TH:components/sidecar.md',
    from: [shardCount],
  });
}

/** Local disk of an index header. Source: monitoring.md section 4: about 6 MB, up to 30 MB. */
const INDEX_HEADER_BYTES = 30 * MIB;

/** Young blocks of one stream that are not yet compacted to 14 days: 2 h, 8 h and 2 d blocks. */
const YOUNG_BLOCKS = 15;

/**
 * Disk of a store gateway: 30 MiB per block for index headers, whole 10 GiB.
 *
 * | streams | 30/90/365 days | GiB |
 * | 2       | 52 blocks each | 10  |
 * | 6       | 52 blocks each | 10  |
 * | 18      | 52 blocks each | 30  |
 */
export function storeDisk(streams: Derivation, retention: RetentionDays): Derivation {
  const blocks = YOUNG_BLOCKS + [retention.raw, retention.fiveMinutes, retention.oneHour].reduce((total, days) => total + Math.ceil(days.value / 14), 0);
  const value = 10 * Math.ceil(streams.value * blocks * INDEX_HEADER_BYTES / GIB / 10);
  return derived({
    id: 'monitoring/store-disk',
    value,
    unit: 'GiB',
    formula: `${streams.value} streams x ${blocks} blocks x 30 MiB, in steps of 10`,
    source: 'TH:components/store.md',
    confidence: Confidence.ESTIMATE,
    from: [streams, retention.raw, retention.fiveMinutes, retention.oneHour],
  });
}

/** Pool of chunks and cache of index entries of a store gateway, and its memory: both, and as much again for queries in flight. */
export function storeMemory(): { chunkPool: Derivation; indexCache: Derivation; memory: Derivation } {
  const size = (id: string, value: number, formula: string, from: Derivation[] = []) => derived({
    id: `monitoring/store-${id}`, value, unit: 'MiB', formula, source: 'TH:components/store.md', confidence: from.length === 0 ? Confidence.UPSTREAM : Confidence.ESTIMATE, from,
  });
  const chunkPool = size('chunk-pool', 2048, '2 GiB, upstream default');
  const indexCache = size('index-cache', 250, '250 MiB, upstream default');
  return { chunkPool, indexCache, memory: size('memory', 2 * (2048 + 250), '2 x (2048 + 250)', [chunkPool, indexCache]) };
}

/**
 * Memory of a querier: 1 GiB and 1 KiB for each series of the cluster, so that one query over everything fits.
 *
 * | series | 1,063,900 | 5,366,500 | 21,706,500 |
 * | GiB    | 3         | 7         | 22         |
 */
export function queryMemory(all: Derivation): Derivation {
  return derived({
    id: 'monitoring/query-memory',
    value: 1 + Math.ceil(all.value * KIB / GIB),
    unit: 'GiB',
    formula: `1 + ceil(${all.value} series x 1 KiB)`,
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
    from: [all],
  });
}

/** Memory of the compactor: 10 GiB for a mid-size bucket. Source: monitoring.md section 4. */
export function compactorMemory(): Derivation {
  return derived({ id: 'monitoring/compactor-memory', value: 10, unit: 'GiB', formula: '10', source: 'TH:components/compact.md' });
}

/**
 * Disk of the compactor: two weeks of one stream twice, the sources and the result; at least 100 GiB.
 *
 * | samples/s of a stream | 35,000 | 93,000 |
 * | GiB                   | 160    | 420    |
 *
 * Source: monitoring.md section 4 [TH:components/compact.md]: worst case two times two weeks.
 */
export function compactorDisk(samples: Derivation): Derivation {
  const bytes = 2 * 14 * DAY * samples.value * BYTES_PER_SAMPLE;
  return derived({
    id: 'monitoring/compactor-disk',
    value: Math.max(100, 10 * Math.ceil(bytes / GIB / 10)),
    unit: 'GiB',
    formula: `max(100, 2 x 14 d x ${samples.value} samples/s x 2 B)`,
    source: 'TH:components/compact.md',
    confidence: Confidence.ESTIMATE,
    from: [samples],
  });
}

/** CPU of the Thanos components and exporters: what they are scheduled with; none has a limit. */
export const CPU_MILLICORES = {
  sidecar: 100,
  query: 500,
  store: 500,
  compactor: 1000,
  ruler: 200,
  kubeStateMetrics: 100,
  podMetrics: 10,
  nodeExporter: 100,
} as const;

/** Memory in MiB of processes that do not grow with the cluster. Source: node-exporter monitoring.md section 5 (100m/180Mi); others are proposals. */
export const MEMORY_MEBIBYTES = { sidecar: 512, ruler: 1024, nodeExporter: 180, podMetrics: 96, unscheduledPods: 512 } as const;

/** Replicas of what is stateless or deduplicated: one may be drained at a time. */
export const REPLICAS = 2;

/** Disk of a ruler: two days of a few hundred series. */
export const RULER_DISK_GIBIBYTES = 10;

/**
 * Memory of the kube-state-metrics for everything but pods: upstream's 250 MiB and 1 MiB per node for its objects.
 *
 * | nodes | 200 | 1,200 | 5,000 |
 * | MiB   | 450 | 1,450 | 5,250 |
 *
 * Pods are served node by node, since shards of kube-state-metrics divide the output only: each would decode all pods.
 * Source: monitoring.md section 5 [KSM:README.md]; growth is an estimate.
 */
export function kubeStateMetricsMemory(nodes: number): Derivation {
  return derived({
    id: 'monitoring/kube-state-metrics-memory', value: 250 + nodes, unit: 'MiB', formula: `250 + ${nodes} nodes x 1`, source: 'KSM:README.md', confidence: Confidence.ESTIMATE,
  });
}

/** Samples that one scrape may bring: three times the plan, at least 5,000. More is refused, so that one bad target cannot flood a shard. */
export function sampleLimit(seriesPerTarget: number): number {
  return Math.max(5000, 3 * Math.ceil(seriesPerTarget));
}

/** MiB of one response: 1 KiB for each allowed sample; at least 64, since what relabelling drops afterwards is in it, too. */
export function bodySizeLimit(seriesPerTarget: number): number {
  return Math.max(64, Math.ceil(sampleLimit(seriesPerTarget) * KIB / MIB));
}

/** Targets that one job may have: beyond it the whole job fails, so the limit is far above the final size. */
export function targetLimit(targets: number): number {
  return 2 * targets + 100;
}

/** Limits of labels per scrape: cgroup paths of containers are the longest values. */
export const LABEL_LIMITS = { labels: 64, nameLength: 256, valueLength: 2048, droppedTargetsKept: 100 } as const;

/** Series at which the fullest shard is over its plan: a tenth above it, while there is memory left to act. */
export function seriesBudget(perShard: Derivation): Derivation {
  return derived({
    id: 'monitoring/series-budget',
    value: Math.ceil(perShard.value * 1.1),
    unit: 'series',
    formula: `${perShard.value} x 1.1`,
    source: 'monitoring.md section 1',
    confidence: Confidence.ESTIMATE,
    from: [perShard],
  });
}

/**
 * Kubelets that must be seen: nine in ten of the machines that exist now. The Endpoints API once cut monitoring off at 1,000 without a word.
 *
 * | machines today | 203 | 805 | 1,205 |
 * | kubelets       | 182 | 724 | 1,084 |
 */
export function expectedKubelets(machinesToday: number): Derivation {
  return derived({
    id: 'monitoring/expected-kubelets',
    value: Math.floor(machinesToday * 0.9),
    unit: 'targets',
    formula: `floor(${machinesToday} machines today x 0.9)`,
    source: 'monitoring.md section 2',
    confidence: Confidence.ESTIMATE,
  });
}

/** Hours without an upload: two blocks are late. Half of the local retention at most, so that somebody can still act. */
export function uploadDelay(retention: Derivation): Derivation {
  return derived({
    id: 'monitoring/upload-delay',
    value: Math.min(4, retention.value / 2),
    unit: 'h',
    formula: `min(2 blocks of 2 h, ${retention.value} h / 2)`,
    source: 'TH:components/sidecar.md',
    confidence: Confidence.ESTIMATE,
    from: [retention],
  });
}
