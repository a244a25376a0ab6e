import { alert, config, container, DNS, emit, Emitted, ETCD, FELIX, find, job, METRICS_SERVER, referenceFleet, SCHEDULER, smallFleet } from './monitoring';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';

const ALL = [ETCD, DNS, METRICS_SERVER, SCHEDULER, FELIX];
const OBJECTS = emit({ cluster: referenceFleet(), scrapeTargets: ALL, scrapeAnnotatedPods: true });
const SHARDS = OBJECTS.filter(object => object.kind === 'StatefulSet' && object.metadata.name.startsWith('prometheus-shard-')).length;

function relabel(section: Emitted, action: string, source?: string): Emitted[] {
  return section.relabel_configs.filter((step: Emitted) => step.action === action && (source === undefined || step.source_labels.includes(source)));
}

/** What the steps make of discovered labels. Source of the behaviour: prometheus/prometheus model/relabel/relabel.go. */
function relabeled(section: Emitted, discovered: { [label: string]: string }): { [label: string]: string } | undefined {
  let labels: { [label: string]: string } = { ...discovered };
  for (const step of section.relabel_configs) {
    const value = (step.source_labels ?? []).map((name: string) => labels[name] ?? '').join(';');
    const match = new RegExp(`^(?:${step.regex ?? '(.*)'})$`, 's').exec(value);
    switch (step.action ?? 'replace') {
      case 'keep': if (!match) { return undefined; } break;
      case 'drop': if (match) { return undefined; } break;
      case 'keepequal': if (labels[step.target_label] !== value) { return undefined; } break;
      case 'hashmod': labels[step.target_label] = '0'; break;
      case 'replace': {
        if (!match) { break; }
        const text = (step.replacement ?? '$1').replace(/\$(\d)/g, (_: string, i: string) => match[Number(i)] ?? '');
        if (text !== '') { labels = { ...labels, [step.target_label]: text }; }
        break;
      }
      default: throw new Error(`unexpected action ${step.action}`);
    }
  }
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('__meta_') && !name.startsWith('__tmp_')));
}

describe('external labels (MON-01)', () => {
  test('cluster, shard and replica make every Prometheus unique, and the replica is written in the form that Prometheus expands', () => {
    const seen = new Set<string>();
    for (let shard = 0; shard < SHARDS; shard++) {
      const labels = config(OBJECTS, shard).global.external_labels;
      expect(labels).toEqual({ cluster: 'shop', shard: String(shard), prometheus_replica: '${POD_NAME}' });
      seen.add(JSON.stringify(labels));
      expect(container(OBJECTS, 'StatefulSet', `prometheus-shard-${shard}`, 'prometheus').env).toContainEqual({ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } });
    }
    expect(seen.size).toBe(SHARDS);
  });

  test.each([
    // Source: CHANGELOG of Prometheus: feature flag from 2.27, always on from 3.0
    ['3.14.0', false], ['3.0.0', false], ['2.55.1', true], ['2.30.0', true],
  ])('Prometheus %s expands them with the feature flag: %s', (prometheusVersion, flag) => {
    const args = container(emit({ cluster: smallFleet(KubernetesRelease.V1_22), prometheusVersion }), 'StatefulSet', 'prometheus-shard-0', 'prometheus').args;
    expect(args.includes('--enable-feature=expand-external-labels')).toBe(flag);
  });
});

describe('jobs (MON-03, MON-11)', () => {
  test('the monitoring alone scrapes kubelet, cAdvisor, node-exporter, kube-state-metrics, API server and itself', () => {
    expect(config(emit({ cluster: smallFleet() })).scrape_configs.map((section: Emitted) => section.job_name)).toEqual([
      'cadvisor', 'kube-apiserver', 'kube-state-metrics', 'kube-state-metrics-pods', 'kube-state-metrics-unscheduled-pods', 'kubelet', 'node-exporter', 'prometheus',
      'thanos-compactor', 'thanos-query', 'thanos-sidecar', 'thanos-store',
    ]);
  });

  test('contributed jobs follow, and one named kube-apiserver replaces the own one', () => {
    const objects = emit({ cluster: smallFleet(), scrapeTargets: [{ ...SCHEDULER, job: 'kube-apiserver', port: 6443, seriesPerTarget: 90_000 }] });
    const sections = config(objects).scrape_configs.filter((section: Emitted) => section.job_name === 'kube-apiserver');
    expect(sections).toHaveLength(1);
    expect(sections[0].sample_limit).toBe(270_000);
  });

  test('kubelet and cAdvisor are scraped at port 10250 of the node with token and authority, never through the API server', () => {
    for (const [name, path] of [['kubelet', undefined], ['cadvisor', '/metrics/cadvisor']]) {
      const section = job(OBJECTS, name!);
      expect(section.metrics_path).toBe(path);
      expect(section.scheme).toBe('https');
      expect(section.authorization).toEqual({ credentials_file: '/var/run/secrets/kubernetes.io/serviceaccount/token' });
      expect(section.tls_config).toEqual({ ca_file: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' });
      expect(section.kubernetes_sd_configs).toEqual([{ role: 'node' }]);
      expect(relabeled(section, { __address__: '172.16.1.2:10250', __meta_kubernetes_node_name: 'n1' })).toEqual({ __address__: '172.16.1.2:10250', node: 'n1' });
    }
    expect(JSON.stringify(OBJECTS)).not.toContain('nodes/proxy');
  });

  test('node jobs go to their own port of the node, by IPv4 and IPv6', () => {
    expect(relabeled(job(OBJECTS, 'node-exporter'), { __address__: '172.16.1.2:10250' })!.__address__).toBe('172.16.1.2:9100');
    expect(relabeled(job(OBJECTS, 'felix'), { __address__: '[fd00::2]:10250' })!.__address__).toBe('[fd00::2]:9091');
  });

  test('control-plane machines are static targets that carry the name of their node', () => {
    const section = job(OBJECTS, 'kube-scheduler');
    expect(section.static_configs).toHaveLength(5);
    expect(section.static_configs[0]).toEqual({ targets: ['172.16.0.11:10259'], labels: { node: 'cp-1' } });
  });

  test('etcd is scraped over TLS with a client certificate from a Secret', () => {
    const section = job(OBJECTS, 'etcd-main');
    expect(section.static_configs).toEqual([{ targets: ['172.16.0.11:2379', '[fd00::1]:2379'] }]);
    expect(section.tls_config).toEqual({
      ca_file: '/etc/prometheus/etcd-client/ca.crt', cert_file: '/etc/prometheus/etcd-client/tls.crt', key_file: '/etc/prometheus/etcd-client/tls.key',
    });
    const volumes = (shard: number) => find(OBJECTS, 'StatefulSet', `prometheus-shard-${shard}`).spec.template.spec.volumes;
    expect(volumes(0)).toContainEqual({ name: 'etcd-client', secret: { secretName: 'etcd-client', optional: true } });
    // Only where the job runs.
    expect(JSON.stringify(volumes(1))).not.toContain('etcd-client');
  });

  test('certificates are checked where the authority of the cluster signs them, and the token goes nowhere else unchecked but to the control plane and named pods', () => {
    expect(job(OBJECTS, 'kube-apiserver').tls_config).toEqual({ ca_file: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' });
    expect(job(OBJECTS, 'kube-scheduler').tls_config).toEqual({ insecure_skip_verify: true });
    expect(job(emit({ verifyKubeletCertificates: false }), 'kubelet').tls_config).toEqual({ insecure_skip_verify: true });
  });

  test('Services are found by EndpointSlices, never by Endpoints, which stop at 1,000 addresses', () => {
    const section = [0, 1].map(shard => job(OBJECTS, 'coredns', shard))[0];
    expect(section.kubernetes_sd_configs).toEqual([{ role: 'endpointslice', namespaces: { names: ['kube-system'] } }]);
    const slice = { __address__: '10.1.1.1:9153', __meta_kubernetes_service_name: 'kube-dns', __meta_kubernetes_endpointslice_port: '9153', __meta_kubernetes_namespace: 'kube-system', __meta_kubernetes_pod_name: 'coredns-1' };
    expect(relabeled(section, slice)).toMatchObject({ __address__: '10.1.1.1:9153', namespace: 'kube-system', service: 'kube-dns', pod: 'coredns-1' });
    expect(relabeled(section, { ...slice, __meta_kubernetes_endpointslice_port: '53' })).toBeUndefined();
    expect(relabeled(section, { ...slice, __meta_kubernetes_service_name: 'kube-dns-2' })).toBeUndefined();
    for (let shard = 0; shard < SHARDS; shard++) { expect(JSON.stringify(config(OBJECTS, shard))).not.toContain('"role":"endpoints"'); }
  });
});

describe('pods (MON-05, MON-06)', () => {
  const POD = {
    __address__: '10.1.1.1:10250',
    __meta_kubernetes_pod_ip: '10.1.1.1',
    __meta_kubernetes_namespace: 'kube-system',
    __meta_kubernetes_pod_name: 'metrics-server-1',
    __meta_kubernetes_pod_node_name: 'n1',
    __meta_kubernetes_pod_phase: 'Running',
    __meta_kubernetes_pod_container_init: 'false',
    __meta_kubernetes_pod_label_app_kubernetes_io_name: 'metrics-server',
  };
  const section = job(OBJECTS, 'metrics-server');

  test('a pod becomes one target, however many ports its containers declare', () => {
    const targets = ['10.1.1.1:10250', '10.1.1.1:8080', '10.1.1.1'].map(address => JSON.stringify(relabeled(section, { ...POD, __address__: address })));
    expect(new Set(targets).size).toBe(1);
    expect(JSON.parse(targets[0])).toEqual({ __address__: '10.1.1.1:10250', namespace: 'kube-system', pod: 'metrics-server-1', node: 'n1' });
    expect(relabeled(section, { ...POD, __meta_kubernetes_pod_ip: 'fd00::7' })!.__address__).toBe('[fd00::7]:10250');
  });

  test('finished pods, init containers and other pods are no targets', () => {
    expect(relabeled(section, { ...POD, __meta_kubernetes_pod_phase: 'Succeeded' })).toBeUndefined();
    expect(relabeled(section, { ...POD, __meta_kubernetes_pod_phase: 'Failed' })).toBeUndefined();
    expect(relabeled(section, { ...POD, __meta_kubernetes_pod_container_init: 'true' })).toBeUndefined();
    expect(relabeled(section, { ...POD, __meta_kubernetes_pod_label_app_kubernetes_io_name: 'metrics-server-2' })).toBeUndefined();
  });

  test('annotated pods are opt-in, get namespace, pod, container and node, and one target for the annotated port', () => {
    expect(job(emit(), 'annotated-pods')).toBeUndefined();
    const annotated = job(OBJECTS, 'annotated-pods');
    const web = {
      ...POD,
      __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true',
      __meta_kubernetes_pod_annotation_prometheus_io_port: '8080',
      __meta_kubernetes_pod_container_port_number: '8080',
      __meta_kubernetes_pod_container_name: 'web',
      __address__: '10.1.1.1:8080',
      __meta_kubernetes_pod_label_pod_template_hash: 'x',
    };
    expect(relabeled(annotated, web)).toEqual({
      __address__: '10.1.1.1:8080', namespace: 'kube-system', pod: 'metrics-server-1', container: 'web', node: 'n1', app_kubernetes_io_name: 'metrics-server',
    });
    expect(relabeled(annotated, { ...web, __meta_kubernetes_pod_container_port_number: '9090' })).toBeUndefined();
    expect(relabeled(annotated, { ...web, __meta_kubernetes_pod_annotation_prometheus_io_scrape: '' })).toBeUndefined();
  });
});

describe('labels (MON-04)', () => {
  test('labels come from an allow-list: no section copies all labels', () => {
    for (let shard = 0; shard < SHARDS; shard++) {
      for (const section of config(OBJECTS, shard).scrape_configs) { expect(relabel(section.relabel_configs ? section : { relabel_configs: [] }, 'labelmap')).toEqual([]); }
    }
  });

  test('nodes keep name, pool and zone and nothing else', () => {
    expect(relabeled(job(OBJECTS, 'kubelet'), {
      __address__: '1.1.1.1:10250',
      __meta_kubernetes_node_name: 'n1',
      __meta_kubernetes_node_label_thousand_node_io_pool: 'general',
      __meta_kubernetes_node_label_topology_kubernetes_io_zone: 'a',
      __meta_kubernetes_node_label_anything: 'x',
    })).toEqual({ __address__: '1.1.1.1:10250', node: 'n1', pool: 'general', zone: 'a' });
  });

  test('labels of kube-state-metrics win over those of its own pod', () => {
    expect(job(OBJECTS, 'kube-state-metrics').honor_labels).toBe(true);
    expect(JSON.stringify(job(OBJECTS, 'kube-state-metrics').relabel_configs)).not.toContain('"target_label":"pod"');
  });
});

describe('shards (MON-07)', () => {
  test('jobs of a node land on one shard together: they are hashed by its name', () => {
    expect(SHARDS).toBeGreaterThan(1);
    for (const name of ['kubelet', 'cadvisor', 'node-exporter', 'felix', 'kube-state-metrics-pods']) {
      const source = name === 'kube-state-metrics-pods' ? '__meta_kubernetes_pod_node_name' : '__meta_kubernetes_node_name';
      for (let shard = 0; shard < SHARDS; shard++) {
        const [hash, keep] = job(OBJECTS, name, shard).relabel_configs;
        expect(hash).toEqual({ source_labels: [source], modulus: SHARDS, target_label: '__tmp_shard', action: 'hashmod' });
        expect(keep).toEqual({ source_labels: ['__tmp_shard'], regex: String(shard), action: 'keep' });
      }
    }
  });

  test('the first shard has the whole control plane, so that its rules see all API servers and all of etcd', () => {
    for (const name of ['kube-apiserver', 'kube-scheduler', 'etcd-main', 'kube-state-metrics']) {
      expect(JSON.stringify(job(OBJECTS, name, 0))).not.toContain('hashmod');
      expect(job(OBJECTS, name, 1)).toBeUndefined();
    }
  });

  test('every shard watches every Prometheus', () => {
    for (let shard = 0; shard < SHARDS; shard++) { expect(JSON.stringify(job(OBJECTS, 'prometheus', shard))).not.toContain('hashmod'); }
  });

  test('one shard hashes nothing', () => {
    expect(JSON.stringify(config(emit({ cluster: smallFleet() })))).not.toContain('hashmod');
  });
});

describe('limits (MON-09)', () => {
  test('every section limits samples, targets, labels and bytes', () => {
    for (let shard = 0; shard < SHARDS; shard++) {
      for (const section of config(OBJECTS, shard).scrape_configs) {
        expect(section).toMatchObject({
          sample_limit: expect.any(Number),
          target_limit: expect.any(Number),
          label_limit: 64,
          label_name_length_limit: 256,
          label_value_length_limit: 2048,
          body_size_limit: expect.stringMatching(/^\d+MB$/),
          keep_dropped_targets: 100,
        });
      }
    }
  });

  test('a node with all of its 110 pods passes the limit of cAdvisor', () => {
    expect(job(OBJECTS, 'cadvisor').sample_limit).toBe(3 * 60 * 110);
  });

  test('the final fleet passes the target limits twice', () => {
    expect(job(OBJECTS, 'kubelet').target_limit).toBeGreaterThan(2 * 1205);
  });

  test('Prometheus before 2.47 does not know the limit of dropped targets and does not get it', () => {
    expect(job(emit({ cluster: smallFleet(KubernetesRelease.V1_22), prometheusVersion: '2.46.0' }), 'kubelet').keep_dropped_targets).toBeUndefined();
    expect(job(emit({ cluster: smallFleet(KubernetesRelease.V1_22), prometheusVersion: '2.47.0' }), 'kubelet').keep_dropped_targets).toBe(100);
  });
});

describe('drop lists', () => {
  const dropped = (section: Emitted) => section.metric_relabel_configs?.find((step: Emitted) => step.action === 'drop')?.regex ?? '';

  test('contributed drop lists reach the configuration', () => {
    expect(dropped(job(OBJECTS, 'etcd-main'))).toBe('etcd_debugging_.*|grpc_server_handling_seconds_bucket');
  });

  test('a metric that a rule reads is not dropped', () => {
    const alertGroups = [{ name: 'g', alerts: [alert('rate(grpc_server_handling_seconds_bucket{job="etcd-main"}[5m]) > 1')] }];
    expect(dropped(job(emit({ scrapeTargets: [ETCD], alertGroups }), 'etcd-main'))).toBe('etcd_debugging_.*');
  });

  test.each([
    // The histogram that the latency objective reads in that release must survive.
    [KubernetesRelease.V1_22, 'apiserver_request_duration_seconds_bucket'],
    [KubernetesRelease.V1_25, 'apiserver_request_slo_duration_seconds_bucket'],
    [KubernetesRelease.V1_37, 'apiserver_request_sli_duration_seconds_bucket'],
  ])('Kubernetes %s keeps %s', (release, metric) => {
    const all = ['apiserver_request_duration_seconds_bucket', 'apiserver_request_slo_duration_seconds_bucket', 'apiserver_request_sli_duration_seconds_bucket'];
    const scrapeTargets = [{ ...SCHEDULER, job: 'kube-apiserver', port: 6443, dropMetrics: all }];
    expect(dropped(job(emit({ cluster: smallFleet(release), scrapeTargets }), 'kube-apiserver')).split('|').sort()).toEqual(all.filter(name => name !== metric).sort());
  });

  test('cAdvisor keeps an allow-list of pod metrics, and what a rule names beside it', () => {
    const kept = (section: Emitted) => new RegExp(`^(?:${section.metric_relabel_configs.find((step: Emitted) => step.action === 'keep').regex})$`);
    const plain = kept(job(OBJECTS, 'cadvisor'));
    expect(plain.test('container_memory_working_set_bytes')).toBe(true);
    expect(plain.test('container_memory_failures_total')).toBe(false);
    expect(plain.test('container_tasks_state')).toBe(false);
    const alertGroups = [{ name: 'g', alerts: [alert('container_tasks_state > 1')] }];
    expect(kept(job(emit({ alertGroups }), 'cadvisor')).test('container_tasks_state')).toBe(true);
    // Samples of system slices belong to no pod.
    expect(job(OBJECTS, 'cadvisor').metric_relabel_configs[0]).toEqual({ source_labels: ['__name__', 'pod'], regex: 'container_.*;', action: 'drop' });
  });
});

test('both replicas send the same alert: labels that differ are dropped before it leaves', () => {
  const alerting = config(emit({ alertmanagers: ['alertmanager.example.com:9093'] })).alerting;
  expect(alerting.alert_relabel_configs).toEqual([{ regex: 'prometheus_replica|shard', action: 'labeldrop' }]);
  expect(alerting.alertmanagers).toEqual([{ static_configs: [{ targets: ['alertmanager.example.com:9093'] }] }]);
});

test('scrapes and evaluations follow the interval (MON-02)', () => {
  expect(config(OBJECTS).global).toMatchObject({ scrape_interval: '30s', scrape_timeout: '25s', evaluation_interval: '30s' });
});
