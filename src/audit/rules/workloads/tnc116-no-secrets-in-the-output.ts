import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { Rule } from '../../rule';
import { configMapTexts } from '../../scrape-view';

/** Secrets that lie in files. */
export const noSecretsInTheOutput: Rule = {
  id: 'TNC116',
  severity: AuditSeverity.WARNING,
  title: 'No secret stands in the output',
  why: 'The output is reviewed, committed and copied to machines: whoever reads the repository holds the key.',
  remedy: 'Reference a Secret that somebody makes in the cluster (an external secrets operator, kubectl)',
  source: 'DESIGN section 2 no 9',
  check: tree => [
    ...tree.ofKind('Secret', '').filter(s => Object.keys({ ...field<object>(s.manifest, 'data'), ...field<object>(s.manifest, 'stringData') }).length > 0)
      .map(at => ({ at, detail: 'a Secret with its data' })),
    ...configMapTexts(tree).filter(({ text }) => looksSecret(text)).map(({ at, key }) => ({ at, detail: `${key} holds a key or password` })),
    ...tree.files.filter(file => looksSecret(file.content)).map(at => ({ at, detail: 'it holds a key or password' })),
  ],
};

function looksSecret(text: string): boolean {
  // A placeholder, a path or an environment variable is no secret.
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{40}/.test(text) || /^\s*["']?(password|passwd|http_passwd|secret_key|secret_access_key|client_secret)["']?\s*[:=]?\s+["']?[^\s"'$<{/]{6,}["']?\s*$/im.test(text)
    || /\bAKIA[0-9A-Z]{16}\b/.test(text);
}
