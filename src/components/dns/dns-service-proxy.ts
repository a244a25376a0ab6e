/** Who carries packets for the addresses of Services; decides how a cache on the node can stand in for the DNS Service. */
export enum DnsServiceProxy {
  /** Calico's eBPF data plane, without kube-proxy. */
  CALICO_EBPF = 'CalicoEbpf',
  /** kube-proxy with iptables: the cache takes over the address of the DNS Service, and running pods use it at once. */
  KUBE_PROXY_IPTABLES = 'KubeProxyIptables',
  /** kube-proxy with nftables (Kubernetes 1.31 and newer). The cache has an address of its own, which kubelets give to new pods. */
  KUBE_PROXY_NFTABLES = 'KubeProxyNftables',
  /** kube-proxy with IPVS, which holds the address of the DNS Service itself: the cache has its own. Deprecated from Kubernetes 1.35. */
  KUBE_PROXY_IPVS = 'KubeProxyIpvs',
}
