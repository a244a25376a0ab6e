import { COMPONENTS, fixtureSource, upstreamFixture, upstreamVersions } from './upstream-fixture';
import { NODE_CACHE_COREDNS_VERSIONS, NODE_CACHE_PLUGINS } from '../../src/catalogue/node-cache-plugins';
import { inRange, VersionRange } from '../../src/catalogue/version-range';
import { componentVersions } from '../../src/cluster/component-versions';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';

const FIXTURES: [string, string | undefined][] = [
  ...upstreamVersions().map((version): [string, undefined] => [version, undefined]),
  ...COMPONENTS.flatMap(component => upstreamVersions(component).map((version): [string, string] => [version, component])),
];

test.each(FIXTURES)('fixture %s of %p names its tag, the day of the tag and the day of extraction', (version, component) => {
  const { upstream, tag, tagged, extracted } = fixtureSource(version, component);
  expect(upstream).toMatch(/^[a-z0-9.-]+\/[a-z0-9_-]+$/);
  // A release branch stands in where a minor had no tag yet.
  const minor = version.split('.').slice(0, 2).join('.');
  expect(tag.replace(/^v0\./, 'v1.')).toContain(component === undefined || ['kube-proxy', 'cluster-autoscaler'].includes(component) ? minor : version.replace(/^0\./, '1.'));
  expect(tagged).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(tagged <= extracted).toBe(true);
  expect(Object.values(upstreamFixture(version, component)).every(list => list.length > 0)).toBe(true);
});

// Oracle: cmd/node-cache/main.go and go.mod of that version.
test.each(upstreamVersions('node-cache'))('node-cache %s links the plugins of the table and no others', version => {
  const table: { readonly [plugin: string]: VersionRange } = NODE_CACHE_PLUGINS;
  const fixture = upstreamFixture(version, 'node-cache');
  expect(Object.keys(table).filter(plugin => inRange(version, table[plugin])).sort()).toEqual(fixture.plugins);
  expect([NODE_CACHE_COREDNS_VERSIONS[version]]).toEqual(fixture.coredns);
});

test('the table of node-cache has no version without a fixture', () => {
  expect(Object.keys(NODE_CACHE_COREDNS_VERSIONS).sort()).toEqual(upstreamVersions('node-cache').sort());
});

// What we install must be what the catalogue has read: a range says nothing about a version outside its table.
describe.each(KubernetesRelease.all())('the components installed with %s', release => {
  const versions = componentVersions(release);

  test.each([
    ['etcd', versions.etcd],
    ['coredns', versions.coreDns],
    ['node-cache', versions.nodeCache],
    ['fluent-bit', versions.fluentBit],
    ['prometheus', versions.prometheus],
    ['thanos', versions.thanos],
  ])('%s %s has a fixture', (component, version) => expect(upstreamVersions(component)).toContain(version));

  test('so has the minor of Calico and of the Cluster Autoscaler', () => {
    const minor = (version: string) => version.split('.').slice(0, 2).join('.');
    expect(upstreamVersions('calico').map(minor)).toContain(minor(versions.calico));
    expect(upstreamVersions('cluster-autoscaler')).toContain(minor(versions.clusterAutoscaler));
  });

  test('the Cluster Autoscaler is the newest patch of that minor that the catalogue has read, or a note says why not', () => {
    // Oracle: tags of kubernetes/autoscaler.
    const { tag } = fixtureSource(release.version, 'cluster-autoscaler');
    const stands = versions.notes.some(note => note.includes('Cluster Autoscaler'));
    expect(tag === `cluster-autoscaler-${versions.clusterAutoscaler}` || (stands && !/\d+\.\d+\.\d+$/.test(tag))).toBe(true);
  });
});
