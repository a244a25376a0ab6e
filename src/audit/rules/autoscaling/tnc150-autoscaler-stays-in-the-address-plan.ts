import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** --max-nodes-total against addresses. */
export const autoscalerStaysInTheAddressPlan: Rule = {
  id: 'TNC150',
  severity: AuditSeverity.ERROR,
  title: 'The node autoscaler stops before addresses run out',
  why: 'Machines beyond the ranges are paid for and never get an address, or their pods do not.',
  remedy: 'Set --max-nodes-total to at most what the ranges hold',
  source: 'seed CA-04; peers 2.15 no 2',
  check: tree => {
    const limited = autoscalers(tree).filter(({ flags }) => Number(flags['max-nodes-total'] ?? 0) > 0);
    if (limited.length === 0) { return NOT_APPLICABLE; }
    const machines = tree.facts.network.nodeAddresses - 2;
    return limited.flatMap(({ at, flags }) => {
      const limit = Number(flags['max-nodes-total']);
      return limit <= machines ? [] : [{ at, detail: `--max-nodes-total is ${limit}, ${tree.facts.network.nodeCidr} has ${machines} addresses` }];
    });
  },
};
