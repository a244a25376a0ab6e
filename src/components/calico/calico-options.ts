import { CalicoBgp } from './calico-bgp';
import { CalicoApiAccess, CalicoApiBootstrap, CalicoEncapsulation, CalicoInstall, CalicoServiceMode } from './calico-choices';
import { CalicoIpPool } from './calico-pool';
import { KubeProxyOptions } from './kube-proxy-options';
import { ClusterFacts } from '../../cluster/cluster-facts';

/** Inputs of `CalicoEbpf`. */
export interface CalicoEbpfProps {
  /**
   * Facts of the cluster: the pod range and its final size, the API endpoint, the release that decides the Calico version.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * Who installs Calico.
   *
   * @default CalicoInstall.OPERATOR
   */
  readonly install?: CalicoInstall;

  /**
   * How kubectl reaches `projectcalico.org/v3`, which configuration, pools and policies are written in.
   *
   * @default CalicoApiAccess.API_SERVER
   */
  readonly apiAccess?: CalicoApiAccess;

  /**
   * How packets between pods of different nodes travel. Cross subnet and none are faster and need a fabric that forwards pod addresses;
   * many clouds do not.
   *
   * @default CalicoEncapsulation.VXLAN
   * @see field `spec.calicoNetwork.ipPools[].encapsulation` of Installation
   */
  readonly encapsulation?: CalicoEncapsulation;

  /**
   * Whether the machines' network delivers packets whose source is not the sending machine's own address: source and destination checks
   * (AWS), IP forwarding (Azure, GCP) or anti-spoofing of ports (OpenStack) are off. DSR and traffic without encapsulation need it.
   *
   * @default - not known: DSR is refused, and a note names the duty where encapsulation rests on it
   */
  readonly fabricForwardsPodAddresses?: boolean;

  /**
   * Mask of the blocks of addresses that nodes claim. Cannot be changed later. Larger blocks mean fewer routes and more addresses that lie
   * idle on half-empty nodes.
   *
   * @default 26 - 64 addresses; 122 for IPv6
   * @see field `spec.calicoNetwork.ipPools[].blockSize` of Installation
   */
  readonly blockSize?: number;

  /**
   * Pools of addresses: by zone or node pool, of several block sizes, disabled ones for later stages.
   *
   * @default - one pool of each family: the pod range of the network plan
   * @see kind `IPPool`
   */
  readonly ipPools?: CalicoIpPool[];

  /**
   * Addresses and ranges inside the pools that no pod gets, for example of a router or of an appliance.
   *
   * @default - none
   * @see kind `IPReservation`
   */
  readonly reservedAddresses?: string[];

  /**
   * Whether a node takes addresses of its own blocks only. Borrowed addresses are a route of their own on every node; without borrowing a pool that
   * is used up stops pods while other nodes have idle addresses. Needs Calico 3.24.
   *
   * @default false
   * @see field `strictAffinity` of IPAMConfiguration
   */
  readonly strictAffinity?: boolean;

  /**
   * Most blocks of one node. Needs Calico 3.24.
   *
   * @default - Calico's own: 20
   * @see field `maxBlocksPerHost` of IPAMConfiguration
   */
  readonly maxBlocksPerHost?: number;

  /**
   * Whether and how nodes exchange routes by BGP.
   *
   * @default CalicoBgp.off()
   * @see field `spec.calicoNetwork.bgp` of Installation
   */
  readonly bgp?: CalicoBgp;

  /**
   * Whether packets from pods to addresses outside the pod range leave with the address of their node.
   *
   * @default true
   * @see field `spec.calicoNetwork.ipPools[].natOutgoing` of Installation
   */
  readonly natOutgoing?: boolean;

  /**
   * Whether traffic of pods between nodes is encrypted with WireGuard. Costs processors and 60 bytes of each packet (80 with IPv6).
   *
   * @default false
   * @see fields `wireguardEnabled` and `wireguardEnabledV6` of FelixConfiguration
   */
  readonly wireguard?: boolean;

  /**
   * Largest packet of the machines' network, in bytes; the pods' follows from it. Say it where machines do not know it themselves (a path with a
   * smaller packet than the card's).
   *
   * @default - detected on each node
   */
  readonly linkMtu?: number;

  /**
   * Largest packet of pod interfaces, in bytes.
   *
   * @default - from `linkMtu` less the encapsulation, see `calico/pod-mtu`; without it detected on each node
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
   * kube-proxy in place of eBPF, for kernels or fabrics that cannot; it becomes part of the output.
   *
   * @default - none: eBPF serves Services
   */
  readonly kubeProxy?: KubeProxyOptions;

  /**
   * How a node hands traffic from outside to a pod of another node.
   *
   * @default CalicoServiceMode.TUNNEL
   * @see field `bpfExternalServiceMode` of FelixConfiguration
   */
  readonly serviceMode?: CalicoServiceMode;

  /**
   * Clients whose answers take the tunnel all the same, for parts of the network that refuse such packets. Needs DSR and Calico 3.26.
   *
   * @default - none
   * @see field `bpfDSROptoutCIDRs` of FelixConfiguration
   */
  readonly dsrOptOutCidrs?: string[];

  /**
   * Entries of each node's connection table. A change breaks established connections, so choose for the largest node. Needs Calico 3.23.
   *
   * @default - derived, see `calico/bpf-map-conntrack`
   * @see field `bpfMapSizeConntrack` of FelixConfiguration
   */
  readonly bpfMapSizeConntrack?: number;

  /**
   * Seconds after which an idle TCP connection leaves the connection table. Shorter keeps the table small and cuts clients that are silent for longer
   * without keepalive. Needs Calico 3.30.
   *
   * @default - Felix' own: 3600
   * @see field `bpfConntrackTimeouts.tcpEstablished` of FelixConfiguration
   */
  readonly tcpIdleSeconds?: number;

  /**
   * Further fields of FelixConfiguration by name. Names are checked against the Calico version; fields that this construct owns are refused.
   *
   * @default - none
   */
  readonly felixOverrides?: { [field: string]: any };

  /**
   * Share of nodes whose calico-node is replaced at the same time. Traffic goes on meanwhile; new pods and policy wait. Unit: percent.
   *
   * @default - derived, see `calico/max-unavailable`
   * @see field `spec.nodeUpdateStrategy.rollingUpdate.maxUnavailable` of Installation
   */
  readonly maxUnavailablePercent?: number;
}
