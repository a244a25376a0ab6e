import { ControlPlaneContent } from './control-plane-content';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { yamlDocuments } from '../../../formats/yaml-document';
import { HostArtefacts } from '../../host-artefacts';
import { HostChange } from '../../host-change';
import { KubeletHost } from '../../kubelet-host';
import { StaticPod } from '../../static-pod';
import { clusterConfiguration } from '../kubeadm-documents';
import { kubeletPatch, podPatch } from '../kubeadm-patches';
import { KUBEADM_PATHS } from '../kubeadm-paths';
import { kubeletArguments } from '../kubelet-files';
import { dropInName, enabledUnits } from '../pool-files';
import { RenderedFile } from '../rendered-file';

interface Fields { readonly [field: string]: any }

/** Key of the Secret that holds the configuration of encryption at rest. */
export const ENCRYPTION_KEY = 'encryption.yaml';

/** Nodes of a pool: kubeadm's join and the files that lie beside it. */
export function workerConfig(kubelet: KubeletHost, files: RenderedFile[]): object {
  return {
    joinConfiguration: { nodeRegistration: registration(kubelet), patches: { directory: KUBEADM_PATHS.patches } },
    files: files.map(bootstrapFile),
    preKubeadmCommands: commands(files),
  };
}

/** The kubelet configuration of a node as a patch for kubeadm: Cluster API has no field for it. */
export function kubeletPatchFile(kubelet: KubeletHost): RenderedFile {
  const { target } = kubelet;
  return {
    target,
    path: `${KUBEADM_PATHS.patches}/kubeletconfiguration0+merge.yaml`,
    content: yamlDocuments([kubeletPatch(kubelet, undefined)]),
    mode: '0600',
    owner: 'root:root',
    onChange: HostChange.nothing(),
  };
}

/** Control-plane machines: kubeadm's init and join, flags, patches, files. */
export function controlPlaneConfig(artefacts: HostArtefacts, cluster: ClusterFacts, content: ControlPlaneContent, encryptionSecret: string): object {
  const first = content.pods.filter(pod => pod.props.component === 'kube-apiserver')[0];
  const kubelet = artefacts.kubelets.find(candidate => candidate.target.folder === first.target.folder);
  const members = new Set(cluster.controlPlaneMembers.flatMap(({ name, address, secondaryAddress }) => [name, address, secondaryAddress ?? '']));
  const { etcd, apiServer, controllerManager, scheduler, imageRepository, certificatesDir } =
    clusterConfiguration(cluster, content.pods, artefacts.certificates) as Fields;
  const nodeRegistration = kubelet === undefined ? { criSocket: HOST_PATHS.containerdSocket } : registration(kubelet);
  const patches = { directory: KUBEADM_PATHS.patches };
  const files = [
    ...content.files,
    ...content.pods.filter(pod => pod.target.folder === first.target.folder).map(podPatchFile),
    ...(kubelet === undefined ? [] : [kubeletPatchFile(kubelet)]),
  ];
  const encryption = first.props.flags.find(flag => flag.name === 'encryption-provider-config')?.value;
  const fromSecret = encryption !== undefined && !files.some(file => file.path === encryption);
  return {
    clusterConfiguration: {
      certificatesDir,
      imageRepository,
      etcd,
      // Names and addresses of machines are not known here; kubeadm adds those of each machine itself.
      apiServer: { ...apiServer, extraArgs: asList(apiServer.extraArgs), certSANs: apiServer.certSANs.filter((name: string) => !members.has(name)) },
      controllerManager: { ...controllerManager, extraArgs: asList(controllerManager.extraArgs) },
      scheduler: { ...scheduler, extraArgs: asList(scheduler.extraArgs) },
    },
    // The fields that switch both off do not exist here; the phases do.
    initConfiguration: { nodeRegistration, patches, skipPhases: ['addon/coredns', 'addon/kube-proxy'] },
    joinConfiguration: { nodeRegistration, patches },
    files: [
      ...files.map(bootstrapFile),
      // A key: it never lies in a manifest.
      ...(fromSecret ? [{ path: encryption, owner: 'root:root', permissions: '0600', contentFrom: { secret: { name: encryptionSecret, key: ENCRYPTION_KEY } } }] : []),
    ],
    preKubeadmCommands: commands(files),
  };
}

/** Whether the control plane reads a key file that nobody but the user can make. */
export function needsEncryptionSecret(config: object): boolean {
  return ((config as Fields).files as Fields[]).some(file => file.contentFrom !== undefined);
}

// A map before 1.31 in kubeadm's own documents; Cluster API takes lists and converts.
function asList(extraArgs: unknown): object {
  return Array.isArray(extraArgs) ? extraArgs : Object.entries(extraArgs as { [name: string]: string }).map(([name, value]) => ({ name, value }));
}

function registration(kubelet: KubeletHost): object {
  const extra = kubeletArguments(kubelet).filter(argument => argument.name === 'node-labels').map(labels => ({ ...labels, value: withoutZone(kubelet, labels.value) }))
    .filter(argument => argument.value !== '');
  return {
    criSocket: HOST_PATHS.containerdSocket,
    taints: kubelet.props.taints,
    ...(extra.length === 0 ? {} : { kubeletExtraArgs: extra }),
  };
}

// The zone of a named machine is not that of the machines that come from a template; the cloud's controller labels them.
function withoutZone(kubelet: KubeletHost, labels: string): string {
  return kubelet.target.group === 'pools' ? labels : labels.split(',').filter(label => !label.startsWith('topology.kubernetes.io/')).join(',');
}

function podPatchFile(pod: StaticPod): RenderedFile {
  const patch = podPatch(pod) as Fields;
  const [container] = patch.spec.containers;
  const probes = Object.fromEntries(['livenessProbe', 'readinessProbe', 'startupProbe'].map(name => [name, anyHost(container[name])]));
  return {
    target: pod.target,
    path: `${KUBEADM_PATHS.patches}/${pod.props.component}0+strategic.yaml`,
    content: yamlDocuments([{ ...patch, spec: { ...patch.spec, containers: [{ ...container, ...probes }] } }]),
    mode: '0600',
    owner: 'root:root',
    onChange: HostChange.nothing(),
  };
}

// kubeadm writes the address of the machine; the patch leaves it.
function anyHost(probe: Fields | undefined): Fields | undefined {
  if (probe?.httpGet === undefined) { return probe; }
  const { host, ...httpGet } = probe.httpGet;
  return { ...probe, httpGet };
}

function bootstrapFile(file: RenderedFile): object {
  return { path: file.path, owner: file.owner, permissions: file.mode, content: file.content };
}

function commands(files: RenderedFile[]): string[] {
  const below = (folder: string) => files.some(file => file.path.startsWith(folder));
  const enabled = enabledUnits(files);
  const changed = [...new Set(files.flatMap(file => dropInName(file)?.unit ?? []))].filter(unit => !enabled.includes(unit)).sort();
  return [
    ...(below('/etc/modules-load.d/') ? ['systemctl restart systemd-modules-load.service'] : []),
    ...(below('/etc/sysctl.d/') ? ['sysctl --system'] : []),
    'systemctl daemon-reload',
    ...changed.map(unit => `systemctl restart ${unit}`),
    ...enabled.map(unit => `systemctl enable --now ${unit}`),
  ];
}
