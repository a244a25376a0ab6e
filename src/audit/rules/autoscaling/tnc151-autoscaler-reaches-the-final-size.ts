import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** --max-nodes-total against the plan. */
export const autoscalerReachesTheFinalSize: Rule = {
  id: 'TNC151',
  severity: AuditSeverity.WARNING,
  title: 'The node autoscaler has a limit and may reach the planned final size',
  why: 'The limit counts control-plane machines too; one that is lower than the plan stops growth with pods waiting, none lets one wrong Deployment buy machines without end.',
  remedy: 'Leave --max-nodes-total to its derivation',
  source: 'seed CA-04; CA@36:config/flags/flags.go',
  check: tree => {
    const found = autoscalers(tree);
    if (found.length === 0) { return NOT_APPLICABLE; }
    return found.flatMap(({ at, flags }) => {
      const limit = Number(flags['max-nodes-total'] ?? 0);
      if (limit === 0) { return [{ at, detail: '--max-nodes-total is not set: nothing bounds cost and load of the control plane' }]; }
      return limit >= tree.machines ? [] : [{ at, detail: `--max-nodes-total is ${limit}, ${tree.machines} machines are planned` }];
    });
  },
};
