import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Service account tokens in pods that have no rights. */
export const tokensOnlyWhereUsed: Rule = {
  id: 'TNC120',
  severity: AuditSeverity.WARNING,
  title: 'A token is mounted only where a service account has rights',
  why: 'A token that nobody uses is one that somebody can take; on a DaemonSet it lies on every node, and every kubelet renews it every hour.',
  remedy: 'Set automountServiceAccountToken: false on the pod',
  source: 'WEB:docs/tasks/configure-pod-container/configure-service-account',
  check: tree => {
    if (tree.pods.length === 0) { return NOT_APPLICABLE; }
    const bound = new Set([...tree.ofKind('ClusterRoleBinding'), ...tree.ofKind('RoleBinding')].flatMap(b => field<object[]>(b.manifest, 'subjects') ?? [])
      .map(subject => `${field(subject, 'namespace')}/${field(subject, 'name')}`));
    return tree.pods.filter(pods => {
      const account = tree.find('ServiceAccount', pods.namespace, pods.spec.serviceAccountName ?? 'default');
      const mounted = pods.spec.automountServiceAccountToken ?? field<boolean>(account?.manifest, 'automountServiceAccountToken') ?? true;
      // An account that is made elsewhere may have rights that are given elsewhere.
      const ours = account !== undefined || (pods.spec.serviceAccountName ?? 'default') === 'default';
      return mounted && ours && !bound.has(`${pods.namespace}/${pods.spec.serviceAccountName ?? 'default'}`);
    }).map(at => ({ at, detail: `service account ${at.spec.serviceAccountName ?? 'default'} is bound to no role` }));
  },
};
