import * as checks from './object-checks';
import { KubeObject } from './synthesised';

// A check that cannot fail is no check: each is given one object that it must object to.

const object = (kind: string, namespace: string | undefined, rest: object = {}, wave = '50-monitoring'): KubeObject => ({
  apiVersion: kind === 'DaemonSet' ? 'apps/v1' : kind === 'PodDisruptionBudget' ? 'policy/v1' : 'v1',
  kind,
  metadata: { name: 'x', namespace, labels: { 'thousand-node.io/wave': wave } },
  ...rest,
});
const daemonSet = (spec: object, labels = { app: 'x' }) => object('DaemonSet', 'ns', { spec: { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels }, spec } } });
const container = { name: 'c', image: 'registry.example.com/c:1.0', resources: { requests: { cpu: '1', memory: '1Gi' } } };

test.each<[string, string[]]>([
  ['a namespaced object without namespace', checks.namespaceErrors([object('ConfigMap', undefined)])],
  ['a cluster-scoped object with one', checks.namespaceErrors([object('ClusterRole', 'ns')])],
  ['a kind that nobody classified', checks.namespaceErrors([object('Thing', undefined)])],
  ['one identity in two versions', checks.doubleErrors([object('ConfigMap', 'ns'), object('ConfigMap', 'ns')])],
  ['a ConfigMap of 1 MiB', checks.sizeErrors([object('ConfigMap', 'ns', { data: { k: 'a'.repeat(1024 * 1024) } })])],
  ['a missing label', checks.labelErrors([object('ConfigMap', 'ns')])],
  ['an object behind a later wave', checks.orderErrors([object('ConfigMap', 'ns', {}, '60-logging'), object('Secret', 'ns', {}, '50-monitoring')])],
  ['an object before its namespace', checks.orderErrors([object('ConfigMap', 'x', {}), object('Namespace', undefined)])],
  ['a selector beside its template', checks.selectorErrors([daemonSet({ containers: [container] }, { app: 'y' })], [])],
  ['a budget for nobody', checks.selectorErrors([object('PodDisruptionBudget', 'ns', { spec: { selector: { matchLabels: { app: 'x' } } } })], [])],
  ['a Secret that nobody writes', checks.missingReferences([daemonSet({ containers: [container], volumes: [{ name: 'v', secret: { secretName: 's' } }] })])],
  ['a mount without volume', checks.podErrors([daemonSet({ containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] })])],
  ['a volume without mount', checks.podErrors([daemonSet({ containers: [container], volumes: [{ name: 'v', emptyDir: {} }] })])],
  ['a probe at an undeclared port', checks.podErrors([daemonSet({ containers: [{ ...container, livenessProbe: { httpGet: { port: 'http' } } }] })])],
  ['an image without version', checks.podErrors([daemonSet({ containers: [{ ...container, image: 'registry.example.com:5000/c' }] })])],
  ['a Service at an undeclared port', checks.serviceErrors([daemonSet({ containers: [container] }), object('Service', 'ns', { spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } })])],
  ['two programs at one port', checks.hostPortErrors([
    { owner: 'a', address: '0.0.0.0', port: 80, protocol: 'TCP' }, { owner: 'b', address: '127.0.0.1', port: 80, protocol: 'TCP' },
  ])],
])('%s is found', (_, errors) => {
  expect(errors.length).toBeGreaterThan(0);
});

test('one port at two addresses is fine, and so are two protocols', () => {
  expect(checks.hostPortErrors([
    { owner: 'a', address: '127.0.0.1', port: 80, protocol: 'TCP' }, { owner: 'b', address: '127.0.0.2', port: 80, protocol: 'TCP' }, { owner: 'c', address: '127.0.0.1', port: 80, protocol: 'UDP' },
  ])).toEqual([]);
});

test('ports of a static pod are read from its flags', () => {
  const pod = { ...object('Pod', 'kube-system'), spec: { containers: [{ command: ['etcd', '--name=a', '--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379'] }] } };
  expect(checks.staticPodPorts(pod)).toEqual([
    { owner: 'x', address: '127.0.0.1', port: 2379, protocol: 'TCP' }, { owner: 'x', address: '10.0.0.1', port: 2379, protocol: 'TCP' },
  ]);
});
