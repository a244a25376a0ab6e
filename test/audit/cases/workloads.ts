import { Size } from 'cdk8s';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { Case, configMap, container, facts, object, Parts, pool, ring, workload } from '../tree-of';

const objects = (...all: object[]): Parts => ({ objects: all });
const hostAgent = (name: string, port: number, pod: object = {}) => workload('DaemonSet', name, { hostNetwork: true, containers: [container({ ports: [{ containerPort: port }] })], ...pod });
const EVERYWHERE = { tolerations: [{ operator: 'Exists' }] };
const GPU = facts({ pools: [NodePool.of('gpu', { nodes: 32, machine: MachineShape.of({ cpu: 48, memory: Size.gibibytes(192) }), gpu: Gpu.nvidia('T4', 4) })] });
const asking = (cpu: string, memory = '1Mi') => workload('DaemonSet', 'agent', { containers: [container({ resources: { requests: { cpu, memory } } })] });
const rolling = (rollingUpdate: object, nodes = 1000): Parts => ({
  facts: facts({ pools: [pool(nodes)] }), objects: [workload('DaemonSet', 'agent', { nodeSelector: { 'thousand-node.io/pool': 'general' } }, { updateStrategy: { type: 'RollingUpdate', rollingUpdate } })],
});
const service = (app: string) => object('v1', 'Service', app, { spec: { selector: { app }, ports: [{ port: 80 }] } }, 'apps');
const budget = (spec: object, name = 'app') => object('policy/v1', 'PodDisruptionBudget', name, { spec: { selector: { matchLabels: { app: 'app' } }, ...spec } }, 'apps');
const hpa = (spec: object, apiVersion = 'autoscaling/v2') => object(apiVersion, 'HorizontalPodAutoscaler', 'app', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'app' }, ...spec } }, 'apps');
const metric = (type: string) => ({ metrics: [{ type }] });
const api = (group: string) => object('apiregistration.k8s.io/v1', 'APIService', `v1beta1.${group}`, { spec: { group } });
const image = (name: string) => objects(workload('Deployment', 'app', { containers: [container({ image: name })] }));
const namespace = (level: string) => object('v1', 'Namespace', 'apps', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } });
const RESTRICTED = { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } };
const account = object('v1', 'ServiceAccount', 'app', {}, 'apps');
const binding = (roleRef: object, name = 'app') => object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', name, { roleRef, subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: 'apps' }] });
const webhook = (hook: object) => objects(object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'policy', { webhooks: [{ name: 'policy.example.com', ...hook }] }));
const notIn = (...values: string[]) => ({ namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }] } });
const priority = (priorityClassName: string) => workload('Deployment', 'app', { priorityClassName });
const requests = (resources: object) => objects(workload('Deployment', 'app', { containers: [container({ resources })] }));
const role = (rule: object) => object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'app', { rules: [rule] });
const KEY = `-----BEGIN PRIVATE KEY-----\n${'M'.repeat(64)}\n`;

export const WORKLOADS: Case[] = [
  {
    id: 'TNC100',
    passing: objects(hostAgent('one', 9100), hostAgent('two', 9101)),
    failing: objects(hostAgent('one', 9100), hostAgent('two', 9100)),
    boundary: ['a port of etcd, on pools only', { staticPods: ring(3), objects: [hostAgent('one', 2379, { nodeSelector: { 'thousand-node.io/pool': 'general' } })] }, 0],
  },
  {
    id: 'TNC101',
    passing: { facts: GPU, objects: [workload('DaemonSet', 'agent', EVERYWHERE)] },
    failing: { facts: GPU, objects: [workload('DaemonSet', 'agent')] },
    boundary: ['it selects another pool', { facts: GPU, objects: [workload('DaemonSet', 'agent', { nodeSelector: { 'thousand-node.io/pool': 'general' } })] }, 0],
  },
  // 20 % of 16 cores are 3.2.
  { id: 'TNC102', passing: objects(asking('1')), failing: objects(asking('8')), boundary: ['3.2 of 16 cores', objects(asking('3200m')), 0] },
  { id: 'TNC103', passing: rolling({ maxUnavailable: '10%' }), failing: rolling({}), boundary: ['5 of 1,000: 200 waves', rolling({ maxUnavailable: 5 }), 0] },
  {
    id: 'TNC104',
    passing: objects(workload('Deployment', 'agent'), service('agent')),
    failing: objects(workload('DaemonSet', 'agent'), service('agent')),
    boundary: ['1,000 nodes', { facts: facts({ pools: [pool(997)] }), objects: [workload('DaemonSet', 'agent'), service('agent')] }, 0],
  },
  {
    id: 'TNC105',
    passing: objects(budget({ maxUnavailable: 1 })),
    failing: objects(budget({ maxUnavailable: 0 })),
    boundary: ['minAvailable of all replicas', objects(budget({ minAvailable: 2 }), workload('Deployment', 'app', {}, { replicas: 2 })), 1],
  },
  {
    id: 'TNC106',
    passing: objects(budget({ maxUnavailable: 1 }), workload('Deployment', 'app')),
    failing: objects(budget({ maxUnavailable: 1 }), budget({ maxUnavailable: 1 }, 'again'), workload('Deployment', 'app')),
    boundary: ['in another namespace', objects(budget({ maxUnavailable: 1 }), budget({ maxUnavailable: 1 }, 'again'), workload('Deployment', 'app', {}, {}, 'elsewhere')), 0],
  },
  {
    id: 'TNC107',
    passing: objects(hpa({})),
    failing: objects(hpa({}, 'autoscaling/v2beta2')),
    boundary: ['v2beta2 on 1.25, the last that serves it', { facts: facts({ release: KubernetesRelease.V1_25 }), objects: [hpa({}, 'autoscaling/v2beta2')] }, 0],
  },
  // 16 cores / 4 = 4 per node, 1,000 nodes: 4,000.
  ...[['4', 4000, 0] as const].map(([cpu, most, none]): Case => {
    const target = workload('Deployment', 'app', { containers: [container({ resources: { requests: { cpu, memory: '1Gi' } } })] });
    return {
      id: 'TNC108',
      passing: objects(target, hpa({ maxReplicas: 200 })),
      failing: objects(target, hpa({ maxReplicas: most + 1 })),
      boundary: ['four on each of 1,000 nodes', objects(target, hpa({ maxReplicas: most })), none],
    };
  }),
  {
    id: 'TNC109',
    passing: objects(hpa(metric('Resource')), api('metrics.k8s.io')),
    failing: objects(hpa(metric('Resource'))),
    boundary: ['metrics-server serves no metrics of pods', objects(hpa(metric('Pods')), api('metrics.k8s.io')), 1],
  },
  {
    id: 'TNC110',
    passing: objects(hpa({}), workload('Deployment', 'app')),
    failing: objects(hpa({}), workload('Deployment', 'app', {}, { replicas: 10 })),
    boundary: ['zero replicas are a number too', objects(hpa({}), workload('Deployment', 'app', {}, { replicas: 0 })), 1],
  },
  { id: 'TNC111', passing: image('example.com/app:1.2'), failing: image('example.com/app:latest'), boundary: ['a port is no tag', image('example.com:5000/app'), 1] },
  { id: 'TNC112', passing: image('registry.k8s.io/pause:3.10'), failing: image('k8s.gcr.io/pause:3.5'), boundary: ['a mirror with that path', image('mirror.example.com/k8s.gcr.io/pause:3.5'), 0] },
  {
    id: 'TNC113',
    passing: objects(workload('Deployment', 'app')),
    failing: objects(object('v1', 'ConfigMap', 'app')),
    boundary: ['a cluster-scoped object has none', objects(object('v1', 'Namespace', 'app')), 0],
  },
  {
    id: 'TNC114',
    passing: objects(configMap('one', {}), configMap('two', {})),
    failing: objects(configMap('one', {}), configMap('one', {})),
    boundary: ['the same name in another namespace', objects(configMap('one', {}), configMap('one', {}, 'elsewhere')), 0],
  },
  {
    id: 'TNC115',
    passing: objects(configMap('one', { a: 'x' })),
    failing: objects(configMap('one', { a: 'x'.repeat(2 ** 20) })),
    boundary: ['1 MiB with the key', objects(configMap('one', { a: 'x'.repeat(2 ** 20 - 1) })), 0],
  },
  {
    id: 'TNC116',
    passing: objects(configMap('one', { a: 'password: ${PASSWORD}\n' }), object('v1', 'Secret', 'empty', {}, 'apps')),
    failing: objects(configMap('one', { a: KEY })),
    boundary: ['a password in plain sight', objects(configMap('one', { a: 'user: writer\npassword: hunter22\n' })), 1],
  },
  {
    id: 'TNC117',
    passing: objects(namespace('baseline'), workload('Deployment', 'app')),
    failing: objects(namespace('baseline'), hostAgent('agent', 9100)),
    boundary: ['everything restricted asks for', objects(namespace('restricted'), workload('Deployment', 'app', { containers: [container({ securityContext: RESTRICTED })] })), 0],
  },
  { id: 'TNC118', passing: requests({ requests: { cpu: '1', memory: '1Gi' } }), failing: requests({}), boundary: ['limits become requests', requests({ limits: { cpu: '1', memory: '1Gi' } }), 0] },
  {
    id: 'TNC119',
    passing: objects(service('app'), workload('Deployment', 'app', { containers: [container({ readinessProbe: { httpGet: { path: '/', port: 80 } } })] })),
    failing: objects(service('app'), workload('Deployment', 'app')),
    boundary: ['no Service sends it traffic', objects(service('other'), workload('Deployment', 'app')), 0],
  },
  {
    id: 'TNC120',
    passing: objects(account, binding({ name: 'view' }), workload('Deployment', 'app', { serviceAccountName: 'app', automountServiceAccountToken: true })),
    failing: objects(account, workload('Deployment', 'app', { serviceAccountName: 'app', automountServiceAccountToken: true })),
    boundary: ['the account that nobody named', objects(workload('Deployment', 'app', { automountServiceAccountToken: undefined })), 1],
  },
  {
    id: 'TNC121',
    passing: webhook({ failurePolicy: 'Ignore' }),
    failing: webhook({ failurePolicy: 'Fail' }),
    boundary: ['Fail is the default, kube-system is excluded', webhook(notIn('kube-system')), 0],
  },
  {
    id: 'TNC122',
    passing: objects(binding({ name: 'app' }), role({ verbs: ['get'], apiGroups: ['*'], resources: ['*'] })),
    failing: objects(binding({ name: 'cluster-admin' })),
    boundary: ['the same under another name', objects(binding({ name: 'app' }), role({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })), 1],
  },
  {
    id: 'TNC123',
    passing: objects(priority('shop'), object('scheduling.k8s.io/v1', 'PriorityClass', 'shop')),
    failing: objects(priority('shop')),
    boundary: ['classes that every cluster has', objects(priority('system-node-critical')), 0],
  },
  {
    id: 'TNC124',
    passing: objects(workload('Deployment', 'one'), workload('Deployment', 'two')),
    failing: objects(workload('Deployment', 'one', {}, { selector: { matchLabels: { app: 'other' } } })),
    boundary: ['it selects the other one only', objects(workload('Deployment', 'one', {}, { selector: { matchLabels: { app: 'two' } } }), workload('Deployment', 'two')), 2],
  },
];

