import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selectsNode } from '../../pod-spec';
import { share } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Waves of a rollout. */
export const agentRolloutsEndWithinADay: Rule = {
  id: 'TNC103',
  severity: AuditSeverity.WARNING,
  title: 'A DaemonSet on more than 200 nodes is replaced in at most 200 waves',
  why: 'One node at a time is the default: at a minute each, 1,200 nodes take 20 hours, and a security fix waits for the last of them.',
  remedy: 'Set updateStrategy.rollingUpdate.maxUnavailable to a percentage',
  source: 'seed LOG-12; EKSBP:scalability/workloads',
  check: tree => {
    const agents = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet' && field(pods.owner.manifest, 'spec', 'updateStrategy', 'type') !== 'OnDelete')
      .map(at => ({ at, nodes: tree.nodesOf(at, selectsNode) })).filter(agent => agent.nodes > 200);
    if (agents.length === 0) { return NOT_APPLICABLE; }
    return agents.flatMap(({ at, nodes }) => {
      const update = field(at.owner.manifest, 'spec', 'updateStrategy', 'rollingUpdate');
      const surge = share(field<number | string>(update, 'maxSurge'), nodes) ?? 0;
      const atOnce = Math.max(1, surge, share(field<number | string>(update, 'maxUnavailable'), nodes) ?? 1);
      const waves = Math.ceil(nodes / atOnce);
      const hours = Math.round(waves * (60 + (field<number>(at.owner.manifest, 'spec', 'minReadySeconds') ?? 0)) / 3600);
      return waves <= 200 ? [] : [{ at, detail: `${nodes} nodes, ${atOnce} at a time: ${waves} waves, about ${hours} hours` }];
    });
  },
};
