/**
 * Ports on the host network of a machine. One list, so that two agents never ask for the same port of a node; retired ports stay in it
 * with a note, so that they are not given out again by mistake.
 */
export const HOST_PORTS = {
  etcdMainClient: 2379,
  etcdMainPeer: 2380,
  etcdMainMetrics: 2381,
  etcdEventsClient: 2382,
  etcdEventsPeer: 2383,
  etcdEventsMetrics: 2384,
  etcdLeasesClient: 2385,
  etcdLeasesPeer: 2386,
  etcdLeasesMetrics: 2387,
  apiServer: 6443,
  // Health and metrics of haproxy in front of the API servers; what it serves is the port of the endpoint.
  apiBalancerHealth: 8404,
  kubelet: 10250,
  kubeletHealthz: 10248,
  kubeControllerManager: 10257,
  kubeScheduler: 10259,
  // kube-proxy is not run; its ports stay reserved because Calico's replacement answers health checks on 10256.
  kubeProxyMetrics: 10249,
  kubeProxyHealthz: 10256,
  felixMetrics: 9091,
  typhaMetrics: 9093,
  typha: 5473,
  nodeCacheMetrics: 9253,
  nodeCacheSetupMetrics: 9353,
  nodeCacheHealth: 8080,
  nodeExporter: 9100,
  fluentBit: 2020,
  localVolumeProvisioner: 8085,
} as const;

/** Ports of the network itself and of the machines' own services. No agent of this library asks for them; policies must know them. */
export const SYSTEM_PORTS = {
  ssh: 22,
  dns: 53,
  dhcpServer: 67,
  dhcpClient: 68,
  bgp: 179,
  vxlan: 4789,
  wireguard: 51820,
  wireguardV6: 51821,
} as const;

/** Ports that Services of type NodePort use by default. */
export const NODE_PORT_RANGE = { first: 30000, last: 32767 } as const;
