/** Names and ports that several objects of the monitoring meet at. */
export const PROMETHEUS = { component: 'prometheus', port: 9090, rules: 'prometheus-rules', uid: 65534 } as const;

/** Ports of every Thanos process. */
export const THANOS_PORTS = { grpc: 10901, http: 10902 } as const;

export const THANOS = {
  sidecar: 'thanos-sidecar', query: 'thanos-query', store: 'thanos-store', compactor: 'thanos-compactor', ruler: 'thanos-ruler',
} as const;

export const EXPORTERS = {
  /** Everything but pods. */
  kubeStateMetrics: { name: 'kube-state-metrics', port: 8080, telemetry: 8081 },
  /** Pods, node by node. */
  podMetrics: 'kube-state-metrics-pods',
  /** Pods that no node has yet. */
  unscheduledPodMetrics: 'kube-state-metrics-unscheduled-pods',
  nodeExporter: 'node-exporter',
} as const;

/** Labels that tell Prometheus instances apart; Thanos drops the replica ones when it deduplicates. */
export const EXTERNAL_LABELS = { cluster: 'cluster', shard: 'shard', replica: 'prometheus_replica', ruler: 'thanos_ruler_replica' } as const;

/** Label of the monitoring's own targets that names their shard. Never `shard`: that one is taken by the external label. */
export const SHARD_TARGET_LABEL = 'prometheus_shard';

/** Files in the pods. */
export const PATHS = {
  config: '/etc/prometheus/config',
  rules: '/etc/prometheus/rules',
  data: '/data',
  token: '/var/run/secrets/kubernetes.io/serviceaccount/token',
  clusterCa: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
  etcdClient: '/etc/prometheus/etcd-client',
  objectStorage: '/etc/thanos/objstore',
  thanosConfig: '/etc/thanos/config',
  thanosRules: '/etc/thanos/rules',
} as const;

/** Name of the StatefulSet of a shard; its pods are unique in the cluster, and so are external labels made of their names. */
export function shardName(shard: number): string {
  return `prometheus-shard-${shard}`;
}
