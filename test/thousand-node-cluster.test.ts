import { ApiObject, App, JsonPatch, Testing } from 'cdk8s';
import { description } from '../examples/thousand-node/cluster';
import { Audit, AuditSuppression, FlowPeer, KubeProxyMode, NetworkFlow, ThousandNodeCluster } from '../src';

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

describe('network policies', () => {
  const policies = (chart: ThousandNodeCluster) => Testing.synth(chart).filter(o => o.kind === 'NetworkPolicy');

  test('every workload of a closed namespace that asks the API servers has a policy that lets it', () => {
    const objects = Testing.synth(cluster());
    const closed = new Set(objects.filter(o => o.kind === 'NetworkPolicy' && o.metadata.name === 'default-deny').map(o => o.metadata.namespace));
    expect([...closed].sort()).toEqual(['local-storage', 'monitoring', 'nvidia-gpus']);
    const clients = objects.filter(
      o => closed.has(o.metadata.namespace) && o.spec?.template?.spec?.automountServiceAccountToken && !o.spec.template.spec.hostNetwork,
    );
    expect(clients.length).toBeGreaterThan(3);
    const api = (policy: any) => policy.spec.egress?.some((rule: any) => rule.ports?.some((port: any) => port.port === 6443));
    const covers = (policy: any, pods: any) => policy.metadata.namespace === pods.metadata.namespace
      && Object.entries(policy.spec.podSelector.matchLabels ?? {}).every(([label, value]) => pods.spec.template.metadata.labels[label] === value);
    expect(clients.filter(pods => !objects.some(o => o.kind === 'NetworkPolicy' && api(o) && covers(o, pods))).map(pods => pods.metadata.name)).toEqual([]);
  });

  test('flows of the user are in the policies, and none is written where nobody wants any', () => {
    const dashboard: NetworkFlow = { name: 'dashboards', from: FlowPeer.pods('grafana', { app: 'grafana' }), to: FlowPeer.pods('monitoring', { 'app.kubernetes.io/name': 'thanos-query' }), ports: [{ port: 10901 }] };
    const written = policies(new ThousandNodeCluster(new App(), 'shop', { ...description, networkPolicies: { flows: [dashboard] } }));
    expect(written.filter(o => o.metadata.namespace === 'grafana')).toEqual([]);
    expect(JSON.stringify(written.find(o => o.metadata.name === 'flows-of-thanos-query').spec.ingress)).toContain('"grafana"');
    const open = new ThousandNodeCluster(new App(), 'shop', { ...description, networkPolicies: { isolateAddOns: false } });
    // The monitoring closes itself then, as it does where it is used alone.
    expect(policies(open).map(o => o.metadata.name)).toEqual(['monitoring-inside-only', 'thanos-query-from-cluster']);
  });

  test('what they cannot say is refused', () => {
    expect(() => new ThousandNodeCluster(new App(), 'shop', { ...description, networkPolicies: { isolateAddOns: false, hosts: { administratorCidrs: ['192.0.2.0/24'] } } })).toThrow(/networkPolicies: hosts and flows are part of the policies/);
  });

  test('with kube-proxy DNS knows who shares the node with its cache', () => {
    const objects = Testing.synth(new ThousandNodeCluster(new App(), 'shop', { ...description, calico: { kubeProxy: { mode: KubeProxyMode.IPTABLES } } }));
    const dns = objects.find(o => o.kind === 'Service' && o.metadata.name === 'kube-dns');
    // Without eBPF in front of it nothing has to be left to the cache.
    expect(dns.metadata.annotations ?? {}).not.toHaveProperty(['projectcalico.org/natExcludeService']);
    expect(objects.some(o => o.kind === 'DaemonSet' && o.metadata.name === 'kube-proxy')).toBe(true);
  });
});
