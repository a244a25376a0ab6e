import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** A field that can only take away. */
export const podsPerCoreDoesNotLowerMaxPods: Rule = {
  id: 'TNC078',
  severity: AuditSeverity.WARNING,
  title: 'podsPerCore does not lower maxPods',
  why: 'The smaller of the two wins: a field that is set to allow more pods takes them away on every machine with few cores.',
  remedy: 'Leave podsPerCore out',
  source: 'seed KUBELET-01; KL@22 pkg/kubelet/nodestatus/setters.go',
  check: tree => {
    const users = tree.kubelets.filter(kubelet => (field<number>(kubelet.configuration, 'podsPerCore') ?? 0) > 0);
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.flatMap(at => {
      const cores = tree.facts.pools.find(pool => pool.name === at.pool)?.machine.cpu ?? tree.facts.controlPlaneMachine.cpu;
      const most = cores * field<number>(at.configuration, 'podsPerCore')!;
      const maxPods = field<number>(at.configuration, 'maxPods') ?? 110;
      return most >= maxPods ? [] : [{ at, detail: `${most} pods on ${cores} cores instead of maxPods ${maxPods}` }];
    });
  },
};
