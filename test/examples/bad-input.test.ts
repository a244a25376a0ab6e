import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Chart, Duration, Size } from 'cdk8s';
import { filesBelow } from './synthesised';
import { description } from '../../examples/thousand-node/cluster';
import {
  Autoscaling, AutoscalerProvider, ClusterFacts, EtcdCluster, HostChange, HostFile, HostFiles, HostTarget, HpaBehavior, HpaMetric, HpaPolicy,
  ImageRegistry, Installer, KubernetesRelease, LoadProfile, Logging, LogOutput, MachineShape, Monitoring, NodePool, NodePoolProps, ObjectStorage, TaintEffect,
  ThousandNodeCluster, ThousandNodeClusterProps,
} from '../../src';

const machine = MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) });
const members = description.controlPlane.members;

/** The reference cluster with some props replaced. */
function cluster(props: Partial<ThousandNodeClusterProps>): ThousandNodeCluster {
  return new ThousandNodeCluster(new App(), 'shop', { ...description, ...props });
}

const pool = (name: string, props: Partial<NodePoolProps> = {}) => NodePool.of(name, { nodes: 10, machine, ...props });
const network = (props: Partial<ThousandNodeClusterProps['network']>) => () => cluster({ network: { ...description.network, ...props } });
const controlPlane = (props: Partial<ThousandNodeClusterProps['controlPlane']>) => () => cluster({ controlPlane: { ...description.controlPlane, ...props } });
const kubelet = (configOverrides: { [field: string]: unknown }) => () => cluster({ kubelets: { general: { configOverrides } } });
const proto = (value: string) => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`);
const BREAK = 'a\n  privileged: true';

/** What is wrong, how it is written, and what the one error must say: the field, the value and the rule or what to do instead. */
const BAD: Array<[what: string, attempt: () => unknown, ...says: Array<string | RegExp>]> = [
  ['a pool of 0 nodes', () => pool('p', { nodes: 0 }), 'pool \'p\'', 'nodes', 'got 0', 'between 1 and'],
  ['a pool of -1 nodes', () => pool('p', { nodes: -1 }), 'nodes', 'got -1'],
  ['a pool of NaN nodes', () => pool('p', { nodes: NaN }), 'nodes', 'got NaN'],
  ['a pool of 1.5 nodes', () => pool('p', { nodes: 1.5 }), 'nodes', 'got 1.5', 'whole number'],
  ['a pool of 10^9 nodes', () => pool('p', { nodes: 1e9 }), 'nodes', 'got 1000000000'],
  ['a pool whose size is a text', () => pool('p', { nodes: '10' as unknown as number }), 'nodes', 'got "10"'],
  ['more nodes today than planned', () => pool('p', { nodesToday: 11 }), 'nodesToday 11', 'nodes 10'],
  ['-1 nodes today', () => pool('p', { nodesToday: -1 }), 'nodesToday', 'got -1'],
  ['two pools of one name', () => cluster({ pools: [pool('p'), pool('p')] }), 'pools', '\'p\' is used twice'],
  ['no pool', () => cluster({ pools: [] }), 'pools', 'at least one'],
  ['a pool name that leaves its folder', () => pool('../../etc'), 'name', '../../etc'],
  ['a pool name of 64 characters', () => pool('a'.repeat(64)), 'name', '63 characters'],
  ['a label with a line break', () => pool('p', { labels: { team: BREAK } }), 'labels', 'team', '\\n'],
  ['a label with quotes', () => pool('p', { labels: { team: '"; rm -rf /' } }), 'labels', 'team'],
  ['a label that a kubelet may not set', () => pool('p', { labels: { 'kubernetes.io/team': 'x' } }), 'labels', 'kubernetes.io/team', 'NodeRestriction'],
  ['__proto__ as a label', () => pool('p', { labels: proto('x') }), 'labels', '__proto__', 'another name'],
  ['a taint with a line break', () => pool('p', { taints: [{ key: 'a', value: BREAK, effect: TaintEffect.NO_SCHEDULE }] }), 'taints', '\\n'],
  ['a GPU kind without GPU', () => pool('p', { kind: 'gpu' as never }), 'gpu', 'Gpu.nvidia'],
  ['a kubelet newer than the API servers', () => cluster({ release: KubernetesRelease.V1_30, pools: [pool('p', { release: KubernetesRelease.V1_31 })] }), 'pool \'p\'', '1.31', '1.30'],
  ['a machine without memory', () => MachineShape.of({ cpu: 1, memory: Size.mebibytes(1) }), 'memory', '2Gi', 'got 1Mi'],
  ['a machine of 0 cores', () => MachineShape.of({ cpu: 0, memory: Size.gibibytes(4) }), 'cpu', 'got 0'],

  ['pods and Services in one range', network({ podCidr: '10.96.0.0/12' }), 'podCidr', '10.96.0.0/12', 'serviceCidr', 'disjoint'],
  ['nodes and pods in one range', network({ nodeCidr: '10.1.0.0/16' }), 'nodeCidr', '10.1.0.0/16', 'overlap'],
  ['a pod range that is too small', network({ podCidr: '10.0.0.0/18' }), 'podCidr', '10.0.0.0/18', 'use /14 or larger'],
  ['a node range that is too small', network({ nodeCidr: '172.16.0.0/22' }), 'nodeCidr', '172.16.0.0/22', '1024 addresses', 'larger'],
  ['a Service range that is too large', network({ serviceCidr: '10.96.0.0/11' }), 'serviceCidr', '20'],
  ['a Service range that is too small', network({ serviceCidr: '10.96.0.0/26' }), 'serviceCidr', '/24'],
  ['a range without mask', network({ podCidr: '10.0.0.0' }), 'podCidr', '"10.0.0.0"'],
  ['a range with host bits', network({ podCidr: '10.0.0.1/11' }), 'podCidr', '10.0.0.1/11'],
  ['a range with a mask of 33', network({ podCidr: '10.0.0.0/33' }), 'podCidr', 'at most /32', 'got /33'],
  ['a range with an octet of 256', network({ podCidr: '10.0.256.0/11' }), 'podCidr', '"10.0.256.0"', 'not an IP address'],
  ['a range that is no text', network({ podCidr: 10 as unknown as string }), 'podCidr', '10'],
  ['two address families', network({ podCidr: 'fd00:10::/48' }), 'podCidr', 'one family'],
  ['a domain with a space', network({ clusterDomain: 'cluster local' }), 'clusterDomain', '"cluster local"'],

  ['two etcd members', () => cluster({ etcd: { members: members.slice(0, 2) } }), 'EtcdCluster', 'members', 'got 2', 'odd'],
  ['nine etcd members', () => cluster({ etcd: { members: [...members, ...[6, 7, 8, 9].map(i => ({ name: `m${i}`, address: `172.16.0.${20 + i}` }))] } }), 'members', 'got 9', '7'],
  ['an even ring for events', () => cluster({ etcd: { eventsMembers: members.slice(0, 2) } }), 'eventsMembers', 'got 2'],
  ['a member without address', controlPlane({ members: [{ name: 'a' } as never, ...members.slice(1)] }), 'members[0].address', 'got undefined'],
  ['a member with a host name as address', controlPlane({ members: [{ name: 'a', address: 'a.example.com' }, ...members.slice(1)] }), 'members[0].address', 'a.example.com'],
  ['a member outside the node range', controlPlane({ members: [{ name: 'a', address: '192.0.2.1' }, ...members.slice(1)] }), '192.0.2.1', 'nodeCidr'],
  ['two members of one name', controlPlane({ members: [members[0], { ...members[1], name: members[0].name }, members[2]] }), 'members[1].name', 'twice'],
  ['two members at one address', controlPlane({ members: [members[0], { ...members[1], address: members[0].address }, members[2]] }), 'members[1].address', 'twice'],
  ['no member', controlPlane({ members: [] }), 'controlPlane.members', 'at least one'],
  ['an endpoint without port', controlPlane({ endpoint: 'api.example.com' }), 'controlPlane.endpoint', 'host:port', 'api.example.com'],
  ['an endpoint with a scheme', controlPlane({ endpoint: 'https://api.example.com:6443' }), 'controlPlane.endpoint', 'host:port'],
  ['an endpoint with a line break', controlPlane({ endpoint: 'api.example.com\n:6443' }), 'controlPlane.endpoint', '\\n'],
  ['an endpoint with quotes', controlPlane({ endpoint: 'api".example.com:6443' }), 'controlPlane.endpoint'],
  ['an election below five heartbeats', () => cluster({ etcd: { heartbeatInterval: Duration.millis(500), electionTimeout: Duration.millis(2499) } }), 'electionTimeout', '2499', '2500'],
  ['a quota below what the cluster needs', () => cluster({ etcd: { quotaBackendBytes: Size.gibibytes(1) } }), 'quotaBackendBytes', '2Gi', '1073741824'],

  ['an older release', () => KubernetesRelease.of('1.21'), 'release', '1.22', '"1.21"'],
  ['a newer release', () => KubernetesRelease.of('1.99'), 'release', '"1.99"', 'update'],
  ['a release that is no version', () => KubernetesRelease.of('latest'), 'release', '"latest"'],
  ['maxPods beyond the blocks of a node', () => cluster({ calico: { blockSize: 30 }, pools: [pool('p', { maxPods: 110 })] }), 'pool \'p\'', 'maxPods', '110', '/30'],
  ['maxPods of 0', () => pool('p', { maxPods: 0 }), 'maxPods', 'got 0'],

  ['an unknown flag of the API server', () => cluster({ apiServer: { extraFlags: { 'max-request-inflight': '1' } } }), 'extraFlags', 'max-request-inflight', 'did you mean'],
  ['a flag that the release dropped', () => cluster({ apiServer: { extraFlags: { 'target-ram-mb': '1' } } }), 'extraFlags', 'target-ram-mb', '1.24'],
  ['an owned flag', () => cluster({ apiServer: { extraFlags: { '--etcd-servers': 'http://x' } } }), 'extraFlags', 'etcd-servers', 'managed'],
  ['a flag with a line break', () => cluster({ apiServer: { extraFlags: { 'audit-log-maxage': BREAK } } }), 'extraFlags', 'audit-log-maxage', '\\n'],
  ['__proto__ as a flag', () => cluster({ apiServer: { extraFlags: proto('x') } }), 'extraFlags', '__proto__'],
  ['an unknown flag of etcd', () => cluster({ etcd: { extraFlags: { 'quota-backend': '1' } } }), 'extraFlags', 'quota-backend'],
  ['an unknown flag of the controller manager', () => cluster({ apiServer: { controllerManagerExtraFlags: { nope: '1' } } }), 'controllerManagerExtraFlags', 'nope'],
  ['an unknown flag of the scheduler', () => cluster({ apiServer: { schedulerExtraFlags: { nope: '1' } } }), 'schedulerExtraFlags', 'nope'],
  ['an unknown feature gate of a kubelet', kubelet({ featureGates: { Nope: true } }), 'configOverrides', 'Nope'],
  ['a misspelt field of a kubelet', kubelet({ maxPodz: 1 }), 'configOverrides', 'maxPodz', 'did you mean'],
  ['an owned field of a kubelet', kubelet({ maxPods: 1 }), 'configOverrides', 'maxPods', 'NodePool'],
  ['a field of the wrong type', kubelet({ podsPerCore: 'ten' }), 'configOverrides', 'podsPerCore', 'whole number', '"ten"'],
  ['__proto__ as a field', () => cluster({ kubelets: { general: { configOverrides: proto('x') } } }), 'configOverrides', '__proto__'],
  ['a kernel setting with a line break', () => cluster({ kubelets: { general: { extraSysctls: { 'net.core.somaxconn': '1\nkernel.panic=0' } } } }), 'extraSysctls', 'net.core.somaxconn', '\\n'],
  ['kubelets of a pool that does not exist', () => cluster({ kubelets: { nope: {} } }), 'kubelets', '\'nope\'', '\'general\''],
  ['__proto__ as a pool', () => cluster({ kubelets: JSON.parse('{"__proto__": {}}') }), 'kubelets', '__proto__'],
  ['too many requests in flight', () => cluster({ apiServer: { maxRequestsInflight: 4000, maxMutatingRequestsInflight: 2000 } }), 'maxRequestsInflight', '4000', '6000', '1200'],
  ['NaN requests in flight', () => cluster({ apiServer: { maxRequestsInflight: NaN } }), 'maxRequestsInflight', 'got NaN'],
  ['a certificate name with a line break', () => cluster({ apiServer: { certSans: [BREAK] } }), 'certSans', '\\n'],

  ['a cluster name with a space', () => cluster({ clusterName: 'my shop' }), 'name', '"my shop"'],
  ['0 pods per node', () => cluster({ load: LoadProfile.of({ podsPerNode: 0 }) }), 'podsPerNode', 'got 0'],
  ['a mirror with a line break', () => ImageRegistry.mirror('mirror.example.com\nx'), 'imageRegistry', '\\n'],
  ['a log host that is a URL', () => LogOutput.elasticsearch({ host: 'https://es.example.com' }), 'host', 'https://es.example.com'],
  ['a log host with a line break', () => LogOutput.elasticsearch({ host: 'es\n[OUTPUT]' }), 'host', '\\n'],
  ['a log port of 0', () => LogOutput.elasticsearch({ host: 'es.example.com', port: 0 }), 'port', 'got 0'],
  ['a log stream outside of /var/log', () => cluster({ logging: Logging.fluentBit({ output: LogOutput.elasticsearch({ host: 'es.example.com' }), logStreams: [{ name: 'x', path: '/etc/shadow' }] }) }),
    '/etc/shadow', '/var/log'],
  ['a bucket Secret with a slash', () => ObjectStorage.secret({ name: 'a/b' }), 'name', 'a/b'],
  ['an alertmanager that is no host:port', () => cluster({ monitoring: Monitoring.thanos({ objectStorage: ObjectStorage.secret({ name: 'b' }), alertmanagers: ['http://am'] }) }), 'alertmanagers', 'http://am'],
  ['a region with a line break', () => cluster({ autoscaling: Autoscaling.clusterAutoscaler({ provider: AutoscalerProvider.aws({ region: 'eu-central-1\nx' }) }) }), 'region', '\\n'],
  ['a group of a pool that does not exist', () => cluster({ autoscaling: Autoscaling.clusterAutoscaler({ groups: [{ pool: 'nope' }] }) }), 'nope', '\'general\''],
  ['fewer replicas at most than at least', () => cluster({ hpas: [{ target: { name: 'a', namespace: 'b' }, minReplicas: 5, maxReplicas: 4 }] }), 'minReplicas 5', 'maxReplicas 4'],
  ['0 replicas', () => cluster({ hpas: [{ target: { name: 'a', namespace: 'b' }, minReplicas: 0, maxReplicas: 4 }] }), 'minReplicas', 'got 0'],
  ['a metric with quotes', () => cluster({ hpas: [{ target: { name: 'a', namespace: 'b' }, minReplicas: 1, maxReplicas: 4, metrics: [HpaMetric.podsMetric('x"y', 1)] }] }), 'podsMetric', 'x\\"y'],
  ['a policy that never acts', () => cluster({
    hpas: [{ target: { name: 'a', namespace: 'b' }, minReplicas: 1, maxReplicas: 4, behavior: HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.pods(0, Duration.seconds(15))] } }) }],
  }), 'scaleUp.policies[0]', 'got 0'],
  ['DNS that asks itself', () => cluster({ dns: { upstreamServers: ['10.96.0.10'] } }), 'upstreamServers', '10.96.0.10'],
  ['a part with facts of its own', () => cluster({ dns: { cluster: ClusterFacts.thousandNodes() } }), 'dns.cluster', 'left out'],
  ['own etcd and foreign etcd', () => cluster({ etcd: {}, externalEtcd: {} as never }), 'etcd', 'externalEtcd'],
  ['a host file that leaves its folder', () => new HostFile(new Chart(new App(), 'c'), 'f', { target: HostTarget.machine('m'), path: '/etc/../../x', content: '', onChange: HostChange.nothing() }), '/etc/../../x', '..'],
  ['a pool name with a line break', () => pool(BREAK), 'name', 'a\\n'],
  ['an unknown feature gate of the API server', () => cluster({ apiServer: { extraFlags: { 'feature-gates': 'Nope=true' } } }), 'extraFlags', 'Nope'],
  ['two autoscalers of one target', () => cluster({ hpas: [1, 2].map(() => ({ target: { name: 'a', namespace: 'b' }, minReplicas: 1, maxReplicas: 4 })) }), 'hpas', 'a', 'twice'],
];

function errorOf(attempt: () => unknown): Error {
  try { attempt(); } catch (error) { return error as Error; }
  throw new Error('nothing was refused');
}

function expectRefusal(attempt: () => unknown, says: Array<string | RegExp>): void {
  const { message } = errorOf(attempt);
  for (const text of says) { expect(message).toMatch(typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text); }
  // The user's words only: no JavaScript, no stack, and no line break that a value smuggled in.
  expect(message).not.toMatch(/Cannot read|is not a function|is not iterable|\[object Object\]/);
  expect(message).not.toContain(BREAK);
}

test.each(BAD)('%s is refused with field, value and remedy', (_, attempt, ...says) => { expectRefusal(attempt, says); });

test('all problems of a construct come in one error', () => {
  const { message } = errorOf(() => cluster({
    apiServer: { maxRequestsInflight: 4000, goawayChance: 0.5, percentageOfNodesToScore: 101, eventTtl: Duration.seconds(1) },
  }));
  for (const field of ['maxRequestsInflight', 'goawayChance', 'percentageOfNodesToScore', 'eventTtl']) { expect(message).toContain(`  - ${field}`); }
  const kubelets = errorOf(kubelet({ maxPods: 1, maxPodz: 1, podsPerCore: 'x', featureGates: { Nope: true } })).message;
  for (const field of ['maxPods', 'maxPodz', 'podsPerCore', 'Nope']) { expect(kubelets).toContain(`'${field}'`); }
});

test('__proto__ as a key leaves objects alone', () => {
  errorOf(() => pool('p', { labels: proto('polluted') }));
  expect(({} as { [key: string]: unknown }).polluted).toBeUndefined();
  expect(Object.prototype).toEqual({});
});

describe('a host tree is replaced only when it is complete', () => {
  let dir: string;
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'tree-')); });
  afterEach(() => { rmSync(dir, { recursive: true }); });

  const etcd = () => new EtcdCluster(new App(), 'etcd', { cluster: ClusterFacts.of({ ...description, name: 'shop' }) });
  const twice = () => {
    const scope = new Chart(new App(), 'c');
    const file = { target: HostTarget.machine('m'), path: '/etc/a', content: 'x', onChange: HostChange.nothing() };
    new HostFile(scope, 'one', file);
    new HostFile(scope, 'two', file);
    return scope;
  };

  test('a folder with somebody else\'s files is refused and stays as it was', () => {
    mkdirSync(join(dir, 'plain'));
    writeFileSync(join(dir, 'plain', 'notes.txt'), 'mine');
    expect(() => HostFiles.of(etcd()).write(dir, Installer.plain())).toThrow(/did not write.*choose an empty folder/);
    expect(filesBelow(dir)).toEqual({ 'plain/notes.txt': 'mine' });
  });

  test('a foreign index.json does not make a folder ours', () => {
    mkdirSync(join(dir, 'plain'));
    writeFileSync(join(dir, 'plain', 'index.json'), '{"name":"a web site"}');
    expect(() => HostFiles.of(etcd()).write(dir, Installer.plain())).toThrow(/did not write/);
    expect(filesBelow(dir)).toEqual({ 'plain/index.json': '{"name":"a web site"}' });
  });

  test('two files at one path are refused, and an earlier tree stays', () => {
    HostFiles.of(etcd()).write(dir, Installer.plain());
    const before = filesBelow(dir);
    expect(() => HostFiles.of(twice()).write(dir, Installer.plain())).toThrow('/etc/a on machines/m is written twice');
    expect(filesBelow(dir)).toEqual(before);
  });

  test.each(['../..', '../../../evil', 'a/../../..'])('a machine name that leaves the tree is refused: %s', (name) => {
    const scope = new Chart(new App(), 'c');
    expect(() => {
      new HostFile(scope, 'f', { target: HostTarget.machine(name), path: '/x', content: 'x', onChange: HostChange.nothing() });
      HostFiles.of(scope).write(join(dir, 'host'), Installer.plain());
    }).toThrow();
    expect(filesBelow(dir)).toEqual({});
  });

  test('a first write that fails leaves nothing behind', () => {
    const target = join(dir, 'host');
    expect(() => HostFiles.of(twice()).write(target, Installer.plain())).toThrow();
    expect(existsSync(target)).toBe(false);
  });

  test('a folder that cannot be written leaves no half tree', () => {
    writeFileSync(join(dir, 'host'), 'a file where the folder should be');
    expect(() => HostFiles.of(etcd()).write(join(dir, 'host'), Installer.plain())).toThrow();
    expect(readdirSync(dir)).toEqual(['host']);
  });

  test('a second write removes files of the first, and leaves no scratch folders', () => {
    HostFiles.of(etcd()).write(dir, Installer.plain());
    writeFileSync(join(dir, 'plain', 'stale.yaml'), 'stale');
    const written = HostFiles.of(etcd()).write(dir, Installer.plain());
    expect(readdirSync(dir)).toEqual(['plain']);
    expect(Object.keys(filesBelow(join(dir, 'plain'))).sort()).toEqual(written);
  });

  test('two clusters in one tree are refused', () => {
    const app = new App();
    new EtcdCluster(app, 'a', { cluster: ClusterFacts.of({ ...description, name: 'one' }) });
    new EtcdCluster(app, 'b', { cluster: ClusterFacts.of({ ...description, name: 'two' }) });
    expect(() => HostFiles.of(app).write(dir, Installer.plain())).toThrow('\'one\', \'two\'');
    expect(readdirSync(dir)).toEqual([]);
  });
});
