import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { alertsTable, clusterOfSize, filled, propsTable, sizesTable } from './generate-control-plane';
import { CachedCoreDns, ClusterFacts } from '../src';

// Fills the tables of docs/constructs/cached-core-dns.md: `npx tsx --tsconfig tsconfig.check.json docs/generate-dns-page.ts`.
// test/components/dns/page.test.ts compares the page with this.

function dns(cluster: ClusterFacts): CachedCoreDns {
  return new CachedCoreDns(new Chart(new App(), 'page'), 'dns', { cluster });
}

const SIZES: Array<readonly [label: string, id: string]> = [
  ['queries of all pods', 'dns/queries'],
  ['queries that reach CoreDNS', 'dns/core-dns-queries'],
  ['replicas by the linear rule', 'dns/replicas-without-cache'],
  ['replicas that the queries need', 'dns/replicas-for-queries'],
  ['fewest replicas', 'dns/replicas-min'],
  ['most replicas', 'dns/replicas-max'],
  ['queries of one replica', 'dns/queries-per-replica'],
  ['memory of one CoreDNS', 'dns/memory'],
  ['its limit', 'dns/memory-limit'],
  ['its CPU request', 'dns/cpu'],
  ['answers in the cache of a zone on a node', 'dns/node-cache-entries'],
  ['memory request of a node\'s cache', 'dns/node-cache-memory'],
  ['its limit', 'dns/node-cache-memory-limit'],
  ['its CPU request', 'dns/node-cache-cpu'],
  ['queries of one look-up of an external name', 'dns/external-name-queries'],
];

const SERVER_BLOCK = 'src/components/dns/dns-server-block.ts';

export const DNS_PAGE = {
  file: 'docs/constructs/cached-core-dns.md',
  tables: {
    'dns-props': () => propsTable('src/components/dns/cached-core-dns.ts', 'CachedCoreDnsProps'),
    'dns-forwarding': () => propsTable('src/components/dns/forwarding.ts', 'ForwardOptions'),
    'dns-forwarded-zones': () => propsTable(SERVER_BLOCK, 'ForwardedZones'),
    'dns-listed-hosts': () => propsTable(SERVER_BLOCK, 'ListedHosts'),
    'dns-plugins': () => propsTable(SERVER_BLOCK, 'ServerBlockPlugins'),
    'dns-other': () => propsTable('src/components/dns/core-dns-owner.ts', 'OtherCoreDns'),
    'dns-sizes': () => sizesTable(SIZES, cluster => dns(cluster).derivations),
    'dns-alerts': () => alertsTable(dns(clusterOfSize(1200)).alertGroups[0].alerts),
  },
};

/** The page as it has to be. */
export function dnsPage(): string {
  return filled(DNS_PAGE, readFileSync(join(__dirname, '..', DNS_PAGE.file), 'utf8'));
}

if (require.main === module) { writeFileSync(join(__dirname, '..', DNS_PAGE.file), dnsPage()); }
