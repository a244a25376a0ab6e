import { App, Chart, Testing } from 'cdk8s';
import { AuditTree } from '../../../src/audit/audit-tree';
import { initialClusterEqualsMembers } from '../../../src/audit/rules/etcd/tnc023-initial-cluster-equals-members';
import { dataDiskMustBeMounted } from '../../../src/audit/rules/etcd/tnc027-data-disk-must-be-mounted';
import { EtcdCipherSuite } from '../../../src/catalogue/etcd-cipher-suites';
import { ETCD_FLAGS } from '../../../src/catalogue/etcd-flags';
import { flagProblem, flagRow } from '../../../src/catalogue/flag-table';
import { compareVersions } from '../../../src/catalogue/version-range';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { EtcdCluster, EtcdClusterProps } from '../../../src/components/etcd/etcd-cluster';
import { EtcdRuntime } from '../../../src/components/etcd/etcd-runtime';
import { EtcdTlsVersion } from '../../../src/components/etcd/etcd-tls';
import { bindCluster } from '../../../src/host/cluster-of';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { renderKubeadm } from '../../../src/host/installers/kubeadm';
import { renderPlain } from '../../../src/host/installers/plain';
import { clusterOn } from '../cluster-on';

const CLUSTER = clusterOn(KubernetesRelease.V1_37);
const THREE = CLUSTER.controlPlaneMembers.slice(0, 3);
const UNIT = '/etc/systemd/system/thousand-node-etcd-main.service';

function emitted(props: EtcdClusterProps = {}) {
  const chart = new Chart(new App(), 'test');
  const etcd = new EtcdCluster(chart, 'etcd', { cluster: CLUSTER, members: THREE, eventsMembers: [], ...props });
  bindCluster(chart, CLUSTER);
  const host = hostArtefacts(chart);
  const text = (path: string, machine = 'cp-1') => host.files.find(file => file.target.name === machine && file.path === path)?.content ?? '';
  return { chart, etcd, host, text, paths: host.files.filter(file => file.target.name === 'cp-1').map(file => file.path) };
}

const flagsOf = (props: EtcdClusterProps) => Object.fromEntries(emitted(props).host.staticPods[0].props.flags.map(flag => [flag.name, flag.value]));
const lines = (text: string, setting: string) => text.split('\n').filter(line => line.startsWith(`${setting}=`)).map(line => line.slice(setting.length + 1));

describe('a member that systemd runs', () => {
  const { host, text, paths } = emitted({ runAs: EtcdRuntime.systemdUnit() });
  const unit = text(UNIT);

  test('is a unit, its environment and its user, and no static pod', () => {
    expect(host.staticPods).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining([UNIT, '/etc/thousand-node/etcd-main.env', '/etc/sysusers.d/thousand-node-etcd.conf']));
    expect(text('/etc/sysusers.d/thousand-node-etcd.conf')).toMatch(/^u etcd - /);
  });

  // The environment is what etcd reads instead of flags: the same names in upper case.
  test('has the flags of the static pod, one variable each', () => {
    const pod = flagsOf({});
    const variables = Object.fromEntries(text('/etc/thousand-node/etcd-main.env').split('\n').filter(line => /^ETCD_/.test(line)).map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    expect(Object.keys(variables)).toEqual(Object.keys(pod).map(name => `ETCD_${name.toUpperCase().replace(/-/g, '_')}`));
    expect(variables.ETCD_INITIAL_CLUSTER).toBe(pod['initial-cluster']);
    expect(variables.ETCD_QUOTA_BACKEND_BYTES).toBe(pod['quota-backend-bytes']);
    expect(text('/etc/thousand-node/etcd-main.env')).toMatch(/^GOMEMLIMIT=\d+MiB$/m);
  });

  test('reads keys that stay root\'s: systemd hands it copies', () => {
    const handed = lines(unit, 'LoadCredential').map(line => line.split(':'));
    expect(handed.map(([name]) => name).sort()).toEqual(['ca.crt', 'main-peer.crt', 'main-peer.key', 'main-server.crt', 'main-server.key']);
    expect(handed.every(([name, path]) => path === `/etc/kubernetes/pki/etcd/${name}`)).toBe(true);
    expect(text('/etc/thousand-node/etcd-main.env')).toContain('ETCD_KEY_FILE=/run/credentials/thousand-node-etcd-main.service/main-server.key\n');
    expect(text('/etc/thousand-node/etcd-main.env')).not.toContain('/etc/kubernetes');
  });

  test('starts on its mounted disk or fails, is first at the disk, and comes back', () => {
    expect(lines(unit, 'AssertPathIsMountPoint')).toEqual(['/var/lib/etcd-main']);
    expect(lines(unit, 'RequiresMountsFor')).toEqual(['/var/lib/etcd-main']);
    for (const setting of ['Type=notify', 'User=etcd', 'Restart=always', 'IOSchedulingClass=best-effort', 'IOSchedulingPriority=0', 'LimitNOFILE=40000', 'TimeoutStartSec=infinity']) {
      expect(unit).toContain(`\n${setting}\n`);
    }
    expect(lines(unit, 'ConditionPathExists')).toEqual(['!/var/lib/thousand-node/etcd-main-held']);
  });

  test('binary, user and a folder without a mount are the user\'s to say', () => {
    const own = emitted({ runAs: EtcdRuntime.systemdUnit({ binary: '/opt/etcd/etcd', user: 'kv', mountedDisks: false }) });
    expect(lines(own.text(UNIT), 'ExecStart')).toEqual(['/opt/etcd/etcd']);
    expect(lines(own.text(UNIT), 'User')).toEqual(['kv']);
    expect(lines(own.text(UNIT), 'AssertPathIsMountPoint')).toEqual([]);
    expect(own.text('/etc/sysusers.d/thousand-node-etcd.conf')).toMatch(/^u kv - /);
  });

  test('scripts know who starts it; tools come with its archive', () => {
    expect(text('/usr/local/sbin/thousand-node-etcd-restore')).toContain("readonly RUNTIME='systemd'\n");
    expect(emitted().text('/usr/local/sbin/thousand-node-etcd-restore')).toContain("readonly RUNTIME='static-pod'\n");
    expect(paths).not.toContain('/usr/local/sbin/thousand-node-etcd-tools');
    expect(emitted().paths).toContain('/usr/local/sbin/thousand-node-etcd-tools');
  });

  test('rules see it like a static pod, and guides say how it starts', () => {
    const { chart, host: artefacts } = emitted({ runAs: EtcdRuntime.systemdUnit() });
    const tree = AuditTree.of(chart);
    expect(tree.component('etcd').map(member => [member.machine, member.ring])).toEqual(THREE.map(member => [member.name, 'etcd-main']));
    expect([dataDiskMustBeMounted, initialClusterEqualsMembers].map(rule => rule.check(tree))).toEqual([[], []]);
    const start = 'systemctl enable --now thousand-node-etcd-main.service';
    expect(renderPlain(artefacts, CLUSTER).installGuide).toContain(start);
    expect(renderKubeadm(artefacts, CLUSTER).installGuide).toContain(start);
  });

  test('a unit that starts without its disk is found by the rule', () => {
    const { chart } = emitted({ runAs: EtcdRuntime.systemdUnit(), walDirectory: '/srv/log' });
    const tree = AuditTree.of(chart);
    const parts = { facts: tree.facts, objects: [], staticPods: [], kubelets: [], files: [], certificates: [] };
    const loose = tree.component('etcd').map(member => ({ ...member, mounts: member.mounts.map(mount => ({ ...mount, type: 'DirectoryOrCreate' })) }));
    const found = dataDiskMustBeMounted.check(new AuditTree({ ...parts, services: loose.slice(0, 1) }));
    expect((found as Array<{ detail: string }>).map(breach => breach.detail)).toEqual(['/var/lib/etcd-main has type DirectoryOrCreate', '/srv/log has type DirectoryOrCreate']);
  });

  test.each<[string, () => EtcdRuntime, string]>([
    ['a relative binary', () => EtcdRuntime.systemdUnit({ binary: 'etcd' }), 'binary must be an absolute path'],
    ['a path upwards', () => EtcdRuntime.systemdUnit({ binary: '/opt/../etcd' }), 'binary must be an absolute path'],
    ['root', () => EtcdRuntime.systemdUnit({ user: 'root' }), 'user must not be root'],
    ['a user that is an option', () => EtcdRuntime.systemdUnit({ user: '-x' }), 'user must be a name of a Linux user'],
    ['both', () => EtcdRuntime.systemdUnit({ user: 'A b', binary: 'x' }), '2 problems'],
  ])('refused: %s', (_, make, message) => { expect(make).toThrow(message); });
});

describe('a log on a disk of its own', () => {
  // etcd 3.7.1 on a mount point itself: "failed to create WAL: unlinkat: device or resource busy".
  test('lies in a folder below the mount, since etcd renames a folder to it', () => {
    const { host } = emitted({ walDirectory: '/var/lib/etcd-main-wal', eventsMembers: THREE });
    const [events, main] = host.staticPods.filter(pod => pod.target.name === 'cp-1').map(pod => pod.props);
    expect(main.flags.find(flag => flag.name === 'wal-dir')?.value).toBe('/var/lib/etcd-main-wal/wal');
    expect(main.mounts.find(mount => mount.name === 'wal')).toEqual({ name: 'wal', path: '/var/lib/etcd-main-wal', type: 'Directory', readOnly: false });
    expect(events.flags.some(flag => flag.name === 'wal-dir')).toBe(false);
  });

  test('scripts find it in the table', () => {
    const rows = emitted({ walDirectory: '/srv/log', eventsMembers: THREE }).text('/etc/thousand-node/etcd-rings.tsv').trimEnd().split('\n').map(line => line.split('\t'));
    expect(rows.map(row => [row[0], row[9]])).toEqual([...THREE.map(() => ['main', '/srv/log']), ...THREE.map(() => ['events', '-'])]);
  });

  test('a unit asserts both disks', () => {
    expect(lines(emitted({ walDirectory: '/srv/log', runAs: EtcdRuntime.systemdUnit() }).text(UNIT), 'AssertPathIsMountPoint')).toEqual(['/var/lib/etcd-main', '/srv/log']);
  });

  test.each([['log', 'an absolute path'], ['/srv/../log', 'an absolute path'], ['/var/lib/etcd-main/wal', 'lies on a disk of the members\' data'], ['/var/lib', 'lies on a disk of the members\' data']])(
    'refused: %s', (walDirectory, message) => { expect(() => emitted({ walDirectory })).toThrow(`walDirectory ${message.startsWith('lies') ? `${walDirectory} ` : 'must be '}${message}`); });

  test('the flag itself is the construct\'s', () => {
    expect(() => emitted({ extraFlags: { 'wal-dir': '/x' } })).toThrow("'wal-dir' is managed by this construct");
  });
});

describe('a ring for leases', () => {
  const leases = emitted({ eventsMembers: THREE, leasesMembers: THREE });

  test('there is none unless it is asked for', () => {
    expect(emitted().etcd.leasesUrls).toBeUndefined();
    expect(leases.etcd.leasesUrls).toEqual([11, 12, 13].map(i => `https://172.16.0.${i}:2385`));
  });

  test('has ports, data, certificates, alerts and scripts of its own', () => {
    const pod = leases.host.staticPods.find(p => p.props.name === 'etcd-leases' && p.target.name === 'cp-2')!;
    const flags = Object.fromEntries(pod.props.flags.map(flag => [flag.name, flag.value]));
    expect(flags).toMatchObject({
      'data-dir': '/var/lib/etcd-leases',
      'listen-peer-urls': 'https://172.16.0.12:2386',
      'listen-metrics-urls': 'http://127.0.0.1:2387',
      'initial-cluster-token': 'shop-leases',
      'quota-backend-bytes': String(2 * 1024 ** 3),
      'cert-file': '/etc/kubernetes/pki/etcd/leases-server.crt',
    });
    expect(leases.etcd.alertGroups.map(group => group.name)).toEqual(['etcd-main', 'etcd-events', 'etcd-leases']);
    expect(leases.etcd.alertGroups[2].alerts.map(alert => alert.name)).toContain('EtcdLeasesQuorumAtRisk');
    expect(leases.etcd.scrapeTargets.map(target => [target.job, target.port])).toEqual([['etcd-main', 2379], ['etcd-events', 2382], ['etcd-leases', 2385]]);
    expect(leases.text('/etc/systemd/system/thousand-node-etcd-defragment.service')).toContain('--ring leases\n');
  });

  // 205 machines renew every ten seconds.
  test('says how much goes there', () => {
    expect(leases.etcd.derivations.find(derivation => derivation.id === 'etcd/writes/leases')?.value).toBe(20.5);
  });

  test('without an events ring it is still the leases ring', () => {
    const { etcd } = emitted({ leasesMembers: THREE });
    expect([etcd.eventsUrls, etcd.leasesUrls?.length]).toEqual([[], 3]);
  });

  test('an even number is refused', () => {
    expect(() => emitted({ leasesMembers: THREE.slice(0, 2) })).toThrow('leasesMembers must be an odd number of machines, got 2');
  });
});

describe('TLS', () => {
  test('1.2 and the suites of Go unless asked for', () => {
    expect(flagsOf({})).toMatchObject({ 'tls-min-version': 'TLS1.2' });
    expect(flagsOf({})['cipher-suites']).toBeUndefined();
  });

  test('1.3 alone, or chosen suites', () => {
    expect(flagsOf({ tlsMinVersion: EtcdTlsVersion.V1_3 })['tls-min-version']).toBe('TLS1.3');
    const { ECDHE_ECDSA_AES_128_GCM: gcm, ECDHE_ECDSA_CHACHA20_POLY1305: chacha } = EtcdCipherSuite;
    expect(flagsOf({ cipherSuites: [gcm, chacha, gcm] })['cipher-suites']).toBe('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256');
  });

  // Each of them stops etcd 3.7.1, or leaves it without a port for clients.
  test.each<[string, EtcdClusterProps, string]>([
    ['a name that etcd does not know', { cipherSuites: ['TLS_FOO' as EtcdCipherSuite] }, 'etcd knows no "TLS_FOO" that is safe'],
    ['a weak suite', { cipherSuites: ['TLS_RSA_WITH_RC4_128_SHA' as EtcdCipherSuite] }, 'etcd knows no "TLS_RSA_WITH_RC4_128_SHA" that is safe'],
    ['no suite', { cipherSuites: [] }, 'cipherSuites must name at least one suite'],
    ['none that HTTP/2 wants', { cipherSuites: [EtcdCipherSuite.ECDHE_ECDSA_AES_256_GCM] }, 'HTTP/2 asks for it'],
    ['none for the kind of our keys', { cipherSuites: [EtcdCipherSuite.ECDHE_RSA_AES_128_GCM] }, 'must hold a suite for ECDSA'],
    ['suites with 1.3', { cipherSuites: [EtcdCipherSuite.ECDHE_ECDSA_AES_128_GCM], tlsMinVersion: EtcdTlsVersion.V1_3 }, 'exclude each other'],
    ['a version that is none', { tlsMinVersion: 'TLS1.1' as EtcdTlsVersion }, 'tlsMinVersion must be TLS1.2 or TLS1.3'],
    ['the flag itself', { extraFlags: { 'cipher-suites': 'x' } }, "'cipher-suites' is managed by this construct"],
  ])('refused: %s', (_, props, message) => { expect(() => emitted(props)).toThrow(message); });
});

test('the governor is set where members are, unless somebody else does', () => {
  const path = '/etc/systemd/system/thousand-node-cpu-governor.service';
  expect(emitted().text(path)).toContain('ConditionPathExistsGlob=/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor\n');
  expect(emitted({ performanceGovernor: false }).paths).not.toContain(path);
});

describe('flags of every version of etcd', () => {
  const everything: EtcdClusterProps = { leasesMembers: THREE, eventsMembers: THREE, walDirectory: '/srv/log', cipherSuites: [EtcdCipherSuite.ECDHE_ECDSA_AES_128_GCM] };

  test.each([[KubernetesRelease.V1_22, '3.5'], [KubernetesRelease.V1_33, '3.5'], [KubernetesRelease.V1_34, '3.6'], [KubernetesRelease.V1_36, '3.6'], [KubernetesRelease.V1_37, '3.7']])(
    '%s: each is known to etcd %s, and none is deprecated', (release, minor) => {
      const cluster = clusterOn(release);
      const { etcd } = cluster.versions;
      expect(etcd.startsWith(`${minor}.`)).toBe(true);
      const pods = emitted({ ...everything, cluster, members: cluster.controlPlaneMembers }).host.staticPods;
      const names = [...new Set(pods.flatMap(pod => pod.props.flags.map(flag => flag.name)))];
      expect(names.length).toBeGreaterThan(25);
      expect(names.filter(name => flagProblem('etcd', ETCD_FLAGS, etcd, name) !== undefined)).toEqual([]);
      expect(names.filter(name => compareVersions(etcd, flagRow(ETCD_FLAGS, name)?.deprecatedIn ?? '99.0') >= 0)).toEqual([]);
    });
});

describe('what the user sets reaches the output', () => {
  const before = JSON.stringify(emitted().host.files.map(file => file.content)) + JSON.stringify(emitted().host.staticPods.map(pod => pod.props));
  test.each<[keyof EtcdClusterProps, EtcdClusterProps]>([
    ['leasesMembers', { leasesMembers: THREE }],
    ['runAs', { runAs: EtcdRuntime.systemdUnit() }],
    ['walDirectory', { walDirectory: '/srv/log' }],
    ['tlsMinVersion', { tlsMinVersion: EtcdTlsVersion.V1_3 }],
    ['cipherSuites', { cipherSuites: [EtcdCipherSuite.ECDHE_ECDSA_AES_128_GCM] }],
    ['performanceGovernor', { performanceGovernor: false }],
  ])('%s', (_, props) => {
    const { host } = emitted(props);
    expect(JSON.stringify(host.files.map(file => file.content)) + JSON.stringify(host.staticPods.map(pod => pod.props)) === before).toBe(false);
  });

  test('and the form that is the default is the same as none', () => {
    const { host } = emitted({ runAs: EtcdRuntime.staticPod() });
    expect(JSON.stringify(host.files.map(file => file.content)) + JSON.stringify(host.staticPods.map(pod => pod.props)) === before).toBe(true);
  });
});

test('everything wrong at once is one error', () => {
  expect(() => emitted({ leasesMembers: THREE.slice(0, 2), walDirectory: 'x', cipherSuites: [], extraFlags: { 'wal-dir': '/x' }, snapshots: { kept: 0 } })).toThrow(/EtcdCluster: 5 problems/);
});

test('runbooks name rings, units and files of this cluster', () => {
  const chart = Testing.chart();
  new EtcdCluster(chart, 'etcd', { cluster: CLUSTER, runAs: EtcdRuntime.systemdUnit(), walDirectory: '/srv/log', leasesMembers: THREE });
  const pages = Object.fromEntries(hostArtefacts(chart).pages.map(page => [page.name, page.content]));
  expect(Object.keys(pages)).toEqual(['etcd-certificates', 'etcd-clock', 'etcd-defragmentation', 'etcd-quota', 'etcd-replace-member', 'etcd-restore', 'etcd-slow-disk', 'etcd-snapshots', 'etcd-tools', 'etcd-upgrade']);
  expect(pages['etcd-restore']).toContain('/srv/log/before-restore-');
  expect(pages['etcd-restore']).toContain('`systemctl stop thousand-node-etcd-leases`');
  expect(pages['etcd-upgrade']).toContain('3.5 to 3.6 with all members at 3.5.32 or later, 3.6 to 3.7 with all members at 3.6.11 or later');
});
