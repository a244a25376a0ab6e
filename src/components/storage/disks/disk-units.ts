import { diskScript, diskScriptPath, diskUnitName } from './disk-script';
import { DiskSetSettings } from './disk-set-settings';
import { systemdCommand, systemdUnit } from '../../../formats/systemd-unit';
import { HostChange } from '../../../host/host-change';
import { HostFileProps } from '../../../host/host-file';
import { HostTarget } from '../../../host/host-target';

/** Script and units that turn raw disks of a pool's machines into volumes, or into the folders of the nodes. */
export function diskFiles(set: DiskSetSettings): HostFileProps[] {
  const target = HostTarget.pool(set.pool);
  const name = diskUnitName(set);
  const unit = (suffix: string, content: string, onChange: HostChange): HostFileProps => ({ target, path: `/etc/systemd/system/${name}${suffix}`, onChange, content });
  return [
    { target, path: diskScriptPath(set), mode: '0755', onChange: HostChange.run(diskScriptPath(set)), content: diskScript(set) },
    // `enable` reads the unit again; it runs at once, and before the kubelet at every boot.
    unit('.service', preparationUnit(set), HostChange.run('systemctl', 'enable', '--now', `${name}.service`)),
    unit('-check.service', checkUnit(set), HostChange.run('systemctl', 'daemon-reload')),
    unit('-check.timer', checkTimer(set), HostChange.run('systemctl', 'enable', '--now', `${name}-check.timer`)),
  ];
}

function preparationUnit(set: DiskSetSettings): string {
  const ofNode = set.purpose === 'node';
  return systemdUnit([
    {
      name: 'Unit',
      settings: [
        ['Description', ofNode ? 'Prepare the disks under the folders of the node' : 'Prepare and mount local disks for pods'],
        ['After', 'local-fs.target systemd-udev-trigger.service mdmonitor.service tpm2.target'],
        // A pod that starts before its volume is mounted would write to the root disk. A failure does not keep the kubelet from
        // starting: the node then publishes fewer volumes.
        ['Before', ofNode ? 'containerd.service kubelet.service' : 'kubelet.service'],
      ],
    },
    {
      name: 'Service',
      settings: [
        ['Type', 'oneshot'],
        ['RemainAfterExit', true],
        ['ExecStart', systemdCommand([diskScriptPath(set)])],
        ['TimeoutStartSec', set.preparationTimeout.value],
      ],
    },
    { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
  ], [`Pool ${set.pool}: ${set.disks} disks.`]);
}

function checkUnit(set: DiskSetSettings): string {
  return systemdUnit([
    { name: 'Unit', settings: [['Description', 'Numbers of local disks for the alerts'], ['After', `${diskUnitName(set)}.service`]] },
    {
      name: 'Service',
      settings: [
        ['Type', 'oneshot'],
        ['ExecStart', systemdCommand([diskScriptPath(set), '--check'])],
        // What is not in order is told by the numbers; the unit that prepares the disks is the one that fails.
        ['SuccessExitStatus', 1],
        ['TimeoutStartSec', set.preparationTimeout.value],
      ],
    },
  ]);
}

function checkTimer(set: DiskSetSettings): string {
  return systemdUnit([
    { name: 'Unit', settings: [['Description', `When to run ${diskUnitName(set)}-check.service`]] },
    {
      name: 'Timer',
      settings: [
        ['OnBootSec', set.look.value],
        ['OnUnitActiveSec', set.look.value],
        ['RandomizedDelaySec', set.look.value / 4],
      ],
    },
    { name: 'Install', settings: [['WantedBy', 'timers.target']] },
  ]);
}
