import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { Quantities } from '../../pod-spec';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Maximum of an autoscaler against the quota of its namespace. */
export const hpaMaximumFitsTheQuota: Rule = {
  id: 'TNC129',
  severity: AuditSeverity.WARNING,
  title: 'The maximum of an HPA fits the ResourceQuota of its namespace',
  why: 'Pods beyond the quota are refused, not queued: the workload stops growing in the promotion it was sized for, and only an event of the ReplicaSet says why.',
  remedy: 'Raise the quota, or lower maxReplicas',
  source: 'peers 2.15 no 12; hpa.md section 4',
  check: tree => {
    const pairs = tree.ofKind('HorizontalPodAutoscaler').flatMap(at => tree.ofKind('ResourceQuota').filter(quota => quota.namespace === at.namespace).map(quota => ({ at, quota })));
    if (pairs.length === 0) { return NOT_APPLICABLE; }
    return pairs.flatMap(({ at, quota }) => {
      const target = tree.pods.find(pods => pods.owner.kind === field(at.manifest, 'spec', 'scaleTargetRef', 'kind') && pods.owner.objectName === field(at.manifest, 'spec', 'scaleTargetRef', 'name')
        && pods.namespace === (at.namespace ?? 'default'));
      const max = field<number>(at.manifest, 'spec', 'maxReplicas') ?? 0;
      const hard = field<Quantities>(quota.manifest, 'spec', 'hard') ?? {};
      return Object.entries(hard).flatMap(([name, limit]) => {
        const resource = name.replace(/^requests\./, '');
        const each = name === 'pods' || name === 'count/pods' ? 1
          : ['cpu', 'memory'].includes(resource) ? (target?.spec.containers ?? []).reduce((sum, c) => sum + (quantity(c.resources?.requests?.[resource]) ?? 0), 0) : 0;
        const room = each === 0 ? Infinity : Math.floor((quantity(limit) ?? Infinity) / each);
        return max <= room ? [] : [{ at, detail: `maxReplicas ${max}, ${quota.name} has ${name} ${limit} for ${room}` }];
      });
    });
  },
};
