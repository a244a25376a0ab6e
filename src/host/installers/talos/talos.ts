import { controlPlaneDocuments, ControlPlaneDocuments } from './control-plane-documents';
import { hostDocuments } from './host-documents';
import { kubeletDocuments } from './machine-documents';
import { talosGuide } from './talos-guide';
import { TalosMachine } from './talos-machine';
import { checkTalos, TalosOptions } from './talos-options';
import { TALOS } from '../../../catalogue/talos-configuration';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { IpRange } from '../../../cluster/ip-range';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { KubeletHost } from '../../kubelet-host';
import { refuseManagedCluster } from '../bootstrap-forms';
import { kubeletFiles } from '../kubelet-files';
import { renderFile } from '../plain';
import { poolFiles } from '../pool-files';
import { RenderedDocument, RenderedFile, RenderedTree } from '../rendered-file';

const NAME = 'talos';

/** Patches of machine configurations: for every machine, for the control plane, for each member and each pool. */
export function renderTalos(artefacts: HostArtefacts, cluster: ClusterFacts, options: TalosOptions): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const problems = new Problems(`installer ${NAME}`);
  const all = poolFiles(artefacts, cluster, NAME, problems);
  checkTalos(options, cluster, artefacts.kubelets, problems);
  const content = controlPlaneDocuments(artefacts, cluster, problems);
  const members = content.machines.map(machine => member(machine, artefacts, content, cluster, options, problems));
  const pools = all.map(({ pool, kubelet, files }): TalosMachine => {
    const owned = kubeletFiles(kubelet, cluster).map(file => file.path);
    const host = hostDocuments(files.filter(file => !owned.includes(file.path)), hasCards(pool, cluster), problems);
    return { name: pool, patch: `pools/${pool}/patch.yaml`, host, documents: [...kubeletDocuments(kubelet, cluster, problems), ...host.documents, ...installation(options, options.poolInstallerImages?.[pool])] };
  });
  problems.throwIfAny();
  const patch = (path: string, text: string): RenderedDocument => ({ path, content: text, readBy: 'talosctl' });
  const machines = [...members, ...pools];
  return {
    files: machines.flatMap(({ patch: within, host }) => host.carried.map((file): RenderedFile => ({ ...file, within }))),
    documents: [
      patch('cluster.yaml', yamlDocuments(clusterDocuments(cluster))),
      patch('control-plane-before.yaml', yamlDocuments(content.replaced, ['Goes before control-plane.yaml: it takes away what Talos generates and ours replaces as a whole.'])),
      patch('control-plane.yaml', content.text),
      ...machines.map(machine => patch(machine.patch, yamlDocuments(machine.documents))),
    ],
    installGuide: talosGuide(cluster, options, content, members, pools),
  };
}

function member(
  name: string, artefacts: HostArtefacts, content: ControlPlaneDocuments, cluster: ClusterFacts, options: TalosOptions, problems: Problems,
): TalosMachine {
  const kubelet: KubeletHost | undefined = artefacts.kubelets.find(candidate => candidate.target.group === 'machines' && candidate.target.name === name);
  const files = artefacts.files.filter(file => file.target.group === 'machines' && file.target.name === name && ![NAME, 'kubeadm', 'plain'].some(installer => file.providedBy.includes(installer)));
  const host = hostDocuments(files.filter(file => !content.files.includes(file.path)).map(renderFile), false, problems);
  const { address } = cluster.controlPlaneMembers.find(candidate => candidate.name === name)!;
  return {
    name,
    patch: `machines/${name}/patch.yaml`,
    host,
    documents: [
      { apiVersion: 'v1alpha1', kind: 'HostnameConfig', auto: 'off', hostname: name },
      // Members meet at the addresses of the description, on 127.0.0.1 and nowhere else.
      { cluster: { etcd: { advertisedSubnets: [`${address}/${address.includes(':') ? 128 : 32}`] } } },
      ...(kubelet === undefined ? [] : kubeletDocuments(kubelet, cluster, problems)),
      ...host.documents,
      ...(options.etcdDisk === undefined ? [] : [{ apiVersion: 'v1alpha1', kind: 'VolumeConfig', name: 'ETCD', provisioning: { diskSelector: { match: options.etcdDisk }, grow: true } }]),
      ...installation(options),
    ],
  };
}

function hasCards(pool: string, cluster: ClusterFacts): boolean {
  return cluster.gpuPools.some(({ name, gpu }) => name === pool && gpu!.vendor === 'nvidia');
}

function installation(options: TalosOptions, poolImage?: string): object[] {
  const image = poolImage ?? options.installerImage;
  if (image === undefined && options.installDisk === undefined) { return []; }
  return [{
    apiVersion: 'v1alpha1',
    kind: 'UnattendedInstallConfig',
    ...(image === undefined ? {} : { installer: { image } }),
    ...(options.installDisk === undefined ? {} : { provisioning: { diskSelector: { match: options.installDisk } } }),
  }];
}

function clusterDocuments(cluster: ClusterFacts): object[] {
  const { podCidrs, serviceCidrs, clusterDomain } = cluster.network;
  return [
    { apiVersion: 'v1alpha1', kind: 'KubeClusterConfig', clusterName: cluster.name, endpoint: cluster.apiServerUrl },
    { apiVersion: 'v1alpha1', kind: 'KubeNetworkConfig', dnsDomain: clusterDomain, podSubnets: podCidrs, serviceSubnets: serviceCidrs, ...nodeMasks(podCidrs) },
  ];
}

// Calico gives out blocks of its own; but Talos refuses a pod range that does not suit the range of a node, which nobody uses.
function nodeMasks(podCidrs: string[]): object {
  return Object.fromEntries(podCidrs.map(cidr => IpRange.parse('podCidr', cidr)).flatMap(({ prefix, family }): Array<[string, number]> => {
    const usual = family === 4 ? 24 : 64;
    const mask = Math.min(Math.max(usual, prefix), prefix + TALOS.mostNodeMaskBits);
    return mask === usual ? [] : [[`nodeCIDRMaskSizeIPv${family}`, mask]];
  }));
}
