import { AuditSeverity } from '../../audit-severity';
import { gibibytes } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Memory of a member against its quota. */
export const etcdMemoryExceedsQuota: Rule = {
  id: 'TNC022',
  severity: AuditSeverity.WARNING,
  title: 'An etcd member requests more memory than its quota',
  why: 'The backend file is mapped into memory; a member that has grown towards its quota is killed, restarts, maps it again and is killed again.',
  remedy: 'Request quota plus 1 GiB, or lower the quota',
  source: 'kubernetes-sigs/kubespray#3053',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    return members.flatMap(at => {
      const quota = Number(at.flags['quota-backend-bytes'] ?? 2 * 2 ** 30) || 2 * 2 ** 30;
      return at.memory >= quota ? [] : [{ at, detail: `request ${gibibytes(at.memory)}, quota ${gibibytes(quota)}` }];
    });
  },
};
