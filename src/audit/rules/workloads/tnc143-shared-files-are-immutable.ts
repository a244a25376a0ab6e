import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selectsNode } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Configuration that every node mounts. */
export const sharedFilesAreImmutable: Rule = {
  id: 'TNC143',
  severity: AuditSeverity.WARNING,
  title: 'A ConfigMap that a DaemonSet mounts on more than 200 nodes is immutable',
  why: 'Every kubelet watches what its pods mount: one object is a watch per node, and one wrong edit reaches all nodes within a minute, past every rollout.',
  remedy: 'Set immutable: true and put a hash of the content in the name, so that a change is a rollout',
  source: 'EKSBP:scalability/workloads',
  check: tree => {
    const mounted = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet').map(pods => ({ pods, nodes: tree.nodesOf(pods, selectsNode) })).filter(({ nodes }) => nodes > 200)
      .flatMap(({ pods, nodes }) => (pods.spec.volumes ?? []).flatMap(volume => {
        const at = tree.find('ConfigMap', pods.namespace, volume.configMap?.name ?? '') ?? tree.find('Secret', pods.namespace, volume.secret?.secretName ?? '');
        return at ? [{ at, pods, nodes }] : [];
      }));
    if (mounted.length === 0) { return NOT_APPLICABLE; }
    return mounted.filter(({ at }) => field(at.manifest, 'immutable') !== true).map(({ at, pods, nodes }) => ({ at, detail: `${pods.name} mounts it on ${nodes} nodes` }));
  },
};
