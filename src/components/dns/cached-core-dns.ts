import { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { autoscalerObjects } from './autoscaler-objects';
import { coreDnsObjects } from './core-dns-objects';
import { dnsAlertGroups, dnsApiClients, dnsScrapeTargets } from './dns-contributions';
import { DnsServiceProxy } from './dns-service-proxy';
import { dnsSettings } from './dns-settings';
import { nodeCacheObjects } from './node-cache-objects';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';

/** Inputs of `CachedCoreDns`. */
export interface CachedCoreDnsProps {
  /**
   * Facts of the cluster: planned pods and Services, addresses, the release that decides the CoreDNS version.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

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
   * Resolvers for names outside the cluster: addresses, with `:port` where it is not 53.
   *
   * @default - those of the node, from its resolv.conf
   * @see plugin `forward` of CoreDNS
   */
  readonly upstreamServers?: string[];

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
}

/**
 * DNS for a large cluster: CoreDNS that never watches pods and is sized by what it holds, an autoscaler with a ceiling, and a cache on every
 * node that asks CoreDNS over TCP.
 *
 * Replaces the installer's CoreDNS: switch that off (`kubeadm init --skip-phases=addon/coredns`), or its next upgrade puts its own back.
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

  constructor(scope: Construct, id: string, props: CachedCoreDnsProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = dnsSettings(cluster, props);

    coreDnsObjects(this, cluster, settings);
    autoscalerObjects(this, cluster, settings);
    if (settings.nodeCache) { nodeCacheObjects(this, cluster, settings, settings.nodeCache); }

    this.clusterDnsAddresses = settings.clusterDnsAddresses;
    this.clusterDomain = cluster.network.clusterDomain;
    this.serviceAddress = cluster.network.dnsServiceAddress;
    this.notes = settings.notes;
    this.derivations = settings.derivations;
    this.scrapeTargets = dnsScrapeTargets(settings);
    this.alertGroups = dnsAlertGroups(settings);
    this.apiClients = dnsApiClients();
    // Logs of containers are collected by path like those of every pod.
    this.logStreams = [];
  }
}
