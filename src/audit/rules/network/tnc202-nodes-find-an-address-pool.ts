import { nodeGroups } from '../../../capacity/calico-pool-capacity';
import { parseSelector, selectorProblem } from '../../../formats/calico-selector';
import { AuditSeverity } from '../../audit-severity';
import { addressPools } from '../../network-view';
import { byFamily } from '../../pool-families';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Selectors of address pools against the nodes that the description has. */
export const nodesFindAnAddressPool: Rule = {
  id: 'TNC202',
  severity: AuditSeverity.ERROR,
  title: 'Every node finds an address pool that gives addresses',
  why: 'A node that no enabled pool selects starts no pod: Calico finds no pool for it, and its pods wait for a network for ever.',
  remedy: 'Let a pool select these nodes, or enable the one that does',
  source: 'CAL@v3.32.0 libcalico-go/lib/ipam/ipam.go (determinePools)',
  check: tree => {
    const pools = addressPools(tree);
    if (pools.length === 0) { return NOT_APPLICABLE; }
    const unread = pools.filter(pool => selectorProblem('nodeSelector', pool.nodeSelector) !== undefined);
    if (unread.length > 0) { return unread.map(({ at, cidr, nodeSelector }) => ({ at, detail: `nodeSelector ${nodeSelector} of pool ${cidr} is no selector of Calico` })); }
    return byFamily(pools).flatMap(family => {
      const selectors = family.filter(pool => pool.servesPods).map(pool => parseSelector(pool.nodeSelector));
      return nodeGroups(tree.facts).filter(group => !selectors.some(selector => selector.matches(group.labels)))
        .map(group => ({ at: family[0].at, detail: `no enabled pool of IPv${family[0].cidr.includes(':') ? 6 : 4} selects ${group.name} (${group.nodes} nodes)` }));
    });
  },
};
