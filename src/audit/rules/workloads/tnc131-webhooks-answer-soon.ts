import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { webhooks } from '../../webhook-view';

/** How long a write may wait for a webhook. */
export const webhooksAnswerSoon: Rule = {
  id: 'TNC131',
  severity: AuditSeverity.NOTE,
  title: 'A webhook has at most five seconds',
  why: 'A write holds its seat while it waits: with the default of ten seconds a slow webhook takes the seats of an API server from everybody, also from those it does not look at.',
  remedy: 'Set timeoutSeconds to 5 or less',
  source: 'proposal',
  check: tree => {
    const found = webhooks(tree);
    if (found.length === 0) { return NOT_APPLICABLE; }
    return found.flatMap(({ at, hook, name }) => {
      const seconds = field<number>(hook, 'timeoutSeconds') ?? 10;
      return seconds <= 5 ? [] : [{ at, detail: `webhook ${name} may take ${seconds} s` }];
    });
  },
};
