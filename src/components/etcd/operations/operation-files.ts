import { OPERATION_PATHS, operationScript, operationVerbs, scriptPath } from './operation-scripts';
import { certificateUnits, defragmentationUnits, snapshotUnits } from './operation-units';
import { OperationsSettings } from './operations-settings';
import { ControlPlaneMember } from '../../../cluster/control-plane-member';
import { urlHost } from '../../../cluster/ip-range';
import { HostChange } from '../../../host/host-change';
import { HostFileProps } from '../../../host/host-file';
import { HostTarget } from '../../../host/host-target';

/** Everything that one machine with etcd members gets for their operation. */
export function operationFiles(settings: OperationsSettings, member: ControlPlaneMember, image: string): HostFileProps[] {
  const target = HostTarget.machine(member.name);
  const inMain = settings.rings[0].ring.members.some(other => other.name === member.name);
  return [
    { target, path: OPERATION_PATHS.table, onChange: HostChange.nothing(), content: ringsTable(settings, member) },
    ...operationVerbs(settings).map(verb => ({
      target, path: scriptPath(verb), mode: '0755', onChange: HostChange.nothing(), content: operationScript(verb, settings, image),
    })),
    ...(settings.snapshots && inMain ? snapshotUnits(settings, target) : []),
    ...(settings.defragmentation ? defragmentationUnits(settings, target) : []),
    ...certificateUnits(settings, target),
  ];
}

/**
 * Rows: ring, member, client URL, peer URL, `here` for this machine, data folder, quota, longest command in seconds, free bytes from which a
 * defragmentation is worth it, mount of the log's disk or a dash. No column is ever empty: bash would shift the others.
 */
export function ringsTable(settings: OperationsSettings, machine: ControlPlaneMember): string {
  return settings.rings.flatMap(({ ring, timeout, leastFreeBytes }) => ring.members.map(member => [
    ring.name,
    member.name,
    `https://${urlHost(member.address)}:${ring.clientPort}`,
    `https://${urlHost(member.address)}:${ring.peerPort}`,
    member.name === machine.name ? 'here' : 'elsewhere',
    ring.dataDir,
    ring.quota.value,
    timeout.value,
    leastFreeBytes.value,
    ring.walDisk ?? '-',
  ].join('\t') + '\n')).join('');
}
