import { POOL_HEADROOM_WANTED, poolAddresses, poolHeadroom } from '../../../capacity/calico-capacity';
import { IpRange } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { addressPools } from '../../network-view';
import { byFamily, firstFamilyPlan } from '../../pool-families';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Room for blocks of replaced nodes. */
export const podRangeHasHeadroom: Rule = {
  id: 'TNC002',
  severity: AuditSeverity.WARNING,
  title: 'The pod range has room for blocks of replaced nodes',
  why: 'Blocks of nodes that are gone come back only after a clean-up; a wave of replacements can use up what is left.',
  remedy: 'Plan at least 1.3 times the addresses of the final size',
  source: 'CALDOC:reference/resources/ippool; CAL@v3.32.0 ipam.go (proposal)',
  check: tree => {
    const pools = addressPools(tree).filter(pool => pool.servesPods);
    if (pools.length === 0) { return NOT_APPLICABLE; }
    return byFamily(pools).flatMap(family => {
      const needed = poolAddresses(tree.facts, firstFamilyPlan(tree.facts, family[0]));
      const addresses = family.reduce((sum, pool) => sum + IpRange.parse('cidr', pool.cidr).size, 0);
      const headroom = poolHeadroom(addresses, needed).value;
      // Below 1 it is the error of TNC001.
      return headroom >= POOL_HEADROOM_WANTED || addresses < needed.value ? [] : [{ at: family[0].at, detail: `${addresses} addresses are ${headroom} times the ${needed.value} of the final size` }];
    });
  },
};
