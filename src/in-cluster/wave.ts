/**
 * Order of application. Waves are labels, not charts: `kubectl apply -f dist -l thousand-node.io/wave=10-network` applies one, and within
 * a wave the objects of the file are already in order.
 */
export const WAVE = {
  /** Namespaces, priority levels and flow schemas: before anything that puts load on the API server. */
  foundation: '00-foundation',
  /** Operator of the network. */
  network: '10-network',
  /** Custom resources that need the operator's API to be served. */
  networkObjects: '11-network-objects',
  /** End of the mesh of BGP, once the sessions that replace it stand. */
  networkRoutes: '12-network-routes',
  dns: '20-dns',
  storage: '30-storage',
  devices: '35-devices',
  metrics: '40-metrics',
  monitoring: '50-monitoring',
  logging: '60-logging',
  autoscaling: '70-autoscaling',
  /** Policies that close what runs by now: namespaces and pods they name are there. */
  policies: '75-policies',
  /** Objects that need an aggregated API or a workload of the user. */
  workloads: '80-workloads',
} as const;

export type Wave = typeof WAVE[keyof typeof WAVE];
