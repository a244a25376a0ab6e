import { apiServerSeats } from '../../../capacity/api-server-capacity';
import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** In-flight limits against the machine. */
export const seatsFollowCores: Rule = {
  id: 'TNC043',
  severity: AuditSeverity.WARNING,
  title: 'The sum of in-flight requests is at most twice what the cores carry',
  why: 'Both limits are summed; seats beyond the cores add no throughput and remove the only protection of memory. With 6,000 seats a storm of LISTs passed 23 GB.',
  remedy: 'Leave both flags out',
  source: 'seed API-04; MEAS; KOPSSC',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    const { cpu } = tree.facts.controlPlaneMachine;
    const carried = apiServerSeats(cpu).value;
    return servers.flatMap(at => {
      const sum = Number(at.flags['max-requests-inflight'] ?? 400) + Number(at.flags['max-mutating-requests-inflight'] ?? 200);
      return sum <= 2 * carried ? [] : [{ at, detail: `${sum} seats on ${cpu} cores, which carry ${carried}` }];
    });
  },
};
