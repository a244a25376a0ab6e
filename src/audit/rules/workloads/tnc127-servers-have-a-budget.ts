import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { fewestReplicas, servers } from '../../workload-view';

/** Replicas without a budget. */
export const serversHaveABudget: Rule = {
  id: 'TNC127',
  severity: AuditSeverity.WARNING,
  title: 'A workload with several replicas has a PodDisruptionBudget',
  why: 'An upgrade or the autoscaler drains many nodes at once: without a budget all replicas may go in the same minute, and at this size some drain is always running.',
  remedy: 'Add a PodDisruptionBudget with maxUnavailable',
  source: 'peers 2.2; WEB:docs/tasks/run-application/configure-pdb',
  check: tree => {
    const replicated = servers(tree).map(at => ({ at, replicas: fewestReplicas(tree, at) ?? 0 })).filter(({ replicas }) => replicas >= 2);
    if (replicated.length === 0) { return NOT_APPLICABLE; }
    const budgets = tree.ofKind('PodDisruptionBudget');
    return replicated.filter(({ at }) => !budgets.some(b => (b.namespace ?? 'default') === at.namespace && selects(field(b.manifest, 'spec', 'selector'), at.labels)))
      .map(({ at, replicas }) => ({ at, detail: `${replicas} replicas, no budget covers them` }));
  },
};
