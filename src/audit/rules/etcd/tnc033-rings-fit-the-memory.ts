import { AuditSeverity } from '../../audit-severity';
import { gibibytes } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** All rings of a machine, full. */
export const ringsFitTheMemory: Rule = {
  id: 'TNC033',
  severity: AuditSeverity.WARNING,
  title: 'Full rings and the other static pods of a machine fit its memory',
  why: 'Backends are mapped into memory up to their quotas: on the day both rings are full, the kernel kills an etcd member or the API server beside it, on every machine alike.',
  remedy: 'Use a larger controlPlane.machine, lower a quota, or put the events ring on machines of its own',
  source: 'kubernetes-sigs/kubespray#3053; peers 2.15 no 6',
  check: tree => {
    const members = new Set(tree.facts.controlPlaneMembers.map(member => member.name));
    const machines = [...new Set(tree.component('etcd').map(pod => pod.machine))].filter(machine => members.has(machine)).sort();
    if (machines.length === 0) { return NOT_APPLICABLE; }
    const room = tree.nodeKinds[tree.nodeKinds.length - 1].memory;
    return machines.flatMap(machine => {
      const pods = tree.processes.filter(pod => pod.machine === machine);
      const full = pods.filter(pod => pod.component === 'etcd').reduce((sum, pod) => sum + (Number(pod.flags['quota-backend-bytes'] ?? 2 * 2 ** 30) || 2 * 2 ** 30), 0);
      const others = pods.filter(pod => pod.component !== 'etcd').reduce((sum, pod) => sum + pod.memory, 0);
      return full + others <= room ? [] : [{ at: pods.find(pod => pod.component === 'etcd')!, detail: `${machine}: quotas of ${gibibytes(full)} and ${gibibytes(others)} of other pods, it has ${gibibytes(room)}` }];
    });
  },
};
