import { Size, SizeRoundingBehavior } from 'cdk8s';
import { containerdFiles } from './containerd-files';
import { KubeletFields } from './kubelet-fields';
import { KubeletSubject } from './kubelet-subject';
import { MachineOptions, NodeSwap } from './machine-options';
import { containerdProblem } from '../../catalogue/containerd-configuration';
import { gateState } from '../../catalogue/feature-gates';
import { CGROUP_V2_FILESYSTEM, CGROUP_V2_ONLY } from '../../catalogue/kubelet-cgroups';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { shellScript } from '../../formats/shell-script';
import { systemdCommand, systemdUnit } from '../../formats/systemd-unit';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

const IMAGE = /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9._-]+)+(:[A-Za-z0-9._-]{1,128})?(@sha256:[0-9a-f]{64})?$/;
const TIME_SERVER = /^[A-Za-z0-9.:-]+$/;
const PRELOAD = '/usr/local/sbin/thousand-node-preload-images';
const PRELOAD_UNIT = 'thousand-node-preload-images.service';

/** Everything wrong with the options of a machine. */
export function checkMachine({ release }: KubeletSubject, options: MachineOptions, problems: Problems): void {
  const { containerd, swap, journalSize, timeServers, preloadedImages } = options;
  const version = containerd?.version === undefined ? undefined : containerdProblem(containerd.version, release.version);
  if (version !== undefined) { problems.add(`containerd: ${version}`); }
  problems.require(swap !== NodeSwap.LIMITED || gateState('NodeSwap', release.version)?.enabled === true,
    `swap: limited swap works from Kubernetes 1.30 on, the kubelets run ${release}; use NodeSwap.OFF or a newer release`);
  if (journalSize !== undefined) { problems.add(wholeNumberProblem('journalSize', mebibytes(journalSize), { min: 64, max: 1_048_576, why: 'MiB of disk' })); }
  for (const server of timeServers ?? []) { problems.require(TIME_SERVER.test(server), `timeServers must be names or addresses, got ${quoted(server)}`); }
  for (const image of preloadedImages ?? []) {
    problems.require(IMAGE.test(image) && /:[^/]+$/.test(image), `preloadedImages must be names with registry and tag or digest, got ${quoted(image)}`);
  }
}

/** Fields of the kubelet that go with what the machine does. */
export function machineFields(options: MachineOptions): KubeletFields {
  return options.swap === NodeSwap.LIMITED ? { failSwapOn: false, memorySwap: { swapBehavior: 'LimitedSwap' } } : {};
}

/** What the machine image has to bring, in sentences. */
export function machineNotes(cluster: ClusterFacts, { title, pool, release }: KubeletSubject, options: MachineOptions): string[] {
  const cgroups = `\`stat -fc %T /sys/fs/cgroup\` must print ${CGROUP_V2_FILESYSTEM} on the machine image`;
  return [
    ...(inRange(release.version, CGROUP_V2_ONLY) ? [`kubelets from ${CGROUP_V2_ONLY.added} on start on cgroup v2 only: ${cgroups}`]
      : options.swap === NodeSwap.LIMITED ? [`limited swap works on cgroup v2 only: ${cgroups}`] : []),
    ...(options.containerd?.isWritten ? [] : [
      `containerd must use the systemd cgroup driver and ${cluster.imageRegistry.image(UPSTREAM_IMAGES.pause, cluster.versions.pause)} as sandbox image; `
        + 'its configuration belongs to the machine image',
      ...(pool?.gpu?.vendor === 'nvidia' ? [`${title}: containerd needs a runtime named nvidia; nvidia-ctk or containerd: Containerd.of() writes it`] : []),
    ]),
  ];
}

/** Files of the operating system of one machine or pool, by construct id. */
export function machineFiles(
  target: HostTarget, cluster: ClusterFacts, subject: KubeletSubject, options: MachineOptions,
): Array<[id: string, file: HostFileProps]> {
  const { containerd, swap, journalSize, timeServers = [], preloadedImages = [] } = options;
  const files: Array<[string, HostFileProps]> = containerd ? containerdFiles(target, cluster, subject, containerd) : [];
  const conf = (id: string, path: string, section: string, settings: Array<readonly [string, string]>, onChange: HostChange) => {
    files.push([id, { target, path, content: systemdUnit([{ name: section, settings }]), onChange }]);
  };
  if (swap === NodeSwap.OFF) {
    conf('Swap', '/etc/systemd/system/kubelet.service.d/20-swap.conf', 'Service', [['ExecStartPre', systemdCommand(['/usr/sbin/swapoff', '--all'])]], HostChange.run('systemctl', 'daemon-reload'));
  }
  if (journalSize !== undefined) {
    conf('Journal', '/etc/systemd/journald.conf.d/95-thousand-node.conf', 'Journal', [['SystemMaxUse', `${mebibytes(journalSize)}M`]], HostChange.restart('systemd-journald.service'));
  }
  if (timeServers.length > 0) {
    conf('Time', '/etc/systemd/timesyncd.conf.d/95-thousand-node.conf', 'Time', [['NTP', timeServers.join(' ')]], HostChange.restart('systemd-timesyncd.service'));
  }
  if (preloadedImages.length > 0) {
    files.push(
      ['Preload', { target, path: PRELOAD, mode: '0755', content: preloadScript(preloadedImages), onChange: HostChange.nothing() }],
      ['PreloadUnit', {
        target,
        path: `/etc/systemd/system/${PRELOAD_UNIT}`,
        content: systemdUnit([
          {
            name: 'Unit',
            settings: [
              ['Description', 'Pull images that a node needs for its first pod'],
              ['Wants', 'network-online.target'],
              ['After', 'network-online.target containerd.service'],
              ['Requires', 'containerd.service'],
              // A registry that does not answer must not keep the kubelet from starting: it tries the same images later.
              ['Before', 'kubelet.service'],
            ],
          },
          { name: 'Service', settings: [['Type', 'oneshot'], ['RemainAfterExit', true], ['ExecStart', systemdCommand([PRELOAD])], ['TimeoutStartSec', 300]] },
          { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
        ]),
        onChange: HostChange.run('systemctl', 'enable', PRELOAD_UNIT),
      }],
    );
  }
  return files;
}

/** One image after the other: what is there already costs a second, what fails is named and left to the kubelet. */
export function preloadScript(images: string[]): string {
  return shellScript({
    about: ['Images that a node needs for its first pod. Running it again pulls what is missing.'],
    constants: [['HOSTS', '/etc/containerd/certs.d'], ['IMAGES', [...new Set(images)].sort().join(' ')]],
    program: `failed=0
for image in $IMAGES; do
  if [ -n "$(ctr --namespace k8s.io images ls --quiet "name==$image")" ]; then continue; fi
  if ! ctr --namespace k8s.io images pull --hosts-dir "$HOSTS" "$image" > /dev/null; then
    echo "$image could not be pulled" >&2
    failed=1
  fi
done
exit $failed
`,
  });
}

function mebibytes(size: Size): number {
  return size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}
