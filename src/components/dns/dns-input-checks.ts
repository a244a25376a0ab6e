import { SizeRoundingBehavior } from 'cdk8s';
import type { CachedCoreDnsProps } from './cached-core-dns';
import { CoreDnsOwner } from './core-dns-owner';
import { DnsLoad } from './dns-load';
import { DnsServiceProxy } from './dns-service-proxy';
import { checkForwarding, resolverProblem, serversProblem } from './forward-checks';
import { PodNames, watchesPods } from './pod-names';
import { checkServerBlocks } from './server-block-checks';
import { canPreferSameZone } from './zone-preference';
import { dnsMemory } from '../../capacity/dns-memory-capacity';
import { NODE_CACHE_COREDNS } from '../../catalogue/dns-images';
import { KUBE_PROXY_MODES } from '../../catalogue/kube-proxy-modes';
import { kubeadmCan } from '../../catalogue/kubeadm-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange, isIpAddress } from '../../cluster/ip-range';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { labelProblem, quoted, safeEntries } from '../../input/text-safety';

/** Addresses of the cache, given or not. */
export interface ResolvedAddresses {
  readonly address: string;
  /** What `address` is when nobody says otherwise. */
  readonly standardAddress: string;
  readonly upstreamServiceAddress: string;
}

/** Props that only the cache reads. */
const OF_THE_CACHE = ['nodeCacheAddress', 'upstreamServiceAddress'] as const;

/** Props that end in the Deployment or the Corefile of CoreDNS, which somebody else has. */
const OF_CORE_DNS = ['podNames', 'recordTtl', 'lameduck', 'minReplicas', 'maxReplicas', 'memoryLimit', 'threads', 'serverBlocks'] as const;

export function checkInputs(cluster: ClusterFacts, props: CachedCoreDnsProps, addresses: ResolvedAddresses, load: DnsLoad): void {
  const problems = new Problems('CachedCoreDns');
  const { dnsServiceAddress } = cluster.network;
  const own = [dnsServiceAddress, addresses.address, addresses.upstreamServiceAddress];
  checkOwner(cluster, props.owner ?? CoreDnsOwner.construct(), props, problems);
  checkProxy(cluster, props, problems);
  checkAddresses(cluster, props, addresses, problems);
  if (props.upstreamServers !== undefined) {
    problems.add(serversProblem('upstreamServers', props.upstreamServers));
    for (const server of props.upstreamServers) { problems.add(resolverProblem('upstreamServers', server, own)); }
  }
  checkForwarding('forwarding', props.forwarding ?? {}, [cluster.versions.coreDns, ...((props.nodeCache ?? true) && props.forwarding?.tlsServerName === undefined ? [NODE_CACHE_COREDNS] : [])], problems);
  problems.require(props.forwarding?.tlsServerName === undefined || props.upstreamServers !== undefined,
    'forwarding.tlsServerName needs upstreamServers: the resolvers of the nodes are asked by plain DNS');
  checkServerBlocks(cluster, props.serverBlocks ?? [], own, problems);
  checkTimes(props, problems);
  checkSizes(cluster, props, load, problems);
  problems.throwIfAny();
}

function checkOwner(cluster: ClusterFacts, owner: CoreDnsOwner, props: CachedCoreDnsProps, problems: Problems): void {
  if (owner._kind === 'kubeadm') {
    problems.require(kubeadmCan('coreDnsPatches', cluster.release.version),
      `owner: kubeadm can patch its CoreDNS from Kubernetes 1.31 on, cluster.release is ${cluster.release.version}; use CoreDnsOwner.construct()`);
  }
  if (owner._kind !== 'other') { return; }
  for (const field of OF_CORE_DNS) {
    problems.require(props[field] === undefined, `${field} is set but CoreDNS belongs to ${owner._other?.name ?? 'somebody else'}, who would not see it; leave one of them out`);
  }
  problems.require(props.nodeCache !== false, 'nodeCache is false and CoreDNS belongs to somebody else: nothing is left to write; leave CachedCoreDns out');
  for (const [key, value] of safeEntries('owner.podLabels', owner._other?.podLabels)) { problems.add(labelProblem('owner.podLabels', key, value)); }
  problems.require(Object.keys(owner._other?.podLabels ?? { any: '' }).length > 0, 'owner.podLabels must not be empty: an empty selector selects no pod');
  if (owner._other?.port !== undefined) { problems.add(wholeNumberProblem('owner.port', owner._other.port, { min: 1, max: 65535, why: 'port of its pods' })); }
}

function checkProxy(cluster: ClusterFacts, props: CachedCoreDnsProps, problems: Problems): void {
  const proxy = props.serviceProxy ?? DnsServiceProxy.CALICO_EBPF;
  const mode = proxy === DnsServiceProxy.KUBE_PROXY_NFTABLES ? 'nftables' : proxy === DnsServiceProxy.KUBE_PROXY_IPVS ? 'ipvs' : 'iptables';
  problems.require(inRange(cluster.release.version, KUBE_PROXY_MODES[mode]), `serviceProxy: kube-proxy of Kubernetes ${cluster.release.version} has no mode ${mode}; use DnsServiceProxy.KUBE_PROXY_IPTABLES`);
  problems.require(props.preferSameZone !== true || canPreferSameZone(cluster, proxy),
    'preferSameZone needs Kubernetes 1.31 and, with eBPF, Calico 3.32, '
    + `got ${cluster.release.version}${proxy === DnsServiceProxy.CALICO_EBPF ? ` with Calico ${cluster.versions.calico}` : ''}; leave it out`);
}

function checkAddresses(cluster: ClusterFacts, props: CachedCoreDnsProps, addresses: ResolvedAddresses, problems: Problems): void {
  const { address, standardAddress, upstreamServiceAddress } = addresses;
  const services = IpRange.parse('network.serviceCidr', cluster.network.serviceCidr);
  const { dnsServiceAddress, kubernetesServiceAddress, serviceCidrs, podCidrs } = cluster.network;
  if (props.nodeCache === false) {
    for (const field of OF_THE_CACHE) {
      problems.require(props[field] === undefined, `${field} is set but nodeCache is false; leave one of them out`);
    }
  }
  if (!isIpAddress(address) || address.includes(':') !== (services.family === 6)) {
    problems.add(`nodeCacheAddress must be an IPv${services.family} address like the Service range, got ${quoted(address)}; use ${standardAddress}`);
  } else {
    const taken = [...serviceCidrs, ...podCidrs].map(cidr => IpRange.parse('network', cidr)).find(range => range.contains(address));
    problems.require(taken === undefined && !cluster.network.hasNodeAddress(address),
      `nodeCacheAddress ${address} lies inside a range of the cluster; use a link-local address such as ${standardAddress}`);
  }
  problems.require(isIpAddress(upstreamServiceAddress) && services.contains(upstreamServiceAddress),
    `upstreamServiceAddress must lie in network.serviceCidr ${services}, got ${quoted(upstreamServiceAddress)}`);
  problems.require(![dnsServiceAddress, kubernetesServiceAddress].includes(upstreamServiceAddress),
    `upstreamServiceAddress ${upstreamServiceAddress} belongs to the DNS or the kubernetes Service; a cache that asks its own address loops`);
}

/** Times in whole seconds, as the plugins take them. */
function checkTimes(props: CachedCoreDnsProps, problems: Problems): void {
  const times: Array<[keyof CachedCoreDnsProps & ('recordTtl' | 'cacheTtl' | 'serveStale' | 'lameduck'), number, number, string]> = [
    ['recordTtl', 0, 3600, 'seconds, as plugin kubernetes takes them'],
    ['cacheTtl', 1, 3600, 'seconds'],
    ['serveStale', 0, 86_400, 'seconds; 0 switches it off'],
    ['lameduck', 10, 300, 'seconds; nodes learn of a removed endpoint up to ten late'],
  ];
  for (const [field, min, max, why] of times) {
    const value = props[field]?.toSeconds({ integral: false });
    if (value !== undefined) { problems.add(wholeNumberProblem(field, value, { min, max, why })); }
  }
}

function checkSizes(cluster: ClusterFacts, props: CachedCoreDnsProps, { minReplicas, forQueries, atCoreDns }: DnsLoad, problems: Problems): void {
  const min = Math.max(minReplicas.value, forQueries.value);
  const why = forQueries.value > 3 ? `the ${atCoreDns.value} queries/s that reach CoreDNS need ${forQueries.value}` : `at least the ${min} that survive a rolling change with a lost node`;
  if (props.maxReplicas !== undefined) { problems.add(wholeNumberProblem('maxReplicas', props.maxReplicas, { min, max: 1000, why })); }
  if (props.minReplicas !== undefined) {
    problems.add(wholeNumberProblem('minReplicas', props.minReplicas, { min: minReplicas.value, max: props.maxReplicas ?? 1000, why: `at least ${minReplicas.value}, at most maxReplicas` }));
  }
  if (props.threads !== undefined) { problems.add(wholeNumberProblem('threads', props.threads, { min: 1, max: 64, why: 'processors that one CoreDNS uses at most' })); }
  if (props.memoryLimit === undefined) { return; }
  const limit = props.memoryLimit.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
  const predicted = dnsMemory(cluster.fleet.pods, cluster.fleet.services, watchesPods(props.podNames ?? PodNames.INSECURE));
  problems.require(limit >= predicted.value, `memoryLimit must be at least ${predicted.value}Mi, what CoreDNS takes for ${cluster.pods} pods and ${cluster.services} Services, got ${limit}Mi`);
}
