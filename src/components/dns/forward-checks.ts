import { FORWARD_PROPS } from './forward-directive';
import { ForwardOptions } from './forwarding';
import { corefileProblem } from '../../catalogue/coredns-plugins';
import { isIpAddress } from '../../cluster/ip-range';
import { corefileWordProblem } from '../../formats/corefile';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsNameProblem, quoted } from '../../input/text-safety';

/** Answers that plugin forward knows by name and that ask for another resolver. Source: miekg/dns StringToRcode. */
const RCODES = ['FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'];

/** As many resolvers as plugin forward takes. Source: COR@v1.14.6:forward. */
const MOST_SERVERS = 15;

/** What is wrong with the number of resolvers. */
export function serversProblem(field: string, servers: string[]): string | undefined {
  if (servers.length >= 1 && servers.length <= MOST_SERVERS) { return undefined; }
  return `${field} must name 1 to ${MOST_SERVERS} resolvers (as many as plugin forward takes), got ${servers.length}; leave it out for those of the node`;
}

/** A resolver as users write it. */
export interface Resolver {
  readonly address: string;
  /** @default - that of its protocol */
  readonly port?: number;
}

/** `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353`; undefined when it is none of them. */
export function parseResolver(server: unknown): Resolver | undefined {
  if (typeof server !== 'string') { return undefined; }
  const [, six, four, port] = /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(server) ?? [];
  const address = six ?? four ?? (server.includes(':') ? server : '');
  if (!isIpAddress(address) || (port !== undefined && (Number(port) < 1 || Number(port) > 65535))) { return undefined; }
  return port === undefined ? { address } : { address, port: Number(port) };
}

/** What is wrong with the address of a resolver. */
export function resolverProblem(field: string, server: string, ownAddresses: string[]): string | undefined {
  const resolver = parseResolver(server);
  if (resolver === undefined) { return `${field}: ${quoted(server)} must be an address, with :port where it is not 53 (IPv6 then in brackets)`; }
  return ownAddresses.includes(resolver.address) ? `${field}: ${resolver.address} is an address of the cluster's own DNS; queries would run in a circle` : undefined;
}

/** What is wrong with options of plugin forward, for every CoreDNS version that gets them. */
export function checkForwarding(field: string, options: ForwardOptions, versions: string[], problems: Problems): void {
  problems.require(!(options.forceTcp && options.preferUdp), `${field}: forceTcp and preferUdp exclude each other; leave one of them out`);
  if (options.tlsServerName !== undefined) {
    problems.add(dnsNameProblem(`${field}.tlsServerName`, options.tlsServerName));
    problems.require(!options.forceTcp && !options.preferUdp, `${field}: with tlsServerName everything is TLS over TCP; leave forceTcp and preferUdp out`);
  }
  if (options.maxConcurrent !== undefined) { problems.add(wholeNumberProblem(`${field}.maxConcurrent`, options.maxConcurrent, { min: 1, max: 100_000, why: 'open queries of one server' })); }
  if (options.maxFails !== undefined) { problems.add(wholeNumberProblem(`${field}.maxFails`, options.maxFails, { min: 0, max: 100, why: 'failed checks in a row' })); }
  const interval = options.healthCheckInterval?.toMilliseconds();
  if (interval !== undefined) { problems.add(wholeNumberProblem(`${field}.healthCheckInterval`, interval, { min: 100, max: 60_000, why: 'milliseconds between checks' })); }
  for (const rcode of options.failoverOn ?? []) {
    problems.require(RCODES.includes(rcode), `${field}.failoverOn: ${quoted(rcode)} is no answer that asks for another resolver; use ${RCODES.join(', ')}`);
  }
  problems.require(options.failoverOn === undefined || options.failoverOn.length > 0, `${field}.failoverOn must name answers such as SERVFAIL, or be left out`);
  const byProp = Object.keys(FORWARD_PROPS).filter(option => options[FORWARD_PROPS[option]] !== undefined);
  const asked = [...byProp, ...(options.options ?? []).map(option => option.name)];
  for (const name of asked) {
    for (const version of versions) {
      const problem = corefileProblem(version, 'forward', name);
      if (problem !== undefined) {
        problems.add(`${field}: ${problem}`);
        break;
      }
    }
  }
  for (const { name, args = [] } of options.options ?? []) {
    problems.require(FORWARD_PROPS[name] === undefined, `${field}.options: '${name}' has a prop of its own, ${FORWARD_PROPS[name]}`);
    for (const word of [name, ...args]) {
      const problem = corefileWordProblem(word);
      problems.add(problem === undefined ? undefined : `${field}.options: ${problem}`);
    }
  }
}
