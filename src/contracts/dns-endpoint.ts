/** What kubelets need to know of DNS. */
export interface IDnsEndpoint {
  /** Addresses for the kubelet's `clusterDNS`: the node-local cache where there is one, else the DNS Service. */
  readonly clusterDnsAddresses: string[];
  /** DNS domain of the cluster. */
  readonly clusterDomain: string;
}
