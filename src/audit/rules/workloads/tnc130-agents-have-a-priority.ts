import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Priority of agents. */
export const agentsHaveAPriority: Rule = {
  id: 'TNC130',
  severity: AuditSeverity.WARNING,
  title: 'Every DaemonSet names a priority class',
  why: 'Without one an agent has priority 0: on full nodes it stays pending behind workloads, and under pressure the kubelet evicts it first, on hundreds of nodes in the same promotion.',
  remedy: 'Set priorityClassName: system-node-critical, or a class of your own above the workloads',
  source: 'peers 2.2; WEB:docs/concepts/scheduling-eviction/pod-priority-preemption',
  check: tree => {
    const agents = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet');
    if (agents.length === 0) { return NOT_APPLICABLE; }
    return agents.filter(pods => (pods.spec.priorityClassName ?? '') === '').map(at => ({ at, detail: 'priorityClassName is missing' }));
  },
};
