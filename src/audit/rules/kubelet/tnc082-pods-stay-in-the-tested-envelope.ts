import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { Rule } from '../../rule';

/** Pods per node and in total against what upstream tests. */
export const podsStayInTheTestedEnvelope: Rule = {
  id: 'TNC082',
  severity: AuditSeverity.WARNING,
  title: 'Nodes and pods stay within what Kubernetes is tested with',
  why: 'Beyond 5,000 nodes, 150,000 pods or 110 pods per node nobody has measured that the service levels hold.',
  remedy: 'Plan a second cluster, or rehearse this one',
  source: 'WEB:docs/setup/best-practices/cluster-large; SIGSC:configs-and-limits/thresholds.md',
  check: tree => {
    const { nodes, pods } = tree.facts;
    return [
      ...(nodes > 5000 ? [{ at: tree.cluster, detail: `${nodes} nodes are planned, 5,000 are tested` }] : []),
      ...(pods > 150_000 ? [{ at: tree.cluster, detail: `${pods} pods are planned, 150,000 are tested` }] : []),
      ...tree.kubelets.filter(k => (field<number>(k.configuration, 'maxPods') ?? 110) > 110).map(at => ({ at, detail: `maxPods is ${field(at.configuration, 'maxPods')}, 110 is tested` })),
    ];
  },
};
