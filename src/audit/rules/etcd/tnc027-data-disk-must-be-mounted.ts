import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Type of the data directory's hostPath. */
export const dataDiskMustBeMounted: Rule = {
  id: 'TNC027',
  severity: AuditSeverity.ERROR,
  title: 'etcd does not create its data directory',
  why: 'When the data disk fails to mount, a directory that is made on demand lets the member start empty on the root disk and lose what it had promised.',
  remedy: 'Use hostPath type Directory',
  source: 'seed ETCD-14',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    return members.flatMap(at => at.mounts.filter(mount => mount.path === at.flags['data-dir'] && mount.type !== 'Directory')
      .map(mount => ({ at, detail: `${mount.path} has type ${mount.type || 'none'}` })));
  },
};
