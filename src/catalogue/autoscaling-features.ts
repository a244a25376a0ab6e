import { inRange, VersionRange } from './version-range';

/** Cloud providers of Cluster Autoscaler by value of `--cloud-provider`. Source: kubernetes/autoscaler tags, folder cloudprovider/. */
export const AUTOSCALER_PROVIDERS = {
  aws: {},
  clusterapi: {},
  externalgrpc: { added: '1.25' },
  kwok: { added: '1.29' },
} as const satisfies { readonly [provider: string]: VersionRange };

/** Versions of Cluster Autoscaler that take a list of expanders; older ones exit on a comma. Source: main.go by tag, finding CA-01. */
export const EXPANDER_CHAIN: VersionRange = { added: '1.23' };

/** Taint of control-plane machines before it was renamed; kubeadm stopped setting it in 1.25. Source: KEP-2067. */
export const MASTER_TAINT: VersionRange & { readonly key: string } = { key: 'node-role.kubernetes.io/master', removed: '1.25' };

/** Kinds that Cluster Autoscaler lists and watches, by its own version. */
interface ReadAccess extends VersionRange {
  readonly group: string;
  readonly resources: string[];
}

/*
 * The scheduler that Cluster Autoscaler links decides most of them: volumeattachments came with the CSI volume limits of 1.32
 * (pkg/scheduler/framework/plugins/nodevolumelimits), resource.k8s.io with dynamic resource allocation. The `extensions` group and
 * `endpoints` of upstream's example serve releases older than this catalogue.
 */
export const AUTOSCALER_READS: ReadAccess[] = [
  { group: '', resources: ['namespaces', 'nodes', 'persistentvolumeclaims', 'persistentvolumes', 'pods', 'replicationcontrollers', 'services'] },
  { group: 'apps', resources: ['daemonsets', 'replicasets', 'statefulsets'] },
  { group: 'batch', resources: ['jobs'] },
  { group: 'policy', resources: ['poddisruptionbudgets'] },
  { group: 'resource.k8s.io', resources: ['deviceclasses', 'resourceclaims', 'resourceslices'], added: '1.32' },
  { group: 'storage.k8s.io', resources: ['csidrivers', 'csinodes', 'csistoragecapacities', 'storageclasses'] },
  { group: 'storage.k8s.io', resources: ['volumeattachments'], added: '1.32' },
];

/** API versions of HorizontalPodAutoscaler with `metrics` and `behavior`, newest first. Source: API@24, API@31, API@36. */
const HPA_API_VERSIONS: Array<VersionRange & { readonly apiVersion: string }> = [
  { apiVersion: 'autoscaling/v2', added: '1.23' },
  { apiVersion: 'autoscaling/v2beta2', removed: '1.26' },
];

/** The API version in which a release takes a HorizontalPodAutoscaler. */
export function hpaApiVersion(release: string): string {
  return HPA_API_VERSIONS.find(row => inRange(release, row))!.apiVersion;
}

/**
 * Fields of HorizontalPodAutoscaler that are served without a feature gate of the user: an API server drops them in silence while
 * their gate is off. Source: KEP-1610 (beta 1.27), KEP-4951 (beta 1.35).
 */
export const HPA_FEATURES = {
  containerResource: { added: '1.27' },
  tolerance: { added: '1.35' },
} as const satisfies { readonly [feature: string]: VersionRange };

/** What metrics-server reads of the kubelets' metrics, by its own version. Source: kubernetes-sigs/metrics-server components.yaml by tag. */
export const METRICS_SERVER_NODE_ACCESS: Array<VersionRange & { readonly resource: string }> = [
  { resource: 'nodes/stats', removed: '0.6' },
  { resource: 'nodes/metrics', added: '0.6' },
];

/** Field of PodDisruptionBudget that lets drains evict pods that were never ready: beta and on from 1.27. Source: KEP-3017. */
export const UNHEALTHY_POD_EVICTION_POLICY: VersionRange = { added: '1.27' };
