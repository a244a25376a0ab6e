import { etcdMainSize } from '../../../capacity/etcd-write-capacity';
import { AuditSeverity } from '../../audit-severity';
import { gibibytes } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Data of the final size against the quota. */
export const quotaHoldsPlannedObjects: Rule = {
  id: 'TNC020',
  severity: AuditSeverity.ERROR,
  title: 'The etcd quota holds the planned objects',
  why: 'A full etcd takes reads and deletes only, for the whole cluster: kubelets fail to renew, nodes turn NotReady.',
  remedy: 'Raise quotaBackendBytes or leave it out',
  source: 'seed ETCD-06; ETCDW@v3.6 dev-guide/limit',
  check: tree => {
    const members = tree.component('etcd').filter(pod => !/events|leases/.test(pod.ring));
    if (members.length === 0) { return NOT_APPLICABLE; }
    const size = etcdMainSize(tree.facts.fleet).value;
    return members.flatMap(at => {
      const quota = Number(at.flags['quota-backend-bytes'] ?? 2 * 2 ** 30) || 2 * 2 ** 30;
      return size <= quota ? [] : [{ at, detail: `quota is ${gibibytes(quota)}, ${tree.facts.pods} pods and ${tree.facts.nodes} nodes take about ${gibibytes(size)}` }];
    });
  },
};
