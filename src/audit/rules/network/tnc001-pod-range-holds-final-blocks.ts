import { podRangeFor, poolAddresses } from '../../../capacity/calico-capacity';
import { IpRange } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { addressPools } from '../../network-view';
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
    const pools = addressPools(tree);
    if (pools.length === 0) { return NOT_APPLICABLE; }
    const [first] = pools;
    const addresses = pools.filter(pool => pool.cidr.includes(':') === first.cidr.includes(':')).reduce((sum, pool) => sum + IpRange.parse('cidr', pool.cidr).size, 0);
    const needed = poolAddresses(tree.facts, first).value;
    if (needed <= addresses) { return []; }
    const family = first.cidr.includes(':') ? 6 : 4;
    return [{ at: first.at, detail: `${tree.machines} nodes claim ${needed} addresses, ${first.cidr} has ${addresses}; use at least a /${podRangeFor(needed, family)}` }];
  },
};
