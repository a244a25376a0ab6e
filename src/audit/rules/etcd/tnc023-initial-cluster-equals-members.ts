import { AuditSeverity } from '../../audit-severity';
import { etcdRings } from '../../etcd-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** The list of members that every member starts with. */
export const initialClusterEqualsMembers: Rule = {
  id: 'TNC023',
  severity: AuditSeverity.ERROR,
  title: 'initial-cluster lists exactly the members of the ring',
  why: 'A member that is not listed does not start; one that is listed and does not exist costs quorum from the first day.',
  remedy: 'Generate the list and the members from one source',
  source: 'seed ETCD-01; ETCDW@v3.6 faq',
  check: tree => {
    const rings = etcdRings(tree);
    if (rings.length === 0) { return NOT_APPLICABLE; }
    return rings.flatMap(({ members }) => {
      const right = members.map(m => `${m.flags.name}=${m.flags['initial-advertise-peer-urls']}`).sort().join(',');
      return members.filter(m => (m.flags['initial-cluster'] ?? '').split(',').sort().join(',') !== right)
        .map(at => ({ at, detail: `initial-cluster is ${at.flags['initial-cluster'] ?? 'missing'}, the ring has ${right}` }));
    });
  },
};
