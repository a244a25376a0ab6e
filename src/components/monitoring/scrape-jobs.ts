import { EXPORTERS, PROMETHEUS, THANOS, THANOS_PORTS } from './monitoring-names';
import { JobLoad, JobSpread, SERIES, seriesOfAll, seriesOfNode, seriesOfPod, TARGETS_OF_UNKNOWN_JOB } from '../../capacity/series-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { AlertGroup, RecordingRule, ScrapeAuth, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { Amount, valueOf } from '../../derivation/derivation';
import { promqlNames } from '../../formats/promql';

/** One job with everything its section of the configuration needs. */
export interface Job extends ScrapeTarget {
  readonly path: string;
  readonly auth: ScrapeAuth;
  readonly dropMetrics: string[];
  readonly spread: JobSpread;
  readonly targets: number;
  /** The target's own labels win (exporters that speak about other objects). @default false */
  readonly honorLabels?: boolean;
  /** Only metrics that match one of these are kept. @default - all that are not dropped */
  readonly keepMetrics?: string[];
  /** Drop samples of system slices, which belong to no pod. @default false */
  readonly podSamplesOnly?: boolean;
  /** Where the number of targets comes from. @default - targets */
  readonly targetsFrom?: Amount;
  /** Where the series of a target come from. @default - seriesPerTarget */
  readonly seriesFrom?: Amount;
  /** Series of the fullest target; its limits must let a node with all of its pods through. @default - seriesPerTarget */
  readonly seriesAtMost?: number;
}

/** Job of pods that ask to be scraped by annotation. */
export const ANNOTATED_PODS = 'annotated-pods';

/** Jobs that a contributed job of the same name replaces: whoever runs the component knows its size better. */
const REPLACEABLE = ['kube-apiserver'];

/** Names that no contribution may take. */
export function reservedJobs(cluster: ClusterFacts): string[] {
  return [...ownJobs(cluster, true).map(job => job.job), ANNOTATED_PODS].filter(name => !REPLACEABLE.includes(name));
}

/** All jobs: the monitoring's own and the contributed ones, without drops that would blind a rule. */
export function scrapeJobs(cluster: ClusterFacts, contributed: ScrapeTarget[], rulers: boolean, expressions: string[]): Job[] {
  const taken = new Set(contributed.map(target => target.job));
  const jobs = [...ownJobs(cluster, rulers).filter(job => !taken.has(job.job)), ...contributed.map(target => contributedJob(cluster, target))];
  const read = [...new Set(expressions.flatMap(promqlNames))];
  return jobs.map(job => seenByRules(job, read)).sort((a, b) => (a.job < b.job ? -1 : 1));
}

/** What the jobs bring, for the series model. */
export function jobLoads(jobs: Job[]): JobLoad[] {
  return jobs.map(({ job, targets, targetsFrom = targets, seriesPerTarget, seriesFrom = seriesPerTarget, spread }) => (
    { job, targets: targetsFrom, seriesPerTarget: seriesFrom, spread }));
}

/** Expressions of contributed rules. */
export function expressionsOf(groups: AlertGroup[], recording: RecordingRule[]): string[] {
  return [...groups.flatMap(group => group.alerts.map(alert => alert.expression)), ...recording.map(rule => rule.expression)];
}

// A metric that a rule reads stays, whatever the drop list says: an alert on a dropped metric never fires and nobody notices.
function seenByRules(job: Job, read: string[]): Job {
  const spared = job.dropMetrics.filter(pattern => !read.some(name => new RegExp(`^(?:${pattern})$`).test(name)));
  const extraKept = job.keepMetrics && read.filter(name => name.startsWith('container_') && !job.keepMetrics!.includes(name));
  return { ...job, dropMetrics: spared, keepMetrics: job.keepMetrics && [...job.keepMetrics, ...extraKept!] };
}

function contributedJob(cluster: ClusterFacts, target: ScrapeTarget): Job {
  const whole = target.discovery === ScrapeDiscovery.CONTROL_PLANE || target.discovery === ScrapeDiscovery.STATIC;
  return {
    ...target,
    path: target.path ?? '/metrics',
    auth: target.auth ?? ScrapeAuth.NONE,
    dropMetrics: target.dropMetrics ?? [],
    spread: whole ? JobSpread.FIRST : JobSpread.SHARED,
    ...targetCount(targetsOf(cluster, target)),
  };
}

function targetCount(amount: Amount): { targets: number; targetsFrom: Amount } {
  return { targets: valueOf(amount), targetsFrom: amount };
}

function seriesOf(amount: Amount): { seriesPerTarget: number; seriesFrom: Amount } {
  return { seriesPerTarget: valueOf(amount), seriesFrom: amount };
}

function targetsOf(cluster: ClusterFacts, target: ScrapeTarget): Amount {
  switch (target.discovery) {
    case ScrapeDiscovery.NODES: return cluster.fleet.machines;
    case ScrapeDiscovery.CONTROL_PLANE: return cluster.fleet.controlPlaneMachines;
    case ScrapeDiscovery.STATIC: return target.addresses?.length ?? 0;
    default: return target.expectedTargets ?? TARGETS_OF_UNKNOWN_JOB;
  }
}

// Histograms and counters that no rule or dashboard reads and that make up most of the series of their component.
const DEAR = {
  apiServer: [
    'apiserver_request_duration_seconds_bucket', 'apiserver_request_body_size_bytes_bucket', 'apiserver_response_sizes_bucket', 'apiserver_watch_events_sizes_bucket',
    'apiserver_flowcontrol_priority_level_(request|seat)_utilization_bucket', 'etcd_request_duration_seconds_bucket', 'workqueue_.*_bucket', 'rest_client_.*_bucket',
  ],
  kubelet: [
    'kubelet_(runtime|cgroup_manager|http)_.*_bucket', 'storage_operation_duration_seconds_bucket', 'rest_client_.*_bucket', 'workqueue_.*_bucket', 'csi_operations_seconds_bucket',
  ],
};

/** About 30 of cAdvisor's 100 metrics: what the plan of 60 series per pod pays for. */
const CADVISOR_KEEP = [
  'container_cpu_(usage_seconds_total|cfs_periods_total|cfs_throttled_periods_total|cfs_throttled_seconds_total)',
  'container_memory_(working_set_bytes|rss|cache|usage_bytes)', 'container_oom_events_total',
  'container_network_(receive|transmit)_(bytes|packets|packets_dropped|errors)_total',
  'container_fs_(usage_bytes|reads_bytes_total|writes_bytes_total|reads_total|writes_total)',
  'container_(processes|start_time_seconds|last_seen)', 'container_spec_(cpu_quota|cpu_period|memory_limit_bytes)', 'machine_.*',
];

function ownJobs(cluster: ClusterFacts, rulers: boolean): Job[] {
  const { pods, nodes, machines, controlPlaneMachines, largestMaxPods, seriesPerPod } = cluster.fleet;
  const plain = { path: '/metrics', auth: ScrapeAuth.NONE, dropMetrics: [], spread: JobSpread.SHARED };
  const node = { ...plain, discovery: ScrapeDiscovery.NODES, ...targetCount(machines) };
  const kubelet = { ...node, port: HOST_PORTS.kubelet, auth: ScrapeAuth.SERVICE_ACCOUNT };
  const pod = { ...plain, discovery: ScrapeDiscovery.PODS, namespace: NAMESPACES.monitoring };
  const single = { targets: 1, spread: JobSpread.FIRST };
  const ofPod = (exporter: keyof typeof SERIES.perPod) => seriesOfPod(exporter, seriesPerPod);
  const perPod = (exporter: keyof typeof SERIES.perPod) => ({
    ...seriesOf(seriesOfNode(exporter, ofPod(exporter), pods, nodes)), seriesAtMost: ofPod(exporter).value * largestMaxPods.value,
  });
  const stateMetrics = (name: string) => ({ ...pod, job: name, port: EXPORTERS.kubeStateMetrics.port, honorLabels: true, podLabels: { [LABELS.name]: name } });
  const self = { ...pod, spread: JobSpread.EVERY, seriesPerTarget: SERIES.self.thanos, targets: TARGETS_OF_UNKNOWN_JOB };
  const thanos = (name: string) => ({ ...self, job: name, port: THANOS_PORTS.http, podLabels: { [LABELS.name]: name } });
  return [
    { ...node, job: EXPORTERS.nodeExporter, port: HOST_PORTS.nodeExporter, seriesPerTarget: SERIES.perNode.nodeExporter },
    { ...kubelet, job: 'kubelet', seriesPerTarget: SERIES.perNode.kubelet, dropMetrics: DEAR.kubelet },
    { ...kubelet, ...perPod('cadvisor'), job: 'cadvisor', path: '/metrics/cadvisor', keepMetrics: CADVISOR_KEEP, podSamplesOnly: true },
    {
      ...plain,
      job: 'kube-apiserver',
      discovery: ScrapeDiscovery.CONTROL_PLANE,
      port: HOST_PORTS.apiServer,
      auth: ScrapeAuth.SERVICE_ACCOUNT,
      spread: JobSpread.FIRST,
      ...targetCount(controlPlaneMachines),
      seriesPerTarget: SERIES.apiServer,
      dropMetrics: DEAR.apiServer,
    },
    { ...stateMetrics(EXPORTERS.podMetrics), ...perPod('podMetrics'), ...targetCount(machines) },
    // One target that speaks for all objects of the cluster.
    { ...stateMetrics(EXPORTERS.kubeStateMetrics.name), ...single, ...seriesOf(seriesOfAll(EXPORTERS.kubeStateMetrics.name, ofPod('objectMetrics'), pods)) },
    // Room for one pending pod per machine.
    { ...stateMetrics(EXPORTERS.unscheduledPodMetrics), ...single, ...seriesOf(seriesOfAll(EXPORTERS.unscheduledPodMetrics, ofPod('podMetrics'), machines)) },
    { ...self, job: 'prometheus', seriesPerTarget: SERIES.self.prometheus, port: PROMETHEUS.port, podLabels: { [LABELS.component]: PROMETHEUS.component } },
    { ...self, job: THANOS.sidecar, port: THANOS_PORTS.http, podLabels: { [LABELS.component]: PROMETHEUS.component } },
    thanos(THANOS.query),
    thanos(THANOS.store),
    thanos(THANOS.compactor),
    ...(rulers ? [thanos(THANOS.ruler)] : []),
  ];
}
