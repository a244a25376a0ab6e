import { parse } from 'yaml';
import { newest, provesDefault, provesError, provesImpossible, provesRule, seed, seedWith, Written } from './seed-proofs';
import { hostFilesOf } from './synthesised';
import { EtcdClusterProps, KubernetesRelease } from '../../src';
import { Draft } from '../audit/mutations';

const etcd = (draft: Draft) => draft.staticPods.filter(pod => pod.ring === 'etcd-main');
const server = (draft: Draft) => draft.staticPods.filter(pod => pod.component === 'kube-apiserver');
/** The member of the first machine as an installer prints it. */
const printed = ({ cluster }: Written) => parse(hostFilesOf(cluster)['machines/etcd1/etc/kubernetes/manifests/etcd-main.yaml']);
const main = () => seed().flags('etcd-main');
const api = () => seed().flags('kube-apiserver');

provesRule('ETCD-01', 'TNC023', {
  article: d => { for (const pod of etcd(d)) { pod.flags['initial-cluster'] = pod.flags['initial-cluster'].split(',').slice(0, 3).join(','); } },
});
provesRule('ETCD-02', 'TNC034', { article: d => { for (const pod of etcd(d)) { pod.image = 'registry.k8s.io/etcd:3.5.0-0'; } } });
provesError('ETCD-03', /'listen-client-urls' is managed by this construct/);
provesImpossible('ETCD-04', () => {
  // @ts-expect-error a member cannot be taken off the host network
  const props: EtcdClusterProps = { hostNetwork: false };
  const pod = printed(seedWith({ etcd: props }));
  expect(pod.spec).toMatchObject({ hostNetwork: true, priorityClassName: 'system-node-critical' });
});
provesRule('ETCD-05', 'TNC028', { right: d => { for (const pod of d.staticPods.filter(p => p.component === 'etcd')) { Object.assign(pod.flags, { 'heartbeat-interval': '100', 'election-timeout': '1000' }); } } });
provesDefault('ETCD-06', () => expect(Number(main()['quota-backend-bytes'])).toBe(8 * 1024 ** 3));
provesRule('ETCD-07', 'TNC042', { article: d => { for (const pod of server(d)) { delete pod.flags['etcd-servers-overrides']; } } });
provesDefault('ETCD-08', () => {
  expect(main()['listen-client-urls']).toBe('https://127.0.0.1:2379,https://10.0.0.1:2379');
  expect(main()['listen-peer-urls']).toBe('https://10.0.0.1:2380');
  expect(main()['listen-metrics-urls']).toBe('http://127.0.0.1:2381');
});
provesDefault('ETCD-09', () => expect(seed().tree.component('etcd').map(pod => pod.livenessPath)).toEqual(Array(8).fill('/livez')));
provesDefault('ETCD-10', () => {
  // 1,200 nodes: etcd's guide has 8 cores and 32 GiB for 1,000 on a machine of its own; the request is the quota and 1 GiB.
  for (const pod of seed().tree.staticPods.filter(p => p.ring === 'etcd-main')) { expect([pod.cpu, pod.memory]).toEqual([8, 9 * 1024 ** 3]); }
  expect(printed(seed()).spec.priorityClassName).toBe('system-node-critical');
});
provesDefault('ETCD-11', () => {
  expect(main()['initial-cluster-token']).toBe('k8s-prod-main');
  expect(seed().flags('etcd-events')['initial-cluster-token']).toBe('k8s-prod-events');
});
provesError('ETCD-12', /'initial-cluster-state' is managed by this construct/);
provesRule('ETCD-13', 'TNC031', { article: d => { for (const pod of etcd(d)) { delete pod.flags['experimental-initial-corrupt-check']; } } });
provesRule('ETCD-14', 'TNC027', { article: d => { for (const pod of etcd(d)) { pod.mounts = pod.mounts.map(mount => ({ ...mount, type: 'DirectoryOrCreate' })); } } });
provesRule('ETCD-15', 'TNC035', { article: d => { d.files = d.files.filter(file => !file.path.endsWith('-etcd-snapshot.timer')); } });
provesError('ETCD-16', /k8s\.gcr\.io is frozen/);

provesError('API-01', /entries are resource\[\.group\]#size, got 'secrets=1000'/);
provesRule('API-02', 'TNC048', { article: d => { for (const pod of server(d)) { pod.flags['watch-cache-sizes'] = 'secrets#1000,configmaps#1000'; } } });
provesError('API-03', /'target-ram-mb' was removed in kube-apiserver 1\.24/);
provesError('API-04', /maxRequestsInflight must be a whole number between 0 and 1200/);
provesError('API-05', /'etcd-servers' is managed by this construct|etcd must start with https:\/\//);
provesDefault('API-06', () => {
  expect(api()).toMatchObject({
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': '/etc/kubernetes/pki/sa.pub',
    'service-account-signing-key-file': '/etc/kubernetes/pki/sa.key',
  });
});
provesError('API-07', /'AlwaysAllow' gives every client every right; use Node,RBAC/);
provesDefault('API-08', () => expect(api()['etcd-servers-overrides']).toBe('/events#https://10.0.0.1:2382;https://10.0.0.2:2382;https://10.0.0.3:2382'));
provesDefault('API-09', () => {
  for (const flag of ['tls-cert-file', 'tls-private-key-file', 'client-ca-file', 'kubelet-client-certificate', 'kubelet-client-key', 'kubelet-certificate-authority']) {
    expect(api()[flag]).toMatch(/^\/etc\/kubernetes\/pki\//);
  }
  expect(api()['kubelet-preferred-address-types']).toBe('InternalIP,Hostname');
  expect(seed().tree.certificates.filter(certificate => certificate.certPath === api()['tls-cert-file'])).toHaveLength(5);
});
provesRule('API-10', 'TNC057', {
  article: d => { for (const pod of server(d)) { for (const flag of Object.keys(pod.flags).filter(name => /^(requestheader|proxy-client)-/.test(name))) { delete pod.flags[flag]; } } },
});
provesRule('API-11', 'TNC050', { article: d => { for (const pod of server(d)) { delete pod.flags['goaway-chance']; } } });
provesDefault('API-12', () => {
  expect(api()['shutdown-delay-duration']).toBe('15s');
  expect(newest().flags('kube-apiserver')).toMatchObject({ 'shutdown-send-retry-after': 'true', 'shutdown-watch-termination-grace-period': '30s', 'livez-grace-period': '1m0s' });
  expect(seed().tree.component('kube-apiserver')[0].terminationGraceSeconds).toBeGreaterThan(15 + 60);
});
provesError('API-13', /10\.128\.0\.0\/16.*overlap|overlap.*10\.128\.0\.0/);
provesRule('API-14', 'TNC058', { article: d => { for (const pod of server(d)) { delete pod.flags['audit-policy-file']; delete pod.flags['encryption-provider-config']; } } });
// The last patch of 1.22.
provesDefault('API-15', () => expect([KubernetesRelease.V1_22.tag, seed().tree.component('kube-apiserver')[0].image]).toEqual(['v1.22.17', 'registry.k8s.io/kube-apiserver:v1.22.17']));
provesDefault('API-16', () => {
  expect(seed().tree.component('kube-controller-manager')).toHaveLength(5);
  expect(seed().tree.component('kube-scheduler')).toHaveLength(5);
  // The scale jobs of upstream run 100 to 500 requests a second, the default is 20.
  expect(Number(seed().flags('kube-controller-manager')['kube-api-qps'])).toBeGreaterThanOrEqual(100);
});
