import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Image pulls of a rollout. */
export const parallelPullsAreBounded: Rule = {
  id: 'TNC080',
  severity: AuditSeverity.WARNING,
  title: 'Parallel image pulls have a limit',
  why: 'Without one, a rollout on a thousand nodes is a storm on the registry and on every disk.',
  remedy: 'Set maxParallelImagePulls (3 to 10) with serializeImagePulls: false, from 1.27',
  source: 'seed KUBELET-05; KEP-3673',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    return tree.kubelets.filter(k => field(k.configuration, 'serializeImagePulls') === false && field(k.configuration, 'maxParallelImagePulls') === undefined)
      .map(at => ({ at, detail: 'serializeImagePulls is false, maxParallelImagePulls is missing' }));
  },
};
