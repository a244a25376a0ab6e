import { AuditSeverity } from '../../audit-severity';
import { AuditPods, AuditTree } from '../../audit-tree';
import { field } from '../../field';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Local volumes of nodes that are gone. */
export const deadNodesLeaveNoVolumes: Rule = {
  id: 'TNC163',
  severity: AuditSeverity.WARNING,
  title: 'Claims on a node that is gone are freed',
  why: 'The pod of a StatefulSet waits for ever for a disk of a machine that does not exist any more; among a thousand machines one dies every week. An owner reference (setPVOwnerRef) does not help: a bound volume keeps its finalizer, and the pod its claim.',
  remedy: 'Run the node cleanup controller for the class (LostNodes.cleanUp), or follow the runbook storage-node-lost by hand and suppress',
  source: 'seed STORAGE-06; LSP:docs/node-cleanup-controller.md; conformance owner-references-free-no-pod',
  check: tree => {
    const provisioners = tree.pods.filter(pods => containersOf(pods.spec).some(c => /local-volume-provisioner[:@]/.test(c.image ?? '')));
    if (provisioners.length === 0) { return NOT_APPLICABLE; }
    const cleaned = tree.pods.flatMap(pods => containersOf(pods.spec)).filter(c => /local-volume-node-cleanup[:@]/.test(c.image ?? ''))
      .flatMap(c => (c.args ?? []).flatMap(argument => /^--storageclass-names=(.*)$/.exec(argument)?.[1].split(',') ?? []));
    const retained = tree.ofKind('StorageClass').filter(c => field(c.manifest, 'reclaimPolicy') === 'Retain').map(c => c.objectName);
    return provisioners.flatMap(at => classesOf(tree, at).filter(name => !cleaned.includes(name) && !retained.includes(name)).map(name => ({ at, detail: `no cleanup controller looks after class ${name}` })));
  },
};

/** Classes that a provisioner publishes; one nameless where its configuration is not in the tree. */
function classesOf(tree: AuditTree, pods: AuditPods): string[] {
  const texts = (pods.spec.volumes ?? []).flatMap(volume => field<string>(tree.find('ConfigMap', pods.namespace, volume.configMap?.name ?? '')?.manifest, 'data', 'storageClassMap') ?? []);
  const names = texts.flatMap(text => [...text.matchAll(/^([a-z0-9][a-z0-9.-]*):/gm)].map(match => match[1]));
  return names.length > 0 ? names : ['of its configuration'];
}
