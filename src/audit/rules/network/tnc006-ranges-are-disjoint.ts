import { IpRange } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { addressPools } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Pools that were added later against Services and machines. */
export const rangesAreDisjoint: Rule = {
  id: 'TNC006',
  severity: AuditSeverity.ERROR,
  title: 'Ranges of pods, Services and machines do not overlap',
  why: 'An address that is a pod and a machine or Service at once reaches one of them, and which one differs from node to node.',
  remedy: 'Choose a range that is free',
  source: 'WEB:docs/concepts/cluster-administration/networking',
  check: tree => {
    const pools = addressPools(tree);
    if (pools.length === 0) { return NOT_APPLICABLE; }
    const { serviceCidrs, nodeCidrs } = tree.facts.network;
    const ranges = pools.map(pool => ({ at: pool.at, name: `pool ${pool.cidr}`, range: IpRange.parse('cidr', pool.cidr) }));
    const fixed = [...serviceCidrs.map(cidr => `Services ${cidr}`), ...nodeCidrs.map(cidr => `machines ${cidr}`)].map(name => ({ name, range: IpRange.parse('range', name.split(' ')[1]) }));
    return ranges.flatMap((one, i) => [...fixed, ...ranges.slice(i + 1)].filter(other => one.range.overlaps(other.range))
      .map(other => ({ at: one.at, detail: `${one.name} overlaps ${other.name}` })));
  },
};
