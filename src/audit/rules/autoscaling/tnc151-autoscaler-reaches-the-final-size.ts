import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** --max-nodes-total against the plan. */
export const autoscalerReachesTheFinalSize: Rule = {
  id: 'TNC151',
  severity: AuditSeverity.WARNING,
  title: 'The node autoscaler may reach the planned final size',
  why: 'The limit counts control-plane machines too; one that is lower than the plan stops growth with pods waiting.',
  remedy: 'Leave --max-nodes-total to its derivation',
  source: 'CA@36:config/flags/flags.go',
  check: tree => {
    const limited = autoscalers(tree).filter(({ flags }) => Number(flags['max-nodes-total'] ?? 0) > 0);
    if (limited.length === 0) { return NOT_APPLICABLE; }
    return limited.filter(({ flags }) => Number(flags['max-nodes-total']) < tree.machines).map(({ at, flags }) => ({ at, detail: `--max-nodes-total is ${flags['max-nodes-total']}, ${tree.machines} machines are planned` }));
  },
};
