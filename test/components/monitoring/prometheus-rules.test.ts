import { alert, config, emit, Emitted, referenceFleet, rules, smallFleet } from './monitoring';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { promqlNames } from '../../../src/formats/promql';

const GROUPS = [{ name: 'etcd', alerts: [alert('absent(up{job="etcd-main"})')] }];

/*
 * Metrics of each job that own rules may read. Oracle: prometheus/prometheus v3.14.0 (scrape/metrics.go, rules/manager.go, tsdb/head.go,
 * cmd/prometheus/main.go), thanos-io/thanos v0.42 (cmd/thanos/compact.go, objstore), client_golang's process collector,
 * kubernetes/apiserver pkg/endpoints/metrics/metrics.go.
 */
const METRICS: { [job: string]: string[] } = {
  'prometheus': [
    'prometheus_target_scrape_pool_targets', 'prometheus_tsdb_head_series', 'prometheus_target_scrapes_exceeded_sample_limit_total',
    'prometheus_target_scrapes_exceeded_body_size_limit_total', 'prometheus_target_scrape_pool_exceeded_target_limit_total',
    'prometheus_target_scrape_pool_exceeded_label_limits_total', 'prometheus_config_last_reload_successful', 'prometheus_rule_evaluation_failures_total',
  ],
  'thanos-sidecar': ['thanos_objstore_bucket_last_successful_upload_time', 'process_start_time_seconds'],
  'thanos-compactor': ['thanos_compact_halted'],
  'thanos-query': [],
  'thanos-ruler': ['prometheus_rule_evaluation_failures_total'],
  'kube-apiserver': ['apiserver_request_duration_seconds_bucket', 'apiserver_request_slo_duration_seconds_bucket', 'apiserver_request_sli_duration_seconds_bucket'],
};

/** Words of PromQL and labels in our expressions, which are no metrics. */
const WORDS = [
  'absent', 'and', 'by', 'count', 'histogram_quantile', 'increase', 'max', 'on', 'or', 'rate', 'sum', 'time', 'vector', 'm',
  'job', 'le', 'pod', 'prometheus_shard', 'quantile', 'resource', 'scope', 'scrape_job', 'subresource', 'verb',
];

/** Each selector `metric{...job="x"...}` of an expression. */
function selectors(expression: string): Array<{ metric: string; job: string }> {
  return [...expression.matchAll(/([a-z_:]+)\{[^}]*?\bjob="([^"]+)"[^}]*\}/g)].map(([, metric, job]) => ({ metric, job }));
}

test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('every metric that own rules of %s read comes from a job that is scraped', (_, release) => {
  const objects = emit({ cluster: referenceFleet(release), alertGroups: GROUPS });
  const jobs = config(objects).scrape_configs.map((section: Emitted) => section.job_name);
  const own = rules(objects, 'prometheus-rules', 'monitoring.yaml');
  const recorded = own.map(rule => rule.record).filter(Boolean);
  for (const rule of own) {
    for (const { metric, job } of selectors(rule.expr)) {
      expect(jobs).toContain(job);
      if (metric !== 'up') { expect(METRICS[job]).toContain(metric); }
    }
    const selected = selectors(rule.expr).map(selector => selector.metric);
    const unexplained = promqlNames(rule.expr).filter(name => ![...WORDS, ...selected, ...recorded, 'up'].includes(name));
    expect({ rule: rule.alert ?? rule.record, unexplained }).toEqual({ rule: rule.alert ?? rule.record, unexplained: [] });
  }
});

test.each([
  [KubernetesRelease.V1_22, 'apiserver_request_duration_seconds_bucket'],
  [KubernetesRelease.V1_24, 'apiserver_request_slo_duration_seconds_bucket'],
  [KubernetesRelease.V1_37, 'apiserver_request_sli_duration_seconds_bucket'],
])('the latency objective of Kubernetes %s reads %s, by the labels of the scalability tests', (release, metric) => {
  const record = rules(emit({ cluster: smallFleet(release) }), 'prometheus-rules', 'monitoring.yaml').find(rule => rule.record && rule.labels.quantile === '0.99');
  expect(record).toEqual({
    record: 'apiserver:apiserver_request_latency:histogram_quantile',
    labels: { quantile: '0.99' },
    expr: `histogram_quantile(0.99, sum by (resource, subresource, verb, scope, le) (rate(${metric}{job="kube-apiserver"}[5m])))`,
  });
});

test('missing nodes are judged by the machines of today, not by the final size', () => {
  const expression = (nodesToday?: number) => rules(emit({ cluster: referenceFleet(undefined, { nodesToday }) }), 'prometheus-rules', 'monitoring.yaml')
    .find(rule => rule.alert === 'MonitoredNodesMissing').expr;
  expect(expression()).toContain(' < 1084 '); // (1,200 + 5) x 0.9
  expect(expression(384)).toContain(' < 724 '); // (800 + 5) x 0.9
});

test('a shard that sees only its part adds up what all of them found', () => {
  const expression = rules(emit({ cluster: referenceFleet() }), 'prometheus-rules', 'monitoring.yaml').find(rule => rule.alert === 'MonitoredNodesMissing').expr;
  expect(expression).toMatch(/^sum\(max by \(prometheus_shard\) \(prometheus_target_scrape_pool_targets\{job="prometheus",scrape_job="kubelet"\}\)\)/);
});

test('the label of the shard is not one that Thanos puts over the series', () => {
  expect(config(emit({ cluster: referenceFleet() })).global.external_labels.prometheus_shard).toBeUndefined();
});

test('contributed rules are evaluated where all of the fleet is seen: by the ruler above several shards, else by Prometheus', () => {
  const recordingRules = [{ record: 'job:up:sum', expression: 'sum by (job) (up)' }];
  const many = emit({ cluster: referenceFleet(), alertGroups: GROUPS, recordingRules });
  expect(rules(many, 'thanos-ruler', 'contributed.yaml')).toEqual([
    { record: 'job:up:sum', expr: 'sum by (job) (up)' },
    {
      alert: 'Contributed',
      expr: 'absent(up{job="etcd-main"})',
      for: '10m',
      labels: { severity: 'ticket' },
      annotations: { summary: 'something is wrong', description: 'Look at it.' },
    },
  ]);
  expect(() => rules(many, 'prometheus-rules', 'contributed.yaml')).toThrow();
  expect(rules(emit({ cluster: smallFleet(), alertGroups: GROUPS, recordingRules }), 'prometheus-rules', 'contributed.yaml')).toHaveLength(2);
});

test('every own alert says what, why and what first; a page is for data that are about to be lost or alerts that are blind', () => {
  const own = rules(emit({ cluster: referenceFleet(), alertGroups: GROUPS }), 'prometheus-rules', 'monitoring.yaml').filter(rule => rule.alert);
  for (const rule of own) {
    expect(rule.annotations.summary.length).toBeGreaterThan(10);
    expect(rule.annotations.description.length).toBeGreaterThan(20);
  }
  expect(own.filter(rule => rule.labels.severity === 'page').map(rule => rule.alert)).toEqual([
    'MonitoredNodesMissing', 'PrometheusRuleFailures', 'ThanosUploadLate', 'ThanosQueryDown', 'ThanosRulerFails',
  ]);
  expect(new Set(own.map(rule => rule.alert)).size).toBe(own.length);
});
