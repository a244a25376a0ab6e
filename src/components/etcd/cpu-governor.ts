import { systemdCommand, systemdUnit } from '../../formats/systemd-unit';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';

const SCRIPT = '/usr/local/sbin/thousand-node-cpu-governor';
const UNIT = 'thousand-node-cpu-governor.service';

/**
 * Processors that stay at full clock on the machines of etcd: a core that sleeps between two writes adds its wake-up to each of them. Virtual machines
 * have no such switch; there the unit does nothing. Source: ETCDW@v3.6 tuning.
 */
export function cpuGovernorFiles(target: HostTarget): HostFileProps[] {
  return [
    {
      target,
      path: SCRIPT,
      mode: '0755',
      onChange: HostChange.restart(UNIT),
      content: PROGRAM,
    },
    {
      target,
      path: `/etc/systemd/system/${UNIT}`,
      onChange: HostChange.run('systemctl', 'enable', '--now', UNIT),
      content: systemdUnit([
        {
          name: 'Unit',
          settings: [
            ['Description', 'Processors at full clock for etcd'],
            ['ConditionPathExistsGlob', '/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'],
          ],
        },
        { name: 'Service', settings: [['Type', 'oneshot'], ['RemainAfterExit', true], ['ExecStart', systemdCommand([SCRIPT])]] },
        { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
      ]),
    },
  ];
}

/** Written core by core, because cores may have different drivers; one that knows no `performance` keeps what it has. */
const PROGRAM = `#!/bin/sh
# Sets the performance governor on every core that has one. THOUSAND_NODE_ROOT prefixes every path: for rehearsals.
set -eu
case "\${1:-}" in
  '') ;;
  --dry-run) ;;
  *) echo "usage: $(basename "$0") [--dry-run]" >&2; exit 64 ;;
esac
for governor in "\${THOUSAND_NODE_ROOT:-}"/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor; do
  [ -e "$governor" ] || continue
  grep -qw performance "$(dirname "$governor")/scaling_available_governors" || continue
  if [ "$(cat "$governor")" = performance ]; then continue; fi
  if [ "\${1:-}" = --dry-run ]; then echo "would set $governor"; continue; fi
  echo performance > "$governor"
done
`;
