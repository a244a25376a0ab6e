import { acceleratorName, CloudBinding, labelEntries, ScaledGroup, taintTexts } from './cloud-binding';
import { dnsLabelProblem, dnsNameProblem } from '../../input/text-safety';

/** Choices for Cluster API. */
export interface ClusterApiAutoscalerOptions {
  /**
   * Name of the Cluster object.
   *
   * @default - the name in the cluster facts
   */
  readonly clusterName?: string;

  /**
   * Namespace of its machine deployments in the management cluster.
   *
   * @default default
   */
  readonly namespace?: string;

  /**
   * Secret in the autoscaler's namespace whose key `value` is a kubeconfig of the management cluster.
   *
   * @default - this cluster manages itself
   * @see flag `cloud-config`
   */
  readonly managementKubeconfigSecret?: string;
}

const SIZE = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';
const CAPACITY = 'capacity.cluster-autoscaler.kubernetes.io';
const GPU_LABEL = 'cluster-api/accelerator';
const MANAGEMENT = '/etc/cluster-autoscaler/management';

export function clusterApiBinding(options: ClusterApiAutoscalerOptions): CloudBinding {
  const secret = options.managementKubeconfigSecret;
  return {
    check: (_groups, problems) => {
      if (options.clusterName !== undefined) { problems.add(dnsNameProblem('provider: clusterName', options.clusterName)); }
      if (options.namespace !== undefined) { problems.add(dnsLabelProblem('provider: namespace', options.namespace)); }
      if (secret !== undefined) { problems.add(dnsNameProblem('provider: managementKubeconfigSecret', secret)); }
    },
    discovery: clusterName => [{
      name: 'node-group-auto-discovery',
      value: `clusterapi:clusterName=${options.clusterName ?? clusterName},namespace=${options.namespace ?? 'default'}`,
    }],
    cloudConfig: secret && `${MANAGEMENT}/value`,
    volumes: secret ? [{ name: 'management', secret: { secretName: secret } }] : undefined,
    volumeMounts: secret ? [{ name: 'management', mountPath: MANAGEMENT, readOnly: true }] : undefined,
    // With a management cluster elsewhere the rights belong to the user of its kubeconfig. Templates of the infrastructure are not read:
    // the capacity annotations say the same.
    clusterRules: secret ? undefined : [
      { apiGroups: ['cluster.x-k8s.io'], resources: ['machinedeployments', 'machinepools', 'machines', 'machinesets'], verbs: ['get', 'list', 'update', 'watch'] },
      { apiGroups: ['cluster.x-k8s.io'], resources: ['machinedeployments/scale', 'machinepools/scale', 'machinesets/scale'], verbs: ['get', 'update'] },
    ],
    groupMetadata: (_clusterName, group) => annotations(group),
    dnsPolicy: 'Default',
  };
}

function annotations(group: ScaledGroup): { [key: string]: string } {
  const { pool } = group;
  const accelerator = acceleratorName(pool);
  const labels: Array<[string, string]> = [...labelEntries(pool), ...(accelerator ? [[GPU_LABEL, accelerator] as [string, string]] : [])];
  const taints = taintTexts(pool);
  return {
    [`${SIZE}-min-size`]: String(group.minNodes),
    [`${SIZE}-max-size`]: String(group.maxNodes),
    [`${CAPACITY}/cpu`]: String(pool.machine.cpu),
    [`${CAPACITY}/memory`]: `${pool.machine.memoryMebibytes}Mi`,
    [`${CAPACITY}/maxPods`]: String(pool.maxPods),
    [`${CAPACITY}/labels`]: labels.map(([key, value]) => `${key}=${value}`).join(','),
    ...(taints.length > 0 ? { [`${CAPACITY}/taints`]: taints.join(',') } : {}),
    ...(pool.gpu ? { [`${CAPACITY}/gpu-type`]: pool.gpu.resourceName, [`${CAPACITY}/gpu-count`]: String(pool.gpu.reported) } : {}),
  };
}
