import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Group minimums of pools with local volumes. */
export const localPoolsKeepTheirSize: Rule = {
  id: 'TNC154',
  severity: AuditSeverity.WARNING,
  title: 'A pool with local disks is not scaled below its size today',
  why: 'A volume on a local disk pins its pod to the node; when the node goes, the claim points at a disk that does not exist and the pod waits for ever.',
  remedy: 'Set the group\'s minimum to the nodes of today',
  source: 'peers 2.15 no 13; kubernetes/autoscaler#1658',
  check: tree => {
    const groups = autoscalers(tree).flatMap(({ at, groups: own }) => own.map(group => ({ at, group })));
    const pools = tree.facts.pools.filter(pool => pool.machine.localDisks !== undefined);
    const pairs = pools.flatMap(pool => groups.filter(({ group }) => new RegExp(`(^|[^a-z0-9])${pool.name}([^a-z0-9]|$)`).test(group.name)).map(entry => ({ ...entry, pool })));
    // Groups that the cloud lists itself are not known here.
    if (pairs.length === 0) { return NOT_APPLICABLE; }
    return pairs.filter(({ group, pool }) => group.min < pool.nodesToday).map(({ at, group, pool }) => ({ at, detail: `group ${group.name} may shrink to ${group.min}, pool ${pool.name} has ${pool.nodesToday} nodes` }));
  },
};
