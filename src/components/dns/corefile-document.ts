import { DnsServerBlock } from './dns-server-block';
import { DnsSettings, NodeCacheSettings } from './dns-settings';
import { ForwardDefaults, forwardDirective } from './forward-directive';
import { corefileAccepts } from '../../catalogue/coredns-plugins';
import { NODE_CACHE_COREDNS, STALE_VERIFY_TIMEOUT } from '../../catalogue/dns-images';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { urlHost } from '../../cluster/ip-range';
import { HOST_PORTS } from '../../cluster/ports';
import { CorefileDirective, CorefileServer } from '../../formats/corefile';
import { safeEntries } from '../../input/text-safety';

/** Zones of names by address. */
export const REVERSE_ZONES = ['in-addr.arpa', 'ip6.arpa'];

/** Port of CoreDNS' metrics inside its pod. */
export const METRICS_PORT = 9153;

const METRICS: CorefileDirective = { name: 'prometheus', args: [`:${METRICS_PORT}`] };

/** Corefile of CoreDNS in the version of the cluster's release. */
export function coreDnsCorefile(cluster: ClusterFacts, settings: DnsSettings): CorefileServer[] {
  const version = cluster.versions.coreDns;
  const domain = cluster.network.clusterDomain;
  const stale = serveStale(version, settings);
  const forward = { coreDns: version, maxConcurrent: settings.maxConcurrent.value, serveStale: stale.length > 0 };
  // In every block: which of them opens the sockets of a port is not for us to say.
  const sockets: CorefileDirective[] = corefileAccepts(version, 'multisocket') ? [{ name: 'multisocket', args: [settings.sockets.value] }] : [];
  return [
    {
      zones: ['.:53'],
      plugins: [
        { name: 'errors' },
        { name: 'health', body: [{ name: 'lameduck', args: [`${settings.lameduck.value}s`] }] },
        { name: 'ready' },
        {
          name: 'kubernetes',
          args: [domain, ...REVERSE_ZONES],
          body: [
            // Without the word "verified" no replica watches pods.
            { name: 'pods', args: [settings.podNames] },
            { name: 'fallthrough', args: REVERSE_ZONES },
            { name: 'ttl', args: [settings.ttl.value] },
          ],
        },
        METRICS,
        forwardDirective(settings.upstreamServers, settings.forwarding, forward),
        coreDnsCache(version, settings, domain),
        { name: 'loop' },
        { name: 'reload' },
        { name: 'loadbalance' },
        ...sockets,
      ],
    },
    ...settings.serverBlocks.map((block): CorefileServer => ({
      zones: block.zones.map(zone => `${zone}:53`),
      plugins: [...blockPlugins(block, settings, forward, stale), ...sockets],
    })),
  ];
}

function coreDnsCache(version: string, settings: DnsSettings, domain: string): CorefileDirective {
  const body: CorefileDirective[] = [
    // The kubernetes plugin answers from memory; a second copy of the same answers would only make them older.
    ...(corefileAccepts(version, 'cache', 'disable') ? ['success', 'denial'].map(kind => ({ name: 'disable', args: [kind, domain] })) : []),
    ...serveStale(version, settings),
  ];
  return { name: 'cache', args: [settings.cacheTtl.value], body: body.length > 0 ? body : undefined };
}

/**
 * Only with "verify": before that word existed stale answers were given even while their source was well. Where the time of the attempt can be
 * bounded it is, since the resolver of a pod gives up after five seconds.
 */
function serveStale(version: string, settings: DnsSettings): CorefileDirective[] {
  if (settings.serveStale.value === 0 || !corefileAccepts(version, 'cache', 'serve_stale verify')) { return []; }
  const bound = inRange(version, STALE_VERIFY_TIMEOUT) ? [`${settings.staleVerify.value}ms`] : [];
  return [{ name: 'serve_stale', args: [duration(settings.serveStale.value), 'verify', ...bound] }];
}

/** Go's short form. */
function duration(seconds: number): string {
  const [unit, of] = seconds % 3600 === 0 ? ['h', 3600] as const : seconds % 60 === 0 ? ['m', 60] as const : ['s', 1] as const;
  return `${seconds / of}${unit}`;
}

/**
 * Plugins of a block of the user. No `loop` among ours: it ends the whole process, and a mistake in the resolvers of one zone must not take DNS from the
 * cluster; `max_concurrent` bounds what such a loop can do.
 */
function blockPlugins(block: DnsServerBlock, settings: DnsSettings, forward: ForwardDefaults, stale: CorefileDirective[]): CorefileDirective[] {
  const cache = (ttl = settings.cacheTtl.value): CorefileDirective => ({ name: 'cache', args: [ttl], body: stale.length > 0 ? stale : undefined });
  const { _forward: forwarded, _hosts: hosts, _plugins: plugins = [] } = block;
  if (forwarded) {
    return [{ name: 'errors' }, METRICS, forwardDirective(forwarded.servers, forwarded, forward), cache(forwarded.cacheTtl?.toSeconds()), { name: 'loadbalance' }];
  }
  if (hosts) {
    // hosts(5): an address, then its names.
    const lines = safeEntries('records', hosts.records).flatMap(([name, addresses]) => addresses.map((address): CorefileDirective => ({ name: address, args: [name] })));
    return [
      { name: 'errors' },
      METRICS,
      // The file of the container itself is nobody's list of hosts.
      { name: 'hosts', args: ['/dev/null'], body: [...lines, { name: 'ttl', args: [hosts.ttl?.toSeconds() ?? settings.ttl.value] }, { name: 'no_reverse' }, { name: 'fallthrough' }] },
      forwardDirective(settings.upstreamServers, settings.forwarding, forward),
      cache(),
      { name: 'loadbalance' },
    ];
  }
  const missing = [{ name: 'errors' }, METRICS].filter(({ name }) => !plugins.some(plugin => plugin.name === name));
  return [...missing, ...plugins.map(({ name, args, options }) => ({ name, args, body: options?.map(option => ({ name: option.name, args: option.args })) }))];
}

/** Corefile of the cache on every node. It holds all addresses itself, none of the variables that the program would fill in. */
export function nodeCacheCorefile(cluster: ClusterFacts, settings: DnsSettings, cache: NodeCacheSettings): CorefileServer[] {
  const stale = serveStale(NODE_CACHE_COREDNS, settings);
  const metrics: CorefileDirective = { name: 'prometheus', args: [`:${HOST_PORTS.nodeCacheMetrics}`] };
  // TCP: no conntrack entry that outlives its query, and no race of two UDP packets for one entry.
  const toCoreDns: CorefileDirective = { name: 'forward', args: ['.', cache.upstreamServiceAddress], body: [{ name: 'force_tcp' }] };
  const throughCoreDns = (zone: string, ttl: number, denialTtl: number): CorefileServer => ({
    zones: [`${zone}:53`],
    plugins: [
      { name: 'errors' },
      {
        name: 'cache',
        body: [
          { name: 'success', args: [cache.entries.value, ttl] },
          { name: 'denial', args: [cache.entries.value, denialTtl] },
          ...stale,
        ],
      },
      { name: 'loop' },
      { name: 'bind', args: cache.listenAddresses },
      toCoreDns,
      metrics,
    ],
  });
  const ofCluster = (zone: string) => throughCoreDns(zone, settings.ttl.value, cache.denialTtl.value);
  const [first, ...reverse] = [cluster.network.clusterDomain, ...REVERSE_ZONES].map(ofCluster);
  const { upstreamServers, forwarding, maxConcurrent, cacheTtl } = settings;
  const direct = forwardDirective(
    upstreamServers, forwarding, { coreDns: NODE_CACHE_COREDNS, maxConcurrent: maxConcurrent.value, serveStale: stale.length > 0 },
  );
  return [
    { ...first, plugins: [...first.plugins, { name: 'health', args: [`${urlHost(cache.address)}:${HOST_PORTS.nodeCacheHealth}`] }] },
    ...reverse,
    ...settings.serverBlocks.flatMap(block => block.zones).map(zone => throughCoreDns(zone, cacheTtl.value, Math.min(cacheTtl.value, cache.denialTtl.value))),
    cache.externalThroughCoreDns ? throughCoreDns('.', cacheTtl.value, Math.min(cacheTtl.value, cache.denialTtl.value)) : {
      zones: ['.:53'],
      plugins: [
        { name: 'errors' },
        { name: 'cache', body: [...['success', 'denial'].map(name => ({ name, args: [cache.entries.value, cacheTtl.value] })), ...stale] },
        { name: 'loop' },
        { name: 'bind', args: cache.listenAddresses },
        direct,
        metrics,
      ],
    },
  ];
}
