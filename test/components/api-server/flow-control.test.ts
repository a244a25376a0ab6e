import { App, Chart, Size, Testing } from 'cdk8s';
import { CONTROLLER_ACCOUNTS } from '../../../src/catalogue/control-plane-accounts';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { TunedApiServerProps } from '../../../src/components/api-server/api-server-options';
import { TunedApiServer } from '../../../src/components/api-server/tuned-api-server';
import { EtcdCluster } from '../../../src/components/etcd/etcd-cluster';
import { ApiClient, ApiClientKind } from '../../../src/contracts/contributions';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

const CLIENTS: ApiClient[] = [
  { namespace: 'logging', serviceAccount: 'fluent-bit', kind: ApiClientKind.NODE_AGENT },
  { namespace: 'kube-system', serviceAccount: 'node-problem-detector', kind: ApiClientKind.NODE_AGENT },
  { namespace: 'autoscaling', serviceAccount: 'cluster-autoscaler', kind: ApiClientKind.CONTROLLER },
  { namespace: 'kube-system', serviceAccount: 'metrics-server', kind: ApiClientKind.CONTROLLER },
];

function synth(props: Partial<TunedApiServerProps> = {}): any[] {
  const chart = new Chart(new App(), 'test');
  const etcd = new EtcdCluster(chart, 'etcd', { cluster: props.cluster });
  new TunedApiServer(chart, 'api', { ...props, etcd });
  return Testing.synth(chart);
}

const ofKind = (objects: any[], kind: string) => objects.filter(object => object.kind === kind);

// The server's own schemas of 1.37, by hand from AS@37 pkg/apis/flowcontrol/bootstrap/default.go.
const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] };
const everyPath = [{ verbs: ['*'], nonResourceURLs: ['*'] }];
const upstream = (name: string, level: string, matchingPrecedence: number, rule: object) =>
  ({ metadata: { name }, spec: { priorityLevelConfiguration: { name: level }, matchingPrecedence, rules: [rule] } });
const group = (name: string) => ({ kind: 'Group', group: { name } });
const user = (name: string) => ({ kind: 'User', user: { name } });
const kubeSystem = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } };
const UPSTREAM = [
  upstream('exempt', 'exempt', 1, { subjects: [group('system:masters')], resourceRules: [all], nonResourceRules: everyPath }),
  upstream('probes', 'exempt', 2, { subjects: [group('system:unauthenticated'), group('system:authenticated')], nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] }),
  upstream('system-leader-election', 'leader-election', 100, {
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), kubeSystem],
    resourceRules: [{ verbs: ['get', 'create', 'update'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], clusterScope: false, namespaces: ['*'] }],
  }),
  upstream('system-node-high', 'node-high', 400, {
    subjects: [group('system:nodes')],
    resourceRules: [
      { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
      { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], clusterScope: false, namespaces: ['*'] },
    ],
  }),
  upstream('system-nodes', 'system', 500, { subjects: [group('system:nodes')], resourceRules: [all], nonResourceRules: everyPath }),
  upstream('kube-controller-manager', 'workload-high', 800, { subjects: [user('system:kube-controller-manager')], resourceRules: [all], nonResourceRules: everyPath }),
  upstream('kube-scheduler', 'workload-high', 800, { subjects: [user('system:kube-scheduler')], resourceRules: [all], nonResourceRules: everyPath }),
  upstream('kube-system-service-accounts', 'workload-high', 900, { subjects: [kubeSystem], resourceRules: [all], nonResourceRules: everyPath }),
  upstream('service-accounts', 'workload-low', 9000, { subjects: [group('system:serviceaccounts')], resourceRules: [all], nonResourceRules: everyPath }),
  upstream('global-default', 'global-default', 9900, { subjects: [group('system:unauthenticated'), group('system:authenticated')], resourceRules: [all], nonResourceRules: everyPath }),
  upstream('catch-all', 'catch-all', 10_000, { subjects: [group('system:unauthenticated'), group('system:authenticated')], resourceRules: [all], nonResourceRules: everyPath }),
];

interface Who { readonly name: string; readonly groups: string[] }
interface What { readonly verb: string; readonly path?: string; readonly apiGroup?: string; readonly resource?: string; readonly namespace?: string }

/** The documented rules: lowest precedence first, then the name; a subject and a rule of the same entry must match. */
function landsIn(who: Who, what: What, schemas: any[]): string {
  const has = (list: string[] | undefined, value: string) => list !== undefined && (list.includes('*') || list.includes(value));
  const isSubject = (subject: any) => {
    if (subject.kind === 'User') { return subject.user.name === '*' || subject.user.name === who.name; }
    if (subject.kind === 'Group') { return subject.group.name === '*' || who.groups.includes(subject.group.name); }
    const [, , namespace, account] = who.name.startsWith('system:serviceaccount:') ? who.name.split(':') : [];
    return subject.serviceAccount.namespace === namespace && [account, '*'].includes(subject.serviceAccount.name);
  };
  const isRequest = (rule: any) => (what.resource === undefined
    ? (rule.nonResourceRules ?? []).some((r: any) => has(r.verbs, what.verb) && has(r.nonResourceURLs, what.path!))
    : (rule.resourceRules ?? []).some((r: any) => has(r.verbs, what.verb) && has(r.apiGroups, what.apiGroup ?? '') && has(r.resources, what.resource!)
      && (what.namespace === undefined ? r.clusterScope === true : has(r.namespaces, what.namespace))));
  const inOrder = [...schemas].sort((a, b) => a.spec.matchingPrecedence - b.spec.matchingPrecedence || (a.metadata.name < b.metadata.name ? -1 : 1));
  return inOrder.find(schema => schema.spec.rules.some((rule: any) => rule.subjects.some(isSubject) && isRequest(rule))).spec.priorityLevelConfiguration.name;
}

const account = (namespace: string, name: string): Who => ({ name: `system:serviceaccount:${namespace}:${name}`, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'] });
const signedIn = (name: string, ...groups: string[]): Who => ({ name, groups: [...groups, 'system:authenticated'] });

const WHO: { [name: string]: Who } = {
  'a kubelet': signedIn('system:node:general-1', 'system:nodes'),
  'a node that joins': signedIn('system:bootstrap:abcdef', 'system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'),
  'the controller manager': signedIn('system:kube-controller-manager'),
  'the scheduler': signedIn('system:kube-scheduler'),
  'a controller of the control plane': account('kube-system', 'deployment-controller'),
  'the cluster DNS of kubeadm': account('kube-system', 'coredns'),
  'a named controller': account('autoscaling', 'cluster-autoscaler'),
  'a named controller in kube-system': account('kube-system', 'metrics-server'),
  'a named agent': account('logging', 'fluent-bit'),
  'a named agent in kube-system': account('kube-system', 'node-problem-detector'),
  'kube-proxy': account('kube-system', 'kube-proxy'),
  'kube-proxy with a certificate': signedIn('system:kube-proxy', 'system:node-proxier'),
  'a foreign agent in kube-system': account('kube-system', 'foreign'),
  'an application': account('shop', 'web'),
  'a person': signedIn('alice', 'developers'),
  'a stranger': { name: 'system:anonymous', groups: ['system:unauthenticated'] },
};

const LIST: What = { verb: 'list', resource: 'pods' };
const WATCH: What = { verb: 'watch', resource: 'pods' };
const IN_NAMESPACE: What = { verb: 'list', resource: 'pods', namespace: 'shop' };
const GET: What = { verb: 'get', resource: 'pods', namespace: 'shop' };
const LEASE: What = { verb: 'update', apiGroup: 'coordination.k8s.io', resource: 'leases', namespace: 'shop' };

const [dear, agents, controllers, people] = ['thousand-node-dear-requests', 'thousand-node-node-agents', 'thousand-node-controllers', 'thousand-node-people'];

describe('who lands where', () => {
  const schemas = [...UPSTREAM, ...ofKind(synth({ apiClients: CLIENTS }), 'FlowSchema')];

  test.each([
    // who, LIST of all pods, watch of all pods, LIST in a namespace, GET, renewal of a lease
    ['a kubelet', 'system', 'system', 'system', 'system', 'node-high'],
    ['a node that joins', 'system', 'system', 'system', 'system', 'system'],
    ['the controller manager', 'workload-high', 'workload-high', 'workload-high', 'workload-high', 'leader-election'],
    ['the scheduler', 'workload-high', 'workload-high', 'workload-high', 'workload-high', 'leader-election'],
    ['a controller of the control plane', 'workload-high', 'workload-high', 'workload-high', 'workload-high', 'leader-election'],
    ['the cluster DNS of kubeadm', controllers, controllers, 'workload-high', 'workload-high', 'leader-election'],
    ['a named controller', controllers, controllers, 'workload-high', 'workload-high', 'leader-election'],
    ['a named controller in kube-system', controllers, controllers, 'workload-high', 'workload-high', 'leader-election'],
    ['a named agent', agents, agents, agents, agents, agents],
    ['a named agent in kube-system', agents, agents, agents, agents, 'leader-election'],
    ['kube-proxy', agents, agents, agents, agents, 'leader-election'],
    ['kube-proxy with a certificate', agents, agents, agents, agents, agents],
    ['a foreign agent in kube-system', dear, dear, 'workload-high', 'workload-high', 'leader-election'],
    ['an application', dear, dear, 'workload-low', 'workload-low', 'workload-low'],
    ['a person', people, people, 'global-default', 'global-default', 'global-default'],
    ['a stranger', 'catch-all', 'catch-all', 'catch-all', 'catch-all', 'catch-all'],
  ])('%s', (name, ...expected) => {
    expect([LIST, WATCH, IN_NAMESPACE, GET, LEASE].map(what => landsIn(WHO[name], what, schemas))).toEqual(expected);
  });

  test('probes of anybody stay exempt; discovery goes its usual way', () => {
    expect(landsIn(WHO['a stranger'], { verb: 'get', path: '/healthz' }, schemas)).toBe('exempt');
    expect(landsIn(WHO['a stranger'], { verb: 'get', path: '/apis' }, schemas)).toBe('catch-all');
    expect(landsIn(WHO['a person'], { verb: 'get', path: '/apis' }, schemas)).toBe('global-default');
  });

  test('no controller of the control plane of any release is a dear client', () => {
    for (const name of CONTROLLER_ACCOUNTS) { expect(landsIn(account('kube-system', name), LIST, schemas)).toBe('workload-high'); }
  });

  test('twin: by upstream\'s schemas alone an agent in kube-system stands beside the control plane', () => {
    expect(landsIn(WHO['a foreign agent in kube-system'], LIST, UPSTREAM)).toBe('workload-high');
    expect(landsIn(WHO['an application'], LIST, UPSTREAM)).toBe('workload-low');
  });

  test('a client that nobody names is a dear one, and named twice it is written once', () => {
    const rules = (clients: ApiClient[]) => ofKind(synth({ apiClients: clients }), 'FlowSchema').find(s => s.metadata.name === 'thousand-node-node-agents').spec.rules;
    const without = [...UPSTREAM, ...ofKind(synth(), 'FlowSchema')];
    expect(landsIn(WHO['a named agent'], LIST, without)).toBe(dear);
    expect(rules([CLIENTS[0], CLIENTS[0]])[0].subjects).toHaveLength(3); // with kube-proxy's account and user
  });

  test('upstream\'s objects are left alone', () => {
    const names = synth({ apiClients: CLIENTS }).filter(o => /^flowcontrol/.test(o.apiVersion)).map(o => o.metadata.name);
    expect(names.filter(name => !name.startsWith('thousand-node-'))).toEqual([]);
  });
});

describe('seats', () => {
  const withCores = (cpu: number) => ClusterFacts.of({
    name: 'shop',
    controlPlane: { endpoint: 'api.shop.example.com:6443', machine: MachineShape.of({ cpu, memory: Size.gibibytes(64) }), members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })) },
    network: { nodeCidr: '172.16.0.0/20' },
    pools: [NodePool.of('general', { nodes: 1200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });

  test.each([
    // cores, total, shares of agents, controllers, people, dear; seats of them. ceil(total x share / (245 + all four))
    // 32: agents floor(40 x 245 / 360) = 27, controllers floor(7 x 272 / 393) = 4, people floor(7 x 276 / 393) = 4, dear floor(7 x 280 / 393) = 4; sum 284
    [32, 400, [27, 4, 4, 4], [39, 6, 6, 6]],
    // 8: controllers floor(2 x 272 / 398) = 1, people floor(2 x 273 / 398) = 1, dear floor(4 x 274 / 396) = 2; sum 276
    [8, 400, [27, 1, 1, 2], [40, 2, 2, 3]],
    // 96: total 800, agents floor(80 x 245 / 720) = 27, controllers floor(7 x 272 / 793) = 2, people floor(7 x 274 / 793) = 2, dear floor(7 x 276 / 793) = 2; sum 278
    [96, 800, [27, 2, 2, 2], [78, 6, 6, 6]],
  ])('%i cores: %i seats', (cores, total, shares, seats) => {
    const objects = ofKind(synth({ cluster: withCores(cores) }), 'PriorityLevelConfiguration');
    const share = (name: string) => objects.find(o => o.metadata.name === name).spec.limited.nominalConcurrencyShares;
    const own = [agents, controllers, people, dear].map(share);
    expect(own).toEqual(shares);
    expect(own.map(s => Math.ceil(total * s / (245 + own.reduce((a, b) => a + b))))).toEqual(seats);
  });

  test('a level for whole resources never passes seven seats, where each request costs one of them', () => {
    for (let cores = 2; cores <= 128; cores++) {
      const objects = ofKind(synth({ cluster: withCores(cores) }), 'PriorityLevelConfiguration');
      const shares = Object.fromEntries(objects.map(o => [o.metadata.name, o.spec.limited.nominalConcurrencyShares]));
      const sum = 245 + objects.reduce((s, o) => s + o.spec.limited.nominalConcurrencyShares, 0);
      const total = Math.min(800, Math.max(400, 10 * cores));
      for (const name of [dear, controllers, people]) {
        const seats = Math.ceil(total * shares[name] / sum);
        // AS@37 apf_controller.go: max(1, min(ceil(0.15 x seats), floor(seats / hand size 6)))
        expect([seats <= 7, Math.max(1, Math.min(Math.ceil(0.15 * seats), Math.floor(seats / 6)))]).toEqual([true, 1]);
      }
    }
  }, 60_000);

  test('our levels neither lend nor borrow, and queues are bounded', () => {
    for (const { spec: { limited } } of ofKind(synth(), 'PriorityLevelConfiguration')) {
      expect(limited).toMatchObject({ lendablePercent: 0, borrowingLimitPercent: 0, limitResponse: { type: 'Queue' } });
      expect(limited.limitResponse.queuing.queueLengthLimit).toBeLessThanOrEqual(50);
    }
  });

  test.each([
    // last minor before a change, first after it (facts api-server.md section 1)
    [KubernetesRelease.V1_22, 'v1beta1', 'assuredConcurrencyShares'], [KubernetesRelease.V1_23, 'v1beta2', 'assuredConcurrencyShares'],
    [KubernetesRelease.V1_25, 'v1beta2', 'assuredConcurrencyShares'], [KubernetesRelease.V1_26, 'v1beta3', 'nominalConcurrencyShares'],
    [KubernetesRelease.V1_28, 'v1beta3', 'nominalConcurrencyShares'], [KubernetesRelease.V1_29, 'v1', 'nominalConcurrencyShares'], [KubernetesRelease.V1_37, 'v1', 'nominalConcurrencyShares'],
  ])('%s speaks %s with %s', (release, version, field) => {
    const levels = ofKind(synth({ cluster: clusterOn(release), apiClients: CLIENTS }), 'PriorityLevelConfiguration');
    for (const level of levels) {
      expect(level.apiVersion).toBe(`flowcontrol.apiserver.k8s.io/${version}`);
      expect(Object.keys(level.spec.limited).sort()).toEqual([...(field === 'assuredConcurrencyShares' ? [] : ['borrowingLimitPercent', 'lendablePercent']), 'limitResponse', field].sort());
    }
  });

  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('objects match the schemas of %s', (version, release) => {
    for (const object of synth({ cluster: clusterOn(release), apiClients: CLIENTS })) { expect(schemaErrors(version, object)).toEqual([]); }
  });
});

describe('predicted rates', () => {
  const problems = (requestsPerSecond: number) => {
    const chart = new Chart(new App(), 'test');
    const cluster = clusterOn(KubernetesRelease.V1_37);
    const server = new TunedApiServer(chart, 'api', { cluster, etcd: new EtcdCluster(chart, 'etcd', { cluster }) });
    server.addApiClients([{ ...CLIENTS[0], requestsPerSecond }]);
    return server.node.validate();
  };
  // Five servers of 8 cores, one away; 40 seats as above, half of them at 5 ms a request: 40 x 0.5 / 0.005 x 4.
  test('fit their level', () => expect(problems(16_000)).toEqual([]));
  test('or are refused with the number that would fit', () => {
    expect(problems(16_001)).toEqual([expect.stringMatching(/per-node agents send 16001 requests\/s together, their priority level carries 16000\/s/)]);
  });
});
