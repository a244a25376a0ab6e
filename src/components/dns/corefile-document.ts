import { DnsSettings, NodeCacheSettings } from './dns-settings';
import { corefileAccepts } from '../../catalogue/coredns-plugins';
import { NODE_CACHE_COREDNS } from '../../catalogue/dns-images';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { urlHost } from '../../cluster/ip-range';
import { HOST_PORTS } from '../../cluster/ports';
import { CorefileDirective, CorefileServer } from '../../formats/corefile';

/** Zones of names by address. */
const REVERSE_ZONES = ['in-addr.arpa', 'ip6.arpa'];

/** Port of CoreDNS' metrics inside its pod. */
export const METRICS_PORT = 9153;

/** Corefile of CoreDNS in the version of the cluster's release. */
export function coreDnsCorefile(cluster: ClusterFacts, settings: DnsSettings): CorefileServer[] {
  const version = cluster.versions.coreDns;
  const domain = cluster.network.clusterDomain;
  return [{
    zones: ['.:53'],
    plugins: [
      { name: 'errors' },
      { name: 'health', body: [{ name: 'lameduck', args: [`${settings.lameduck.value}s`] }] },
      { name: 'ready' },
      {
        name: 'kubernetes',
        args: [domain, ...REVERSE_ZONES],
        body: [
          // Not "verified": that makes every replica watch every pod of the cluster.
          { name: 'pods', args: ['insecure'] },
          { name: 'fallthrough', args: REVERSE_ZONES },
          { name: 'ttl', args: [settings.ttl.value] },
        ],
      },
      { name: 'prometheus', args: [`:${METRICS_PORT}`] },
      forward(settings.upstreamServers, [{ name: 'max_concurrent', args: [settings.maxConcurrent.value] }]),
      coreDnsCache(version, settings, domain),
      { name: 'loop' },
      { name: 'reload' },
      { name: 'loadbalance' },
      ...(corefileAccepts(version, 'multisocket') ? [{ name: 'multisocket', args: [settings.sockets.value] }] : []),
    ],
  }];
}

function coreDnsCache(version: string, settings: DnsSettings, domain: string): CorefileDirective {
  const body: CorefileDirective[] = [
    // The kubernetes plugin answers from memory; a second copy of the same answers would only make them older.
    ...(corefileAccepts(version, 'cache', 'disable') ? ['success', 'denial'].map(kind => ({ name: 'disable', args: [kind, domain] })) : []),
    ...serveStale(version, settings),
  ];
  return { name: 'cache', args: [settings.ttl.value], body: body.length > 0 ? body : undefined };
}

/** Only with "verify": before that word existed stale answers were given even while their source was well. */
function serveStale(version: string, settings: DnsSettings): CorefileDirective[] {
  if (!corefileAccepts(version, 'cache', 'serve_stale verify')) { return []; }
  return [{ name: 'serve_stale', args: [`${settings.serveStale.value}h`, 'verify'] }];
}

function forward(servers: string[], options: CorefileDirective[]): CorefileDirective {
  return { name: 'forward', args: ['.', ...servers], body: options };
}

/** Corefile of the cache on every node. It holds all addresses itself, none of the variables that the program would fill in. */
export function nodeCacheCorefile(cluster: ClusterFacts, settings: DnsSettings, cache: NodeCacheSettings): CorefileServer[] {
  const stale = serveStale(NODE_CACHE_COREDNS, settings);
  const clusterZone = (zone: string): CorefileServer => ({
    zones: [`${zone}:53`],
    plugins: [
      { name: 'errors' },
      {
        name: 'cache',
        body: [
          { name: 'success', args: [cache.entries.value, settings.ttl.value] },
          { name: 'denial', args: [cache.entries.value, cache.denialTtl.value] },
          ...stale,
        ],
      },
      { name: 'loop' },
      { name: 'bind', args: cache.listenAddresses },
      // TCP: no conntrack entry that outlives its query, and no race of two UDP packets for one entry.
      forward([cache.upstreamServiceAddress], [{ name: 'force_tcp' }]),
      { name: 'prometheus', args: [`:${HOST_PORTS.nodeCacheMetrics}`] },
    ],
  });
  const [first, ...reverse] = [cluster.network.clusterDomain, ...REVERSE_ZONES].map(clusterZone);
  return [
    { ...first, plugins: [...first.plugins, { name: 'health', args: [`${urlHost(cache.address)}:${HOST_PORTS.nodeCacheHealth}`] }] },
    ...reverse,
    {
      zones: ['.:53'],
      plugins: [
        { name: 'errors' },
        { name: 'cache', args: [settings.ttl.value], body: stale },
        { name: 'loop' },
        { name: 'bind', args: cache.listenAddresses },
        forward(settings.upstreamServers, [{ name: 'max_concurrent', args: [settings.maxConcurrent.value] }]),
        { name: 'prometheus', args: [`:${HOST_PORTS.nodeCacheMetrics}`] },
      ],
    },
  ];
}
