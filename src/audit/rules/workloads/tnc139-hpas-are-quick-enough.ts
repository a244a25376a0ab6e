import { scalingPath } from '../../../capacity/hpa-capacity';
import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { scaleUpRules } from '../../hpa-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Most seconds from the minimum to the maximum. */
const MOST_SECONDS = 300;

/** Speed of an autoscaler. */
export const hpasAreQuickEnough: Rule = {
  id: 'TNC139',
  severity: AuditSeverity.WARNING,
  title: 'An HPA gets from its minimum to its maximum in five minutes',
  why: 'Policies that look generous are often slower than none: 20 % and 10 pods a minute take twelve minutes from 10 to 200 replicas, Kubernetes\' own rules 75 seconds. Load does not wait.',
  remedy: 'Leave behavior to HpaBehavior.promotion() or to Kubernetes, use larger policies, or raise minReplicas before the event',
  source: 'seed HPA-03; API@36 autoscaling/v2 types.go; five minutes are a proposal',
  check: tree => {
    const scalers = tree.ofKind('HorizontalPodAutoscaler');
    if (scalers.length === 0) { return NOT_APPLICABLE; }
    return scalers.flatMap(at => {
      const min = Math.max(1, field<number>(at.manifest, 'spec', 'minReplicas') ?? 1);
      const max = field<number>(at.manifest, 'spec', 'maxReplicas') ?? min;
      const rules = scaleUpRules(at);
      const path = max <= min ? undefined : scalingPath(min, max, rules);
      const seconds = (path?.secondsFullPeriods ?? 0) + rules.stabilizationWindowSeconds;
      return path === undefined || seconds <= MOST_SECONDS ? [] : [{ at, detail: `${min} to ${max} replicas take ${seconds} s` }];
    });
  },
};
