import { Duration } from 'cdk8s';
import { build, file, flags, page, Props, text } from './api-server-build';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { EncryptionAtRest } from '../../../src/components/api-server/encryption-at-rest';
import { clusterOn } from '../cluster-on';

const refused = (props: Props) => expect(() => build(props));
const pod = (component: string, props: Props = {}) => build(props).host.staticPods.find(p => p.props.component === component)!;
const ENCRYPTION = '/usr/local/sbin/thousand-node-encryption-config';
const kms = (more = {}) => EncryptionAtRest.kms({ name: 'vault', socket: '/run/kms/plugin.sock', ...more });

describe('encryption', () => {
  test('the folder of a plugin\'s socket is in the pod, and nothing of it with secretbox', () => {
    const volumes = (props: Props) => (pod('kube-apiserver', props).manifest() as any).spec.volumes.map((volume: any) => volume.hostPath.path);
    expect(volumes({ encryption: kms() })).toContain('/run/kms');
    expect(volumes({}).filter((path: string) => path.startsWith('/run'))).toEqual([]);
  });

  test('a plugin that is away does not get the API server killed', () => {
    const probes = ({ manifest }: { manifest(): object }) => {
      const [container] = (manifest.call(pod('kube-apiserver', { encryption: kms() })) as any).spec.containers;
      return [container.livenessProbe.httpGet.path, container.startupProbe.httpGet.path];
    };
    expect(probes(pod('kube-apiserver', { encryption: kms() }))).toEqual(['/livez?exclude=kms-providers', '/livez?exclude=kms-providers']);
    expect(pod('kube-apiserver').props.livenessProbe.path).toBe('/livez');
  });

  test.each([[kms({ timeout: Duration.millis(500) }), '\'0.5s\''], [kms(), '\'3s\'']])('timeout of the plugin', (encryption, timeout) => {
    expect(text(ENCRYPTION, { encryption })).toContain(`readonly KMS_TIMEOUT=${timeout}\n`);
  });

  // Source: gate KMSv2, GA in 1.29
  test('a KMS needs 1.29', () => {
    refused({ cluster: clusterOn(KubernetesRelease.V1_28), encryption: kms() }).toThrow(/a KMS needs Kubernetes 1\.29, the cluster runs 1\.28; use EncryptionAtRest\.secretbox/);
    expect(() => build({ cluster: clusterOn(KubernetesRelease.V1_29), encryption: kms() })).not.toThrow();
  });

  test.each<[string, EncryptionAtRest, RegExp]>([
    ['a name with a colon', kms({ name: 'a:b' }), /encryption\.name must be letters/],
    ['a relative socket', kms({ socket: 'plugin.sock' }), /encryption\.socket must be an absolute path/],
    ['a socket with a way up', kms({ socket: '/run/kms/../x.sock' }), /encryption\.socket must be an absolute path/],
    ['a socket among those of others', kms({ socket: '/run/plugin.sock' }), /lies in a folder that others use/],
    ['a minute', kms({ timeout: Duration.minutes(1) }), /encryption\.timeout must be between 0\.1 and 30/],
    ['a wildcard', EncryptionAtRest.secretbox({ resources: ['*.*'] }), /wildcards would encrypt leases/],
    ['events', EncryptionAtRest.secretbox({ resources: ['events'] }), /'events' is written all the time/],
  ])('%s is refused', (_, encryption, why) => { refused({ encryption }).toThrow(why); });

  // Source: k8s.io/apiserver 0.29.15 and 0.30.14, pkg/server/options/encryptionconfig/metrics/metrics.go
  test.each([[KubernetesRelease.V1_29, false], [KubernetesRelease.V1_30, true]])('%s counts reloads by status: %s', (release, counted) => {
    expect(page('runbooks/api-server-encryption.md', { cluster: clusterOn(release) }).includes('automatic_reloads_total{status=')).toBe(counted);
  });

  test('the runbook has the steps of the form that is in use', () => {
    const own = page('runbooks/api-server-encryption.md');
    expect(own).toContain(`${ENCRYPTION} add-key`);
    expect(own).not.toContain('add-kms');
    const plugin = page('runbooks/api-server-encryption.md', { encryption: kms({ resources: ['configmaps'] }) });
    expect(plugin).toMatch(/plugin `vault` at `\/run\/kms\/plugin\.sock`/);
    expect(plugin).toContain('`secrets`, `configmaps`');
    expect(plugin).not.toContain('add-key');
  });
});

describe('events', () => {
  const limits = (props: Props = {}) => file('/etc/kubernetes/apiserver/admission.yaml', props).plugins.find((plugin: any) => plugin.name === 'EventRateLimit')?.configuration;

  test('limits of server, namespace and user, ten seconds saved up; 1,000 nodes: churn of 8.3 pods/s, 5 events each', () => {
    expect(limits()).toEqual({
      apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
      kind: 'Configuration',
      limits: [{ type: 'Server', qps: 209, burst: 2090 }, { type: 'Namespace', qps: 84, burst: 840 }, { type: 'User', qps: 50, burst: 500, cacheSize: 4096 }],
    });
  });

  test('every release has the plugin and reads its file', () => {
    for (const release of KubernetesRelease.all()) {
      expect(limits({ cluster: clusterOn(release) }).limits).toHaveLength(3);
      expect(flags({ cluster: clusterOn(release) })).toMatchObject({ 'enable-admission-plugins': 'NodeRestriction,EventRateLimit', 'admission-control-config-file': '/etc/kubernetes/apiserver/admission.yaml' });
    }
  });

  test('given ones', () => {
    expect(limits({ eventRateLimits: { perServer: 900, perNamespace: 300, perUser: 30 } }).limits.map((limit: any) => limit.qps)).toEqual([900, 300, 30]);
  });

  test('off: neither plugin nor configuration', () => {
    const eventRateLimits = { enabled: false };
    expect(limits({ eventRateLimits })).toBeUndefined();
    expect(flags({ eventRateLimits })['enable-admission-plugins']).toBe('NodeRestriction');
    // 1.22 has no PodSecurity configuration either, so there is no file.
    expect(flags({ cluster: clusterOn(KubernetesRelease.V1_22), eventRateLimits })).not.toHaveProperty('admission-control-config-file');
  });

  test('the plugin in both lists, which stops the API server, is refused', () => {
    const extraFlags = { 'disable-admission-plugins': 'EventRateLimit' };
    refused({ extraFlags }).toThrow(/set eventRateLimits: \{ enabled: false \} instead/);
    expect(() => build({ extraFlags, eventRateLimits: { enabled: false } })).not.toThrow();
  });

  test.each<[Props['eventRateLimits'], RegExp]>([
    [{ perUser: 0 }, /eventRateLimits\.perUser must be a whole number between 1/], [{ perServer: 1.5 }, /eventRateLimits\.perServer must be a whole number/],
    [{ perServer: 10 }, /perServer bounds all clients together/], [{ enabled: false, perUser: 5 }, /perUser has no effect without limits/],
  ])('%j is refused', (eventRateLimits, why) => { refused({ eventRateLimits }).toThrow(why); });
});

describe('emulated release', () => {
  test('all three components behave alike', () => {
    for (const component of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      expect(flags({ emulatedRelease: KubernetesRelease.V1_36 }, component)['emulated-version']).toBe('kube=1.36');
      expect(flags({}, component)).not.toHaveProperty('emulated-version');
    }
  });

  // Source: k8s.io/apiserver pkg/util/compatibility/version.go (three minors, not before 1.31); 1.32: one; 1.31: --help says 1.31..1.31
  test.each([
    [KubernetesRelease.V1_37, KubernetesRelease.V1_34, undefined], [KubernetesRelease.V1_37, KubernetesRelease.V1_33, /1\.37 emulates 1\.34 to 1\.37, not 1\.33/],
    [KubernetesRelease.V1_36, KubernetesRelease.V1_37, /1\.36 emulates 1\.33 to 1\.36, not 1\.37/], [KubernetesRelease.V1_33, KubernetesRelease.V1_31, undefined],
    [KubernetesRelease.V1_33, KubernetesRelease.V1_30, /1\.33 emulates 1\.31 to 1\.33/], [KubernetesRelease.V1_32, KubernetesRelease.V1_31, undefined],
    [KubernetesRelease.V1_31, KubernetesRelease.V1_31, /1\.31 emulates no other release/], [KubernetesRelease.V1_28, KubernetesRelease.V1_27, /1\.28 emulates no other release/],
  ])('%s as %s', (release, emulatedRelease, why) => {
    const make = () => build({ cluster: clusterOn(release), emulatedRelease });
    if (why === undefined) { expect(make).not.toThrow(); } else { expect(make).toThrow(why); }
  });

  test('a gate that the emulated release lacks is refused, although the binary has it', () => {
    const extraFlags = { 'feature-gates': 'EtcdRangeStream=true' };
    expect(() => build({ extraFlags })).not.toThrow();
    refused({ extraFlags, emulatedRelease: KubernetesRelease.V1_36 }).toThrow(/with emulatedRelease 1\.36, feature gate 'EtcdRangeStream' was added in Kubernetes 1\.37/);
  });

  test('the flag itself is the prop\'s', () => {
    refused({ schedulerExtraFlags: { 'emulated-version': '1.36' } }).toThrow(/'emulated-version' is managed by this construct/);
  });

  test('the runbook says what can be undone', () => {
    expect(page('runbooks/api-server-rolling.md', { emulatedRelease: KubernetesRelease.V1_36 })).toMatch(/are 1\.37 and behave as 1\.36/);
    expect(page('runbooks/api-server-rolling.md')).toMatch(/stays open only if the new one was started with `emulatedRelease`/);
  });
});

describe('eviction', () => {
  const eviction = (props: Props = {}) => {
    const all = flags(props, 'kube-controller-manager');
    return ['node-eviction-rate', 'secondary-node-eviction-rate', 'unhealthy-zone-threshold', 'large-cluster-size-threshold'].map(name => all[name]);
  };

  test('written out, and given', () => {
    expect(eviction()).toEqual(['0.1', '0.01', '0.55', '50']);
    expect(eviction({ nodeEviction: { rate: 0.05, secondaryRate: 0.001, unhealthyShare: 0.4, largeZone: 100 } })).toEqual(['0.05', '0.001', '0.4', '100']);
  });

  test.each<[Props['nodeEviction'], RegExp]>([
    [{ rate: -1 }, /nodeEviction\.rate must be between 0 and 10/], [{ secondaryRate: 0.2 }, /secondaryRate 0\.2\/s must not be above rate 0\.1\/s/],
    [{ unhealthyShare: 0 }, /nodeEviction\.unhealthyShare must be between/], [{ largeZone: 1.5 }, /nodeEviction\.largeZone must be a whole number/],
  ])('%j is refused', (nodeEviction, why) => { refused({ nodeEviction }).toThrow(why); });
});

describe('audit', () => {
  const policy = () => file('/etc/kubernetes/apiserver/audit-policy.yaml').rules as any[];
  /** Level of the first rule that matches, as the API server finds it. */
  const level = (user: string, groups: string[], verb: string, group: string, resource: string) => policy().find(rule =>
    (!rule.users || rule.users.includes(user)) && (!rule.userGroups || rule.userGroups.some((g: string) => groups.includes(g)))
    && (!rule.verbs || rule.verbs.includes(verb)) && !rule.nonResourceURLs
    && (!rule.resources || rule.resources.some((r: any) => r.group === group && (!r.resources || r.resources.includes(resource))))).level;
  const KUBELET = ['system:node:a', ['system:nodes', 'system:authenticated']] as const;
  const HPA = ['system:serviceaccount:kube-system:horizontal-pod-autoscaler', ['system:serviceaccounts', 'system:authenticated']] as const;
  const PERSON = ['alice', ['system:authenticated']] as const;

  test.each([
    ['a kubelet looks at its pods', [...KUBELET, 'watch', '', 'pods'], 'None'],
    ['a kubelet looks at a ConfigMap', [...KUBELET, 'watch', '', 'configmaps'], 'None'],
    ['a kubelet looks at a Secret', [...KUBELET, 'watch', '', 'secrets'], 'Metadata'],
    ['a kubelet tells of its node', [...KUBELET, 'patch', '', 'nodes/status'], 'None'],
    ['a kubelet deletes a pod', [...KUBELET, 'delete', '', 'pods'], 'Metadata'],
    ['a controller reads', [...HPA, 'list', 'apps', 'deployments'], 'None'],
    ['a controller looks at Secrets', [...HPA, 'list', '', 'secrets'], 'Metadata'],
    ['a controller writes', [...HPA, 'update', 'apps', 'deployments/scale'], 'Metadata'],
    ['a person reads', [...PERSON, 'get', '', 'pods'], 'Metadata'],
    ['a person reads a Secret', [...PERSON, 'get', '', 'secrets'], 'Metadata'],
    ['a person writes a Secret', [...PERSON, 'create', '', 'secrets'], 'Metadata'],
    ['a person gives rights', [...PERSON, 'create', 'rbac.authorization.k8s.io', 'clusterrolebindings'], 'Request'],
    ['leases', [...PERSON, 'update', 'coordination.k8s.io', 'leases'], 'None'],
    ['events', [...PERSON, 'create', 'events.k8s.io', 'events'], 'None'],
  ] as const)('%s', (_, [user, groups, verb, group, resource], expected) => {
    expect(level(user, [...groups], verb, group, resource)).toBe(expected);
  });

  test('no rule that holds contents can ever match a Secret', () => {
    for (const rule of policy().filter(r => ['Request', 'RequestResponse'].includes(r.level))) {
      expect(rule.resources.every((resource: any) => resource.group !== '')).toBe(true);
    }
  });

  test('files for a day', () => {
    const { server } = build();
    const number = (id: string) => server.derivations.find(derivation => derivation.id === id)!.value;
    expect(flags()['audit-log-maxbackup']).toBe(String(number('api-server/audit-backups')));
    expect(number('api-server/audit-disk')).toBeGreaterThanOrEqual(number('api-server/audit-daily-size'));
  });
});

test('each component of the control plane has its memory limit of Go', () => {
  const env = (component: string) => pod(component).props.env;
  expect([env('kube-apiserver'), env('kube-controller-manager'), env('kube-scheduler')]).toEqual([{ GOMEMLIMIT: '85830MiB' }, { GOMEMLIMIT: '3072MiB' }, { GOMEMLIMIT: '1536MiB' }]);
});

test('wrong numbers, a wrong choice and a wrong flag are one error', () => {
  refused({
    cluster: ClusterFacts.thousandNodes(), encryption: kms({ name: '' }), eventRateLimits: { perUser: 0 }, nodeEviction: { rate: 99 }, shutdownDelay: Duration.seconds(1), goawayChance: 1, extraFlags: { 'no-such-flag': '1' },
  }).toThrow(/6 problems[^]*no-such-flag[^]*encryption\.name[^]*goawayChance[^]*shutdownDelay[^]*perUser[^]*nodeEviction\.rate/);
});
