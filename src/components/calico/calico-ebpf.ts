import { Construct } from 'constructs';
import { CalicoApiBootstrap, CalicoEncapsulation } from './calico-choices';
import { calicoAlertGroups, calicoApiClients, calicoScrapeTargets } from './calico-contributions';
import { calicoSettings } from './calico-settings';
import { apiServer, felixConfiguration, installation } from './installation-document';
import { operatorObjects } from './operator-objects';
import { calicoPreconditions } from './preconditions';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { inClusterObject, ObjectOwner } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';

/** Inputs of `CalicoEbpf`. */
export interface CalicoEbpfProps {
  /**
   * Facts of the cluster: the pod range and its final size, the API endpoint, the release that decides the Calico version.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * How packets between pods of different nodes travel. Cross subnet and none are faster and need a fabric that forwards pod addresses;
   * many clouds do not.
   *
   * @default CalicoEncapsulation.VXLAN
   * @see field `spec.calicoNetwork.ipPools[].encapsulation` of Installation
   */
  readonly encapsulation?: CalicoEncapsulation;

  /**
   * Mask of the blocks of addresses that nodes claim. Cannot be changed later. Larger blocks mean fewer routes and more addresses that lie
   * idle on half-empty nodes.
   *
   * @default 26 - 64 addresses; 122 for IPv6
   * @see field `spec.calicoNetwork.ipPools[].blockSize` of Installation
   */
  readonly blockSize?: number;

  /**
   * Whether nodes exchange routes by BGP. A full mesh is meant for about 100 nodes; above that add route reflectors.
   *
   * @default false
   * @see field `spec.calicoNetwork.bgp` of Installation
   */
  readonly bgp?: boolean;

  /**
   * Whether packets from pods to addresses outside the pod range leave with the address of their node.
   *
   * @default true
   * @see field `spec.calicoNetwork.ipPools[].natOutgoing` of Installation
   */
  readonly natOutgoing?: boolean;

  /**
   * Largest packet of pod interfaces, in bytes.
   *
   * @default - detected on each node from its link, less the encapsulation
   * @see field `spec.calicoNetwork.mtu` of Installation
   */
  readonly mtu?: number;

  /**
   * How Calico finds the API servers before it serves Services itself.
   *
   * @default CalicoApiBootstrap.CONFIG_MAP
   * @see field `spec.calicoNetwork.bpfNetworkBootstrap` of Installation
   */
  readonly apiBootstrap?: CalicoApiBootstrap;

  /**
   * Entries of each node's connection table. A change breaks established connections, so choose for the largest node. Needs Calico 3.23.
   *
   * @default - derived, see `calico/bpf-map-conntrack`
   * @see field `bpfMapSizeConntrack` of FelixConfiguration
   */
  readonly bpfMapSizeConntrack?: number;

  /**
   * Share of nodes whose calico-node is replaced at the same time. Traffic goes on meanwhile; new pods and policy wait. Unit: percent.
   *
   * @default - derived, see `calico/max-unavailable`
   * @see field `spec.nodeUpdateStrategy.rollingUpdate.maxUnavailable` of Installation
   */
  readonly maxUnavailablePercent?: number;
}

/**
 * Calico with the eBPF data plane, installed by its operator: operator with its rights, Installation with an address pool for the final size,
 * API server of Calico, Felix with maps for the planned pods and Services. Replaces kube-proxy.
 *
 * CustomResourceDefinitions are a precondition, see `preconditions`.
 */
export class CalicoEbpf extends Construct implements IContributor {
  /** Mask of the blocks of addresses. */
  public readonly blockSize: number;
  /** Typha replicas that the operator will run at the final size; it owns the number. */
  public readonly typhaReplicas: number;
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

  constructor(scope: Construct, id: string, props: CalicoEbpfProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = calicoSettings(cluster, props);

    operatorObjects(this, cluster, settings);
    const owner: ObjectOwner = { name: 'calico', component: 'network', cluster: cluster.name, wave: WAVE.network };
    inClusterObject(this, 'Installation', owner, installation(cluster, settings));
    inClusterObject(this, 'ApiServer', owner, apiServer());
    // A wave of its own: the kind is served only once the API server of Calico runs, which the operator starts from the two objects above.
    inClusterObject(this, 'FelixConfiguration', { ...owner, wave: WAVE.networkObjects }, felixConfiguration(cluster, settings));

    this.blockSize = settings.blockSize;
    this.typhaReplicas = settings.typhaReplicas.value;
    this.preconditions = calicoPreconditions(cluster, settings);
    this.notes = settings.notes;
    this.derivations = settings.derivations;
    this.scrapeTargets = calicoScrapeTargets(cluster);
    this.alertGroups = calicoAlertGroups(cluster, settings);
    this.apiClients = calicoApiClients(cluster);
    // Logs of containers are collected by path like those of every pod.
    this.logStreams = [];
  }
}
