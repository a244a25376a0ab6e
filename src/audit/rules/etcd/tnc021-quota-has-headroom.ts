import { etcdMainQuota } from '../../../capacity/etcd-capacity';
import { etcdMainSize } from '../../../capacity/etcd-write-capacity';
import { AuditSeverity } from '../../audit-severity';
import { gibibytes } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Space for history and fragmentation. */
export const quotaHasHeadroom: Rule = {
  id: 'TNC021',
  severity: AuditSeverity.WARNING,
  title: 'Planned objects take at most 60 % of the etcd quota',
  why: 'History between compactions and free pages between defragmentations fill the rest; a restore needs room too.',
  remedy: 'Raise quotaBackendBytes or leave it out',
  source: 'ETCDW@v3.6 dev-guide/limit; KOPSSC (proposal)',
  check: tree => {
    const members = tree.component('etcd').filter(pod => !/events|leases/.test(pod.ring));
    if (members.length === 0) { return NOT_APPLICABLE; }
    const size = etcdMainSize(tree.facts.fleet);
    return members.flatMap(at => {
      const quota = Number(at.flags['quota-backend-bytes'] ?? 2 * 2 ** 30) || 2 * 2 ** 30;
      // Above the quota it is the error of TNC020.
      return size.value <= 0.6 * quota || size.value > quota ? []
        : [{ at, detail: `about ${gibibytes(size.value)} of ${gibibytes(quota)}; ${gibibytes(etcdMainQuota(size).value)} would do` }];
    });
  },
};
