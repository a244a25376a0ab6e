import { autoscalerMemory } from '../../../capacity/autoscaler-capacity';
import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Memory of the node autoscaler. */
export const autoscalerHasMemory: Rule = {
  id: 'TNC157',
  severity: AuditSeverity.WARNING,
  title: 'The node autoscaler has the memory that the nodes need',
  why: 'It holds every node and pod and copies them to simulate: with 600 MB it was killed at 340 nodes, each time in the middle of a step of growth.',
  remedy: 'Leave the memory to ScaledAutoscaler, request equal to limit',
  source: 'kubernetes/autoscaler#7873; EKSBP:scalability/control-plane; the formula is an estimate',
  check: tree => {
    const found = autoscalers(tree);
    if (found.length === 0) { return NOT_APPLICABLE; }
    const needed = autoscalerMemory(tree.facts.nodes).value;
    return found.flatMap(({ at, image }) => {
      const container = (at.spec.containers ?? []).find(c => c.image === image);
      const memory = quantity(container?.resources?.limits?.memory ?? container?.resources?.requests?.memory) ?? 0;
      return memory >= needed * 2 ** 20 ? [] : [{ at, detail: `${Math.round(memory / 2 ** 20)} MiB, ${tree.facts.nodes} nodes need about ${needed} MiB` }];
    });
  },
};
