import { Case, configMap, container, facts, members, object, Parts, pool, workload } from '../tree-of';

const objects = (...all: object[]): Parts => ({ objects: all });
const secret = (type: string) => objects(object('v1', 'Secret', 'token', { type }, 'apps'));
const budget = (spec: object) => object('policy/v1', 'PodDisruptionBudget', 'app', { spec: { selector: { matchLabels: { app: 'app' } }, ...spec } }, 'apps');
const app = (replicas?: number, pod: object = {}) => workload('Deployment', 'app', pod, replicas === undefined ? {} : { replicas });
const hpa = (spec: object) => object('autoscaling/v2', 'HorizontalPodAutoscaler', 'app', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'app' }, ...spec } }, 'apps');
const apart = (topologyKey: string) => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway' }] });
const ZONE = 'topology.kubernetes.io/zone';
const quota = (hard: object) => objects(app(), hpa({ maxReplicas: 10 }), object('v1', 'ResourceQuota', 'all', { spec: { hard } }, 'apps'));
const agent = (pod: object) => workload('DaemonSet', 'agent', pod);
const webhook = (hook: object) => objects(object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'policy', { webhooks: [{ name: 'policy.example.com', ...hook }] }));
const updates = (apiGroups: string[], resources: string[]) => ({ rules: [{ apiGroups, apiVersions: ['*'], resources, operations: ['CREATE', 'UPDATE'] }] });
const image = (name: string) => objects(workload('Deployment', 'app', { containers: [container({ image: name })] }));
const pulling = (imagePullPolicy: string, nodes = 1000): Parts => ({
  facts: facts({ pools: [pool(nodes)] }), objects: [agent({ containers: [container({ imagePullPolicy })] })],
});
const job = (spec: object) => objects(object('batch/v1', 'Job', 'import', { spec }, 'apps'));
const cron = (spec: object) => objects(object('batch/v1', 'CronJob', 'import', { spec: { schedule: '0 * * * *', ...spec } }, 'apps'));
const growing = (minReplicas: number, maxReplicas: number, scaleUp?: object) => objects(hpa({
  minReplicas, maxReplicas, ...(scaleUp ? { behavior: { scaleUp } } : {}),
}));
const policy = (type: string, value: number) => ({ type, value, periodSeconds: 60 });
const CPU = { metrics: [{ type: 'Resource', resource: { name: 'cpu' } }] };
const vpa = (spec: object) => objects(hpa({ maxReplicas: 10, ...CPU }), object('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', 'app', { spec: { targetRef: { kind: 'Deployment', name: 'app' }, ...spec } }, 'apps'));
const service = object('v1', 'Service', 'app', { spec: { selector: { app: 'app' }, ports: [{ port: 80 }] } }, 'apps');
const role = (...rules: Array<[string, string[]]>) => objects(object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'reader', {
  rules: rules.map(([resource, verbs]) => ({ apiGroups: [resource === 'endpoints' ? '' : 'discovery.k8s.io'], resources: [resource], verbs })),
}));
const mounting = (map: object, nodes = 1000): Parts => ({
  facts: facts({ pools: [pool(nodes)] }), objects: [agent({ volumes: [{ name: 'config', configMap: { name: 'agent' } }] }), { ...configMap('agent', { a: 'b' }), ...map }],
});
const metricsServer = (memory: string) => objects(workload('Deployment', 'metrics-server', {
  containers: [container({ image: 'registry.k8s.io/metrics-server/metrics-server:v0.9.0', resources: { requests: { cpu: '1', memory }, limits: { memory } } })],
}));

/** Rules of workloads: zones, disruptions, quotas, webhooks, images, Jobs. Three zones are those of the control plane. */
export const OPERATIONS: Case[] = [
  { id: 'TNC125', passing: secret('Opaque'), failing: secret('kubernetes.io/service-account-token'), boundary: ['a login for a registry', secret('kubernetes.io/dockerconfigjson'), 0] },
  {
    id: 'TNC126',
    passing: objects(app(6), budget({ maxUnavailable: '34%' })),
    failing: objects(app(6), budget({ maxUnavailable: 1 })),
    boundary: ['two of six, two in each zone', objects(app(6), budget({ minAvailable: 4 })), 0],
  },
  { id: 'TNC127', passing: objects(app(2), budget({ maxUnavailable: 1 })), failing: objects(app(2)), boundary: ['its autoscaler decides: two', objects(app(), hpa({ minReplicas: 2, maxReplicas: 4 })), 1] },
  {
    id: 'TNC128',
    passing: objects(app(2, apart(ZONE))),
    failing: objects(app(2, apart('kubernetes.io/hostname'))),
    boundary: ['one zone: nodes are enough', { facts: facts({ controlPlane: { endpoint: 'api.test.example.com:6443', members: members(3, ['a']) } }), objects: [app(2, apart('kubernetes.io/hostname'))] }, 0],
  },
  // 100m each.
  { id: 'TNC129', passing: quota({ 'requests.cpu': '2' }), failing: quota({ 'requests.cpu': '900m' }), boundary: ['ten times 100m', quota({ 'requests.cpu': '1', 'pods': '10' }), 0] },
  { id: 'TNC130', passing: objects(agent({ priorityClassName: 'system-node-critical' })), failing: objects(agent({})), boundary: ['an empty name is none', objects(agent({ priorityClassName: '' })), 1] },
  { id: 'TNC131', passing: webhook({ timeoutSeconds: 2 }), failing: webhook({}), boundary: ['5 s', webhook({ timeoutSeconds: 5 }), 0] },
  {
    id: 'TNC132',
    passing: webhook(updates([''], ['pods'])),
    failing: webhook(updates(['*'], ['*/*'])),
    boundary: ['leases of others', webhook({ ...updates(['coordination.k8s.io'], ['leases']), namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-node-lease'] }] } }), 0],
  },
  { id: 'TNC133', passing: image('registry.example.com/app:1.2'), failing: image('registry.registry.svc.cluster.local:5000/app:1.2'), boundary: ['an address of a Service', image('10.96.255.255:5000/app:1.2'), 1] },
  { id: 'TNC134', passing: image('registry.example.com/app:1.2'), failing: image('nginx:1.29.0'), boundary: ['a name without a dot, with a port', image('registry:5000/app:1.2'), 0] },
  { id: 'TNC135', passing: pulling('IfNotPresent'), failing: pulling('Always'), boundary: ['197 nodes and three of the control plane', pulling('Always', 197), 0] },
  { id: 'TNC136', passing: job({ ttlSecondsAfterFinished: 3600 }), failing: job({}), boundary: ['ten runs are kept', cron({ successfulJobsHistoryLimit: 9 }), 0] },
  { id: 'TNC137', passing: cron({ concurrencyPolicy: 'Forbid' }), failing: cron({}), boundary: ['runs have an end', cron({ jobTemplate: { spec: { activeDeadlineSeconds: 3600 } } }), 0] },
  {
    id: 'TNC138',
    passing: objects(agent({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' })),
    failing: objects(agent({ hostNetwork: true })),
    boundary: ['the resolver of the node, asked for', objects(agent({ hostNetwork: true, dnsPolicy: 'Default' })), 0],
  },
  // Ten pods a minute: 10, 20, 30, 40, 50, 60 are five steps of 60 s.
  {
    id: 'TNC139',
    passing: growing(10, 200),
    failing: growing(10, 200, { policies: [policy('Percent', 20), policy('Pods', 10)] }),
    boundary: ['five steps of a minute', growing(10, 60, { policies: [policy('Pods', 10)] }), 0],
  },
  {
    id: 'TNC140',
    passing: vpa({ updatePolicy: { updateMode: 'Off' } }),
    failing: vpa({}),
    boundary: ['it changes memory only', vpa({ resourcePolicy: { containerPolicies: [{ containerName: '*', controlledResources: ['memory'] }] } }), 0],
  },
  { id: 'TNC141', passing: objects(service, app(10)), failing: objects(service, app(), hpa({ maxReplicas: 2000 })), boundary: ['1,000', objects(service, app(1000)), 0] },
  {
    id: 'TNC142',
    passing: role(['endpoints', ['list', 'watch']], ['endpointslices', ['list', 'watch']]),
    failing: role(['endpoints', ['list', 'watch']]),
    boundary: ['whoever writes them', role(['endpoints', ['list', 'watch', 'create']]), 0],
  },
  { id: 'TNC143', passing: mounting({ immutable: true }), failing: mounting({}), boundary: ['197 nodes and three of the control plane', mounting({}, 197), 0] },
  // 2 MiB for each of 1,003 kubelets.
  { id: 'TNC144', passing: metricsServer('4Gi'), failing: metricsServer('200Mi'), boundary: ['2,006 MiB', metricsServer('2006Mi'), 0] },
  { id: 'TNC145', passing: growing(30, 200), failing: growing(10, 200), boundary: ['99 replicas', growing(9, 99), 0] },
];
