import { k8s } from 'cdk8s-plus-24';
import { Manifest } from '../../in-cluster/in-cluster-object';

// What lets a machine with a bootstrap token become a node: it may ask for a client certificate, and the controller manager signs requests of
// new nodes and renewals of nodes by itself. The ClusterRoles are the API server's own; nobody binds them outside of kubeadm.
const BINDINGS = [
  { name: 'thousand-node-node-bootstrapper', role: 'system:node-bootstrapper', group: 'system:bootstrappers' },
  { name: 'thousand-node-approve-new-nodes', role: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient', group: 'system:bootstrappers' },
  { name: 'thousand-node-approve-renewals', role: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', group: 'system:nodes' },
];

/** Bindings by which nodes join with a token and renew their certificates. */
export function nodeBootstrap(): Manifest[] {
  return BINDINGS.map(({ name, role, group }) => k8s.KubeClusterRoleBinding.manifest({
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
  }));
}
