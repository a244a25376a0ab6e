/** Who carries packets for the addresses of Services; decides how a cache on the node can stand in for the DNS Service. */
export enum DnsServiceProxy {
  /** Calico's eBPF data plane, without kube-proxy. */
  CALICO_EBPF = 'CalicoEbpf',
  /** kube-proxy with iptables. */
  KUBE_PROXY_IPTABLES = 'KubeProxyIptables',
}
