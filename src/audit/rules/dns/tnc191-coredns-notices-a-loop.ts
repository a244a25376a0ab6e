import { AuditSeverity } from '../../audit-severity';
import { corefileServers } from '../../dns-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Forwarding to oneself. */
export const corednsNoticesALoop: Rule = {
  id: 'TNC191',
  severity: AuditSeverity.WARNING,
  title: 'A DNS server that forwards to the resolver of the node has the loop plugin',
  why: 'Where the node\'s resolver is a stub that asks cluster DNS, each query runs in circles until memory is gone; one wrong machine image is enough.',
  remedy: 'Add loop, and let the kubelet\'s resolvConf name the real file',
  source: 'seed DNS-03; CORDEP:coredns.yaml.sed',
  check: tree => {
    const servers = corefileServers(tree).filter(server => /^\s*forward\s+\.\s+\/etc\/resolv\.conf\b/m.test(server.text));
    if (servers.length === 0) { return NOT_APPLICABLE; }
    return servers.filter(server => !/^\s*loop\s*$/m.test(server.text)).map(({ at, zones }) => ({ at, detail: `${zones} forwards to /etc/resolv.conf and has no loop` }));
  },
};
