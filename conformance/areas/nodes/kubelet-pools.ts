import { App, Chart, Size } from 'cdk8s';
import {
  ClusterFacts, CpuManager, CpuManagerOption, Gpu, KubernetesRelease, MachineShape, MemoryManager, NodePool, NodePoolKubelet, PoolKind,
  ReservationRule, ThreadNumbers, TopologyManager, TopologyPolicy, TopologyScope,
} from '../../../src';
import { yamlDocuments } from '../../../src/formats/yaml-document';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { Scene } from '../../scene';

/** Hardware of a pool, as the judge takes it; written here by hand and given to the pool as well. */
export interface Machine {
  readonly cpu: number;
  readonly memoryGibibytes: number;
  readonly numaNodes?: number;
  readonly threads?: ThreadNumbers;
}

/** One pool's kubelet and the machine that it is for. */
export interface PoolKubelet { readonly name: string; readonly machine: Machine; readonly file: string }

interface Pool { readonly machine: Machine; readonly kind?: PoolKind; readonly gpu?: Gpu; readonly kubelet?: object }

const BOTH: Machine = { cpu: 64, memoryGibibytes: 512, numaNodes: 2, threads: ThreadNumbers.APART };

/** The four kinds of pools, and combinations that nobody planned together: odd numbers of NUMA nodes, both static managers under every reservation rule. */
function pools(release: KubernetesRelease): { readonly [name: string]: Pool } {
  const both = (reservations: ReservationRule): Pool => ({
    machine: BOTH,
    kubelet: {
      reservations,
      cpuManager: CpuManager.exclusive(
        CpuManagerOption.FULL_CORES, ...(release.isAtLeast(KubernetesRelease.V1_32) ? [CpuManagerOption.STRICT_RESERVATION] : []),
      ),
      memoryManager: MemoryManager.STATIC,
      topologyManager: TopologyManager.of(TopologyPolicy.SINGLE_NUMA_NODE, { scope: TopologyScope.POD }),
    },
  });
  return {
    compute: { machine: { cpu: 64, memoryGibibytes: 128, numaNodes: 2, threads: ThreadNumbers.APART } },
    memory: { machine: { cpu: 32, memoryGibibytes: 512, numaNodes: 3 } },
    gpu: { machine: { cpu: 32, memoryGibibytes: 128 }, gpu: Gpu.nvidia('T4', 4) },
    general: { machine: { cpu: 16, memoryGibibytes: 64 } },
    huge: { machine: { cpu: 1024, memoryGibibytes: 512, numaNodes: 4, threads: ThreadNumbers.APART }, kind: PoolKind.COMPUTE },
    chiplets: {
      machine: { cpu: 48, memoryGibibytes: 192, numaNodes: 12, threads: ThreadNumbers.NEIGHBOURS },
      kind: PoolKind.COMPUTE,
      kubelet: { topologyManager: TopologyManager.of(TopologyPolicy.RESTRICTED) },
    },
    ...Object.fromEntries(Object.values(ReservationRule).map(rule => [`both-${rule.toLowerCase()}`, both(rule)])),
  };
}

/** Writes the kubelet's configuration of every pool, for one release. */
export function poolKubelets(scene: Scene, release: KubernetesRelease): PoolKubelet[] {
  return Object.entries(pools(release)).map(([name, { machine, kind, gpu, kubelet }]) => {
    const shape = MachineShape.of(
      { cpu: machine.cpu, memory: Size.gibibytes(machine.memoryGibibytes), numaNodes: machine.numaNodes, threadNumbers: machine.threads },
    );
    const chart = new Chart(new App({ outdir: '/dev/null' }), 'pool');
    const pool = NodePool.of(name, { nodes: 8, machine: shape, kind, gpu });
    const cluster = ClusterFacts.of({
      name: 'shop',
      release,
      network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3].map(i => ({ name: `control-plane-${i}`, address: `172.16.0.1${i}` })) },
      pools: [pool],
    });
    new NodePoolKubelet(chart, 'kubelet', { cluster, pool, ...kubelet });
    const [host] = hostArtefacts(chart).kubelets;
    return { name, machine, file: scene.file(`kubelets/${release.version}/${name}.yaml`, yamlDocuments([host.document()])) };
  });
}
