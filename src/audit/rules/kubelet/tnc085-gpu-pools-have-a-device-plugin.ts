import { AuditSeverity } from '../../audit-severity';
import { containersOf, selectsNode, tolerates } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Who tells the kubelet of its cards. */
export const gpuPoolsHaveADevicePlugin: Rule = {
  id: 'TNC085',
  severity: AuditSeverity.NOTE,
  title: 'Somebody publishes the accelerators of a GPU pool',
  why: 'Without a device plugin the nodes report no card: pods that ask for one wait for ever, and the autoscaler keeps adding nodes that do not help.',
  remedy: 'Run the vendor\'s device plugin on the pool, or suppress with who installs it',
  source: 'seed CA-13; NVIDIA/k8s-device-plugin README.md@v0.20.0',
  check: tree => {
    // A construct used alone knows the pools of the whole cluster and holds none of them.
    const here = tree.facts.gpuPools.filter(pool => tree.kubelets.some(kubelet => kubelet.pool === pool.name));
    const pools = tree.nodeKinds.filter(node => here.some(pool => node.name === `pool ${pool.name}`));
    if (pools.length === 0) { return NOT_APPLICABLE; }
    const plugins = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet' && containersOf(pods.spec).some(c => /device-plugin|gpu-operator/.test(c.image ?? '')));
    return pools.filter(node => !plugins.some(pods => selectsNode(pods.spec, node) && node.taints.every(taint => tolerates(pods.spec, taint))))
      .map(node => ({ at: tree.cluster, detail: `no device plugin of this app runs on ${node.name}` }));
  },
};
