import { parse } from 'yaml';
import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { NamedRangeTable } from '../../src/catalogue/named-range';
import { PROMETHEUS_FEATURES } from '../../src/catalogue/prometheus-features';
import { PROMETHEUS_FIELDS } from '../../src/catalogue/prometheus-field-table';
import { PROMETHEUS_FLAGS } from '../../src/catalogue/prometheus-flag-table';
import { THANOS_FLAGS } from '../../src/catalogue/thanos-flag-table';
import { compareVersions, inRange } from '../../src/catalogue/version-range';
import { componentVersions } from '../../src/cluster/component-versions';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';
import { AlertGroup } from '../../src/contracts/contributions';
import { alert, config, DNS, emit, Emitted, ETCD, FELIX, METRICS_SERVER, SCHEDULER, smallFleet } from '../components/monitoring/monitoring';

function namesAt(table: NamedRangeTable, version: string): string[] {
  return Object.keys(table).filter(name => inRange(version, table[name]) && !table[name].absentIn?.some(each => compareVersions(each, version) === 0)).sort();
}

// Oracle: sources of that version.
describe.each(upstreamVersions('prometheus'))('Prometheus %s', version => {
  test('has the flags of the table and no others', () => expect(namesAt(PROMETHEUS_FLAGS, version)).toEqual(upstreamFixture(version, 'prometheus').flags));
  test('has the fields of the table and no others', () => expect(namesAt(PROMETHEUS_FIELDS, version)).toEqual(upstreamFixture(version, 'prometheus').fields));
});

test.each(upstreamVersions('thanos'))('Thanos %s has the flags of the table and no others', version => {
  expect(namesAt(THANOS_FLAGS, version)).toEqual(upstreamFixture(version, 'thanos').flags);
});

test('every minor of Prometheus from 2.30 on and of Thanos from 0.25 on has a fixture', () => {
  const minors = (component: string) => upstreamVersions(component).map(version => version.split('.').slice(0, 2).join('.')).sort(compareVersions);
  expect(minors('prometheus')).toEqual([...Array.from({ length: 26 }, (_, each) => `2.${30 + each}`), ...Array.from({ length: 15 }, (_, each) => `3.${each}`)]);
  expect(minors('thanos')).toEqual(Array.from({ length: 18 }, (_, each) => `0.${25 + each}`));
});

// Oracle of the features: the changelog; of the table: the sources. Both were read apart from each other.
test.each([
  [PROMETHEUS_FEATURES.keepEqual.added, 'RelabelConfig.action=keepequal'],
  [PROMETHEUS_FEATURES.keepDroppedTargets.added, 'ScrapeConfig.keep_dropped_targets'],
])('since %s: %s', (added, field) => {
  expect((PROMETHEUS_FIELDS as NamedRangeTable)[field].added).toBe(added);
});

test('the flag that expands labels goes with 3.0', () => {
  expect(PROMETHEUS_FLAGS['enable-feature=expand-external-labels'].removed).toBe(PROMETHEUS_FEATURES.expandFlag.removed);
});

/** `ScrapeConfig.sample_limit` for every field of a configuration; keys of labels are free. */
function fieldsOf(document: Emitted): string[] {
  const of = (section: string, node: Emitted) => Object.keys(node ?? {}).map(key => `${section}.${key}`);
  const relabel = (steps: Emitted[] = []) => steps.flatMap(step => [...of('RelabelConfig', step), ...step.action === undefined ? [] : [`RelabelConfig.action=${step.action}`]]);
  const http = ['authorization', 'tls_config'];
  const scrape = (job: Emitted) => [
    ...Object.keys(job).filter(key => !/_sd_configs$|^static_configs$/.test(key)).map(key => `${http.includes(key) ? 'HTTPClientConfig' : 'ScrapeConfig'}.${key}`),
    ...of('TLSConfig', job.tls_config),
    ...of('Authorization', job.authorization),
    ...(job.kubernetes_sd_configs ?? []).flatMap((discovery: Emitted) => [...of('SDConfig', discovery), `SDConfig.role=${discovery.role}`, ...of('NamespaceDiscovery', discovery.namespaces)]),
    ...relabel(job.relabel_configs),
    ...relabel(job.metric_relabel_configs),
  ];
  const managers = (document.alerting?.alertmanagers ?? []).flatMap((each: Emitted) => of('AlertmanagerConfig', each)).filter((name: string) => !name.endsWith('.static_configs'));
  return [...new Set([
    ...of('Config', document), ...of('GlobalConfig', document.global), ...of('AlertingConfig', document.alerting), ...managers,
    ...relabel(document.alerting?.alert_relabel_configs), ...document.scrape_configs.flatMap(scrape),
  ])];
}

function rulesOf(objects: Emitted[]): string[] {
  const files = objects.filter(object => object.kind === 'ConfigMap').flatMap(object => Object.values<string>(object.data ?? {})).map(text => parse(text));
  const groups = files.flatMap(file => file?.groups ?? []);
  return [...new Set(groups.flatMap((group: Emitted) => [...Object.keys(group).map(key => `RuleGroup.${key}`), ...group.rules.flatMap((rule: Emitted) => Object.keys(rule).map(key => `Rule.${key}`))]))];
}

/** Arguments of all containers of an image, each as the table writes it. */
function argumentsOf(objects: Emitted[], image: string): string[] {
  const containers = objects.flatMap(object => object.spec?.template?.spec?.containers ?? []).filter((each: Emitted) => each.image.includes(`/${image}:`));
  return [...new Set<string>(containers.flatMap((each: Emitted) => {
    const command = each.args[0].startsWith('--') ? '' : `${each.args[0]} `;
    return each.args.filter((argument: string) => argument.startsWith('--')).map((argument: string) => {
      const [name, value] = argument.slice(2).split(/=(.*)/);
      return `${command}${name}${name === 'enable-feature' ? `=${value}` : ''}`;
    });
  }))];
}

const unknown = (table: NamedRangeTable, version: string, names: string[]) => names.filter(name => !namesAt(table, version).includes(name));

const ALERTS: AlertGroup[] = [{ name: 'contributed', alerts: [alert('up == 0')] }];
const EVERYTHING = { scrapeTargets: [ETCD, DNS, METRICS_SERVER, SCHEDULER, FELIX], alertGroups: ALERTS, alertmanagers: ['alertmanager.monitoring.svc:9093'], shards: 2 };

describe.each(KubernetesRelease.all())('the monitoring of %s', release => {
  const { prometheus, thanos } = componentVersions(release);
  const objects = emit({ cluster: smallFleet(release), ...EVERYTHING, scrapeAnnotatedPods: true });

  test('gives Prometheus only flags and fields that its version knows', () => {
    expect(unknown(PROMETHEUS_FLAGS, prometheus, argumentsOf(objects, 'prometheus'))).toEqual([]);
    expect(unknown(PROMETHEUS_FIELDS, prometheus, [...fieldsOf(config(objects)), ...rulesOf(objects)])).toEqual([]);
  });

  test('gives Thanos only flags that its version knows, for all five commands', () => {
    const given = argumentsOf(objects, 'thanos');
    expect([...new Set(given.map(flag => flag.split(' ')[0]))].sort()).toEqual(['compact', 'query', 'rule', 'sidecar', 'store']);
    expect(unknown(THANOS_FLAGS, thanos, given)).toEqual([]);
  });
});

// A user may run an older Prometheus; 1.22 is the release on which all of them are allowed.
test.each(upstreamVersions('prometheus'))('Prometheus %s, chosen by a user, gets only what it knows', version => {
  const objects = emit({ cluster: smallFleet(KubernetesRelease.V1_22), prometheusVersion: version, ...EVERYTHING });
  expect(unknown(PROMETHEUS_FLAGS, version, argumentsOf(objects, 'prometheus'))).toEqual([]);
  expect(unknown(PROMETHEUS_FIELDS, version, [...fieldsOf(config(objects)), ...rulesOf(objects)])).toEqual([]);
});

test('what a newer Prometheus gets does not pass for an older one', () => {
  const objects = emit({ cluster: smallFleet(), ...EVERYTHING, scrapeAnnotatedPods: true });
  expect(unknown(PROMETHEUS_FIELDS, '2.40.7', fieldsOf(config(objects)))).toEqual(['ScrapeConfig.keep_dropped_targets', 'RelabelConfig.action=keepequal']);
  expect(unknown(PROMETHEUS_FLAGS, '3.14.0', ['storage.tsdb.retentions', 'enable-feature=expand-external-labels'])).toHaveLength(2);
  expect(unknown(THANOS_FLAGS, '0.37.2', argumentsOf(objects, 'thanos'))).toEqual(['query endpoint.sd-config-file']);
});

test('of what we give the pinned Prometheus only the two retention flags are deprecated', () => {
  // Their successor, storage.tsdb.retention in the configuration file, came in 3.8 with the deprecation: the flags work in every version.
  const table: NamedRangeTable = PROMETHEUS_FLAGS;
  expect(argumentsOf(emit(), 'prometheus').filter(flag => table[flag].deprecatedIn !== undefined)).toEqual(['storage.tsdb.retention.time', 'storage.tsdb.retention.size']);
});
