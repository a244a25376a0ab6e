import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Serving certificate of each API server against the names it is reached by. */
export const apiServerCertificateNamesEndpoints: Rule = {
  id: 'TNC040',
  severity: AuditSeverity.ERROR,
  title: 'Each API server\'s certificate names the endpoint, its own address and the Service',
  why: 'Kubelets refuse the server at the endpoint, pods refuse it at the Service: nodes cannot join, or controllers cannot start.',
  remedy: 'Add the name to the subject alternative names',
  source: 'seed API-09; KADM',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0 || tree.certificates.length === 0) { return NOT_APPLICABLE; }
    const { apiHost, network } = tree.facts;
    return servers.flatMap(server => {
      const at = tree.certificates.find(c => c.machine === server.machine && c.certPath === server.flags['tls-cert-file']);
      if (!at) { return []; }
      const wanted = [apiHost, network.kubernetesServiceAddress, 'kubernetes.default.svc', ...(server.flags['advertise-address'] ? [server.flags['advertise-address']] : [])];
      const missing = wanted.filter(name => !at.dnsNames.includes(name) && !at.ipAddresses.includes(name));
      return missing.length === 0 ? [] : [{ at, detail: `${missing.join(', ')} missing` }];
    });
  },
};
