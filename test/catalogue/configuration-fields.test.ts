import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { ConfigurationFieldTable } from '../../src/catalogue/configuration-field-row';
import { KUBE_PROXY_CONFIGURATION_FIELDS } from '../../src/catalogue/kube-proxy-configuration-field-table';
import { SCHEDULER_CONFIGURATION_FIELDS } from '../../src/catalogue/scheduler-configuration-field-table';
import { inRange } from '../../src/catalogue/version-range';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';
import { TunedApiServer } from '../../src/components/api-server/tuned-api-server';
import { EtcdCluster } from '../../src/components/etcd/etcd-cluster';
import { hostArtefacts } from '../../src/host/host-artefacts';
import { clusterOn } from '../components/cluster-on';

const SCHEDULER: ConfigurationFieldTable = SCHEDULER_CONFIGURATION_FIELDS;
const PROXY: ConfigurationFieldTable = KUBE_PROXY_CONFIGURATION_FIELDS;

function fieldsAt(table: ConfigurationFieldTable, release: string): string[] {
  return Object.keys(table).filter(path => inRange(release, table[path])).sort();
}

// Oracle: types.go of that release.
test.each(upstreamVersions())('KubeSchedulerConfiguration of %s has the API versions and fields of the table and no others', release => {
  expect(fieldsAt(SCHEDULER, release)).toEqual(upstreamFixture(release)['fields.KubeSchedulerConfiguration']);
});

test.each(upstreamVersions('kube-proxy'))('KubeProxyConfiguration of %s has the fields of the table and no others', release => {
  expect(fieldsAt(PROXY, release)).toEqual(upstreamFixture(release, 'kube-proxy')['fields.KubeProxyConfiguration']);
});

// Oracle: facts/versions.md section 2 (API versions of the scheduler, kube-proxy's nftables) and the release notes of the fields' gates.
test.each([
  [SCHEDULER, '1.22', 'v1beta2 percentageOfNodesToScore', true],
  [SCHEDULER, '1.27', 'v1beta2 percentageOfNodesToScore', true],
  [SCHEDULER, '1.28', 'v1beta2 percentageOfNodesToScore', false],
  [SCHEDULER, '1.28', 'v1beta3 percentageOfNodesToScore', true],
  [SCHEDULER, '1.29', 'v1beta3 percentageOfNodesToScore', false],
  [SCHEDULER, '1.24', 'v1 percentageOfNodesToScore', false],
  [SCHEDULER, '1.25', 'v1 percentageOfNodesToScore', true],
  [PROXY, '1.28', 'v1alpha1 nftables', false],
  [PROXY, '1.29', 'v1alpha1 nftables', true],
])('%# on %s: %s is %s', (table, release, path, known) => {
  expect(fieldsAt(table, release).includes(path)).toBe(known);
});

/** Dotted paths of a document, lists transparent. */
function pathsOf(node: unknown, prefix = ''): string[] {
  if (Array.isArray(node)) { return node.flatMap(item => pathsOf(item, prefix)); }
  if (node === null || typeof node !== 'object') { return []; }
  return Object.entries(node).flatMap(([key, value]) => [`${prefix}${key}`, ...pathsOf(value, `${prefix}${key}.`)]);
}

/** Fields of a scheduler's configuration that the release does not know. */
function unknown(release: string, document: { apiVersion: string; kind: string }): string[] {
  const { apiVersion, kind, ...fields } = document;
  const known = new Set(fieldsAt(SCHEDULER, release));
  return [...kind === 'KubeSchedulerConfiguration' ? [] : [kind], ...pathsOf(fields).map(path => `${apiVersion.split('/')[1]} ${path}`).filter(path => !known.has(path))];
}

describe.each(KubernetesRelease.all())('the scheduler configuration that we write for %s', release => {
  const cluster = clusterOn(release);
  const chart = new Chart(Testing.app(), 'test');
  const server = new TunedApiServer(chart, 'api', { cluster, etcd: new EtcdCluster(chart, 'etcd', { cluster }) });
  const file = hostArtefacts(server).files.find(each => each.path.endsWith('/scheduler.yaml'))!;
  const document = parse(file.content);

  test('names only fields of that release', () => {
    expect(pathsOf(document).length).toBeGreaterThan(5);
    expect(unknown(release.version, document)).toEqual([]);
  });

  test('would not pass with a misspelt field or an API version that the release does not serve', () => {
    const version = document.apiVersion.split('/')[1];
    expect(unknown(release.version, { ...document, leaderElection: { leaderElects: true } })).toEqual([`${version} leaderElection.leaderElects`]);
    expect(unknown(release.version, { ...document, apiVersion: 'kubescheduler.config.k8s.io/v1alpha1' })).not.toEqual([]);
  });
});
