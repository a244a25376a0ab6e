import { autoscalerOwner, DNS_AUTOSCALER } from './autoscaler-objects';
import { COREDNS } from './core-dns-deployment';
import { coreDnsPodLabels } from './core-dns-objects';
import { METRICS_PORT } from './corefile-document';
import { DNS_PAGES } from './dns-runbooks';
import { DnsSettings, NodeCacheSettings } from './dns-settings';
import { parseResolver } from './forward-checks';
import { ForwardOptions } from './forwarding';
import { nodeCacheHitShare } from '../../capacity/dns-cache-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { Alert, AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { FlowPeer, FlowProtocol, NetworkFlow } from '../../contracts/network-flows';
import { selectorLabels } from '../../in-cluster/in-cluster-object';

const CACHE_JOB = 'node-local-dns';
const CACHE_SETUP_JOB = 'node-local-dns-setup';

export function dnsScrapeTargets(cluster: ClusterFacts, settings: DnsSettings): ScrapeTarget[] {
  const namespace = NAMESPACES.kubeSystem;
  return [
    // Estimates of series: CoreDNS about 600, a cache with four zones about 400, the program that sets the cache up a handful.
    { job: COREDNS, discovery: ScrapeDiscovery.PODS, namespace, podLabels: coreDnsPodLabels(cluster, settings), port: METRICS_PORT, seriesPerTarget: 600 },
    ...(settings.nodeCache ? [
      { job: CACHE_JOB, discovery: ScrapeDiscovery.NODES, port: HOST_PORTS.nodeCacheMetrics, seriesPerTarget: 400 },
      { job: CACHE_SETUP_JOB, discovery: ScrapeDiscovery.NODES, port: HOST_PORTS.nodeCacheSetupMetrics, seriesPerTarget: 10, dropMetrics: ['(go|process|promhttp)_.*'] },
    ] : []),
  ];
}

export function dnsApiClients(cluster: ClusterFacts, settings: DnsSettings): ApiClient[] {
  // CoreDNS of somebody else is somebody else's client; kubeadm's has the account that ours would have.
  if (settings.owner._kind === 'other') { return []; }
  const client = (serviceAccount: string, podLabels: { [key: string]: string }) =>
    ({ namespace: NAMESPACES.kubeSystem, serviceAccount, kind: ApiClientKind.CONTROLLER, podLabels });
  return [client(COREDNS, coreDnsPodLabels(cluster, settings)), client(DNS_AUTOSCALER, selectorLabels(autoscalerOwner(cluster)))];
}

/** Queries to CoreDNS, and from it to the resolvers outside. Caches run on the network of their machines. */
export function dnsFlows(cluster: ClusterFacts, settings: DnsSettings): NetworkFlow[] {
  const self = FlowPeer.pods(NAMESPACES.kubeSystem, coreDnsPodLabels(cluster, settings));
  const both = (port: number) => [{ port, protocol: FlowProtocol.UDP }, { port }];
  const queries = both(settings.owner._other?.port ?? 53);
  const resolvers = (name: string, servers: string[], { tlsServerName }: ForwardOptions): NetworkFlow[] => (servers.some(server => server.startsWith('/'))
    // Which resolvers a node has, only the node knows.
    ? [{ name, from: self, to: FlowPeer.anywhere(), ports: both(53) }]
    : servers.flatMap(server => parseResolver(server) ?? []).map(({ address, port }) => ({
      name, from: self, to: FlowPeer.networks([`${address}/${address.includes(':') ? 128 : 32}`]), ports: both(port ?? (tlsServerName === undefined ? 53 : 853)),
    })));
  return [
    { name: 'names', from: FlowPeer.everyPod(), to: self, ports: queries },
    { name: settings.nodeCache ? 'what the caches of the nodes miss' : 'names for agents on the host network', from: FlowPeer.machines(), to: self, ports: queries },
    ...(settings.owner._kind === 'other' ? [] : [
      ...resolvers('names outside the cluster', settings.upstreamServers, settings.forwarding),
      ...settings.serverBlocks.flatMap(({ zones, _forward: forward, _plugins: plugins = [] }) => {
        const name = `names of ${zones.join(', ')}`;
        const free = plugins.filter(plugin => plugin.name === 'forward').flatMap(plugin => (plugin.args ?? []).slice(1));
        return [...(forward ? resolvers(name, forward.servers, forward) : []), ...freeResolvers(name, self, free)];
      }),
    ]),
  ];
}

/** Resolvers as the plugin takes them in a block of the user's own: with a protocol in front, as a name, as a file. */
function freeResolvers(name: string, from: FlowPeer, targets: string[]): NetworkFlow[] {
  const ports: { readonly [protocol: string]: number } = { tls: 853, https: 443, dns: 53 };
  return targets.map(target => {
    const [, protocol = 'dns', rest] = /^(?:(\w+):\/\/)?(.*)$/.exec(target)!;
    const resolver = parseResolver(rest);
    const port = resolver?.port ?? ports[protocol] ?? 53;
    const to = resolver === undefined ? FlowPeer.anywhere() : FlowPeer.networks([`${resolver.address}/${resolver.address.includes(':') ? 128 : 32}`]);
    return { name, from, to, ports: [{ port, protocol: FlowProtocol.UDP }, { port }] };
  });
}

/** Alerts with the limits of this cluster's DNS. */
export function dnsAlertGroups(cluster: ClusterFacts, settings: DnsSettings): AlertGroup[] {
  const sized = settings.owner._kind === 'other' ? [] : sizeAlerts(settings);
  return [{ name: 'dns', alerts: [...sized, ...answerAlerts(settings), ...(settings.nodeCache ? cacheAlerts(cluster, settings.nodeCache) : [])] }];
}

/** What CoreDNS is sized by, where it is ours to size. */
function sizeAlerts(settings: DnsSettings): Alert[] {
  const limit = settings.memoryLimit.value * 1024 * 1024;
  const { value: min } = settings.minReplicas;
  return [
    {
      name: 'DnsReplicasLow',
      expression: `count(up{job="${COREDNS}"} == 1) < ${min} or absent(up{job="${COREDNS}"})`,
      holdsFor: '5m',
      severity: AlertSeverity.PAGE,
      summary: `fewer than ${min} CoreDNS answer`,
      description: 'The next failure takes names from the cluster. Look for pods that cannot be placed, and at the autoscaler.',
      runbook: DNS_PAGES.failing,
    },
    {
      name: 'DnsMemoryNearLimit',
      expression: `max(process_resident_memory_bytes{job="${COREDNS}"}) > ${Math.floor(limit * 0.85)}`,
      holdsFor: '15m',
      severity: AlertSeverity.TICKET,
      summary: `a CoreDNS uses more than 85 % of its limit of ${settings.memoryLimit.value} MiB`,
      description: `${settings.memory.value} MB were predicted from the planned pods and Services. Raise memoryLimit before all replicas are killed in one round.`,
      runbook: DNS_PAGES.upgrade,
    },
  ];
}

function answerAlerts(settings: DnsSettings): Alert[] {
  const { value: concurrent } = settings.maxConcurrent;
  return [
    {
      name: 'DnsSlow',
      // 100 ms at p99 is the threshold of upstream's scale tests.
      expression: `histogram_quantile(0.99, sum by (le) (rate(coredns_dns_request_duration_seconds_bucket{job="${COREDNS}",zone!="."}[5m]))) > 0.1`,
      holdsFor: '10m',
      severity: AlertSeverity.PAGE,
      summary: 'p99 of answers for names of the cluster is above 100 ms',
      description: 'These answers come from memory: look at throttled or crowded nodes first, then at the rate of queries per replica.',
      runbook: DNS_PAGES.failing,
    },
    {
      name: 'DnsServerFailures',
      expression: `sum(rate(coredns_dns_responses_total{job="${COREDNS}",rcode="SERVFAIL"}[5m])) / sum(rate(coredns_dns_responses_total{job="${COREDNS}"}[5m])) > 0.01`,
      holdsFor: '10m',
      severity: AlertSeverity.PAGE,
      summary: 'more than 1 % of DNS answers are SERVFAIL',
      description: 'Most often the resolvers outside the cluster. Compare zones; names of the cluster fail only when CoreDNS has lost its state.',
      runbook: DNS_PAGES.failing,
    },
    {
      name: 'DnsForwardRefused',
      expression: `sum(rate(coredns_forward_max_concurrent_rejects_total{job="${COREDNS}"}[5m])) > 0`,
      holdsFor: '10m',
      severity: AlertSeverity.TICKET,
      summary: `CoreDNS refuses queries: ${concurrent} are open towards its upstream`,
      description: 'The resolvers outside the cluster are slow or gone. The limit protects CoreDNS; raising it only moves the queue.',
      runbook: DNS_PAGES.failing,
    },
    {
      name: 'DnsUpstreamsGone',
      expression: `sum by (job) (rate(coredns_forward_healthcheck_broken_total{job=~"${COREDNS}|${CACHE_JOB}"}[5m])) > 0`,
      holdsFor: '5m',
      severity: AlertSeverity.PAGE,
      summary: 'all resolvers behind some CoreDNS or cache fail their health checks',
      description: settings.serveStale.value > 0
        ? `Names that were asked for before are still answered, for ${settings.serveStale.value} s after they ran out; all others are not.`
        : 'Names that lie behind them are not answered any more. Look at the resolvers and at the way to them.',
      runbook: DNS_PAGES.failing,
    },
  ];
}

function cacheAlerts(cluster: ClusterFacts, cache: NodeCacheSettings): Alert[] {
  const share = 2 * cache.maxUnavailable.value;
  const expected = nodeCacheHitShare().value;
  // Half as many misses again as planned: that much room is in the replicas.
  const low = 100 - 1.5 * (100 - expected);
  return [
    {
      name: 'DnsNodesWithoutCache',
      expression: `count(up{job="${CACHE_JOB}"} == 0) / count(up{job="${CACHE_JOB}"}) > ${share / 100}`,
      holdsFor: '10m',
      severity: AlertSeverity.PAGE,
      summary: `more than ${share} % of the nodes have no DNS cache`,
      description: `Pods of these nodes, up to ${cluster.fleet.largestMaxPods.value} on each, resolve no names at all. Stop a rollout of node-local-dns that is under way, then read the log of one of its pods.`,
      runbook: DNS_PAGES.nodeCache,
    },
    {
      name: 'DnsCacheSetupFailed',
      expression: `count(increase(coredns_nodecache_setup_errors_total{job="${CACHE_SETUP_JOB}"}[15m]) > 0) > 0`,
      holdsFor: '15m',
      severity: AlertSeverity.TICKET,
      summary: 'a DNS cache cannot set up its address or its rules on a node',
      description: 'Queries of that node pass the cache by, or reach nobody. The log of its node-local-dns pod names the rule; another program that owns the firewall is the usual cause.',
      runbook: DNS_PAGES.nodeCache,
    },
    {
      name: 'DnsCacheHitsLow',
      expression: `sum(rate(coredns_cache_hits_total{job="${CACHE_JOB}"}[15m])) / sum(rate(coredns_cache_requests_total{job="${CACHE_JOB}"}[15m])) < ${low / 100}`,
      holdsFor: '1h',
      severity: AlertSeverity.TICKET,
      summary: `the caches of the nodes answer less than ${low} % of the queries themselves`,
      description: `The replicas of CoreDNS were counted with ${expected} %. Look for clients that ask for names that do not exist, and for search lists in front of external names; or describe the load (dnsQueriesPerPod).`,
      runbook: DNS_PAGES.failing,
    },
  ];
}
