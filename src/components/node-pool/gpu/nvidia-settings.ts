import { dcgmExporterResources, dcgmSeries, devicePluginResources, GpuAgentResources, mpsResources, poolCards, reportedCards } from '../../../capacity/gpu-capacity';
import { nodeAgentMaxUnavailable } from '../../../capacity/node-agent-rollout';
import { poolNodes } from '../../../capacity/pool-amounts';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { Gpu, GpuSharingKind } from '../../../cluster/gpu';
import { NodePool } from '../../../cluster/node-pool';
import { Derivation } from '../../../derivation/derivation';

/** What the user may say; the public struct is `NvidiaGpusProps`. */
interface NvidiaInput {
  readonly passDeviceSpecs?: boolean;
  readonly metrics?: boolean;
}

/** One pool with cards. */
export interface GpuPoolSettings {
  readonly pool: NodePool;
  readonly gpu: Gpu;
  readonly reported: Derivation;
  readonly series: Derivation;
  readonly maxUnavailable: Derivation;
}

/** Resolved settings of the agents of NVIDIA cards. */
export interface NvidiaSettings {
  readonly pools: GpuPoolSettings[];
  readonly passDeviceSpecs: boolean;
  readonly metrics: boolean;
  readonly plugin: GpuAgentResources;
  readonly mps: GpuAgentResources;
  readonly exporter: GpuAgentResources;
  readonly derivations: Derivation[];
  readonly preconditions: string[];
  readonly notes: string[];
}

export function nvidiaSettings(cluster: ClusterFacts, input: NvidiaInput): NvidiaSettings {
  const pools = cluster.gpuPools.filter(pool => pool.gpu!.vendor === 'nvidia').map((pool): GpuPoolSettings => ({
    pool,
    gpu: pool.gpu!,
    reported: reportedCards(pool),
    series: dcgmSeries(pool),
    maxUnavailable: nodeAgentMaxUnavailable(`gpu/${pool.name}/max-unavailable`, poolNodes(pool)),
  }));
  const metrics = input.metrics ?? true;
  const mpsPools = pools.filter(({ gpu }) => gpu.sharing?.kind === GpuSharingKind.MPS);
  const plugin = devicePluginResources();
  const mps = mpsResources();
  const exporter = dcgmExporterResources();
  return {
    pools,
    passDeviceSpecs: input.passDeviceSpecs ?? false,
    metrics,
    plugin,
    mps,
    exporter,
    derivations: pools.length === 0 ? [] : [
      plugin.cpu, plugin.memory,
      ...(mpsPools.length > 0 ? [mps.cpu, mps.memory] : []),
      ...(metrics ? [exporter.cpu, exporter.memory] : []),
      ...pools.flatMap(({ pool, reported, series, maxUnavailable }) => [poolCards(pool), reported, maxUnavailable, ...(metrics ? [series] : [])]),
    ],
    preconditions: pools.map(({ pool, gpu }) =>
      `machine image of pool '${pool.name}': NVIDIA driver for ${gpu.model} and nvidia-container-toolkit 1.7.0 or newer; the kubelet waits until ${gpu.count} cards answer`),
    notes: [
      ...pools.filter(({ gpu }) => gpu.sharing?.kind === GpuSharingKind.TIME_SLICING).map(({ pool, gpu }) =>
        `pool '${pool.name}': ${gpu.sharing!.replicas} pods take turns on each card; nothing separates their memory, and one that crashes takes the others with it`),
      ...mpsPools.map(({ pool, gpu }) =>
        `pool '${pool.name}': sharing with MPS is experimental upstream; each of ${gpu.sharing!.replicas} pods gets 1/${gpu.sharing!.replicas} of a card's memory`),
    ],
  };
}
