import { Duration } from 'cdk8s';
import { clusterOf, emit } from './dns-build';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { CachedCoreDnsProps } from '../../../src/components/dns/cached-core-dns';
import { DnsServerBlock } from '../../../src/components/dns/dns-server-block';
import { reverseRange } from '../../../src/components/dns/server-block-checks';
import { clusterOn } from '../cluster-on';

const cluster = clusterOf();

function blocks(...serverBlocks: DnsServerBlock[]): CachedCoreDnsProps {
  return { cluster, serverBlocks };
}

/** Text of the block of a zone. */
function blockOf(corefile: string, zone: string): string[] {
  const [, text] = new RegExp(`^${zone.replace(/\./g, '\\.')}:53[^\\n]* \\{\\n([^]*?)^\\}`, 'm').exec(corefile)!;
  return text.trimEnd().split('\n').map(line => line.slice(4));
}

describe('what a block becomes', () => {
  test('a stub domain: its resolvers, a cache, metrics, sockets; no loop, which would end the whole process', () => {
    const { corefile } = emit(blocks(DnsServerBlock.forward({ zones: ['corp.example.com', '20.172.in-addr.arpa'], servers: ['192.0.2.60', '192.0.2.61:5353'], cacheTtl: Duration.minutes(2), forceTcp: true })));
    expect(corefile()).toContain('\ncorp.example.com:53 20.172.in-addr.arpa:53 {\n');
    expect(blockOf(corefile(), 'corp.example.com')).toEqual([
      'errors',
      'prometheus :9153',
      'forward . 192.0.2.60 192.0.2.61:5353 {',
      '    force_tcp',
      '    max_concurrent 1000',
      '    failfast_all_unhealthy_upstreams',
      '}',
      'cache 120 {',
      '    serve_stale 1h verify 1000ms',
      '}',
      'loadbalance',
      'multisocket 2',
    ]);
  });

  test('listed hosts: one line for each address, names in order; other names of the zone are asked for outside', () => {
    const { corefile } = emit({
      ...blocks(DnsServerBlock.hosts({ zones: ['registry.example.com'], records: { 'registry.example.com': ['192.0.2.70', '2001:db8::70'], '*.registry.example.com': ['192.0.2.71'] } })),
      upstreamServers: ['192.0.2.53'],
    });
    expect(blockOf(corefile(), 'registry.example.com').slice(2, 11)).toEqual([
      'hosts /dev/null {',
      '    192.0.2.71 *.registry.example.com',
      '    192.0.2.70 registry.example.com',
      '    2001:db8::70 registry.example.com',
      '    ttl 30',
      '    no_reverse',
      '    fallthrough',
      '}',
      'forward . 192.0.2.53 {',
    ]);
  });

  test('listed hosts with a life of their own', () => {
    const { corefile } = emit(blocks(DnsServerBlock.hosts({ zones: ['a.example.com'], records: { 'a.example.com': ['192.0.2.70'] }, ttl: Duration.seconds(60) })));
    expect(blockOf(corefile(), 'a.example.com').slice(2, 5)).toEqual(['hosts /dev/null {', '    192.0.2.70 a.example.com', '    ttl 60']);
  });

  test('plugins of the user stand as they are; errors and metrics are added where they are missing', () => {
    const plugins = [
      { name: 'errors', options: [{ name: 'consolidate', args: ['5m', '.* i/o timeout$', 'warning'] }] },
      { name: 'template', args: ['IN', 'A'], options: [{ name: 'match', args: ['^(.*)\\.dev\\.example\\.com\\.$'] }, { name: 'answer', args: ['{{ .Name }} 60 IN A 192.0.2.1'] }] },
    ];
    const { corefile } = emit(blocks(DnsServerBlock.of({ zones: ['dev.example.com'], plugins })));
    expect(blockOf(corefile(), 'dev.example.com')).toEqual([
      'prometheus :9153',
      'errors {',
      '    consolidate 5m ".* i/o timeout$" warning',
      '}',
      'template IN A {',
      '    match ^(.*)\\.dev\\.example\\.com\\.$',
      '    answer "{{ .Name }} 60 IN A 192.0.2.1"',
      '}',
      'multisocket 2',
    ]);
  });

  test('caches of the nodes ask CoreDNS for these zones, and are sized for them', () => {
    const { cacheCorefile, dns } = emit(blocks(DnsServerBlock.forward({ zones: ['corp.example.com'], servers: ['192.0.2.60'] })));
    expect(blockOf(cacheCorefile(), 'corp.example.com').filter(line => /forward|force_tcp|success/.test(line))).toEqual(['    success 9984 30', 'forward . 10.96.0.11 {', '    force_tcp']);
    expect(cacheCorefile()).not.toContain('192.0.2.60');
    expect(dns.derivations.find(({ id }) => id === 'dns/node-cache-zones')!.value).toBe(5);
  });

  test('policies learn of their resolvers, also of those inside plugins of the user', () => {
    const flows = emit({
      ...blocks(
        DnsServerBlock.forward({ zones: ['corp.example.com'], servers: ['192.0.2.60:5353', '2001:db8::60'] }),
        DnsServerBlock.of({ zones: ['dev.example.com'], plugins: [{ name: 'forward', args: ['.', 'tls://192.0.2.61', '/etc/resolv.conf'] }] }),
      ),
      upstreamServers: ['192.0.2.53'],
    }).dns.networkFlows.filter(flow => !['names', 'what the caches of the nodes miss'].includes(flow.name));
    expect(flows.map(flow => `${flow.name}: ${flow.to.kind} ${flow.to.cidrs.join()} ${flow.ports.map(({ port, protocol }) => `${protocol ?? 'TCP'} ${port}`).join()}`)).toEqual([
      'names outside the cluster: networks 192.0.2.53/32 UDP 53,TCP 53',
      'names of corp.example.com: networks 192.0.2.60/32 UDP 5353,TCP 5353',
      'names of corp.example.com: networks 2001:db8::60/128 UDP 53,TCP 53',
      'names of dev.example.com: networks 192.0.2.61/32 UDP 853,TCP 853',
      'names of dev.example.com: anywhere  UDP 53,TCP 53',
    ]);
  });
});

test.each([
  // zone, range, oracle: RFC 1035 section 3.5, RFC 3596 section 2.5
  ['16.172.in-addr.arpa', '172.16.0.0/16'],
  ['10.in-addr.arpa', '10.0.0.0/8'],
  ['7.2.0.192.in-addr.arpa', '192.0.2.7/32'],
  ['8.b.d.0.1.0.0.2.ip6.arpa', '2001:db8::/32'],
])('names by address of %s are those of %s', (zone, range) => {
  expect(String(reverseRange(zone))).toBe(range);
});

describe('refused', () => {
  const forward = (...zones: string[]) => DnsServerBlock.forward({ zones, servers: ['192.0.2.60'] });
  const of = (...plugins: Parameters<typeof DnsServerBlock.of>[0]['plugins']) => DnsServerBlock.of({ zones: ['dev.example.com'], plugins });

  test.each<[string, DnsServerBlock[], RegExp]>([
    ['no zone', [forward()], /serverBlocks\[0\]\.zones must name at least one zone/],
    ['all names', [forward('.')], /'\.' belongs to the construct; use upstreamServers and forwarding/],
    ['a zone with a space', [forward('corp example.com')], /serverBlocks\[0\]\.zones must be a DNS name in lower case, got "corp example\.com"/],
    ['a zone with a brace', [forward('corp.example.com {')], /must be a DNS name/],
    ['a zone that opens a line', [forward('corp.example.com\nexample.org')], /must be a DNS name/],
    ['the cluster\'s domain', [forward('cluster.local')], /'cluster\.local' lies in the cluster's own domain cluster\.local; names there come from the API server/],
    ['a part of it', [forward('svc.cluster.local')], /lies in the cluster's own domain/],
    ['a zone twice', [forward('a.example.com'), forward('b.example.com', 'a.example.com')], /serverBlocks\[1\]\.zones: 'a\.example\.com' is served twice; a zone belongs to one block/],
    ['names by address of pods', [forward('10.in-addr.arpa')], /'10\.in-addr\.arpa' are names of 10\.0\.0\.0\/8, which overlaps 10\.0\.0\.0\/11 of pods or Services/],
    ['names by address of all', [forward('in-addr.arpa')], /all of the names by address, or no whole part of them; name a range such as 16\.172\.in-addr\.arpa/],
    ['no resolver', [DnsServerBlock.forward({ zones: ['a.example.com'], servers: [] })], /serverBlocks\[0\]\.servers must name 1 to 15 resolvers/],
    ['a resolver that is the cluster\'s own DNS', [DnsServerBlock.forward({ zones: ['a.example.com'], servers: ['10.96.0.11'] })], /serverBlocks\[0\]\.servers: 10\.96\.0\.11 is an address of the cluster's own DNS/],
    ['an option of another version', [DnsServerBlock.forward({ zones: ['a.example.com'], servers: ['192.0.2.60'], options: [{ name: 'nexxt' }] })], /option 'nexxt' of plugin 'forward' is unknown to CoreDNS 1\.14\.6/],
    ['hosts without a name', [DnsServerBlock.hosts({ zones: ['a.example.com'], records: {} })], /records must list at least one name/],
    ['a host outside its zones', [DnsServerBlock.hosts({ zones: ['a.example.com'], records: { 'b.example.com': ['192.0.2.1'] } })], /'b\.example\.com' lies in none of its zones a\.example\.com/],
    ['a host with a name as address', [DnsServerBlock.hosts({ zones: ['a.example.com'], records: { 'a.example.com': ['b.example.com'] } })], /"b\.example\.com" of 'a\.example\.com' is not an IP address/],
    ['half a second', [DnsServerBlock.hosts({ zones: ['a.example.com'], records: { 'a.example.com': ['192.0.2.1'] }, ttl: Duration.millis(500) })], /serverBlocks\[0\]\.ttl must be a whole number between 1 and 86400/],
    ['no plugin', [of()], /serverBlocks\[0\]\.plugins must name at least one plugin/],
    ['a plugin that nobody knows', [of({ name: 'forwrad' })], /plugin 'forwrad' is unknown to CoreDNS 1\.14\.6; did you mean 'forward'/],
    ['an option that nobody knows', [of({ name: 'cache', options: [{ name: 'prefech' }] })], /option 'prefech' of plugin 'cache' is unknown to CoreDNS 1\.14\.6; did you mean 'prefetch'/],
    ['a second kubernetes', [of({ name: 'kubernetes', args: ['other.local'] })], /plugin 'kubernetes' belongs to the construct: a second one would hold all Services a second time/],
    ['a second health server', [of({ name: 'health' })], /plugin 'health' belongs to the construct/],
    ['a word that closes the block', [of({ name: 'whoami', args: ['}'] })], /plugin 'whoami': "\}" is a brace/],
    ['a word that reads the environment', [of({ name: 'whoami', args: ['{$HOME}'] })], /would be replaced by a variable of the environment/],
    ['a line that reads a file', [of({ name: 'hosts', options: [{ name: 'import', args: ['/etc/passwd'] }] })], /'import' would read another file/],
  ])('%s', (_, serverBlocks, message) => {
    expect(() => emit({ cluster, serverBlocks })).toThrow(message);
  });

  test('a plugin that came later than the CoreDNS of the release', () => {
    expect(() => emit({ cluster: clusterOn(KubernetesRelease.V1_26), serverBlocks: [of({ name: 'timeouts', options: [{ name: 'read', args: ['5s'] }] })] }))
      .toThrow(/plugin 'timeouts' was added in CoreDNS 1\.10\.1, got version 1\.9\.3/);
  });
});
