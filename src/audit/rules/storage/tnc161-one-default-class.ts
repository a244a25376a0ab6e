import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Default StorageClasses. */
export const oneDefaultClass: Rule = {
  id: 'TNC161',
  severity: AuditSeverity.WARNING,
  title: 'At most one StorageClass is the default',
  why: 'With two, the newer one wins (before 1.26 claims are refused): data lands on a disk that nobody meant.',
  remedy: 'Leave the annotation on one class',
  source: 'WEB:docs/tasks/administer-cluster/change-default-storage-class',
  check: tree => {
    const defaults = tree.ofKind('StorageClass').filter(c => field(c.manifest, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true');
    if (defaults.length === 0) { return NOT_APPLICABLE; }
    return defaults.slice(1).map(at => ({ at, detail: `${defaults[0].objectName} is one already` }));
  },
};
