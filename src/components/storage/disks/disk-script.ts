import { DiskSetSettings } from './disk-set-settings';
import { FINDING_PROGRAM } from './finding-program';
import { LAYOUT_PROGRAM } from './layout-program';
import { NODE_FOLDERS_PROGRAM } from './node-folders-program';
import { NUMBERS_PROGRAM } from './numbers-program';
import { OPTIONS_PROGRAM } from './options-program';
import { REPAIR_PROGRAM } from './repair-program';
import { VOLUMES_PROGRAM } from './volumes-program';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { shellScript } from '../../../formats/shell-script';

/** Where the disks' preparation puts things on a machine. */
export const DISK_PATHS = {
  staticTable: '/etc/thousand-node/local-volumes.tsv',
  retired: '/etc/thousand-node/retired-disks',
} as const;

/** Mark of volumes that are written by hand. XFS allows 12 characters. */
export const STATIC_LABEL = 'tn-by-hand';

const PROGRAM = [
  OPTIONS_PROGRAM, FINDING_PROGRAM, LAYOUT_PROGRAM, VOLUMES_PROGRAM, NODE_FOLDERS_PROGRAM, REPAIR_PROGRAM, NUMBERS_PROGRAM,
].join('\n');

/** Path of the script for a set of disks. */
export function diskScriptPath(set: DiskSetSettings): string {
  return `/usr/local/sbin/${diskUnitName(set)}`;
}

/** Name of script and units. */
export function diskUnitName(set: DiskSetSettings): string {
  return set.purpose === 'node' ? 'thousand-node-scratch-disks' : 'thousand-node-local-disks';
}

/** One text for every set of disks, so that it can be reviewed once; what differs stands in the constants above it. */
export function diskScript(set: DiskSetSettings): string {
  return shellScript({
    about: [
      set.purpose === 'node' ? `Disks that the nodes of pool ${set.pool} use themselves, for ${set.nodeFolders.join(', ')}.`
        : `Local disks of pool ${set.pool}${set.disks > 0 ? ` for StorageClass ${set.name}` : ', for volumes that are written by hand'}: find by id, prepare once, publish by UUID.`,
      'Running it again changes nothing. --dry-run shows what would be done.',
      'The text is the same for every set of disks; not every set uses all of it.',
      'shellcheck disable=SC2034,SC2317,SC2194,SC2050',
    ],
    constants: [
      ['SET', set.name],
      ['PURPOSE', set.purpose],
      ['BY_ID_PATTERN', set.byIdPattern],
      ['DISK_COUNT', set.disks],
      ['LEAST_BYTES', set.leastBytes?.value ?? 0],
      ['MOST_BYTES', set.mostBytes?.value ?? 0],
      ['VOLUME_COUNT', set.volumes.value],
      ['LAYOUT', set.layout],
      ['PARTITIONS', set.partitionMebibytes.join(' ')],
      ['VOLUME_MODE', set.volumeMode],
      ['FILESYSTEM', set.filesystem],
      ['LABEL', set.label],
      ['ENCRYPTION', set.encryption?.kind ?? 'none'],
      ['KEY_FILE', set.encryption?.keyPath ?? ''],
      ['TPM_PCRS', set.encryption?.pcrs.join('+') ?? ''],
      ['TARGET_DIR', set.targetDir],
      ['NODE_FOLDERS', set.nodeFolders.join(' ')],
      // Access times would make every read a write. Discard is left to fstrim.timer: inline discard stalls writes.
      ['MOUNT_OPTIONS', 'defaults,noatime'],
      ['SETTLE_SECONDS', set.settleTimeout.value],
      ['METRICS_DIR', HOST_PATHS.textMetrics],
      ['STATIC_TABLE', set.purpose === 'node' ? '/dev/null' : DISK_PATHS.staticTable],
      ['STATIC_DIR', HOST_PATHS.localVolumes],
      ['STATIC_LABEL', STATIC_LABEL],
      ['RETIRED_LIST', DISK_PATHS.retired],
    ],
    program: PROGRAM,
  });
}
