import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Nodes that look ready before their cards are. */
export const gpuNodesWaitForTheirCards: Rule = {
  id: 'TNC158',
  severity: AuditSeverity.WARNING,
  title: 'The autoscaler knows a startup taint for nodes with accelerators',
  why: 'A GPU node is ready minutes before its cards are published: the autoscaler sees a ready node that did not help and adds another, the dearest ones there are.',
  remedy: 'Set --startup-taint, before 1.29 --ignore-taint, to the taint that these nodes boot with and lose when the cards are there',
  source: 'seed CA-13; CA@30',
  check: tree => {
    const found = autoscalers(tree);
    if (found.length === 0 || tree.facts.gpuPools.length === 0) { return NOT_APPLICABLE; }
    // Older releases know the same flag as --ignore-taint.
    return found.filter(({ flags }) => ['startup-taint', 'startup-taint-prefix', 'ignore-taint'].every(name => flags[name] === undefined))
      .map(({ at }) => ({ at, detail: `--startup-taint is not set, ${tree.facts.gpuPools.map(pool => `pool ${pool.name}`).join(', ')} ${tree.facts.gpuPools.length === 1 ? 'has' : 'have'} accelerators` }));
  },
};
