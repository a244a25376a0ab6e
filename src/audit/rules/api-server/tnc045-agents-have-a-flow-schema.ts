import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selectsNode } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Per-node agents against the level for bystanders. */
export const agentsHaveAFlowSchema: Rule = {
  id: 'TNC045',
  severity: AuditSeverity.WARNING,
  title: 'The service account of every per-node agent stands in a FlowSchema',
  why: 'An agent on every node that shares a level with controllers crowds them out when all its pods restart at once.',
  remedy: 'Add it with TunedApiServer.addApiClients, or write a FlowSchema that names it',
  source: 'kubernetes/kubernetes#64014; AS@36 pkg/util/flowcontrol',
  check: tree => {
    const agents = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet' && pods.spec.automountServiceAccountToken !== false && pods.spec.serviceAccountName !== undefined);
    if (agents.length === 0 || tree.component('kube-apiserver').length === 0) { return NOT_APPLICABLE; }
    const named = new Set(tree.ofKind('FlowSchema').flatMap(s => field<object[]>(s.manifest, 'spec', 'rules') ?? []).flatMap(r => field<object[]>(r, 'subjects') ?? [])
      .map(s => `${field(s, 'serviceAccount', 'namespace')}/${field(s, 'serviceAccount', 'name')}`));
    return agents.filter(a => !named.has(`${a.namespace}/${a.spec.serviceAccountName}`) && !named.has(`${a.namespace}/*`))
      .map(at => ({ at, detail: `${at.namespace}/${at.spec.serviceAccountName} on ${tree.nodesOf(at, selectsNode)} nodes` }));
  },
};
