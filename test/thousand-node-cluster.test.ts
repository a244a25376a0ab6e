import { ApiObject, App, JsonPatch, Testing } from 'cdk8s';
import { description } from '../examples/thousand-node/cluster';
import { Audit, AuditSuppression, ThousandNodeCluster } from '../src';

const cluster = () => new ThousandNodeCluster(new App(), 'shop', description);
const objectOf = (chart: ThousandNodeCluster, kind: string, name: string) =>
  chart.node.findAll().find((c): c is ApiObject => ApiObject.isApiObject(c) && c.kind === kind && c.metadata.name === name)!;

test('a patch of the user reaches the output', () => {
  const chart = cluster();
  objectOf(chart, 'Deployment', 'coredns').addJsonPatch(JsonPatch.add('/spec/template/spec/hostAliases', [{ ip: '192.0.2.1', hostnames: ['a'] }]));
  const [patched] = Testing.synth(chart).filter(o => o.kind === 'Deployment' && o.metadata.name === 'coredns');
  expect(patched.spec.template.spec.hostAliases).toEqual([{ ip: '192.0.2.1', hostnames: ['a'] }]);
});

test('a patch that breaks a rule of severity error stops the synth with id, place and remedy', () => {
  const chart = cluster();
  expect(() => Testing.synth(chart)).not.toThrow();
  // A /20 has 4,096 addresses: 64 blocks of 64, for 1,205 machines.
  objectOf(chart, 'Installation', 'default').addJsonPatch(JsonPatch.replace('/spec/calicoNetwork/ipPools/0/cidr', '10.0.0.0/20'));
  expect(() => Testing.synth(chart)).toThrow(/TNC001: .*Installation.*10\.0\.0\.0\/20/);
});

test('a note can be accepted with a reason, an error cannot', () => {
  const chart = cluster();
  const ruleIds = Audit.of(chart).findings.map(finding => finding.ruleId);
  AuditSuppression.add(chart, ruleIds[0], 'no newer image is published yet');
  expect(Audit.of(chart).findings.map(finding => finding.ruleId)).toEqual(ruleIds.filter(id => id !== ruleIds[0]));
  expect(Audit.of(chart).suppressed.map(finding => finding.suppressedBecause)).toEqual(['no newer image is published yet']);
});

test('API clients of every installed part have their place in the priority levels', () => {
  const schemas = Testing.synth(cluster()).filter(o => o.kind === 'FlowSchema');
  const accounts = (name: string) => schemas.find(o => o.metadata.name === name).spec.rules.flatMap((rule: any) => rule.subjects)
    .flatMap((s: any) => (s.serviceAccount ? [`${s.serviceAccount.namespace}/${s.serviceAccount.name}`] : []));
  expect(accounts('thousand-node-node-agents')).toEqual(expect.arrayContaining(['calico-system/calico-node', 'logging/fluent-bit', 'local-storage/local-volume-provisioner']));
  expect(accounts('thousand-node-controllers')).toEqual(expect.arrayContaining(['kube-system/cluster-autoscaler', 'tigera-operator/tigera-operator']));
});

test('settings of a pool that does not exist are refused', () => {
  expect(() => new ThousandNodeCluster(new App(), 'shop', { ...description, kubelets: { nope: {} } })).toThrow("kubelets: there is no pool 'nope'; pools are 'compute', 'memory', 'gpu', 'general'");
});
