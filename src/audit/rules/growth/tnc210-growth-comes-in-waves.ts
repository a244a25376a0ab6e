import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Largest step. */
const STEP = 0.1;

/** The way from today's size to the planned one. */
export const growthComesInWaves: Rule = {
  id: 'TNC210',
  severity: AuditSeverity.NOTE,
  title: 'Growth to the planned size is taken in waves of at most 10 %',
  why: 'A fifth more nodes at once pull images, list everything and renew leases in the same minutes: what bends is found when it breaks. A wave with a pause shows it first.',
  remedy: 'Raise nodesToday wave by wave, look at latency and etcd in between, and suppress with the plan',
  source: 'seed TEXT-01; EKSBP:scalability/control-plane',
  check: tree => {
    const { nodes, nodesToday } = tree.facts;
    // A construct used alone says nothing of how its cluster grows.
    if (nodesToday === 0 || tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    let waves = 0;
    for (let size = nodesToday; size < nodes; size += Math.max(1, Math.floor(size * STEP))) { waves++; }
    return waves <= 1 ? [] : [{ at: tree.cluster, detail: `${nodesToday} to ${nodes} nodes are ${waves} waves` }];
  },
};
