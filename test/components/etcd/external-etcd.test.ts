import { App, Chart, Size } from 'cdk8s';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { TunedApiServer } from '../../../src/components/api-server/tuned-api-server';
import { ExternalEtcd, ExternalEtcdProps } from '../../../src/components/etcd/external-etcd';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { clusterOn } from '../cluster-on';

const urls = (count: number, port = 2379) => Array.from({ length: count }, (_, i) => `https://192.0.2.${10 + i}:${port}`);
const MINIMAL: ExternalEtcdProps = { mainUrls: urls(3), version: '3.6.14' };

function apiServerFlags(etcd: ExternalEtcd): { [flag: string]: string } {
  const chart = new Chart(new App(), 'test');
  new TunedApiServer(chart, 'api', { cluster: clusterOn(KubernetesRelease.V1_37), etcd });
  const pod = hostArtefacts(chart).staticPods.find(p => p.props.component === 'kube-apiserver')!;
  return Object.fromEntries(pod.props.flags.map(flag => [flag.name, flag.value]));
}

describe('an API server takes it', () => {
  test('with what everybody has', () => {
    const flags = apiServerFlags(ExternalEtcd.of(MINIMAL));
    expect(flags).toMatchObject({
      'etcd-servers': urls(3).join(','),
      'etcd-cafile': '/etc/kubernetes/pki/etcd/ca.crt',
      'etcd-certfile': '/etc/kubernetes/pki/apiserver-etcd-client.crt',
      'etcd-keyfile': '/etc/kubernetes/pki/apiserver-etcd-client.key',
    });
    expect(flags['etcd-servers-overrides']).toBeUndefined();
  });

  // kube-apiserver 1.37 refuses a resource with two slashes: "must be of format: group/resource#servers".
  test('with three rings and files of its own', () => {
    const flags = apiServerFlags(ExternalEtcd.of({
      ...MINIMAL, mainUrls: urls(5), eventsUrls: urls(3, 2382), leasesUrls: urls(3, 2385), caFile: '/srv/pki/ca.crt', clientCertFile: '/srv/pki/api.crt', clientKeyFile: '/srv/pki/api.key',
    }));
    expect(flags['etcd-servers-overrides']).toBe(`/events#${urls(3, 2382).join(';')},coordination.k8s.io/leases#${urls(3, 2385).join(';')}`);
    expect(flags).toMatchObject({ 'etcd-servers': urls(5).join(','), 'etcd-cafile': '/srv/pki/ca.crt', 'etcd-certfile': '/srv/pki/api.crt', 'etcd-keyfile': '/srv/pki/api.key' });
  });
});

test('version and quota are told as they are; the quota nobody set is etcd\'s 2 GiB', () => {
  expect(ExternalEtcd.of(MINIMAL)).toMatchObject({ etcdVersion: '3.6.14', quotaBackendBytes: 2 * 1024 ** 3, eventsUrls: [] });
  expect(ExternalEtcd.of(MINIMAL).leasesUrls).toBeUndefined();
  expect(ExternalEtcd.of({ ...MINIMAL, quotaBackendBytes: Size.gibibytes(8) }).quotaBackendBytes).toBe(8 * 1024 ** 3);
  expect(ExternalEtcd.of({ ...MINIMAL, version: '3.5.4', mainUrls: ['https://[2001:db8::1]:2379'] }).mainUrls).toEqual(['https://[2001:db8::1]:2379']);
});

describe('bad input is one error with a remedy', () => {
  test.each<[string, Partial<ExternalEtcdProps>, string]>([
    ['no member', { mainUrls: [] }, 'mainUrls must name at least one member'],
    ['plain HTTP', { mainUrls: ['http://192.0.2.1:2379'] }, 'mainUrls[0] must start with https://'],
    ['no port', { mainUrls: ['https://192.0.2.1'] }, 'mainUrls[0] must be https, a host and a port and nothing else'],
    ['a path', { mainUrls: ['https://192.0.2.1:2379/v3'] }, 'must be https, a host and a port and nothing else'],
    ['two members', { mainUrls: urls(2) }, 'mainUrls must name an odd number of members, got 2'],
    ['nine members', { mainUrls: urls(9) }, 'at most 7 members, got 9'],
    ['a member twice', { mainUrls: [...urls(2), urls(1)[0]] }, 'mainUrls[2] https://192.0.2.10:2379 is named twice'],
    ['a member of two rings', { eventsUrls: urls(1) }, 'https://192.0.2.10:2379 stands in two rings'],
    ['a version that loses data', { version: '3.5.2' }, 'version 3.5.2 is before 3.5.4'],
    ['an old version', { version: '3.4.31' }, 'version 3.4.31 is before 3.5.4'],
    ['a minor alone', { version: '3.6' }, 'version must be major.minor.patch such as 3.6.14'],
    ['a relative path', { caFile: 'ca.crt' }, 'caFile must be an absolute path'],
    ['a small quota', { quotaBackendBytes: Size.mebibytes(512) }, 'quotaBackendBytes must be at least 1Gi'],
  ])('%s', (_, props, message) => { expect(() => ExternalEtcd.of({ ...MINIMAL, ...props })).toThrow(message); });

  test('all of it at once', () => {
    expect(() => ExternalEtcd.of({ mainUrls: ['http://a:1', 'https://b'], version: '3.5.0', clientKeyFile: '../k' })).toThrow(/^ExternalEtcd: 5 problems/);
  });
});
