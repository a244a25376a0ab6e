import { VersionRange } from './version-range';

/**
 * Kubelets that check `nodes/pods` for a request of their pod list (KubeletFineGrainedAuthz, on by default). Older ones check `nodes/proxy`,
 * which also allows running commands in every pod of the node. Source: KEP-2862.
 */
export const KUBELET_NODES_PODS: VersionRange = { added: '1.33' };
