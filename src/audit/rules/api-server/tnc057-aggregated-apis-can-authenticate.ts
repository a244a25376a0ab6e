import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Aggregated APIs against the flags they need. */
export const aggregatedApisCanAuthenticate: Rule = {
  id: 'TNC057',
  severity: AuditSeverity.ERROR,
  title: 'With aggregated APIs, API servers pass on who asks',
  why: 'Without the front-proxy certificates metrics-server and adapters refuse every request: autoscalers stand still.',
  remedy: 'Set the --requestheader and --proxy-client flags',
  source: 'seed API-10',
  check: tree => {
    const aggregated = tree.ofKind('APIService').filter(service => field(service.manifest, 'spec', 'service') !== undefined);
    const servers = tree.component('kube-apiserver');
    if (aggregated.length === 0 || servers.length === 0) { return NOT_APPLICABLE; }
    const needed = ['requestheader-client-ca-file', 'requestheader-username-headers', 'requestheader-group-headers', 'proxy-client-cert-file', 'proxy-client-key-file'];
    return servers.flatMap(at => {
      const missing = needed.filter(flag => at.flags[flag] === undefined);
      return missing.length === 0 ? [] : [{ at, detail: `${missing.map(flag => `--${flag}`).join(', ')} missing, ${aggregated[0].objectName} needs them` }];
    });
  },
};
