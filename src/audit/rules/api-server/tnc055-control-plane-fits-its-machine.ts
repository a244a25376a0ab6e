import { AuditSeverity } from '../../audit-severity';
import { gibibytes } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Requests of static pods against the machine. */
export const controlPlaneFitsItsMachine: Rule = {
  id: 'TNC055',
  severity: AuditSeverity.ERROR,
  title: 'The static pods of a control-plane machine fit it',
  why: 'The kubelet refuses the pod that does not fit any more: a machine comes back from a reboot without its API server or etcd.',
  remedy: 'Use a larger controlPlane.machine or lower the requests',
  source: 'KL@36 pkg/kubelet/lifecycle',
  check: tree => {
    if (tree.processes.length === 0) { return NOT_APPLICABLE; }
    const room = tree.nodeKinds[tree.nodeKinds.length - 1];
    const members = new Set(tree.facts.controlPlaneMembers.map(member => member.name));
    const machines = [...new Set(tree.processes.map(pod => pod.machine))].filter(machine => members.has(machine)).sort();
    return machines.flatMap(machine => {
      const pods = tree.processes.filter(pod => pod.machine === machine);
      const cpu = pods.reduce((sum, pod) => sum + pod.cpu, 0);
      const memory = pods.reduce((sum, pod) => sum + pod.memory, 0);
      return cpu <= room.cpu && memory <= room.memory ? []
        : [{ at: pods[0], detail: `the pods of ${machine} request ${cpu} cores and ${gibibytes(memory)}, pods may have ${room.cpu} and ${gibibytes(room.memory)}` }];
    });
  },
};
