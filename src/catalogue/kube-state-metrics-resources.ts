import { inRange, VersionRange } from './version-range';

interface WatchedKind extends VersionRange {
  readonly group: string;
  readonly resource: string;
}

/*
 * What kube-state-metrics watches beside pods, by release of Kubernetes. Secrets, ConfigMaps, leases and EndpointSlices are left out:
 * nobody reads their metrics and their number is large. HorizontalPodAutoscalers need autoscaling/v2.
 * Source: kube-state-metrics v2.20.0 docs/developer/cli-arguments.md and internal/store.
 */
const WATCHED: WatchedKind[] = [
  { group: 'apps', resource: 'daemonsets' },
  { group: 'apps', resource: 'deployments' },
  { group: 'apps', resource: 'replicasets' },
  { group: 'apps', resource: 'statefulsets' },
  { group: 'autoscaling', resource: 'horizontalpodautoscalers', added: '1.23' },
  { group: 'batch', resource: 'cronjobs' },
  { group: 'batch', resource: 'jobs' },
  { group: '', resource: 'namespaces' },
  { group: '', resource: 'nodes' },
  { group: '', resource: 'persistentvolumeclaims' },
  { group: '', resource: 'persistentvolumes' },
  { group: '', resource: 'resourcequotas' },
  { group: '', resource: 'services' },
  { group: 'policy', resource: 'poddisruptionbudgets' },
  { group: 'storage.k8s.io', resource: 'storageclasses' },
];

/** Resources of the instance for everything but pods, by API group. */
export function watchedResources(release: string): Array<{ group: string; resources: string[] }> {
  const rows = WATCHED.filter(row => inRange(release, row));
  return [...new Set(rows.map(row => row.group))].sort()
    .map(group => ({ group, resources: rows.filter(row => row.group === group).map(row => row.resource).sort() }));
}
