import { KOPS_KUBELET_FIELDS, KOPS_KUBELET_TUNING, KOPS_OWNED_KUBELET_FIELDS, KopsKubeletField } from '../../../catalogue/kops-kubelet-fields';
import { Problems } from '../../../input/problems';
import { KubeletHost } from '../../kubelet-host';

/** A kubelet as kOps has it. */
export interface KubeletSpec {
  readonly spec: { readonly [field: string]: unknown };
  /** Fields that kOps has no place for and that a node survives. */
  readonly notCarried: Array<{ readonly field: string; readonly value: string; readonly then: string }>;
}

/** Objects that kOps has flattened. */
const NESTED = ['authentication', 'authorization', 'memorySwap'];

/** Settings of a kubelet in the fields of kOps; what changes the promises of its pool and has no field is a problem. */
export function kubeletSpec(kubelet: KubeletHost, problems: Problems): KubeletSpec {
  const spec: { [field: string]: unknown } = {};
  const notCarried: Array<{ field: string; value: string; then: string }> = [];
  for (const [field, value] of leaves(kubelet.props.configuration, '')) {
    if (KOPS_OWNED_KUBELET_FIELDS.includes(field)) { continue; }
    const place = KOPS_KUBELET_FIELDS[field];
    const text = place === undefined ? undefined : written(place, value);
    // An empty text is no text for kOps.
    if (place !== undefined && value !== place.lost && text !== '') {
      spec[place.field] = text;
    } else if (KOPS_KUBELET_TUNING[field] !== undefined) {
      notCarried.push({ field, value: JSON.stringify(value), then: KOPS_KUBELET_TUNING[field] });
    } else {
      problems.add(`${kubelet.target.folder}: kOps has no place for ${field} (${JSON.stringify(value)}), and the node would not be what the description promises; use Installer.kubeadm() or Installer.ignition()`);
    }
  }
  return { spec, notCarried };
}

/** Labels and taints that kOps sets after the join; those of zones and roles are its own. */
export function nodeFields(kubelet: KubeletHost): { nodeLabels: { [key: string]: string }; taints: string[] } {
  const { nodeLabels, taints } = kubelet.props;
  return {
    nodeLabels: Object.fromEntries(Object.entries(nodeLabels).filter(([key]) => !key.startsWith('topology.kubernetes.io/'))),
    taints: taints.filter(taint => !taint.key.startsWith('node-role.kubernetes.io/')).map(taint => `${taint.key}=${taint.value ?? ''}:${taint.effect}`),
  };
}

function leaves(configuration: { readonly [field: string]: unknown }, path: string): Array<[string, unknown]> {
  return Object.entries(configuration).flatMap(([name, value]): Array<[string, unknown]> => {
    const field = `${path}${name}`;
    return NESTED.includes(field.split('.')[0]) && typeof value === 'object' && value !== null
      ? leaves(value as { [field: string]: unknown }, `${field}.`)
      : [[field, value]];
  });
}

function written({ notation }: KopsKubeletField, value: unknown): unknown {
  const joined = (sign: string) => Object.entries(value as { [name: string]: unknown }).map(([name, item]) => `${name}${sign}${item}`).join(',');
  switch (notation) {
    case 'list': return (value as string[]).join(',');
    case 'thresholds': return joined('<');
    case 'pairs': return joined('=');
    case 'texts': return Object.fromEntries(Object.entries(value as { [name: string]: unknown }).map(([name, item]) => [name, String(item)]));
    default: return value;
  }
}
