import { AuditSeverity } from '../../audit-severity';
import { gibibytes } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** What pods lose of a machine. */
export const reservationIsNoWaste: Rule = {
  id: 'TNC071',
  severity: AuditSeverity.WARNING,
  title: 'At most 15 % of a machine\'s memory is withheld from pods',
  why: 'On small machines with many pods the daemons take a fifth; on hundreds of nodes that is the price of dozens.',
  remedy: 'Use larger machines or fewer pods per node',
  source: 'EKSAMI; AKSDOC; GKEDOC (proposal)',
  check: tree => {
    const kubelets = tree.kubelets.filter(kubelet => kubelet.pool !== undefined);
    if (kubelets.length === 0) { return NOT_APPLICABLE; }
    return kubelets.flatMap(at => {
      const pool = tree.facts.pools.find(p => p.name === at.pool);
      const node = tree.nodeKinds.find(n => n.name === `pool ${at.pool}`);
      if (!pool || !node) { return []; }
      const total = pool.machine.memoryMebibytes * 2 ** 20;
      const withheld = total - node.memory;
      return withheld <= 0.15 * total ? [] : [{ at, detail: `${gibibytes(withheld)} of ${gibibytes(total)} (${Math.round(withheld / total * 100)} %)` }];
    });
  },
};
