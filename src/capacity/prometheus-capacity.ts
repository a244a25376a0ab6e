import { BYTES_PER_SERIES } from './series-capacity';
import { Amount, Confidence, derived, Derivation, named } from '../derivation/derivation';

const KIB = 1024;
const MIB = 1024 ** 2;

/**
 * Memory of one Prometheus: 4 KiB per series, whole GiB, at least 2 GiB (upstream's scale tests give 2 GiB without kubelets).
 *
 * | series | 400,000 | 1,063,900 | 2,783,250 |
 * | GiB    | 2       | 5         | 11        |
 *
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage; [CL2 pkg/prometheus/manifests] gives 20 GiB to one Prometheus for 1,000 nodes.
 */
export function prometheusMemory(perShard: Amount): Derivation {
  return derived({
    id: 'monitoring/prometheus-memory',
    unit: 'GiB',
    words: 'memory of the series of the fullest shard, whole GiB, at least 2',
    expression: 'max(2, ceil(series * bytesPerSeries / 1073741824))',
    inputs: { series: perShard, bytesPerSeries: BYTES_PER_SERIES },
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * CPU of one Prometheus, as for a single one of upstream's scale tests: queries are not divided by shards.
 *
 * | nodes      | 200 | 1,200 | 5,000 |
 * | millicores | 200 | 700   | 2,700 |
 *
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage [CL2 pkg/prometheus/manifests/prometheus-prometheus.yaml].
 */
export function prometheusCpu(nodes: Amount): Derivation {
  return derived({
    id: 'monitoring/prometheus-cpu',
    unit: 'millicores',
    words: 'base, and half a core for each full thousand nodes',
    expression: '200 + 500 * floor(nodes / 1000)',
    inputs: { nodes },
    source: 'CL2 pkg/prometheus/manifests/prometheus-prometheus.yaml',
  });
}

/** Seconds between two scrapes: a common choice for the control plane; the default of Prometheus is 60. */
export function scrapeInterval(): Derivation {
  return derived({ id: 'monitoring/scrape-interval', unit: 's', words: 'a common choice for the control plane', expression: '30', source: 'proposal (MON-02)', confidence: Confidence.ESTIMATE });
}

/** A scrape may take most of its interval: a kubelet with 110 pods is slow to list its containers. */
export function scrapeTimeout(interval: Amount): Derivation {
  return derived({
    id: 'monitoring/scrape-timeout',
    unit: 's',
    words: 'five sixths of the interval',
    expression: 'floor(interval * 5 / 6)',
    inputs: { interval },
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
}

/** Samples per second of the fullest Prometheus. */
export function samplesPerSecond(perShard: Amount, interval: Amount): Derivation {
  return derived({
    id: 'monitoring/samples-per-second',
    unit: 'samples/s',
    words: 'series of the fullest shard over the interval',
    expression: 'ceil(series / interval)',
    inputs: { series: perShard, interval },
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
}

/** Samples per second of one copy of the whole cluster, as sum over the shards. */
export function samplesOfCluster(all: Amount, interval: Amount): Derivation {
  return { ...named('monitoring/samples-per-second-cluster', samplesPerSecond(all, interval)), words: 'series of the cluster over the interval' };
}

/** What a Thanos sidecar needs at least: blocks of two hours that wait for an upload. */
export const MIN_LOCAL_RETENTION_HOURS = 6;

/** Hours that Prometheus keeps blocks: a day gives time to repair the bucket. Source: TH:components (>= 6 h, better 24 h). */
export function localRetention(): Derivation {
  return derived({ id: 'monitoring/local-retention', unit: 'h', words: 'a day to repair the bucket', expression: '24', source: 'TH:components/sidecar.md', confidence: Confidence.ESTIMATE });
}

/** Bytes of a sample in a block: 1 to 2 upstream, 2 for the size of disks. */
export const BYTES_PER_SAMPLE = 2;

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
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage [PROM@v3.14.0:storage], [CL2].
 */
export function prometheusDisk(nodes: Amount, samples: Amount, retention: Amount): Derivation {
  return derived({
    id: 'monitoring/prometheus-disk',
    unit: 'GiB',
    words: 'blocks of the retention, head and log, a quarter free, whole 10 GiB; never below the size of the scale tests',
    expression: 'max(10 * (1 + floor(nodes / 1000)), 10 * ceil(samples * (retention + headHours) * 3600 * bytesPerSample * 1.25 / 1073741824 / 10))',
    inputs: { nodes, samples, retention, headHours: HEAD_HOURS, bytesPerSample: BYTES_PER_SAMPLE },
    source: 'PROM@v3.14.0:storage; CL2',
    confidence: Confidence.ESTIMATE,
  });
}

/** Size at which Prometheus deletes its oldest block before the disk is full. */
export function prometheusRetentionSize(disk: Amount): Derivation {
  return derived({
    id: 'monitoring/prometheus-retention-size',
    unit: 'MiB',
    words: 'four fifths of the disk',
    expression: 'floor(disk * 1024 * 8 / 10)',
    inputs: { disk },
    source: 'PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
}

/** Seconds between probes, the default of Kubernetes. */
export const PROBE_SECONDS = 10;

/** Probes until a Prometheus that replays its log counts as hung: half an hour. */
export function startupProbes(): Derivation {
  return derived({
    id: 'monitoring/startup-probes',
    unit: 'probes',
    words: 'half an hour of probes',
    expression: '30 * 60 / probeSeconds',
    inputs: { probeSeconds: PROBE_SECONDS },
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
}

/** Seconds for a Prometheus to write its head before it is killed. */
export function prometheusGracePeriod(): Derivation {
  return derived({ id: 'monitoring/prometheus-grace-period', unit: 's', words: 'as prometheus-operator gives', expression: '600', source: 'prometheus-operator/prometheus-operator pkg/prometheus', confidence: Confidence.UPSTREAM });
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
export function seriesBudget(perShard: Amount): Derivation {
  return derived({
    id: 'monitoring/series-budget',
    unit: 'series',
    words: 'a tenth above the plan',
    expression: 'ceil(11 * series / 10)',
    inputs: { series: perShard },
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Kubelets that must be seen: nine in ten of the machines that exist now. The Endpoints API once cut monitoring off at 1,000 without a word.
 *
 * | machines today | 203 | 805 | 1,205 |
 * | kubelets       | 182 | 724 | 1,084 |
 */
export function expectedKubelets(machinesToday: Amount): Derivation {
  return derived({
    id: 'monitoring/expected-kubelets',
    unit: 'targets',
    words: 'nine of ten machines that exist now',
    expression: 'floor(9 * machinesToday / 10)',
    inputs: { machinesToday },
    source: 'PROM@v3.14.0:configuration/configuration',
    confidence: Confidence.ESTIMATE,
  });
}

/** Hours without an upload: two blocks are late. Half of the local retention at most, so that somebody can still act. */
export function uploadDelay(retention: Amount): Derivation {
  return derived({
    id: 'monitoring/upload-delay',
    unit: 'h',
    words: 'two blocks of two hours, half of the local retention at most',
    expression: 'min(2 * blockHours, retention / 2)',
    inputs: { blockHours: 2, retention },
    source: 'TH:components/sidecar.md',
    confidence: Confidence.ESTIMATE,
  });
}
