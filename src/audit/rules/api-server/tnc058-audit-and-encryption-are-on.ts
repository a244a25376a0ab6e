import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Who did what, and Secrets in clear text. */
export const auditAndEncryptionAreOn: Rule = {
  id: 'TNC058',
  severity: AuditSeverity.WARNING,
  title: 'API servers write an audit log and encrypt Secrets',
  why: 'Which client floods the API server is answered by the audit log alone; Secrets lie readable in every snapshot of etcd without encryption.',
  remedy: 'Set --audit-policy-file with --audit-log-path, and --encryption-provider-config',
  source: 'seed API-14',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    return servers.flatMap(at => ['audit-policy-file', 'encryption-provider-config'].filter(flag => at.flags[flag] === undefined).map(flag => ({ at, detail: `--${flag} is not set` })));
  },
};
