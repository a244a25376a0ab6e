import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Two budgets over one pod. */
export const oneBudgetPerPod: Rule = {
  id: 'TNC106',
  severity: AuditSeverity.ERROR,
  title: 'A pod is covered by one PodDisruptionBudget at most',
  why: 'The API server refuses to evict a pod that two budgets cover: its node cannot be drained at all.',
  remedy: 'Remove one, or make the selectors disjoint',
  source: 'KK:pkg/registry/core/pod/storage/eviction.go',
  check: tree => {
    const budgets = tree.ofKind('PodDisruptionBudget');
    if (budgets.length === 0) { return NOT_APPLICABLE; }
    return tree.pods.flatMap(at => {
      const covering = budgets.filter(b => (b.namespace ?? 'default') === at.namespace && selects(field(b.manifest, 'spec', 'selector'), at.labels));
      return covering.length <= 1 ? [] : [{ at, detail: `covered by ${covering.map(b => b.objectName).join(' and ')}` }];
    });
  },
};
