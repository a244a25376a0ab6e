import { Duration } from 'cdk8s';
import { NetworkStorageClass } from './network-storage-class';
import { nodeAgentMaxUnavailable } from '../../capacity/node-agent-rollout';
import { poolDisks, poolNodes } from '../../capacity/pool-amounts';
import {
  acceptedDiskBytes, diskPreparationTimeout, diskSettleTimeout, localVolumes, provisionerCount, provisionerCpu, provisionerMemory, provisionerMinResync,
  volumeWatchEvents,
} from '../../capacity/storage-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { NodePool } from '../../cluster/node-pool';
import { Derivation, given } from '../../derivation/derivation';
import { numberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsNameProblem, quoted } from '../../input/text-safety';

/** What the user may say about storage; the public struct is `LocalSsdStorageProps`. */
export interface StorageInput {
  readonly pools?: string[];
  readonly storageClassName?: string;
  readonly fsType?: string;
  readonly minResyncPeriod?: Duration;
  readonly networkClass?: NetworkStorageClass;
}

/** One pool whose machines have local disks. */
export interface LocalPoolSettings {
  readonly pool: NodePool;
  readonly disks: number;
  readonly byIdPattern: string;
  readonly leastBytes: Derivation;
  readonly mostBytes: Derivation;
  readonly preparationTimeout: Derivation;
  readonly maxUnavailable: Derivation;
}

/** Resolved settings. */
export interface StorageSettings {
  readonly className: string;
  readonly fsType: string;
  /** Folder on the host whose mount points become volumes. */
  readonly discoveryDir: string;
  readonly pools: LocalPoolSettings[];
  readonly minResync: Derivation;
  readonly memory: Derivation;
  readonly cpu: Derivation;
  readonly settleTimeout: Derivation;
  readonly networkClass?: NetworkStorageClass;
  readonly derivations: Derivation[];
}

export function storageSettings(cluster: ClusterFacts, input: StorageInput): StorageSettings {
  const problems = new Problems('LocalSsdStorage');
  const className = input.storageClassName ?? 'local-ssd';
  problems.add(dnsNameProblem('storageClassName', className));
  if (input.networkClass) {
    problems.require(input.networkClass.name !== className, `networkClass: the name '${className}' is taken by the local class; give one of them another name`);
  }
  const pools = chosenPools(cluster, input.pools, problems).map(localPool);
  const provisioners = provisionerCount(pools.map(local => local.pool));
  const minResync = given(input.minResyncPeriod?.toSeconds(), provisionerMinResync(provisioners));
  problems.add(numberProblem('minResyncPeriod', minResync.value, { min: 60, max: 86_400, why: 'seconds' }));
  problems.throwIfAny();

  const volumes = localVolumes(pools.map(local => local.pool));
  const memory = provisionerMemory(volumes, cluster.fleet.pods);
  const cpu = provisionerCpu();
  const settleTimeout = diskSettleTimeout();
  return {
    className,
    fsType: input.fsType ?? 'ext4',
    discoveryDir: `${HOST_PATHS.localDisks}/${className}`,
    pools,
    minResync,
    memory,
    cpu,
    settleTimeout,
    networkClass: input.networkClass,
    derivations: [
      provisioners, volumes, volumeWatchEvents(volumes, provisioners), minResync, memory, cpu, settleTimeout,
      ...pools.flatMap(local => [local.leastBytes, local.mostBytes, local.preparationTimeout, local.maxUnavailable]),
    ],
  };
}

function chosenPools(cluster: ClusterFacts, names: string[] | undefined, problems: Problems): NodePool[] {
  const withDisks = cluster.pools.filter(pool => pool.machine.localDisks);
  if (names === undefined) { return withDisks; }
  problems.require(names.length > 0, 'pools must name at least one pool; leave it out to take every pool with local disks');
  for (const name of new Set(names)) {
    const pool = cluster.pools.find(candidate => candidate.name === name);
    if (!pool) {
      problems.add(`pools: the cluster has no pool ${quoted(name)}; it has ${cluster.pools.map(candidate => `'${candidate.name}'`).join(', ')}`);
    } else if (!pool.machine.localDisks) {
      problems.add(`pools: the machines of pool '${name}' have no local disks; set localDisks in their MachineShape or leave the pool out`);
    }
  }
  return withDisks.filter(pool => names.includes(pool.name));
}

function localPool(pool: NodePool): LocalPoolSettings {
  const disks = pool.machine.localDisks!;
  const accepted = acceptedDiskBytes(pool.name, disks.size);
  return {
    pool,
    disks: disks.count,
    byIdPattern: disks.byIdPattern ?? 'nvme-*',
    leastBytes: accepted.least,
    mostBytes: accepted.most,
    preparationTimeout: diskPreparationTimeout(pool.name, poolDisks(pool)),
    maxUnavailable: nodeAgentMaxUnavailable(`storage/provisioner-max-unavailable/${pool.name}`, poolNodes(pool)),
  };
}
