import { App, Chart } from 'cdk8s';
import { LABELS } from '../../../src/cluster/labels';
import { ObjectStorage } from '../../../src/components/monitoring/object-storage';
import { ThanosMonitoring, ThanosMonitoringProps } from '../../../src/components/monitoring/thanos-monitoring';
import { ScrapeDiscovery } from '../../../src/contracts/contributions';
import { FlowPeer, FlowPeerKind } from '../../../src/contracts/network-flows';

function flows(props: Partial<ThanosMonitoringProps> = {}) {
  return new ThanosMonitoring(new Chart(new App(), 'test'), 'monitoring', { objectStorage: ObjectStorage.secret({ name: 'bucket' }), ...props });
}

const name = (peer: FlowPeer) => (peer.kind === FlowPeerKind.PODS ? `${peer.namespace}/${peer.labels[LABELS.name] ?? peer.labels[LABELS.component] ?? JSON.stringify(peer.labels)}` : peer.kind);

test('every scrape job has a flow from Prometheus to its targets: a job that is added is one too', () => {
  const monitoring = flows({
    scrapeTargets: [
      { job: 'shop', discovery: ScrapeDiscovery.PODS, namespace: 'shop', podLabels: { [LABELS.name]: 'web' }, port: 8000, seriesPerTarget: 10 },
      { job: 'typha', discovery: ScrapeDiscovery.PODS, namespace: 'calico-system', podLabels: { 'k8s-app': 'calico-typha' }, hostNetwork: true, port: 9093, seriesPerTarget: 10 },
      { job: 'cards', discovery: ScrapeDiscovery.NODES, port: 9400, seriesPerTarget: 10 },
      { job: 'disks', discovery: ScrapeDiscovery.STATIC, addresses: ['192.0.2.1', 'fd00::1'], port: 9100, seriesPerTarget: 10 },
      { job: 'gateway', discovery: ScrapeDiscovery.SERVICE, namespace: 'edge', serviceName: 'gateway', port: 9000, seriesPerTarget: 10 },
    ],
  });
  const scrapes = monitoring.networkFlows.filter(flow => flow.name.startsWith('scrape of '));
  expect(scrapes.map(flow => flow.name.slice('scrape of '.length))).toEqual(monitoring.jobs);
  expect(new Set(scrapes.map(flow => name(flow.from)))).toEqual(new Set(['monitoring/prometheus']));
  const target = (job: string) => scrapes.find(flow => flow.name === `scrape of ${job}`)!;
  expect([name(target('shop').to), target('shop').ports]).toEqual(['shop/web', [{ port: 8000 }]]);
  // Such a pod has the address of its machine, which no selector of pods finds.
  expect(name(target('typha').to)).toBe('machines');
  expect([name(target('cards').to), target('cards').ports]).toEqual(['machines', [{ port: 9400 }]]);
  expect(target('disks').to.cidrs).toEqual(['192.0.2.1/32', 'fd00::1/128']);
  expect([target('gateway').to.namespace, target('gateway').to.labels]).toEqual(['edge', {}]);
  expect(name(target('kube-apiserver').to)).toBe('control plane');
});

test('Thanos asks its stores, everybody asks Thanos, and only parts with a bucket leave the cluster', () => {
  const { networkFlows } = flows();
  const of = (what: string) => networkFlows.filter(flow => flow.name === what).map(flow => [name(flow.from), name(flow.to), flow.ports]);
  expect(of('queries of Thanos')).toEqual(['monitoring/prometheus', 'monitoring/thanos-store'].map(store => ['monitoring/thanos-query', store, [{ port: 10901 }]]));
  expect(of('queries of dashboards and autoscalers')).toEqual([['every pod', 'monitoring/thanos-query', [{ port: 10902 }]]]);
  expect(of('object storage').map(([from]) => from)).toEqual(['monitoring/prometheus', 'monitoring/thanos-store', 'monitoring/thanos-compactor']);
});

test('a ruler stores, asks and alerts; annotated pods are scraped where they may be', () => {
  const alertGroups = [{ name: 'g', alerts: [] }];
  const monitoring = flows({ alertGroups, recordingRules: [{ record: 'job:up:sum', expression: 'sum by (job) (up)' }], alertmanagers: ['alertmanager.example.com:9093'], scrapeAnnotatedPods: true });
  const of = (what: string) => monitoring.networkFlows.filter(flow => flow.name === what).map(flow => [name(flow.from), name(flow.to), flow.ports]);
  expect(of('queries of rules')).toEqual([['monitoring/thanos-ruler', 'monitoring/thanos-query', [{ port: 10902 }]]]);
  expect(of('alerts to alertmanager.example.com:9093').map(([from, to, ports]) => [from, to, ports])).toEqual(['monitoring/prometheus', 'monitoring/thanos-ruler'].map(from => [from, 'anywhere', [{ port: 9093 }]]));
  expect(of('scrape of annotated pods')).toEqual([['monitoring/prometheus', 'every pod', []]]);
});
