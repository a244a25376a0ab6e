import { scriptPath } from './operation-scripts';
import { OperationsSettings } from './operations-settings';
import { systemdCommand, systemdUnit } from '../../../formats/systemd-unit';
import { HostChange } from '../../../host/host-change';
import { HostFileProps } from '../../../host/host-file';
import { HostTarget } from '../../../host/host-target';

type Settings = Array<readonly [name: string, value: string | number | boolean]>;

const NETWORK: Settings = [['Wants', 'network-online.target'], ['After', 'network-online.target']];

/** Timer and service of snapshots. Every machine wakes at every step of the clock, and the one whose turn it is saves. */
export function snapshotUnits(settings: OperationsSettings, target: HostTarget): HostFileProps[] {
  const minutes = settings.snapshotInterval.value / 60;
  return units(target, 'thousand-node-etcd-snapshot', 'Snapshot of etcd', [
    ['ExecStart', systemdCommand([scriptPath('snapshot'), '--ring', settings.rings[0].ring.name, '--in-turn'])],
    // A file that is written must not compete with the members' logs.
    ['IOSchedulingClass', 'idle'],
    ['CPUWeight', 20],
    ['TimeoutStartSec', settings.snapshotInterval.value],
  ], [
    // 60 minutes are no step that systemd can count in an hour.
    ['OnCalendar', minutes === 60 ? '*-*-* *:00:00' : `*-*-* *:00/${minutes}:00`],
    ['AccuracySec', 1],
  ]);
}

/** Timer and service of defragmentation: every machine looks, at its own second of the hour; a lock in etcd lets one work. */
export function defragmentationUnits(settings: OperationsSettings, target: HostTarget): HostFileProps[] {
  const rings = settings.rings.filter(({ ring }) => ring.members.some(member => member.name === target.name));
  return units(target, 'thousand-node-etcd-defragment', 'Defragmentation of etcd where it is worth it', [
    ...rings.map(({ ring }) => ['ExecStart', systemdCommand([scriptPath('defragment'), '--ring', ring.name])] as const),
    // Another machine is at it.
    ['SuccessExitStatus', 75],
    ['TimeoutStartSec', rings.reduce((sum, { ring, timeout }) => sum + 2 * timeout.value * ring.members.length, 0)],
  ], [
    ['OnBootSec', settings.look.value],
    ['OnUnitActiveSec', settings.look.value],
    ['RandomizedDelaySec', settings.look.value / 4],
  ]);
}

/** A look at the certificates twice a day, at a time of each machine's own. */
export function certificateUnits(settings: OperationsSettings, target: HostTarget): HostFileProps[] {
  return units(target, 'thousand-node-etcd-certificates', 'When certificates of etcd end', [
    ['ExecStart', systemdCommand([scriptPath('certificates')])],
    ['TimeoutStartSec', 60],
  ], [
    ['OnBootSec', 60],
    ['OnUnitActiveSec', settings.certificateLook.value],
    ['RandomizedDelaySec', settings.certificateLook.value / 4],
  ]);
}

function units(target: HostTarget, name: string, description: string, service: Settings, timer: Settings): HostFileProps[] {
  const folder = '/etc/systemd/system';
  return [
    {
      target,
      path: `${folder}/${name}.service`,
      onChange: HostChange.run('systemctl', 'daemon-reload'),
      content: systemdUnit([
        { name: 'Unit', settings: [['Description', description], ...NETWORK] },
        { name: 'Service', settings: [['Type', 'oneshot'], ...service] },
      ]),
    },
    {
      target,
      path: `${folder}/${name}.timer`,
      onChange: HostChange.run('systemctl', 'enable', '--now', `${name}.timer`),
      content: systemdUnit([
        { name: 'Unit', settings: [['Description', `When to run ${name}.service`]] },
        { name: 'Timer', settings: timer },
        { name: 'Install', settings: [['WantedBy', 'timers.target']] },
      ]),
    },
  ];
}
