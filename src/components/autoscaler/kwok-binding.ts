import { CloudBinding, ProviderConfigMap, ScaledGroup } from './cloud-binding';
import { LABELS } from '../../cluster/labels';
import { ACCELERATOR_LABEL, POOL_LABEL } from '../../cluster/node-pool';
import { yamlDocuments } from '../../formats/yaml-document';

const CONFIG = 'kwok-provider-config';
const TEMPLATES = 'kwok-provider-templates';
const GROUP = 'cluster-autoscaler.kwok.nodegroup';

/**
 * Nodes that exist only as objects: expanders, limits, delays and bin packing of the emitted flags are exercised without a cloud. Outside a
 * cluster the process needs `KWOK_PROVIDER_MODE=local` and a kubeconfig; in a pod that setting would keep it from starting.
 */
export function kwokBinding(): CloudBinding {
  return {
    check: () => undefined,
    discovery: () => [],
    env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    clusterRules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['create', 'delete'] }],
    readsConfigMaps: [CONFIG, TEMPLATES],
    configMaps: (groups): ProviderConfigMap[] => [
      { id: 'ProviderConfig', name: CONFIG, data: { config: yamlDocuments([providerConfig(groups)]) } },
      { id: 'ProviderTemplates', name: TEMPLATES, data: { templates: yamlDocuments([{ apiVersion: 'v1', kind: 'List', items: groups.map(template) }]) } },
    ],
    groupMetadata: () => ({}),
    dnsPolicy: 'Default',
  };
}

function providerConfig(groups: ScaledGroup[]): object {
  const accelerators = groups.map(group => group.pool.labels[ACCELERATOR_LABEL]).filter(label => label !== undefined).sort();
  return {
    apiVersion: 'v1alpha1',
    readNodesFrom: 'configmap',
    configmap: { name: TEMPLATES },
    // Another label than the one on the templates switches scale-up off in silence.
    nodegroups: { fromNodeLabelKey: POOL_LABEL },
    nodes: {
      // The provider's own taint would have to be tolerated by every pod.
      skipTaint: true,
      ...(accelerators.length > 0
        ? { gpuConfig: { gpuLabelKey: ACCELERATOR_LABEL, availableGPUTypes: Object.fromEntries(accelerators.map(name => [name, {}])) } }
        : {}),
    },
  };
}

function template(group: ScaledGroup): object {
  const { pool } = group;
  const resources = {
    cpu: String(pool.machine.cpu),
    memory: `${pool.machine.memoryMebibytes}Mi`,
    pods: String(pool.maxPods),
    ...(pool.gpu ? { [pool.gpu.resourceName]: String(pool.gpu.reported) } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: pool.name,
      annotations: {
        [`${GROUP}/min-count`]: String(group.minNodes), [`${GROUP}/max-count`]: String(group.maxNodes), [`${GROUP}/desired-count`]: String(group.minNodes),
      },
      labels: { ...pool.labels, [LABELS.os]: 'linux', 'kubernetes.io/arch': 'amd64', [LABELS.hostname]: pool.name },
    },
    spec: pool.taints.length > 0 ? { taints: pool.taints.map(taint => ({ ...taint })) } : {},
    status: { allocatable: resources, capacity: resources },
  };
}
