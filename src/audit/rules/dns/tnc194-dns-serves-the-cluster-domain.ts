import { AuditSeverity } from '../../audit-severity';
import { clusterZones, corefileServers } from '../../dns-view';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** The domain that kubelets write into pods against the one that DNS answers. */
export const dnsServesTheClusterDomain: Rule = {
  id: 'TNC194',
  severity: AuditSeverity.ERROR,
  title: 'DNS answers for the domain that kubelets give to pods',
  why: 'Pods search in a domain that nobody serves: no short name of a Service resolves, on every node of the pool.',
  remedy: 'Use one cluster domain: network.clusterDomain sets both',
  source: 'KL@36 clusterDomain; COR@v1.14.7:kubernetes',
  check: tree => {
    const served = corefileServers(tree).flatMap(server => clusterZones(server) ?? []);
    const asking = tree.kubelets.flatMap(at => { const domain = field<string>(at.configuration, 'clusterDomain'); return domain === undefined ? [] : [{ at, domain: domain.replace(/\.$/, '') }]; });
    if (served.length === 0 || asking.length === 0) { return NOT_APPLICABLE; }
    return asking.filter(({ domain }) => !served.includes(domain)).map(({ at, domain }) => ({ at, detail: `clusterDomain is ${domain}, CoreDNS answers ${served.filter(zone => !zone.endsWith('.arpa')).join(', ')}` }));
  },
};
