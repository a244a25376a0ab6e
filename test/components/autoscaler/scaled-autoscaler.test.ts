import { App, Chart, Duration, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { CLUSTER_AUTOSCALER_FLAGS } from '../../../src/catalogue/cluster-autoscaler-flags';
import { flagsOf } from '../../../src/catalogue/flag-table';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool, TaintEffect } from '../../../src/cluster/node-pool';
import { AutoscalerProvider } from '../../../src/components/autoscaler/autoscaler-provider';
import { ScaledAutoscaler, ScaledAutoscalerProps } from '../../../src/components/autoscaler/scaled-autoscaler';
import { schemaErrors } from '../../fixtures/upstream/validate';

const shape = (cpu: number, gibibytes: number) => MachineShape.of({ cpu, memory: Size.gibibytes(gibibytes) });

/** The reference fleet: 1,200 nodes in four pools, five control-plane machines. */
function fleet(release = KubernetesRelease.V1_37, extra: NodePool[] = []): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })) },
    pools: [
      NodePool.of('compute', { nodes: 128, machine: shape(64, 128) }),
      NodePool.of('memory', { nodes: 256, machine: shape(16, 128) }),
      NodePool.of('gpu', { nodes: 32, machine: shape(16, 64), gpu: Gpu.nvidia('T4', 4) }),
      NodePool.of('general', { nodes: 784, nodesToday: 384, machine: shape(16, 64) }),
      ...extra,
    ],
  });
}

const PROVIDERS: { [name: string]: () => AutoscalerProvider } = {
  aws: () => AutoscalerProvider.aws({ region: 'eu-central-1' }),
  clusterapi: () => AutoscalerProvider.clusterApi(),
  management: () => AutoscalerProvider.clusterApi({ clusterName: 'prod', namespace: 'fleet', managementKubeconfigSecret: 'management' }),
  externalgrpc: () => AutoscalerProvider.externalGrpc({ address: 'provider.infra.svc:8086', tlsSecret: 'provider-tls' }),
  kwok: () => AutoscalerProvider.kwok(),
};

function synth(props: ScaledAutoscalerProps = {}): { objects: any[]; construct: ScaledAutoscaler } {
  const chart = new Chart(new App(), 'test');
  const construct = new ScaledAutoscaler(chart, 'autoscaler', { cluster: fleet(), ...props });
  return { objects: Testing.synth(chart), construct };
}
const one = (objects: any[], kind: string, name?: string) =>
  objects.find(object => object.kind === kind && (name === undefined || object.metadata.name === name));
const pod = (props?: ScaledAutoscalerProps) => one(synth(props).objects, 'Deployment').spec.template.spec;
const args = (props?: ScaledAutoscalerProps): string[] => pod(props).containers[0].args;
const flag = (name: string, props?: ScaledAutoscalerProps) => args(props).filter(arg => arg.startsWith(`--${name}=`)).map(arg => arg.slice(name.length + 3));
const on = (release: KubernetesRelease, props: ScaledAutoscalerProps = {}): ScaledAutoscalerProps => ({ cluster: fleet(release), ...props });
const priorities = (props?: ScaledAutoscalerProps) => {
  const text = one(synth(props).objects, 'ConfigMap', 'cluster-autoscaler-priority-expander').data.priorities;
  return parse(text, { version: '1.1', mapAsMap: true }) as Map<number, string[]>;
};
/** What the expander does with ids (priority.go): the largest priority of any expression found in it. */
const priorityOf = (id: string, map: Map<number, string[]>) =>
  Math.max(...[...map.entries()].filter(([, list]) => list.some(expression => new RegExp(expression).test(id))).map(([priority]) => priority));

describe('alone', () => {
  test('works without props, for the documented default cluster', () => {
    const chart = new Chart(new App(), 'test');
    const construct = new ScaledAutoscaler(chart, 'autoscaler');
    expect(Testing.synth(chart).map(object => object.kind)).toEqual([
      'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ConfigMap', 'Deployment', 'PodDisruptionBudget',
    ]);
    expect(construct.nodeGroups.map(group => [group.pool, group.minNodes, group.maxNodes])).toEqual([['general', 1000, 1000]]);
  });
});

describe('limits from the final size', () => {
  test('1,200 nodes and 5 control-plane machines stop at 1,325: plan and a tenth, control plane counted (CA-04)', () => {
    expect(flag('max-nodes-total')).toEqual(['1325']);
    // 128 x 64 + 256 x 16 + 32 x 16 + 784 x 16 = 25,344 cores; + 10 % = 27,879; + 5 x 32 of the control plane
    expect(flag('cores-total')).toEqual(['0:28039']);
  });

  test('groups go from the nodes of today to the final size', () => {
    expect(synth().construct.nodeGroups.map(group => [group.pool, group.minNodes, group.maxNodes])).toEqual([
      ['compute', 128, 128], ['memory', 256, 256], ['gpu', 32, 32], ['general', 384, 784],
    ]);
  });

  test('pools that are not scaled count for the limits all the same', () => {
    expect(flag('max-nodes-total', { groups: [{ pool: 'general' }] })).toEqual(['1325']);
  });
});

describe('priorities of the expander', () => {
  test('always there under the name, key and namespace that the expander reads, with a catch-all (CA-01)', () => {
    const map = one(synth().objects, 'ConfigMap', 'cluster-autoscaler-priority-expander');
    expect(map.metadata.namespace).toBe('kube-system');
    expect(flag('namespace')).toEqual(['kube-system']);
    expect(Object.keys(map.data)).toEqual(['priorities']);
    expect(priorities().get(1)).toEqual(['.*']);
    expect(Math.min(...priorities().keys())).toBe(1);
  });

  test('a chain from 1.23, a single name on 1.22, which exits on a comma (CA-01)', () => {
    expect(flag('expander', on(KubernetesRelease.V1_22))).toEqual(['priority']);
    expect(flag('expander', on(KubernetesRelease.V1_23))).toEqual(['priority,least-waste']);
  });

  test.each([
    // id as the provider forms it, priority of the pool that it belongs to
    ['general', 40], ['eks-general-1ac3b2f7', 40], ['general.shop.example.com', 40], ['MachineDeployment/default/shop-compute', 30],
    ['shop_memory_az1', 20], ['shop-gpu-a', 10], ['generalissimo', 1], ['something-else', 1],
  ])('id %s gets priority %i', (id, priority) => {
    expect(priorityOf(id, priorities())).toBe(priority);
  });

  test('an exact group name matches itself only, also where it looks like an expression', () => {
    const map = priorities({ groups: [{ pool: 'general', groupName: 'web.v2+blue', priority: 7 }] });
    expect([priorityOf('web.v2+blue', map), priorityOf('MachineDeployment/default/web.v2+blue', map), priorityOf('web-v22blue', map), priorityOf('web.v2+blue-2', map)]).toEqual([7, 7, 1, 1]);
  });

  test('a pool whose name is a word in another one\'s keeps its own priority or is refused', () => {
    const cluster = fleet(KubernetesRelease.V1_37, [NodePool.of('general-large', { nodes: 10, machine: shape(64, 256) })]);
    expect(priorityOf('shop-general-large', priorities({ cluster, groups: [{ pool: 'general', priority: 5 }, { pool: 'general-large', priority: 9 }] }))).toBe(9);
    expect(() => synth({ cluster, groups: [{ pool: 'general', priority: 9 }, { pool: 'general-large', priority: 5 }] }))
      .toThrow(/'general-large' also matches pool 'general', whose priority 9 is higher than 5; set groupName on pool 'general'/);
  });
});

describe('flags by version', () => {
  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('%s: every flag is known to the autoscaler of that release', (_version, release) => {
    const cluster = fleet(release);
    const known = flagsOf(CLUSTER_AUTOSCALER_FLAGS, cluster.versions.clusterAutoscaler);
    for (const argument of args({ cluster })) { expect(known).toContain(argument.slice(2).split('=')[0]); }
  });

  test('the autoscaler of 1.37 is 1.36.1: image and flags follow it, not the cluster', () => {
    expect(pod().containers[0].image).toBe('registry.k8s.io/autoscaling/cluster-autoscaler:v1.36.1');
  });

  test('parallel removal under the name of the version (CA-07)', () => {
    expect([flag('max-empty-bulk-delete', on(KubernetesRelease.V1_22)), flag('max-scale-down-parallelism', on(KubernetesRelease.V1_22))]).toEqual([['50'], []]);
    expect([flag('max-empty-bulk-delete'), flag('max-scale-down-parallelism'), flag('max-drain-parallelism')]).toEqual([[], ['50'], ['10']]);
  });

  test('client limits where the flag exists (CA-10)', () => {
    expect([flag('kube-client-qps'), flag('kube-client-burst')]).toEqual([['50'], ['100']]);
    expect(flag('kube-client-qps', on(KubernetesRelease.V1_26))).toEqual([]);
  });

  test('the pause after removals is at most a minute (CA-05), local storage is kept (CA-08)', () => {
    expect(flag('scale-down-delay-after-delete')).toEqual(['1m0s']);
    expect(flag('skip-nodes-with-local-storage')).toEqual(['true']);
  });

  test('GPU pools: nodes that are still starting are not doubled (CA-13)', () => {
    const taint = 'startup-taint.cluster-autoscaler.kubernetes.io/accelerator';
    expect(flag('startup-taint')).toEqual([taint]);
    expect([flag('ignore-taint', on(KubernetesRelease.V1_24)), flag('startup-taint', on(KubernetesRelease.V1_24))]).toEqual([[taint], []]);
    expect(flag('startup-taint', { groups: [{ pool: 'general' }] })).toEqual([]);
  });

  test('several startup taints are several flags: a comma would become part of the key', () => {
    expect(flag('startup-taint', { startupTaints: ['b.example.com/x', 'a.example.com/y'] })).toEqual(['a.example.com/y', 'b.example.com/x']);
  });

  test('a user\'s way to compare groups replaces ours', () => {
    expect(flag('balancing-label')).toEqual(['thousand-node.io/pool']);
    expect(flag('balancing-label', { extraFlags: { 'balancing-ignore-label': 'zone' } })).toEqual([]);
  });
});

describe('place and rights', () => {
  test('on control-plane machines, which it does not scale, two replicas, critical, no CPU limit (CA-09, CA-12)', () => {
    const { objects } = synth();
    const deployment = one(objects, 'Deployment');
    const spec = deployment.spec.template.spec;
    expect(deployment.spec.replicas).toBe(2);
    expect(spec.priorityClassName).toBe('system-cluster-critical');
    expect(spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }] },
    ]);
    expect(spec.tolerations.map((toleration: any) => toleration.key)).toEqual(['node-role.kubernetes.io/control-plane']);
    // cluster-autoscaler.md section 2: 1 CPU, 4 to 8 GiB at 1,200 nodes, memory request = limit.
    expect(spec.containers[0].resources).toEqual({ requests: { cpu: '1000m', memory: '6144Mi' }, limits: { memory: '6144Mi' } });
    expect(one(objects, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1);
  });

  test('up to 1.24 the control plane carries the older taint, too', () => {
    const keys = (release: KubernetesRelease) => pod(on(release)).tolerations.map((toleration: any) => toleration.key);
    expect(keys(KubernetesRelease.V1_24)).toContain('node-role.kubernetes.io/master');
    expect(keys(KubernetesRelease.V1_25)).not.toContain('node-role.kubernetes.io/master');
  });

  test('on a pool of its own: with its taints tolerated and not among the groups', () => {
    const infra = NodePool.of('infra', { nodes: 3, machine: shape(8, 32), taints: [{ key: 'example.com/infra', effect: TaintEffect.NO_SCHEDULE }] });
    const { objects, construct } = synth({ cluster: fleet(KubernetesRelease.V1_37, [infra]), runOnPool: 'infra' });
    const spec = one(objects, 'Deployment').spec.template.spec;
    expect(spec.nodeSelector).toMatchObject({ 'thousand-node.io/pool': 'infra' });
    expect(spec.affinity).toBeUndefined();
    expect(spec.tolerations).toEqual([{ key: 'example.com/infra', operator: 'Exists', effect: 'NoSchedule' }]);
    expect(construct.nodeGroups.map(group => group.pool)).not.toContain('infra');
  });

  test.each<[string, KubernetesRelease, string, boolean]>([
    ['resource.k8s.io', KubernetesRelease.V1_31, 'deviceclasses', false],
    ['resource.k8s.io', KubernetesRelease.V1_32, 'deviceclasses', true],
    ['volume attachments', KubernetesRelease.V1_31, 'volumeattachments', false],
    ['volume attachments', KubernetesRelease.V1_32, 'volumeattachments', true],
    ['CSI capacities', KubernetesRelease.V1_22, 'csistoragecapacities', true],
    ['namespaces', KubernetesRelease.V1_22, 'namespaces', true],
  ])('rights on %s on %s: %s is %s (CA-02)', (_title, release, resource, expected) => {
    const rules = one(synth(on(release)).objects, 'ClusterRole').rules;
    expect(rules.some((rule: any) => rule.resources.includes(resource) && rule.verbs.includes('watch'))).toBe(expected);
  });

  test('no wildcard, no secrets, and writing only what removal needs', () => {
    for (const provider of Object.values(PROVIDERS)) {
      const rules = synth({ provider: provider() }).objects.filter(object => /Role$/.test(object.kind)).flatMap(object => object.rules);
      expect(rules.flatMap((rule: any) => [...rule.apiGroups, ...rule.resources, ...rule.verbs]).filter((word: string) => word === '*' || word === 'secrets')).toEqual([]);
    }
    const writes = one(synth({ provider: PROVIDERS.aws() }).objects, 'ClusterRole').rules.filter((rule: any) => rule.verbs.some((verb: string) => !['get', 'list', 'watch'].includes(verb)));
    expect(writes.map((rule: any) => `${rule.verbs} ${rule.resources}`)).toEqual(['create,patch events', 'update nodes', 'create pods/eviction']);
  });

  test('lease and ConfigMaps by name in its own namespace', () => {
    const rules = one(synth().objects, 'Role').rules;
    expect(rules.find((rule: any) => rule.resources[0] === 'leases' && rule.resourceNames)).toMatchObject({ resourceNames: ['cluster-autoscaler'], verbs: ['get', 'update'] });
    expect(rules.find((rule: any) => rule.resourceNames?.includes('cluster-autoscaler-status')).verbs).toEqual(['delete', 'get', 'update']);
  });
});

describe('providers', () => {
  test('AWS finds groups by tags with the cluster\'s real name (CA-03), and says which', () => {
    const { construct } = synth({ provider: PROVIDERS.aws() });
    expect(flag('node-group-auto-discovery', { provider: PROVIDERS.aws() })).toEqual(['asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/shop']);
    const gpu = construct.nodeGroups.find(group => group.pool === 'gpu')!.tags;
    expect(gpu).toMatchObject({
      'k8s.io/cluster-autoscaler/enabled': 'true',
      'k8s.io/cluster-autoscaler/shop': 'owned',
      'k8s.io/cluster-autoscaler/node-template/label/thousand-node.io/pool': 'gpu',
      'k8s.io/cluster-autoscaler/node-template/label/k8s.amazonaws.com/accelerator': 'nvidia-t4',
      'k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu': '4',
      'k8s.io/cluster-autoscaler/node-template/taint/nvidia.com/gpu': 'present:NoSchedule',
    });
    // AWS: 50 tags per resource, keys of 128 characters.
    expect(Object.keys(gpu).length).toBeLessThanOrEqual(50);
    expect(Math.max(...Object.keys(gpu).map(key => key.length))).toBeLessThanOrEqual(128);
  });

  test('AWS with named groups: one flag per group with bounds, no discovery beside it', () => {
    const props: ScaledAutoscalerProps = {
      provider: AutoscalerProvider.aws({ region: 'eu-central-1', discoverByTag: false }),
      groups: [{ pool: 'general', groupName: 'asg-general' }, { pool: 'gpu', groupName: 'asg-gpu', minNodes: 0 }],
    };
    expect(flag('nodes', props)).toEqual(['0:32:asg-gpu', '384:784:asg-general']);
    expect(flag('node-group-auto-discovery', props)).toEqual([]);
  });

  test('Cluster API: bounds and the size of a node are annotations of the machine deployment', () => {
    expect(synth().construct.nodeGroups.find(group => group.pool === 'gpu')!.tags).toEqual({
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '32',
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '32',
      'capacity.cluster-autoscaler.kubernetes.io/cpu': '16',
      'capacity.cluster-autoscaler.kubernetes.io/memory': '65536Mi',
      'capacity.cluster-autoscaler.kubernetes.io/maxPods': '60',
      'capacity.cluster-autoscaler.kubernetes.io/labels':
        'thousand-node.io/accelerator=nvidia-t4,thousand-node.io/pool=gpu,thousand-node.io/pool-kind=gpu,cluster-api/accelerator=nvidia-t4',
      'capacity.cluster-autoscaler.kubernetes.io/taints': 'nvidia.com/gpu=present:NoSchedule',
      'capacity.cluster-autoscaler.kubernetes.io/gpu-type': 'nvidia.com/gpu',
      'capacity.cluster-autoscaler.kubernetes.io/gpu-count': '4',
    });
  });

  test('Cluster API elsewhere: by a kubeconfig from a Secret, without rights here', () => {
    const { objects } = synth({ provider: PROVIDERS.management() });
    expect(flag('cloud-config', { provider: PROVIDERS.management() })).toEqual(['/etc/cluster-autoscaler/management/value']);
    expect(one(objects, 'ClusterRole').rules.flatMap((rule: any) => rule.apiGroups)).not.toContain('cluster.x-k8s.io');
  });

  test('kwok: templates per pool with bounds, grouped by the label that the templates carry', () => {
    const { objects } = synth({ provider: PROVIDERS.kwok() });
    const config = parse(one(objects, 'ConfigMap', 'kwok-provider-config').data.config);
    const templates = parse(one(objects, 'ConfigMap', 'kwok-provider-templates').data.templates);
    expect(config).toMatchObject({ readNodesFrom: 'configmap', configmap: { name: 'kwok-provider-templates' }, nodes: { skipTaint: true } });
    // One document of kind List: that is how the provider reads a single document.
    expect(templates).toMatchObject({ apiVersion: 'v1', kind: 'List' });
    expect(templates.items.map((node: any) => node.metadata.labels[config.nodegroups.fromNodeLabelKey])).toEqual(['compute', 'memory', 'gpu', 'general']);
    expect(templates.items[3].metadata.annotations).toMatchObject({ 'cluster-autoscaler.kwok.nodegroup/min-count': '384', 'cluster-autoscaler.kwok.nodegroup/max-count': '784' });
  });

  test('external gRPC: address and client certificate', () => {
    const { objects } = synth({ provider: PROVIDERS.externalgrpc() });
    expect(parse(one(objects, 'ConfigMap', 'cluster-autoscaler-external-grpc').data['cloud-config.yaml'])).toEqual({
      address: 'provider.infra.svc:8086', cacert: '/etc/cluster-autoscaler/tls/ca.crt', cert: '/etc/cluster-autoscaler/tls/tls.crt', key: '/etc/cluster-autoscaler/tls/tls.key',
    });
    expect(pod({ provider: PROVIDERS.externalgrpc() }).dnsPolicy).toBe('ClusterFirst');
  });

  test('clouds are resolved by the node: cluster DNS may wait for the nodes that are to be added', () => {
    expect(pod({ provider: PROVIDERS.aws() }).dnsPolicy).toBe('Default');
  });

  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('every object of every provider fits the schema of %s', (version, release) => {
    const providers = Object.entries(PROVIDERS).filter(([name]) => !(name === 'kwok' && release.minor < 29) && !(name === 'externalgrpc' && release.minor < 25));
    for (const [, provider] of providers) {
      for (const object of synth(on(release, { provider: provider() })).objects) { expect(schemaErrors(version, object)).toEqual([]); }
    }
  });
});

describe('props', () => {
  const ALL: Required<Omit<ScaledAutoscalerProps, 'cluster'>> = {
    provider: PROVIDERS.aws(),
    groups: [{ pool: 'general', minNodes: 100, maxNodes: 500, priority: 99, groupName: 'web' }],
    runOnPool: 'memory',
    maxNodesTotal: 1250,
    scanInterval: Duration.seconds(45),
    scaleDownUnneededTime: Duration.minutes(30),
    scaleDownDelayAfterDelete: Duration.seconds(0),
    maxScaleDownParallelism: 20,
    maxDrainParallelism: 4,
    maxTotalUnreadyPercentage: 30,
    skipNodesWithLocalStorage: false,
    startupTaints: ['example.com/starting'],
    extraFlags: { v: '4' },
  };

  test.each(Object.entries(ALL))('prop %s changes the output', (name, value) => {
    expect(synth({ [name]: value }).objects).not.toEqual(synth().objects);
  });

  test('all props together', () => {
    const { construct } = synth(ALL);
    expect(args(ALL)).toEqual(expect.arrayContaining([
      '--max-nodes-total=1250', '--scan-interval=45s', '--scale-down-unneeded-time=30m0s', '--scale-down-delay-after-delete=0s', '--max-scale-down-parallelism=20',
      '--max-drain-parallelism=4', '--max-total-unready-percentage=30', '--skip-nodes-with-local-storage=false', '--startup-taint=example.com/starting', '--v=4',
    ]));
    expect(construct.nodeGroups[0]).toMatchObject({ pool: 'general', minNodes: 100, maxNodes: 500 });
    expect(construct.derivations.find(d => d.id === 'autoscaler/max-nodes-total')).toMatchObject({ value: 1250, confidence: 'given by the user' });
  });

  test('the order of groups in the input does not matter', () => {
    const json = (pools: string[]) => JSON.stringify(synth({ groups: pools.map(pool => ({ pool })) }).objects);
    expect(json(['gpu', 'general'])).toBe(json(['general', 'gpu']));
  });

  test('every derivation has its own id', () => {
    const ids = synth().construct.derivations.map(d => d.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['autoscaler/group/general/min-nodes', 'autoscaler/scale-down-nodes-per-hour', 'autoscaler/memory']));
  });
});

describe('refused', () => {
  test.each<[string, ScaledAutoscalerProps, RegExp]>([
    ['group without pool', { groups: [{ pool: 'genral' }] }, /groups\[0\].pool: the cluster has no pool "genral"; its pools are 'compute', 'memory', 'gpu', 'general'/],
    ['pool twice', { groups: [{ pool: 'gpu' }, { pool: 'gpu' }] }, /groups\[1\].pool: 'gpu' is named twice/],
    ['no groups', { groups: [] }, /groups must name at least one pool/],
    ['maximum below today', { groups: [{ pool: 'general', maxNodes: 300, minNodes: 1 }] }, /maxNodes 300 must not be below the 384 nodes that pool 'general' has today/],
    ['maximum above the plan', { groups: [{ pool: 'general', maxNodes: 785 }] }, /maxNodes must be .* between 1 and 784 \(final size of pool 'general', raise its nodes/],
    ['bounds reversed', { groups: [{ pool: 'general', minNodes: 600, maxNodes: 500 }] }, /minNodes 600 must not exceed maxNodes 500/],
    ['NaN', { groups: [{ pool: 'general', minNodes: NaN }] }, /minNodes must be a whole number .* got NaN/],
    ['priority of the catch-all', { groups: [{ pool: 'general', priority: 1 }] }, /priority must be .* between 2 and 1000000 \(1 is the catch-all\)/],
    ['line break in a group name', { groups: [{ pool: 'general', groupName: 'a\n--nodes=0:9:b' }] }, /groupName must be one line/],
    ['colon in a group name', { groups: [{ pool: 'general', groupName: 'a:b' }] }, /groupName must be the group's name without spaces, colons/],
    ['unknown place', { runOnPool: 'infra' }, /runOnPool: the cluster has no pool "infra"/],
    ['scaling the machine below itself', { runOnPool: 'memory', groups: [{ pool: 'memory' }] }, /'memory' is the pool that the autoscaler runs on/],
    ['fewer nodes than today', { maxNodesTotal: 800 }, /maxNodesTotal must be .* between 805 and 4094/],
    ['more nodes than addresses', { maxNodesTotal: 5000 }, /maxNodesTotal .* got 5000/],
    ['scan interval', { scanInterval: Duration.hours(1) }, /scanInterval in seconds must be .* between 1 and 300/],
    ['per cent', { maxTotalUnreadyPercentage: 101 }, /maxTotalUnreadyPercentage must be .* between 1 and 100/],
    ['parallelism of 0', { maxScaleDownParallelism: 0 }, /maxScaleDownParallelism must be .* got 0/],
    ['taint key', { startupTaints: ['a b'] }, /startupTaints: key must be/],
    ['owned flag', { extraFlags: { nodes: '1:2:x' } }, /extraFlags: 'nodes' is managed by this construct/],
    ['flag of a prop', { extraFlags: { 'startup-taint': 'x' } }, /extraFlags: 'startup-taint' is managed by this construct .* use startupTaints/],
    ['unknown flag', { extraFlags: { 'scan-intervall': '10s' } }, /'scan-intervall' is unknown to cluster-autoscaler 1.36.1; did you mean 'scan-interval'/],
    ['removed flag', { extraFlags: { 'max-empty-bulk-delete': '5' } }, /'max-empty-bulk-delete' was removed in cluster-autoscaler 1.33/],
    ['line break in a flag', { extraFlags: { v: '4\n--x' } }, /must be one line/],
    ['region', { provider: AutoscalerProvider.aws({ region: 'Frankfurt\n' }) }, /provider: region must be an AWS region/],
    ['named groups without name', { provider: AutoscalerProvider.aws({ region: 'eu-central-1', discoverByTag: false }) }, /pool 'general' has no groupName/],
    ['address without port', { provider: AutoscalerProvider.externalGrpc({ address: 'provider' }) }, /provider: address must be host:port/],
    ['address with more', { provider: AutoscalerProvider.externalGrpc({ address: 'provider:80\ncert: x' }) }, /provider: address must be host:port/],
    ['namespace', { provider: AutoscalerProvider.clusterApi({ namespace: 'a,b' }) }, /provider: namespace must be lower-case/],
    ['provider newer than the release', { ...on(KubernetesRelease.V1_28), provider: PROVIDERS.kwok() }, /provider 'kwok' came with Cluster Autoscaler 1.29, the cluster runs 1.28.7/],
    ['flag newer than the release', { ...on(KubernetesRelease.V1_22), maxDrainParallelism: 5 }, /maxDrainParallelism: 'max-drain-parallelism' was added in cluster-autoscaler 1.25/],
  ])('%s', (_name, props, message) => {
    expect(() => synth(props)).toThrow(message);
  });

  test('all problems in one error', () => {
    expect(() => synth({ maxNodesTotal: NaN, groups: [{ pool: 'x' }], extraFlags: { bogus: '1' } })).toThrow(/3 problems[\s\S]*groups\[0\][\s\S]*maxNodesTotal[\s\S]*bogus/);
  });
});

describe('contributions', () => {
  test('alerts carry this cluster\'s limits', () => {
    const { construct } = synth();
    const alert = (name: string) => construct.alertGroups[0].alerts.find(candidate => candidate.name === name)!;
    // 1,200 workers and 5 control-plane machines; half way from there to 1,325.
    expect(alert('AutoscalerAtPlannedSize').expression).toContain('>= 1205');
    expect(alert('AutoscalerNearMaxNodesTotal').expression).toContain('> 1265');
    expect(alert('AutoscalerNodesUnready').expression).toContain('> 22');
    expect(alert('AutoscalerLoopSlow').expression).toContain('> 20');
  });

  test('it is scraped at its metrics port and known as a client of the API server', () => {
    const { construct } = synth();
    expect(construct.scrapeTargets[0]).toMatchObject({ job: 'cluster-autoscaler', port: 8085, namespace: 'kube-system' });
    const podLabels = { 'app.kubernetes.io/name': 'cluster-autoscaler', 'app.kubernetes.io/part-of': 'shop' };
    expect(construct.apiClients).toEqual([{ namespace: 'kube-system', serviceAccount: 'cluster-autoscaler', kind: 'controller', podLabels }]);
    expect(construct.networkFlows.map(({ from, to }) => [from.labels, to.kind])).toEqual([[podLabels, 'anywhere']]);
  });
});
