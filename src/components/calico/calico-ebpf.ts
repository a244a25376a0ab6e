import { Construct } from 'constructs';
import { CalicoInstall } from './calico-choices';
import { calicoAlertGroups, calicoApiClients, calicoNetworkFlows, calicoScrapeTargets } from './calico-contributions';
import { CalicoEbpfProps } from './calico-options';
import { calicoSettings, tunnelCidrs } from './calico-settings';
import { apiServer, installation } from './installation-document';
import { kubeProxyObjects } from './kube-proxy-objects';
import { KubeProxyMode } from './kube-proxy-options';
import { networkObjects } from './network-objects';
import { operatorObjects } from './operator-objects';
import { calicoPreconditions } from './preconditions';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { inClusterObject, ObjectOwner } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';

/**
 * Calico with the eBPF data plane, installed by its operator: operator with its rights, Installation with an address pool for the final size,
 * API server of Calico, Felix with maps for the planned pods and Services. Replaces kube-proxy, unless `kubeProxy` asks for it.
 *
 * CustomResourceDefinitions are a precondition, see `preconditions`.
 */
export class CalicoEbpf extends Construct implements IContributor {
  /** Mask of the blocks of addresses. */
  public readonly blockSize: number;
  /** Typha replicas that the operator will run at the final size; it owns the number. */
  public readonly typhaReplicas: number;
  /** Mode of kube-proxy; undefined: eBPF serves Services. */
  public readonly kubeProxyMode?: KubeProxyMode;
  /** Ranges that machines get tunnel addresses from; empty: no tunnels. */
  public readonly tunnelCidrs: string[];
  /** Ranges that pods get addresses from, now or at a later stage. */
  public readonly podCidrs: string[];
  /** What has to be true or done before the objects are applied, with the commands. */
  public readonly preconditions: string[];
  /** What works and should be known: short headroom, duties of the fabric. */
  public readonly notes: string[];
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[];
  public readonly logStreams: LogStream[];
  public readonly networkFlows: NetworkFlow[];

  constructor(scope: Construct, id: string, props: CalicoEbpfProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = calicoSettings(cluster, props);

    operatorObjects(this, cluster, settings);
    const owner: ObjectOwner = { name: 'calico', component: 'network', cluster: cluster.name, wave: WAVE.network };
    if (settings.install !== CalicoInstall.MANIFESTS) {
      inClusterObject(this, 'Installation', owner, installation(cluster, settings));
      inClusterObject(this, 'ApiServer', owner, apiServer());
    }
    if (settings.proxy) { kubeProxyObjects(this, cluster, settings.proxy, `${settings.maxUnavailable.value}%`); }
    networkObjects(this, owner, cluster, settings);

    this.blockSize = settings.blockSize;
    this.typhaReplicas = settings.typhaReplicas.value;
    this.kubeProxyMode = settings.proxy?.mode;
    this.podCidrs = settings.pools.map(pool => pool.cidr);
    this.tunnelCidrs = tunnelCidrs(settings);
    this.preconditions = calicoPreconditions(cluster, settings);
    this.notes = settings.notes;
    this.derivations = settings.derivations;
    this.scrapeTargets = calicoScrapeTargets(cluster, settings);
    this.alertGroups = calicoAlertGroups(cluster, settings);
    this.apiClients = calicoApiClients(cluster, settings);
    this.networkFlows = calicoNetworkFlows(cluster, settings);
    // Logs of containers are collected by path like those of every pod.
    this.logStreams = [];
  }
}
