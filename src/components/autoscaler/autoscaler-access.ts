import { k8s } from 'cdk8s-plus-24';
import { CloudBinding } from './cloud-binding';
import { AUTOSCALER_READS } from '../../catalogue/autoscaling-features';
import { inRange } from '../../catalogue/version-range';

/** Name of Deployment, service account, lease and PDB; the lease's name is fixed in the source. */
export const AUTOSCALER = 'cluster-autoscaler';
/** Fixed in the source of the priority expander. */
export const PRIORITY_CONFIG_MAP = 'cluster-autoscaler-priority-expander';
export const PRIORITY_KEY = 'priorities';
/** Default of `--status-config-map-name`. */
const STATUS_CONFIG_MAP = 'cluster-autoscaler-status';

/** Rights over the whole cluster: what this version lists, and what scaling down writes. */
export function autoscalerClusterRules(version: string, binding: CloudBinding): k8s.PolicyRule[] {
  return [
    ...AUTOSCALER_READS.filter(row => inRange(version, row)).map(({ group, resources }) => ({ apiGroups: [group], resources, verbs: ['get', 'list', 'watch'] })),
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    // Taints and cordon.
    { apiGroups: [''], resources: ['nodes'], verbs: ['update'] },
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
    ...binding.clusterRules ?? [],
  ];
}

/** Rights in its own namespace: lease, status, priorities. `create` cannot be tied to a name. */
export function autoscalerNamespaceRules(binding: CloudBinding): k8s.PolicyRule[] {
  return [
    { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'list', 'watch'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: [STATUS_CONFIG_MAP], verbs: ['delete', 'get', 'update'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: [PRIORITY_CONFIG_MAP, ...binding.readsConfigMaps ?? []].sort(), verbs: ['get'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [AUTOSCALER], verbs: ['get', 'update'] },
  ];
}
