import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Growth that no node autoscaler can follow. */
export const promotionsFindNodes: Rule = {
  id: 'TNC145',
  severity: AuditSeverity.NOTE,
  title: 'A workload that may grow tenfold has its nodes before the load comes',
  why: 'An HPA reacts in seconds, a machine takes minutes: the replicas of a promotion wait for nodes exactly while the customers do.',
  remedy: 'Raise minReplicas before the event, or keep room with pods of low priority, and suppress with which of both',
  source: 'seed HPA-08; EKSBP:scalability/control-plane',
  check: tree => {
    const scalers = tree.ofKind('HorizontalPodAutoscaler');
    if (scalers.length === 0) { return NOT_APPLICABLE; }
    return scalers.flatMap(at => {
      const min = Math.max(1, field<number>(at.manifest, 'spec', 'minReplicas') ?? 1);
      const max = field<number>(at.manifest, 'spec', 'maxReplicas') ?? min;
      return max < 10 * min || max < 100 ? [] : [{ at, detail: `${min} to ${max} replicas: ${max - min} of them find no place on nodes that are full` }];
    });
  },
};
