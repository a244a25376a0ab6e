import { SizeRoundingBehavior } from 'cdk8s';
import type { CachedCoreDnsProps } from './cached-core-dns';
import { CoreDnsOwner } from './core-dns-owner';
import { checkInputs, ResolvedAddresses } from './dns-input-checks';
import { DnsLoad, dnsLoad } from './dns-load';
import { DnsServerBlock } from './dns-server-block';
import { DnsServiceProxy } from './dns-service-proxy';
import { ForwardOptions } from './forwarding';
import { PodNames, watchesPods } from './pod-names';
import { trafficDistribution } from './zone-preference';
import {
  nodeCacheCpu, nodeCacheDenialTtl, nodeCacheEntries, nodeCacheMaxUnavailable, nodeCacheMemory, nodeCacheMemoryLimit, nodeCacheQueries,
} from '../../capacity/dns-cache-capacity';
import {
  dnsCacheTtl, dnsCpu, dnsLameduck, dnsMaxConcurrent, dnsMaxUnavailable, dnsServeStale, dnsSockets, dnsStaleVerify, dnsTerminationGrace, dnsThreads, dnsTtl,
  externalNameQueries,
} from '../../capacity/dns-capacity';
import { dnsAutoscalerMemory, dnsMemory, dnsMemoryLimit, dnsWatchedPods } from '../../capacity/dns-memory-capacity';
import { NAT_EXCLUDE_SERVICE } from '../../catalogue/dns-images';
import { KUBE_PROXY_MODES } from '../../catalogue/kube-proxy-modes';
import { compareVersions, inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange } from '../../cluster/ip-range';
import { Derivation, given, stated } from '../../derivation/derivation';

/** The cache on every node. */
export interface NodeCacheSettings {
  /** Its own address. */
  readonly address: string;
  /** All addresses it listens on: its own, and that of the DNS Service where the data plane lets it. */
  readonly listenAddresses: string[];
  /** Address of the Service through which it reaches CoreDNS. */
  readonly upstreamServiceAddress: string;
  /** Whether names outside the cluster take the way through CoreDNS as well. */
  readonly externalThroughCoreDns: boolean;
  readonly zones: Derivation;
  readonly entries: Derivation;
  readonly denialTtl: Derivation;
  readonly memory: Derivation;
  readonly memoryLimit: Derivation;
  readonly cpu: Derivation;
  readonly maxUnavailable: Derivation;
}

/** Numbers of CoreDNS itself. */
interface CoreDnsNumbers {
  readonly minReplicas: Derivation;
  readonly maxReplicas: Derivation;
  readonly memory: Derivation;
  readonly memoryLimit: Derivation;
  readonly cpu: Derivation;
  readonly threads: Derivation;
  readonly sockets: Derivation;
  readonly maxConcurrent: Derivation;
  readonly ttl: Derivation;
  readonly cacheTtl: Derivation;
  readonly serveStale: Derivation;
  readonly staleVerify: Derivation;
  readonly lameduck: Derivation;
  readonly terminationGrace: Derivation;
  readonly maxUnavailable: Derivation;
  readonly autoscalerMemory: Derivation;
}

/** Resolved inputs of `CachedCoreDns`. */
export interface DnsSettings extends CoreDnsNumbers {
  readonly owner: CoreDnsOwner;
  /** Undefined: no cache on the nodes. */
  readonly nodeCache?: NodeCacheSettings;
  /** Whether the DNS Service tells Calico to leave its address to the cache. */
  readonly excludeFromNat: boolean;
  /** Value of `trafficDistribution` of the Services. @default - any replica, whatever its zone */
  readonly trafficDistribution?: string;
  readonly clusterDnsAddresses: string[];
  /** Addresses of the DNS Service, one of each family it has. */
  readonly serviceAddresses: string[];
  readonly podNames: PodNames;
  readonly upstreamServers: string[];
  readonly forwarding: ForwardOptions;
  readonly serverBlocks: DnsServerBlock[];
  readonly derivations: Derivation[];
  readonly notes: string[];
}

/** CoreDNS takes resolvers from this file: with `dnsPolicy: Default` it is the node's, as the kubelet's `resolvConf` names it. */
const NODE_RESOLVERS = '/etc/resolv.conf';

const CACHE_ADDRESS: { [family: number]: string } = { 4: '169.254.20.10', 6: 'fd00:169:254:20::10' };

/** Zones of a cache without those of the user: the cluster's domain, two of names by address, and all others. */
const OWN_ZONES = 4;

export function dnsSettings(cluster: ClusterFacts, props: CachedCoreDnsProps): DnsSettings {
  const services = IpRange.parse('network.serviceCidr', cluster.network.serviceCidr);
  const proxy = props.serviceProxy ?? DnsServiceProxy.CALICO_EBPF;
  const owner = props.owner ?? CoreDnsOwner.construct();
  const cached = props.nodeCache ?? true;
  const addresses: ResolvedAddresses = {
    address: props.nodeCacheAddress ?? CACHE_ADDRESS[services.family],
    standardAddress: CACHE_ADDRESS[services.family],
    upstreamServiceAddress: props.upstreamServiceAddress ?? services.addressAt(11),
  };
  const load = dnsLoad(cluster, cached);
  checkInputs(cluster, props, addresses, load);

  const { fleet } = cluster;
  const podNames = props.podNames ?? PodNames.INSECURE;
  const numbers = coreDnsNumbers(cluster, props, load, watchesPods(podNames));
  const serverBlocks = props.serverBlocks ?? [];
  const forwarding = props.forwarding ?? {};
  const cacheNumbers = nodeCacheNumbers(cluster, serverBlocks);
  // kube-proxy's iptables rules are skipped by rules of the cache; eBPF programs see a packet before any rule and must be told to leave it alone, on a
  // Service that is ours to annotate. With IPVS the address lies on an interface of kube-proxy, and for nftables nobody has shown it to work
  // (kubernetes/dns#682): the cache has its own address alone.
  const ebpf = proxy === DnsServiceProxy.CALICO_EBPF;
  const excludes = ebpf && owner._kind !== 'other' && inRange(cluster.versions.calico, NAT_EXCLUDE_SERVICE);
  const takesOver = cached && (excludes || proxy === DnsServiceProxy.KUBE_PROXY_IPTABLES);
  // The cache listens in one family (kubernetes/dns cmd/node-cache/app/cache_app.go). Excluded from translation, a second address of the DNS Service
  // would be one that nobody answers; every pod of a dual-stack cluster reaches the first, and asks it for names of both families.
  const secondary = cluster.network.secondaryDnsServiceAddress;
  return {
    ...numbers,
    owner,
    nodeCache: cached ? {
      ...cacheNumbers,
      address: addresses.address,
      listenAddresses: takesOver ? [addresses.address, cluster.network.dnsServiceAddress] : [addresses.address],
      upstreamServiceAddress: addresses.upstreamServiceAddress,
      // Certificates to check resolvers with are part of CoreDNS' image; nobody promises them for the cache's.
      externalThroughCoreDns: forwarding.tlsServerName !== undefined,
    } : undefined,
    excludeFromNat: takesOver && ebpf,
    trafficDistribution: trafficDistribution(cluster, proxy, props.preferSameZone ?? true),
    clusterDnsAddresses: [cached && proxy !== DnsServiceProxy.KUBE_PROXY_IPTABLES ? addresses.address : cluster.network.dnsServiceAddress],
    serviceAddresses: [cluster.network.dnsServiceAddress, ...(secondary !== undefined && !(takesOver && ebpf) ? [secondary] : [])],
    podNames,
    upstreamServers: props.upstreamServers ?? [NODE_RESOLVERS],
    forwarding,
    serverBlocks,
    derivations: [
      ...(owner._kind === 'other' ? [] : [...Object.values(numbers), load.withoutCache, load.forQueries, load.replicas, load.perReplica]),
      ...(watchesPods(podNames) ? [dnsWatchedPods(fleet.pods)] : []),
      load.queries, load.atCoreDns, externalNameQueries(),
      ...(cached ? [...Object.values(cacheNumbers), nodeCacheQueries(fleet.largestMaxPods, fleet.dnsQueriesPerPod), ...load.hitShare] : []),
    ],
    notes: notes(cluster, proxy, { cached, excludeFromNat: takesOver && ebpf, owner, podNames }),
  };
}

function coreDnsNumbers({ fleet }: ClusterFacts, props: CachedCoreDnsProps, load: DnsLoad, podWatch: boolean): CoreDnsNumbers {
  const memory = dnsMemory(fleet.pods, fleet.services, podWatch);
  const threads = given(props.threads, dnsThreads());
  const lameduck = given(props.lameduck?.toSeconds(), dnsLameduck());
  return {
    minReplicas: given(props.minReplicas, load.minReplicas),
    maxReplicas: given(props.maxReplicas, load.maxReplicas),
    memory,
    memoryLimit: given(props.memoryLimit?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }), dnsMemoryLimit(memory)),
    cpu: dnsCpu(load.perReplica),
    threads,
    sockets: dnsSockets(threads),
    maxConcurrent: given(props.forwarding?.maxConcurrent, dnsMaxConcurrent()),
    ttl: given(props.recordTtl?.toSeconds(), dnsTtl()),
    cacheTtl: given(props.cacheTtl?.toSeconds(), dnsCacheTtl()),
    serveStale: given(props.serveStale?.toSeconds(), dnsServeStale()),
    staleVerify: dnsStaleVerify(),
    lameduck,
    terminationGrace: dnsTerminationGrace(lameduck),
    maxUnavailable: dnsMaxUnavailable(),
    autoscalerMemory: dnsAutoscalerMemory(fleet.machines),
  };
}

function nodeCacheNumbers({ fleet }: ClusterFacts, blocks: DnsServerBlock[]) {
  const zones = stated('dns/node-cache-zones', OWN_ZONES + blocks.flatMap(block => block.zones).length, 'zones', 'zones of the cluster, all others, and those of serverBlocks');
  const entries = nodeCacheEntries(fleet.largestMaxPods);
  return {
    zones,
    entries,
    denialTtl: nodeCacheDenialTtl(),
    memory: nodeCacheMemory(zones, entries),
    memoryLimit: nodeCacheMemoryLimit(zones, entries),
    cpu: nodeCacheCpu(nodeCacheQueries(fleet.largestMaxPods, fleet.dnsQueriesPerPod)),
    maxUnavailable: nodeCacheMaxUnavailable(),
  };
}

interface Circumstances {
  readonly cached: boolean;
  readonly excludeFromNat: boolean;
  readonly owner: CoreDnsOwner;
  readonly podNames: PodNames;
}

function notes({ release }: ClusterFacts, proxy: DnsServiceProxy, { cached, excludeFromNat, owner, podNames }: Circumstances): string[] {
  const lookup = externalNameQueries();
  const ipvs = KUBE_PROXY_MODES.ipvs;
  return [
    `an external name costs up to ${lookup.value} queries, ${lookup.formula}, with the search list of ndots 5: use names with a trailing dot, or ndots 2 where mostly external names are asked for`,
    ...(excludeFromNat ? ['annotation natExcludeService: nodes answer the address of the DNS Service only where the cache runs; in a cluster with running pods roll the '
      + 'cache out first and annotate the Service last (runbooks/dns-node-cache.md)'] : []),
    ...(cached ? [] : ['without a cache on the nodes every query crosses the network, and UDP conntrack races cost 5 s each']),
    ...(proxy === DnsServiceProxy.KUBE_PROXY_IPVS && compareVersions(release.version, ipvs.deprecatedIn) >= 0
      ? [`kube-proxy's mode ipvs is deprecated from Kubernetes ${ipvs.deprecatedIn} and gone in ${ipvs.removed}; nftables is its successor`] : []),
    ...(owner._kind === 'kubeadm' ? ['kubeadm writes the Service kube-dns anew at every upgrade: apply the manifests of wave 20-dns again after each (runbooks/dns-upgrade.md)'] : []),
    ...(owner._kind === 'other' ? [`CoreDNS is left to ${owner._other?.name ?? 'somebody else'}: its replicas, memory and Corefile are not looked after here`] : []),
    ...(watchesPods(podNames) ? ['names of pods are verified: every CoreDNS holds every pod and takes part in every change of one'] : []),
  ];
}
