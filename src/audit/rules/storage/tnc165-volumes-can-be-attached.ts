import { AuditSeverity } from '../../audit-severity';
import { AuditPods, AuditTree } from '../../audit-tree';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { mostReplicas, servers } from '../../workload-view';

/** Network volumes against what machines can attach. */
export const volumesCanBeAttached: Rule = {
  id: 'TNC165',
  severity: AuditSeverity.WARNING,
  title: 'The nodes can attach the network volumes of all StatefulSets',
  why: 'A machine attaches a few dozen volumes, whatever room it has: beyond them pods stay pending on nodes that look free, and an autoscaler that does not count volumes adds none.',
  remedy: 'Add nodes, use fewer and larger volumes, or machines that attach more',
  source: 'storage.md section 4; WEB:docs/concepts/storage/storage-limits',
  check: tree => {
    const pools = tree.facts.pools.filter(pool => pool.machine.attachableVolumes !== undefined);
    const owners = servers(tree).map(at => ({ at, claims: networkClaims(tree, at) })).filter(({ claims }) => claims > 0);
    // A pool that says nothing may attach any number.
    if (pools.length === 0 || pools.length < tree.facts.pools.length || owners.length === 0) { return NOT_APPLICABLE; }
    const room = pools.reduce((sum, pool) => sum + pool.nodes * pool.machine.attachableVolumes!, 0);
    const wanted = owners.reduce((sum, { at, claims }) => sum + claims * (mostReplicas(tree, at) ?? 1), 0);
    return wanted <= room ? [] : [{ at: tree.cluster, detail: `${wanted} volumes are claimed, ${pools.map(pool => `${pool.nodes} nodes of ${pool.name} attach ${pool.machine.attachableVolumes} each`).join(', ')}: ${room}` }];
  },
};

/** Claims of one pod whose class has a driver. */
function networkClaims(tree: AuditTree, pods: AuditPods): number {
  const local = tree.ofKind('StorageClass').filter(c => field(c.manifest, 'provisioner') === 'kubernetes.io/no-provisioner').map(c => c.objectName);
  const templates = field<object[]>(pods.owner.manifest, 'spec', 'volumeClaimTemplates') ?? [];
  return templates.filter(claim => !local.includes(field<string>(claim, 'spec', 'storageClassName') ?? '')).length;
}
