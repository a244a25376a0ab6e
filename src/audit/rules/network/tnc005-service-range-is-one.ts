import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** API server and controller manager must mean the same Service range as the description. */
export const serviceRangeIsOne: Rule = {
  id: 'TNC005',
  severity: AuditSeverity.ERROR,
  title: 'All components use the Service range of the description',
  why: 'DNS, the kubelets and Calico were given addresses of this range; a second one leaves them pointing at Services that do not exist.',
  remedy: 'Remove the flag, it is derived from network.serviceCidr',
  source: 'AS@36 pkg/controlplane/apiserver/options',
  check: tree => {
    const users = tree.staticPods.filter(pod => pod.flags['service-cluster-ip-range'] !== undefined);
    if (users.length === 0) { return NOT_APPLICABLE; }
    const ranges = tree.facts.network.serviceCidrs.join(',');
    return users.filter(pod => pod.flags['service-cluster-ip-range'] !== ranges)
      .map(at => ({ at, detail: `--service-cluster-ip-range=${at.flags['service-cluster-ip-range']}, the description says ${ranges}` }));
  },
};
