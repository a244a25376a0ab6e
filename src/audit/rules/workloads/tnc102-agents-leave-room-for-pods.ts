import { AuditSeverity } from '../../audit-severity';
import { selectsNode, tolerates } from '../../pod-spec';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Requests of all agents of a node. */
export const agentsLeaveRoomForPods: Rule = {
  id: 'TNC102',
  severity: AuditSeverity.WARNING,
  title: 'Agents request at most 20 % of what a node offers',
  why: 'What every node runs is paid for a thousand times; on small machines it decides whether a workload fits at all.',
  remedy: 'Lower the requests, use larger machines, or run the agent on fewer pools',
  source: 'proposal',
  check: tree => {
    const agents = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet');
    if (agents.length === 0) { return NOT_APPLICABLE; }
    return tree.nodeKinds.filter(node => node.name !== 'control plane').flatMap(node => {
      const here = agents.filter(a => selectsNode(a.spec, node) && node.taints.every(t => t.effect === 'PreferNoSchedule' || tolerates(a.spec, t))).flatMap(a => a.spec.containers ?? []);
      const sum = (resource: string) => here.reduce((total, c) => total + (quantity(c.resources?.requests?.[resource]) ?? 0), 0);
      const shares = [{ what: 'cores', part: sum('cpu') / node.cpu }, { what: 'memory', part: sum('memory') / node.memory }];
      return shares.filter(s => s.part > 0.2).map(s => ({ at: tree.cluster, detail: `agents request ${Math.round(s.part * 100)} % of the ${s.what} of a node of ${node.name}` }));
    });
  },
};
