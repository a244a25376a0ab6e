import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Plain HTTP towards clients and peers. */
export const etcdSpeaksTls: Rule = {
  id: 'TNC029',
  severity: AuditSeverity.ERROR,
  title: 'etcd speaks TLS with client certificates',
  why: 'Whoever reaches the port of an open etcd reads every Secret and writes every object, past all of the API server\'s checks.',
  remedy: 'Use https URLs with --client-cert-auth=true and --peer-client-cert-auth=true',
  source: 'seed ETCD-03; KADM',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    const urls = ['listen-client-urls', 'advertise-client-urls', 'listen-peer-urls', 'initial-advertise-peer-urls'];
    return members.flatMap(at => [
      ...urls.filter(flag => (at.flags[flag] ?? '').split(',').some(url => url.startsWith('http://'))).map(flag => ({ at, detail: `--${flag}=${at.flags[flag]}` })),
      ...['client-cert-auth', 'peer-client-cert-auth'].filter(flag => at.flags[flag] !== 'true').map(flag => ({ at, detail: `--${flag} is not set` })),
    ]);
  },
};
