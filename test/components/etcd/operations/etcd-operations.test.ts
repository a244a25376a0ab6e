import { Chart, App, Duration, Size } from 'cdk8s';
import { KubernetesRelease } from '../../../../src/cluster/kubernetes-release';
import { EtcdCluster, EtcdClusterProps } from '../../../../src/components/etcd/etcd-cluster';
import { hostArtefacts } from '../../../../src/host/host-artefacts';
import { clusterOn } from '../../cluster-on';

const VERBS = ['certificates', 'check', 'defragment', 'recover-quota', 'replace-member', 'restore', 'snapshot', 'tools', 'upgrade-check'];

function emitted(props: EtcdClusterProps = {}) {
  const chart = new Chart(new App(), 'test');
  const etcd = new EtcdCluster(chart, 'etcd', { cluster: clusterOn(KubernetesRelease.V1_37), ...props });
  const { files } = hostArtefacts(chart);
  return { etcd, files, text: (machine: string, path: string) => files.find(file => file.target.name === machine && file.path === path)?.content };
}

const script = (verb: string) => `/usr/local/sbin/thousand-node-etcd-${verb}`;
const constant = (text: string, name: string) => new RegExp(`^readonly ${name}='?([^'\n]*)'?$`, 'm').exec(text)?.[1];

describe('scripts', () => {
  const { files, text } = emitted();

  test('every machine of a ring has all of them, executable, the same text everywhere', () => {
    for (const machine of [1, 2, 3, 4, 5].map(i => `cp-${i}`)) {
      const own = files.filter(file => file.target.name === machine && file.path.startsWith('/usr/local/sbin/thousand-node-etcd-'));
      expect(own.map(file => [file.path, file.mode])).toEqual(VERBS.map(verb => [script(verb), '0755']));
      expect(own.every(file => file.content === text('cp-1', file.path))).toBe(true);
    }
  });

  test.each(VERBS)('%s stops at the first failure, explains itself and can be rehearsed', verb => {
    const content = text('cp-1', script(verb))!;
    expect(content).toMatch(/^#!\/bin\/bash\n/);
    expect(content).toContain('\nset -euo pipefail\n');
    expect(content).toContain('-h | --help) usage; exit 0 ;;');
    expect(content).toContain('--dry-run) DRY_RUN=yes ;;');
  });

  // facts/etcd.md section 6: a week at 1,500 writes a second.
  test('a restore skips a thousand million revisions', () => {
    expect(constant(text('cp-1', script('restore'))!, 'BUMP_REVISION')).toBe('1000000000');
    expect(text('cp-1', script('restore'))).toContain('--mark-compacted');
  });

  test.each([[KubernetesRelease.V1_30, '3.5'], [KubernetesRelease.V1_36, '3.6'], [KubernetesRelease.V1_37, '3.7']])('tools for %s are of etcd %s', (release, minor) => {
    expect(constant(emitted({ cluster: clusterOn(release) }).text('cp-1', script('restore'))!, 'ETCD_MINOR')).toBe(minor);
  });

  // etcd.io, v3.7 upgrades: 3.5.32 before 3.6, 3.6.11 before 3.7; 10,000 entries to a snapshot and 5,000 for followers who lag.
  test('upgrades know the floor of each step, and how long the log of an older minor may be replayed', () => {
    expect(constant(text('cp-1', script('upgrade-check'))!, 'FLOORS')).toBe('3.5:3.5.32:0 3.6:3.6.11:15000');
  });

  // The order is what the runbook is about: measured, the revision read before the deletes recovers nothing.
  test('recovery deletes before it reads the revision, and lifts the alarm after it defragmented', () => {
    const content = text('cp-1', script('recover-quota'))!;
    const steps = [' del "$prefix"', 'revision="$(', ' compact --physical', ' defrag ', 'alarm disarm'].map(step => content.indexOf(step));
    expect(steps.every(at => at > 0)).toBe(true);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  });

  test('a replaced member is removed before it is added', () => {
    const content = text('cp-1', script('replace-member'))!;
    expect(content.indexOf('member remove')).toBeGreaterThan(0);
    expect(content.indexOf('member remove')).toBeLessThan(content.indexOf('member add'));
  });
});

describe('the table of rings', () => {
  const rows = (machine: string) => emitted().text(machine, '/etc/thousand-node/etcd-rings.tsv')!.trimEnd().split('\n').map(line => line.split('\t'));

  test('names every member of both rings, and this machine', () => {
    expect(rows('cp-2').map(row => [row[0], row[1], row[4]])).toEqual([
      ...[1, 2, 3, 4, 5].map(i => ['main', `cp-${i}`, i === 2 ? 'here' : 'elsewhere']), ...[1, 2, 3].map(i => ['events', `cp-${i}`, i === 2 ? 'here' : 'elsewhere']),
    ]);
  });

  test('has URLs, folder, quota, longest command (2 x 8.2 s x 8 GiB / 621 MB) and a tenth of the quota', () => {
    expect(rows('cp-1')[0]).toEqual([
      'main', 'cp-1', 'https://172.16.0.11:2379', 'https://172.16.0.11:2380', 'here', '/var/lib/etcd-main', String(8 * 1024 ** 3), '227', '858993460', '-',
    ]);
  });
});

describe('timers', () => {
  test('machines of the main ring save in turn; a machine of the events ring alone does not', () => {
    const members = [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` }));
    const { text } = emitted({ members, eventsMembers: [{ name: 'cp-5', address: '172.16.0.15' }] });
    expect(text('cp-1', '/etc/systemd/system/thousand-node-etcd-snapshot.timer')).toContain('OnCalendar=*-*-* *:00/5:00\n');
    expect(text('cp-1', '/etc/systemd/system/thousand-node-etcd-snapshot.service')).toContain('thousand-node-etcd-snapshot --ring main --in-turn\n');
    expect(text('cp-5', '/etc/systemd/system/thousand-node-etcd-snapshot.timer')).toBeUndefined();
    expect(text('cp-5', '/etc/systemd/system/thousand-node-etcd-defragment.service')).toContain('ExecStart=/usr/local/sbin/thousand-node-etcd-defragment --ring events\n');
    expect(text('cp-5', '/etc/systemd/system/thousand-node-etcd-defragment.service')).not.toContain('--ring main');
  });

  test('both can be left out; the scripts stay', () => {
    const { files, etcd } = emitted({ snapshots: { enabled: false }, defragmentation: { enabled: false } });
    expect([...new Set(files.map(file => file.path).filter(path => path.endsWith('.timer')))]).toEqual(['/etc/systemd/system/thousand-node-etcd-certificates.timer']);
    expect(files.filter(file => file.path === script('snapshot'))).toHaveLength(5);
    expect(etcd.alertGroups.flatMap(group => group.alerts).map(alert => alert.name)).not.toContain('EtcdSnapshotTooOld');
  });
});

describe('what the user sets reaches the output', () => {
  const before = JSON.stringify(emitted().files.map(file => file.content));
  const cases: Array<[string, EtcdClusterProps]> = [
    ['interval', { snapshots: { interval: Duration.minutes(30) } }],
    ['kept', { snapshots: { kept: 99 } }],
    ['directory', { snapshots: { directory: '/srv/etcd' } }],
    ['remote', { snapshots: { remote: 'backup:etcd/shop' } }],
    ['freePercent', { defragmentation: { freePercent: 35 } }],
    ['freeSize', { defragmentation: { freeSize: Size.mebibytes(300) } }],
  ];
  test.each(cases)('%s', (_, props) => { expect(JSON.stringify(emitted(props).files.map(file => file.content)) === before).toBe(false); });

  test('an hour is a calendar of its own', () => {
    expect(emitted({ snapshots: { interval: Duration.hours(1) } }).text('cp-1', '/etc/systemd/system/thousand-node-etcd-snapshot.timer')).toContain('OnCalendar=*-*-* *:00:00\n');
  });
});

describe('bad input is one error with a remedy', () => {
  test.each<[string, EtcdClusterProps, string]>([
    ['an interval that does not divide an hour', { snapshots: { interval: Duration.minutes(7) } }, 'snapshots.interval must divide an hour (5, 10, 15, 20, 30, 60 minutes)'],
    ['no snapshot kept', { snapshots: { kept: 0 } }, 'snapshots.kept must be a whole number between 1 and 1000'],
    ['a relative folder', { snapshots: { directory: 'backups' } }, 'snapshots.directory must be an absolute path'],
    ['the disk of the members', { snapshots: { directory: '/var/lib/etcd-main/backups' } }, 'lies on a disk of the members'],
    ['the disk of the log', { walDirectory: '/srv/log', snapshots: { directory: '/srv/log/backups' } }, 'lies on a disk of the members (/srv/log)'],
    ['a remote that is a command', { snapshots: { remote: 'a:b; rm -rf /' } }, 'snapshots.remote must be a remote of rclone'],
    ['a share of nothing', { defragmentation: { freePercent: 0 } }, 'defragmentation.freePercent must be a whole number between 10 and 90'],
  ])('%s', (_, props, message) => { expect(() => emitted(props)).toThrow(message); });

  test('with wrong flags it is one error', () => {
    expect(() => emitted({ snapshots: { kept: 0 }, extraFlags: { 'no-such': 'x' } })).toThrow(/2 problems/);
  });
});

describe('alerts carry the numbers of this cluster', () => {
  const { etcd } = emitted();
  const expression = (name: string) => etcd.alertGroups.flatMap(group => group.alerts).find(alert => alert.name === name)!.expression;

  test.each([
    // 60 and 80 % of 8 GiB and of 4 GiB
    ['EtcdMainQuotaSixtyPercent', '> 5153960755'], ['EtcdMainQuotaEightyPercent', '> 6871947673'],
    ['EtcdEventsQuotaSixtyPercent', '> 2576980377'], ['EtcdEventsQuotaEightyPercent', '> 3435973836'],
    // etcd FAQ: 10 ms and 25 ms
    ['EtcdMainSlowDisk', '> 0.01'], ['EtcdMainSlowCommit', '> 0.025'],
    ['EtcdMainLeaderChanges', '> 3'], ['EtcdMainFragmented', '> 858993460'], ['EtcdSnapshotTooOld', '> 900'], ['EtcdClockOff', '> 0.5'],
    // thirty and seven days
    ['EtcdCertificateExpires', '- time() < 2592000 or absent('], ['EtcdCertificateEnds', '- time() < 604800'],
  ])('%s: %s', (name, threshold) => { expect(expression(name)).toContain(threshold); });
});

test('every number has its formula, and no id stands twice', () => {
  const ids = emitted().etcd.derivations.map(derivation => derivation.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['etcd/snapshot-interval', 'etcd/restore-time', 'etcd/main/defragmentation-bytes', 'etcd/events/defragmentation-timeout']));
});
