import { TALOS, TALOS_KUBELET_PLACES, TALOS_KUBELET_VALUES, TALOS_PROTECTED_KUBELET_FIELDS } from '../../../catalogue/talos-configuration';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { LABELS } from '../../../cluster/labels';
import { NodeTaint } from '../../../cluster/node-pool';
import { Problems } from '../../../input/problems';
import { KubeletHost } from '../../kubelet-host';

/** Paths and cgroups that exist only where there is a distribution underneath. */
const OF_ANOTHER_SYSTEM = /^\/(etc|opt|usr)\/|\.slice$/;

/** The node and its kubelet. */
export function kubeletDocuments(kubelet: KubeletHost, cluster: ClusterFacts, problems: Problems): object[] {
  const { release, nodeLabels, nodeIp, secondaryNodeIp } = kubelet.props;
  const addresses = [nodeIp, secondaryNodeIp].flatMap(address => (address === undefined ? [] : [`${address}/${address.includes(':') ? 128 : 32}`]));
  const { taints, registered } = split(kubelet);
  const { fields, clusterDNS, seccompDefault } = kubeletFields(kubelet, cluster, problems);
  return [
    {
      apiVersion: 'v1alpha1',
      kind: 'KubeNodeConfig',
      // A machine with a second network would register the address of either.
      nodeIP: { validSubnets: addresses.length > 0 ? addresses : cluster.network.nodeCidrs },
      labels: nodeLabels,
      ...(taints.length === 0 ? {} : { taints: Object.fromEntries(taints.map(({ key, value, effect }) => [key, value === undefined ? effect : `${value}:${effect}`])) }),
    },
    {
      apiVersion: 'v1alpha1',
      kind: 'KubeletConfig',
      image: cluster.imageRegistry.image(TALOS.kubeletImage, release.tag),
      ...(clusterDNS === undefined ? {} : { clusterDNS }),
      ...(seccompDefault === undefined ? {} : { defaultRuntimeSeccompProfileEnabled: seccompDefault }),
      config: { ...fields, ...(registered.length === 0 ? {} : { registerWithTaints: registered }) },
    },
  ];
}

// Talos puts back what KubeNodeConfig names, so a startup taint would never go; and on workers NodeRestriction lets no kubelet touch taints after it has registered with them.
function split(kubelet: KubeletHost): { taints: NodeTaint[]; registered: NodeTaint[] } {
  const own = (taint: NodeTaint) => kubelet.target.group === 'machines' && taint.key === LABELS.controlPlane;
  return { taints: kubelet.props.taints.filter(own), registered: kubelet.props.taints.filter(taint => !own(taint)) };
}

interface Fields { readonly fields: { readonly [field: string]: unknown }; readonly clusterDNS?: unknown; readonly seccompDefault?: unknown }

function kubeletFields(kubelet: KubeletHost, cluster: ClusterFacts, problems: Problems): Fields {
  const { clusterDNS, clusterDomain, seccompDefault, ...configuration } = kubelet.props.configuration;
  const { folder } = kubelet.target;
  const fields: { [field: string]: unknown } = clusterDomain === undefined || clusterDomain === cluster.network.clusterDomain ? {} : { clusterDomain };
  for (const [field, value] of Object.entries(configuration)) {
    if (TALOS_KUBELET_PLACES.includes(field)) { continue; }
    for (const [leaf, given] of leaves(field, value)) {
      problems.require(typeof given !== 'string' || TALOS_KUBELET_PLACES.includes(leaf) || !OF_ANOTHER_SYSTEM.test(given),
        `${folder}: ${leaf} ${JSON.stringify(given)} does not exist on Talos; leave it out, or use Installer.ignition()`);
    }
    if (!TALOS_PROTECTED_KUBELET_FIELDS.includes(field)) { fields[field] = value; continue; }
    for (const [leaf, given] of leaves(field, value)) {
      problems.require(TALOS_KUBELET_PLACES.includes(leaf) || (leaf in TALOS_KUBELET_VALUES && TALOS_KUBELET_VALUES[leaf] === given),
        `${folder}: ${leaf} ${JSON.stringify(given)} cannot be given to Talos, which ${leaf in TALOS_KUBELET_VALUES ? `has ${JSON.stringify(TALOS_KUBELET_VALUES[leaf])}` : 'sets it itself'}; leave it out, or use Installer.kubeadm()`);
    }
  }
  // Where the description reserves nothing, Talos would reserve amounts of its own and the node would offer less than the plan.
  if (Object.keys(fields.systemReserved ?? {}).length === 0) { fields.systemReserved = { memory: '0' }; }
  return { fields, clusterDNS, seccompDefault };
}

function leaves(path: string, value: unknown): Array<[string, unknown]> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => leaves(`${path}.${name}`, inner))
    : [[path, value]];
}
