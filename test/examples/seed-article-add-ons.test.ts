import { Duration } from 'cdk8s';
import { newest, provesDefault, provesRule, seed, seedWith } from './seed-proofs';
import { Monitoring, ObjectStorage } from '../../src';

/** A ConfigMap with the article's text in it. */
const printed = (key: string, text: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'article', namespace: 'monitoring' }, data: { [key]: text } });
const prometheus = (text: string) => printed('prometheus.yml', text);
const config = (written = seed()) => written.manifest('ConfigMap', 'prometheus-shard-0').data['prometheus.yaml'] as string;
const jobs = () => config().split('scrape_configs:\n')[1].split(/^ {2}- (?=\S)/m).slice(1);
const pipeline = () => seed().manifest('ConfigMap', 'fluent-bit').data['fluent-bit.yaml'] as string;
const bucket = { objectStorage: ObjectStorage.secret({ name: 'thanos-bucket' }) };

provesRule('MON-01', 'TNC173', { article: d => { d.objects.push(prometheus('global:\n  external_labels:\n    cluster: k8s-prod\n    replica: $(POD_NAME)\nscrape_configs:\n  - job_name: nodes\n')); } });
provesDefault('MON-02', () => {
  const own = config(seedWith({ monitoring: Monitoring.thanos(bucket) }));
  expect(own).toMatch(/^ {2}scrape_interval: 30s\n {2}scrape_timeout: 25s$/m);
  // Asked for, a minute is written.
  expect(config(seedWith({ monitoring: Monitoring.thanos({ ...bucket, scrapeInterval: Duration.minutes(1) }) }))).toContain('scrape_interval: 1m');
});
provesDefault('MON-03', () => {
  expect(seed().all('DaemonSet', 'node-exporter')).toHaveLength(1);
  for (const job of ['kubelet', 'cadvisor', 'kube-apiserver', 'etcd-main', 'etcd-events', 'kube-controller-manager', 'kube-scheduler', 'coredns', 'calico-felix', 'kube-state-metrics', 'node-exporter']) {
    expect(config()).toContain(`job_name: ${job}\n`);
  }
});
provesRule('MON-04', 'TNC175', {
  article: d => { d.objects.push(prometheus('scrape_configs:\n  - job_name: kubernetes-nodes\n    relabel_configs:\n      - action: labelmap\n        regex: __meta_kubernetes_node_label_(.+)\n')); },
});
provesDefault('MON-05', () => {
  const annotated = config(seedWith({ monitoring: Monitoring.thanos({ ...bucket, scrapeAnnotatedPods: true }) }));
  const job = annotated.split(/^ {2}- (?=\S)/m).find(text => text.includes('prometheus_io_scrape'))!;
  for (const label of ['namespace', 'pod', 'container', 'node']) { expect(job).toContain(`target_label: ${label}\n`); }
});
provesDefault('MON-06', () => {
  const pods = jobs().filter(job => /role: pod$/m.test(job));
  expect(pods.length).toBeGreaterThan(5);
  for (const job of pods) {
    expect(job).toMatch(/action: drop\n +regex: Succeeded\|Failed\n +source_labels:\n +- __meta_kubernetes_pod_phase/);
    expect(job).toContain('__meta_kubernetes_pod_container_init');
  }
});
provesDefault('MON-07', () => {
  const shards = seed().all('StatefulSet', 'prometheus-shard-');
  // One server has 10 GiB for each 1,000 nodes and one more by upstream's rule; the series of 250 pods per node need three shards of 11 GiB.
  expect(shards.map(shard => shard.spec.replicas)).toEqual([2, 2, 2]);
});
provesRule('MON-08', 'TNC176', {
  article: d => { for (const o of d.objects.filter(x => x.kind === 'StatefulSet' && x.metadata.name.startsWith('prometheus'))) { const [c] = o.spec.template.spec.containers; c.args = c.args.filter((arg: string) => !arg.includes('block-duration')); } },
});
provesDefault('MON-09', () => {
  for (const job of jobs()) {
    for (const limit of ['sample_limit', 'label_limit', 'target_limit', 'body_size_limit']) { expect(job).toMatch(new RegExp(`(^|\\s)${limit}: \\S`)); }
  }
  // Prometheus 2.30 of the article does not know keep_dropped_targets and would not start.
  expect(config()).not.toContain('keep_dropped_targets');
  expect(config(newest())).toContain('keep_dropped_targets: 100');
});
provesDefault('MON-10', () => {
  expect(seed().all('ClusterRole').some(role => role.metadata.name.includes('prometheus'))).toBe(true);
  expect(jobs().find(job => /job_name: kubelet$/m.test(job))).toMatch(/scheme: https\n[\s\S]*ca_file: /);
  expect(seed().manifest('StatefulSet', 'prometheus-shard-0').spec.volumeClaimTemplates).toHaveLength(1);
  expect(seed().all('ConfigMap', 'prometheus-rules')).toHaveLength(1);
});
provesDefault('MON-11', () => expect(config()).not.toContain('prometheus_io'));

const fluentBit = (text: string) => printed('fluent-bit.conf', text);
const TAIL = '[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Tag kube.*\n';
provesRule('LOG-01', 'TNC180', { article: d => { d.objects.push(fluentBit(`${TAIL}    Parser docker\n`)); } });
provesDefault('LOG-02', () => {
  expect(pipeline()).not.toMatch(/parsers_file/i);
  // Every parser that is named and not built in stands in the file.
  const named = [...pipeline().matchAll(/^ +parser: (\S+)$/gm)].map(match => match[1]);
  expect(named).toEqual(['json-lines']);
  expect(pipeline()).toMatch(/^parsers:\n {2}- name: json-lines$/m);
});
provesDefault('LOG-03', () => expect(pipeline()).toMatch(/- name: kubernetes\n[\s\S]*use_kubelet: true\n +kubelet_host: \$\{NODE_IP\}\n +kubelet_port: 10250\n[\s\S]*buffer_size: 0\n/));
provesRule('LOG-04', 'TNC181', { article: d => { d.objects.push(fluentBit(`${TAIL}    Mem_Buf_Limit 50MB\n[OUTPUT]\n    Name es\n    Retry_Limit False\n`)); } });
provesDefault('LOG-05', () => {
  expect(pipeline()).toContain('refresh_interval: 10\n');
  // The reason that the article lacks: how long a new file may stay unseen.
  expect(seed().cluster.derivations.find(derivation => derivation.id === 'logging/discovery-delay')).toMatchObject({ value: 10, unit: 's' });
});
provesDefault('LOG-06', () => {
  expect(Number(/buffer_max_size: (\d+)/.exec(pipeline())![1])).toBe(1024 ** 2);
  expect(Number(/buffer_chunk_size: (\d+)/.exec(pipeline())![1])).toBeGreaterThanOrEqual(64 * 1024);
});
provesRule('LOG-07', 'TNC182', {
  right: d => { const map = d.objects.find(o => o.kind === 'ConfigMap' && o.metadata.name.startsWith('fluent-bit')); map.data['fluent-bit.yaml'] = map.data['fluent-bit.yaml'].replace('tls: false', 'tls: true'); },
});
provesDefault('LOG-08', () => expect(pipeline()).toContain('suppress_type_name: true\n'));
provesDefault('LOG-09', () => {
  expect(pipeline()).toContain('replace_dots: true\n');
  // What needs it: pods with the label `app` stand beside pods with labels below `app.`.
  const labels = seed().tree.pods.flatMap(pods => Object.keys(pods.labels));
  expect(labels.some(label => label.startsWith('app.'))).toBe(true);
});
provesDefault('LOG-10', () => expect(pipeline()).toMatch(/^ {2}flush: 1$/m));
provesDefault('LOG-11', () => expect(pipeline()).toMatch(/generate_id: true\n +write_operation: create\n/));
provesDefault('LOG-12', () => {
  const { spec } = seed().manifest('DaemonSet', 'fluent-bit');
  expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '8%' } });
  expect(spec.template.spec.tolerations).toContainEqual({ operator: 'Exists' });
  expect(Object.keys(spec.template.spec.containers[0].resources.requests).sort()).toEqual(['cpu', 'memory']);
  expect(pipeline().match(/^ +db: \/var\/lib\/fluent-bit\//gm)).toHaveLength(3);
  expect(seed().all('ClusterRole', 'logging').length + seed().all('ClusterRole', 'fluent-bit').length).toBeGreaterThan(0);
});
