import { DNS_AUTOSCALER } from './autoscaler-objects';
import { COREDNS, DNS_LABELS } from './core-dns-objects';
import { METRICS_PORT } from './corefile-document';
import { DnsSettings } from './dns-settings';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { Alert, AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

const CACHE_JOB = 'node-local-dns';

export function dnsScrapeTargets(settings: DnsSettings): ScrapeTarget[] {
  return [
    // Estimates of series: CoreDNS about 600, a cache with four zones about 400.
    { job: COREDNS, discovery: ScrapeDiscovery.PODS, namespace: NAMESPACES.kubeSystem, podLabels: DNS_LABELS, port: METRICS_PORT, seriesPerTarget: 600 },
    ...(settings.nodeCache ? [{ job: CACHE_JOB, discovery: ScrapeDiscovery.NODES, port: HOST_PORTS.nodeCacheMetrics, seriesPerTarget: 400 }] : []),
  ];
}

export function dnsApiClients(): ApiClient[] {
  return [COREDNS, DNS_AUTOSCALER].map(serviceAccount => ({ namespace: NAMESPACES.kubeSystem, serviceAccount, kind: ApiClientKind.CONTROLLER }));
}

/** Alerts with the limits of this cluster's DNS. */
export function dnsAlertGroups(settings: DnsSettings): AlertGroup[] {
  return [{ name: 'dns', alerts: [...coreDnsAlerts(settings), ...(settings.nodeCache ? cacheAlerts(settings) : [])] }];
}

function coreDnsAlerts(settings: DnsSettings): Alert[] {
  const limit = settings.memoryLimit.value * 1024 * 1024;
  const { value: min } = settings.minReplicas;
  const { value: concurrent } = settings.maxConcurrent;
  return [
    {
      name: 'DnsReplicasLow',
      expression: `count(up{job="${COREDNS}"} == 1) < ${min} or absent(up{job="${COREDNS}"})`,
      holdsFor: '5m',
      severity: AlertSeverity.PAGE,
      summary: `fewer than ${min} CoreDNS answer`,
      description: 'The next failure takes names from the cluster. Look for pods that cannot be placed, and at the autoscaler.',
    },
    {
      name: 'DnsSlow',
      // 100 ms at p99 is the threshold of upstream's scale tests.
      expression: `histogram_quantile(0.99, sum by (le) (rate(coredns_dns_request_duration_seconds_bucket{job="${COREDNS}",zone!="."}[5m]))) > 0.1`,
      holdsFor: '10m',
      severity: AlertSeverity.PAGE,
      summary: 'p99 of answers for names of the cluster is above 100 ms',
      description: 'These answers come from memory: look at throttled or crowded nodes first, then at the rate of queries per replica.',
    },
    {
      name: 'DnsServerFailures',
      expression: `sum(rate(coredns_dns_responses_total{job="${COREDNS}",rcode="SERVFAIL"}[5m])) / sum(rate(coredns_dns_responses_total{job="${COREDNS}"}[5m])) > 0.01`,
      holdsFor: '10m',
      severity: AlertSeverity.PAGE,
      summary: 'more than 1 % of DNS answers are SERVFAIL',
      description: 'Most often the resolvers outside the cluster. Compare zones; names of the cluster fail only when CoreDNS has lost its state.',
    },
    {
      name: 'DnsMemoryNearLimit',
      expression: `max(process_resident_memory_bytes{job="${COREDNS}"}) > ${Math.floor(limit * 0.85)}`,
      holdsFor: '15m',
      severity: AlertSeverity.TICKET,
      summary: `a CoreDNS uses more than 85 % of its limit of ${settings.memoryLimit.value} MiB`,
      description: `${settings.memory.value} MB were predicted from the planned pods and Services. Raise memoryLimit before all replicas are killed in one round.`,
    },
    {
      name: 'DnsForwardRefused',
      expression: `sum(rate(coredns_forward_max_concurrent_rejects_total{job="${COREDNS}"}[5m])) > 0`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: `CoreDNS refuses queries: ${concurrent} are open towards its upstream`,
      description: 'The resolvers outside the cluster are slow or gone. The limit protects CoreDNS; raising it only moves the queue.',
    },
  ];
}

function cacheAlerts(settings: DnsSettings): Alert[] {
  return [{
    name: 'DnsNodesWithoutCache',
    expression: `count(up{job="${CACHE_JOB}"} == 0) / count(up{job="${CACHE_JOB}"}) > ${2 * settings.nodeCache!.maxUnavailable.value / 100}`,
    holdsFor: '10m',
    severity: AlertSeverity.PAGE,
    summary: `more than ${2 * settings.nodeCache!.maxUnavailable.value} % of the nodes have no DNS cache`,
    description: 'Pods of these nodes resolve no names at all. Stop a rollout of node-local-dns that is under way, then read the log of one of its pods.',
  }];
}
