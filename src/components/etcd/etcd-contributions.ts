import { EtcdRing } from './etcd-settings';
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

/** Alerts with the quota and quorum of each ring. */
export function etcdAlertGroups(rings: EtcdRing[]): AlertGroup[] {
  return rings.map(ring => ({ name: `etcd-${ring.name}`, alerts: alerts(ring) }));
}

function job(ring: EtcdRing): string {
  return `etcd-${ring.name}`;
}

function alerts(ring: EtcdRing): Alert[] {
  const selector = `{job="${job(ring)}"}`;
  const title = ring.name === 'main' ? 'EtcdMain' : 'EtcdEvents';
  const members = ring.members.length;
  const tolerated = toleratedFailures(members);
  return [
    {
      name: `${title}QuotaSixtyPercent`,
      expression: `max(etcd_mvcc_db_total_size_in_bytes${selector}) > ${Math.floor(ring.quota.value * 0.6)}`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: `etcd ${ring.name} uses more than 60 % of its ${ring.quota.value} byte quota`,
      description: 'At the quota every write is refused and all nodes fail their health checks. Look for growing object counts, then defragment member by member, leader last.',
    },
    {
      name: `${title}QuotaEightyFivePercent`,
      expression: `max(etcd_mvcc_db_total_size_in_use_in_bytes${selector}) > ${Math.floor(ring.quota.value * 0.85)}`,
      holdsFor: '5m',
      severity: AlertSeverity.PAGE,
      summary: `etcd ${ring.name} holds more live data than 85 % of its quota`,
      description: 'Defragmentation will not help: these are live data. Delete objects or raise the quota before writes stop.',
    },
    {
      name: `${title}MembersDown`,
      expression: `count(up${selector} == 1) < ${members} or absent(up${selector})`,
      holdsFor: '3m',
      severity: tolerated > 1 ? AlertSeverity.TICKET : AlertSeverity.PAGE,
      summary: `a member of etcd ${ring.name} is down (${members} expected)`,
      description: `The ring survives ${tolerated} lost members. Replace a dead member by removing it first, then adding the new one.`,
    },
    {
      name: `${title}QuorumAtRisk`,
      expression: `count(up${selector} == 1) <= ${members - tolerated}`,
      holdsFor: '1m',
      severity: AlertSeverity.PAGE,
      summary: `etcd ${ring.name} loses its quorum with the next failure`,
      description: `${members - tolerated} of ${members} members are the quorum. Bring a member back before anything else.`,
    },
    {
      name: `${title}SlowDisk`,
      expression: `histogram_quantile(0.99, sum by (instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket${selector}[5m]))) > 0.01`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: `etcd ${ring.name}: p99 of log writes is above 10 ms`,
      description: 'etcd is bound by the latency of sequential writes. Check what else uses the disk of this member.',
    },
  ];
}
