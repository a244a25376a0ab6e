import { toleratedFailures } from '../../../capacity/etcd-capacity';
import { AuditSeverity } from '../../audit-severity';
import { etcdRings } from '../../etcd-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Number of members. */
export const ringSizeIsOdd: Rule = {
  id: 'TNC025',
  severity: AuditSeverity.WARNING,
  title: 'An etcd ring has an odd number of members, three to seven',
  why: 'An even member adds a machine that can fail and no failure that can be survived; one member survives none; above seven writes slow down.',
  remedy: 'Use three or five members',
  source: 'seed ETCD-01; ETCDW@v3.6 faq',
  check: tree => {
    const rings = etcdRings(tree);
    if (rings.length === 0) { return NOT_APPLICABLE; }
    return rings.filter(({ members }) => members.length % 2 === 0 || members.length < 3 || members.length > 7)
      .map(({ name, members }) => ({ at: members[0], detail: `${name} has ${members.length} members and survives the loss of ${toleratedFailures(members.length)}` }));
  },
};
