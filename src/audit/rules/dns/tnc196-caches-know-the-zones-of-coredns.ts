import { AuditSeverity } from '../../audit-severity';
import { CorefileServer, corefileServers } from '../../dns-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Zones of a server, without ports; `.` stands for all names. */
function zonesOf(server: CorefileServer): string[] {
  return server.zones.split(/\s+/).map(zone => zone.replace(/:\d+$/, '')).map(zone => (zone === '.' ? zone : zone.replace(/\.$/, '')));
}

/** The whole Corefile that a server stands in. */
function fileOf(server: CorefileServer): string {
  return server.at.name;
}

/** Zones that CoreDNS answers, against those that caches ask it for. */
export const cachesKnowTheZonesOfCoreDns: Rule = {
  id: 'TNC196',
  severity: AuditSeverity.ERROR,
  title: 'Caches of the nodes ask CoreDNS for every zone that it answers',
  why: 'A cache sends what it has no zone for to the resolvers of its node: a zone that only CoreDNS knows does not resolve on any node, though CoreDNS itself answers it.',
  remedy: 'Describe the zone in serverBlocks of CachedCoreDns, which writes both Corefiles',
  source: 'DNS cmd/node-cache; COR@v1.14.6:forward',
  check: tree => {
    const servers = corefileServers(tree);
    const coreDns = servers.filter(server => servers.some(other => fileOf(other) === fileOf(server) && /^\s*kubernetes\b/m.test(other.text)));
    // What asks another server over TCP and has no kubernetes plugin is a cache in front of it.
    const caches = servers.filter(server => !coreDns.includes(server) && servers.some(other => fileOf(other) === fileOf(server) && /^\s*force_tcp\s*$/m.test(other.text)));
    if (coreDns.length === 0 || caches.length === 0) { return NOT_APPLICABLE; }
    const toCoreDns = caches.filter(({ text }) => /^\s*force_tcp\s*$/m.test(text)).flatMap(zonesOf);
    const known = (zone: string) => toCoreDns.some(own => own === '.' || zone === own || zone.endsWith(`.${own}`));
    return coreDns.flatMap(server => zonesOf(server).filter(zone => zone !== '.' && !known(zone)).map(zone => ({ at: server.at, detail: `${zone}: caches ask CoreDNS for ${toCoreDns.join(', ')}` })));
  },
};
