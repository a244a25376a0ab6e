import { AuditSeverity } from '../../audit-severity';
import { AuditObject, AuditTree } from '../../audit-tree';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { fewestReplicas, servers } from '../../workload-view';

/** Data on one local disk. */
export const localDataHaveReplicas: Rule = {
  id: 'TNC166',
  severity: AuditSeverity.WARNING,
  title: 'What lies on local disks has replicas on other nodes',
  why: 'A local volume is lost with its disk or its node, and nobody brings it back: a single replica is a loss that waits for its day.',
  remedy: 'Run two replicas or more that copy from each other, or use a network class; back up in any case',
  source: 'LSP:README.md; seed STORAGE-06',
  check: tree => {
    const local = localClasses(tree);
    const owners = servers(tree).filter(pods => claimTemplates(pods.owner).some(claim => local.includes(field<string>(claim, 'spec', 'storageClassName') ?? '')));
    if (owners.length === 0) { return NOT_APPLICABLE; }
    return owners.filter(at => (fewestReplicas(tree, at) ?? 1) < 2).map(at => ({ at, detail: 'one replica on a local disk' }));
  },
};

/** Names of the classes without a driver. */
export function localClasses(tree: AuditTree): string[] {
  return tree.ofKind('StorageClass').filter(c => field(c.manifest, 'provisioner') === 'kubernetes.io/no-provisioner').map(c => c.objectName);
}

export function claimTemplates(owner: AuditObject): object[] {
  return field<object[]>(owner.manifest, 'spec', 'volumeClaimTemplates') ?? [];
}
