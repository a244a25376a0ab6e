import { refuseManagedCluster } from './bootstrap-forms';
import { clusterConfiguration, initConfiguration, joinConfiguration, KUBEADM_COMPONENTS, resetConfiguration, upgradeConfiguration } from './kubeadm-documents';
import { etcdKubeletFiles } from './kubeadm-etcd';
import { kubeadmGuide } from './kubeadm-guide';
import { kubeletPatch, podPatch } from './kubeadm-patches';
import { KUBEADM_PATHS } from './kubeadm-paths';
import { KUBELET_UNIT } from './kubelet-files';
import { renderFile, staticPodFile } from './plain';
import { RenderedFile, RenderedTree } from './rendered-file';
import { kubeadmCan } from '../../catalogue/kubeadm-features';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { kubeconfig } from '../../formats/kubeconfig';
import { systemdUnit } from '../../formats/systemd-unit';
import { yamlDocuments } from '../../formats/yaml-document';
import { certificateFiles } from '../certificates/certificate-files';
import { HostArtefacts } from '../host-artefacts';
import { HostChange } from '../host-change';
import { HostTarget } from '../host-target';
import { KubeletHost } from '../kubelet-host';
import { StaticPod } from '../static-pod';

const NAME = 'kubeadm';

/** Documents and patches for kubeadm, and beside them only what kubeadm does not make itself. */
export function renderKubeadm(artefacts: HostArtefacts, cluster: ClusterFacts): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const own = artefacts.staticPods.filter(pod => isKubeadmComponent(pod));
  const others = artefacts.staticPods.filter(pod => !isKubeadmComponent(pod));
  const apiServers = inMemberOrder(own.filter(pod => pod.props.component === 'kube-apiserver'), cluster);
  const first = apiServers.length > 0 ? artefacts.kubelets.find(kubelet => sameTarget(kubelet, apiServers[0])) : undefined;
  const etcdMachines = distinctTargets(others.filter(pod => pod.props.component === 'etcd'));
  return {
    files: [
      ...artefacts.files.filter(hostFile => !hostFile.providedBy.includes(NAME)).map(renderFile),
      ...others.map(staticPodFile),
      ...etcdMachines.flatMap(target => etcdKubeletFiles(target, cluster.release)),
      ...apiServers.flatMap((pod, i) => controlPlaneFiles(artefacts, cluster, own, pod, i === 0)),
      ...artefacts.kubelets.filter(kubelet => !apiServers.some(pod => sameTarget(kubelet, pod)))
        .flatMap(kubelet => [...workerFiles(kubelet, cluster), ...kubeletConfigFiles(kubelet, first, cluster)]),
      ...certificateFiles(artefacts.certificates, NAME),
    ],
    installGuide: kubeadmGuide(artefacts, cluster, apiServers.map(pod => pod.target.name), etcdMachines.map(target => target.name)),
  };
}

function controlPlaneFiles(artefacts: HostArtefacts, cluster: ClusterFacts, pods: StaticPod[], apiServer: StaticPod, isFirst: boolean): RenderedFile[] {
  const { target } = apiServer;
  const kubelet = artefacts.kubelets.find(candidate => sameTarget(candidate, apiServer));
  const documents = isFirst
    ? [initConfiguration(cluster, apiServer, kubelet), clusterConfiguration(
      cluster, pods, artefacts.certificates, artefacts.files.some(({ path }) => path === KUBEADM_PATHS.coreDnsPatch),
    ), ...(kubelet ? [kubelet.document()] : [])]
    : [joinConfiguration(cluster, target.name, kubelet, apiServer)];
  const upload = HostChange.run('kubeadm', 'init', 'phase', 'upload-config', 'all', '--config', KUBEADM_PATHS.init);
  const rewrite = HostChange.run('kubeadm', 'upgrade', 'node', 'phase', 'control-plane', '--patches', KUBEADM_PATHS.patches);
  return [
    ...(isFirst
      ? [file(target, KUBEADM_PATHS.init, yamlDocuments(documents), upload)]
      : [file(target, KUBEADM_PATHS.join, yamlDocuments(documents), HostChange.nothing()), discovery(target, cluster)]),
    ...pods.filter(pod => sameTarget(pod, apiServer))
      .map(pod => file(target, `${KUBEADM_PATHS.patches}/${pod.props.component}0+strategic.yaml`, yamlDocuments([podPatch(pod)]), rewrite)),
    ...laterDocuments(target, cluster, true),
  ];
}

/** Documents of upgrade and reset; before v1beta4 both take flags, which the guide names. */
function laterDocuments(target: HostTarget, cluster: ClusterFacts, isControlPlane: boolean): RenderedFile[] {
  if (!kubeadmCan('v1beta4Fields', cluster.release.version)) { return []; }
  return [
    file(target, KUBEADM_PATHS.upgrade, yamlDocuments([upgradeConfiguration(cluster, isControlPlane)]), HostChange.nothing()),
    file(target, KUBEADM_PATHS.reset, yamlDocuments([resetConfiguration(cluster)]), HostChange.nothing()),
  ];
}

function workerFiles(kubelet: KubeletHost, cluster: ClusterFacts): RenderedFile[] {
  const name = kubelet.target.group === 'machines' ? kubelet.target.name : undefined;
  return [
    file(kubelet.target, KUBEADM_PATHS.join, yamlDocuments([joinConfiguration(cluster, name, kubelet, undefined)]), HostChange.nothing()),
    discovery(kubelet.target, cluster),
    ...laterDocuments(kubelet.target, cluster, false),
  ];
}

/** The pool's own kubelet configuration: as a patch, or beside kubeadm's where it cannot patch. */
function kubeletConfigFiles(kubelet: KubeletHost, first: KubeletHost | undefined, cluster: ClusterFacts): RenderedFile[] {
  const { target } = kubelet;
  const change = kubelet.props.changeNeedsDrain ? HostChange.drainAndRestart(KUBELET_UNIT) : HostChange.restart(KUBELET_UNIT);
  if (kubeadmCan('kubeletPatches', cluster.release.version)) {
    return [file(target, `${KUBEADM_PATHS.patches}/kubeletconfiguration0+merge.yaml`, yamlDocuments([kubeletPatch(kubelet, first)]), change)];
  }
  const dropIn = systemdUnit([{ name: 'Service', settings: [['Environment', `KUBELET_CONFIG_ARGS=--config=${KUBEADM_PATHS.kubeletConfig}`]] }],
    ['kubeadm writes one configuration for all nodes; this pool reads its own.']);
  return [
    file(target, KUBEADM_PATHS.kubeletConfig, yamlDocuments([kubelet.document()]), change),
    file(target, KUBEADM_PATHS.kubeletDropIn, dropIn, HostChange.restart(KUBELET_UNIT)),
  ];
}

/** How a machine finds the cluster: endpoint and CA, and the name of the file that the token is put into. */
function discovery(target: HostTarget, cluster: ClusterFacts): RenderedFile {
  return file(target, KUBEADM_PATHS.discovery, kubeconfig({
    clusterName: cluster.name,
    server: cluster.apiServerUrl,
    caFile: KUBEADM_PATHS.discoveryCa,
    userName: 'kubelet-bootstrap',
    credentials: { tokenFile: HOST_PATHS.kubeletBootstrapToken },
  }), HostChange.nothing());
}

function file(target: HostTarget, path: string, content: string, onChange: HostChange): RenderedFile {
  return { target, path, content, mode: '0600', owner: 'root:root', onChange };
}

function isKubeadmComponent(pod: StaticPod): boolean {
  return (KUBEADM_COMPONENTS as readonly string[]).includes(pod.props.component);
}

function sameTarget(a: { target: HostTarget }, b: { target: HostTarget }): boolean {
  return a.target.folder === b.target.folder;
}

function distinctTargets(pods: StaticPod[]): HostTarget[] {
  return [...new Map(pods.map(pod => [pod.target.folder, pod.target])).values()];
}

/** In the order in which the cluster names its members: the first one is initialised, the others join. */
function inMemberOrder(pods: StaticPod[], cluster: ClusterFacts): StaticPod[] {
  const names = cluster.controlPlaneMembers.map(member => member.name);
  const rank = (pod: StaticPod) => (names.includes(pod.target.name) ? names.indexOf(pod.target.name) : names.length);
  return [...pods].sort((a, b) => rank(a) - rank(b));
}
