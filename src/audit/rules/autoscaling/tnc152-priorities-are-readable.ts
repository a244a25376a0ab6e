import { AuditSeverity } from '../../audit-severity';
import { autoscalers, priorities, usesPriorities } from '../../autoscaler-view';
import { Breach, NOT_APPLICABLE, Rule } from '../../rule';

/** ConfigMap of the priority expander. */
export const prioritiesAreReadable: Rule = {
  id: 'TNC152',
  severity: AuditSeverity.ERROR,
  title: 'The priority expander finds its ConfigMap with regular expressions',
  why: 'Without it, or with an expression that is none, the expander of older versions returns nothing: no scale-up ever happens.',
  remedy: 'Write ConfigMap cluster-autoscaler-priority-expander with key priorities in the autoscaler\'s namespace',
  source: 'seed CA-01; CA@36 expander/priority',
  check: tree => {
    const users = autoscalers(tree).filter(usesPriorities);
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.flatMap((user): Breach[] => {
      const { map, expressions } = priorities(tree, user);
      if (!map || !expressions) { return [{ at: user.at, detail: `ConfigMap ${user.flags.namespace ?? 'kube-system'}/cluster-autoscaler-priority-expander ${map ? 'has no key priorities' : 'is missing'}` }]; }
      return expressions.filter(({ pattern }) => pattern === undefined).map(({ text }) => ({ at: map, detail: `${text} is no regular expression` }));
    });
  },
};
