import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Every etcd that an API server asks, ours or another. */
export const etcdIsAskedOverTls: Rule = {
  id: 'TNC059',
  severity: AuditSeverity.ERROR,
  title: 'API servers ask every etcd over TLS with a certificate of their own',
  why: 'Over plain HTTP every Secret crosses the network in clear text; an etcd that asks for no certificate answers whoever reaches it.',
  remedy: 'Use https URLs with --etcd-cafile, --etcd-certfile and --etcd-keyfile',
  source: 'seed API-05; AS@36 etcd.go',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    return servers.flatMap(at => {
      const plain = ['etcd-servers', 'etcd-servers-overrides'].filter(flag => /http:\/\//.test(at.flags[flag] ?? ''));
      const missing = ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile'].filter(flag => (at.flags[flag] ?? '') === '');
      return [...plain.map(flag => ({ at, detail: `--${flag}=${at.flags[flag]}` })), ...(missing.length === 0 ? [] : [{ at, detail: `${missing.map(flag => `--${flag}`).join(', ')} not set` }])];
    });
  },
};
