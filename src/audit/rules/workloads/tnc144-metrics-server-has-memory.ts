import { metricsServerMemory } from '../../../capacity/hpa-capacity';
import { AuditSeverity } from '../../audit-severity';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** metrics-server against the nodes. */
export const metricsServerHasMemory: Rule = {
  id: 'TNC144',
  severity: AuditSeverity.WARNING,
  title: 'metrics-server has the memory that the nodes need',
  why: 'It keeps every pod of every node: with the memory of a small cluster it is killed in a loop, and all HPAs stand still.',
  remedy: 'Request and limit 2 MiB per node; replicas do not share the load',
  source: 'MS; peers 2.15 no 11',
  check: tree => {
    const needed = metricsServerMemory(tree.machines).value * 2 ** 20;
    const found = tree.pods.flatMap(at => (at.spec.containers ?? []).filter(c => /(^|\/)metrics-server[:@]/.test(c.image ?? '')).map(c => ({ at, memory: quantity(c.resources?.limits?.memory ?? c.resources?.requests?.memory) })));
    if (found.length === 0) { return NOT_APPLICABLE; }
    return found.filter(({ memory }) => (memory ?? 0) < needed).map(({ at, memory }) => ({ at, detail: `${Math.round((memory ?? 0) / 2 ** 20)} MiB, ${tree.machines} kubelets need ${needed / 2 ** 20} MiB` }));
  },
};
