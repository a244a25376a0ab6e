import { KubeletHost } from '../kubelet-host';
import { StaticPod } from '../static-pod';

interface Fields {
  readonly [field: string]: unknown;
}

/** What kubeadm's own manifest of a control-plane component lacks or sets for a small cluster: a strategic merge patch. */
export function podPatch(pod: StaticPod): object {
  const manifest = pod.manifest() as { spec: { terminationGracePeriodSeconds: number; containers: Fields[] } };
  const { name, env, resources, securityContext, livenessProbe, readinessProbe, startupProbe } = manifest.spec.containers[0];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod.props.name, namespace: 'kube-system' },
    spec: {
      terminationGracePeriodSeconds: manifest.spec.terminationGracePeriodSeconds,
      containers: [{ name, env, resources, securityContext, livenessProbe, readinessProbe, startupProbe }],
    },
  };
}

/**
 * What turns the kubelet configuration that kubeadm hands to every node (the control plane's) into the one of this node: a JSON merge patch.
 * A field that only the control plane has is removed by null; left out, it would stay.
 */
export function kubeletPatch(node: KubeletHost, everyNode: KubeletHost | undefined): object {
  const wanted = node.document() as Fields;
  const base = { staticPodPath: 'set by kubeadm on every node', ...(everyNode?.document() ?? {}) };
  return mergePatch(base, wanted);
}

function mergePatch(base: Fields, wanted: Fields): Fields {
  const patch: { [field: string]: unknown } = {};
  for (const field of Object.keys(base)) {
    if (wanted[field] === undefined) { patch[field] = null; }
  }
  for (const [field, value] of Object.entries(wanted)) {
    patch[field] = isObject(value) && isObject(base[field]) ? mergePatch(base[field], value) : value;
  }
  return patch;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
