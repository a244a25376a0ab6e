import { PROVISIONER } from './provisioner-document';
import { STORAGE_RUNBOOKS } from './storage-runbooks';
import { StorageSettings } from './storage-settings';
import { HOST_PATHS } from '../../cluster/host-paths';
import { Alert, AlertGroup, AlertSeverity } from '../../contracts/contributions';
import { promDuration, promqlString, regexLiteral } from '../../formats/promql';

const { TICKET } = AlertSeverity;

/** Labels of kube-state-metrics that the volumes' labels become. */
const POOL = 'label_thousand_node_io_pool';
const HOSTNAME = 'label_kubernetes_io_hostname';

export function storageAlertGroups(settings: StorageSettings): AlertGroup[] {
  const alerts = [
    ...(settings.pools.length > 0 ? [...volumeAlerts(settings), ...lostNodeAlerts(settings), ...provisionerAlerts(settings)] : []),
    ...(settings.pools.length + settings.scratch.length > 0 ? diskAlerts() : []),
  ];
  return alerts.length === 0 ? [] : [{ name: 'local-storage', alerts }];
}

const classes = (settings: StorageSettings, retain: boolean) => settings.classes.filter(local => local.retain === retain).map(local => regexLiteral(local.name)).join('|');

// kube-state-metrics names the class in one metric, the phase in another, the labels in a third.
const ofClasses = (names: string) => `on (persistentvolume) group_left () kube_persistentvolume_info{storageclass=~${promqlString(names)}}`;
const inPhase = (phase: string, names: string) => `kube_persistentvolume_status_phase{phase="${phase}"} * ${ofClasses(names)}`;

function volumeAlerts(settings: StorageSettings): Alert[] {
  const cleaned = classes(settings, false);
  const kept = classes(settings, true);
  const all = settings.classes.map(local => regexLiteral(local.name)).join('|');
  const labelled = `on (persistentvolume) group_left (${POOL}) kube_persistentvolume_labels{${POOL}!=""}`;
  const path = `^${HOST_PATHS.localDisks}/.+`;
  return [
    {
      name: 'LocalVolumesNotCleaned',
      expression: `sum(${inPhase('Released', cleaned)}) + sum(${inPhase('Failed', cleaned)}) > 0`,
      holdsFor: '1h',
      severity: TICKET,
      summary: 'local volumes are released and not cleaned for an hour',
      description: 'They cannot be bound again. Do not delete a volume object before its disk is wiped: it is published again with the old data.',
      runbook: STORAGE_RUNBOOKS.notCleaned,
    },
    ...(kept === '' ? [] : [{
      name: 'RetainedVolumesReleased',
      expression: `sum(${inPhase('Released', kept)}) > 0`,
      holdsFor: '1d',
      severity: TICKET,
      summary: 'retained local volumes have no claim for a day',
      description: 'Their data are still there, and nobody can bind them: decide whether they go back to their owner or are wiped.',
      runbook: STORAGE_RUNBOOKS.notCleaned,
    }]),
    {
      name: 'LocalVolumeCleaningFails',
      expression: `sum(increase(local_volume_provisioner_persistentvolume_delete_failed_total{job="${PROVISIONER}"}[30m])) > 0`,
      holdsFor: '5m',
      severity: TICKET,
      summary: 'the provisioner failed to clean or delete a local volume',
      description: 'Often a disk with errors. The volume stays Released; see the events of the volume and the log of the provisioner on its node.',
      runbook: STORAGE_RUNBOOKS.notCleaned,
    },
    {
      name: 'LocalVolumesNearlyUsedUp',
      // Sums of 0 and 1: a count of free volumes would have no value, and fire no alert, once there is none.
      expression: `sum by (${POOL}) (${inPhase('Available', all)} * ${labelled}) / count by (${POOL}) (kube_persistentvolume_info{storageclass=~${promqlString(all)}} * ${labelled}) < 0.05`,
      holdsFor: '15m',
      severity: TICKET,
      summary: `less than 5 % of the local volumes of pool {{ $labels.${POOL} }} are free`,
      description: 'Further claims stay pending. Add nodes to the pool, or remove claims that no pod uses.',
    },
    {
      name: 'LocalVolumeFreeWithOldData',
      // Paths hold the UUID of the file system, so they are the same in the cluster and on one machine only. An empty ext4 has 11 files, an empty XFS 3.
      expression: `label_replace(node_filesystem_files{mountpoint=~${promqlString(path)}} - node_filesystem_files_free{mountpoint=~${promqlString(path)}} > 16, "local_path", "$1", "mountpoint", "(.+)") `
        + '* on (local_path) group_left (persistentvolume) (kube_persistentvolume_info{local_path!=""} and on (persistentvolume) kube_persistentvolume_status_phase{phase="Available"} == 1)',
      holdsFor: '15m',
      severity: TICKET,
      summary: 'volume {{ $labels.persistentvolume }} on {{ $labels.node }} is free and holds files',
      description: 'The next pod that gets it can read what the last one left: the node came back after it was deleted, or the volume object was deleted by hand. Wipe it before somebody binds it.',
      runbook: STORAGE_RUNBOOKS.notCleaned,
    },
    {
      name: 'LocalVolumeNearlyFull',
      expression: `node_filesystem_avail_bytes{mountpoint=~${promqlString(path)}} / node_filesystem_size_bytes{mountpoint=~${promqlString(path)}} < 0.05`,
      holdsFor: '15m',
      severity: TICKET,
      summary: 'less than 5 % of {{ $labels.mountpoint }} on {{ $labels.node }} is free',
      description: 'A local volume cannot grow. Delete data, or move the workload to a larger disk.',
    },
  ];
}

/** Volumes whose label names a node that is not there, or that is down; a bound one holds its pod. */
function lostNodeAlerts(settings: StorageSettings): Alert[] {
  const bound = `kube_persistentvolume_labels{${HOSTNAME}!=""} and on (persistentvolume) kube_persistentvolume_status_phase{phase="Bound"} == 1`;
  const byNode = `label_replace(${bound}, "node", "$1", "${HOSTNAME}", "(.+)")`;
  const wait = settings.lostNodeDelay === undefined ? '5m' : promDuration(settings.lostNodeDelay.value + 300);
  return [
    {
      name: 'PodsHeldByLostNode',
      expression: `count by (node) (${byNode} unless on (node) kube_node_info) > 0`,
      holdsFor: wait,
      severity: TICKET,
      summary: '{{ $value }} claims are bound to volumes of node {{ $labels.node }}, which is gone',
      description: settings.lostNodeDelay === undefined ? 'Their pods stay pending until the claims are deleted by hand.' : 'Their pods stay pending. The cleanup controller should have deleted the claims: see its log.',
      runbook: STORAGE_RUNBOOKS.nodeLost,
    },
    {
      name: 'LocalVolumesOnDownNode',
      expression: `count by (node) (${byNode} and on (node) kube_node_status_condition{condition="Ready",status="true"} == 0) > 0`,
      holdsFor: '15m',
      severity: TICKET,
      summary: '{{ $value }} claims are bound to volumes of node {{ $labels.node }}, which is down',
      description: 'Their pods wait for this node and start nowhere else. Bring it back, or declare it lost.',
      runbook: STORAGE_RUNBOOKS.nodeLost,
    },
  ];
}

function provisionerAlerts(settings: StorageSettings): Alert[] {
  const disks = settings.pools.map(({ localClass }) => regexLiteral(localClass.name)).filter((name, i, names) => names.indexOf(name) === i).join('|');
  return [
    {
      name: 'LocalVolumeProvisionersDown',
      expression: `count(up{job="${PROVISIONER}"} == 0) / count(up{job="${PROVISIONER}"}) > 0.05`,
      holdsFor: '15m',
      severity: TICKET,
      summary: 'more than 5 % of the local volume provisioners do not answer',
      description: 'Their nodes publish no new disks and clean none. Running pods are not affected.',
    },
    {
      name: 'LocalVolumesNotPublished',
      expression: `sum(thousand_node_local_disks{set=~${promqlString(disks)},state="volumes"}) - count(kube_persistentvolume_info{storageclass=~${promqlString(disks)}}) > 0`,
      holdsFor: '30m',
      severity: TICKET,
      summary: '{{ $value }} volumes are prepared on their machines and not published',
      description: 'The provisioner is behind, or does not run on their nodes: kubectl -n local-storage get pods -o wide, then the log of one that is not ready.',
    },
  ];
}

function diskAlerts(): Alert[] {
  const mounts = `{mountpoint=~${promqlString(`^(${[HOST_PATHS.localDisks, HOST_PATHS.localVolumes].join('|')})/.+|^${HOST_PATHS.scratchDisks}`)}}`;
  return [
    {
      name: 'LocalDisksMissing',
      expression: 'thousand_node_local_disks{state="volumes"} < ignoring (state) thousand_node_local_disks{state="volumes_declared"}',
      holdsFor: '15m',
      severity: TICKET,
      summary: '{{ $labels.node }} has fewer volumes of {{ $labels.set }} than declared',
      description: 'A disk is gone, refused or retired: journalctl -u thousand-node-local-disks on that machine says which.',
      runbook: STORAGE_RUNBOOKS.diskLost,
    },
    {
      name: 'LocalDisksNotLookedAt',
      expression: 'time() - thousand_node_local_disks_look_timestamp_seconds > 7200',
      holdsFor: '15m',
      severity: TICKET,
      summary: 'nobody looked at the local disks of {{ $labels.node }} for two hours',
      description: 'The timer thousand-node-local-disks-check does not run there, or its look hangs on a disk that does not answer.',
      runbook: STORAGE_RUNBOOKS.diskLost,
    },
    {
      name: 'LocalDiskFails',
      expression: 'thousand_node_local_disk_failing == 1 or increase(thousand_node_local_disk_media_errors[1d]) > 0',
      holdsFor: '5m',
      severity: TICKET,
      summary: 'disk {{ $labels.disk }} of {{ $labels.node }} fails or lost data',
      description: 'Move its workload while it still answers, then replace it.',
      runbook: STORAGE_RUNBOOKS.diskLost,
    },
    {
      name: 'LocalDiskWorn',
      expression: 'thousand_node_local_disk_wear_percent > 90',
      holdsFor: '1h',
      severity: TICKET,
      summary: 'disk {{ $labels.disk }} of {{ $labels.node }} has used {{ $value }} % of its life',
      description: 'Order a disk; replace this one in a planned hour.',
      runbook: STORAGE_RUNBOOKS.diskReplaced,
    },
    {
      name: 'LocalVolumeDamaged',
      expression: `node_filesystem_readonly${mounts} == 1 or node_filesystem_device_error${mounts} == 1`,
      holdsFor: '5m',
      severity: TICKET,
      summary: '{{ $labels.mountpoint }} on {{ $labels.node }} is read-only or does not answer',
      description: 'The kernel found errors on the disk. Its pod cannot write.',
      runbook: STORAGE_RUNBOOKS.diskLost,
    },
  ];
}
