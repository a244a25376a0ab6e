import { Chart, Duration, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { FluentBitLogging, FluentBitLoggingProps } from '../../../src/components/logging/fluent-bit-logging';
import { fluentBitPipeline } from '../../../src/components/logging/fluent-bit-pipeline';
import { LogOutput } from '../../../src/components/logging/log-output';
import { loggingScrapeTargets } from '../../../src/components/logging/logging-contributions';
import { loggingSettings } from '../../../src/components/logging/logging-settings';
import { fluentBitConfig } from '../../../src/formats/fluent-bit-config';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

type Json = { [field: string]: any };

const OUTPUT = LogOutput.elasticsearch({ host: 'logs.example.com' });

function emit(props: Partial<FluentBitLoggingProps> = {}): { objects: Json[]; logging: FluentBitLogging } {
  const chart: Chart = Testing.chart();
  const logging = new FluentBitLogging(chart, 'logging', { output: OUTPUT, ...props });
  return { objects: Testing.synth(chart), logging };
}

function only(objects: Json[], kind: string): Json {
  const found = objects.filter(object => object.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

const config = (props: Partial<FluentBitLoggingProps> = {}): Json => parse(only(emit(props).objects, 'ConfigMap').data['fluent-bit.yaml']);
const plugin = (list: Json[], name: string): Json => list.find(item => item.name === name)!;
const pod = (props: Partial<FluentBitLoggingProps> = {}): Json => only(emit(props).objects, 'DaemonSet').spec.template.spec;

describe('what is read', () => {
  test('the runtime\'s own format, partial lines joined; no parser of docker\'s JSON (LOG-01)', () => {
    const { pipeline } = config();
    expect(pipeline.inputs.filter((input: Json) => input.name === 'tail')).toHaveLength(1);
    expect(plugin(pipeline.inputs, 'tail')).toMatchObject({ 'tag': 'kube.*', 'path': '/var/log/containers/*.log', 'multiline.parser': 'cri' });
    expect(plugin(pipeline.inputs, 'tail').parser).toBeUndefined();
  });

  test('every parser that an input names is defined in the same file (LOG-02)', () => {
    const { parsers, pipeline } = config({ logStreams: [{ name: 'audit', path: '/var/log/kubernetes/audit/*.log', json: true }] });
    const named = pipeline.inputs.map((input: Json) => input.parser).filter(Boolean);
    expect(named).toEqual(['json-lines']);
    expect(parsers.map((parser: Json) => parser.name)).toEqual(named);
  });

  test('the configuration lies in a folder of its own and hides nothing of the image (LOG-02)', () => {
    const [container] = pod().containers;
    const folder = container.volumeMounts.find((mount: Json) => mount.name === 'config').mountPath;
    expect(folder).toBe('/fluent-bit/cluster');
    expect(container.args).toEqual([`--config=${folder}/fluent-bit.yaml`]);
  });

  test('the agent never reads its own log', () => {
    const excluded: string = plugin(config().pipeline.inputs, 'tail').exclude_path;
    const pattern = new RegExp(`^${excluded.split('*').map(part => part.replace(/[.]/g, '\\.')).join('.*')}$`);
    expect('/var/log/containers/fluent-bit-x7k2p_logging_fluent-bit-0123abcd.log').toMatch(pattern);
    expect('/var/log/containers/shop-x7k2p_shop_fluent-bit-0123abcd.log').not.toMatch(pattern);
  });

  test('long lines are skipped only beyond a buffer that is larger than 32 KiB (LOG-06), new files found within 10 s (LOG-05)', () => {
    expect(plugin(config().pipeline.inputs, 'tail')).toMatchObject({
      buffer_chunk_size: 65_536, buffer_max_size: 1_048_576, skip_long_lines: true, refresh_interval: 10, rotate_wait: 30,
    });
  });

  test('kubelet and containerd from the journal, and the units of other components', () => {
    const { pipeline } = config({ logStreams: [{ name: 'etcd', systemdUnit: 'etcd.service' }] });
    expect(plugin(pipeline.inputs, 'systemd').systemd_filter).toEqual(['containerd', 'etcd', 'kubelet'].map(unit => `_SYSTEMD_UNIT=${unit}.service`));
  });

  test('without units the journal is neither read nor mounted', () => {
    expect(plugin(config({ systemdUnits: [] }).pipeline.inputs, 'systemd')).toBeUndefined();
    expect(JSON.stringify(pod({ systemdUnits: [] }))).not.toContain('journal');
  });

  test('the folder of the journal exists when the agent starts: it would not start without', () => {
    expect(pod().volumes).toContainEqual({ name: 'journal', hostPath: { path: '/var/log/journal', type: 'DirectoryOrCreate' } });
  });
});

describe('metadata', () => {
  const filter = plugin(config().pipeline.filters, 'kubernetes');

  test('comes from the node\'s kubelet and never from the API server (LOG-03)', () => {
    expect(filter).toMatchObject({
      use_kubelet: true, kubelet_host: '${NODE_IP}', kubelet_port: 10250, buffer_size: 0, annotations: false, namespace_labels: false, namespace_annotations: false,
    });
    expect(pod()).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(pod().containers[0].env).toContainEqual({ name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } });
  });

  test('is forgotten again: 110 pods, 165 containers, 330 s', () => {
    expect(filter.kube_meta_cache_ttl).toBe(330);
  });

  test.each([
    ['1.37', 'nodes/pods'], ['1.33', 'nodes/pods'], ['1.32', 'nodes/proxy'], ['1.22', 'nodes/proxy'],
  ])('on %s the one right is to get %s', (version, resource) => {
    const { objects } = emit({ cluster: clusterOn(KubernetesRelease.of(version)) });
    expect(only(objects, 'ClusterRole').rules).toEqual([{ apiGroups: [''], resources: [resource], verbs: ['get'] }]);
  });

  test('one pool with older kubelets decides', () => {
    const shape = MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) });
    const cluster = ClusterFacts.of({
      name: 'shop',
      release: KubernetesRelease.V1_34,
      network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      controlPlane: { endpoint: 'api.shop.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.11' }] },
      pools: [NodePool.of('new', { nodes: 100, machine: shape }), NodePool.of('old', { nodes: 100, machine: shape, release: KubernetesRelease.V1_32 })],
    });
    expect(only(emit({ cluster }).objects, 'ClusterRole').rules[0].resources).toEqual(['nodes/proxy']);
  });

  test('an agent does not wait for cluster DNS: the API server is named by address, which an IPv6 URL cannot be', () => {
    expect(filter.kube_url).toBe('https://10.96.0.1:443');
    const cluster = ClusterFacts.of({
      name: 'six',
      network: { podCidr: 'fd00:10::/48', serviceCidr: 'fd00:96::/112', nodeCidr: 'fd00:16::/64' },
      controlPlane: { endpoint: 'api.six.example.com:6443', members: [{ name: 'cp-1', address: 'fd00:16::11' }] },
      pools: [NodePool.of('general', { nodes: 100, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    });
    expect(plugin(config({ cluster }).pipeline.filters, 'kubernetes').kube_url).toBeUndefined();
  });

  test('every record says where it comes from', () => {
    expect(plugin(config().pipeline.filters, 'record_modifier')).toMatchObject({ match: '*', record: ['cluster thousand-node', 'node ${NODE_NAME}'] });
  });
});

describe('delivery', () => {
  const output = plugin(config().pipeline.outputs, 'es');

  test('every input buffers on disk, within a limit, and retries end (LOG-04)', () => {
    const { service, pipeline } = config();
    expect(pipeline.inputs.map((input: Json) => input['storage.type'])).toEqual(pipeline.inputs.map(() => 'filesystem'));
    expect(service['storage.path']).toBe('/var/lib/fluent-bit/buffer');
    expect(pod().volumes).toContainEqual({ name: 'state', hostPath: { path: '/var/lib/fluent-bit', type: 'DirectoryOrCreate' } });
    // Default: 30 pods x 1 KiB/s x 4 for one hour, 1.5 times.
    expect(output).toMatchObject({ 'retry_limit': 11, 'storage.total_limit_size': 700_000_000 });
    expect(JSON.stringify(pipeline)).not.toContain('mem_buf_limit');
  });

  test('offsets survive the agent, one file per input', () => {
    const { pipeline } = config({ logStreams: [{ name: 'audit', path: '/var/log/audit.log' }] });
    const files = pipeline.inputs.map((input: Json) => input.db);
    expect(new Set(files).size).toBe(3);
    for (const file of files) { expect(file).toMatch(/^\/var\/lib\/fluent-bit\/offsets-[a-z]+\.db$/); }
  });

  test('Elasticsearch 8 takes it, twice sent is once stored, errors are not traced (LOG-08, LOG-11)', () => {
    expect(output).toMatchObject({
      suppress_type_name: true, generate_id: true, write_operation: 'create', compress: 'gzip', workers: 2, trace_error: false, index: 'logs-kubernetes-default',
    });
    expect(output.logstash_format).toBeUndefined();
  });

  test('over TLS with certificate and name verified (LOG-07)', () => {
    expect(output).toMatchObject({ 'tls': true, 'tls.verify': true, 'tls.verify_hostname': true });
  });

  test('flush each second, and time to flush before the kubelet kills (LOG-10)', () => {
    expect(config().service).toMatchObject({ flush: 1, grace: 30 });
    expect(pod().terminationGracePeriodSeconds).toBe(40);
  });

  test('credentials come from a Secret and stand nowhere in the output', () => {
    const secured = LogOutput.elasticsearch({ host: 'logs.example.com', userSecret: 'es-writer', caSecret: 'es-ca' });
    expect(plugin(config({ output: secured }).pipeline.outputs, 'es')).toMatchObject({
      'http_user': '${ES_USERNAME}', 'http_passwd': '${ES_PASSWORD}', 'tls.ca_file': '/fluent-bit/receiver-ca/ca.crt',
    });
    const { containers: [container], volumes } = pod({ output: secured });
    expect(container.env).toEqual(expect.arrayContaining([
      { name: 'ES_USERNAME', valueFrom: { secretKeyRef: { name: 'es-writer', key: 'username' } } },
      { name: 'ES_PASSWORD', valueFrom: { secretKeyRef: { name: 'es-writer', key: 'password' } } },
    ]));
    expect(volumes).toContainEqual({ name: 'receiver-ca', secret: { secretName: 'es-ca' } });
    expect(emit({ output: secured }).objects.filter(object => object.kind === 'Secret')).toEqual([]);
  });
});

describe('DaemonSet (LOG-12)', () => {
  test('on every node, tainted ones included, a percentage at a time', () => {
    const { spec } = only(emit().objects, 'DaemonSet');
    expect(spec.template.spec.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '9%' } });
  });

  test('reads logs read-only and holds no right beyond reading', () => {
    const [container] = pod().containers;
    expect(container.volumeMounts.filter((mount: Json) => !mount.readOnly).map((mount: Json) => mount.mountPath)).toEqual(['/var/lib/fluent-bit']);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH'] },
    });
  });

  test('an unreachable receiver makes agents unready, never restarts them', () => {
    const [container] = pod().containers;
    expect(container.livenessProbe.httpGet.path).toBe('/');
    expect(container.readinessProbe.httpGet.path).toBe('/api/v1/health');
  });

  test('every mounted path has its volume and every variable of the configuration its source', () => {
    const { objects } = emit({ output: LogOutput.elasticsearch({ host: 'x.example', userSecret: 'u', caSecret: 'c' }) });
    const { containers: [container], volumes } = only(objects, 'DaemonSet').spec.template.spec;
    expect(volumes.map((volume: Json) => volume.name).sort()).toEqual(container.volumeMounts.map((mount: Json) => mount.name).sort());
    const used = new Set([...only(objects, 'ConfigMap').data['fluent-bit.yaml'].matchAll(/\$\{(\w+)\}/g)].map((match: RegExpMatchArray) => match[1]));
    expect(container.env.map((variable: Json) => variable.name).sort()).toEqual([...used].sort());
  });

  test('answers at the node\'s address, which is what is scraped and probed (LOG-07)', () => {
    expect(config().service).toMatchObject({ http_server: true, http_listen: '${NODE_IP}', http_port: 2020 });
    expect(emit().logging.scrapeTargets).toMatchObject([{ discovery: 'nodes', port: 2020, path: '/api/v2/metrics/prometheus' }]);
  });
});

describe('older Fluent Bit', () => {
  const cluster = ClusterFacts.thousandNodes();
  const settings = { ...loggingSettings(cluster, { output: OUTPUT, logStreams: [{ name: 'audit', path: '/var/log/audit.log', json: true }] }), version: '1.8.15' };

  test('gets the classic form, parsers beside it, without keys it does not know', () => {
    const { main, files } = fluentBitConfig(fluentBitPipeline(cluster, settings), settings.version);
    expect(main).toBe('fluent-bit.conf');
    expect(Object.keys(files).sort()).toEqual(['fluent-bit.conf', 'parsers-of-cluster.conf']);
    for (const later of ['threaded', 'kubelet_host', 'namespace_labels', 'tls.verify_hostname', 'compress', 'scheduler.cap']) {
      expect(files['fluent-bit.conf']).not.toMatch(new RegExp(`^ +${later} `, 'm'));
    }
    expect(files['fluent-bit.conf']).toMatch(/^ +use_kubelet +on$/m);
    expect(files['fluent-bit.conf']).toMatch(/^ +suppress_type_name +on$/m);
  });

  test('has its counters below /api/v1', () => {
    expect(loggingScrapeTargets(settings)[0].path).toBe('/api/v1/metrics/prometheus');
  });
});

const ALL: Required<FluentBitLoggingProps> = {
  cluster: clusterOn(KubernetesRelease.V1_33),
  output: LogOutput.elasticsearch({ host: '10.1.2.3', port: 443, index: 'shop-logs', caSecret: 'es-ca', userSecret: 'es-writer' }),
  logStreams: [{ name: 'audit', path: '/var/log/kubernetes/audit/*.log', json: true, controlPlaneOnly: true }],
  systemdUnits: ['kubelet.service'],
  logRate: Size.mebibytes(1),
  receiverOutage: Duration.hours(4),
  bufferLimit: Size.gibibytes(20),
};

test.each(Object.entries(ALL))('prop %s reaches the output', (name, given) => {
  expect(emit({ [name]: given }).objects).not.toEqual(emit().objects);
});

test.each([
  ['port', { port: 443 }], ['index', { index: 'x' }], ['tls', { tls: false }], ['caSecret', { caSecret: 'x' }], ['userSecret', { userSecret: 'x' }],
])('output.%s reaches the output', (_, given) => {
  expect(emit({ output: LogOutput.elasticsearch({ host: 'logs.example.com', ...given }) }).objects).not.toEqual(emit().objects);
});

test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('%s knows every field', (version, release) => {
  const { objects } = emit({ ...ALL, cluster: clusterOn(release) });
  expect(objects.flatMap(object => schemaErrors(version, object).map(error => `${object.kind}: ${error}`))).toEqual([]);
});

test('the order of streams and units does not matter', () => {
  const streams = [{ name: 'b', path: '/var/log/b.log' }, { name: 'a', path: '/var/log/a.log' }, { name: 'u', systemdUnit: 'x.service' }];
  const units = ['kubelet.service', 'containerd.service'];
  const reversed = { logStreams: [...streams].reverse(), systemdUnits: [...units].reverse() };
  expect(emit({ logStreams: streams, systemdUnits: units }).objects).toEqual(emit(reversed).objects);
});

describe('refused', () => {
  test('no output', () => {
    expect(() => emit({ output: undefined })).toThrow('FluentBitLogging: output is required');
  });

  test.each([
    ['a path outside /var/log', { logStreams: [{ name: 'x', path: '/etc/shadow' }] }, 'logStreams[0].path must lie below /var/log'],
    ['a path that climbs out', { logStreams: [{ name: 'x', path: '/var/log/../../etc/shadow' }] }, 'logStreams[0].path must lie below /var/log'],
    ['a path with a section in it', { logStreams: [{ name: 'x', path: '/var/log/a\n[OUTPUT]' }] }, 'got "/var/log/a\\n[OUTPUT]"'],
    ['two paths in one', { logStreams: [{ name: 'x', path: '/var/log/a,/etc/b' }] }, 'hold only letters, digits and ._-*?/'],
    ['a stream that is neither', { logStreams: [{ name: 'x' }] }, 'logStreams[0] must have either path or systemdUnit'],
    ['a stream that is both', { logStreams: [{ name: 'x', path: '/var/log/a', systemdUnit: 'a.service' }] }, 'logStreams[0] must have either path or systemdUnit'],
    ['a name that is a pattern', { logStreams: [{ name: '*', path: '/var/log/a' }] }, 'logStreams[0].name must be lower-case letters'],
    ['one name for two paths', { logStreams: [{ name: 'x', path: '/var/log/a' }, { name: 'x', path: '/var/log/b' }] }, 'logStreams[1].name \'x\' is used for two paths'],
    ['the name of an input of ours', { logStreams: [{ name: 'containers', path: '/var/log/a' }] }, 'logStreams[0].name \'containers\' is used by the agent itself'],
    ['a unit without its kind', { systemdUnits: ['kubelet'] }, 'systemd unit must be a full unit name such as kubelet.service, got "kubelet"'],
    ['a unit with a line break', { systemdUnits: ['a\n[OUTPUT].service'] }, 'systemd unit must be a full unit name'],
    ['an outage of a second', { receiverOutage: Duration.seconds(1) }, 'receiverOutage must be between 60 and 604800 (seconds without receiver), got 1'],
    ['no room for a buffer', { bufferLimit: Size.mebibytes(1) }, 'bufferLimit must be between 100000000'],
    ['no rate', { logRate: Size.kibibytes(0) }, 'logRate must be between 1024'],
  ] as Array<[string, Partial<FluentBitLoggingProps>, string]>)('%s', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });

  test('all problems at once', () => {
    expect(() => emit({ systemdUnits: ['x'], receiverOutage: Duration.seconds(1) })).toThrow(/FluentBitLogging: 2 problems/);
  });

  test.each([
    [{ host: 'logs.example.com\n[OUTPUT]' }, 'host must be a DNS name'],
    [{ host: '${ES_PASSWORD}.evil.example' }, 'host must be a DNS name'],
    [{ host: 'https://logs.example.com' }, 'host must be a DNS name'],
    [{ host: 'logs', port: 0 }, 'port must be a whole number between 1 and 65535'],
    [{ host: 'logs', index: 'Logs' }, 'index must be lower-case'],
    [{ host: 'logs', index: 'a/../_security' }, 'index must be lower-case'],
    [{ host: 'logs', index: 'x\nHost evil' }, 'index must be lower-case'],
    [{ host: 'logs', userSecret: 'user:password' }, 'userSecret must be a DNS name'],
    [{ host: 'logs', tls: false, userSecret: 'u' }, 'userSecret with tls false would send the password in clear text'],
    [{ host: 'logs', tls: false, caSecret: 'u' }, 'caSecret has no use with tls false'],
  ])('Elasticsearch at %j', (output, message) => {
    expect(() => LogOutput.elasticsearch(output)).toThrow(message);
  });
});
