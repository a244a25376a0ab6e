import { AuditObject, AuditTree } from './audit-tree';
import { configMapTexts } from './scrape-view';

/** A server block of a Corefile. */
export interface CorefileServer {
  readonly at: AuditObject;
  /** The line in front of the brace: zones and ports. */
  readonly zones: string;
  /** Its lines. */
  readonly text: string;
}

/** Server blocks of every Corefile. A block ends at the brace that stands alone at the start of a line, as CoreDNS' own files are written. */
export function corefileServers(tree: AuditTree): CorefileServer[] {
  return configMapTexts(tree).flatMap(({ at, text }) => [...text.matchAll(/^([^\s{}#]+(?:[ \t]+[^\s{}]+)*)[ \t]*\{\n([\s\S]*?)^\}/gm)].map(match => ({ at, zones: match[1], text: match[2] })));
}

/** Zones that a server answers from the API: the arguments of `kubernetes`. */
export function clusterZones(server: CorefileServer): string[] | undefined {
  return /^\s*kubernetes\b([^{\n]*)/m.exec(server.text)?.[1].trim().split(/\s+/).filter(zone => zone !== '').map(zone => zone.replace(/\.$/, ''));
}
