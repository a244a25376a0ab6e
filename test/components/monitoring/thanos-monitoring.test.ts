import { Chart, Duration, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { alert, container, DNS, emit, Emitted, ETCD, FELIX, find, job, METRICS_SERVER, OBJECT_STORAGE, referenceFleet, SCHEDULER, smallFleet } from './monitoring';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { ObjectStorage } from '../../../src/components/monitoring/object-storage';
import { ThanosMonitoring, ThanosMonitoringProps } from '../../../src/components/monitoring/thanos-monitoring';
import { ScrapeDiscovery, ScrapeTarget } from '../../../src/contracts/contributions';
import { schemaErrors } from '../../fixtures/upstream/validate';

const ALERTS = [{ name: 'etcd', alerts: [alert('absent(up{job="etcd-main"})')] }];

const EVERYTHING: Required<Omit<ThanosMonitoringProps, 'cluster' | 'prometheusVersion'>> = {
  objectStorage: ObjectStorage.secret({ name: 'bucket', key: 'thanos.yaml' }),
  scrapeTargets: [ETCD, DNS, METRICS_SERVER, SCHEDULER, FELIX],
  alertGroups: ALERTS,
  recordingRules: [{ record: 'job:up:sum', expression: 'sum by (job) (up)' }],
  shards: 5,
  prometheusMemoryTarget: Size.gibibytes(8),
  scrapeInterval: Duration.seconds(60),
  localRetention: Duration.hours(48),
  rawRetention: Duration.days(14),
  fiveMinuteRetention: Duration.days(60),
  oneHourRetention: Duration.days(730),
  storageClassName: 'fast',
  etcdClientSecret: 'etcd-reader',
  verifyKubeletCertificates: false,
  alertmanagers: ['alertmanager.example.com:9093'],
  scrapeAnnotatedPods: true,
  namespacePolicies: false,
  podLabels: ['team'],
};

describe('the construct', () => {
  test('works alone with a bucket only, for the documented 1,000 nodes', () => {
    const chart = new Chart(Testing.app(), 'alone');
    const monitoring = new ThanosMonitoring(chart, 'Monitoring', { objectStorage: OBJECT_STORAGE });
    expect(monitoring.shards).toBe(2);
    expect(monitoring.queryUrl).toBe('http://thanos-query.monitoring.svc:10902');
    expect(monitoring.jobs).toContain('kubelet');
    expect(Testing.synth(chart).filter((object: Emitted) => object.kind === 'Namespace').map((object: Emitted) => [object.metadata.name, object.metadata.labels['pod-security.kubernetes.io/enforce']]))
      .toEqual([['monitoring', 'restricted'], ['node-monitoring', 'privileged']]);
  });

  test('tells who talks to the API server, with names of service accounts that it emits', () => {
    const chart = new Chart(Testing.app(), 'clients');
    const { apiClients } = new ThanosMonitoring(chart, 'Monitoring', { objectStorage: OBJECT_STORAGE });
    const accounts = Testing.synth(chart).filter((object: Emitted) => object.kind === 'ServiceAccount').map((object: Emitted) => object.metadata.name);
    expect(apiClients.map(client => client.serviceAccount)).toEqual(['prometheus', 'kube-state-metrics', 'kube-state-metrics-pods']);
    for (const client of apiClients) { expect(accounts).toContain(client.serviceAccount); }
  });

  test('every number has a derivation with an id of its own', () => {
    const { derivations } = new ThanosMonitoring(new Chart(Testing.app(), 'numbers'), 'Monitoring', { objectStorage: OBJECT_STORAGE });
    const ids = derivations.map(derivation => derivation.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const derivation of derivations) {
      expect(derivation.id).toMatch(/^monitoring\/[a-z0-9-]+$/);
      expect(derivation.formula).not.toBe('');
      expect(derivation.source).not.toBe('');
    }
  });

  test('measured series of a pod reach the sizes', () => {
    const numbers = (load?: LoadProfile) => {
      const { derivations } = new ThanosMonitoring(new Chart(Testing.app(), 'numbers'), 'Monitoring', { objectStorage: OBJECT_STORAGE, cluster: smallFleet(undefined, load) });
      return (id: string) => derivations.find(derivation => derivation.id === `monitoring/${id}`)!.value;
    };
    const [planned, measured] = [numbers(), numbers(LoadProfile.of({ seriesPerPod: 200 }))];
    // 100 more for each pod of an average node in cAdvisor and pod metrics: 201 machines x 30 pods x (60 + 32).
    expect(measured('spread-series') - planned('spread-series')).toBe(201 * 30 * 92);
    expect(measured('prometheus-memory')).toBeGreaterThan(planned('prometheus-memory'));
  });

  // Props that show only together with another one.
  const CONTEXT: { [name: string]: Partial<ThanosMonitoringProps> } = {
    etcdClientSecret: { scrapeTargets: [ETCD] },
    podLabels: { scrapeAnnotatedPods: true },
    prometheusMemoryTarget: {},
  };

  test.each(Object.entries(EVERYTHING))('prop %s reaches the output', (name, value) => {
    const minimal = { cluster: referenceFleet(), ...CONTEXT[name] };
    expect(emit({ ...minimal, [name]: value })).not.toEqual(emit(minimal));
  });

  test('the version of Prometheus reaches its image', () => {
    const objects = emit({ cluster: smallFleet(KubernetesRelease.V1_22), prometheusVersion: '2.30.0' });
    expect(container(objects, 'StatefulSet', 'prometheus-shard-0', 'prometheus').image).toBe('quay.io/prometheus/prometheus:v2.30.0');
  });

  test('the order of contributions changes nothing', () => {
    const backwards = <T>(list: T[]) => [...list].reverse();
    const groups = [...ALERTS, { name: 'another', alerts: [alert('up == 0', 'Another')] }];
    const shuffled = { scrapeTargets: backwards(EVERYTHING.scrapeTargets), alertGroups: backwards(groups) };
    expect(emit({ ...EVERYTHING, ...shuffled })).toEqual(emit({ ...EVERYTHING, alertGroups: groups }));
  });

  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('Kubernetes %s knows every field of every object', (version, release) => {
    for (const objects of [emit({ cluster: smallFleet(release) }), emit({ cluster: referenceFleet(release), ...EVERYTHING })]) {
      for (const object of objects) {
        expect({ name: object.metadata.name, errors: schemaErrors(version, object) }).toEqual({ name: object.metadata.name, errors: [] });
      }
    }
  });
});

describe('Prometheus (MON-08, MON-10)', () => {
  const objects = emit({ cluster: referenceFleet() });
  const shard = find(objects, 'StatefulSet', 'prometheus-shard-0');
  const { args } = container(objects, 'StatefulSet', 'prometheus-shard-0', 'prometheus');

  test('the reference fleet of 1,200 nodes gets two or three shards with two replicas that never share a node', () => {
    const sets = objects.filter(object => object.kind === 'StatefulSet' && object.metadata.name.startsWith('prometheus-shard-'));
    expect([2, 3]).toContain(sets.length);
    for (const set of sets) {
      expect(set.spec.replicas).toBe(2);
      expect(set.spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]).toEqual({
        topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: set.spec.selector.matchLabels },
      });
      expect(find(objects, 'PodDisruptionBudget', set.metadata.name).spec).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: set.spec.selector.matchLabels } });
    }
  });

  test('local compaction is off and blocks wait a day for their upload', () => {
    expect(args).toEqual(expect.arrayContaining(['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h', '--storage.tsdb.retention.time=1d']));
  });

  test('blocks are deleted before the disk is full', () => {
    const size = args.find((arg: string) => arg.startsWith('--storage.tsdb.retention.size='));
    const disk = shard.spec.volumeClaimTemplates[0].spec.resources.requests.storage;
    expect(Number(/=(\d+)MB$/.exec(size)![1])).toBe(Number(/^(\d+)Gi$/.exec(disk)![1]) * 1024 * 0.8);
  });

  test('a changed configuration reloads: fixed names, a sidecar that watches, an endpoint that it may call', () => {
    expect(args).toContain('--web.enable-lifecycle');
    const sidecar = container(objects, 'StatefulSet', 'prometheus-shard-0', 'thanos-sidecar');
    expect(sidecar.args).toEqual(expect.arrayContaining([
      'sidecar', '--reloader.config-file=/etc/prometheus/config/prometheus.yaml', '--reloader.rule-dir=/etc/prometheus/rules', '--prometheus.url=http://127.0.0.1:9090', '--tsdb.path=/data',
      '--objstore.config-file=/etc/thanos/objstore/objstore.yaml',
    ]));
    expect(shard.spec.template.spec.volumes).toContainEqual({ name: 'config', configMap: { name: 'prometheus-shard-0' } });
    expect(objects.find(object => object.kind === 'ConfigMap' && object.metadata.name === 'prometheus-rules').immutable).toBeUndefined();
  });

  test('the endpoint that reloads can also stop Prometheus, so nobody outside of the monitoring reaches it', () => {
    expect(find(objects, 'NetworkPolicy', 'monitoring-inside-only').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] });
    expect(find(objects, 'NetworkPolicy', 'thanos-query-from-cluster').spec.ingress).toEqual([{ from: [{ namespaceSelector: {} }], ports: [{ port: 10902, protocol: 'TCP' }] }]);
  });

  test('rights are exact: nodes and their metrics, paths with token, pods and slices only where a job looks', () => {
    const role = (all: Emitted[]) => find(all, 'ClusterRole', 'monitoring:prometheus').rules;
    expect(role(objects)).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
    expect(objects.filter(object => object.kind === 'Role').map(object => object.metadata.namespace)).toEqual(['monitoring']);
    const more = emit({ scrapeTargets: [DNS, METRICS_SERVER], scrapeAnnotatedPods: true });
    expect(more.find(object => object.kind === 'Role' && object.metadata.namespace === 'kube-system').rules).toEqual([
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
    ]);
    expect(role(more)).toContainEqual({ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] });
  });

  test('a rule in the output names no resource that allows more than reading', () => {
    for (const object of objects.filter(item => item.kind === 'ClusterRole' || item.kind === 'Role')) {
      for (const rule of object.rules) { expect(['get', 'list', 'watch']).toEqual(expect.arrayContaining(rule.verbs)); }
    }
  });
});

describe('Thanos', () => {
  const objects = emit({ cluster: referenceFleet(), alertGroups: ALERTS });

  test('a querier sees replicas, shards and rulers as one', () => {
    const { args } = container(objects, 'Deployment', 'thanos-query', 'query');
    expect(args.filter((arg: string) => arg.startsWith('--query.replica-label='))).toEqual([
      '--query.replica-label=prometheus_replica', '--query.replica-label=shard', '--query.replica-label=thanos_ruler_replica',
    ]);
    expect(find(objects, 'Deployment', 'thanos-query').spec.replicas).toBe(2);
  });

  test('a querier asks every Prometheus, store gateway and ruler through headless Services that select their pods', () => {
    const endpoints = parse(find(objects, 'ConfigMap', 'thanos-query').data['endpoints.yaml']).endpoints.map((endpoint: Emitted) => endpoint.address);
    expect(endpoints).toEqual(['dnssrv+_grpc._tcp.prometheus.monitoring.svc', 'dnssrv+_grpc._tcp.thanos-store.monitoring.svc', 'dnssrv+_grpc._tcp.thanos-ruler.monitoring.svc']);
    for (const name of ['prometheus', 'thanos-store', 'thanos-ruler']) {
      const service = find(objects, 'Service', name);
      expect(service.spec.clusterIP).toBe('None');
      expect(service.spec.ports).toContainEqual({ name: 'grpc', port: 10901, targetPort: 'grpc', protocol: 'TCP' });
      const workloads = objects.filter(object => object.kind === 'StatefulSet' && object.spec.serviceName === name);
      expect(workloads.length).toBeGreaterThan(0);
      for (const workload of workloads) { expect(workload.spec.template.metadata.labels).toMatchObject(service.spec.selector); }
    }
  });

  test('exactly one compactor, with retention for each resolution', () => {
    expect(find(objects, 'StatefulSet', 'thanos-compactor').spec.replicas).toBe(1);
    expect(objects.filter(object => JSON.stringify(object).includes('"compact"'))).toHaveLength(1);
    expect(container(objects, 'StatefulSet', 'thanos-compactor', 'compactor').args).toEqual([
      'compact', '--wait', '--data-dir=/data', '--objstore.config-file=/etc/thanos/objstore/objstore.yaml',
      '--retention.resolution-raw=30d', '--retention.resolution-5m=90d', '--retention.resolution-1h=365d',
    ]);
  });

  test('credentials of the bucket come from the named Secret; none is in the output', () => {
    const mounts = objects.filter(object => object.kind === 'StatefulSet').map(object => object.spec.template.spec.volumes.find((volume: Emitted) => volume.name === 'objstore').secret);
    for (const secret of mounts) { expect(secret).toEqual({ secretName: 'thanos-objstore', items: [{ key: 'objstore.yaml', path: 'objstore.yaml' }] }); }
    expect(objects.filter(object => object.kind === 'Secret')).toEqual([]);
  });

  test('rulers have labels of their own, expanded by the kubelet, and query all shards', () => {
    const { args, env } = container(objects, 'StatefulSet', 'thanos-ruler', 'ruler');
    expect(args).toEqual(expect.arrayContaining([
      '--label=cluster="shop"', '--label=thanos_ruler_replica="$(POD_NAME)"', '--alert.label-drop=thanos_ruler_replica', '--query=http://thanos-query.monitoring.svc:10902',
    ]));
    expect(env[0].name).toBe('POD_NAME');
  });

  test('without contributed rules, or with one shard, there is no ruler', () => {
    expect(JSON.stringify(emit({ cluster: referenceFleet() }))).not.toContain('thanos-ruler');
    expect(JSON.stringify(emit({ cluster: smallFleet(), alertGroups: ALERTS }))).not.toContain('thanos-ruler"');
  });
});

describe('exporters', () => {
  const objects = emit({ cluster: referenceFleet() });

  test('kube-state-metrics serves pods node by node, waiting pods once, and everything else once', () => {
    expect(container(objects, 'DaemonSet', 'kube-state-metrics-pods', 'kube-state-metrics').args).toEqual(expect.arrayContaining(['--resources=pods', '--node=$(NODE_NAME)']));
    expect(container(objects, 'Deployment', 'kube-state-metrics-unscheduled-pods', 'kube-state-metrics').args).toEqual(expect.arrayContaining(['--resources=pods', '--track-unscheduled-pods']));
    const rest = container(objects, 'Deployment', 'kube-state-metrics', 'kube-state-metrics').args.find((arg: string) => arg.startsWith('--resources='));
    expect(rest.replace('--resources=', '').split(',')).not.toContain('pods');
    expect(JSON.stringify(objects)).not.toContain('--total-shards');
  });

  test('its rights are exactly the resources it watches', () => {
    const listed = container(objects, 'Deployment', 'kube-state-metrics', 'kube-state-metrics').args[0].replace('--resources=', '').split(',').sort();
    const granted = find(objects, 'ClusterRole', 'monitoring:kube-state-metrics').rules.flatMap((rule: Emitted) => rule.resources).sort();
    expect(granted).toEqual(listed);
    expect(find(objects, 'ClusterRole', 'monitoring:kube-state-metrics-pods').rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }]);
  });

  test('its labels are an allow-list without wildcard', () => {
    const lists = objects.flatMap(object => (JSON.stringify(object).match(/--metric-labels-allowlist=[^"]*/g) ?? []));
    expect(lists).toHaveLength(3);
    for (const list of lists) { expect(list).not.toContain('*'); }
  });

  test('its image is the one of the release', () => {
    expect(container(objects, 'Deployment', 'kube-state-metrics', 'kube-state-metrics').image).toBe('registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0');
  });

  test('node-exporter runs on every machine at port 9100 of its address, reads the host and writes nothing', () => {
    const { spec } = find(objects, 'DaemonSet', 'node-exporter').spec.template;
    expect(spec).toMatchObject({ hostNetwork: true, hostPID: true, automountServiceAccountToken: false, tolerations: [{ operator: 'Exists' }], priorityClassName: 'system-node-critical' });
    const exporter = spec.containers[0];
    expect(exporter.image).toBe('quay.io/prometheus/node-exporter:v1.12.1');
    expect(exporter.args).toEqual(expect.arrayContaining(['--web.listen-address=[$(HOST_IP)]:9100', '--collector.disable-defaults', '--collector.conntrack']));
    for (const mount of exporter.volumeMounts) { expect(mount.readOnly).toBe(true); }
    expect(exporter.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
    expect(find(objects, 'DaemonSet', 'node-exporter').metadata.namespace).toBe('node-monitoring');
  });

  test('interfaces and mounts of pods are not measured', () => {
    const { args } = container(objects, 'DaemonSet', 'node-exporter', 'node-exporter');
    const pattern = (flag: string) => new RegExp(args.find((arg: string) => arg.startsWith(flag)).slice(flag.length + 1));
    for (const device of ['cali1234', 'veth0', 'lo', 'vxlan.calico', 'nodelocaldns']) {
      expect(pattern('--collector.netdev.device-exclude').test(device)).toBe(true);
      expect(pattern('--collector.netclass.ignored-devices').test(device)).toBe(true);
    }
    for (const device of ['eth0', 'ens5', 'bond0']) { expect(pattern('--collector.netdev.device-exclude').test(device)).toBe(false); }
    const mounts = pattern('--collector.filesystem.mount-points-exclude');
    for (const mount of ['/var/lib/kubelet/pods/1/volumes/x', '/run/containerd/io.containerd/1', '/proc', '/sys/fs/bpf']) { expect(mounts.test(mount)).toBe(true); }
    for (const mount of ['/', '/var/lib/kubelet', '/var/lib/containerd', '/mnt/local-disks/1']) { expect(mounts.test(mount)).toBe(false); }
  });
});

describe('bad input', () => {
  const cases: Array<[string, Partial<ThanosMonitoringProps>, string]> = [
    ['no bucket', { objectStorage: undefined }, 'objectStorage must say where blocks go'],
    ['shards', { shards: 0 }, 'shards must be a whole number between 1 and 64'],
    ['shards that are too few', { shards: 1, cluster: referenceFleet(), scrapeTargets: [{ ...FELIX, seriesPerTarget: 60_000 }] }, 'shards 1 would need'],
    ['a memory target above every machine', { prometheusMemoryTarget: Size.gibibytes(100) }, 'fits on no machine, the largest has 65536 MiB'],
    ['a memory target below the control plane', { prometheusMemoryTarget: Size.gibibytes(2), scrapeTargets: [{ ...SCHEDULER, seriesPerTarget: 400_000 }] }, 'the control plane alone has'],
    ['a fraction of a second', { scrapeInterval: Duration.millis(500) }, 'scrapeInterval in seconds must be a whole number between 5 and 120'],
    ['a long interval', { scrapeInterval: Duration.minutes(5) }, 'scrapeInterval in seconds must be a whole number between 5 and 120'],
    ['a short local retention', { localRetention: Duration.hours(4) }, 'localRetention in hours must be a whole number between 6 and 720'],
    ['raw data gone before they are downsampled', { rawRetention: Duration.days(1) }, 'rawRetention in days must be a whole number between 2 and'],
    ['five-minute data gone before they are downsampled', { fiveMinuteRetention: Duration.days(10) }, 'fiveMinuteRetention in days must be a whole number between 11 and'],
    ['a URL instead of an address', { alertmanagers: ['http://alertmanager:9093/'] }, 'alertmanagers must be host:port without scheme or path, got "http://alertmanager:9093/"'],
    ['a line break in an address', { alertmanagers: ['a:9093\nb: c'] }, 'alertmanagers must be host:port'],
    ['an old Prometheus', { prometheusVersion: '2.29.0' }, 'prometheusVersion must be 2.30.0 or newer'],
    ['no version', { prometheusVersion: 'latest' }, 'prometheusVersion must be 2.30.0 or newer, as major.minor.patch, got "latest"'],
    ['slices that a Prometheus cannot read', { prometheusVersion: '2.34.0', scrapeTargets: [DNS] }, "prometheusVersion 2.34.0 cannot read EndpointSlices of Kubernetes 1.37, which job 'coredns' needs; use 2.35 or newer"],
    ['annotations for a Prometheus without keepequal', { prometheusVersion: '2.40.0', scrapeAnnotatedPods: true }, 'scrapeAnnotatedPods needs Prometheus 2.41'],
    ['a job twice', { scrapeTargets: [FELIX, FELIX] }, "the job 'felix' is named twice"],
    ['a job of the monitoring', { scrapeTargets: [{ ...FELIX, job: 'kubelet' }] }, "'kubelet' is a job of the monitoring itself; choose another name"],
    ['a job with a line break', { scrapeTargets: [{ ...FELIX, job: 'a\nb' }] }, "job must be letters, digits, '.', '_' or '-', got \"a\\nb\""],
    ['a port', { scrapeTargets: [{ ...FELIX, port: 70_000 }] }, "scrapeTargets[0] 'felix': port must be a whole number between 1 and 65535, got 70000"],
    ['no series', { scrapeTargets: [{ ...FELIX, seriesPerTarget: NaN }] }, 'seriesPerTarget must be between 1 and'],
    ['a relative path', { scrapeTargets: [{ ...FELIX, path: 'metrics' }] }, 'path must be absolute and plain, got "metrics"'],
    ['a broken pattern', { scrapeTargets: [{ ...FELIX, dropMetrics: ['('] }] }, 'dropMetrics must be a regular expression, got "("'],
    ['pods without labels', { scrapeTargets: [{ ...METRICS_SERVER, podLabels: {} }] }, 'podLabels must select pods'],
    ['pods without namespace', { scrapeTargets: [{ ...METRICS_SERVER, namespace: undefined }] }, 'namespace must be lower-case letters'],
    ['a Service without name', { scrapeTargets: [{ ...DNS, serviceName: undefined }] }, 'serviceName must be lower-case letters'],
    ['static targets without address', { scrapeTargets: [{ ...ETCD, addresses: [] }] }, 'addresses must name at least one host'],
    ['a bad address', { scrapeTargets: [{ ...ETCD, addresses: ['a b'] }] }, 'addresses must be IP addresses or DNS names, got "a b"'],
    ['an alert twice', { alertGroups: [{ name: 'g', alerts: [alert('up'), alert('up')] }] }, "the alert 'Contributed' is named twice"],
    ['a group twice', { alertGroups: [{ name: 'g', alerts: [] }, { name: 'g', alerts: [] }] }, "the group 'g' is named twice"],
    ['an alert name', { alertGroups: [{ name: 'g', alerts: [alert('up', 'my alert')] }] }, 'name of an alert must be CamelCase letters and digits, got "my alert"'],
    ['an alert without expression', { alertGroups: [{ name: 'g', alerts: [alert(' ')] }] }, "alert 'Contributed': expression must not be empty"],
    ['an alert without duration', { alertGroups: [{ name: 'g', alerts: [{ ...alert('up'), holdsFor: 'soon' }] }] }, "alert 'Contributed': holdsFor must be a duration such as 10m or 1h30m, got \"soon\""],
    ['a record that is no metric', { recordingRules: [{ record: 'a b', expression: 'up' }] }, 'record must be a metric name, got "a b"'],
    ['a pod label', { podLabels: ['a b'] }, 'podLabels: key must be'],
    ['a storage class', { storageClassName: 'Fast' }, 'storageClassName must be a DNS name in lower case, got "Fast"'],
  ];

  test.each(cases)('%s is refused', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });

  test('the bucket configuration itself is refused where its key belongs, and is not shown', () => {
    const config = 'type: S3\nconfig:\n  secret_key: hunter2';
    expect(() => ObjectStorage.secret({ name: 'bucket', key: config })).toThrow(/objectStorage: key must be a key of a Secret .* never goes here/);
    expect(() => ObjectStorage.secret({ name: 'My Bucket' })).toThrow('objectStorage: name must be a DNS name in lower case, got "My Bucket"');
  });

  test('all problems come at once', () => {
    expect(() => emit({ shards: -1, scrapeInterval: Duration.seconds(1), scrapeTargets: [{ ...FELIX, port: 0 }], alertGroups: [{ name: 'g', alerts: [alert('')] }] }))
      .toThrow(/ThanosMonitoring: 4 problems\n {2}- .*\n {2}- .*\n {2}- .*\n {2}- .*/);
  });

  test('labels of pods cannot reach a prototype', () => {
    const podLabels = JSON.parse('{ "__proto__": "x" }') as { [key: string]: string };
    const target: ScrapeTarget = { job: 'x', discovery: ScrapeDiscovery.PODS, namespace: 'x', podLabels, port: 1, seriesPerTarget: 1 };
    expect(() => emit({ scrapeTargets: [target] })).toThrow("'__proto__' is not a usable key");
  });

  test('text of other components stays text in the configuration', () => {
    const name = 'a".*|b';
    expect(() => emit({ scrapeTargets: [{ ...METRICS_SERVER, podLabels: { app: name } }] })).toThrow('podLabels');
    const section = job(emit({ cluster: smallFleet(), scrapeTargets: [{ ...METRICS_SERVER, podLabels: { app: 'a.b' } }] }), 'metrics-server');
    expect(section.relabel_configs).toContainEqual({ source_labels: ['__meta_kubernetes_pod_label_app'], regex: 'a\\.b', action: 'keep' });
  });
});
