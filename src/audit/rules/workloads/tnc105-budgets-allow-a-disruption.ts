import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Budgets that block every drain. */
export const budgetsAllowADisruption: Rule = {
  id: 'TNC105',
  severity: AuditSeverity.WARNING,
  title: 'A PodDisruptionBudget allows at least one disruption',
  why: 'A budget that allows none blocks every drain: upgrades stop at the node, and the autoscaler keeps it for ever.',
  remedy: 'Use maxUnavailable of 1 or a percentage that rounds to one, and two replicas',
  source: 'WEB:docs/tasks/run-application/configure-pdb',
  check: tree => {
    const budgets = tree.ofKind('PodDisruptionBudget');
    if (budgets.length === 0) { return NOT_APPLICABLE; }
    return budgets.flatMap(at => {
      const max = field<number | string>(at.manifest, 'spec', 'maxUnavailable');
      const min = field<number | string>(at.manifest, 'spec', 'minAvailable');
      if (max === 0 || max === '0%') { return [{ at, detail: `maxUnavailable is ${max}` }]; }
      if (min === '100%') { return [{ at, detail: 'minAvailable is 100%' }]; }
      const workload = tree.pods.find(pods => ['Deployment', 'StatefulSet'].includes(pods.owner.kind) && pods.namespace === (at.namespace ?? 'default')
        && selects(field(at.manifest, 'spec', 'selector'), pods.labels));
      const replicas = field<number>(workload?.owner.manifest, 'spec', 'replicas');
      if (workload === undefined || replicas === undefined || min === undefined) { return []; }
      // The controller rounds a percentage of minAvailable up.
      const needed = typeof min === 'number' ? min : Math.ceil(parseInt(min, 10) * replicas / 100);
      return needed < replicas ? [] : [{ at, detail: `minAvailable ${min} of the ${replicas} replicas of ${workload.name}` }];
    });
  },
};
