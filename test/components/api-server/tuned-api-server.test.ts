import { Duration, Size } from 'cdk8s';
import { build, file, flags, Props } from './api-server-build';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { ApiBalancer } from '../../../src/components/api-server/api-balancer';
import { TunedApiServerProps } from '../../../src/components/api-server/api-server-options';
import { EncryptionAtRest } from '../../../src/components/api-server/encryption-at-rest';
import { AnonymousRequests, ClaimMapping } from '../../../src/components/api-server/structured-authentication';
import { ApiClientKind } from '../../../src/contracts/contributions';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

const fiveServers = { cluster: clusterOn(KubernetesRelease.V1_37) };

describe('kube-apiserver', () => {
  test('seats are a few hundred together, not thousands (API-04)', () => {
    expect(Number(flags()['max-requests-inflight']) + Number(flags()['max-mutating-requests-inflight'])).toBe(400);
  });

  test('what the article set and what stops or cheats a server is never emitted (API-01, API-03)', () => {
    for (const release of KubernetesRelease.all()) {
      const names = Object.keys(flags({ cluster: clusterOn(release) }));
      expect(names).not.toEqual(expect.arrayContaining(['watch-cache-sizes']));
      expect(names).not.toContain('target-ram-mb');
      expect(names).not.toContain('insecure-port');
    }
  });

  test('events go to their ring by the override of the core group', () => {
    expect(flags(fiveServers)['etcd-servers-overrides']).toBe('/events#https://172.16.0.11:2382;https://172.16.0.12:2382;https://172.16.0.13:2382');
    expect(flags(fiveServers)['etcd-servers'].split(',')).toHaveLength(5);
  });

  test('an external etcd is just another implementation of the contract', () => {
    const external = {
      mainUrls: ['https://192.0.2.10:2379'], eventsUrls: [], etcdVersion: '3.6.8', caFile: '/etc/pki/ca.crt', clientCertFile: '/etc/pki/c.crt', clientKeyFile: '/etc/pki/c.key', quotaBackendBytes: 8 * 1024 ** 3,
    };
    expect(flags({ etcd: external })).toMatchObject({ 'etcd-servers': 'https://192.0.2.10:2379', 'etcd-cafile': '/etc/pki/ca.crt' });
    expect(flags({ etcd: external })).not.toHaveProperty('etcd-servers-overrides');
  });

  test('authentication, authorisation and aggregation are complete (API-06, API-07, API-09, API-10)', () => {
    expect(flags()).toMatchObject({ 'authorization-mode': 'Node,RBAC', 'enable-admission-plugins': 'NodeRestriction,EventRateLimit', 'client-ca-file': '/etc/kubernetes/pki/ca.crt' });
    for (const name of ['service-account-issuer', 'service-account-key-file', 'service-account-signing-key-file', 'requestheader-client-ca-file', 'proxy-client-cert-file', 'kubelet-certificate-authority']) {
      expect(flags()).toHaveProperty(name);
    }
  });

  test.each([
    // release, flag, emitted; ranges of facts api-server.md section 3
    [KubernetesRelease.V1_22, 'shutdown-send-retry-after', false], [KubernetesRelease.V1_23, 'shutdown-send-retry-after', true],
    [KubernetesRelease.V1_25, 'encryption-provider-config-automatic-reload', false], [KubernetesRelease.V1_26, 'encryption-provider-config-automatic-reload', true],
    [KubernetesRelease.V1_26, 'shutdown-watch-termination-grace-period', false], [KubernetesRelease.V1_27, 'shutdown-watch-termination-grace-period', true],
    [KubernetesRelease.V1_31, 'requestheader-uid-headers', false], [KubernetesRelease.V1_32, 'requestheader-uid-headers', true],
  ])('%s: flag %s is emitted: %s', (release, name, emitted) => {
    expect(Object.hasOwn(flags({ cluster: clusterOn(release) }), name)).toBe(emitted);
  });

  test('goaway only with several servers (API-11)', () => {
    expect(flags()['goaway-chance']).toBe('0.001');
  });

  test('the kubelet waits longer than the server drains', () => {
    const pod = build().host.staticPods.find(p => p.props.component === 'kube-apiserver')!;
    expect(pod.props.terminationGracePeriodSeconds).toBeGreaterThan(15 + 30 + 60); // delay + watches + longest request
  });

  test('keeps the one capability that its binary carries: without it the kernel refuses to execute it', () => {
    const pod = build().host.staticPods.find(p => p.props.component === 'kube-apiserver')!.manifest() as any;
    expect(pod.spec.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['NET_BIND_SERVICE'] });
  });

  test('its certificate covers endpoint, machine, Service and user names', () => {
    const request = build({ ...fiveServers, certSans: ['api.internal.example.com', '198.51.100.7'] }).host.certificates.find(c => c.commonName === 'kube-apiserver')!;
    expect(request.dnsNames).toEqual(expect.arrayContaining(['api.shop.example.com', 'kubernetes.default.svc.cluster.local', 'cp-1', 'api.internal.example.com']));
    expect(request.ipAddresses).toEqual(['127.0.0.1', '172.16.0.11', '10.96.0.1', '198.51.100.7']);
  });
});

describe('controller manager and scheduler', () => {
  test('client rate of 100/200 instead of 20/30 (measured: 53 s instead of more than 240 s to schedulable)', () => {
    expect(flags({}, 'kube-controller-manager')).toMatchObject({ 'kube-api-qps': '100', 'kube-api-burst': '200', 'endpointslice-updates-batch-period': '500ms' });
  });

  test('pod addresses come from Calico, so no node CIDRs are handed out', () => {
    expect(flags({}, 'kube-controller-manager')['allocate-node-cidrs']).toBe('false');
  });

  test.each([[KubernetesRelease.V1_22, 'v1beta2'], [KubernetesRelease.V1_24, 'v1beta3'], [KubernetesRelease.V1_25, 'v1'], [KubernetesRelease.V1_37, 'v1']])('%s has scheduler configuration %s', (release, version) => {
    expect(file('/etc/kubernetes/control-plane/scheduler.yaml', { cluster: clusterOn(release) }).apiVersion).toBe(`kubescheduler.config.k8s.io/${version}`);
  });
});

describe('spread over zones', () => {
  const zoned = (...zones: Array<string[] | undefined>) => ClusterFacts.of({
    name: 'shop',
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.11' }] },
    pools: zones.map((names, i) => NodePool.of(`pool-${i}`, { nodes: 100, zones: names, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })),
  });
  const spread = (cluster: ClusterFacts) => file('/etc/kubernetes/control-plane/scheduler.yaml', { cluster }).profiles?.[0].pluginConfig[0];

  test('zones before hosts, and a pod is placed even if neither can be had', () => {
    expect(spread(zoned(['a', 'b'], ['c']))).toEqual({
      name: 'PodTopologySpread',
      args: {
        apiVersion: 'kubescheduler.config.k8s.io/v1',
        kind: 'PodTopologySpreadArgs',
        defaultingType: 'List',
        defaultConstraints: [
          { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
          { maxSkew: 3, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
        ],
      },
    });
  });

  // A node without the label scores nothing under a list of one's own: upstream's default stays (KS@37 plugins/podtopologyspread/scoring.go, requireAllTopologies).
  test.each([['a pool without zones', zoned(['a', 'b'], undefined)], ['one zone', zoned(['a'], ['a'])]])('%s keeps upstream\'s default', (_, cluster) => {
    expect(spread(cluster)).toBeUndefined();
  });
});

describe('priority and fairness', () => {
  const level = (objects: any[], name: string) => objects.find(o => o.kind === 'PriorityLevelConfiguration' && o.metadata.name === name);

  test('dear requests: requests across all namespaces only, by any service account, a level that lends and borrows nothing', () => {
    const { objects } = build();
    const schema = objects.find(o => o.kind === 'FlowSchema' && o.metadata.name === 'thousand-node-dear-requests');
    expect(schema.spec.rules[0].resourceRules[0]).toEqual({ verbs: ['list', 'watch'], apiGroups: ['*'], resources: ['*'], clusterScope: true });
    expect(level(objects, 'thousand-node-dear-requests').spec.limited).toMatchObject({ lendablePercent: 0, borrowingLimitPercent: 0 });
  });

  test('its seats by upstream\'s formula are one to seven whatever the machine', () => {
    const { objects, server } = build();
    const share = level(objects, 'thousand-node-dear-requests').spec.limited.nominalConcurrencyShares;
    const agents = level(objects, 'thousand-node-node-agents').spec.limited.nominalConcurrencyShares;
    const seats = Math.ceil(server.totalSeats * share / (245 + share + agents));
    expect(seats).toBeGreaterThanOrEqual(1);
    expect(seats).toBeLessThanOrEqual(7);
  });

  test('named agents and controllers are matched before the dear requests', () => {
    const apiClients = [
      { namespace: 'logging', serviceAccount: 'fluent-bit', kind: ApiClientKind.NODE_AGENT },
      { namespace: 'autoscaling', serviceAccount: 'cluster-autoscaler', kind: ApiClientKind.CONTROLLER },
    ];
    const schemas = build({ apiClients }).objects.filter(o => o.kind === 'FlowSchema');
    const precedence = Object.fromEntries(schemas.map(o => [o.metadata.name, o.spec.matchingPrecedence]));
    expect(precedence['thousand-node-node-agents']).toBeLessThan(precedence['thousand-node-dear-requests']);
    expect(precedence['thousand-node-controllers']).toBeLessThan(900); // kube-system-service-accounts
    expect(schemas.find(o => o.metadata.name === 'thousand-node-controllers').spec.priorityLevelConfiguration.name).toBe('workload-high');
  });

  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('objects match the schemas of %s', (version, release) => {
    const apiClients = [{ namespace: 'logging', serviceAccount: 'fluent-bit', kind: ApiClientKind.NODE_AGENT }];
    for (const object of build({ cluster: clusterOn(release), apiClients }).objects) { expect(schemaErrors(version, object)).toEqual([]); }
  });
});

describe('bad input is one error with a remedy', () => {
  const refused = (props: Props) => expect(() => build(props));
  test('the article\'s 4,000 + 2,000', () => refused({ maxRequestsInflight: 4000, maxMutatingRequestsInflight: 2000 }).toThrow(/maxRequestsInflight must be a whole number between 0 and 1200/));
  test('zero seats', () => refused({ maxRequestsInflight: 0, maxMutatingRequestsInflight: 0 }).toThrow('must be between 50 and 1200 together, got 0'));
  test('NaN', () => refused({ maxRequestsInflight: NaN }).toThrow('got NaN'));
  test('eight dear seats', () => refused({ dearRequestSeats: 8 }).toThrow('dearRequestSeats must be a whole number between 1 and 7'));
  test('goaway above upstream\'s limit', () => refused({ goawayChance: 0.05 }).toThrow('goawayChance must be between 0 and 0.02'));
  test('a removed flag', () => refused({ extraFlags: { 'target-ram-mb': '16384' } }).toThrow(/'target-ram-mb' was removed in kube-apiserver 1\.24/));
  test('an owned flag', () => refused({ extraFlags: { 'etcd-servers': 'http://etcd1:2379' } }).toThrow("'etcd-servers' is managed by this construct"));
  test('an unknown flag of each component', () => refused({ extraFlags: { a: '1' }, controllerManagerExtraFlags: { b: '1' }, schedulerExtraFlags: { c: '1' } }).toThrow(/3 problems/));
  test('a wrong number and an unknown flag are one error', () => {
    refused({ goawayChance: 0.05, extraFlags: { 'no-such-flag': '1' } }).toThrow(/2 problems[^]*no-such-flag[^]*goawayChance must be/);
  });
  test('a bad SAN', () => refused({ certSans: ['bad name\n'] }).toThrow('certSans must be a DNS name'));
});

describe('what the user sets reaches the output', () => {
  const print = (props: Props) => {
    const { host, objects } = build(props);
    const sans = host.certificates.map(c => [c.dnsNames, c.ipAddresses]);
    return JSON.stringify([host.staticPods.map(p => p.props), host.files.map(f => f.content), sans, objects]);
  };
  const before = print({});
  const external = {
    mainUrls: ['https://192.0.2.10:2379'], eventsUrls: [], etcdVersion: '3.6.8', caFile: '/etc/pki/ca.crt', clientCertFile: '/etc/pki/c.crt', clientKeyFile: '/etc/pki/c.key', quotaBackendBytes: 8 * 1024 ** 3,
  };
  // Every prop there is: a new one without a row does not compile.
  const settings: { readonly [prop in keyof Required<TunedApiServerProps>]: Props } = {
    cluster: fiveServers,
    etcd: { etcd: external },
    maxRequestsInflight: { maxRequestsInflight: 300 },
    maxMutatingRequestsInflight: { maxMutatingRequestsInflight: 100 },
    dearRequestSeats: { dearRequestSeats: 1 },
    eventTtl: { eventTtl: Duration.hours(1) },
    goawayChance: { goawayChance: 0 },
    percentageOfNodesToScore: { percentageOfNodesToScore: 30 },
    balancer: { balancer: ApiBalancer.external({ checkInterval: Duration.seconds(10), checkFailures: 3 }) },
    shutdownDelay: { shutdownDelay: Duration.seconds(25) },
    encryption: { encryption: EncryptionAtRest.secretbox({ resources: ['configmaps'] }) },
    jwtIssuers: { jwtIssuers: [{ url: 'https://idp.example.com', audiences: ['a'], username: ClaimMapping.claim('sub', 'idp:') }] },
    anonymousRequests: { anonymousRequests: AnonymousRequests.everywhere() },
    eventRateLimits: { eventRateLimits: { perUser: 60 } },
    nodeEviction: { nodeEviction: { rate: 0.05 } },
    emulatedRelease: { emulatedRelease: KubernetesRelease.V1_36 },
    certSans: { certSans: ['x.example.com'] },
    apiClients: { apiClients: [{ namespace: 'a', serviceAccount: 'b', kind: ApiClientKind.CONTROLLER }] },
    extraFlags: { extraFlags: { 'request-timeout': '30s' } },
    controllerManagerExtraFlags: { controllerManagerExtraFlags: { 'terminated-pod-gc-threshold': '1000' } },
    schedulerExtraFlags: { schedulerExtraFlags: { v: '4' } },
  };
  test.each(Object.entries(settings))('%s', (_, props) => { expect(print(props)).not.toBe(before); });

  test('a list flag is merged', () => {
    expect(flags({ extraFlags: { 'enable-admission-plugins': 'AlwaysPullImages,NodeRestriction' } })['enable-admission-plugins']).toBe('NodeRestriction,EventRateLimit,AlwaysPullImages');
  });
});
