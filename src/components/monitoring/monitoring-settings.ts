import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import { contributionProblems } from './contribution-checks';
import { ObjectStorage } from './object-storage';
import { expressionsOf, Job, jobLoads, reservedJobs, scrapeJobs } from './scrape-jobs';
import * as workload from '../../capacity/monitoring-workload-capacity';
import { nodeAgentMaxUnavailable } from '../../capacity/node-agent-rollout';
import { largestMachineMemory } from '../../capacity/pool-amounts';
import * as prometheus from '../../capacity/prometheus-capacity';
import * as seriesModel from '../../capacity/series-capacity';
import * as thanos from '../../capacity/thanos-capacity';
import { apiRequestLatencyMetric } from '../../catalogue/metric-names';
import { ENDPOINT_SLICE_V1BETA1, OLDEST_PROMETHEUS, PROMETHEUS_FEATURES } from '../../catalogue/prometheus-features';
import { compareVersions, inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { AlertGroup, RecordingRule, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { Derivation, given, stated } from '../../derivation/derivation';
import { numberProblem, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsNameProblem, labelProblem, quoted } from '../../input/text-safety';

export interface MonitoringInput {
  readonly objectStorage: ObjectStorage;
  readonly scrapeTargets?: ScrapeTarget[];
  readonly alertGroups?: AlertGroup[];
  readonly recordingRules?: RecordingRule[];
  readonly prometheusVersion?: string;
  readonly shards?: number;
  readonly prometheusMemoryTarget?: Size;
  readonly scrapeInterval?: Duration;
  readonly localRetention?: Duration;
  readonly rawRetention?: Duration;
  readonly fiveMinuteRetention?: Duration;
  readonly oneHourRetention?: Duration;
  readonly storageClassName?: string;
  readonly etcdClientSecret?: string;
  readonly verifyKubeletCertificates?: boolean;
  readonly alertmanagers?: string[];
  readonly scrapeAnnotatedPods?: boolean;
  readonly namespacePolicies?: boolean;
  readonly podLabels?: string[];
}

/** Everything the documents of the monitoring are written from. */
export interface MonitoringSettings {
  readonly cluster: ClusterFacts;
  readonly prometheusVersion: string;
  readonly objectStorage: ObjectStorage;
  readonly storageClassName?: string;
  readonly etcdClientSecret: string;
  readonly verifyKubeletCertificates: boolean;
  readonly alertmanagers: string[];
  readonly scrapeAnnotatedPods: boolean;
  /** Whether it closes its namespace itself. */
  readonly namespacePolicies: boolean;
  readonly podLabels: string[];
  readonly alertGroups: AlertGroup[];
  readonly recordingRules: RecordingRule[];
  readonly jobs: Job[];
  /** Jobs in the configuration of one shard. */
  readonly jobsOf: (shard: number) => Job[];
  /** Rulers: only with several shards, since no single shard then sees what contributed rules count. */
  readonly rulers: number;
  readonly machinesToday: number;
  readonly shards: Derivation;
  readonly seriesPerShard: Derivation;
  readonly prometheusMemory: Derivation;
  readonly prometheusCpu: Derivation;
  readonly prometheusDisk: Derivation;
  readonly prometheusRetentionSize: Derivation;
  readonly scrapeInterval: Derivation;
  readonly scrapeTimeout: Derivation;
  readonly localRetention: Derivation;
  readonly startupProbes: Derivation;
  readonly gracePeriod: Derivation;
  readonly bucketRetention: thanos.RetentionDays;
  readonly store: { readonly chunkPool: Derivation; readonly indexCache: Derivation; readonly memory: Derivation; readonly disk: Derivation };
  readonly queryMemory: Derivation;
  readonly compactorMemory: Derivation;
  readonly compactorDisk: Derivation;
  readonly kubeStateMetricsMemory: Derivation;
  readonly agentMaxUnavailable: Derivation;
  readonly expectedKubelets: Derivation;
  readonly seriesBudget: Derivation;
  readonly uploadDelay: Derivation;
  readonly derivations: Derivation[];
}

export function monitoringSettings(cluster: ClusterFacts, input: MonitoringInput): MonitoringSettings {
  const problems = new Problems('ThanosMonitoring');
  const prometheusVersion = input.prometheusVersion ?? cluster.versions.prometheus;
  const targets = input.scrapeTargets ?? [];
  const alertGroups = input.alertGroups ?? [];
  const recordingRules = input.recordingRules ?? [];
  checkPlain(input, problems);
  contributionProblems(problems, { targets, alertGroups, recordingRules, reserved: reservedJobs(cluster) });
  checkVersion(cluster, prometheusVersion, input, targets, problems);
  // A job that is not understood has no size either: say what is wrong before anything is computed from it.
  problems.throwIfAny();

  const hasRules = alertGroups.some(group => group.alerts.length > 0) || recordingRules.length > 0;
  const read = [...expressionsOf(alertGroups, recordingRules), `${apiRequestLatencyMetric(cluster.release.version)}_bucket`];
  const jobs = scrapeJobs(cluster, targets, hasRules, read);
  const sizes = sizing(cluster, input, jobs, hasRules, problems);
  problems.throwIfAny();
  return {
    cluster,
    prometheusVersion,
    objectStorage: input.objectStorage,
    storageClassName: input.storageClassName,
    etcdClientSecret: input.etcdClientSecret ?? 'etcd-client',
    verifyKubeletCertificates: input.verifyKubeletCertificates ?? true,
    alertmanagers: [...(input.alertmanagers ?? [])].sort(),
    scrapeAnnotatedPods: input.scrapeAnnotatedPods ?? false,
    namespacePolicies: input.namespacePolicies ?? true,
    podLabels: [...new Set(input.podLabels ?? ['app.kubernetes.io/name'])].sort(),
    alertGroups,
    recordingRules,
    ...sizes,
  };
}

type Sizes = Omit<MonitoringSettings, 'cluster' | 'prometheusVersion' | 'objectStorage' | 'storageClassName' | 'etcdClientSecret' | 'verifyKubeletCertificates'
| 'alertmanagers' | 'scrapeAnnotatedPods' | 'namespacePolicies' | 'podLabels' | 'alertGroups' | 'recordingRules'>;

function sizing(cluster: ClusterFacts, input: MonitoringInput, jobs: Job[], hasRules: boolean, problems: Problems): Sizes {
  const { nodes, machines } = cluster.fleet;
  const machinesToday = cluster.nodesToday + cluster.controlPlaneMembers.length;
  const loads = jobLoads(jobs);
  const all = seriesModel.series(loads);
  const whole = seriesModel.wholeSeries(loads);
  const largestMachine = largestMachineMemory(cluster.pools);
  const { value: largest } = largestMachine;
  const target = given(mebibytes(input.prometheusMemoryTarget), seriesModel.memoryTarget(largestMachine));
  problems.require(target.value <= largest, `prometheusMemoryTarget ${target.value} MiB fits on no machine, the largest has ${largest} MiB; lower it, more shards follow`);
  const fit = seriesModel.seriesThatFit(target);
  problems.require(fit.value > whole.value,
    `prometheusMemoryTarget ${target.value} MiB holds ${fit.value} series, the control plane alone has ${whole.value}; raise it`);
  const shards = given(input.shards, seriesModel.shards(all, whole, target));
  const rulers = hasRules && shards.value > 1 ? workload.REPLICAS : 0;
  const perShard = seriesModel.seriesPerShard(all, whole, shards);
  const memory = prometheus.prometheusMemory(perShard);
  problems.require(memory.value * 1024 <= largest || input.shards === undefined,
    `shards ${input.shards} would need ${memory.value} GiB for each Prometheus, the largest machine has ${Math.floor(largest / 1024)} GiB; use more shards`);
  const interval = given(input.scrapeInterval?.toSeconds({ integral: false }), prometheus.scrapeInterval());
  const timeout = prometheus.scrapeTimeout(interval);
  const samples = prometheus.samplesPerSecond(perShard, interval);
  const localRetention = given(input.localRetention?.toHours({ integral: false }), prometheus.localRetention());
  const disk = prometheus.prometheusDisk(nodes, samples, localRetention);
  const days = (value: Duration | undefined, derivation: Derivation) => given(value?.toDays({ integral: false }), derivation);
  const keep = thanos.bucketRetention();
  const bucketRetention = {
    raw: days(input.rawRetention, keep.raw),
    fiveMinutes: days(input.fiveMinuteRetention, keep.fiveMinutes),
    oneHour: days(input.oneHourRetention, keep.oneHour),
  };
  const streams = thanos.blockStreams(shards, workload.REPLICAS, rulers);
  const store = { ...thanos.storeMemory(), disk: thanos.storeDisk(streams, bucketRetention) };
  const named = {
    shards,
    seriesPerShard: perShard,
    prometheusMemory: memory,
    prometheusCpu: prometheus.prometheusCpu(nodes),
    prometheusDisk: disk,
    prometheusRetentionSize: prometheus.prometheusRetentionSize(disk),
    scrapeInterval: interval,
    scrapeTimeout: timeout,
    localRetention,
    startupProbes: prometheus.startupProbes(),
    gracePeriod: prometheus.prometheusGracePeriod(),
    queryMemory: thanos.queryMemory(all),
    compactorMemory: thanos.compactorMemory(),
    compactorDisk: thanos.compactorDisk(samples),
    kubeStateMetricsMemory: workload.kubeStateMetricsMemory(nodes),
    agentMaxUnavailable: nodeAgentMaxUnavailable('monitoring/agent-max-unavailable', machines),
    expectedKubelets: prometheus.expectedKubelets(stated('fleet/machines-today', machinesToday, 'machines', 'nodes that exist now, and the control plane')),
    seriesBudget: prometheus.seriesBudget(perShard),
    uploadDelay: prometheus.uploadDelay(localRetention),
  };
  return {
    ...named,
    jobs: jobs.filter(job => rulers > 0 || job.job !== 'thanos-ruler'),
    jobsOf: shard => jobs.filter(job => (shard === 0 || job.spread !== seriesModel.JobSpread.FIRST) && (rulers > 0 || job.job !== 'thanos-ruler')),
    rulers,
    machinesToday,
    bucketRetention,
    store,
    derivations: [
      all, whole, ...all.from.filter(from => from.id !== whole.id), ...whole.from, fit, target, samples, prometheus.samplesOfCluster(all, interval),
      streams, thanos.compactorHours(streams, samples), ...Object.values(named), bucketRetention.raw, bucketRetention.fiveMinutes, bucketRetention.oneHour,
      store.chunkPool, store.indexCache, store.memory, store.disk,
    ],
  };
}

function mebibytes(size?: Size): number | undefined {
  return size?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

const PROMETHEUS_VERSION = /^\d+\.\d+\.\d+$/;
const HOST_PORT = /^([a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/;

function checkPlain(input: MonitoringInput, problems: Problems): void {
  const seconds = (value?: Duration) => value && value.toMilliseconds() / 1000;
  const optional = <T>(value: T | undefined, check: (value: T) => string | undefined) => problems.add(value === undefined ? undefined : check(value));
  problems.require(input.objectStorage instanceof ObjectStorage, "objectStorage must say where blocks go, for example ObjectStorage.secret({ name: 'thanos-objstore' }); blocks leave Prometheus after a day");
  optional(input.shards, value => wholeNumberProblem('shards', value, { min: 1, max: 64, why: 'Prometheus instances that share the targets' }));
  optional(input.prometheusMemoryTarget, value => numberProblem('prometheusMemoryTarget in MiB', mebibytes(value), { min: 2048, max: 262_144, why: 'memory of one Prometheus' }));
  optional(seconds(input.scrapeInterval), value => wholeNumberProblem('scrapeInterval in seconds', value, { min: 5, max: 120, why: 'samples older than 5 minutes count as gone, and one may be lost' }));
  optional(seconds(input.localRetention), value => wholeNumberProblem('localRetention in hours', value / 3600, { min: prometheus.MIN_LOCAL_RETENTION_HOURS, max: 720, why: 'the sidecar needs 6 hours to upload blocks of two hours' }));
  const days = (field: string, value: Duration | undefined, min: number, why: string) =>
    optional(seconds(value), length => wholeNumberProblem(`${field} in days`, length / 86_400, { min, max: 36_500, why }));
  days('rawRetention', input.rawRetention, thanos.MIN_RETENTION_DAYS.raw, 'five-minute data are made of raw data that are 40 hours old');
  days('fiveMinuteRetention', input.fiveMinuteRetention, thanos.MIN_RETENTION_DAYS.fiveMinutes, 'one-hour data are made of five-minute data that are 10 days old');
  days('oneHourRetention', input.oneHourRetention, 1, 'longest history');
  optional(input.storageClassName, value => dnsNameProblem('storageClassName', value));
  optional(input.etcdClientSecret, value => dnsNameProblem('etcdClientSecret', value));
  for (const address of input.alertmanagers ?? []) {
    problems.require(typeof address === 'string' && HOST_PORT.test(address), `alertmanagers must be host:port without scheme or path, got ${quoted(address)}`);
  }
  for (const key of input.podLabels ?? []) { problems.add(labelProblem('podLabels', key, '')); }
}

function checkVersion(cluster: ClusterFacts, version: string, input: MonitoringInput, targets: ScrapeTarget[], problems: Problems): void {
  if (!PROMETHEUS_VERSION.test(version) || compareVersions(version, OLDEST_PROMETHEUS) < 0) {
    problems.add(`prometheusVersion must be ${OLDEST_PROMETHEUS} or newer, as major.minor.patch, got ${quoted(version)}`);
    return;
  }
  const slices = targets.filter(target => target.discovery === ScrapeDiscovery.SERVICE).map(target => `'${target.job}'`);
  problems.require(slices.length === 0 || inRange(version, PROMETHEUS_FEATURES.endpointSliceV1) || inRange(cluster.release.version, ENDPOINT_SLICE_V1BETA1),
    `prometheusVersion ${version} cannot read EndpointSlices of Kubernetes ${cluster.release}, which job ${slices.join(', ')} needs; use ${PROMETHEUS_FEATURES.endpointSliceV1.added} or newer`);
  problems.require(!input.scrapeAnnotatedPods || inRange(version, PROMETHEUS_FEATURES.keepEqual),
    `scrapeAnnotatedPods needs Prometheus ${PROMETHEUS_FEATURES.keepEqual.added} (relabel action keepequal), prometheusVersion is ${version}; use a newer one or pass scrapeTargets`);
}
