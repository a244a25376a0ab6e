import { AuditSeverity } from '../../audit-severity';
import { cpuSet } from '../../audit-tree';
import { field } from '../../field';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Exclusive cores against the reservation. */
export const staticCpusAreWhole: Rule = {
  id: 'TNC074',
  severity: AuditSeverity.ERROR,
  title: 'With the static CPU manager a whole number of cores is reserved',
  why: 'With nothing reserved the kubelet does not start; a fraction is rounded up in silence, so that the scheduler places pods that the kubelet refuses.',
  remedy: 'Set reservedSystemCPUs, or reservations that add up to whole cores',
  source: 'WEB:docs/tasks/administer-cluster/cpu-management-policies',
  check: tree => {
    const pinned = tree.kubelets.filter(kubelet => field(kubelet.configuration, 'cpuManagerPolicy') === 'static');
    if (pinned.length === 0) { return NOT_APPLICABLE; }
    return pinned.flatMap(at => {
      if (cpuSet(field<string>(at.configuration, 'reservedSystemCPUs')) > 0) { return []; }
      const cores = Math.round(1000 * ((quantity(field(at.configuration, 'kubeReserved', 'cpu')) ?? 0) + (quantity(field(at.configuration, 'systemReserved', 'cpu')) ?? 0))) / 1000;
      return cores > 0 && Number.isInteger(cores) ? [] : [{ at, detail: `${cores} cores are reserved` }];
    });
  },
};
