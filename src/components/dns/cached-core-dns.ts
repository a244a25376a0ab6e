import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { autoscalerObjects } from './autoscaler-objects';
import { kubeadmDeploymentPatch } from './core-dns-deployment';
import { coreDnsObjects } from './core-dns-objects';
import { CoreDnsOwner } from './core-dns-owner';
import { dnsAlertGroups, dnsApiClients, dnsFlows, dnsScrapeTargets } from './dns-contributions';
import { dnsRunbooks } from './dns-runbooks';
import { DnsServerBlock } from './dns-server-block';
import { DnsServiceProxy } from './dns-service-proxy';
import { dnsSettings } from './dns-settings';
import { ForwardOptions } from './forwarding';
import { nodeCacheObjects } from './node-cache-objects';
import { PodNames } from './pod-names';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { yamlDocuments } from '../../formats/yaml-document';
import { bindCluster } from '../../host/cluster-of';
import { HostChange } from '../../host/host-change';
import { HostFile } from '../../host/host-file';
import { HostPage } from '../../host/host-page';
import { HostTarget } from '../../host/host-target';
import { KUBEADM_PATHS } from '../../host/installers/kubeadm-paths';

/** Inputs of `CachedCoreDns`. */
export interface CachedCoreDnsProps {
  /**
   * Facts of the cluster: planned pods and Services, addresses, the release that decides the CoreDNS version.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * Who installs CoreDNS and brings it to a new version. Two that do so overwrite each other at every upgrade.
   *
   * @default CoreDnsOwner.construct()
   */
  readonly owner?: CoreDnsOwner;

  /**
   * Who carries packets for the addresses of Services.
   *
   * @default DnsServiceProxy.CALICO_EBPF
   */
  readonly serviceProxy?: DnsServiceProxy;

  /**
   * Whether every node runs a cache. Without it each query crosses the network, and external names cost five of them with the default
   * search list.
   *
   * @default true
   */
  readonly nodeCache?: boolean;

  /**
   * Address of the cache on every node; a link-local one (or a unique local one with IPv6) that nothing else uses.
   *
   * @default 169.254.20.10 - with IPv6 fd00:169:254:20::10
   */
  readonly nodeCacheAddress?: string;

  /**
   * Address of the Service `kube-dns-upstream`, through which caches reach CoreDNS. Set it when the default is taken in an existing cluster.
   *
   * @default - the eleventh address of the Service range
   */
  readonly upstreamServiceAddress?: string;

  /**
   * Whether queries stay in the zone they come from, as long as a replica runs there: no cost and no latency of another zone. A zone with many nodes and few
   * replicas then has only those; the replicas are spread over the zones.
   *
   * @default - true where release and data plane can: Kubernetes 1.31, with eBPF Calico 3.32
   * @see field `spec.trafficDistribution` of Service
   */
  readonly preferSameZone?: boolean;

  /**
   * Resolvers for names outside the cluster: addresses, with `:port` where it is not 53.
   *
   * @default - those of the node, from its resolv.conf
   * @see plugin `forward` of CoreDNS
   */
  readonly upstreamServers?: string[];

  /**
   * How they are asked.
   *
   * @default - plain DNS over the client's protocol, one at random, a bounded number of queries at a time
   */
  readonly forwarding?: ForwardOptions;

  /**
   * Zones beside the cluster's: stub domains, listed hosts, plugins of your own.
   *
   * @default - none
   */
  readonly serverBlocks?: DnsServerBlock[];

  /**
   * Whether names of pods by their address are answered. `VERIFIED` makes every replica hold every pod of the cluster.
   *
   * @default PodNames.INSECURE
   * @see option `pods` of plugin `kubernetes`
   */
  readonly podNames?: PodNames;

  /**
   * Time that clients and caches may keep an answer for a name of the cluster. The plugin's own 5 s send every client back six times as often. Whole seconds.
   *
   * @default - derived, see `dns/ttl`
   * @see option `ttl` of plugin `kubernetes`
   */
  readonly recordTtl?: Duration;

  /**
   * Longest time that an answer from outside the cluster is kept. Whole seconds.
   *
   * @default - derived, see `dns/cache-ttl`
   * @see plugin `cache`
   */
  readonly cacheTtl?: Duration;

  /**
   * How long an answer may stand in for its source after it ran out, while the source is away: outages of resolvers do not reach pods. 0 switches it off.
   * Whole seconds.
   *
   * @default - derived, see `dns/serve-stale`; from CoreDNS 1.9.2
   * @see option `serve_stale` of plugin `cache`
   */
  readonly serveStale?: Duration;

  /**
   * Time that a stopping CoreDNS goes on answering; its pod gets ten seconds more to end. At least ten seconds, since nodes of a large cluster learn of a
   * removed endpoint that much later. Whole seconds.
   *
   * @default - derived, see `dns/lameduck`
   * @see option `lameduck` of plugin `health`
   */
  readonly lameduck?: Duration;

  /**
   * Fewest replicas of CoreDNS.
   *
   * @default - derived, see `dns/replicas-min`
   */
  readonly minReplicas?: number;

  /**
   * Most replicas of CoreDNS. Each one watches all Services and EndpointSlices.
   *
   * @default - derived, see `dns/replicas-max`
   */
  readonly maxReplicas?: number;

  /**
   * Memory limit of one CoreDNS. At the stock limit of 170 MiB large clusters lost DNS to memory kills.
   *
   * @default - derived, see `dns/memory-limit`
   */
  readonly memoryLimit?: Size;

  /**
   * Threads of one CoreDNS (GOMAXPROCS); half as many sockets are opened for each address, from CoreDNS 1.12.0.
   *
   * @default - derived, see `dns/threads`
   * @see plugin `multisocket`
   */
  readonly threads?: number;
}

/**
 * DNS for a large cluster: CoreDNS that never watches pods and is sized by what it holds, an autoscaler with a ceiling, and a cache on every
 * node that asks CoreDNS over TCP.
 *
 * Replaces the installer's CoreDNS, or gives kubeadm's its numbers, or leaves another one alone: see `owner`.
 */
export class CachedCoreDns extends Construct implements IDnsEndpoint, IContributor {
  public readonly clusterDnsAddresses: string[];
  public readonly clusterDomain: string;
  /** Address of the DNS Service. */
  public readonly serviceAddress: string;
  /** What works and should be known. */
  public readonly notes: string[];
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[];
  public readonly logStreams: LogStream[];
  public readonly networkFlows: NetworkFlow[];

  constructor(scope: Construct, id: string, props: CachedCoreDnsProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = dnsSettings(cluster, props);

    if (settings.owner._kind !== 'other') {
      coreDnsObjects(this, cluster, settings);
      autoscalerObjects(this, cluster, settings);
    }
    if (settings.owner._kind === 'kubeadm') {
      for (const [i, { name }] of cluster.controlPlaneMembers.entries()) {
        new HostFile(this, `patch-${name}`, {
          target: HostTarget.machine(name),
          path: KUBEADM_PATHS.coreDnsPatch,
          content: yamlDocuments([kubeadmDeploymentPatch(settings)]),
          mode: '0600',
          // Any machine may run the upgrade; the first one has the document that the phase reads.
          onChange: i === 0 ? HostChange.run('kubeadm', 'init', 'phase', 'addon', 'coredns', '--config', KUBEADM_PATHS.init) : HostChange.nothing(),
        });
      }
    }
    for (const page of dnsRunbooks(cluster, settings)) { new HostPage(this, `page-${page.name}`, page); }
    if (settings.nodeCache) { nodeCacheObjects(this, cluster, settings, settings.nodeCache); }

    this.clusterDnsAddresses = settings.clusterDnsAddresses;
    this.clusterDomain = cluster.network.clusterDomain;
    this.serviceAddress = cluster.network.dnsServiceAddress;
    this.notes = settings.notes;
    this.derivations = settings.derivations;
    this.scrapeTargets = dnsScrapeTargets(cluster, settings);
    this.alertGroups = dnsAlertGroups(cluster, settings);
    this.apiClients = dnsApiClients(cluster, settings);
    // Logs of containers are collected by path like those of every pod.
    this.logStreams = [];
    this.networkFlows = dnsFlows(cluster, settings);
  }
}
