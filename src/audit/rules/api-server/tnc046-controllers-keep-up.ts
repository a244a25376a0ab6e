import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Client rate of the controller manager against the nodes. */
export const controllersKeepUp: Rule = {
  id: 'TNC046',
  severity: AuditSeverity.WARNING,
  title: 'The controller manager makes all nodes schedulable within two minutes',
  why: 'It needs about four requests per node; while it queues behind its own limit, pods of failed nodes are not replaced and rollouts stand still.',
  remedy: 'Raise --kube-api-qps and --kube-api-burst; 100 and 200 pass 1,200 nodes in 53 s',
  source: 'seed API-16; MEAS',
  check: tree => {
    const managers = tree.component('kube-controller-manager');
    if (managers.length === 0) { return NOT_APPLICABLE; }
    return managers.flatMap(at => {
      const qps = Number(at.flags['kube-api-qps'] ?? 20);
      const needed = Math.ceil(4 * tree.facts.nodes / 120);
      return qps >= needed ? [] : [{ at, detail: `--kube-api-qps is ${qps}, ${tree.facts.nodes} nodes need ${needed}` }];
    });
  },
};
