import { Duration } from 'cdk8s';
import { AutoscaledGroup, resolveGroups } from './autoscaler-groups';
import { AutoscalerProvider } from './autoscaler-provider';
import { ScaledGroup } from './cloud-binding';
import * as capacity from '../../capacity/autoscaler-capacity';
import { coresTotal, maxNodesTotal, memoryTotal, plannedWorkers } from '../../capacity/autoscaler-group-capacity';
import { AUTOSCALER_PROVIDERS } from '../../catalogue/autoscaling-features';
import { CLUSTER_AUTOSCALER_FLAGS } from '../../catalogue/cluster-autoscaler-flags';
import { flagProblem } from '../../catalogue/flag-table';
import { inRange, VersionRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { Derivation, given, stated } from '../../derivation/derivation';
import { FlagList } from '../../formats/flag-list';
import { Bounds, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { labelProblem } from '../../input/text-safety';

/** What the settings are made from; `ScaledAutoscalerProps` without the cluster. */
export interface AutoscalerInput {
  readonly provider?: AutoscalerProvider;
  readonly groups?: AutoscaledGroup[];
  readonly runOnPool?: string;
  readonly maxNodesTotal?: number;
  readonly scanInterval?: Duration;
  readonly scaleDownUnneededTime?: Duration;
  readonly scaleDownDelayAfterDelete?: Duration;
  readonly maxScaleDownParallelism?: number;
  readonly maxDrainParallelism?: number;
  readonly maxTotalUnreadyPercentage?: number;
  readonly skipNodesWithLocalStorage?: boolean;
  readonly startupTaints?: string[];
  readonly extraFlags?: { [name: string]: string };
}

/** Everything the documents of the autoscaler need. */
export interface AutoscalerSettings {
  readonly version: string;
  readonly provider: AutoscalerProvider;
  readonly groups: ScaledGroup[];
  readonly runOnPool?: string;
  /** Nodes when every group is full, control plane included. */
  readonly plannedNodes: number;
  readonly controlPlaneNodes: number;
  readonly maxNodesTotal: Derivation;
  readonly coresTotal: Derivation;
  readonly memoryTotal: Derivation;
  readonly scanInterval: Derivation;
  readonly delayAfterAdd: Derivation;
  readonly delayAfterDelete: Derivation;
  readonly unneededTime: Derivation;
  readonly unreadyTime: Derivation;
  readonly nodeProvisionTime: Derivation;
  readonly scaleDownParallelism: Derivation;
  readonly drainParallelism: Derivation;
  readonly scaleDownPace: Derivation;
  readonly unreadyPercentage: Derivation;
  readonly okUnreadyCount: Derivation;
  readonly qps: Derivation;
  readonly burst: Derivation;
  readonly cpu: Derivation;
  readonly memory: Derivation;
  readonly replicas: Derivation;
  readonly skipNodesWithLocalStorage: boolean;
  readonly startupTaints: string[];
  readonly extraFlags?: { [name: string]: string };
  readonly derivations: Derivation[];
}

/**
 * Taint that GPU nodes may register with until their device plugin answers. The autoscaler knows its prefix by itself; it is named as a flag, too,
 * for the versions before that. Nothing waits for it where nobody sets it.
 */
const GPU_STARTUP_TAINT = 'startup-taint.cluster-autoscaler.kubernetes.io/accelerator';

/** Flags of ours that stand once per value: merged with a comma they would become one value that matches nothing. */
const REPEATED_FLAGS = ['balancing-label', 'ignore-taint', 'startup-taint'];

/** Check the input and resolve it for the autoscaler's version. */
export function autoscalerSettings(id: string, cluster: ClusterFacts, input: AutoscalerInput): AutoscalerSettings {
  const problems = new Problems(`ScaledAutoscaler '${id}'`);
  const version = cluster.versions.clusterAutoscaler;
  const provider = input.provider ?? AutoscalerProvider.clusterApi();
  const range: VersionRange = AUTOSCALER_PROVIDERS[provider.name as keyof typeof AUTOSCALER_PROVIDERS];
  problems.require(inRange(version, range), `provider '${provider.name}' came with Cluster Autoscaler ${range.added}, the cluster runs ${version}; use another provider or a newer release`);

  const { groups, derivations: groupDerivations } = resolveGroups(cluster, input.runOnPool, input.groups, problems);
  provider._binding.check(groups, problems);
  checkNumbers(version, cluster, input, groups, problems);
  new FlagList('cluster-autoscaler', CLUSTER_AUTOSCALER_FLAGS, version).extra('extraFlags', input.extraFlags, problems);
  for (const flag of REPEATED_FLAGS.filter(name => input.extraFlags && (Object.hasOwn(input.extraFlags, name) || Object.hasOwn(input.extraFlags, `--${name}`)))) {
    problems.add(`extraFlags: '${flag}' is managed by this construct and cannot be overridden; use startupTaints for taints`);
  }
  for (const taint of input.startupTaints ?? []) { problems.add(labelProblem('startupTaints', taint, '')); }
  problems.throwIfAny();

  const controlPlane = cluster.fleet.controlPlaneMachines;
  const zones = new Set(cluster.pools.flatMap(pool => pool.zones)).size;
  const bounds = new Map(groupDerivations.map(derivation => [derivation.id, derivation]));
  // Pools that the autoscaler does not scale are counted by it all the same.
  const all = [...groups.map(group => group.pool), ...cluster.pools.filter(pool => !groups.some(group => group.pool === pool))]
    .map(pool => ({ pool, maxNodes: bounds.get(`autoscaler/group/${pool.name}/max-nodes`) ?? stated(`fleet/pools/${pool.name}/nodes`, pool.nodes, 'nodes', `nodes of pool ${pool.name}`) }));
  const workers = plannedWorkers(all);
  const delays = capacity.autoscalerDelays();
  const rate = capacity.autoscalerClientRate();

  const scanInterval = given(seconds(input.scanInterval), capacity.scanInterval(workers));
  const scaleDownParallelism = given(input.maxScaleDownParallelism, capacity.maxScaleDownParallelism(workers));
  const delayAfterDelete = given(seconds(input.scaleDownDelayAfterDelete), capacity.scaleDownDelayAfterDelete());
  const loop = capacity.loopSeconds(workers);
  const wave = capacity.waveSeconds(scanInterval, loop, delays.provision);
  const numbers = {
    maxNodesTotal: given(input.maxNodesTotal, maxNodesTotal(workers, controlPlane, stated('network/usable-node-addresses', cluster.network.nodeAddresses - 2, 'addresses', 'usable addresses of network.nodeCidr'))),
    coresTotal: coresTotal(all, cluster.fleet),
    memoryTotal: memoryTotal(all, cluster.fleet),
    scanInterval,
    delayAfterAdd: delays.afterAdd,
    delayAfterDelete,
    unneededTime: given(seconds(input.scaleDownUnneededTime), delays.unneeded),
    unreadyTime: delays.unready,
    nodeProvisionTime: delays.provision,
    scaleDownParallelism,
    drainParallelism: given(input.maxDrainParallelism, capacity.maxDrainParallelism(workers)),
    scaleDownPace: capacity.scaleDownPace(scaleDownParallelism, delayAfterDelete, scanInterval),
    unreadyPercentage: given(input.maxTotalUnreadyPercentage, capacity.maxTotalUnreadyPercentage(zones)),
    okUnreadyCount: capacity.okTotalUnreadyCount(),
    qps: rate.qps,
    burst: rate.burst,
    cpu: capacity.autoscalerCpu(workers),
    memory: capacity.autoscalerMemory(workers),
    replicas: capacity.autoscalerReplicas(),
  };
  return {
    version,
    provider,
    groups,
    runOnPool: input.runOnPool,
    plannedNodes: workers.value + controlPlane.value,
    controlPlaneNodes: controlPlane.value,
    ...numbers,
    skipNodesWithLocalStorage: input.skipNodesWithLocalStorage ?? true,
    startupTaints: [...new Set(input.startupTaints ?? (groups.some(group => group.pool.gpu) ? [GPU_STARTUP_TAINT] : []))].sort(),
    extraFlags: input.extraFlags,
    derivations: [...groupDerivations, workers, ...Object.values(numbers), loop, wave, capacity.growthSeconds(cluster.nodesToday, workers, wave)],
  };
}

function checkNumbers(version: string, cluster: ClusterFacts, input: AutoscalerInput, groups: ScaledGroup[], problems: Problems): void {
  const number = (field: string, value: number | undefined, bounds: Bounds) => {
    if (value !== undefined) { problems.add(wholeNumberProblem(field, value, bounds)); }
  };
  const today = cluster.nodesToday + cluster.controlPlaneMembers.length;
  number('maxNodesTotal', input.maxNodesTotal, { min: Math.max(1, today), max: cluster.network.nodeAddresses - 2, why: 'between the nodes of today with the control plane, which counts, and the addresses of network.nodeCidr' });
  number('scanInterval in seconds', seconds(input.scanInterval), { min: 1, max: 300, why: 'pending pods wait for it' });
  number('scaleDownUnneededTime in seconds', seconds(input.scaleDownUnneededTime), { min: 60, max: 86_400 });
  number('scaleDownDelayAfterDelete in seconds', seconds(input.scaleDownDelayAfterDelete), { min: 0, max: 86_400 });
  const nodes = Math.max(1, groups.reduce((sum, group) => sum + group.maxNodes, 0));
  number('maxScaleDownParallelism', input.maxScaleDownParallelism, { min: 1, max: nodes, why: 'nodes of all groups' });
  number('maxDrainParallelism', input.maxDrainParallelism, { min: 1, max: nodes, why: 'nodes of all groups' });
  number('maxTotalUnreadyPercentage', input.maxTotalUnreadyPercentage, { min: 1, max: 100, why: 'per cent; above it the autoscaler stops acting' });
  // Asked for and not there: the older version drains one node at a time whatever the user wrote.
  if (input.maxDrainParallelism !== undefined) {
    const unknown = flagProblem('cluster-autoscaler', CLUSTER_AUTOSCALER_FLAGS, version, 'max-drain-parallelism');
    problems.add(unknown && `maxDrainParallelism: ${unknown}`);
  }
}

function seconds(duration: Duration | undefined): number | undefined {
  return duration && duration.toMilliseconds() / 1000;
}
