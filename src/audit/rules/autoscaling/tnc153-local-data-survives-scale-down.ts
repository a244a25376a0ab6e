import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Scale-down against local data. */
export const localDataSurvivesScaleDown: Rule = {
  id: 'TNC153',
  severity: AuditSeverity.WARNING,
  title: 'With local disks, scale-down skips nodes with local storage',
  why: 'A drained node takes its disks with it: a database of three replicas on one pool can lose all of them in one quiet night.',
  remedy: 'Set --skip-nodes-with-local-storage=true, and annotate the pods that may go',
  source: 'seed CA-08; kubernetes/autoscaler#1658, #6417',
  check: tree => {
    const found = autoscalers(tree);
    const pools = tree.facts.pools.filter(pool => pool.machine.localDisks !== undefined);
    if (found.length === 0 || pools.length === 0) { return NOT_APPLICABLE; }
    // Upstream's default is true.
    return found.filter(({ flags }) => flags['skip-nodes-with-local-storage'] === 'false').map(({ at }) => ({ at, detail: `pools with local disks: ${pools.map(pool => pool.name).join(', ')}` }));
  },
};
