import { PROVISIONER, PROVISIONER_PORT } from './storage-document';
import { StorageSettings } from './storage-settings';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

/** Pods are scraped by themselves: a Service would lose its targets beyond the 1,000th. */
export function storageScrapeTargets(settings: StorageSettings): ScrapeTarget[] {
  if (settings.pools.length === 0) { return []; }
  return [{
    job: PROVISIONER,
    discovery: ScrapeDiscovery.PODS,
    namespace: NAMESPACES.storage,
    podLabels: { [LABELS.name]: PROVISIONER },
    port: PROVISIONER_PORT,
    // One per node: without the number the scrape job would count as small and stop at its target limit.
    expectedTargets: settings.pools.reduce((sum, { pool }) => sum + pool.nodes, 0),
    // Estimate: Go runtime and three histograms.
    seriesPerTarget: 150,
    dropMetrics: ['go_.*'],
  }];
}

export function storageApiClients(settings: StorageSettings): ApiClient[] {
  return settings.pools.length === 0 ? [] : [{ namespace: NAMESPACES.storage, serviceAccount: PROVISIONER, kind: ApiClientKind.NODE_AGENT }];
}

export function storageAlertGroups(settings: StorageSettings): AlertGroup[] {
  if (settings.pools.length === 0) { return []; }
  // kube-state-metrics names the class in one metric and the phase in another.
  const inPhase = (phase: string) =>
    `sum(kube_persistentvolume_status_phase{phase="${phase}"} * on (persistentvolume) group_left () kube_persistentvolume_info{storageclass="${settings.className}"})`;
  const all = `count(kube_persistentvolume_info{storageclass="${settings.className}"})`;
  return [{
    name: 'local-storage',
    alerts: [
      {
        name: 'LocalVolumesNotCleaned',
        expression: `${inPhase('Released')} + ${inPhase('Failed')} > 0`,
        holdsFor: '1h',
        severity: AlertSeverity.TICKET,
        summary: `volumes of class ${settings.className} are released and not cleaned for an hour`,
        description: 'They cannot be bound again. Look at the events of the volumes and the log of the provisioner on their node; do not delete the volume object by hand before its disk is wiped, else it is published with the old data.',
      },
      {
        name: 'LocalVolumeCleaningFails',
        expression: `sum(increase(local_volume_provisioner_persistentvolume_delete_failed_total{job="${PROVISIONER}"}[30m])) > 0`,
        holdsFor: '5m',
        severity: AlertSeverity.TICKET,
        summary: 'the provisioner failed to clean or delete a local volume',
        description: 'Often a disk with errors. The volume stays Released; see the log of the provisioner on its node.',
      },
      {
        name: 'LocalVolumesNearlyUsedUp',
        expression: `${inPhase('Available')} / ${all} < 0.05`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: `less than 5 % of the volumes of class ${settings.className} are free`,
        description: 'Further claims stay pending. Add nodes to a pool with local disks, or remove claims that no pod uses.',
      },
      {
        name: 'LocalVolumeProvisionersDown',
        expression: `count(up{job="${PROVISIONER}"} == 0) / count(up{job="${PROVISIONER}"}) > 0.05`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: 'more than 5 % of the local volume provisioners do not answer',
        description: 'Their nodes publish no new disks and clean none. Running pods are not affected.',
      },
    ],
  }];
}
