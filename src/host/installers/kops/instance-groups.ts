import { KopsOptions, machineSubnets } from './kops-options';
import { KubeletSpec, nodeFields } from './kubelet-spec';
import { largestJoinWave } from '../../../capacity/host-capacity';
import { KOPS } from '../../../catalogue/kops-kubelet-fields';
import { ControlPlaneMember } from '../../../cluster/control-plane-member';
import { NodePool } from '../../../cluster/node-pool';
import { systemdCommand, systemdUnit } from '../../../formats/systemd-unit';
import { Problems } from '../../../input/problems';
import { KubeletHost } from '../../kubelet-host';
import { unitName } from '../pool-files';
import { RenderedFile } from '../rendered-file';

const CONTAINERD_CONFIG = '/etc/containerd/config.toml';

/** Group of a pool: one for all its zones. */
export function poolGroup(pool: NodePool, kubelet: KubeletHost, spec: KubeletSpec, files: RenderedFile[], options: KopsOptions): object {
  const subnets = machineSubnets(options).filter(subnet => pool.zones.length === 0 || pool.zones.includes(subnet.zone));
  return group(pool.name, options, {
    role: 'Node',
    ...(options.poolImages?.[pool.name] === undefined ? {} : { image: options.poolImages[pool.name] }),
    // Pods must not reach the credentials of their node.
    instanceMetadata: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
    machineType: options.machineTypes[pool.name],
    minSize: pool.nodesToday,
    maxSize: pool.nodes,
    subnets: subnets.map(subnet => subnet.name),
    // No surge: spare machines of this size are not always to be had.
    rollingUpdate: { maxUnavailable: largestJoinWave(pool.name, pool.nodes).value, maxSurge: 0 },
    ...nodeFields(kubelet),
    kubelet: spec.spec,
    ...containerdFields(files, pool),
    ...hostFields(files),
  });
}

/** Group of one member of the control plane: its volumes stay in one zone. */
export function memberGroup(
  member: ControlPlaneMember, index: number, kubelet: KubeletHost | undefined, spec: KubeletSpec | undefined, files: RenderedFile[], options: KopsOptions,
): object {
  const subnets = machineSubnets(options);
  const subnet = subnets.find(candidate => candidate.zone === member.zone) ?? subnets[index % subnets.length];
  return group(member.name, options, {
    role: 'ControlPlane',
    machineType: options.controlPlaneMachineType,
    minSize: 1,
    maxSize: 1,
    subnets: [subnet.name],
    ...(kubelet === undefined ? {} : nodeFields(kubelet)),
    kubelet: spec?.spec,
    ...containerdFields(files),
    ...hostFields(files),
  });
}

/** Whether a file holds settings of the kernel, which have a field of their own. */
export function isSysctl(file: RenderedFile): boolean {
  return file.path.startsWith('/etc/sysctl.d/');
}

/** Files that are no fileAssets: kernel settings, units that start at boot, containerd's configuration. */
export function hasOwnField(file: RenderedFile): boolean {
  return isSysctl(file) || file.path === CONTAINERD_CONFIG || startsAtBoot(file);
}

/** kOps gives every file to root, and its containerd reads the older layout alone. */
export function checkFiles(files: RenderedFile[], problems: Problems): void {
  for (const { target, path, owner, content } of files) {
    problems.require(owner === 'root:root', `${target.folder}: ${path} belongs to ${owner}, and kOps gives files to root; use Installer.plain()`);
    problems.require(path !== CONTAINERD_CONFIG || /^version = 2$/m.test(content), `${target.folder}: kOps ${KOPS.release} installs containerd ${KOPS.containerd}, which does not read this layout; give Containerd.of that version`);
  }
}

function group(name: string, options: KopsOptions, spec: object): object {
  return {
    apiVersion: 'kops.k8s.io/v1alpha2',
    kind: 'InstanceGroup',
    metadata: { name, labels: { 'kops.k8s.io/cluster': options.clusterName } },
    spec: { image: options.image, ...spec },
  };
}

function hostFields(files: RenderedFile[]): object {
  const sysctls = files.filter(isSysctl).flatMap(file => file.content.split('\n')).map(line => /^([a-z][^=\s]*) = (.*)$/.exec(line)).filter((match): match is RegExpExecArray => match !== null);
  const units = files.filter(startsAtBoot).map(file => ({ name: unitName(file)!, manifest: file.content, useRawManifest: true }));
  const modules = files.some(file => file.path.startsWith('/etc/modules-load.d/')) ? [{ name: 'thousand-node-kernel.service', manifest: kernelUnit(), useRawManifest: true }] : [];
  return {
    ...(sysctls.length === 0 ? {} : { sysctlParameters: sysctls.map(([, name, value]) => `${name}=${value}`) }),
    fileAssets: files.filter(file => !hasOwnField(file)).map(file => ({ name: file.path.slice(1).replace(/\//g, '-'), path: file.path, mode: file.mode, content: file.content })),
    hooks: [...modules, ...units],
  };
}

/** The runtime's configuration as it is, or what cards need beside that of kOps: its own GPU support would bring a second device plugin. */
function containerdFields(files: RenderedFile[], pool?: NodePool): object {
  const written = files.find(file => file.path === CONTAINERD_CONFIG);
  if (written !== undefined) { return { containerd: { configOverride: written.content } }; }
  const runtime = 'plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia';
  return pool?.gpu?.vendor !== 'nvidia' ? {} : {
    containerd: {
      configAdditions: {
        [`${runtime}.runtime_type`]: 'io.containerd.runc.v2',
        [`${runtime}.options.BinaryName`]: '/usr/bin/nvidia-container-runtime',
        [`${runtime}.options.SystemdCgroup`]: 'true',
      },
    },
  };
}

function startsAtBoot(file: RenderedFile): boolean {
  return unitName(file) !== undefined && file.content.includes('\n[Install]\n');
}

// kOps lays the list of modules down on a machine that has booted already; settings of a module that is not loaded fail.
function kernelUnit(): string {
  return systemdUnit([
    { name: 'Unit', settings: [['Description', 'Kernel modules and their settings'], ['Before', 'kubelet.service']] },
    { name: 'Service', settings: [['Type', 'oneshot'], ['RemainAfterExit', true], ['ExecStart', systemdCommand(['/usr/bin/systemctl', 'restart', 'systemd-modules-load.service'])], ['ExecStart', systemdCommand(['/usr/sbin/sysctl', '--system'])]] },
    { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
  ]);
}
