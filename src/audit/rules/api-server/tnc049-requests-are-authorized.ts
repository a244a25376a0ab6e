import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Authorisation of the API server. */
export const requestsAreAuthorized: Rule = {
  id: 'TNC049',
  severity: AuditSeverity.ERROR,
  title: 'API servers authorise requests with Node and RBAC',
  why: 'Without the flag every authenticated request is allowed, and a kubelet\'s key is a key to everything.',
  remedy: 'Set --authorization-mode=Node,RBAC and enable NodeRestriction',
  source: 'seed API-07; WEB:docs/reference/command-line-tools-reference/kube-apiserver',
  check: tree => {
    const servers = tree.component('kube-apiserver').filter(server => server.flags['authorization-config'] === undefined);
    if (servers.length === 0) { return NOT_APPLICABLE; }
    return servers.flatMap(at => {
      const modes = (at.flags['authorization-mode'] ?? 'AlwaysAllow').split(',');
      return [
        ...(modes.includes('AlwaysAllow') || !['Node', 'RBAC'].every(m => modes.includes(m)) ? [{ at, detail: `--authorization-mode is ${modes.join(',')}` }] : []),
        ...((at.flags['enable-admission-plugins'] ?? '').split(',').includes('NodeRestriction') ? [] : [{ at, detail: 'NodeRestriction is not among --enable-admission-plugins' }]),
      ];
    });
  },
};
