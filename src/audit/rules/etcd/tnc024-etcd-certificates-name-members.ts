import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Certificates against the addresses that members advertise. */
export const etcdCertificatesNameMembers: Rule = {
  id: 'TNC024',
  severity: AuditSeverity.ERROR,
  title: 'Certificates of etcd members name the addresses they advertise',
  why: 'Peers and API servers refuse a certificate without the address they dialled: the ring never forms, or falls apart at the next renewal.',
  remedy: 'Add the address to the subject alternative names',
  source: 'ETCDW@v3.6 op-guide/security',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0 || tree.certificates.length === 0) { return NOT_APPLICABLE; }
    return members.flatMap(member => ([['cert-file', 'advertise-client-urls'], ['peer-cert-file', 'initial-advertise-peer-urls']] as const).flatMap(([file, urls]) => {
      const at = tree.certificates.find(c => c.machine === member.machine && c.certPath === member.flags[file]);
      // A certificate that somebody else provides is not known here.
      if (!at) { return []; }
      const hosts = (member.flags[urls] ?? '').split(',').map(url => /^https?:\/\/(?:\[([^\]]+)\]|([^:/]+))/.exec(url)).map(m => m?.[1] ?? m?.[2] ?? '');
      return hosts.filter(host => host !== '' && !at.ipAddresses.includes(host) && !at.dnsNames.includes(host))
        .map(host => ({ at, detail: `${host} of --${urls} is not among ${[...at.dnsNames, ...at.ipAddresses].join(', ')}` }));
    }));
  },
};
