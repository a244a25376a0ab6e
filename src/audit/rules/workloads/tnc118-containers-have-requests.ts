import { AuditSeverity } from '../../audit-severity';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Requests. */
export const containersHaveRequests: Rule = {
  id: 'TNC118',
  severity: AuditSeverity.WARNING,
  title: 'Every container requests CPU and memory',
  why: 'Without requests the scheduler packs blindly and the pod is the first to go when a node is full; an HPA on utilisation does not work at all.',
  remedy: 'Set resources.requests',
  source: 'seed ETCD-10, HPA-05',
  check: tree => {
    if (tree.pods.length === 0) { return NOT_APPLICABLE; }
    return tree.pods.flatMap(at => containersOf(at.spec).flatMap(c => {
      const missing = ['cpu', 'memory'].filter(resource => (c.resources?.requests ?? c.resources?.limits)?.[resource] === undefined);
      return missing.length === 0 ? [] : [{ at, detail: `container ${c.name} requests no ${missing.join(' and no ')}` }];
    }));
  },
};
