import { AuditSeverity } from '../../audit-severity';
import { corefileServers } from '../../dns-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** What CoreDNS keeps of pods. */
export const corednsWatchesNoPods: Rule = {
  id: 'TNC190',
  severity: AuditSeverity.WARNING,
  title: 'CoreDNS does not watch all pods',
  why: 'With pods verified, or with autopath, every replica holds every pod and takes part in every change of one: much more memory and load of the API server for names that nearly nobody asks for.',
  remedy: 'Use pods insecure or pods disabled',
  source: 'seed DNS-02; CORDEP:Scaling_CoreDNS.md',
  check: tree => {
    const servers = corefileServers(tree).filter(server => /^\s*kubernetes\b/m.test(server.text));
    if (servers.length === 0) { return NOT_APPLICABLE; }
    const { pods, services } = tree.facts;
    const megabytes = (divisor: number, rest: number) => Math.ceil((pods + services) / divisor + rest);
    return servers.filter(server => /^\s*pods\s+verified\b/m.test(server.text))
      .map(({ at, zones }) => ({ at, detail: `${zones} has pods verified: about ${megabytes(250, 56)} MB per replica instead of ${megabytes(1000, 54)}` }));
  },
};
