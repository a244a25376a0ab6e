import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** reservedMemory against what is reserved by other names. */
export const staticMemoryAddsUp: Rule = {
  id: 'TNC075',
  severity: AuditSeverity.ERROR,
  title: 'With the static memory manager reservedMemory equals all reservations',
  why: 'The kubelet compares the two sums at start and ends when they differ: the pool does not come back after the change.',
  remedy: 'reservedMemory must be kubeReserved + systemReserved + evictionHard of memory',
  source: 'WEB:docs/tasks/administer-cluster/memory-manager',
  check: tree => {
    const pinned = tree.kubelets.filter(kubelet => field(kubelet.configuration, 'memoryManagerPolicy') === 'Static');
    if (pinned.length === 0) { return NOT_APPLICABLE; }
    return pinned.flatMap(at => {
      const of = (...path: string[]) => quantity(field(at.configuration, ...path)) ?? 0;
      const wanted = of('kubeReserved', 'memory') + of('systemReserved', 'memory') + of('evictionHard', 'memory.available');
      const named = (field<object[]>(at.configuration, 'reservedMemory') ?? []).reduce((sum, entry) => sum + (quantity(field(entry, 'limits', 'memory')) ?? 0), 0);
      return named === wanted ? [] : [{ at, detail: `reservedMemory is ${named / 2 ** 20}Mi, the reservations are ${wanted / 2 ** 20}Mi` }];
    });
  },
};
