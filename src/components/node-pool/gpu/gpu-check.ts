import { NodePool } from '../../../cluster/node-pool';
import { shellScript } from '../../../formats/shell-script';
import { systemdCommand, systemdUnit } from '../../../formats/systemd-unit';
import { HostChange } from '../../../host/host-change';
import { HostFileProps } from '../../../host/host-file';
import { HostTarget } from '../../../host/host-target';

const SCRIPT = '/usr/local/sbin/thousand-node-gpu-check';

/** A check of driver, toolkit and cards before every start of the kubelet, which systemd repeats until it passes. */
export function gpuCheckFiles(pool: NodePool): HostFileProps[] {
  const target = HostTarget.pool(pool.name);
  return [
    { target, path: SCRIPT, mode: '0755', onChange: HostChange.nothing(), content: gpuCheckScript(pool) },
    {
      target,
      path: '/etc/systemd/system/kubelet.service.d/20-gpu-check.conf',
      onChange: HostChange.run('systemctl', 'daemon-reload'),
      content: systemdUnit([{ name: 'Service', settings: [['ExecStartPre', systemdCommand([SCRIPT])], ['Restart', 'always'], ['RestartSec', 10]] }],
        ['A node that lacks a card must not take pods for it: the kubelet waits, and systemd tries again.']),
    },
  ];
}

export function gpuCheckScript(pool: NodePool): string {
  return shellScript({
    about: [`Are driver, container toolkit and cards of pool ${pool.name} there? Changes nothing.`],
    constants: [['CARDS', pool.gpu!.count], ['MODEL', pool.gpu!.model]],
    program: PROGRAM,
  });
}

const PROGRAM = `for program in nvidia-smi nvidia-container-runtime; do
  if ! command -v "$program" > /dev/null; then
    echo "$program is missing: the machine image needs the NVIDIA driver and the container toolkit" >&2
    exit 1
  fi
done

if ! names=$(timeout 60 nvidia-smi --query-gpu=name --format=csv,noheader); then
  echo "nvidia-smi fails: the driver is not loaded, or does not fit the kernel" >&2
  exit 1
fi

found=$(grep -c . <<< "$names" || true)
if [ "$found" -ne "$CARDS" ]; then
  echo "$found cards answer, $CARDS were described: one may have fallen off the bus (dmesg, XID 79)" >&2
  exit 1
fi

# The vendor's name of a card holds the model and more: Tesla T4, NVIDIA A100-SXM4-80GB.
other=$(grep -v -i -F -- "$MODEL" <<< "$names" || true)
if [ -n "$other" ]; then
  echo "cards are not $MODEL: $other" >&2
  exit 1
fi
`;
