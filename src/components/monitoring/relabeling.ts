import { EXTERNAL_LABELS, PROMETHEUS, SHARD_TARGET_LABEL } from './monitoring-names';
import { Job } from './scrape-jobs';
import { JobSpread } from '../../capacity/series-capacity';
import { LABELS } from '../../cluster/labels';
import { POOL_LABEL } from '../../cluster/node-pool';
import { ScrapeDiscovery } from '../../contracts/contributions';
import { metaLabelName, regexLiteral } from '../../formats/promql';
import { safeEntries } from '../../input/text-safety';

/** One step of `relabel_configs` or `metric_relabel_configs`. */
export interface Relabel {
  readonly source_labels?: string[];
  readonly regex?: string;
  readonly modulus?: number;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: 'keep' | 'drop' | 'hashmod' | 'labeldrop' | 'keepequal';
}

/** Which part of the targets a Prometheus takes. */
export interface ShardOf {
  readonly shard: number;
  readonly shards: number;
}

const META = '__meta_kubernetes_';

/** Target label from a label of discovery; nothing when it is empty. */
function label(target: string, source: string): Relabel {
  return { source_labels: [`${META}${source}`], target_label: target };
}

function keep(source: string, regex: string): Relabel {
  return { source_labels: [`${META}${source}`], regex, action: 'keep' };
}

/** Only live pods, and no init containers: those of finished pods would stay targets for days. */
const LIVE_PODS: Relabel[] = [
  { source_labels: [`${META}pod_phase`], regex: 'Succeeded|Failed', action: 'drop' },
  { source_labels: [`${META}pod_container_init`], regex: 'true', action: 'drop' },
];

/** An allow-list, never `labelmap`: each further label of 1,200 nodes would make all of their series anew. */
const NODE_LABELS: Relabel[] = [
  label('node', 'node_name'),
  label('pool', `node_label_${metaLabelName(POOL_LABEL)}`),
  label('zone', `node_label_${metaLabelName(LABELS.zone)}`),
];

/** How the targets of a job are found, chosen and named. */
export function targetRelabeling(job: Job, of: ShardOf): Relabel[] {
  return [...shardRelabeling(job, of), ...discoveryRelabeling(job)];
}

// By node and not by address: everything of one node lands on one shard, so that rules may join its metrics.
const HASH_SOURCE: { [discovery in ScrapeDiscovery]: string } = {
  [ScrapeDiscovery.NODES]: `${META}node_name`,
  [ScrapeDiscovery.PODS]: `${META}pod_node_name`,
  [ScrapeDiscovery.SERVICE]: '__address__',
  [ScrapeDiscovery.CONTROL_PLANE]: '__address__',
  [ScrapeDiscovery.STATIC]: '__address__',
};

function shardRelabeling(job: Job, of: ShardOf): Relabel[] {
  return job.spread === JobSpread.SHARED ? hashRelabeling(HASH_SOURCE[job.discovery], of) : [];
}

function hashRelabeling(source: string, of: ShardOf): Relabel[] {
  if (of.shards === 1) { return []; }
  return [
    { source_labels: [source], modulus: of.shards, target_label: '__tmp_shard', action: 'hashmod' },
    { source_labels: ['__tmp_shard'], regex: String(of.shard), action: 'keep' },
  ];
}

function discoveryRelabeling(job: Job): Relabel[] {
  switch (job.discovery) {
    case ScrapeDiscovery.NODES:
      return [{ source_labels: ['__address__'], regex: '(.+):\\d+', target_label: '__address__', replacement: `$1:${job.port}` }, ...NODE_LABELS];
    case ScrapeDiscovery.PODS:
      return podRelabeling(job);
    case ScrapeDiscovery.SERVICE:
      return [
        keep('service_name', regexLiteral(job.serviceName!)),
        keep('endpointslice_port', String(job.port)),
        label('namespace', 'namespace'), label('service', 'service_name'), label('pod', 'pod_name'), label('node', 'pod_node_name'),
      ];
    default:
      return [];
  }
}

// Discovery offers a pod once per container port. All of them are sent to the job's port and carry the same labels, so that one target
// remains, whether or not the container declares the port.
function podRelabeling(job: Job): Relabel[] {
  const selected = safeEntries('podLabels', job.podLabels).flatMap(([key, value]) => keep(`pod_label_${metaLabelName(key)}`, regexLiteral(value)));
  const self = job.podLabels?.[LABELS.component] === PROMETHEUS.component ? [label(SHARD_TARGET_LABEL, `pod_label_${metaLabelName(LABELS.name)}`)] : [];
  const names = job.honorLabels ? [] : [label('namespace', 'namespace'), label('pod', 'pod_name'), label('node', 'pod_node_name')];
  return [
    ...LIVE_PODS,
    ...selected,
    { source_labels: [`${META}pod_ip`], regex: '([^:]+)', target_label: '__address__', replacement: `$1:${job.port}` },
    { source_labels: [`${META}pod_ip`], regex: '(.+:.+)', target_label: '__address__', replacement: `[$1]:${job.port}` },
    ...names,
    ...self,
  ];
}

/** Opt-in pods by annotation: one target per declared port that the annotation names. */
export function annotatedPodRelabeling(podLabels: string[], of: ShardOf): Relabel[] {
  const annotation = (name: string) => `${META}pod_annotation_prometheus_io_${name}`;
  return [
    ...hashRelabeling(HASH_SOURCE[ScrapeDiscovery.PODS], of),
    { source_labels: [annotation('scrape')], regex: 'true', action: 'keep' },
    ...LIVE_PODS,
    { source_labels: [annotation('port')], target_label: '__tmp_port' },
    { source_labels: [`${META}pod_container_port_number`], target_label: '__tmp_port', action: 'keepequal' },
    { source_labels: [annotation('path')], regex: '(.+)', target_label: '__metrics_path__' },
    label('namespace', 'namespace'), label('pod', 'pod_name'), label('container', 'pod_container_name'), label('node', 'pod_node_name'),
    ...podLabels.map(key => label(metaLabelName(key), `pod_label_${metaLabelName(key)}`)),
  ];
}

/** What is dropped after the scrape. */
export function metricRelabeling(job: Job): Relabel[] {
  const steps: Relabel[] = [];
  if (job.podSamplesOnly) { steps.push({ source_labels: ['__name__', 'pod'], regex: 'container_.*;', action: 'drop' }); }
  if (job.keepMetrics) { steps.push({ source_labels: ['__name__'], regex: job.keepMetrics.join('|'), action: 'keep' }); }
  if (job.dropMetrics.length > 0) { steps.push({ source_labels: ['__name__'], regex: job.dropMetrics.join('|'), action: 'drop' }); }
  return steps;
}

/** Labels that differ between Prometheus instances: without them both replicas send the same alert, and Alertmanager sees one. */
export const ALERT_RELABELING: Relabel[] = [{ regex: `${EXTERNAL_LABELS.replica}|${EXTERNAL_LABELS.shard}`, action: 'labeldrop' }];
