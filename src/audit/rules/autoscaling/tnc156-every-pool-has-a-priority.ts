import { AuditSeverity } from '../../audit-severity';
import { autoscalers, priorities, usesPriorities } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Priorities against pools. */
export const everyPoolHasAPriority: Rule = {
  id: 'TNC156',
  severity: AuditSeverity.WARNING,
  title: 'The priority expander has a priority for every pool',
  why: 'A group that no expression matches is never chosen while another can grow: its pods wait, or land on machines that cost more.',
  remedy: 'Add an expression for the groups of the pool, with .* last',
  source: 'seed CA-01; CA@36 expander/priority',
  check: tree => {
    const users = autoscalers(tree).filter(usesPriorities).map(user => priorities(tree, user))
      .flatMap(({ map, expressions }) => (map && expressions ? [{ at: map, expressions }] : []));
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.flatMap(({ at, expressions }) => tree.facts.pools.filter(pool => !expressions.some(({ pattern }) => pattern?.test(pool.name)))
      .map(pool => ({ at, detail: `no expression matches pool ${pool.name}` })));
  },
};
