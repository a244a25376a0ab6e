import { Confidence, derived, Derivation } from '../derivation/derivation';

const KIB = 1024;
const MIB = 1024 ** 2;

/**
 * Series per unit of the cluster, before anything is measured. Feed `prometheus_tsdb_head_series` back as soon as the cluster runs.
 *
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage, series model (estimate, tunable).
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
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage.
 */
export function series(loads: JobLoad[]): Derivation {
  const whole = wholeSeries(loads);
  const shared = sum(loads, JobSpread.SHARED);
  return derived({
    id: 'monitoring/series',
    value: shared + whole.value,
    unit: 'series',
    formula: `${shared} of jobs that are spread over shards + ${whole.value} of jobs that are not`,
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage, series model',
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
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage, series model',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Memory of one active series, queries and the growth of the head between two blocks included. Third-party range 2.5 to 7.5 KiB; measured
 * 2.5 KiB on Prometheus 2.42 without queries.
 */
export const BYTES_PER_SERIES = 4 * KIB;

/**
 * Memory that one Prometheus should not exceed: replay of the log after a restart grows with it (minutes without alerts), and the pod must
 * fit beside others on a node.
 *
 * | largest machine | 16 GiB | 24 GiB and more |
 * | MiB             | 8,192  | 12,288          |
 *
 * Half of the largest machine at most; 12 GiB gives 2 shards at 1,200 nodes and 8 at 5,000 (TOP; ETCDW@v3.5 op-guide/hardware; CORDEP: 2-3 and 6+).
 */
export function memoryTarget(largestMachineMebibytes: number): Derivation {
  return derived({
    id: 'monitoring/memory-target',
    value: Math.min(12 * KIB, Math.floor(largestMachineMebibytes / 2)),
    unit: 'MiB',
    formula: `min(12288, ${largestMachineMebibytes} / 2 of the largest machine)`,
    source: 'TOP; ETCDW@v3.5 op-guide/hardware; CORDEP',
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
 * Without contributions of other components. The spread series divided by what a shard has room for after the series that are not spread. Shard first, replicate second.
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage and 2; TOP; ETCDW@v3.5 op-guide/hardware; CORDEP.
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
    source: 'PROM@v3.14.0:configuration/configuration; TOP; ETCDW@v3.5 op-guide/hardware; CORDEP',
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
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
    from: [all, whole, shardCount],
  });
}
