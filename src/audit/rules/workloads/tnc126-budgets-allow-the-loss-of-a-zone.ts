import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { fewestReplicas, servers, zonesOf } from '../../workload-view';

/** Budgets against zones. */
export const budgetsAllowTheLossOfAZone: Rule = {
  id: 'TNC126',
  severity: AuditSeverity.NOTE,
  title: 'A budget allows as many disruptions as replicas stand in one zone',
  why: 'With a zone gone the budget is spent, and every drain in the others waits: no node can be repaired or upgraded until the replicas run elsewhere. A zone in maintenance is drained pod by pod.',
  remedy: 'Set maxUnavailable to the share of a zone, or suppress where quorum or load forbids that',
  source: 'WEB:docs/tasks/run-application/configure-pdb; proposal',
  check: tree => {
    const zones = zonesOf(tree).length;
    const budgets = tree.ofKind('PodDisruptionBudget').flatMap(at => {
      const workload = servers(tree).find(pods => pods.namespace === (at.namespace ?? 'default') && selects(field(at.manifest, 'spec', 'selector'), pods.labels));
      const replicas = workload && fewestReplicas(tree, workload);
      return replicas === undefined ? [] : [{ at, replicas, workload: workload!.name }];
    });
    if (zones < 2 || budgets.length === 0) { return NOT_APPLICABLE; }
    return budgets.flatMap(({ at, replicas, workload }) => {
      const max = field<number | string>(at.manifest, 'spec', 'maxUnavailable');
      const allowed = max !== undefined ? scaled(max, replicas) : replicas - scaled(field<number | string>(at.manifest, 'spec', 'minAvailable') ?? 0, replicas);
      const share = Math.ceil(replicas / zones);
      // A budget of none is the business of TNC105.
      return allowed <= 0 || allowed >= share ? [] : [{ at, detail: `${allowed} of the ${replicas} replicas of ${workload} may go, ${share} stand in one of ${zones} zones; use ${Math.ceil(100 / zones)} %` }];
    });
  },
};

/** The disruption controller rounds both fields up. */
function scaled(value: number | string, replicas: number): number {
  return typeof value === 'number' ? value : Math.ceil(parseInt(value, 10) * replicas / 100);
}
