import { refuseManagedCluster } from '../bootstrap-forms';
import { ControlPlaneVariables, controlPlaneVariables } from './control-plane-variables';
import { clusterDns, isSysctl, kubeletVariables, nodeVariables, sysctlVariables, Variables } from './kubelet-variables';
import { kubesprayGuide } from './kubespray-guide';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { kubeletFiles } from '../kubelet-files';
import { renderFile } from '../plain';
import { poolFiles } from '../pool-files';
import { RenderedDocument, RenderedTree } from '../rendered-file';

const NAME = 'kubespray';

/** Variables of kubespray for each group, and an inventory to fill in. */
export function renderKubespray(artefacts: HostArtefacts, cluster: ClusterFacts): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const problems = new Problems(`installer ${NAME}`);
  const pools = poolFiles(artefacts, cluster, NAME, problems).map(({ pool, kubelet, files }) => {
    const owned = kubeletFiles(kubelet, cluster).map(file => file.path);
    return { pool, kubelet, files: files.filter(file => !owned.includes(file.path)) };
  });
  for (const { pool, kubelet } of pools) {
    problems.require(kubelet.props.release.tag === cluster.release.tag,
      `pool '${pool}': its release ${kubelet.props.release} differs from ${cluster.release}, and kubespray has one for all nodes; use Installer.kubeadm()`);
    problems.require(clusterDns(kubelet).length <= 1, `pool '${pool}': kubespray hands one resolver to pods, not ${clusterDns(kubelet).length}; use Installer.kubeadm()`);
  }
  problems.throwIfAny();
  const content = controlPlaneVariables(artefacts);
  const machine = artefacts.kubelets.find(kubelet => kubelet.target.group === 'machines' && content.controlPlaneMachines.includes(kubelet.target.name));
  const machineFiles = artefacts.files.filter(file => file.target.group === 'machines' && !file.providedBy.includes('kubeadm')).map(renderFile);
  const otherFiles = [...new Set(machineFiles.filter(file => !isSysctl(file)).map(file => file.path))].sort();
  const toFillIn = inventory(cluster, content, pools.map(({ pool }) => pool));
  return {
    files: pools.flatMap(({ files }) => files.filter(file => !isSysctl(file))),
    documents: [
      { path: 'inventory.yaml', content: yamlDocuments([toFillIn], ['Workers are yours: put each below the group of its pool.']), readBy: 'Ansible' },
      variables('all', clusterVariables(cluster, content)),
      ...(content.controlPlaneMachines.length === 0 ? [] : [variables('kube_control_plane', {
        ...content.controlPlane,
        ...(machine === undefined ? {} : kubeletVariables(machine)),
        ...sysctlVariables(machineFiles.filter(file => file.target.folder === machine?.target.folder)),
      })]),
      ...(content.etcdMachines.length === 0 ? [] : [variables('etcd', content.etcd)]),
      ...pools.map(({ pool, kubelet, files }) => (
        variables(group(pool), { ...kubeletVariables(kubelet), ...nodeVariables(kubelet), ...sysctlVariables(files) })
      )),
    ],
    installGuide: kubesprayGuide(cluster, pools.map(({ pool }) => pool), group, content, otherFiles),
  };
}

/** Ansible takes no hyphens in names of groups. */
function group(pool: string): string {
  return `pool_${pool.replace(/-/g, '_')}`;
}

function variables(name: string, values: Variables): RenderedDocument {
  return { path: `group_vars/${name}/thousand-node.yml`, content: yamlDocuments([values]), readBy: 'Ansible' };
}

function clusterVariables(cluster: ClusterFacts, content: ControlPlaneVariables): Variables {
  const { serviceCidrs, podCidrs, clusterDomain } = cluster.network;
  return {
    kube_version: cluster.release.tag.slice(1),
    // In kubespray this is the domain.
    cluster_name: clusterDomain,
    dns_domain: clusterDomain,
    kube_service_addresses: serviceCidrs[0],
    kube_pods_subnet: podCidrs[0],
    ...(serviceCidrs.length > 1 ? { ipv6_stack: true, kube_service_addresses_ipv6: serviceCidrs[1], kube_pods_subnet_ipv6: podCidrs[1] } : {}),
    container_manager: 'containerd',
    etcd_deployment_type: 'host',
    ...(content.hasEventsRing ? { etcd_events_cluster_enabled: true } : {}),
    // Network, kube-proxy and DNS come from the manifests; an upgrade must not bring others back.
    kube_network_plugin: 'cni',
    kubeadm_init_phases_skip: ['addon/coredns', 'addon/kube-proxy'],
    dns_mode: 'manual',
    enable_nodelocaldns: false,
    // The resolver of the machines stays as it is.
    resolvconf_mode: 'none',
  };
}

function inventory(cluster: ClusterFacts, content: ControlPlaneVariables, pools: string[]): object {
  const named = (names: string[]) => Object.fromEntries(names.map(name => [name, {}]));
  const used = cluster.controlPlaneMembers.filter(({ name }) => [...content.controlPlaneMachines, ...content.etcdMachines].includes(name));
  const hosts = used.map(({ name, address }) => {
    const member = content.etcdMachines.includes(name) ? { etcd_member_name: name } : {};
    return [name, { ansible_host: address, ip: address, ...member }];
  });
  return {
    all: {
      hosts: Object.fromEntries(hosts),
      children: {
        kube_control_plane: { hosts: named(content.controlPlaneMachines) },
        etcd: { hosts: named(content.etcdMachines) },
        kube_node: { children: Object.fromEntries(pools.map(pool => [group(pool), { hosts: {} }])) },
        k8s_cluster: { children: named(['kube_control_plane', 'kube_node']) },
      },
    },
  };
}
