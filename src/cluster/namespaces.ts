/**
 * Namespaces by what the pods in them may do (Pod Security Standards): agents that need the host live apart from everything else.
 */
export const NAMESPACES = {
  kubeSystem: 'kube-system',
  tigeraOperator: 'tigera-operator',
  calicoSystem: 'calico-system',
  storage: 'local-storage',
  /** Agents of accelerators: devices and sockets of the host. */
  gpu: 'nvidia-gpus',
  monitoring: 'monitoring',
  /** node-exporter: host network and host process ids. */
  nodeMonitoring: 'node-monitoring',
  logging: 'logging',
  autoscaling: 'autoscaling',
} as const;
