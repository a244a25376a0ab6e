import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** CPU of the Thanos components and exporters: what they are scheduled with; none has a limit. */
export const CPU_MILLICORES = {
  sidecar: 100,
  query: 500,
  store: 500,
  compactor: 1000,
  ruler: 200,
  kubeStateMetrics: 100,
  podMetrics: 10,
  nodeExporter: 100,
} as const;

/** Memory in MiB of processes that do not grow with the cluster. Source: node-exporter KSM:README.md; KPROM:manifests (100m/180Mi); others are proposals. */
export const MEMORY_MEBIBYTES = { sidecar: 512, ruler: 1024, nodeExporter: 180, podMetrics: 96, unscheduledPods: 512 } as const;

/** Replicas of what is stateless or deduplicated: one may be drained at a time. */
export const REPLICAS = 2;

/** Disk of a ruler: two days of a few hundred series. */
export const RULER_DISK_GIBIBYTES = 10;

/**
 * Memory of the kube-state-metrics for everything but pods: upstream's 250 MiB and 1 MiB per node for its objects.
 *
 * | nodes | 200 | 1,200 | 5,000 |
 * | MiB   | 450 | 1,450 | 5,250 |
 *
 * Pods are served node by node, since shards of kube-state-metrics divide the output only: each would decode all pods.
 * Source: KSM:README.md; KPROM:manifests [KSM:README.md]; growth is an estimate.
 */
export function kubeStateMetricsMemory(nodes: Amount): Derivation {
  return derived({
    id: 'monitoring/kube-state-metrics-memory',
    unit: 'MiB',
    words: 'upstream\'s base, and 1 MiB for the objects of each node',
    expression: 'base + nodes',
    inputs: { base: 250, nodes },
    source: 'KSM:README.md',
    confidence: Confidence.ESTIMATE,
  });
}
