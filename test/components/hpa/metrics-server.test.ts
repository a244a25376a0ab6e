import { App, Chart, Duration, Testing } from 'cdk8s';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MetricsServer, MetricsServerProps } from '../../../src/components/hpa/metrics-server';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

const CA = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n').toString('base64');
const ALL: Required<Omit<MetricsServerProps, 'cluster'>> = {
  metricResolution: Duration.seconds(30), kubeletInsecureTls: true, servingCertificate: { secretName: 'metrics-server-tls', caBundle: CA },
};

function emit(props: MetricsServerProps = {}): any[] {
  const chart = new Chart(new App(), 'test');
  new MetricsServer(chart, 'metrics', props);
  return Testing.synth(chart);
}
const one = (objects: any[], kind: string) => objects.find(object => object.kind === kind);

test('alone: sized for every kubelet of the default cluster, control plane included (1,003)', () => {
  const deployment = one(emit(), 'Deployment');
  expect(deployment.spec.replicas).toBe(2);
  // 1m and 2 MiB per kubelet: 1,000 nodes and 3 control-plane machines.
  expect(deployment.spec.template.spec.containers[0].resources).toEqual({ requests: { cpu: '1003m', memory: '2006Mi' }, limits: { memory: '3009Mi' } });
});

test('the API service points at the Service, and the Service at the pods', () => {
  const objects = emit();
  expect(one(objects, 'APIService')).toMatchObject({ metadata: { name: 'v1beta1.metrics.k8s.io' }, spec: { service: { name: 'metrics-server', namespace: 'kube-system' }, insecureSkipTLSVerify: true } });
  const labels = one(objects, 'Deployment').spec.template.metadata.labels;
  for (const object of [one(objects, 'Service').spec.selector, one(objects, 'PodDisruptionBudget').spec.selector.matchLabels]) {
    expect(labels).toMatchObject(object);
  }
});

test('with a certificate API servers check it, and the pod serves it', () => {
  const objects = emit({ servingCertificate: ALL.servingCertificate });
  expect(one(objects, 'APIService').spec).toMatchObject({ caBundle: CA });
  expect(one(objects, 'APIService').spec.insecureSkipTLSVerify).toBeUndefined();
  expect(one(objects, 'Deployment').spec.template.spec.containers[0].args).toEqual(expect.arrayContaining(['--tls-cert-file=/etc/metrics-server/serving/tls.crt']));
});

test('kubelets are checked by the cluster\'s CA unless the user says otherwise', () => {
  const args = (props?: MetricsServerProps) => one(emit(props), 'Deployment').spec.template.spec.containers[0].args.join(' ');
  expect(args()).toContain('--kubelet-certificate-authority=');
  expect(args()).not.toContain('insecure');
  expect(args({ kubeletInsecureTls: true })).toContain('--kubelet-insecure-tls');
});

test('0.5 reads nodes/stats, 0.6 and newer nodes/metrics', () => {
  const resources = (release: KubernetesRelease) => one(emit({ cluster: clusterOn(release) }), 'ClusterRole').rules[0].resources;
  expect(resources(KubernetesRelease.V1_24)).toEqual(['nodes/stats']);
  expect(resources(KubernetesRelease.V1_25)).toEqual(['nodes/metrics']);
});

test('what the aggregator needs is bound: token reviews and its client CA', () => {
  const refs = emit().filter(object => object.kind.endsWith('Binding')).map(object => object.roleRef.name);
  expect(refs).toEqual(expect.arrayContaining(['system:auth-delegator', 'extension-apiserver-authentication-reader']));
});

test.each(Object.entries(ALL))('prop %s changes the output', (name, value) => {
  expect(emit({ [name]: value })).not.toEqual(emit());
});

test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('every object fits the schema of %s', (version, release) => {
  for (const object of [...emit({ cluster: clusterOn(release) }), ...emit({ cluster: clusterOn(release), ...ALL })]) {
    expect(schemaErrors(version, object)).toEqual([]);
  }
});

test.each<[string, MetricsServerProps, RegExp]>([
  ['resolution below 10 s', { metricResolution: Duration.seconds(5) }, /metricResolution in seconds must be .* between 10 and 300 \(metrics-server refuses less than 10 s/],
  ['secret name', { servingCertificate: { secretName: 'A b', caBundle: CA } }, /servingCertificate.secretName must be a DNS name/],
  ['PEM instead of base64', { servingCertificate: { secretName: 'a', caBundle: '-----BEGIN CERTIFICATE-----' } }, /caBundle must be PEM certificates in base64/],
  ['a private key', { servingCertificate: { secretName: 'a', caBundle: Buffer.from('-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----').toString('base64') } }, /no private key/],
])('refused: %s', (_name, props, message) => {
  expect(() => emit(props)).toThrow(message);
});

test('contributions: scraped with its token, named as API client, alerts with its own limit', () => {
  const server = new MetricsServer(new Chart(new App(), 'test'), 'metrics');
  expect(server.scrapeTargets[0]).toMatchObject({ job: 'metrics-server', port: 10250, namespace: 'kube-system' });
  const pods = { 'app.kubernetes.io/name': 'metrics-server', 'app.kubernetes.io/part-of': 'thousand-node' };
  expect(server.apiClients).toEqual([{ namespace: 'kube-system', serviceAccount: 'metrics-server', kind: 'controller', podLabels: pods }]);
  expect(server.networkFlows.map(({ from, to, ports }) => [from.kind, to.kind, ports])).toEqual([['pods', 'machines', [{ port: 10250 }]], ['control plane', 'pods', [{ port: 10250 }]]]);
  // 90 % of 2,006 MiB
  expect(server.alertGroups[0].alerts[1].expression).toContain(String(1805 * 1024 * 1024));
  expect(server.derivations.map(d => d.id)).toEqual(['metrics-server/cpu', 'metrics-server/memory', 'metrics-server/memory-limit', 'metrics-server/metric-resolution', 'metrics-server/replicas']);
});
