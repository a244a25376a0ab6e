import { App, Chart, Duration, Size, Testing } from 'cdk8s';
import { ReservationRule } from '../../../src/capacity/kubelet-reservation-capacity';
import { KUBELET_CONFIGURATION_FIELDS } from '../../../src/catalogue/kubelet-configuration-field-table';
import { kubeletFieldProblem } from '../../../src/catalogue/kubelet-configuration-fields';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool, PoolKind, TaintEffect } from '../../../src/cluster/node-pool';
import { KubeletConfigurationForm } from '../../../src/components/node-pool/kubelet-configuration-form';
import { NodePoolKubelet, NodePoolKubeletProps } from '../../../src/components/node-pool/node-pool-kubelet';
import { CpuManager, CpuManagerOption, HugePages, MemoryManager, TopologyManager, TopologyPolicy } from '../../../src/components/node-pool/resource-managers';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { referenceCluster } from '../../host/installers/reference-cluster';

type Fields = { [field: string]: any };

function emit(props: NodePoolKubeletProps) {
  const chart = new Chart(new App(), 'test');
  const kubelet = new NodePoolKubelet(chart, 'kubelet', props);
  const { kubelets, files } = hostArtefacts(chart);
  const [host] = kubelets;
  return { kubelet, chart, host, config: host.props.configuration as Fields, files: Object.fromEntries(files.map(file => [file.path, file.content])) };
}

const machine = (cpu: number, gibibytes: number, numaNodes = 1) => MachineShape.of({ cpu, memory: Size.gibibytes(gibibytes), numaNodes });
const GENERAL = NodePool.of('general', { nodes: 1000, machine: machine(16, 64) });
const COMPUTE = NodePool.of('compute', { nodes: 128, machine: machine(64, 128, 2) });
const MEMORY = NodePool.of('memory', { nodes: 256, machine: machine(32, 512, 3) });
const mebibytes = (quantity: string) => Number(/^(\d+)Mi$/.exec(quantity)![1]);

describe('alone', () => {
  test('a pool of the default cluster: one configuration, kernel settings, modules, limits', () => {
    const { host, files, chart } = emit({ pool: GENERAL });
    expect(host.target.folder).toBe('pools/general');
    expect(Object.keys(files).sort()).toEqual(
      ['/etc/modules-load.d/thousand-node.conf', '/etc/sysctl.d/95-thousand-node.conf', '/etc/systemd/system/containerd.service.d/20-limits.conf']);
    expect(Testing.synth(chart)).toEqual([]);
  });

  test('every number has a derivation with a formula and a source', () => {
    const { kubelet } = emit({ pool: COMPUTE });
    expect(kubelet.derivations.every(derivation => derivation.formula !== '' && derivation.source !== '')).toBe(true);
    expect(new Set(kubelet.derivations.map(derivation => derivation.id)).size).toBe(kubelet.derivations.length);
  });
});

describe('every pool', () => {
  const pools = referenceCluster().pools.map(pool => [pool.name, pool] as const);

  test.each(KubernetesRelease.all().map(release => [release] as const))('%s: only fields that the pool\'s own release knows (KUBELET-13)', release => {
    const cluster = referenceCluster(release);
    for (const pool of cluster.pools) {
      const { config } = emit({ cluster, pool });
      const version = cluster.releaseOf(pool).version;
      expect(Object.keys(config).map(field => kubeletFieldProblem(field, version)).filter(problem => problem !== undefined)).toEqual([]);
    }
  });

  test.each(pools)('%s: the whole set of hard eviction signals, since an unnamed one counts as zero (KUBELET-06, KUBELET-08, KUBELET-09)', (_name, pool) => {
    // Oracle: defaultEvictionHard of pkg/kubelet/apis/config/v1beta1/defaults_linux.go, and pid.available
    const { config } = emit({ pool });
    expect(Object.keys(config.evictionHard).sort()).toEqual(
      ['imagefs.available', 'imagefs.inodesFree', 'memory.available', 'nodefs.available', 'nodefs.inodesFree', 'pid.available']);
    expect(config.evictionHard['imagefs.available']).toBe('15%');
    expect(config.podPidsLimit).toBe(4096);
  });

  test.each(pools)('%s: resources are reserved (KUBELET-07)', (_name, pool) => {
    const { config } = emit({ pool });
    expect(mebibytes(config.kubeReserved.memory)).toBeGreaterThan(500);
    expect(config.systemReserved.memory).toBe('200Mi');
    expect(config.enforceNodeAllocatable).toEqual(['pods']);
  });

  test.each(pools)('%s: nobody without rights reads or writes it (KUBELET-11)', (_name, pool) => {
    expect(emit({ pool }).config).toMatchObject({
      authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
      authorization: { mode: 'Webhook' },
      readOnlyPort: 0,
      rotateCertificates: true,
      serverTLSBootstrap: true,
      cgroupDriver: 'systemd',
      resolvConf: '/run/systemd/resolve/resolv.conf',
      shutdownGracePeriod: '60s',
      shutdownGracePeriodCriticalPods: '20s',
    });
  });

  test.each(pools)('%s: neither podsPerCore nor a lone nodeStatusUpdateFrequency (KUBELET-01, KUBELET-12)', (_name, pool) => {
    const { config } = emit({ pool });
    for (const field of ['podsPerCore', 'nodeStatusUpdateFrequency', 'nodeStatusReportFrequency', 'staticPodPath', 'registerWithTaints', 'metadata']) {
      expect(config).not.toHaveProperty(field);
    }
  });
});

describe('releases', () => {
  const on = (release: KubernetesRelease) => emit({ cluster: referenceCluster(release), pool: GENERAL }).config;

  test('parallel pulls are bounded, and serial where no bound exists (KUBELET-05)', () => {
    expect(on(KubernetesRelease.V1_26)).not.toHaveProperty('serializeImagePulls');
    expect(on(KubernetesRelease.V1_26)).not.toHaveProperty('maxParallelImagePulls');
    expect(on(KubernetesRelease.V1_27)).toMatchObject({ serializeImagePulls: false, maxParallelImagePulls: 5 });
  });

  test('client rates are written where the default starves the kubelet, and left alone after (KUBELET-04)', () => {
    expect(on(KubernetesRelease.V1_26)).toMatchObject({ kubeAPIQPS: 50, kubeAPIBurst: 100 });
    expect(on(KubernetesRelease.V1_27)).not.toHaveProperty('kubeAPIQPS');
  });

  test('event rates are the same on every release and never 0 (KUBELET-03)', () => {
    for (const release of KubernetesRelease.all()) { expect(on(release)).toMatchObject({ eventRecordQPS: 5, eventBurst: 50 }); }
  });

  test('the age limit of images is written from the release whose gate is on', () => {
    const gpu = (release: KubernetesRelease) => emit({ cluster: referenceCluster(release), pool: referenceCluster(release).pools[2] }).config;
    expect(gpu(KubernetesRelease.V1_29)).not.toHaveProperty('imageMaximumGCAge');
    expect(gpu(KubernetesRelease.V1_30)).toMatchObject({ imageMaximumGCAge: '168h0m0s', imageGCHighThresholdPercent: 75, imageGCLowThresholdPercent: 60 });
    expect(on(KubernetesRelease.V1_30)).toMatchObject({ imageMaximumGCAge: '168h0m0s', imageGCHighThresholdPercent: 75, imageGCLowThresholdPercent: 70 });
  });

  test('a pool that lags has the configuration of its own release', () => {
    const cluster = referenceCluster(KubernetesRelease.V1_30);
    const lagging = NodePool.of('lagging', { nodes: 1, release: KubernetesRelease.V1_29, machine: machine(16, 64) });
    expect(emit({ cluster, pool: GENERAL }).config).toHaveProperty('containerLogMaxWorkers');
    expect(emit({ cluster, pool: lagging }).config).not.toHaveProperty('containerLogMaxWorkers');
    expect(emit({ cluster, pool: lagging }).host.props.release.version).toBe('1.29');
  });
});

describe('kinds of pools (KUBELET-10)', () => {
  test('compute: static CPU manager on whole CPUs, and no CPU in the reservations that they replace', () => {
    const { config, host } = emit({ pool: COMPUTE });
    expect(config).toMatchObject({ cpuManagerPolicy: 'static', reservedSystemCPUs: '0-1', topologyManagerPolicy: 'best-effort', maxPods: 58 });
    expect(config.kubeReserved).not.toHaveProperty('cpu');
    expect(config.systemReserved).not.toHaveProperty('cpu');
    expect(config).not.toHaveProperty('kubeReservedCgroup');
    expect(host.props.changeNeedsDrain).toBe(true);
  });

  test('compute: the user names the siblings', () => {
    expect(emit({ pool: COMPUTE, reservedSystemCpus: '0,32' }).config.reservedSystemCPUs).toBe('0,32');
    expect(emit({ pool: COMPUTE }).kubelet.notes.join()).toContain('reservedSystemCpus');
    expect(emit({ pool: COMPUTE, reservedSystemCpus: '0,32' }).kubelet.notes.join()).not.toContain('name them');
    expect(emit({ pool: COMPUTE }).config.cpuManagerPolicyOptions).toEqual({ 'full-pcpus-only': 'true' });
  });

  test.each([1, 2, 3, 7])('memory on %i NUMA nodes: the shares add up to kube + system + eviction, to the MiB', numaNodes => {
    // Oracle: validateReservedMemory of pkg/kubelet/cm/memorymanager refuses any difference.
    const { config } = emit({ pool: NodePool.of('memory', { nodes: 1, machine: machine(32, 512, numaNodes) }) });
    expect(config.memoryManagerPolicy).toBe('Static');
    const shares = config.reservedMemory as Array<{ numaNode: number; limits: { memory: string } }>;
    expect(shares.map(share => share.numaNode)).toEqual(Array.from({ length: numaNodes }, (_, i) => i));
    const withheld = [config.kubeReserved.memory, config.systemReserved.memory, config.evictionHard['memory.available']].map(mebibytes);
    expect(shares.reduce((sum, share) => sum + mebibytes(share.limits.memory), 0)).toBe(withheld.reduce((sum, part) => sum + part, 0));
  });

  test('memory: the sum follows values of the user', () => {
    const given = { kubeReservedMemory: Size.mebibytes(3001), systemReservedMemory: Size.mebibytes(500), evictionMemory: Size.gibibytes(1) };
    const shares = emit({ pool: MEMORY, ...given }).config.reservedMemory as Array<{ limits: { memory: string } }>;
    expect(shares.map(share => mebibytes(share.limits.memory)).reduce((a, b) => a + b)).toBe(3001 + 500 + 1024);
  });

  test('memory: a soft eviction leaves pods time to end', () => {
    const { config } = emit({ pool: MEMORY });
    expect(config).toMatchObject({ evictionSoft: { 'memory.available': '5%' }, evictionSoftGracePeriod: { 'memory.available': '120s' }, evictionMaxPodGracePeriod: 60 });
  });

  test('general: no static manager, and a restart is enough', () => {
    const { config, host } = emit({ pool: GENERAL });
    const ofOthers = ['cpuManagerPolicy', 'memoryManagerPolicy', 'topologyManagerPolicy', 'reservedSystemCPUs', 'reservedMemory', 'evictionSoft'];
    expect(Object.keys(config).filter(field => ofOthers.includes(field))).toEqual([]);
    expect(host.props.changeNeedsDrain).toBe(false);
  });

  test('above eight NUMA nodes the topology manager would not start: it is left off and said', () => {
    const { config, kubelet } = emit({ pool: NodePool.of('compute', { nodes: 1, machine: machine(64, 128, 9) }) });
    expect(config).not.toHaveProperty('topologyManagerPolicy');
    expect(kubelet.notes.join()).toContain('more than 8 NUMA nodes');
  });

  test('labels and taints of the pool reach the model', () => {
    const pool = referenceCluster().pools[2];
    const { host } = emit({ pool });
    expect(host.props.nodeLabels).toEqual(pool.labels);
    expect(host.props.taints).toEqual(pool.taints);
  });
});

describe('notes', () => {
  test('a density beyond the tested envelope is said, not refused (KUBELET-02)', () => {
    const notes = emit({ pool: NodePool.of('dense', { nodes: 1, maxPods: 250, machine: machine(16, 64) }) }).kubelet.notes.join('\n');
    expect(notes).toContain('above 110');
    expect(notes).toContain('above 10 per core (160)');
  });

  test('a reservation above 15 % is said', () => {
    expect(emit({ pool: NodePool.of('small', { nodes: 1, machine: machine(4, 4) }) }).kubelet.notes.join()).toMatch(/of 4096 MiB \(\d+ %\) are withheld/);
    expect(emit({ pool: GENERAL }).kubelet.notes.join()).not.toContain('withheld');
  });

  test('what the machine image has to bring is said', () => {
    expect(emit({ pool: GENERAL }).kubelet.notes.join()).toContain('registry.k8s.io/pause:3.10.2');
    expect(emit({ pool: GENERAL }).kubelet.notes.join()).toContain('kubernetes.io/kubelet-serving');
  });
});

describe('props', () => {
  const OPTIONAL: Partial<NodePoolKubeletProps> = {
    cluster: referenceCluster(KubernetesRelease.V1_26),
    dns: { clusterDnsAddresses: ['169.254.20.10'], clusterDomain: 'shop.local' },
    kubeReservedMemory: Size.gibibytes(3),
    systemReservedMemory: Size.gibibytes(1),
    evictionMemory: Size.gibibytes(2),
    reservedSystemCpus: '0,32',
    maxParallelImagePulls: 8,
    podPidsLimit: 8192,
    reservations: ReservationRule.GKE,
    cpuManager: CpuManager.exclusive(CpuManagerOption.STRICT_RESERVATION),
    topologyManager: TopologyManager.of(TopologyPolicy.RESTRICTED),
    memoryManager: MemoryManager.STATIC,
    hugePages: HugePages.of({ pagesOf1Gi: 4 }),
    startupTaints: [{ key: 'example.com/agents', effect: TaintEffect.NO_SCHEDULE }],
    existingConfiguration: { registryPullQPS: 20 },
    configurationForm: KubeletConfigurationForm.DROP_IN,
    shutdownGracePeriod: Duration.seconds(90),
    configOverrides: { containerLogMaxFiles: 3 },
    extraSysctls: { 'net.core.rmem_default': '262144' },
  };

  test.each(Object.entries(OPTIONAL))('%s reaches the output', (name, value) => {
    const output = (props: NodePoolKubeletProps) => { const { host, files } = emit(props); return { host: host.props, files }; };
    expect(output({ pool: COMPUTE, [name]: value })).not.toEqual(output({ pool: COMPUTE }));
  });

  test('all at once', () => {
    const { cluster, ...newest } = OPTIONAL;
    const { config, files } = emit({ pool: COMPUTE, ...newest });
    expect(config).toMatchObject({
      clusterDNS: ['169.254.20.10'],
      clusterDomain: 'shop.local',
      kubeReserved: { memory: '3072Mi' },
      systemReserved: { memory: '1024Mi' },
      maxParallelImagePulls: 8,
      shutdownGracePeriod: '90s',
      shutdownGracePeriodCriticalPods: '30s',
      containerLogMaxFiles: 3,
    });
    expect(files['/etc/sysctl.d/95-thousand-node.conf']).toContain('# given by the user\nnet.core.rmem_default = 262144\n');
  });

  test('fields that nothing owns may be overridden, nested ones included', () => {
    const { config } = emit({
      pool: GENERAL,
      configOverrides: { logging: { verbosity: 4 }, featureGates: { NodeLogQuery: true }, registryPullQPS: 20, nodeStatusUpdateFrequency: '20s', nodeStatusReportFrequency: '5m' },
    });
    expect(config).toMatchObject({ logging: { verbosity: 4 }, registryPullQPS: 20, nodeStatusReportFrequency: '5m' });
  });
});

describe('refused', () => {
  const refusal = (props: Partial<NodePoolKubeletProps>): string => {
    try { emit({ pool: GENERAL, ...props }); } catch (error) { return (error as Error).message; }
    return 'accepted';
  };

  test.each<[string, Partial<NodePoolKubeletProps>, string]>([
    ['misspelt field', { configOverrides: { maxOpenFile: 5 } }, "'maxOpenFile' is unknown to KubeletConfiguration of Kubernetes 1.37; did you mean 'maxOpenFiles'"],
    ['misspelt nested field', { configOverrides: { logging: { verbosty: 4 } } }, "'logging.verbosty' is unknown"],
    ['field of another release', { cluster: referenceCluster(KubernetesRelease.V1_30), configOverrides: { failCgroupV1: false } }, "'failCgroupV1' was added to KubeletConfiguration in Kubernetes 1.31"],
    ['wrong kind', { configOverrides: { containerLogMaxFiles: '5' } }, "'containerLogMaxFiles' must be a whole number"],
    ['not a number', { configOverrides: { registryPullQPS: NaN } }, "'registryPullQPS' must be a whole number"],
    ['wrong duration', { configOverrides: { streamingConnectionIdleTimeout: '5 minutes' } }, 'must be a duration such as 1m30s'],
    ['owned field', { configOverrides: { evictionHard: { 'memory.available': '1Gi' } } }, "'evictionHard' is managed by this construct and cannot be overridden; use evictionMemory"],
    ['open kubelet', { configOverrides: { authorization: { mode: 'AlwaysAllow' } } }, "'authorization' is managed"],
    ['unknown gate', { configOverrides: { featureGates: { NoSuchGate: true } } }, "feature gate 'NoSuchGate' is unknown"],
    ['status frequency alone', { configOverrides: { nodeStatusUpdateFrequency: '10s' } }, 'status writes grow thirtyfold; set both'],
    ['cgroups beside reserved CPUs', { pool: COMPUTE, configOverrides: { systemReservedCgroup: '/system' } }, 'cannot go with the reserved CPUs'],
    ['reserved CPUs without static manager', { reservedSystemCpus: '0' }, "pool 'general' has no static CPU manager"],
    ['open topology', { pool: COMPUTE, configOverrides: { topologyManagerPolicy: 'none' } }, 'use topologyManager'],
    ['CPUs that the machine lacks', { pool: COMPUTE, reservedSystemCpus: '0,64' }, 'below 64, the CPUs of the machine'],
    ['CPU list with a line break', { pool: COMPUTE, reservedSystemCpus: '0\n1' }, 'one line'],
    ['CPU list that is none', { pool: COMPUTE, reservedSystemCpus: 'all' }, 'CPU numbers such as 0,32'],
    ['more withheld than there is', { kubeReservedMemory: Size.gibibytes(80) }, 'of a machine with 65536 MiB'],
    ['eviction too late', { evictionMemory: Size.mebibytes(50) }, 'evictionMemory must be a whole number between 100'],
    ['one pull at a time', { maxParallelImagePulls: 1 }, 'maxParallelImagePulls must be a whole number between 2 and 50'],
    ['parallel pulls before 1.27', { cluster: referenceCluster(KubernetesRelease.V1_26), maxParallelImagePulls: 4 }, 'maxParallelImagePulls was added in Kubernetes 1.27'],
    ['no processes', { podPidsLimit: -1 }, 'podPidsLimit must be'],
    ['no time', { shutdownGracePeriod: Duration.seconds(1) }, 'shutdownGracePeriod must be'],
    ['sysctl with a line break', { extraSysctls: { 'net.core.somaxconn': '1\nkernel.panic = 0' } }, 'words separated by one space'],
    ['sysctl that stops the kubelet', { extraSysctls: { 'kernel.panic': '0' } }, 'the kubelet refuses to start with another kernel.panic than 10'],
  ])('%s', (_title, props, message) => {
    expect(refusal(props)).toContain(message);
  });

  test('all problems at once', () => {
    const message = refusal({ podPidsLimit: 0, maxParallelImagePulls: 0, configOverrides: { maxPods: 250, nope: 1 }, extraSysctls: { x: '1' } });
    expect(message).toContain("NodePoolKubelet pool 'general': 5 problems");
  });

  test('a key that reaches the prototype', () => {
    expect(refusal({ configOverrides: JSON.parse('{"__proto__": {"maxPods": 1}}') })).toContain("'__proto__' is not a usable key");
    expect(refusal({ configOverrides: { logging: JSON.parse('{"__proto__": 1}') } })).toContain("'__proto__' is not a usable key");
  });

  test('every owned field exists, so that no rule guards a misspelt name', () => {
    const names = Object.keys(KUBELET_CONFIGURATION_FIELDS).filter(field => !field.includes('.'));
    const owned = names.filter(field => refusal({ configOverrides: { [field]: undefined } }).includes('is managed by this construct'));
    expect(owned.length).toBe(26);
  });

  test('the insertion order of overrides and settings does not matter', () => {
    const a = emit({ pool: GENERAL, configOverrides: { registryPullQPS: 1, containerLogMaxFiles: 3 }, extraSysctls: { 'a.b': '1', 'a.a': '2' } });
    const b = emit({ pool: GENERAL, configOverrides: { containerLogMaxFiles: 3, registryPullQPS: 1 }, extraSysctls: { 'a.a': '2', 'a.b': '1' } });
    expect(JSON.stringify([a.config, a.files])).toBe(JSON.stringify([b.config, b.files]));
  });

  test('kinds are never mixed up: a GPU pool is no compute pool', () => {
    expect(referenceCluster().pools[2].kind).toBe(PoolKind.GPU);
    expect(emit({ pool: referenceCluster().pools[2] }).config).not.toHaveProperty('cpuManagerPolicy');
  });
});
