import { VersionRange } from './version-range';

/*
 * What the Tigera operator of a Calico release understands. Versions are Calico's; only releases that a Kubernetes minor is paired
 * with are told apart (3.22, 3.24, 3.26, 3.28 ... 3.32). Extracted on 2026-11-23 from api/v1 of tigera/operator (v1.25.0 ... v1.42.0) and
 * from the manifests of projectcalico/calico at the tags of the same releases.
 */

/** Abilities of an operator that decide which objects or fields are written. */
export const CALICO_OPERATOR_FEATURES = {
  /** `calicoNetwork.bpfNetworkBootstrap` and `kubeProxyManagement`. */
  networkBootstrap: { added: '3.31' },
  /** `ipPools[].name` and several pools of one family; before, one of each, and the rest are IPPool objects. */
  namedPools: { added: '3.28' },
  /** `ipPools[].allowedUses`. */
  poolUses: { added: '3.28' },
  /** `ipPools[].disableNewAllocations`. */
  disabledPools: { added: '3.29' },
  /** `ipPools[].disableBGPExport`. */
  poolExport: { added: '3.24' },
  /** `Nftables` as `calicoNetwork.linuxDataplane`. */
  nftables: { added: '3.29' },
  /** `calicoNodeDaemonSet`, `typhaDeployment`, `calicoKubeControllersDeployment`; older ones read `componentResources`. */
  podOverrides: { added: '3.24' },
  componentResources: { removed: '3.24' },
  /** `typhaDeployment.spec.template.spec.topologySpreadConstraints`. */
  typhaSpread: { added: '3.26' },
  /** `-manage-crds=true` in upstream's manifest: the operator brings and updates CustomResourceDefinitions itself. */
  managedDefinitions: { added: '3.30' },
  /** IPv6 pools together with eBPF. */
  bpfIpv6: { added: '3.28' },
  /** Service account of its own for the CNI plugin. */
  cniPluginAccount: { added: '3.26' },
  /** API server of Calico in `calico-system`; before in `calico-apiserver`. */
  apiServerInCalicoSystem: { added: '3.31' },
  /** Kind IPAMConfiguration of projectcalico.org/v3; before, calicoctl alone. */
  ipamConfiguration: { added: '3.24' },
  /** `IPAMConfiguration.spec.autoAllocateBlocks`: part of the type from then on, without being optional; true is what every earlier version does. */
  autoAllocateBlocks: { added: '3.32' },
  /** `IPPool.spec.namespaceSelector`. */
  poolNamespaces: { added: '3.31' },
  /** CustomResourceDefinitions of projectcalico.org/v3 in place of the API server of Calico. */
  nativeApi: { added: '3.32' },
  /** Metric `felix_bpf_conntrack_used`. */
  conntrackUseMetric: { added: '3.30' },
  /** Metric `ipam_blocks` by pool; before, `ipam_blocks_per_node` alone. */
  blocksByPoolMetric: { added: '3.24' },
  /** Manifests below `calico/` in the repository. */
  manifestsBelowCalico: { removed: '3.23' },
  /** Felix lists all IP sets every 10 s by default; from 3.29 on every 90 s. */
  frequentIpSetRefresh: { removed: '3.29' },
  /** Felix looks iptables through every 90 s by default; from 3.27 on every 180 s. */
  frequentChainRefresh: { removed: '3.27' },
  /** Kernel 5.10 and not 5.3 as the oldest for eBPF. */
  kernel510: { added: '3.31' },
} as const satisfies { [feature: string]: VersionRange };

/** Name of an ability. */
export type CalicoFeature = keyof typeof CALICO_OPERATOR_FEATURES;
