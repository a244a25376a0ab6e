import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Service accounts with all rights. */
export const nobodyIsClusterAdmin: Rule = {
  id: 'TNC122',
  severity: AuditSeverity.WARNING,
  title: 'No service account has all rights',
  why: 'Whoever takes over one pod of it owns the cluster; for an agent that is any node.',
  remedy: 'Bind a role with the rights it needs',
  source: 'WEB:docs/concepts/security/rbac-good-practices',
  check: tree => {
    const bindings = tree.ofKind('ClusterRoleBinding').filter(b => (field<object[]>(b.manifest, 'subjects') ?? []).some(s => field(s, 'kind') === 'ServiceAccount'));
    if (bindings.length === 0) { return NOT_APPLICABLE; }
    const all = (rule: object) => (['verbs', 'apiGroups', 'resources'] as const).every(key => (field<string[]>(rule, key) ?? []).includes('*'));
    return bindings.filter(b => {
      const role = field<string>(b.manifest, 'roleRef', 'name') ?? '';
      return role === 'cluster-admin' || (field<object[]>(tree.find('ClusterRole', undefined, role)?.manifest, 'rules') ?? []).some(all);
    }).map(at => ({ at, detail: `it binds ${field(at.manifest, 'roleRef', 'name')}` }));
  },
};
