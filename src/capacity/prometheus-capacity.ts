import { Confidence, derived, Derivation } from '../derivation/derivation';
import { BYTES_PER_SERIES } from './series-capacity';

const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const HOUR = 3600;

/**
 * Memory of one Prometheus: 4 KiB per series, whole GiB, at least 2 GiB (upstream's scale tests give 2 GiB without kubelets).
 *
 * | series | 400,000 | 1,063,900 | 2,783,250 |
 * | GiB    | 2       | 5         | 11        |
 *
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage; [CL2 pkg/prometheus/manifests] gives 20 GiB to one Prometheus for 1,000 nodes.
 */
export function prometheusMemory(perShard: Derivation): Derivation {
  const value = Math.max(2, Math.ceil(perShard.value * BYTES_PER_SERIES / GIB));
  return derived({
    id: 'monitoring/prometheus-memory',
    value,
    unit: 'GiB',
    formula: `max(2, ceil(${perShard.value} x 4 KiB))`,
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
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
 * Source: CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage [CL2 pkg/prometheus/manifests/prometheus-prometheus.yaml].
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
  return derived({ id: 'monitoring/scrape-interval', value: 30, unit: 's', formula: '30', source: 'proposal (MON-02)', confidence: Confidence.ESTIMATE });
}

/** A scrape may take most of its interval: a kubelet with 110 pods is slow to list its containers. */
export function scrapeTimeout(interval: Derivation): Derivation {
  return derived({
    id: 'monitoring/scrape-timeout',
    value: Math.floor(interval.value * 5 / 6),
    unit: 's',
    formula: `floor(${interval.value} x 5 / 6), never above the interval`,
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
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
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
    confidence: Confidence.ESTIMATE,
    from: [perShard, interval],
  });
}

/** What a Thanos sidecar needs at least: blocks of two hours that wait for an upload. */
export const MIN_LOCAL_RETENTION_HOURS = 6;

/** Hours that Prometheus keeps blocks: a day gives time to repair the bucket. Source: TH:components (>= 6 h, better 24 h). */
export function localRetention(): Derivation {
  return derived({ id: 'monitoring/local-retention', value: 24, unit: 'h', formula: '24', source: 'TH:components/sidecar.md', confidence: Confidence.ESTIMATE });
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
  return derived({ id: 'monitoring/startup-probes', value: 30 * 60 / PROBE_SECONDS, unit: 'probes', formula: `30 min / ${PROBE_SECONDS} s`, source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage', confidence: Confidence.ESTIMATE });
}

/** Seconds for a Prometheus to write its head before it is killed. */
export function prometheusGracePeriod(): Derivation {
  return derived({ id: 'monitoring/prometheus-grace-period', value: 600, unit: 's', formula: '600, as prometheus-operator', source: 'prometheus-operator/prometheus-operator pkg/prometheus', confidence: Confidence.UPSTREAM });
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
    source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
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
    source: 'PROM@v3.14.0:configuration/configuration',
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
