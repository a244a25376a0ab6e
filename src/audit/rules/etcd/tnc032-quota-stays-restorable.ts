import { AuditSeverity } from '../../audit-severity';
import { gibibytes } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Upper end of the quota. */
export const quotaStaysRestorable: Rule = {
  id: 'TNC032',
  severity: AuditSeverity.NOTE,
  title: 'The etcd quota is at most 8 GiB',
  why: 'etcd itself warns above that: start, defragmentation and restore take longer with every gigabyte, and a restore needs the space twice. Upstream tests 20 GiB on one large machine only.',
  remedy: 'Split resources over rings before growing further, or suppress with the time that a restore of this size took',
  source: 'ETCDW@v3.6 dev-guide/limit; KOPSSC',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    return members.flatMap(at => {
      const quota = Number(at.flags['quota-backend-bytes'] ?? 0) || 0;
      return quota <= 8 * 2 ** 30 ? [] : [{ at, detail: `quota ${gibibytes(quota)}; a restore needs ${gibibytes(2 * quota)} of disk` }];
    });
  },
};
