import { EXTERNAL_LABELS, PATHS } from './monitoring-names';
import { MonitoringSettings } from './monitoring-settings';
import { ALERT_RELABELING, annotatedPodRelabeling, metricRelabeling, Relabel, ShardOf, targetRelabeling } from './relabeling';
import { ANNOTATED_PODS, Job } from './scrape-jobs';
import { bodySizeLimit, LABEL_LIMITS, sampleLimit, targetLimit } from '../../capacity/prometheus-capacity';
import { SERIES } from '../../capacity/series-capacity';
import { PROMETHEUS_FEATURES } from '../../catalogue/prometheus-features';
import { inRange } from '../../catalogue/version-range';
import { HOST_PORTS } from '../../cluster/ports';
import { ScrapeAuth, ScrapeDiscovery } from '../../contracts/contributions';
import { promDuration } from '../../formats/promql';
import { yamlDocuments } from '../../formats/yaml-document';

interface TlsConfig {
  readonly ca_file?: string;
  readonly cert_file?: string;
  readonly key_file?: string;
  readonly insecure_skip_verify?: boolean;
}

interface StaticConfig {
  readonly targets: string[];
  readonly labels?: { readonly [name: string]: string };
}

interface KubernetesDiscovery {
  readonly role: 'node' | 'pod' | 'endpointslice';
  readonly namespaces?: { readonly names: string[] };
}

/** One section of `scrape_configs`. */
export interface ScrapeConfig {
  readonly job_name: string;
  readonly metrics_path?: string;
  readonly scheme?: 'https';
  readonly honor_labels?: boolean;
  readonly authorization?: { readonly credentials_file: string };
  readonly tls_config?: TlsConfig;
  readonly kubernetes_sd_configs?: KubernetesDiscovery[];
  readonly static_configs?: StaticConfig[];
  readonly relabel_configs?: Relabel[];
  readonly metric_relabel_configs?: Relabel[];
  readonly sample_limit: number;
  readonly target_limit: number;
  readonly label_limit: number;
  readonly label_name_length_limit: number;
  readonly label_value_length_limit: number;
  readonly body_size_limit: string;
  readonly keep_dropped_targets?: number;
}

/** A configuration of Prometheus, as far as this library writes one. */
export interface PrometheusConfig {
  readonly global: {
    readonly scrape_interval: string;
    readonly scrape_timeout: string;
    readonly evaluation_interval: string;
    readonly external_labels: { readonly [name: string]: string };
  };
  readonly rule_files: string[];
  readonly alerting?: { readonly alert_relabel_configs: Relabel[]; readonly alertmanagers: Array<{ readonly static_configs: StaticConfig[] }> };
  readonly scrape_configs: ScrapeConfig[];
}

/** Environment variable that holds the name of the pod; unique, since shards have StatefulSets of their own. */
export const REPLICA_VARIABLE = 'POD_NAME';

/** The configuration of one shard. */
export function prometheusConfig(settings: MonitoringSettings, shard: number): PrometheusConfig {
  const of = { shard, shards: settings.shards.value };
  return {
    global: {
      scrape_interval: promDuration(settings.scrapeInterval.value),
      scrape_timeout: promDuration(settings.scrapeTimeout.value),
      evaluation_interval: promDuration(settings.scrapeInterval.value),
      external_labels: {
        [EXTERNAL_LABELS.cluster]: settings.cluster.name,
        [EXTERNAL_LABELS.shard]: String(shard),
        // Expanded by Prometheus itself (always from 3.0 on, by feature flag before). `$(VAR)` is the form of Kubernetes arguments and would
        // stay as it is: both replicas would then upload blocks with equal labels, on which the compactor halts.
        [EXTERNAL_LABELS.replica]: `\${${REPLICA_VARIABLE}}`,
      },
    },
    rule_files: [`${PATHS.rules}/*.yaml`],
    alerting: settings.alertmanagers.length === 0 ? undefined : {
      alert_relabel_configs: ALERT_RELABELING,
      alertmanagers: [{ static_configs: [{ targets: settings.alertmanagers }] }],
    },
    scrape_configs: [
      ...settings.jobsOf(shard).map(job => scrapeConfig(settings, job, of)),
      ...(settings.scrapeAnnotatedPods ? [annotatedPods(settings, of)] : []),
    ],
  };
}

/** The same as text. */
export function prometheusConfigText(settings: MonitoringSettings, shard: number): string {
  return yamlDocuments([prometheusConfig(settings, shard)]);
}

function scrapeConfig(settings: MonitoringSettings, job: Job, of: ShardOf): ScrapeConfig {
  const relabeling = targetRelabeling(job, of);
  const metrics = metricRelabeling(job);
  return {
    job_name: job.job,
    metrics_path: job.path === '/metrics' ? undefined : job.path,
    honor_labels: job.honorLabels,
    ...access(settings, job),
    ...discovery(settings, job),
    relabel_configs: relabeling.length > 0 ? relabeling : undefined,
    metric_relabel_configs: metrics.length > 0 ? metrics : undefined,
    ...guards(settings, job.seriesAtMost ?? job.seriesPerTarget, job.targets),
  };
}

function access(settings: MonitoringSettings, job: Job): Pick<ScrapeConfig, 'scheme' | 'authorization' | 'tls_config'> {
  switch (job.auth) {
    case ScrapeAuth.SERVICE_ACCOUNT:
      return {
        scheme: 'https',
        authorization: { credentials_file: PATHS.token },
        tls_config: isVerified(settings, job) ? { ca_file: PATHS.clusterCa } : { insecure_skip_verify: true },
      };
    case ScrapeAuth.ETCD_CLIENT:
      return { scheme: 'https', tls_config: { ca_file: `${PATHS.etcdClient}/ca.crt`, cert_file: `${PATHS.etcdClient}/tls.crt`, key_file: `${PATHS.etcdClient}/tls.key` } };
    default:
      return {};
  }
}

// The cluster's authority signs for API servers and, by serverTLSBootstrap, for kubelets. Controller manager, scheduler and add-ons make
// certificates of their own at every start: nobody can check those.
function isVerified(settings: MonitoringSettings, job: Job): boolean {
  if (job.discovery === ScrapeDiscovery.CONTROL_PLANE) { return job.port === HOST_PORTS.apiServer; }
  return job.discovery === ScrapeDiscovery.NODES && job.port === HOST_PORTS.kubelet && settings.verifyKubeletCertificates;
}

// Without selectors on purpose: sections with equal discovery share one watch, and 20 jobs of nodes cost the API server one.
function discovery(settings: MonitoringSettings, job: Job): Pick<ScrapeConfig, 'kubernetes_sd_configs' | 'static_configs'> {
  const inNamespace = (role: 'pod' | 'endpointslice') => ({ kubernetes_sd_configs: [{ role, namespaces: { names: [job.namespace!] } }] });
  switch (job.discovery) {
    case ScrapeDiscovery.NODES:
      return { kubernetes_sd_configs: [{ role: 'node' }] };
    case ScrapeDiscovery.PODS:
      return inNamespace('pod');
    case ScrapeDiscovery.SERVICE:
      return inNamespace('endpointslice');
    case ScrapeDiscovery.CONTROL_PLANE:
      return {
        static_configs: settings.cluster.controlPlaneMembers.map(({ name, address }) => ({ targets: [hostPort(address, job.port)], labels: { node: name } })),
      };
    default:
      return { static_configs: [{ targets: job.addresses!.map(address => hostPort(address, job.port)) }] };
  }
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function guards(settings: MonitoringSettings, seriesPerTarget: number, targets: number) {
  return {
    sample_limit: sampleLimit(seriesPerTarget),
    target_limit: targetLimit(targets),
    label_limit: LABEL_LIMITS.labels,
    label_name_length_limit: LABEL_LIMITS.nameLength,
    label_value_length_limit: LABEL_LIMITS.valueLength,
    body_size_limit: `${bodySizeLimit(seriesPerTarget)}MB`,
    keep_dropped_targets: inRange(settings.prometheusVersion, PROMETHEUS_FEATURES.keepDroppedTargets) ? LABEL_LIMITS.droppedTargetsKept : undefined,
  };
}

function annotatedPods(settings: MonitoringSettings, of: ShardOf): ScrapeConfig {
  return {
    job_name: ANNOTATED_PODS,
    kubernetes_sd_configs: [{ role: 'pod' }],
    relabel_configs: annotatedPodRelabeling(settings.podLabels, of),
    ...guards(settings, SERIES.perNode.nodeExporter, settings.cluster.pods),
  };
}
