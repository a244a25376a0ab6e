import { DISK_PREPARATION_PROGRAM } from './disk-preparation-program';
import { LocalPoolSettings, StorageSettings } from './storage-settings';
import { shellScript } from '../../formats/shell-script';
import { systemdCommand, systemdUnit } from '../../formats/systemd-unit';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';

const SCRIPT = '/usr/local/sbin/thousand-node-local-disks';
const UNIT = 'thousand-node-local-disks.service';

/** Marks file systems as ours. XFS allows 12 characters. */
const LABEL = 'tn-local-ssd';

/** Script and unit that turn the raw disks of a pool's machines into mount points for the provisioner. */
export function diskPreparationFiles(settings: StorageSettings, local: LocalPoolSettings): HostFileProps[] {
  const target = HostTarget.pool(local.pool.name);
  return [
    { target, path: SCRIPT, mode: '0755', onChange: HostChange.run(SCRIPT), content: preparationScript(settings, local) },
    // `enable` reads the unit again; it runs at once, and before the kubelet at every boot.
    { target, path: `/etc/systemd/system/${UNIT}`, onChange: HostChange.run('systemctl', 'enable', '--now', UNIT), content: preparationUnit(local) },
  ];
}

export function preparationScript(settings: StorageSettings, local: LocalPoolSettings): string {
  return shellScript({
    about: [
      `Local disks of pool ${local.pool.name} for StorageClass ${settings.className}: find by id, format once, mount by UUID.`,
      'Running it again changes nothing. --dry-run prints the plan.',
    ],
    constants: [
      ['BY_ID_PATTERN', local.byIdPattern],
      ['DISK_COUNT', local.disks],
      ['LEAST_BYTES', local.leastBytes.value],
      ['MOST_BYTES', local.mostBytes.value],
      ['FILESYSTEM', settings.fsType],
      ['LABEL', LABEL],
      // The folder is named by the file system's UUID and the device is found by its signature: device names move after a reboot.
      ['DISCOVERY_DIR', settings.discoveryDir],
      // Access times would make every read a write. Discard is left to fstrim.timer: inline discard stalls writes.
      ['MOUNT_OPTIONS', 'defaults,noatime'],
      ['SETTLE_SECONDS', settings.settleTimeout.value],
    ],
    program: DISK_PREPARATION_PROGRAM,
  });
}

export function preparationUnit(local: LocalPoolSettings): string {
  return systemdUnit([
    {
      name: 'Unit',
      settings: [
        ['Description', 'Prepare and mount local disks for pods'],
        ['After', 'local-fs.target systemd-udev-trigger.service'],
        // A pod that starts before its volume is mounted would write to the root disk. A failure does not keep the kubelet from
        // starting: the node then publishes fewer volumes.
        ['Before', 'kubelet.service'],
      ],
    },
    {
      name: 'Service',
      settings: [
        ['Type', 'oneshot'],
        ['RemainAfterExit', true],
        ['ExecStart', systemdCommand([SCRIPT])],
        ['TimeoutStartSec', local.preparationTimeout.value],
      ],
    },
    { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
  ], [`Pool ${local.pool.name}: ${local.disks} local disks.`]);
}
