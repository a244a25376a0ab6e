import { EtcdRing } from './etcd-settings';
import { FULL_PERCENT } from './operations/operation-scripts';
import { OperationsSettings } from './operations/operations-settings';
import { toleratedFailures } from '../../capacity/etcd-capacity';
import { Alert, AlertGroup, AlertSeverity, ScrapeAuth, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

/** One job per ring, over TLS at the client port. */
export function etcdScrapeTargets(rings: EtcdRing[]): ScrapeTarget[] {
  return rings.map(ring => ({
    job: job(ring),
    discovery: ScrapeDiscovery.STATIC,
    addresses: ring.members.map(member => member.address),
    port: ring.clientPort,
    auth: ScrapeAuth.ETCD_CLIENT,
    // Estimate: about 1,500 series with the gRPC histograms dropped.
    seriesPerTarget: 1500,
    dropMetrics: ['grpc_server_handling_seconds_bucket', 'etcd_debugging_.*'],
  }));
}

/** Alerts with the quota, quorum and thresholds of each ring; the machines' clocks and the snapshots once. */
export function etcdAlertGroups(rings: EtcdRing[], operations: OperationsSettings): AlertGroup[] {
  return rings.map((ring, i) => ({
    name: `etcd-${ring.name}`,
    alerts: [...alerts(ring), ...operationAlerts(ring, operations), ...(i === 0 ? machineAlerts(rings, operations) : [])],
  }));
}

function job(ring: EtcdRing): string {
  return `etcd-${ring.name}`;
}

function alerts(ring: EtcdRing): Alert[] {
  const selector = `{job="${job(ring)}"}`;
  const title = titleOf(ring);
  const members = ring.members.length;
  const tolerated = toleratedFailures(members);
  return [
    {
      name: `${title}QuotaSixtyPercent`,
      expression: `max(etcd_mvcc_db_total_size_in_bytes${selector}) > ${Math.floor(ring.quota.value * 60 / 100)}`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: `etcd ${ring.name} uses more than 60 % of its ${ring.quota.value} byte quota`,
      description: 'At the quota every write is refused and all nodes fail their health checks. Look for growing object counts, then defragment member by member, leader last.',
      runbook: 'runbooks/etcd-quota.md',
    },
    {
      name: `${title}QuotaEightyPercent`,
      expression: `max(etcd_mvcc_db_total_size_in_use_in_bytes${selector}) > ${Math.floor(ring.quota.value * FULL_PERCENT / 100)}`,
      holdsFor: '5m',
      severity: AlertSeverity.PAGE,
      summary: `etcd ${ring.name} holds more live data than ${FULL_PERCENT} % of its quota`,
      description: 'Defragmentation will not help: these are live data. Delete objects or raise the quota before writes stop.',
      runbook: 'runbooks/etcd-quota.md',
    },
    {
      name: `${title}MembersDown`,
      expression: `count(up${selector} == 1) < ${members} or absent(up${selector})`,
      holdsFor: '3m',
      severity: tolerated > 1 ? AlertSeverity.TICKET : AlertSeverity.PAGE,
      summary: `a member of etcd ${ring.name} is down (${members} expected)`,
      description: `The ring survives ${tolerated} lost members. Replace a dead member by removing it first, then adding the new one.`,
      runbook: 'runbooks/etcd-replace-member.md',
    },
    {
      name: `${title}QuorumAtRisk`,
      expression: `count(up${selector} == 1) <= ${members - tolerated}`,
      holdsFor: '1m',
      severity: AlertSeverity.PAGE,
      summary: `etcd ${ring.name} loses its quorum with the next failure`,
      description: `${members - tolerated} of ${members} members are the quorum. Bring a member back before anything else.`,
      runbook: 'runbooks/etcd-replace-member.md',
    },
  ];
}

/** What the numbers of the operations say about a ring. */
function operationAlerts(ring: EtcdRing, operations: OperationsSettings): Alert[] {
  const selector = `{job="${job(ring)}"}`;
  const title = titleOf(ring);
  const { slowSync, slowCommit, leaderChanges } = operations.alerts;
  const slowest = (histogram: string) => `histogram_quantile(0.99, sum by (instance, le) (rate(${histogram}_bucket${selector}[5m])))`;
  const least = operations.rings.find(limit => limit.ring === ring)!.leastFreeBytes.value;
  const free = `(etcd_mvcc_db_total_size_in_bytes${selector} - etcd_mvcc_db_total_size_in_use_in_bytes${selector})`;
  return [
    {
      name: `${title}SlowDisk`,
      expression: `${slowest('etcd_disk_wal_fsync_duration_seconds')} > ${slowSync.value / 1000}`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: `etcd ${ring.name}: p99 of log writes is above ${slowSync.value} ms`,
      description: 'etcd is bound by the latency of sequential writes. Check what else uses the disk of this member; a log on a disk of its own is alone with it.',
      runbook: 'runbooks/etcd-slow-disk.md',
    },
    {
      name: `${title}SlowCommit`,
      expression: `${slowest('etcd_disk_backend_commit_duration_seconds')} > ${slowCommit.value / 1000}`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: `etcd ${ring.name}: p99 of backend commits is above ${slowCommit.value} ms`,
      description: 'Writes are applied more slowly than they arrive. Check the disk of this member and what else uses it.',
      runbook: 'runbooks/etcd-slow-disk.md',
    },
    {
      name: `${title}LeaderChanges`,
      // Every member counts: the member that saw most changes was there all the time.
      expression: `max(increase(etcd_server_leader_changes_seen_total${selector}[1h])) > ${leaderChanges.value}`,
      holdsFor: '0m',
      severity: AlertSeverity.TICKET,
      summary: `etcd ${ring.name} changed its leader more than ${leaderChanges.value} times in an hour`,
      description: 'Each change holds up writes for a second. Look at the disks, the network between the members and their processors, in this order.',
      runbook: 'runbooks/etcd-slow-disk.md',
    },
    {
      name: `${title}Fragmented`,
      // The timer looks every hour; after three it had its chances.
      expression: `${free} > ${least} and ${free} / etcd_mvcc_db_total_size_in_bytes${selector} > ${operations.freePercent.value / 100}`,
      holdsFor: '3h',
      severity: AlertSeverity.TICKET,
      summary: `a member of etcd ${ring.name} stays fragmented`,
      description: 'Free pages count against the quota. Run thousand-node-etcd-defragment on a machine of the ring and read why it refuses.',
      runbook: 'runbooks/etcd-defragmentation.md',
    },
  ];
}

/** Clocks of all machines with members, and the snapshots of the first ring. */
function machineAlerts(rings: EtcdRing[], operations: OperationsSettings): Alert[] {
  const machines = [...new Set(rings.flatMap(ring => ring.members.map(member => member.name)))].sort();
  const onMachines = `{node=~"${machines.join('|')}"}`;
  const { clockOffset } = operations.alerts;
  const age = Math.round(operations.snapshotTooOld.value / 60);
  const saved = `thousand_node_etcd_snapshot_timestamp_seconds{ring="${rings[0].name}"}`;
  return [
    {
      name: 'EtcdClockOff',
      expression: `abs(node_timex_offset_seconds${onMachines}) > ${clockOffset.value / 1000} or node_timex_sync_status${onMachines} == 0`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: 'the clock of a machine with etcd members is off or not synchronised',
      description: `Off by ${clockOffset.value} ms or without source. Members warn of each other at one second, and machines find their turn of saving by the clock.`,
      runbook: 'runbooks/etcd-clock.md',
    },
    ...certificateAlerts(onMachines, operations),
    ...(operations.snapshots ? [{
      name: 'EtcdSnapshotTooOld',
      expression: `time() - max(${saved}) > ${operations.snapshotTooOld.value} or absent(${saved})`,
      holdsFor: '5m',
      severity: AlertSeverity.PAGE,
      summary: `no machine saved etcd ${rings[0].name} in the last ${age} minutes`,
      description: 'A loss of all members would cost everything since then. Read the log of thousand-node-etcd-snapshot.service on a machine of the ring.',
      runbook: 'runbooks/etcd-snapshots.md',
    }] : []),
  ];
}

/** etcd has no metric for its own certificates: a timer on each machine reads their files. */
function certificateAlerts(onMachines: string, { alerts: { certificateWarning, certificateEnd } }: OperationsSettings): Alert[] {
  const ends = 'thousand_node_etcd_certificate_expiry_timestamp_seconds';
  const alert = (name: string, limit: number, severity: AlertSeverity, rest: string): Alert => ({
    name,
    expression: `${ends}${onMachines} - time() < ${limit}${rest}`,
    holdsFor: '1h',
    severity,
    summary: `a certificate of etcd ends in less than ${limit / 86400} days, or nobody looks`,
    description: 'When it has ended, members and API servers are refused at their next connection, on all machines within minutes, since all were made on one day.',
    runbook: 'runbooks/etcd-certificates.md',
  });
  return [
    // Without the metric nobody would know either: the timer does not run, or node_exporter does not read its folder.
    alert('EtcdCertificateExpires', certificateWarning.value, AlertSeverity.TICKET, ` or absent(${ends}${onMachines})`),
    alert('EtcdCertificateEnds', certificateEnd.value, AlertSeverity.PAGE, ''),
  ];
}

function titleOf(ring: EtcdRing): string {
  return `Etcd${ring.name[0].toUpperCase()}${ring.name.slice(1)}`;
}
