import { KUBESPRAY_KUBELET_VARIABLES, KUBESPRAY_OWNED_KUBELET_FIELDS } from '../../../catalogue/kubespray-variables';
import { KubeletHost } from '../../kubelet-host';
import { RenderedFile } from '../rendered-file';

/** Variables of a group. */
export interface Variables { readonly [name: string]: unknown }

const RESERVATIONS: { [field: string]: string } = { kubeReserved: 'kube', systemReserved: 'system' };

/** The kubelet of a group of nodes. What has no variable of its own stands in the free part of the configuration. */
export function kubeletVariables(kubelet: KubeletHost): Variables {
  const variables: { [name: string]: unknown } = {};
  const free: { [field: string]: unknown } = {};
  for (const [field, value] of Object.entries(kubelet.props.configuration)) {
    if (KUBESPRAY_OWNED_KUBELET_FIELDS.includes(field)) { continue; }
    if (field in KUBESPRAY_KUBELET_VARIABLES) {
      variables[KUBESPRAY_KUBELET_VARIABLES[field]] = value;
    } else if (field in RESERVATIONS) {
      for (const [resource, amount] of Object.entries(value as { [resource: string]: string })) { variables[`${RESERVATIONS[field]}_${resource.replace(/-/g, '_')}_reserved`] = amount; }
    } else if (field === 'enforceNodeAllocatable') {
      variables.kubelet_enforce_node_allocatable = (value as string[]).join(',');
    } else if (field === 'featureGates') {
      variables.kubelet_feature_gates = Object.entries(value as { [gate: string]: boolean }).map(([gate, on]) => `${gate}=${on}`);
    } else {
      free[field] = value;
    }
  }
  const [dns] = clusterDns(kubelet);
  return { ...variables, ...(dns === undefined ? {} : { manual_dns_server: dns }), kubelet_config_extra_args: free };
}

/** Addresses of resolvers that pods get. */
export function clusterDns(kubelet: KubeletHost): string[] {
  return (kubelet.props.configuration.clusterDNS as string[] | undefined) ?? [];
}

/** Labels and taints, as kubespray's roles set them after the join. */
export function nodeVariables(kubelet: KubeletHost): Variables {
  const { nodeLabels, taints } = kubelet.props;
  return { node_labels: nodeLabels, node_taints: taints.map(taint => `${taint.key}=${taint.value ?? ''}:${taint.effect}`) };
}

/** Whether a file holds settings of the kernel. */
export function isSysctl(file: RenderedFile): boolean {
  return file.path.startsWith('/etc/sysctl.d/');
}

/** Settings of the kernel. */
export function sysctlVariables(files: RenderedFile[]): Variables {
  const lines = files.filter(isSysctl).flatMap(file => file.content.split('\n')).map(line => /^([a-z][^=\s]*) = (.*)$/.exec(line)).filter((match): match is RegExpExecArray => match !== null);
  return lines.length === 0 ? {} : { additional_sysctl: lines.map(([, name, value]) => ({ name, value })) };
}
