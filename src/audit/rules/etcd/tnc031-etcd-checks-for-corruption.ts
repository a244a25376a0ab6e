import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Members that diverged. */
export const etcdChecksForCorruption: Rule = {
  id: 'TNC031',
  severity: AuditSeverity.WARNING,
  title: 'etcd members compare their data with the others at start',
  why: 'A member that diverged answers with data that nobody wrote; without the check it does so silently.',
  remedy: 'Switch on InitialCorruptCheck (up to 3.5: --experimental-initial-corrupt-check=true)',
  source: 'seed ETCD-13; ETCDW@v3.6 op-guide/data_corruption',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    return members.filter(m => m.flags['experimental-initial-corrupt-check'] !== 'true' && !/(^|,)InitialCorruptCheck=true(,|$)/.test(m.flags['feature-gates'] ?? ''))
      .map(at => ({ at, detail: 'the check is off' }));
  },
};
