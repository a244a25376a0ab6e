import { AuditSeverity } from '../../audit-severity';
import { AuditStaticPod } from '../../audit-tree';
import { etcdRings } from '../../etcd-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** --etcd-servers against the members there are. */
export const apiServerAsksTheRings: Rule = {
  id: 'TNC041',
  severity: AuditSeverity.ERROR,
  title: 'API servers name all members of the rings and nothing else',
  why: 'A member that is not named takes no load and is no way out when others fail; a server of another ring answers with other data.',
  remedy: 'Take both lists from the ring',
  source: 'seed API-05',
  check: tree => {
    const rings = etcdRings(tree);
    const servers = tree.component('kube-apiserver');
    if (rings.length === 0 || servers.length === 0) { return NOT_APPLICABLE; }
    const urlsOf = (ring: { members: AuditStaticPod[] }) => ring.members.map(m => m.flags['advertise-client-urls']).sort().join(',');
    const known = rings.map(urlsOf);
    return servers.flatMap(at => {
      const main = (at.flags['etcd-servers'] ?? '').split(',').sort().join(',');
      const others = (at.flags['etcd-servers-overrides'] ?? '').split(',').filter(o => o !== '').map(o => ({ resource: o.split('#')[0], urls: (o.split('#')[1] ?? '').split(';').sort().join(',') }));
      return [
        ...(known.includes(main) ? [] : [{ at, detail: `--etcd-servers is ${main || 'missing'}, the rings are ${known.join(' and ')}` }]),
        ...others.filter(o => !known.includes(o.urls)).map(o => ({ at, detail: `${o.resource} goes to ${o.urls}, the rings are ${known.join(' and ')}` })),
      ];
    });
  },
};
