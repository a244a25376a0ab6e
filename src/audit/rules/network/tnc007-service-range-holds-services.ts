import { IpRange } from '../../../cluster/ip-range';
import { SERVICE_ADDRESSES_TAKEN } from '../../../cluster/network-demand';
import { AuditSeverity } from '../../audit-severity';
import { Rule } from '../../rule';

/** Planned Services against the Service range. */
export const serviceRangeHoldsServices: Rule = {
  id: 'TNC007',
  severity: AuditSeverity.ERROR,
  title: 'The Service range holds the planned Services',
  why: 'When the range is used up, no Service can be made any more; before 1.33 a range cannot be added.',
  remedy: 'Use a larger serviceCidr, at most /12',
  source: 'seed API-13; KK:cmd/kube-apiserver/app/options',
  check: tree => {
    return tree.facts.network.serviceCidrs.flatMap(cidr => {
      // The first and the last address, the API server and DNS are taken.
      const usable = IpRange.parse('serviceCidr', cidr).size - SERVICE_ADDRESSES_TAKEN;
      return tree.facts.services <= usable ? [] : [{ at: tree.cluster, detail: `${tree.facts.services} Services are planned, ${cidr} has room for ${usable}` }];
    });
  },
};
