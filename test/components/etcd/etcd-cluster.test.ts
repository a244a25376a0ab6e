import { App, Chart, Duration, Size, Testing } from 'cdk8s';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { EtcdCluster, EtcdClusterProps } from '../../../src/components/etcd/etcd-cluster';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { clusterOn } from '../cluster-on';

function flagsOf(props: EtcdClusterProps = {}): { [pod: string]: { [flag: string]: string } } {
  const chart = new Chart(new App(), 'test');
  new EtcdCluster(chart, 'etcd', props);
  return Object.fromEntries(hostArtefacts(chart).staticPods.map(pod =>
    [`${pod.target.name}/${pod.props.name}`, Object.fromEntries(pod.props.flags.map(flag => [flag.name, flag.value]))]));
}

const members = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `etcd-${i + 1}`, address: `172.16.0.${21 + i}` }));

describe('rings', () => {
  test('alone: three members of each ring on the default control plane', () => {
    expect(Object.keys(flagsOf()).sort()).toEqual([1, 2, 3].flatMap(i => [`control-plane-${i}/etcd-events`, `control-plane-${i}/etcd-main`]));
  });

  test('nothing of it is an object of the cluster', () => {
    const chart = Testing.chart();
    new EtcdCluster(chart, 'etcd');
    expect(Testing.synth(chart)).toEqual([]);
  });

  test('every member is in initial-cluster exactly once, with its own address (ETCD-01)', () => {
    const flags = flagsOf({ members: members(5) });
    expect(flags['etcd-1/etcd-main']['initial-cluster']).toBe([1, 2, 3, 4, 5].map(i => `etcd-${i}=https://172.16.0.${20 + i}:2380`).join(','));
    expect(flags['etcd-5/etcd-main']['initial-cluster']).toBe(flags['etcd-1/etcd-main']['initial-cluster']);
    expect(flags['etcd-3/etcd-events']['initial-cluster']).toBe([1, 2, 3].map(i => `etcd-${i}=https://172.16.0.${20 + i}:2383`).join(','));
    expect(flags['etcd-4/etcd-events']).toBeUndefined();
  });

  test('tokens tell clusters and rings apart (ETCD-11)', () => {
    const flags = flagsOf();
    expect(flags['control-plane-1/etcd-main']['initial-cluster-token']).toBe('thousand-node-main');
    expect(flags['control-plane-1/etcd-events']['initial-cluster-token']).toBe('thousand-node-events');
  });

  test('no listener is plain HTTP but the metrics on loopback (ETCD-03, ETCD-08)', () => {
    for (const flags of Object.values(flagsOf())) {
      const plain = Object.entries(flags).filter(([, value]) => value.includes('http://'));
      expect(plain.map(([name, value]) => [name, /^http:\/\/127\.0\.0\.1:\d+$/.test(value)])).toEqual([['listen-metrics-urls', true]]);
      expect(flags['listen-client-urls']).not.toContain('0.0.0.0');
    }
  });

  test('a missing data disk stops the member instead of starting it empty (ETCD-14)', () => {
    const chart = Testing.chart();
    new EtcdCluster(chart, 'etcd');
    for (const pod of hostArtefacts(chart).staticPods) {
      expect(pod.props.mounts.find(mount => mount.name === 'data')!.type).toBe('Directory');
      expect((pod.manifest() as { spec: { hostNetwork: boolean; priorityClassName: string } }).spec).toMatchObject({ hostNetwork: true, priorityClassName: 'system-node-critical' });
    }
  });

  test('liveness never asks for a leader: /health would restart all members at once (ETCD-09)', () => {
    const chart = Testing.chart();
    new EtcdCluster(chart, 'etcd');
    expect(new Set(hostArtefacts(chart).staticPods.map(pod => pod.props.livenessProbe.path))).toEqual(new Set(['/livez']));
  });

  test('an empty list of events members keeps events in the main ring', () => {
    const chart = Testing.chart();
    expect(new EtcdCluster(chart, 'etcd', { eventsMembers: [] }).eventsUrls).toEqual([]);
  });
});

describe('flags by version', () => {
  test.each([
    // release, etcd, corruption check in the form of that version
    [KubernetesRelease.V1_22, '3.5', 'experimental-initial-corrupt-check', 'experimental-watch-progress-notify-interval'],
    [KubernetesRelease.V1_36, '3.6', 'feature-gates', 'watch-progress-notify-interval'],
    [KubernetesRelease.V1_37, '3.7', 'feature-gates', 'watch-progress-notify-interval'],
  ])('%s runs etcd %s with %s', (release, version, corruption, progress) => {
    const cluster = clusterOn(release);
    expect(cluster.versions.etcd.startsWith(`${version}.`)).toBe(true);
    const flags = flagsOf({ cluster })['cp-1/etcd-main'];
    expect(Object.keys(flags)).toEqual(expect.arrayContaining([corruption, progress]));
    expect(Object.keys(flags).some(name => name.startsWith('experimental-'))).toBe(version === '3.5');
  });
});

describe('bad input is one error with a remedy', () => {
  const refused = (props: EtcdClusterProps) => expect(() => flagsOf(props));

  test('a wrong number and an unknown flag are one error', () => {
    refused({ quotaBackendBytes: Size.gibibytes(65), extraFlags: { 'no-such-flag': '1' } }).toThrow(/2 problems[^]*no-such-flag[^]*quotaBackendBytes must be at most/);
  });
  test.each([2, 4, 6])('%i members', count => refused({ members: members(count) }).toThrow(`members must be an odd number of machines, got ${count}: ${count} members tolerate no more failures than ${count - 1}; add or remove one`));
  test('nine members', () => refused({ members: members(9) }).toThrow('members must be at most 7, got 9'));
  test('a member without address', () => refused({ members: [{ name: 'a' } as never] }).toThrow('members[0].address must be an IP address'));
  test('an election below five heartbeats', () => refused({ heartbeatInterval: Duration.millis(500), electionTimeout: Duration.millis(2000) }).toThrow('electionTimeout 2000 ms must be at least five heartbeats (2500 ms)'));
  test('an election above 50 s', () => refused({ electionTimeout: Duration.seconds(60) }).toThrow('must be at most 50000 ms'));
  test('a quota above the memory of the machine', () => {
    const cluster = clusterOn(KubernetesRelease.newest());
    const memory = cluster.controlPlaneMachine.memoryMebibytes;
    const given = (mebibytes: number, rest: EtcdClusterProps = {}) => refused({ cluster, quotaBackendBytes: Size.mebibytes(mebibytes), ...rest });
    given(memory).toThrow(`quotaBackendBytes must be less than the ${memory * 1024 ** 2} bytes of memory of controlPlane.machine`);
    given(memory - 1).not.toThrow();
    given(memory, { members: members(3) }).not.toThrow();
  });
  test('a quota below the data', () => refused({ cluster: ClusterFacts.thousandNodes(), quotaBackendBytes: Size.mebibytes(100) }).toThrow('quotaBackendBytes must be at least 2Gi'));
  test('an unknown flag', () => refused({ extraFlags: { 'snapshot-cout': '5' } }).toThrow("extraFlags: 'snapshot-cout' is unknown to etcd 3.7.0; did you mean 'snapshot-count'"));
  test('an owned flag', () => refused({ extraFlags: { 'initial-cluster': 'x' } }).toThrow("'initial-cluster' is managed by this construct"));
  test('a removed flag', () => refused({ extraFlags: { 'enable-v2': 'true' } }).toThrow(/enable-v2/));
  test('a line break in a value', () => refused({ extraFlags: { 'max-txn-ops': '1\n--name=x' } }).toThrow('must be one line without control characters'));
  test('__proto__ as a name', () => refused({ extraFlags: JSON.parse('{"__proto__": "x"}') }).toThrow("'__proto__' is not a usable key"));
  test('everything wrong at once is one error', () => refused({ members: members(4), electionTimeout: Duration.millis(10) }).toThrow(/EtcdCluster: 2 problems/));
});

describe('what the user sets reaches the output', () => {
  const before = JSON.stringify(flagsOf());
  const settings: Array<[keyof EtcdClusterProps, EtcdClusterProps]> = [
    ['members', { members: members(3) }],
    ['eventsMembers', { eventsMembers: [] }],
    ['roundTripTime', { roundTripTime: Duration.millis(200) }],
    ['heartbeatInterval', { heartbeatInterval: Duration.millis(150) }],
    ['electionTimeout', { electionTimeout: Duration.millis(3000) }],
    ['quotaBackendBytes', { quotaBackendBytes: Size.gibibytes(16) }],
    ['extraFlags', { extraFlags: { 'max-txn-ops': '256' } }],
    ['cluster', { cluster: clusterOn(KubernetesRelease.V1_30) }],
  ];
  test.each(settings)('%s', (_, props) => { expect(JSON.stringify(flagsOf(props))).not.toBe(before); });
});

test('alerts carry this ring\'s quota', () => {
  const etcd = new EtcdCluster(Testing.chart(), 'etcd');
  const alert = etcd.alertGroups[0].alerts.find(a => a.name === 'EtcdMainQuotaSixtyPercent')!;
  expect(alert.expression).toContain(String(Math.floor(8 * 1024 ** 3 * 0.6))); // 5153960755
});
