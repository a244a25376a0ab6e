import { toleratedFailures } from '../../../capacity/etcd-capacity';
import { AuditSeverity } from '../../audit-severity';
import { etcdRings } from '../../etcd-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Members against failure domains. */
export const noZoneHoldsAQuorum: Rule = {
  id: 'TNC026',
  severity: AuditSeverity.WARNING,
  title: 'The loss of one zone leaves every etcd ring its quorum',
  why: 'A zone that holds the majority of a ring takes the whole cluster with it, although the other zones run.',
  remedy: 'Spread the members over three zones',
  source: 'ETCDW@v3.6 faq; capacity.md',
  check: tree => {
    const zone = new Map(tree.facts.controlPlaneMembers.filter(m => m.zone !== undefined).map(m => [m.name, m.zone!]));
    const rings = etcdRings(tree).filter(ring => ring.members.length > 1 && ring.members.every(member => zone.has(member.machine)));
    if (rings.length === 0) { return NOT_APPLICABLE; }
    return rings.flatMap(({ name, members }) => {
      const zones = members.map(member => zone.get(member.machine)!);
      const crowded = [...new Set(zones)].sort().filter(z => zones.filter(other => other === z).length > toleratedFailures(members.length));
      return crowded.map(z => ({ at: members[0], detail: `zone ${z} holds ${zones.filter(other => other === z).length} of ${members.length} members of ${name}, which survives the loss of ${toleratedFailures(members.length)}` }));
    });
  },
};
