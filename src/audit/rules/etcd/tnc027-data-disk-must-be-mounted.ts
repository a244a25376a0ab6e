import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Types that fail when the disk is not there: of a hostPath, and of a unit that asserts a mount point. */
const STRICT = ['Directory', 'Mount'];

/** Folders of data and log. */
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
    // The log's folder lies below its mount: etcd makes and renames it.
    const holds = (folder: string | undefined, mount: string) => folder !== undefined && (folder === mount || folder.startsWith(`${mount}/`));
    return members.flatMap(at => at.mounts.filter(mount => (holds(at.flags['data-dir'], mount.path) || holds(at.flags['wal-dir'], mount.path)) && !STRICT.includes(mount.type))
      .map(mount => ({ at, detail: `${mount.path} has type ${mount.type || 'none'}` })));
  },
};
