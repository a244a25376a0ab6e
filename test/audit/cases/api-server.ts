import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { Case, certificate, facts, kubelet, object, Parts, pool, ring, staticPod, workload } from '../tree-of';

const GIB = 2 ** 30;
const server = (flags: { [name: string]: string }, parts: Parts = {}): Parts => ({ ...parts, staticPods: [...(parts.staticPods ?? []), staticPod('kube-apiserver', { flags })] });
const manager = (flags: { [name: string]: string }, parts: Parts = {}): Parts => ({ ...parts, staticPods: [staticPod('kube-controller-manager', { flags })] });
const servers = (count: number, flags: { [name: string]: string }): Parts => ({ staticPods: Array.from({ length: count }, (_, i) => staticPod('kube-apiserver', { machine: `cp-${i + 1}`, flags })) });
const serving = (dnsNames: string[], ipAddresses: string[]): Parts => server(
  { 'tls-cert-file': '/pki/apiserver.crt', 'advertise-address': '172.16.0.11' },
  { certificates: [certificate({ certPath: '/pki/apiserver.crt', dnsNames, ipAddresses })] });
const URLS = [11, 12, 13].map(i => `https://172.16.0.${i}:2379`);
const asks = (...urls: string[]): Parts => server({ 'etcd-servers': urls.join(',') }, { staticPods: ring(3) });
const flow = (shares: number): Parts => server({ 'max-requests-inflight': '400', 'max-mutating-requests-inflight': '240' }, {
  objects: [
    object('flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration', 'dear', { spec: { limited: { nominalConcurrencyShares: shares } } }),
    object('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', 'dear', {
      spec: { priorityLevelConfiguration: { name: 'dear' }, rules: [{ resourceRules: [{ verbs: ['list', 'watch'], apiGroups: ['*'], resources: ['*'], clusterScope: true }] }] },
    }),
  ],
});
const agent = (pod: object, subject: object): Parts => server({}, {
  objects: [
    workload('DaemonSet', 'agent', { serviceAccountName: 'agent', automountServiceAccountToken: true, ...pod }),
    object('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', 'agents', { spec: { rules: [{ subjects: [{ kind: 'ServiceAccount', serviceAccount: subject }] }] } }),
  ],
});
const pods = (cpu: number, gibibytes: number): Parts => ({ staticPods: [staticPod('kube-apiserver', { cpu, memory: gibibytes * GIB })] });
const REQUEST_HEADERS = {
  'requestheader-client-ca-file': '/ca',
  'requestheader-username-headers': 'X-Remote-User',
  'requestheader-group-headers': 'X-Remote-Group',
  'proxy-client-cert-file': '/crt',
  'proxy-client-key-file': '/key',
};
const METRICS_API = object('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.metrics.k8s.io', { spec: { group: 'metrics.k8s.io', service: { name: 'metrics-server', namespace: 'kube-system' } } });
const WITHOUT_KEY = Object.fromEntries(Object.entries(REQUEST_HEADERS).filter(([flag]) => flag !== 'proxy-client-key-file'));
const RIGHTS = { 'authorization-mode': 'Node,RBAC', 'enable-admission-plugins': 'NodeRestriction' };

export const API_SERVER: Case[] = [
  {
    id: 'TNC040',
    passing: serving(['api.test.example.com', 'kubernetes.default.svc'], ['10.96.0.1', '172.16.0.11']),
    failing: serving(['kubernetes.default.svc'], ['10.96.0.1', '172.16.0.11']),
    boundary: ['everything but its own address', serving(['api.test.example.com', 'kubernetes.default.svc'], ['10.96.0.1']), 1],
  },
  { id: 'TNC041', passing: asks(...URLS), failing: asks(...URLS.slice(0, 2)), boundary: ['another order', asks(...[...URLS].reverse()), 0] },
  {
    id: 'TNC042',
    passing: server({ 'etcd-servers-overrides': '/events#https://172.16.0.11:2382' }),
    failing: server({}),
    boundary: ['500 nodes do without', server({}, { facts: facts({ pools: [pool(500)] }) }), 0],
  },
  // The control plane of 1,000 nodes is planned with 16 cores or more; up to 40 cores carry 400, so 800 is the border.
  {
    id: 'TNC043',
    passing: server({ 'max-requests-inflight': '250', 'max-mutating-requests-inflight': '150' }),
    failing: server({ 'max-requests-inflight': '4000', 'max-mutating-requests-inflight': '2000' }),
    boundary: ['800 on cores that carry 400', server({ 'max-requests-inflight': '500', 'max-mutating-requests-inflight': '300' }), 0],
  },
  // ceil(640 x share / (245 + share)): 2 shares are 6 seats, 3 are 8.
  { id: 'TNC044', passing: flow(1), failing: flow(40), boundary: ['3 shares are ceil(640 x 3 / 248) = 8 seats', flow(3), 1] },
  {
    id: 'TNC045',
    passing: agent({}, { namespace: 'apps', name: 'agent' }),
    failing: agent({}, { namespace: 'apps', name: 'other' }),
    boundary: ['all accounts of the namespace', agent({}, { namespace: 'apps', name: '*' }), 0],
  },
  // 4 x 1,000 / 120 s = 33.3
  { id: 'TNC046', passing: manager({ 'kube-api-qps': '100' }), failing: manager({}), boundary: ['34 a second', manager({ 'kube-api-qps': '34' }), 0] },
  {
    id: 'TNC047',
    passing: manager({}),
    failing: manager({}, { facts: facts({ release: KubernetesRelease.V1_31 }) }),
    boundary: ['exactly 45 s', manager({ 'node-monitor-grace-period': '45s' }), 1],
  },
  { id: 'TNC048', passing: server({}), failing: server({ 'watch-cache-sizes': 'secrets=1000,configmaps=1000' }), boundary: ['#0 switches a cache off', server({ 'watch-cache-sizes': 'events#0' }), 0] },
  { id: 'TNC049', passing: server(RIGHTS), failing: server({}), boundary: ['RBAC without Node', server({ ...RIGHTS, 'authorization-mode': 'RBAC' }), 1] },
  {
    id: 'TNC050',
    passing: servers(3, { 'goaway-chance': '0.001' }),
    failing: servers(3, {}),
    boundary: ['0.02 is the most the server takes', servers(2, { 'goaway-chance': '0.02' }), 0],
  },
  {
    id: 'TNC051',
    passing: server({ 'shutdown-delay-duration': '15s', 'shutdown-watch-termination-grace-period': '30s' }),
    failing: server({ 'shutdown-delay-duration': '2m0s' }),
    boundary: ['75 + 60 + 0 of 135 s', server({ 'shutdown-delay-duration': '1m15s' }), 0],
  },
  {
    id: 'TNC052',
    passing: server({ profiling: 'false' }),
    failing: server({ 'target-ram-mb': '16384' }),
    boundary: [
      'a flag that 1.24 removed, on 1.23', server({ 'target-ram-mb': '1' }, { facts: facts({ release: KubernetesRelease.V1_23 }) }), 0,
    ],
  },
  {
    id: 'TNC053',
    passing: server({ profiling: 'false' }),
    failing: server({ 'target-ram-mb': '1' }, { facts: facts({ release: KubernetesRelease.V1_22 }) }),
    boundary: ['removed, so an error and no warning', server({ 'target-ram-mb': '1' }), 0],
  },
  {
    id: 'TNC054',
    passing: server({ 'feature-gates': 'WatchList=true' }),
    failing: server({ 'feature-gates': 'WatchLits=true' }),
    boundary: ['on a kubelet of a release that lacks it', { kubelets: [kubelet({ featureGates: { ImageMaximumGCAge: true } }, { release: '1.28' })] }, 1],
  },
  // The default control-plane machine of 1,000 nodes.
  { id: 'TNC055', passing: pods(4, 8), failing: pods(4, 4096), boundary: ['all cores', pods(facts().controlPlaneMachine.cpu, 8), 0] },
  {
    id: 'TNC056',
    passing: { staticPods: [staticPod('kube-apiserver')] },
    failing: { staticPods: [staticPod('kube-scheduler', { image: 'registry.k8s.io/kube-scheduler:v1.36.2' })] },
    boundary: ['another patch', { staticPods: [staticPod('kube-apiserver', { image: 'mirror.example.com/kube-apiserver:v1.37.0' })] }, 0],
  },
  { id: 'TNC057', passing: server(REQUEST_HEADERS, { objects: [METRICS_API] }), failing: server({}, { objects: [METRICS_API] }), boundary: ['only the key is missing', server(WITHOUT_KEY, { objects: [METRICS_API] }), 1] },
  {
    id: 'TNC058',
    passing: server({ 'audit-policy-file': '/p', 'encryption-provider-config': '/e' }),
    failing: server({}),
    boundary: ['audit without encryption', server({ 'audit-policy-file': '/p' }), 1],
  },
];
