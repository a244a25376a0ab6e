import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { COREDNS_PLUGINS } from '../../src/catalogue/coredns-plugin-table';
import { corefileAccepts, corefilePluginOrder, corefileProblem } from '../../src/catalogue/coredns-plugins';
import { CorefilePluginTable } from '../../src/catalogue/corefile-plugin-row';
import { NODE_CACHE_COREDNS_VERSIONS, nodeCacheProblem } from '../../src/catalogue/node-cache-plugins';
import { inRange } from '../../src/catalogue/version-range';

const PLUGINS: CorefilePluginTable = COREDNS_PLUGINS;

// Oracle: sources of that version.
test.each(upstreamVersions('coredns'))('CoreDNS %s has the plugins and options of the table and no others', (version) => {
  const plugins = Object.keys(PLUGINS).filter((plugin) => inRange(version, PLUGINS[plugin]));
  const fixture = upstreamFixture(version, 'coredns');
  expect([...plugins].sort()).toEqual(fixture.plugins);
  expect(plugins.flatMap((plugin) => Object.entries(PLUGINS[plugin].options).filter(([, range]) => inRange(version, range))
    .map(([option]) => `${plugin} ${option}`)).sort()).toEqual(fixture.options);
});

test('the versions that kubeadm ships have a fixture (facts/dns.md section 3)', () => {
  expect(upstreamVersions('coredns')).toEqual(expect.arrayContaining(
    ['1.8.4', '1.8.6', '1.9.3', '1.10.1', '1.11.1', '1.11.3', '1.12.0', '1.12.1', '1.13.1', '1.14.2', '1.14.6']));
});

// Oracle: facts/dns.md section 3.
test.each([
  ['forward', 'health_check domain', '1.9.2', '1.9.1'],
  ['cache', 'servfail', '1.9.4', '1.9.3'],
  ['cache', 'disable', '1.9.4', '1.9.3'],
  ['cache', 'keepttl', '1.10.1', '1.10.0'],
  ['forward', 'next', '1.11.4', '1.11.3'],
  ['forward', 'failfast_all_unhealthy_upstreams', '1.12.1', '1.12.0'],
  ['kubernetes', 'multicluster', '1.12.2', '1.12.1'],
  ['kubernetes', 'startup_timeout', '1.12.3', '1.12.2'],
  ['forward', 'failover', '1.13.0', '1.12.4'],
  ['forward', 'max_connect_attempts', '1.13.2', '1.13.1'],
  ['kubernetes', 'apiserver_qps', '1.14.0', '1.13.2'],
  ['kubernetes', 'apiserver_burst', '1.14.0', '1.13.2'],
  ['kubernetes', 'apiserver_max_inflight', '1.14.0', '1.13.2'],
  ['forward', 'max_idle_conns', '1.14.1', '1.14.0'],
  ['forward', 'max_age', '1.14.3', '1.14.2'],
  ['forward', 'resolver', '1.14.4', '1.14.3'],
  ['forward', 'next_on_nodata', '1.14.4', '1.14.3'],
  ['forward', 'read_timeout', '1.14.5', '1.14.4'],
  ['forward', 'doh_method', '1.14.5', '1.14.4'],
  ['forward', 'source_address', '1.14.6', '1.14.5'],
  ['kubernetes', 'zonal', '1.14.7', '1.14.6'],
  ['cache', 'serve_stale_policy', '1.14.7', '1.14.6'],
])('%s %s is accepted from %s on, not by %s', (plugin, option, from, before) => {
  expect(corefileAccepts(from, plugin, option)).toBe(true);
  expect(corefileAccepts(before, plugin, option)).toBe(false);
});

test.each(['endpoint_pod_names', 'pods', 'pods verified', 'namespaces', 'endpoint', 'tls', 'labels', 'namespace_labels', 'fallthrough', 'ttl', 'noendpoints',
  'ignore', 'kubeconfig'])('kubernetes %s is as old as the table (facts/dns.md section 3)', (option) => {
  expect(corefileAccepts('1.8.4', 'kubernetes', option)).toBe(true);
});

test.each([
  ['1.11.3', 'multisocket', undefined, "plugin 'multisocket' was added in CoreDNS 1.12.0, got version 1.11.3; leave it out or use a newer version"],
  ['1.9.3', 'timeouts', undefined, "plugin 'timeouts' was added in CoreDNS 1.10.1, got version 1.9.3; leave it out or use a newer version"],
  ['1.14.6', 'forwrad', undefined, "plugin 'forwrad' is unknown to CoreDNS 1.14.6; did you mean 'forward'"],
  ['1.14.6', 'cache', 'prefech', "option 'prefech' of plugin 'cache' is unknown to CoreDNS 1.14.6; did you mean 'prefetch'"],
  ['1.14.6', 'cache', '__proto__', "option '__proto__' of plugin 'cache' is unknown to CoreDNS 1.14.6"],
  ['1.14.6', 'constructor', undefined, "plugin 'constructor' is unknown to CoreDNS 1.14.6"],
  ['1.14.6', 'prometheus', undefined, undefined],
])('CoreDNS %s with %s %s', (version, plugin, option, message) => {
  expect(corefileProblem(version, plugin, option)).toBe(message);
});

test('plugins run in upstream order: cache answers before kubernetes, kubernetes before forward', () => {
  expect(corefilePluginOrder('errors')).toBeLessThan(corefilePluginOrder('cache'));
  expect(corefilePluginOrder('cache')).toBeLessThan(corefilePluginOrder('kubernetes'));
  expect(corefilePluginOrder('kubernetes')).toBeLessThan(corefilePluginOrder('forward'));
});

describe('node-cache', () => {
  test('1.26.7 carries CoreDNS 1.13.1 (go.mod of kubernetes/dns at that tag)', () => {
    expect(NODE_CACHE_COREDNS_VERSIONS['1.26.7']).toBe('1.13.1');
  });

  test.each([
    ['kubernetes', undefined, "plugin 'kubernetes' is not part of node-cache 1.26.7; it knows bind, bufsize, cache, debug, dns64, errors, forward, health, "
      + 'hosts, loadbalance, log, loop, pprof, prometheus, reload, rewrite, template, trace, whoami'],
    ['forward', 'max_connect_attempts',
      "option 'max_connect_attempts' of plugin 'forward' was added in CoreDNS 1.13.2, got version 1.13.1; leave it out or use a newer version"],
    ['forward', 'force_tcp', undefined],
    ['cache', 'serve_stale verify', undefined],
  ])('%s %s', (plugin, option, message) => {
    expect(nodeCacheProblem('1.26.7', plugin, option)).toBe(message);
  });
});
