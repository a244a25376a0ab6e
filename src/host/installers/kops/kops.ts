import { refuseManagedCluster } from '../bootstrap-forms';
import { controlPlaneSpec, ControlPlaneSpec } from './control-plane-spec';
import { checkFiles, hasOwnField, isSysctl, memberGroup, poolGroup } from './instance-groups';
import { kopsGuide } from './kops-guide';
import { checkKops, KopsOptions, nonMasqueraded, subnetType } from './kops-options';
import { kubeletSpec } from './kubelet-spec';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { kubeletFiles } from '../kubelet-files';
import { renderFile } from '../plain';
import { describedPools, poolFiles } from '../pool-files';
import { RenderedFile, RenderedTree } from '../rendered-file';

const NAME = 'kops';

const CLUSTER = 'cluster.yaml';

/** Files of a control-plane machine that belong to the machine and not to a component. */
const HOST_FILES = /^\/etc\/(modules-load\.d|systemd\/system\/containerd\.service\.d|containerd)\/|\/thousand-node-cpu-governor(\.service)?$/;

/** A Cluster, an InstanceGroup for each member of the control plane and for each pool, as `kops create -f` takes them. */
export function renderKops(artefacts: HostArtefacts, cluster: ClusterFacts, options: KopsOptions): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const problems = new Problems(`installer ${NAME}`);
  const all = describedPools(poolFiles(artefacts, cluster, NAME, problems), cluster, problems);
  checkKops(options, cluster, all.map(({ pool }) => pool), problems);
  const content = controlPlaneSpec(artefacts, problems);
  const scheduler = artefacts.files.find(file => file.path === content.schedulerConfiguration);
  const pools = all.map(({ pool, kubelet, files, described }) => {
    problems.require(kubelet.props.release.tag === cluster.release.tag,
      `pool '${pool}': its release ${kubelet.props.release} differs from ${cluster.release}, and kOps has one for all nodes; use Installer.kubeadm()`);
    const owned = kubeletFiles(kubelet, cluster).map(file => file.path);
    return { pool, described, kubelet, files: files.filter(file => !owned.includes(file.path)), spec: kubeletSpec(kubelet, problems) };
  });
  const members = content.machines.map(machine => {
    const kubelet = artefacts.kubelets.find(candidate => candidate.target.group === 'machines' && candidate.target.name === machine);
    const files = memberFiles(artefacts, machine, content);
    return { machine, kubelet, files, spec: kubelet === undefined ? undefined : kubeletSpec(kubelet, problems) };
  });
  checkFiles([...pools, ...members].flatMap(({ files }) => files), problems);
  problems.throwIfAny();
  const document = (pool: string) => `pools/${pool}/instance-group.yaml`;
  const groups = members.map(({ machine, kubelet, files, spec }, i) =>
    memberGroup(cluster.controlPlaneMembers.find(member => member.name === machine) ?? { name: machine, address: '' }, i, kubelet, spec, files, options));
  return {
    files: [
      ...members.flatMap(({ files }) => files.filter(file => !hasOwnField(file)).map(file => ({ ...file, within: 'control-plane.yaml' }))),
      ...pools.flatMap(({ pool, files }) => files.filter(file => !hasOwnField(file)).map(file => ({ ...file, within: document(pool) }))),
    ],
    documents: [
      { path: CLUSTER, content: clusterDocuments(cluster, options, content, scheduler?.content), readBy: 'kops' },
      { path: 'control-plane.yaml', content: yamlDocuments(groups), readBy: 'kops' },
      ...pools.map(({ pool, described, kubelet, files, spec }) => ({
        path: document(pool), content: yamlDocuments([poolGroup(described, kubelet, spec, files, options)]), readBy: 'kops',
      })),
    ],
    installGuide: kopsGuide(
      cluster, options, content,
      [...members.map(({ machine, spec }) => ({ group: machine, spec })), ...pools.map(({ pool, spec }) => ({ group: pool, spec }))],
      otherFiles(artefacts, content, members.flatMap(({ files }) => files)),
    ),
  };
}

/** Files of a machine that still mean something where kOps runs the control plane: those that flags name, and those of the host. */
function memberFiles(artefacts: HostArtefacts, machine: string, content: ControlPlaneSpec): RenderedFile[] {
  return artefacts.files
    .filter(file => file.target.group === 'machines' && file.target.name === machine && !file.providedBy.includes(NAME))
    .map(renderFile)
    .filter(file => content.files.includes(file.path) || isSysctl(file) || HOST_FILES.test(file.path));
}

/** Paths of control-plane files that stay behind. */
function otherFiles(artefacts: HostArtefacts, content: ControlPlaneSpec, carried: RenderedFile[]): string[] {
  const taken = [...carried.map(file => file.path), content.schedulerConfiguration];
  return [...new Set(artefacts.files.filter(file => file.target.group === 'machines' && !file.providedBy.includes('kubeadm') && !taken.includes(file.path)).map(file => file.path))].sort();
}

function clusterDocuments(cluster: ClusterFacts, options: KopsOptions, content: ControlPlaneSpec, scheduler: string | undefined): string {
  const { podCidr, serviceCidr, nodeCidr, clusterDomain, dnsServiceAddress } = cluster.network;
  const text = yamlDocuments([{
    apiVersion: 'kops.k8s.io/v1alpha2',
    kind: 'Cluster',
    metadata: { name: options.clusterName },
    spec: {
      api: { loadBalancer: { class: 'Network', type: options.publicEndpoint === true ? 'Public' : 'Internal' } },
      authorization: { rbac: {} },
      channel: 'stable',
      cloudProvider: 'aws',
      clusterDNSDomain: clusterDomain,
      configBase: options.configBase,
      iam: { allowContainerRegistry: true, legacy: false },
      // Network, kube-proxy and DNS come from the manifests.
      kubeDNS: { provider: 'None', serverIP: dnsServiceAddress },
      kubeProxy: { enabled: false },
      networking: { cni: {} },
      kubernetesApiAccess: options.apiAccess ?? [nodeCidr],
      kubernetesVersion: cluster.release.tag.slice(1),
      masterPublicName: cluster.apiHost,
      networkCIDR: nodeCidr,
      nonMasqueradeCIDR: nonMasqueraded(cluster),
      podCIDR: podCidr,
      serviceClusterIPRange: serviceCidr,
      subnets: options.subnets.map(subnet => (
        { name: subnet.name, zone: subnet.zone, cidr: subnet.cidr, type: subnetType(subnet), id: subnet.id, egress: subnet.egress }
      )),
      topology: { dns: { type: 'None' } },
      ...content.spec,
    },
  }]);
  // kOps writes the path of the kubeconfig into it.
  return scheduler === undefined ? text : `${text}---\n${scheduler.split('\n').filter(line => !/^ +kubeconfig: /.test(line)).join('\n')}`;
}
