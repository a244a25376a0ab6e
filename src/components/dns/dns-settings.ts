import { SizeRoundingBehavior } from 'cdk8s';
import type { CachedCoreDnsProps } from './cached-core-dns';
import { DnsServiceProxy } from './dns-service-proxy';
import {
  coreDnsQueries, dnsAutoscalerMemory, dnsCpu, dnsLameduck, dnsMaxConcurrent, dnsMaxReplicas, dnsMaxUnavailable, dnsMemory, dnsMemoryLimit, dnsMinReplicas,
  dnsQueries, dnsQueriesPerReplica, dnsReplicas, dnsReplicasForQueries, dnsReplicasWithoutCache, dnsServeStale, dnsSockets, dnsTerminationGrace, dnsThreads,
  dnsTtl, nodeCacheCpu, nodeCacheDenialTtl, nodeCacheEntries, nodeCacheHitShare, nodeCacheMaxUnavailable, nodeCacheMemory, nodeCacheQueries,
} from '../../capacity/dns-capacity';
import { NAT_EXCLUDE_SERVICE } from '../../catalogue/dns-images';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange, isIpAddress } from '../../cluster/ip-range';
import { Derivation, given } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

/** The cache on every node. */
export interface NodeCacheSettings {
  /** Its own address. */
  readonly address: string;
  /** All addresses it listens on: its own, and that of the DNS Service where the data plane lets it. */
  readonly listenAddresses: string[];
  /** Address of the Service through which it reaches CoreDNS. */
  readonly upstreamServiceAddress: string;
  readonly entries: Derivation;
  readonly denialTtl: Derivation;
  readonly memory: Derivation;
  readonly cpu: Derivation;
  readonly maxUnavailable: Derivation;
}

/** Resolved inputs of `CachedCoreDns`. */
export interface DnsSettings {
  /** Undefined: no cache on the nodes. */
  readonly nodeCache?: NodeCacheSettings;
  /** Whether the DNS Service tells Calico to leave its address to the cache. */
  readonly excludeFromNat: boolean;
  readonly clusterDnsAddresses: string[];
  /** Addresses of the DNS Service, one of each family it has. */
  readonly serviceAddresses: string[];
  readonly upstreamServers: string[];
  readonly minReplicas: Derivation;
  readonly maxReplicas: Derivation;
  readonly memory: Derivation;
  readonly memoryLimit: Derivation;
  readonly cpu: Derivation;
  readonly threads: Derivation;
  readonly sockets: Derivation;
  readonly maxConcurrent: Derivation;
  readonly ttl: Derivation;
  readonly serveStale: Derivation;
  readonly lameduck: Derivation;
  readonly terminationGrace: Derivation;
  readonly maxUnavailable: Derivation;
  readonly autoscalerMemory: Derivation;
  readonly derivations: Derivation[];
  readonly notes: string[];
}

/** CoreDNS takes resolvers from this file: with `dnsPolicy: Default` it is the node's, as the kubelet's `resolvConf` names it. */
const NODE_RESOLVERS = '/etc/resolv.conf';

const CACHE_ADDRESS: { [family: number]: string } = { 4: '169.254.20.10', 6: 'fd00:169:254:20::10' };

export function dnsSettings(cluster: ClusterFacts, props: CachedCoreDnsProps): DnsSettings {
  const services = IpRange.parse('network.serviceCidr', cluster.network.serviceCidr);
  const proxy = props.serviceProxy ?? DnsServiceProxy.CALICO_EBPF;
  const cached = props.nodeCache ?? true;
  const address = props.nodeCacheAddress ?? CACHE_ADDRESS[services.family];
  const upstreamServiceAddress = props.upstreamServiceAddress ?? services.addressAt(11);
  checkInputs(cluster, props, services, { address, upstreamServiceAddress });

  const { fleet } = cluster;
  const { machines } = fleet;
  const load = dnsLoad(cluster, cached);
  const memory = dnsMemory(fleet.pods, fleet.services);
  const threads = dnsThreads();
  const lameduck = dnsLameduck();
  const { minReplicas } = load;
  const maxReplicas = given(props.maxReplicas, dnsMaxReplicas({ ...load, machines, min: minReplicas }, cached));
  const replicas = dnsReplicas(minReplicas, maxReplicas, load.withoutCache);
  const numbers = {
    minReplicas,
    maxReplicas,
    memory,
    memoryLimit: given(props.memoryLimit?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }), dnsMemoryLimit(memory)),
    cpu: dnsCpu(threads),
    threads,
    sockets: dnsSockets(threads),
    maxConcurrent: dnsMaxConcurrent(),
    ttl: dnsTtl(),
    serveStale: dnsServeStale(),
    lameduck,
    terminationGrace: dnsTerminationGrace(lameduck),
    maxUnavailable: dnsMaxUnavailable(),
    autoscalerMemory: dnsAutoscalerMemory(machines),
  };
  const cacheNumbers = {
    entries: nodeCacheEntries(), denialTtl: nodeCacheDenialTtl(), memory: nodeCacheMemory(), cpu: nodeCacheCpu(), maxUnavailable: nodeCacheMaxUnavailable(),
  };
  // kube-proxy's rules are skipped by rules of the cache; eBPF programs see a packet before any rule and must be told to leave it alone.
  const ebpf = proxy === DnsServiceProxy.CALICO_EBPF;
  const takesOver = cached && (!ebpf || inRange(cluster.versions.calico, NAT_EXCLUDE_SERVICE));
  // The cache listens in one family (kubernetes/dns cmd/node-cache/app/cache_app.go). Excluded from translation, a second address of the DNS Service
  // would be one that nobody answers; every pod of a dual-stack cluster reaches the first, and asks it for names of both families.
  const secondary = cluster.network.secondaryDnsServiceAddress;
  return {
    ...numbers,
    nodeCache: cached ? {
      ...cacheNumbers,
      address,
      listenAddresses: takesOver ? [address, cluster.network.dnsServiceAddress] : [address],
      upstreamServiceAddress,
    } : undefined,
    excludeFromNat: takesOver && ebpf,
    clusterDnsAddresses: [cached && ebpf ? address : cluster.network.dnsServiceAddress],
    serviceAddresses: [cluster.network.dnsServiceAddress, ...(secondary !== undefined && !(takesOver && ebpf) ? [secondary] : [])],
    upstreamServers: props.upstreamServers ?? [NODE_RESOLVERS],
    derivations: [
      ...Object.values(numbers), load.queries, load.atCoreDns, load.withoutCache, load.forQueries, replicas, dnsQueriesPerReplica(load.atCoreDns, replicas),
      ...(cached ? [...Object.values(cacheNumbers), nodeCacheQueries(fleet.largestMaxPods, fleet.dnsQueriesPerPod), ...load.hitShare] : []),
    ],
    notes: notes(cached, takesOver && ebpf),
  };
}

/** Queries, and the replicas that they ask for. */
function dnsLoad({ fleet }: ClusterFacts, cached: boolean) {
  const hitShare = cached ? [nodeCacheHitShare()] : [];
  const queries = dnsQueries(fleet.pods, fleet.dnsQueriesPerPod);
  const atCoreDns = coreDnsQueries(queries, ...hitShare);
  const withoutCache = dnsReplicasWithoutCache(fleet);
  const forQueries = dnsReplicasForQueries(atCoreDns);
  return { hitShare, queries, atCoreDns, withoutCache, forQueries, minReplicas: dnsMinReplicas(fleet.machines, withoutCache, forQueries) };
}

interface CacheAddresses {
  readonly address: string;
  readonly upstreamServiceAddress: string;
}

function checkInputs(cluster: ClusterFacts, props: CachedCoreDnsProps, services: IpRange, { address, upstreamServiceAddress }: CacheAddresses): void {
  const problems = new Problems('CachedCoreDns');
  const { dnsServiceAddress, kubernetesServiceAddress, serviceCidrs, podCidrs } = cluster.network;
  if (props.nodeCache === false) {
    for (const field of ['nodeCacheAddress', 'upstreamServiceAddress'] as const) {
      problems.require(props[field] === undefined, `${field} is set but nodeCache is false; leave one of them out`);
    }
  }
  if (!isIpAddress(address) || address.includes(':') !== (services.family === 6)) {
    problems.add(`nodeCacheAddress must be an IPv${services.family} address like the Service range, got ${quoted(address)}; use ${CACHE_ADDRESS[services.family]}`);
  } else {
    const taken = [...serviceCidrs, ...podCidrs].map(cidr => IpRange.parse('network', cidr)).find(range => range.contains(address));
    problems.require(taken === undefined && !cluster.network.hasNodeAddress(address),
      `nodeCacheAddress ${address} lies inside a range of the cluster; use a link-local address such as ${CACHE_ADDRESS[services.family]}`);
  }
  problems.require(isIpAddress(upstreamServiceAddress) && services.contains(upstreamServiceAddress),
    `upstreamServiceAddress must lie in network.serviceCidr ${services}, got ${quoted(upstreamServiceAddress)}`);
  problems.require(![dnsServiceAddress, kubernetesServiceAddress].includes(upstreamServiceAddress),
    `upstreamServiceAddress ${upstreamServiceAddress} belongs to the DNS or the kubernetes Service; a cache that asks its own address loops`);
  problems.require(props.upstreamServers === undefined || (props.upstreamServers.length >= 1 && props.upstreamServers.length <= 15),
    `upstreamServers must name 1 to 15 resolvers (as many as plugin forward takes), got ${props.upstreamServers?.length}; leave it out for those of the node`);
  for (const server of props.upstreamServers ?? []) { problems.add(resolverProblem(server, [dnsServiceAddress, address, upstreamServiceAddress])); }
  if (props.maxReplicas !== undefined) {
    const { minReplicas, forQueries, atCoreDns } = dnsLoad(cluster, props.nodeCache ?? true);
    const min = Math.max(minReplicas.value, forQueries.value);
    const why = forQueries.value > 3 ? `the ${atCoreDns.value} queries/s that reach CoreDNS need ${forQueries.value}` : `at least the ${min} that survive a rolling change with a lost node`;
    problems.add(wholeNumberProblem('maxReplicas', props.maxReplicas, { min, max: 1000, why }));
  }
  if (props.memoryLimit !== undefined) {
    const limit = props.memoryLimit.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
    const predicted = dnsMemory(cluster.fleet.pods, cluster.fleet.services);
    problems.require(limit >= predicted.value, `memoryLimit must be at least ${predicted.value}Mi, what CoreDNS takes for ${cluster.pods} pods and ${cluster.services} Services, got ${limit}Mi`);
  }
  problems.throwIfAny();
}

function resolverProblem(server: string, ownAddresses: string[]): string | undefined {
  const match = typeof server === 'string' ? /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(server) : null;
  const address = match?.[1] ?? match?.[2] ?? String(server);
  const port = Number(match?.[3] ?? 53);
  if (!isIpAddress(address) || (!match && !address.includes(':')) || port < 1 || port > 65535) {
    return `upstreamServers: ${quoted(server)} must be an address, with :port where it is not 53 (IPv6 then in brackets)`;
  }
  return ownAddresses.includes(address) ? `upstreamServers: ${address} is an address of the cluster's own DNS; queries would run in a circle` : undefined;
}

function notes(cached: boolean, excludeFromNat: boolean): string[] {
  return [
    'an external name costs up to five queries with the search list of ndots 5: use names with a trailing dot, or ndots 2 where mostly external names are asked for',
    ...(excludeFromNat ? ['annotation natExcludeService: nodes answer the address of the DNS Service only where the cache runs; in a cluster with running pods roll the '
      + 'cache out first and annotate the Service last'] : []),
    ...(cached ? [] : ['without a cache on the nodes every query crosses the network, and UDP conntrack races cost 5 s each']),
  ];
}
