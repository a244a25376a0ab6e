import { SHARD_TARGET_LABEL, THANOS } from './monitoring-names';
import { MonitoringSettings } from './monitoring-settings';
import { REPLICAS } from '../../capacity/monitoring-workload-capacity';
import { apiRequestLatencyMetric } from '../../catalogue/metric-names';
import { AlertGroup, AlertSeverity, RecordingRule } from '../../contracts/contributions';
import { promqlString } from '../../formats/promql';
import { yamlDocuments } from '../../formats/yaml-document';

/** One rule of a rule file. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: { readonly [name: string]: string };
  readonly annotations?: { readonly summary: string; readonly description: string; readonly runbook?: string };
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: Rule[];
}

/** A rule file as text. */
export function ruleFile(groups: RuleGroup[]): string {
  return yamlDocuments([{ groups }]);
}

/** Rules that other components contributed. */
export function contributedRules(groups: AlertGroup[], recording: RecordingRule[]): RuleGroup[] {
  const records = recording.map(rule => ({ record: rule.record, expr: rule.expression }));
  return [
    ...(records.length > 0 ? [{ name: 'contributed-records', rules: records }] : []),
    ...groups.filter(group => group.alerts.length > 0).map(group => ({
      name: group.name,
      rules: group.alerts.map(entry => ({
        alert: entry.name,
        expr: entry.expression,
        for: entry.holdsFor,
        labels: { severity: entry.severity },
        annotations: { summary: entry.summary, description: entry.description, ...(entry.runbook === undefined ? {} : { runbook: entry.runbook }) },
      })),
    })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Rules of the monitoring itself; every shard evaluates them, and each is right on the part of the targets that a shard sees. */
export function ownRules(settings: MonitoringSettings): RuleGroup[] {
  return [apiLatency(settings), prometheusGroup(settings), thanosGroup(settings)];
}

const QUANTILE_RECORD = 'apiserver:apiserver_request_latency:histogram_quantile';
const STREAMING = 'subresource!~"log|exec|portforward|attach|proxy"';

// The first shard has all API servers, so these are complete there; the other shards have no such series and stay silent.
function apiLatency(settings: MonitoringSettings): RuleGroup {
  const metric = apiRequestLatencyMetric(settings.cluster.release.version);
  const buckets = `sum by (resource, subresource, verb, scope, le) (rate(${metric}_bucket{job="kube-apiserver"}[5m]))`;
  const p99 = (selector: string) => `${QUANTILE_RECORD}{quantile="0.99",${selector},${STREAMING}}`;
  return {
    name: 'api-latency-slo',
    rules: [
      ...['0.50', '0.90', '0.99'].map(quantile => ({ record: QUANTILE_RECORD, expr: `histogram_quantile(${quantile}, ${buckets})`, labels: { quantile } })),
      alert('ApiMutatingLatencyOverSlo', `${p99('verb=~"POST|PUT|PATCH|DELETE|APPLY"')} > 1`, '10m', AlertSeverity.TICKET,
        'p99 of {{ $labels.verb }} {{ $labels.resource }} is {{ $value }} s, the objective is 1 s',
        'Look at etcd write latency, admission webhooks and CPU of the API servers, in this order.'),
      alert('ApiReadLatencyOverSlo', `${p99('verb="GET",scope="resource"')} > 1 or ${p99('verb="LIST"')} > 30`, '10m', AlertSeverity.TICKET,
        'p99 of {{ $labels.verb }} {{ $labels.resource }} ({{ $labels.scope }}) is {{ $value }} s, the objective is 1 s for an object and 30 s for a list',
        'Find clients that list without limit; look at the memory and CPU of the API servers.'),
    ],
  };
}

function prometheusGroup(settings: MonitoringSettings): RuleGroup {
  const kubelets = settings.expectedKubelets.value;
  const budget = settings.seriesBudget.value;
  const found = 'prometheus_target_scrape_pool_targets{job="prometheus",scrape_job="kubelet"}';
  return {
    name: 'prometheus',
    rules: [
      alert('Watchdog', 'vector(1)', undefined, 'none', 'this alert always fires',
        'It proves that alerts get through. Let a service outside of the cluster page when it stops.'),
      // Every shard scrapes every Prometheus, so each can add up what all shards found.
      alert('MonitoredNodesMissing',
        `sum(max by (${SHARD_TARGET_LABEL}) (${found})) < ${kubelets} or absent(${found})`,
        '15m', AlertSeverity.PAGE, `only {{ $value }} kubelets are monitored, ${settings.machinesToday} machines are described`,
        `Below ${kubelets}. Either nodes left the cluster, or discovery lost them: compare with kubectl get nodes, then with the targets page of each shard.`),
      alert('ScrapeTargetsDown', 'count by (job) (up == 0) / count by (job) (up) > 0.05', '15m', AlertSeverity.TICKET,
        '{{ $value | humanizePercentage }} of the targets of job {{ $labels.job }} do not answer', 'Their metrics are missing, and alerts that read them are blind.'),
      alert('PrometheusSeriesOverBudget', `max by (${SHARD_TARGET_LABEL}) (prometheus_tsdb_head_series{job="prometheus"}) > ${budget}`, '30m', AlertSeverity.TICKET,
        `{{ $labels.${SHARD_TARGET_LABEL} }} holds {{ $value }} series, planned are ${settings.seriesPerShard.value}`,
        `Its ${settings.prometheusMemory.value} GiB were sized for the plan. Look for the metric names with most series in its TSDB status, drop them or raise the number of shards.`),
      alert('ScrapeLimitHit',
        'increase(prometheus_target_scrapes_exceeded_sample_limit_total{job="prometheus"}[15m]) > 0'
        + ' or increase(prometheus_target_scrapes_exceeded_body_size_limit_total{job="prometheus"}[15m]) > 0'
        + ' or increase(prometheus_target_scrape_pool_exceeded_target_limit_total{job="prometheus"}[15m]) > 0'
        + ' or increase(prometheus_target_scrape_pool_exceeded_label_limits_total{job="prometheus"}[15m]) > 0',
        '15m', AlertSeverity.TICKET, '{{ $labels.pod }} refuses scrapes that exceed their limits', 'The targets page names the job. Drop the new series at their source before you raise the limit.'),
      alert('PrometheusConfigReloadFailed', 'prometheus_config_last_reload_successful{job="prometheus"} == 0', '15m', AlertSeverity.TICKET,
        '{{ $labels.pod }} runs with an old configuration', 'Its log names the line. promtool check config finds the same before it is applied.'),
      alert('PrometheusRuleFailures', 'sum by (pod) (increase(prometheus_rule_evaluation_failures_total{job="prometheus"}[10m])) > 0', '15m', AlertSeverity.PAGE,
        '{{ $labels.pod }} fails to evaluate rules', 'Alerts of the failing group do not fire. The rules page shows the error.'),
      alert('PrometheusReplicaDown', `sum by (${SHARD_TARGET_LABEL}) (up{job="prometheus"}) < ${REPLICAS}`, '15m', AlertSeverity.TICKET,
        `{{ $labels.${SHARD_TARGET_LABEL} }} has only {{ $value }} of ${REPLICAS} replicas`, 'The next failure makes its targets invisible. A long restart is a replay of the log: see its pod.'),
    ],
  };
}

function thanosGroup(settings: MonitoringSettings): RuleGroup {
  const late = settings.uploadDelay.value * 3600;
  const sidecar = `{job=${promqlString(THANOS.sidecar)}}`;
  const compactor = `{job=${promqlString(THANOS.compactor)}}`;
  const query = `{job=${promqlString(THANOS.query)}}`;
  return {
    name: 'thanos',
    rules: [
      // The time is 0 until the first upload of a process, hence the second half.
      alert('ThanosUploadLate',
        `time() - thanos_objstore_bucket_last_successful_upload_time${sidecar} > ${late} and on (pod) time() - process_start_time_seconds${sidecar} > ${late}`,
        '15m', AlertSeverity.PAGE, `{{ $labels.pod }} has uploaded no block for more than ${settings.uploadDelay.value} hours`,
        `Blocks are deleted after ${settings.localRetention.value} hours, uploaded or not. Look at the sidecar's log: credentials, network, bucket.`),
      alert('ThanosCompactorHalted', `thanos_compact_halted${compactor} == 1`, '5m', AlertSeverity.TICKET,
        'the compactor has halted', 'It does so when blocks overlap: two uploaders with equal external labels. Nothing is compacted or deleted until the cause is removed and it is restarted.'),
      alert('ThanosCompactorDown', `absent(up${compactor} == 1)`, '1h', AlertSeverity.TICKET,
        'no compactor runs', 'The bucket grows and old data stays. Queries get slower as uncompacted blocks gather.'),
      alert('ThanosQueryDown', `absent(up${query} == 1)`, '5m', AlertSeverity.PAGE,
        'no Thanos querier answers', 'Dashboards and the ruler have no data: alerts that count over the whole fleet do not fire.'),
      ...(settings.rulers > 0 ? [rulerFails()] : []),
    ],
  };
}

function rulerFails(): Rule {
  const ruler = `{job=${promqlString(THANOS.ruler)}}`;
  return alert('ThanosRulerFails', `sum(increase(prometheus_rule_evaluation_failures_total${ruler}[10m])) > 0 or absent(up${ruler} == 1)`, '10m', AlertSeverity.PAGE,
    'the ruler does not evaluate its rules', 'Alerts that count over the whole fleet do not fire. Look at its log, then at the querier.');
}

function alert(name: string, expr: string, holdsFor: string | undefined, severity: string, summary: string, description: string): Rule {
  return { alert: name, expr, for: holdsFor, labels: { severity }, annotations: { summary, description } };
}
