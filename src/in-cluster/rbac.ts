import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { inClusterObject, ObjectOwner } from './in-cluster-object';

export interface ServiceAccountRights {
  readonly name: string;
  readonly namespace: string;
  /** @default - none */
  readonly clusterRules?: k8s.PolicyRule[];
  /** Rules inside namespaces, by namespace. @default - none */
  readonly namespaceRules?: { readonly [namespace: string]: k8s.PolicyRule[] };
  /** Existing ClusterRoles to bind. @default - none */
  readonly clusterRoles?: string[];
}

/**
 * A service account with exactly the given rights. Tokens are not mounted unless the pod asks for one.
 */
export function serviceAccount(scope: Construct, id: string, owner: ObjectOwner, rights: ServiceAccountRights): void {
  const at = new Construct(scope, id);
  const { name, namespace } = rights;
  const subject = { kind: 'ServiceAccount', name, namespace };
  const roleRef = (kind: string, role: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: role });
  inClusterObject(at, 'ServiceAccount', owner, k8s.KubeServiceAccount.manifest({ metadata: { name, namespace }, automountServiceAccountToken: false }));
  // Cluster-scoped names carry the namespace, so that two clusters' agents in one test cluster do not meet.
  const clusterName = `${namespace}:${name}`;
  if (rights.clusterRules) {
    inClusterObject(at, 'ClusterRole', owner, k8s.KubeClusterRole.manifest({ metadata: { name: clusterName }, rules: rights.clusterRules }));
    inClusterObject(at, 'ClusterRoleBinding', owner, k8s.KubeClusterRoleBinding.manifest({
      metadata: { name: clusterName }, roleRef: roleRef('ClusterRole', clusterName), subjects: [subject],
    }));
  }
  for (const role of rights.clusterRoles ?? []) {
    inClusterObject(at, `ClusterRoleBinding-${role}`, owner, k8s.KubeClusterRoleBinding.manifest({
      metadata: { name: `${clusterName}:${role}` }, roleRef: roleRef('ClusterRole', role), subjects: [subject],
    }));
  }
  for (const [place, rules] of Object.entries(rights.namespaceRules ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    inClusterObject(at, `Role-${place}`, owner, k8s.KubeRole.manifest({ metadata: { name, namespace: place }, rules }));
    inClusterObject(at, `RoleBinding-${place}`, owner, k8s.KubeRoleBinding.manifest({
      metadata: { name, namespace: place }, roleRef: roleRef('Role', name), subjects: [subject],
    }));
  }
}
