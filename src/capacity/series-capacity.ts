import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

const KIB = 1024;
const MODEL = 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage, series model';

/**
 * Series per unit of the cluster, before anything is measured. Feed `prometheus_tsdb_head_series` back as soon as the cluster runs.
 *
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage, series model (estimate, tunable).
 */
export const SERIES = {
  perNode: { nodeExporter: 1000, kubelet: 300 },
  /**
   * Percent of the series of a pod (`load/series-per-pod`, 100) by exporter: kube-state-metrics has the pod itself, and its share of replica
   * sets, jobs, claims, nodes.
   */
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
  readonly targets: Amount;
  readonly seriesPerTarget: Amount;
  readonly spread: JobSpread;
}

/** Series that an exporter has of one pod. */
export function seriesOfPod(exporter: keyof typeof SERIES.perPod, seriesPerPod: Amount): Derivation {
  return derived({
    id: `monitoring/series-of-pod/${kebab(exporter)}`,
    unit: 'series',
    words: 'percent of the series of a pod that this exporter has',
    expression: 'percent * seriesPerPod / 100',
    inputs: { percent: SERIES.perPod[exporter], seriesPerPod },
    source: MODEL,
    confidence: Confidence.ESTIMATE,
  });
}

/** Series of an exporter on one node: those of the pods that run there, on average. */
export function seriesOfNode(exporter: keyof typeof SERIES.perPod, ofPod: Amount, pods: Amount, nodes: Amount): Derivation {
  return derived({
    id: `monitoring/series-of-node/${kebab(exporter)}`,
    unit: 'series',
    words: 'series of a pod, for the pods of an average node',
    expression: 'ofPod * (pods / nodes)',
    inputs: { ofPod, pods, nodes },
    source: MODEL,
    confidence: Confidence.ESTIMATE,
  });
}

/** Series of an exporter that speaks for all pods, or for one pod of each machine. */
export function seriesOfAll(job: string, ofPod: Amount, count: Amount): Derivation {
  return derived({
    id: `monitoring/series-of-target/${job}`, unit: 'series', words: 'one target that speaks for all', expression: 'ofPod * count', inputs: { ofPod, count }, source: MODEL, confidence: Confidence.ESTIMATE,
  });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** Series of the jobs that are spread in one way. */
function sum(id: string, words: string, loads: JobLoad[], spread: JobSpread): Derivation {
  const jobs = loads.filter(load => load.spread === spread).map(load => derived({
    id: `monitoring/series-of-job/${load.job}`,
    unit: 'series',
    words: `series of job ${load.job}`,
    expression: 'targets * seriesPerTarget',
    inputs: { targets: load.targets, seriesPerTarget: load.seriesPerTarget },
    source: MODEL,
    confidence: Confidence.ESTIMATE,
  }));
  return derived({
    id,
    unit: 'series',
    words: `${words}: ${loads.filter(load => load.spread === spread).map(load => load.job).join(', ') || 'none'}`,
    expression: jobs.map((_, i) => `job${i + 1}`).join(' + ') || '0',
    inputs: Object.fromEntries(jobs.map((job, i) => [`job${i + 1}`, job])),
    source: MODEL,
    confidence: Confidence.ESTIMATE,
  });
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
  return derived({
    id: 'monitoring/series',
    unit: 'series',
    words: 'jobs that are spread over shards, and those that are not',
    expression: 'spread + whole',
    inputs: { spread: sum('monitoring/spread-series', 'jobs of which every shard takes a part', loads, JobSpread.SHARED), whole: wholeSeries(loads) },
    source: MODEL,
    confidence: Confidence.ESTIMATE,
  });
}

/** Series that the first shard carries beside its part of the spread jobs: control plane, objects, the monitoring itself. */
export function wholeSeries(loads: JobLoad[]): Derivation {
  return derived({
    id: 'monitoring/whole-series',
    unit: 'series',
    words: 'jobs of the first shard, at least what a control plane brings, and the monitoring itself',
    expression: 'max(controlPlane, firstShard) + everyShard',
    inputs: {
      controlPlane: SERIES.controlPlane,
      firstShard: sum('monitoring/first-shard-series', 'jobs of the first shard only', loads, JobSpread.FIRST),
      everyShard: sum('monitoring/every-shard-series', 'jobs of every shard', loads, JobSpread.EVERY),
    },
    source: MODEL,
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
export function memoryTarget(largestMachine: Amount): Derivation {
  return derived({
    id: 'monitoring/memory-target',
    unit: 'MiB',
    words: 'half of the largest machine, at most 12 GiB',
    expression: 'min(12 * 1024, floor(largestMachine / 2))',
    inputs: { largestMachine },
    source: 'TOP; ETCDW@v3.5 op-guide/hardware; CORDEP',
    confidence: Confidence.ESTIMATE,
  });
}

/** Series that fit into the memory target. */
export function seriesThatFit(target: Amount): Derivation {
  return derived({
    id: 'monitoring/series-that-fit',
    unit: 'series',
    words: 'memory target over the memory of a series',
    expression: 'floor(memoryTarget * 1048576 / bytesPerSeries)',
    inputs: { memoryTarget: target, bytesPerSeries: BYTES_PER_SERIES },
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
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
export function shards(all: Amount, whole: Amount, target: Amount): Derivation {
  return derived({
    id: 'monitoring/shards',
    unit: 'shards',
    words: 'spread series over the room that a shard has beside those that are not spread',
    // Without room the settings refuse the target; 1 keeps the arithmetic finite until all problems are collected.
    expression: 'fit <= whole ? 1 : max(1, ceil((series - whole) / (fit - whole)))',
    inputs: { series: all, whole, fit: seriesThatFit(target) },
    source: 'PROM@v3.14.0:configuration/configuration; TOP; ETCDW@v3.5 op-guide/hardware; CORDEP',
    confidence: Confidence.ESTIMATE,
  });
}

/** Series of the fullest shard, the first one. */
export function seriesPerShard(all: Amount, whole: Amount, shardCount: Amount): Derivation {
  return derived({
    id: 'monitoring/series-per-shard',
    unit: 'series',
    words: 'a part of the spread series, and all that are not spread',
    expression: 'ceil((series - whole) / shards) + whole',
    inputs: { series: all, whole, shards: shardCount },
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
}
