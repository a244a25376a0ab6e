import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { zonesOf } from '../../workload-view';

/** Network volumes and zones. */
export const volumesFollowTheirPods: Rule = {
  id: 'TNC164',
  severity: AuditSeverity.WARNING,
  title: 'With several zones, a network volume is made where its pod is scheduled',
  why: 'Immediate binding picks a zone before the scheduler has looked: the pod is then tied to a zone that may have no room, and no autoscaler can help.',
  remedy: 'Set volumeBindingMode: WaitForFirstConsumer',
  source: 'storage.md section 4; WEB:docs/concepts/storage/storage-classes',
  check: tree => {
    const classes = tree.ofKind('StorageClass').filter(object => field(object.manifest, 'provisioner') !== 'kubernetes.io/no-provisioner');
    if (classes.length === 0 || zonesOf(tree).length < 2) { return NOT_APPLICABLE; }
    return classes.filter(object => field(object.manifest, 'volumeBindingMode') !== 'WaitForFirstConsumer')
      .map(at => ({ at, detail: `volumeBindingMode is ${field(at.manifest, 'volumeBindingMode') ?? 'Immediate by default'}, nodes stand in ${zonesOf(tree).join(', ')}` }));
  },
};
