import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Secrets that hold a token for ever. */
export const tokensExpire: Rule = {
  id: 'TNC125',
  severity: AuditSeverity.WARNING,
  title: 'No Secret asks for a service account token',
  why: 'Such a token has no end and no audience: a copy in a backup, a pipeline or a log is a key to the cluster until somebody deletes the account.',
  remedy: 'Use the projected token of the pod, or kubectl create token',
  source: 'WEB:docs/concepts/configuration/secret',
  check: tree => {
    const secrets = tree.ofKind('Secret', '');
    if (secrets.length === 0) { return NOT_APPLICABLE; }
    return secrets.filter(secret => field(secret.manifest, 'type') === 'kubernetes.io/service-account-token').map(at => ({ at, detail: 'type kubernetes.io/service-account-token' }));
  },
};
