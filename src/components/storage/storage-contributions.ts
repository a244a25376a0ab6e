import { CLEANUP, CLEANUP_PORT } from './cleanup-document';
import { PROVISIONER, PROVISIONER_PORT } from './provisioner-document';
import { StorageSettings } from './storage-settings';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { ApiClient, ApiClientKind, LogStream, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

/** Pods are scraped by themselves: a Service would lose its targets beyond the 1,000th. */
export function storageScrapeTargets(settings: StorageSettings): ScrapeTarget[] {
  if (settings.pools.length === 0) { return []; }
  const pods = (job: string, port: number) => (
    { job, discovery: ScrapeDiscovery.PODS, namespace: NAMESPACES.storage, podLabels: { [LABELS.name]: job }, port }
  );
  return [
    {
      ...pods(PROVISIONER, PROVISIONER_PORT),
      // One per node: without the number the scrape job would count as small and stop at its target limit.
      expectedTargets: settings.pools.reduce((sum, { pool }) => sum + pool.nodes, 0),
      // Estimate: Go runtime and three histograms.
      seriesPerTarget: 150,
      dropMetrics: ['go_.*'],
    },
    ...(settings.lostNodeDelay ? [{ ...pods(CLEANUP, CLEANUP_PORT), seriesPerTarget: 150, dropMetrics: ['go_.*'] }] : []),
  ];
}

export function storageApiClients(settings: StorageSettings): ApiClient[] {
  if (settings.pools.length === 0) { return []; }
  return [
    { namespace: NAMESPACES.storage, serviceAccount: PROVISIONER, kind: ApiClientKind.NODE_AGENT, podLabels: { [LABELS.name]: PROVISIONER } },
    ...(settings.lostNodeDelay ? [
      { namespace: NAMESPACES.storage, serviceAccount: CLEANUP, kind: ApiClientKind.CONTROLLER, podLabels: { [LABELS.name]: CLEANUP } },
    ] : []),
  ];
}

/** What the preparation of the disks said, on every machine that has some. */
export function storageLogStreams(settings: StorageSettings): LogStream[] {
  return [
    ...(settings.pools.length > 0 ? [{ name: 'local-disks', systemdUnit: 'thousand-node-local-disks.service' }] : []),
    ...(settings.scratch.length > 0 ? [{ name: 'scratch-disks', systemdUnit: 'thousand-node-scratch-disks.service' }] : []),
  ];
}
