import { App } from 'cdk8s';
import { hostFilesOf } from './synthesised';
import { description } from '../../examples/seed-article/cluster';
import { Outcome, verdicts } from '../../examples/seed-article/refusals';
import { table } from '../../examples/seed-article/table';
import { ThousandNodeCluster } from '../../src';

const app = new App();
const cluster = new ThousandNodeCluster(app, 'k8s-prod', description);
const manifests = app.synthYaml() as string;
const host = hostFilesOf(cluster);
const rows = verdicts();

test('the article\'s cluster is written with its own numbers', () => {
  expect(cluster.facts).toMatchObject({ name: 'k8s-prod', nodes: 1200, nodesToday: 500 });
  expect(cluster.facts.pools.map(pool => [pool.name, pool.nodes, pool.maxPods])).toEqual([['compute', 128, 250], ['memory', 256, 250], ['gpu', 32, 250], ['general', 784, 250]]);
  const etcd = host['machines/etcd1/etc/kubernetes/manifests/etcd-main.yaml'];
  for (const flag of ['--heartbeat-interval=500', '--election-timeout=2500']) { expect(etcd).toContain(flag); }
  expect(etcd.match(/--initial-cluster=(.*)/)![1].split(',')).toHaveLength(5);
  const apiServer = host['machines/etcd1/etc/kubernetes/manifests/kube-apiserver.yaml'];
  for (const flag of ['--service-cluster-ip-range=10.96.0.0/16', '--enable-aggregator-routing=true']) { expect(apiServer).toContain(flag); }
  const kubelet = Object.entries(host).find(([path]) => path.startsWith('pools/general/') && path.includes('kubelet') && path.endsWith('.yaml'))![1];
  for (const field of ['maxPods: 250', 'kubeAPIQPS: 50', 'eventRecordQPS: 10']) { expect(kubelet).toContain(field); }
  for (const text of ['autoscaling/v2beta2', 'http_requests_per_second', 'quay.io/prometheus/prometheus:v2.30.0', '--cloud-provider=aws', '--expander=priority\n']) {
    expect(manifests).toContain(text);
  }
});

test('values that no prop leads to are in no output', () => {
  for (const row of rows.filter(verdict => verdict.never)) {
    expect(`${row.id} ${row.never!.test(manifests)}`).toBe(`${row.id} false`);
    const file = Object.entries(host).find(([, text]) => row.never!.test(text));
    expect([row.id, file?.[0]]).toEqual([row.id, undefined]);
  }
});

const outcomes = (outcome: Outcome) => rows.filter(row => row.outcome === outcome).map(row => `${row.id} ${row.seed}`);

test('these values are refused', () => {
  expect(outcomes(Outcome.REFUSED)).toEqual(expect.arrayContaining([
    'ETCD-03 --listen-client-urls=http://0.0.0.0:2379',
    'ETCD-12 --initial-cluster-state=new',
    'API-03 --target-ram-mb=16384 on 1.24',
    'API-04 --max-requests-inflight=4000 --max-mutating-requests-inflight=2000',
    'API-05 --etcd-servers=http://etcd1:2379,...',
    'KUBELET-05 serializeImagePulls: false',
    'KUBELET-06 evictionHard imagefs.available: 10%',
    'KUBELET-08 evictionHard with four of its signals',
    'STORAGE-04 path /mnt/ssd1',
    'LOG-07 a password over plain HTTP',
    // The first does not start at all, the others are dangerous.
    'API-01 --watch-cache-sizes=secrets=1000,configmaps=1000',
    'API-05 the same URLs as externalEtcd',
    'API-07 no --authorization-mode: AlwaysAllow',
    'CA-01 --expander=priority without its ConfigMap',
    'CA-03 <cluster-name> in the tag',
    'CA-03 <cluster-name> as the name of the cluster',
    'HPA-05 no namespace',
  ]));
});

test('a refusal names the field, the value and what to do', () => {
  for (const row of rows.filter(verdict => verdict.outcome === Outcome.REFUSED)) {
    expect(row.message).toMatch(/^[A-Za-z.]+( [^:]+)?: /);
    expect(row.message).not.toMatch(/undefined|\[object|NaN|TypeError/);
  }
});

test('values that work are kept', () => {
  expect(outcomes(Outcome.KEPT)).toEqual(expect.arrayContaining([
    'ETCD-05 heartbeat 500 ms, election 2500 ms', 'API-13 --service-cluster-ip-range=10.96.0.0/16', 'KUBELET-02 maxPods: 250 on all pools', 'MON-02 scrape interval 1m, Prometheus 2.30',
  ]));
  // By hand: 10 pods a minute until 50, then 20 % a minute: twelve steps. Back: 5 minutes of quiet, then at most 5 pods, or 10 % below 50.
  expect(rows.find(row => row.id === 'HPA-03')!.message).toBe('10 to 200 replicas take 720 s');
  expect(rows.find(row => row.id === 'HPA-04')!.message).toBe('200 to 10 replicas take 2880 s');
});

test('the table shows every row once', () => {
  const text = table(rows);
  expect(text.split('\n').filter(line => /^ {2}[A-Z]+-\d\d /.test(line))).toHaveLength(rows.length);
});
