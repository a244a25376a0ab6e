import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Size } from 'cdk8s';
import { emitKubelet, kubeletRefusal, machineOf, mebibytesOf } from './emitted-kubelet';
import { ReservationRule } from '../../../src/capacity/kubelet-reservation-capacity';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { ThreadNumbers } from '../../../src/cluster/machine-shape';
import { NodePool, PoolKind } from '../../../src/cluster/node-pool';
import {
  CpuManager, CpuManagerOption, HugePages, MemoryManager, TopologyManager, TopologyPolicy, TopologyScope,
} from '../../../src/components/node-pool/resource-managers';
import { referenceCluster } from '../../host/installers/reference-cluster';

const GENERAL = NodePool.of('general', { nodes: 1000, machine: machineOf(16, 64) });
const COMPUTE = NodePool.of('compute', { nodes: 128, machine: machineOf(64, 128, { numaNodes: 2, threadNumbers: ThreadNumbers.APART }) });
const MEMORY = NodePool.of('memory', { nodes: 256, machine: machineOf(32, 512, { numaNodes: 3 }) });
const on = (release: KubernetesRelease) => ({ cluster: referenceCluster(release) });

describe('cores', () => {
  test('siblings that lie apart are reserved together, and nothing has to be checked by hand', () => {
    // Oracle: 80 + 60 x 2.5 + 100 = 330 millicores, one core, whose threads are 0 and 32
    const { config, notes, value } = emitKubelet({ pool: COMPUTE });
    expect(config.reservedSystemCPUs).toBe('0,32');
    expect(value('kubelet/compute/reserved-system-cpus')).toBe(2);
    expect(notes).not.toContain('name them in reservedSystemCpus');
    expect(notes).toContain('no multiple of 2');
  });

  test.each<[ThreadNumbers | undefined, number, number, string, string]>([
    [ThreadNumbers.NEIGHBOURS, 1024, 2, '0-3', '2.63 + 0.1 cores are two cores'],
    [ThreadNumbers.APART, 1024, 2, '0-1,512-513', 'the same, numbered apart'],
    [undefined, 64, 1, '0', 'one thread a core'],
    [ThreadNumbers.APART, 64, 4, '0,16,32,48', 'four threads a core, 16 cores'],
  ])('%s: of %i threads, %i a core, %s are reserved (%s)', (threadNumbers, cpu, threadsPerCore, list) => {
    const pool = NodePool.of('compute', { nodes: 1, machine: machineOf(cpu, 512, { threadNumbers, threadsPerCore }) });
    expect(emitKubelet({ pool }).config.reservedSystemCPUs).toBe(list);
  });

  test('whole cores are asked for where a core has several threads and the release can', () => {
    const single = NodePool.of('compute', { nodes: 1, machine: machineOf(64, 128, { threadsPerCore: 1 }) });
    expect(emitKubelet({ pool: COMPUTE }).config.cpuManagerPolicyOptions).toEqual({ 'full-pcpus-only': 'true' });
    expect(emitKubelet({ pool: single }).config).not.toHaveProperty('cpuManagerPolicyOptions');
    expect(emitKubelet({ ...on(KubernetesRelease.V1_22), pool: COMPUTE }).config).not.toHaveProperty('cpuManagerPolicyOptions');
    expect(emitKubelet({ ...on(KubernetesRelease.V1_23), pool: COMPUTE }).config).toHaveProperty('cpuManagerPolicyOptions');
  });

  test('the user\'s options replace ours', () => {
    const cpuManager = CpuManager.exclusive(CpuManagerOption.STRICT_RESERVATION, CpuManagerOption.FULL_CORES);
    expect(emitKubelet({ pool: COMPUTE, cpuManager }).config.cpuManagerPolicyOptions).toEqual({ 'full-pcpus-only': 'true', 'strict-cpu-reservation': 'true' });
    expect(emitKubelet({ pool: COMPUTE, cpuManager: CpuManager.shared() }).config).not.toHaveProperty('cpuManagerPolicy');
  });
});

describe('any combination', () => {
  test('a general pool with exclusive cores, one NUMA node per pod, bound memory and huge pages', () => {
    const pool = NodePool.of('general', { nodes: 10, machine: machineOf(64, 256, { numaNodes: 2 }) });
    const { config, host, value } = emitKubelet({
      pool,
      cpuManager: CpuManager.exclusive(),
      topologyManager: TopologyManager.of(TopologyPolicy.SINGLE_NUMA_NODE, { scope: TopologyScope.POD, preferClosest: true }),
      memoryManager: MemoryManager.STATIC,
      hugePages: HugePages.of({ pagesOf2Mi: 512, pagesOf1Gi: 8 }),
    });
    expect(config).toMatchObject({
      cpuManagerPolicy: 'static',
      topologyManagerPolicy: 'single-numa-node',
      topologyManagerScope: 'pod',
      topologyManagerPolicyOptions: { 'prefer-closest-numa-nodes': 'true' },
      memoryManagerPolicy: 'Static',
    });
    expect(host.props.changeNeedsDrain).toBe(true);
    expect(value('kubelet/general/huge-pages')).toBe(1024 + 8192);
  });

  test('a GPU pool may bind memory as well', () => {
    const pool = NodePool.of('cards', { nodes: 10, gpu: Gpu.nvidia('T4', 4), machine: machineOf(48, 192, { numaNodes: 2 }) });
    const { config } = emitKubelet({ pool, memoryManager: MemoryManager.STATIC });
    const parts = (config.reservedMemory as Array<{ limits: { memory: string } }>).map(part => mebibytesOf(part.limits.memory));
    // Oracle: AKS (20 x 60 + 50) MB = 1193 MiB, 200 MiB, 500 MiB; halves 947 and 946
    expect(parts).toEqual([947, 946]);
  });

  test('a memory pool may go without', () => {
    expect(emitKubelet({ pool: MEMORY, memoryManager: MemoryManager.NONE }).config).not.toHaveProperty('reservedMemory');
    expect(emitKubelet({ pool: MEMORY, topologyManager: TopologyManager.of(TopologyPolicy.NONE) }).config).not.toHaveProperty('topologyManagerPolicy');
  });

  test('more than eight NUMA nodes are allowed where the kubelet can be told', () => {
    const pool = NodePool.of('compute', { nodes: 1, machine: machineOf(64, 128, { numaNodes: 12 }) });
    const topologyManager = TopologyManager.of(TopologyPolicy.RESTRICTED);
    expect(emitKubelet({ pool, topologyManager }).config.topologyManagerPolicyOptions).toEqual({ 'max-allowable-numa-nodes': '12' });
    expect(kubeletRefusal({ ...on(KubernetesRelease.V1_30), pool, topologyManager })).toContain("'max-allowable-numa-nodes' was added in Kubernetes 1.31");
  });

  test('a policy without anything that gives hints is said to have no effect', () => {
    const topologyManager = TopologyManager.of(TopologyPolicy.RESTRICTED);
    expect(emitKubelet({ pool: GENERAL, topologyManager }).notes).toContain('has no effect without static CPU manager');
    expect(emitKubelet({ pool: GENERAL, topologyManager, cpuManager: CpuManager.exclusive() }).notes).not.toContain('has no effect');
  });
});

describe('reservations by rule', () => {
  test.each([
    // rule, kube CPU, kube memory, system memory, eviction; 16 cores, 64 GiB, 110 pods
    [ReservationRule.LARGER, '110m', 2146, 200, 500, 'AKS is larger than EKS'],
    [ReservationRule.GKE, '110m', 5612, 0, 100, '1024 + 819.2 + 819.2 + 0.06 x 49152'],
    [ReservationRule.EKS, '110m', 1465, 0, 100, '11 x 110 + 255'],
    [ReservationRule.AKS, '260m', 2146, 0, 100, 'its table, 2250 MB'],
  ])('%s: %s and %i + %i + %i MiB (%s)', (rule, cpu, kube, system, eviction) => {
    const { config } = emitKubelet({ pool: GENERAL, reservations: rule });
    expect(config.kubeReserved.cpu).toBe(cpu);
    expect([config.kubeReserved.memory, config.systemReserved.memory, config.evictionHard['memory.available']].map(mebibytesOf)).toEqual([kube, system, eviction]);
  });

  test.each(Object.values(ReservationRule))('%s: the static memory manager gets exactly the sum', rule => {
    const { config, value } = emitKubelet({ pool: MEMORY, reservations: rule });
    const parts = (config.reservedMemory as Array<{ limits: { memory: string } }>).map(part => mebibytesOf(part.limits.memory));
    expect(parts.reduce((a, b) => a + b)).toBe(value('kubelet/memory/withheld-memory'));
  });

  test('what the user names goes before the rule', () => {
    expect(emitKubelet({ pool: GENERAL, reservations: ReservationRule.GKE, kubeReservedMemory: Size.gibibytes(1) }).config.kubeReserved.memory).toBe('1024Mi');
  });

  test('a rule that takes more than 15 % is said', () => {
    const small = NodePool.of('small', { nodes: 1, machine: machineOf(4, 16) });
    // Oracle: 2663 + 100 of 16384 MiB are 16.9 %, 629 + 100 are 4.4 %
    expect(emitKubelet({ pool: small, reservations: ReservationRule.GKE }).notes).toContain('2763 of 16384 MiB (17 %)');
    expect(emitKubelet({ pool: small, reservations: ReservationRule.EKS }).notes).not.toContain('withheld');
  });
});

describe('huge pages', () => {
  const pool = NodePool.of('database', { nodes: 3, kind: PoolKind.MEMORY, machine: machineOf(32, 512, { numaNodes: 3 }) });

  /** Runs the script against a folder that looks like the kernel's. */
  function run(numaNodes: number, mostPages: number) {
    const folder = mkdtempSync(join(tmpdir(), 'huge-pages-'));
    for (let node = 0; node < numaNodes; node++) {
      for (const size of [2048, 1048576]) {
        mkdirSync(join(folder, `node${node}/hugepages/hugepages-${size}kB`), { recursive: true });
        writeFileSync(join(folder, `node${node}/hugepages/hugepages-${size}kB/nr_hugepages`), '0\n');
      }
    }
    const script = emitKubelet({ pool, hugePages: HugePages.of({ pagesOf2Mi: 1000, pagesOf1Gi: mostPages }) }).file('/usr/local/sbin/thousand-node-huge-pages').content
      .replace("'/sys/devices/system/node'", `'${folder}'`);
    const done = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
    const pages = (size: number) => Array.from({ length: numaNodes }, (_, node) => Number(readFileSync(join(folder, `node${node}/hugepages/hugepages-${size}kB/nr_hugepages`), 'utf8')));
    const result = { ...done, small: pages(2048), large: pages(1048576) };
    rmSync(folder, { recursive: true });
    return result;
  }

  test('the script spreads them over the NUMA nodes', () => {
    const { status, small, large } = run(3, 8);
    expect([status, small, large]).toEqual([0, [334, 333, 333], [3, 3, 2]]);
  });

  test('another machine than the described one is refused', () => {
    const { status, stderr, small } = run(2, 8);
    expect([status, small]).toEqual([1, [0, 0]]);
    expect(stderr).toContain('expected 3 NUMA nodes, found 2');
  });

  test('a unit takes them before the kubelet looks', () => {
    const unit = emitKubelet({ pool, hugePages: HugePages.of({ pagesOf1Gi: 4 }) }).file('/etc/systemd/system/thousand-node-huge-pages.service').content;
    expect(unit).toContain('Before=containerd.service kubelet.service\n');
  });
});

describe('refused', () => {
  test.each<[string, string, string]>([
    ['half a core', kubeletRefusal({ pool: COMPUTE, reservedSystemCpus: '0' }), "reservedSystemCpus '0' must be whole cores; name the other threads 32 as well"],
    ['every core', kubeletRefusal({ pool: COMPUTE, reservedSystemCpus: '0-63' }), 'no core is left for pods'],
    ['a machine of one core', kubeletRefusal({ pool: NodePool.of('compute', { nodes: 1, machine: machineOf(1, 4) }) }), '1 of 1 CPUs are kept for the system'],
    ['an option of another release', kubeletRefusal({ ...on(KubernetesRelease.V1_31), pool: COMPUTE, cpuManager: CpuManager.exclusive(CpuManagerOption.STRICT_RESERVATION) }),
      "'strict-cpu-reservation' was added in Kubernetes 1.32"],
    ['an option whose gate is off', kubeletRefusal({ ...on(KubernetesRelease.V1_32), pool: COMPUTE, cpuManager: CpuManager.exclusive(CpuManagerOption.STRICT_RESERVATION) }),
      'set configOverrides.featureGates.CPUManagerPolicyAlphaOptions to true, or use 1.33 or newer'],
    ['options that exclude each other', kubeletRefusal({ pool: COMPUTE, cpuManager: CpuManager.exclusive(CpuManagerOption.PREFER_SHARED_CACHE, CpuManagerOption.SPREAD_OVER_NUMA) }),
      "refuses 'prefer-align-cpus-by-uncorecache' together with 'distribute-cpus-across-numa'"],
    ['sockets against NUMA nodes', kubeletRefusal({
      pool: COMPUTE,
      cpuManager: CpuManager.exclusive(CpuManagerOption.ALIGN_BY_SOCKET),
      topologyManager: TopologyManager.of(TopologyPolicy.SINGLE_NUMA_NODE),
      configOverrides: { featureGates: { CPUManagerPolicyAlphaOptions: true } },
    }), "refuses 'align-by-socket' together with topology policy single-numa-node"],
    ['more pages than memory', kubeletRefusal({ pool: GENERAL, hugePages: HugePages.of({ pagesOf1Gi: 63 }) }), 'hugePages take 64512 MiB and 2846 MiB are withheld'],
    ['reserved CPUs without their manager', kubeletRefusal({ pool: COMPUTE, cpuManager: CpuManager.shared(), reservedSystemCpus: '0,32' }), 'has no static CPU manager'],
  ])('%s', (_title, message, expected) => {
    expect(message).toContain(expected);
  });

  test('an alpha option goes with its gate', () => {
    const cpuManager = CpuManager.exclusive(CpuManagerOption.ALIGN_BY_SOCKET);
    expect(kubeletRefusal({ pool: COMPUTE, cpuManager })).toContain("'align-by-socket' is off in Kubernetes 1.37");
    expect(kubeletRefusal({ pool: COMPUTE, cpuManager, configOverrides: { featureGates: { CPUManagerPolicyAlphaOptions: true } } })).toBe('accepted');
  });

  test('no huge pages at all, and a machine whose threads do not make cores', () => {
    expect(() => HugePages.of({})).toThrow('pagesOf2Mi or pagesOf1Gi must be above 0');
    expect(() => machineOf(7, 16, { threadsPerCore: 2 })).toThrow('threadsPerCore 2 must divide cpu 7');
  });
});
