import { podRangeFor, poolAddresses } from '../../../capacity/calico-capacity';
import { IpRange } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { addressPools } from '../../network-view';
import { byFamily, firstFamilyPlan } from '../../pool-families';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Address blocks of the final size against the pod range. */
export const podRangeHoldsFinalBlocks: Rule = {
  id: 'TNC001',
  severity: AuditSeverity.ERROR,
  title: 'The pod range holds the address blocks of the final size',
  why: 'When the last block is claimed, pods on new nodes stay without an address, and a pod range cannot be changed in a running cluster.',
  remedy: 'Use a larger podCidr, or fewer nodes or pods per node',
  source: 'kubernetes/kubernetes#114560; CAL@v3.32.0 libcalico-go/lib/ipam',
  check: tree => {
    const pools = addressPools(tree).filter(pool => pool.servesPods);
    if (pools.length === 0) { return NOT_APPLICABLE; }
    // A pod takes one address of each family, so each has to hold all.
    return byFamily(pools).flatMap(family => {
      const [first] = family;
      const addresses = family.reduce((sum, pool) => sum + IpRange.parse('cidr', pool.cidr).size, 0);
      const needed = poolAddresses(tree.facts, firstFamilyPlan(tree.facts, first)).value;
      if (needed <= addresses) { return []; }
      const wanted = podRangeFor(needed, first.cidr.includes(':') ? 6 : 4);
      return [{ at: first.at, detail: `${tree.machines} nodes claim ${needed} addresses, ${first.cidr} has ${addresses}; use at least a /${wanted}` }];
    });
  },
};
