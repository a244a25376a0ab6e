/** How kube-proxy programs Services. */
export enum KubeProxyMode {
  /** One map lookup for any number of Services; stable from Kubernetes 1.33, Linux 5.13. */
  NFTABLES = 'nftables',
  /** Rules that are read one after the other; changes are cheap from 1.28 on. */
  IPTABLES = 'iptables',
  /** Deprecated in 1.35, off by default from 1.40, removed in 1.43. */
  IPVS = 'ipvs',
}

/** kube-proxy in place of eBPF. */
export interface KubeProxyOptions {
  /**
   * How it programs Services.
   *
   * @default - nftables where Kubernetes has it as stable and Calico knows it (1.33), else iptables
   * @see field `mode` of KubeProxyConfiguration
   */
  readonly mode?: KubeProxyMode;

  /**
   * Entries of the kernel's connection table for each core.
   *
   * @default - what the connections of the densest pool take, at least 32,768
   * @see field `conntrack.maxPerCore` of KubeProxyConfiguration
   */
  readonly conntrackMaxPerCore?: number;
}
