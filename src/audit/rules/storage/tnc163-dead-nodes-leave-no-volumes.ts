import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Local volumes of nodes that are gone. */
export const deadNodesLeaveNoVolumes: Rule = {
  id: 'TNC163',
  severity: AuditSeverity.WARNING,
  title: 'Volumes of a node that is gone are removed',
  why: 'The pod of a StatefulSet waits for ever for a disk of a machine that does not exist any more; among a thousand machines one dies every week.',
  remedy: 'Set setPVOwnerRef: "true" in the provisioner\'s configuration, or run the node cleanup controller',
  source: 'seed STORAGE-06; LSP:docs/node-cleanup-controller.md',
  check: tree => {
    const provisioners = tree.pods.filter(pods => containersOf(pods.spec).some(c => /local-volume-provisioner[:@]/.test(c.image ?? '')));
    if (provisioners.length === 0) { return NOT_APPLICABLE; }
    const cleaner = tree.pods.some(pods => containersOf(pods.spec).some(c => /local-volume-node-cleanup[:@]/.test(c.image ?? '')));
    return provisioners.filter(pods => !cleaner && !(pods.spec.volumes ?? []).some(volume => field(tree.find('ConfigMap', pods.namespace, volume.configMap?.name ?? '')?.manifest, 'data', 'setPVOwnerRef') === 'true'))
      .map(at => ({ at, detail: 'setPVOwnerRef is not true, and no cleanup controller is here' }));
  },
};
