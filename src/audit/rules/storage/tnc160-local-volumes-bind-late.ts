import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Binding of local volumes. */
export const localVolumesBindLate: Rule = {
  id: 'TNC160',
  severity: AuditSeverity.WARNING,
  title: 'Classes of local volumes wait for the first consumer',
  why: 'A claim that is bound before its pod is placed picks a node without room for it: the pod waits beside free disks.',
  remedy: 'Set volumeBindingMode: WaitForFirstConsumer',
  source: 'seed 1.9; WEB:docs/concepts/storage/storage-classes',
  check: tree => {
    const classes = tree.ofKind('StorageClass').filter(c => field(c.manifest, 'provisioner') === 'kubernetes.io/no-provisioner');
    if (classes.length === 0) { return NOT_APPLICABLE; }
    return classes.filter(c => field(c.manifest, 'volumeBindingMode') !== 'WaitForFirstConsumer').map(at => ({ at, detail: `volumeBindingMode is ${field(at.manifest, 'volumeBindingMode') ?? 'Immediate'}` }));
  },
};
