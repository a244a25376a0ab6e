import { AuditSeverity } from '../../audit-severity';
import { selectsNode, tolerates } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Agents against taints of pools. */
export const agentsToleratePoolTaints: Rule = {
  id: 'TNC101',
  severity: AuditSeverity.WARNING,
  title: 'A DaemonSet that selects a pool tolerates its taints',
  why: 'Nodes of that pool run without logs, metrics, DNS cache or volumes, and nobody notices until they are needed.',
  remedy: 'Add the toleration, or a nodeSelector that leaves the pool out',
  source: 'WEB:docs/concepts/scheduling-eviction/taint-and-toleration',
  check: tree => {
    const agents = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet');
    if (agents.length === 0) { return NOT_APPLICABLE; }
    return agents.flatMap(at => tree.nodeKinds.filter(node => node.name !== 'control plane' && selectsNode(at.spec, node)).flatMap(node => {
      const hard = node.taints.filter(taint => taint.effect !== 'PreferNoSchedule' && !tolerates(at.spec, taint));
      return hard.map(taint => ({ at, detail: `${node.name} has taint ${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}` }));
    }));
  },
};
