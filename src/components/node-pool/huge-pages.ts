import { HugePages } from './resource-managers';
import { NodePool } from '../../cluster/node-pool';
import { shellScript } from '../../formats/shell-script';
import { systemdCommand, systemdUnit } from '../../formats/systemd-unit';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';

const SCRIPT = '/usr/local/sbin/thousand-node-huge-pages';
const UNIT = 'thousand-node-huge-pages.service';

/**
 * Script and unit that take the huge pages of a machine before the kubelet looks. A kernel argument could not spread them over NUMA nodes by
 * number; a sysctl knows one size only.
 */
export function hugePagesFiles(pool: NodePool, pages: HugePages): Array<[id: string, file: HostFileProps]> {
  const target = HostTarget.pool(pool.name);
  return [
    // The kubelet reads the number of pages when it starts, and pages are only found while memory is in one piece.
    ['HugePages', { target, path: SCRIPT, mode: '0755', onChange: HostChange.reboot(), content: hugePagesScript(pool, pages) }],
    ['HugePagesUnit', { target, path: `/etc/systemd/system/${UNIT}`, onChange: HostChange.run('systemctl', 'enable', UNIT), content: hugePagesUnit(pool) }],
  ];
}

export function hugePagesScript(pool: NodePool, pages: HugePages): string {
  return shellScript({
    about: [`Huge pages of pool ${pool.name}, spread over NUMA nodes. Running it again changes nothing.`],
    constants: [
      ['NUMA_NODES', pool.machine.numaNodes],
      ['PAGES_2MI', pages.pagesOf2Mi],
      ['PAGES_1GI', pages.pagesOf1Gi],
      ['NODE_FOLDER', '/sys/devices/system/node'],
    ],
    program: PROGRAM,
  });
}

function hugePagesUnit(pool: NodePool): string {
  return systemdUnit([
    {
      name: 'Unit',
      settings: [
        ['Description', 'Set memory aside as huge pages'],
        ['DefaultDependencies', false],
        ['After', 'local-fs.target'],
        // A failure does not keep the kubelet from starting: the node then reports fewer pages, and the scheduler counts on those.
        ['Before', 'containerd.service kubelet.service'],
      ],
    },
    { name: 'Service', settings: [['Type', 'oneshot'], ['RemainAfterExit', true], ['ExecStart', systemdCommand([SCRIPT])]] },
    { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
  ], [`Pool ${pool.name}.`]);
}

const PROGRAM = `found=("$NODE_FOLDER"/node[0-9]*)
if [ "\${#found[@]}" -ne "$NUMA_NODES" ]; then
  echo "expected $NUMA_NODES NUMA nodes, found \${#found[@]}: the machine is not the one that was described" >&2
  exit 1
fi

# take <size in kB> <pages>: equal shares, the first nodes one more.
take() {
  local size=$1 pages=$2 node share got total=0
  for ((node = 0; node < NUMA_NODES; node++)); do
    share=$((pages / NUMA_NODES + (node < pages % NUMA_NODES ? 1 : 0)))
    echo "$share" > "$NODE_FOLDER/node$node/hugepages/hugepages-\${size}kB/nr_hugepages"
    got=$(< "$NODE_FOLDER/node$node/hugepages/hugepages-\${size}kB/nr_hugepages")
    total=$((total + got))
  done
  if [ "$total" -lt "$pages" ]; then
    echo "only $total of $pages pages of $size kB: memory is in pieces or used; reboot" >&2
    exit 1
  fi
  echo "$total pages of $size kB"
}

if [ "$PAGES_2MI" -gt 0 ]; then take 2048 "$PAGES_2MI"; fi
if [ "$PAGES_1GI" -gt 0 ]; then take 1048576 "$PAGES_1GI"; fi
`;
