import { CorefilePlugin } from './corefile-plugin';
import { DnsServerBlock, ListedHosts } from './dns-server-block';
import { checkForwarding, resolverProblem, serversProblem } from './forward-checks';
import { corefileProblem } from '../../catalogue/coredns-plugins';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange, isIpAddress } from '../../cluster/ip-range';
import { corefileWordProblem } from '../../formats/corefile';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsNameProblem, quoted, safeEntries } from '../../input/text-safety';

/** Plugins that no block of a user may have, and why. */
const OWNED: { readonly [plugin: string]: string } = {
  health: 'one server answers for the process',
  ready: 'one server answers for the process',
  reload: 'the whole file is reloaded',
  multisocket: 'sockets of a port are the same in all blocks',
  bind: 'CoreDNS listens on all addresses of its pod',
  root: 'there are no files in the pod',
  kubernetes: 'a second one would hold all Services a second time',
  autopath: 'it needs a watch on every pod',
};

/** Plugins whose blocks hold rules, not options with names. */
const RULES_IN_BLOCK = ['hosts', 'rewrite', 'acl'];

/** What is wrong with the blocks of the user. */
export function checkServerBlocks(cluster: ClusterFacts, blocks: DnsServerBlock[], ownAddresses: string[], problems: Problems): void {
  const version = cluster.versions.coreDns;
  const seen = new Set<string>();
  for (const [i, block] of blocks.entries()) {
    const field = `serverBlocks[${i}]`;
    problems.require(block.zones.length > 0, `${field}.zones must name at least one zone`);
    for (const zone of block.zones) {
      problems.add(zoneProblem(cluster, `${field}.zones`, zone));
      problems.require(!seen.has(zone), `${field}.zones: '${zone}' is served twice; a zone belongs to one block`);
      seen.add(zone);
    }
    const { _forward: forward, _hosts: hosts, _plugins: plugins } = block;
    if (forward) {
      problems.add(serversProblem(`${field}.servers`, forward.servers));
      for (const server of forward.servers) { problems.add(resolverProblem(`${field}.servers`, server, ownAddresses)); }
      checkForwarding(field, forward, [version], problems);
      addSeconds(`${field}.cacheTtl`, forward.cacheTtl?.toSeconds({ integral: false }), problems);
    }
    if (hosts) { checkHosts(field, hosts, problems); }
    if (plugins) { checkPlugins(field, plugins, version, problems); }
  }
}

function zoneProblem({ network }: ClusterFacts, field: string, zone: string): string | undefined {
  if (zone === '.') { return `${field}: '.' belongs to the construct; use upstreamServers and forwarding for all other names`; }
  const name = dnsNameProblem(field, zone);
  if (name !== undefined) { return name; }
  const { clusterDomain } = network;
  if (zone === clusterDomain || zone.endsWith(`.${clusterDomain}`)) { return `${field}: '${zone}' lies in the cluster's own domain ${clusterDomain}; names there come from the API server`; }
  if (!/(^|\.)(in-addr|ip6)\.arpa$/.test(zone)) { return undefined; }
  const range = reverseRange(zone);
  if (range === undefined) { return `${field}: '${zone}' is all of the names by address, or no whole part of them; name a range such as 16.172.in-addr.arpa`; }
  const own = [...network.podCidrs, ...network.serviceCidrs].find(cidr => IpRange.parse('network', cidr).overlaps(range));
  return own === undefined ? undefined : `${field}: '${zone}' are names of ${range}, which overlaps ${own} of pods or Services; their names come from the API server. Name a smaller range`;
}

/** Range whose names by address lie in a zone: 16.172.in-addr.arpa is 172.16.0.0/16. */
export function reverseRange(zone: string): IpRange | undefined {
  const four = /^((?:\d{1,3}\.){1,4})in-addr\.arpa$/.exec(zone);
  const six = /^((?:[0-9a-f]\.){1,32})ip6\.arpa$/.exec(zone);
  const parts = (four ?? six)?.[1].split('.').filter(part => part !== '').reverse();
  if (!parts) { return undefined; }
  const text = four ? [...parts, '0', '0', '0'].slice(0, 4).join('.') : (parts.join('').padEnd(32, '0').match(/.{4}/g) ?? []).join(':');
  return isIpAddress(text) ? IpRange.parse('zone', `${text}/${parts.length * (four ? 8 : 4)}`) : undefined;
}

function checkHosts(field: string, hosts: ListedHosts, problems: Problems): void {
  const records = safeEntries(`${field}.records`, hosts.records);
  problems.require(records.length > 0, `${field}.records must list at least one name`);
  for (const [name, addresses] of records) {
    problems.add(dnsNameProblem(`${field}.records`, name.replace(/^\*\./, '')));
    problems.require(hosts.zones.some(zone => name === zone || name.endsWith(`.${zone}`)), `${field}.records: '${name}' lies in none of its zones ${hosts.zones.join(', ')}`);
    problems.require(addresses.length > 0, `${field}.records: '${name}' has no address`);
    for (const address of addresses) { problems.require(isIpAddress(address), `${field}.records: ${quoted(address)} of '${name}' is not an IP address`); }
  }
  addSeconds(`${field}.ttl`, hosts.ttl?.toSeconds({ integral: false }), problems);
}

function addSeconds(field: string, value: number | undefined, problems: Problems): void {
  if (value !== undefined) { problems.add(wholeNumberProblem(field, value, { min: 1, max: 86_400, why: 'seconds' })); }
}

function checkPlugins(field: string, plugins: CorefilePlugin[], version: string, problems: Problems): void {
  problems.require(plugins.length > 0, `${field}.plugins must name at least one plugin`);
  for (const { name, args = [], options = [] } of plugins) {
    if (Object.hasOwn(OWNED, name)) {
      problems.add(`${field}: plugin '${name}' belongs to the construct: ${OWNED[name]}`);
      continue;
    }
    const unknown = corefileProblem(version, name);
    problems.add(unknown === undefined ? undefined : `${field}: ${unknown}`);
    for (const option of unknown === undefined && !RULES_IN_BLOCK.includes(name) ? options : []) {
      const problem = corefileProblem(version, name, option.name);
      problems.add(problem === undefined ? undefined : `${field}: ${problem}`);
    }
    for (const word of [...args, ...options.flatMap(option => [option.name, ...(option.args ?? [])])]) {
      const problem = corefileWordProblem(word);
      problems.add(problem === undefined ? undefined : `${field}: plugin '${name}': ${problem}`);
    }
    problems.require(!options.some(option => option.name === 'import'), `${field}: plugin '${name}': 'import' would read another file; write its content as options`);
  }
}
