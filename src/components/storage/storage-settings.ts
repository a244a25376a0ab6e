import { Duration } from 'cdk8s';
import { BlockCleaning } from './block-cleaning';
import { DiskSetSettings, scratchSet, volumeSet } from './disks/disk-set-settings';
import { LostNodes } from './lost-nodes';
import { NetworkStorageClass } from './network/network-storage-class';
import { nodeAgentMaxUnavailable } from '../../capacity/node-agent-rollout';
import { poolNodes } from '../../capacity/pool-amounts';
import {
  cleanupMemory, localVolumes, lostNodeDelay, provisionerCount, provisionerCpu, provisionerMemory, provisionerMinResync, volumeWatchEvents,
} from '../../capacity/storage-capacity';
import { apiVersionOf, optInApiVersionOf } from '../../catalogue/api-groups';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LocalVolumeMode } from '../../cluster/local-disks';
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
  readonly lostNodes?: LostNodes;
  readonly blockCleaning?: BlockCleaning;
  readonly cleaningJobs?: boolean;
  readonly networkClass?: NetworkStorageClass;
  readonly furtherNetworkClasses?: NetworkStorageClass[];
}

/** A StorageClass of local disks. */
export interface LocalClass {
  readonly name: string;
  readonly volumeMode: LocalVolumeMode;
  readonly retain: boolean;
}

/** One pool whose machines have local disks. */
export interface LocalPoolSettings {
  readonly pool: NodePool;
  readonly localClass: LocalClass;
  readonly set: DiskSetSettings;
  readonly maxUnavailable: Derivation;
}

/** Resolved settings. */
export interface StorageSettings {
  readonly clusterName: string;
  readonly className: string;
  readonly fsType: string;
  /** Classes of local disks in use; the one of file systems that are cleaned is always among them. */
  readonly classes: LocalClass[];
  readonly pools: LocalPoolSettings[];
  /** Disks that nodes use themselves. */
  readonly scratch: DiskSetSettings[];
  readonly minResync: Derivation;
  readonly memory: Derivation;
  readonly cpu: Derivation;
  readonly blockCleaning: BlockCleaning;
  readonly cleaningJobs: boolean;
  /** Undefined: nobody cleans up after a node that was deleted. */
  readonly lostNodeDelay?: Derivation;
  readonly cleanupMemory: Derivation;
  readonly networkClasses: NetworkStorageClass[];
  readonly derivations: Derivation[];
}

/** Name of the class for what is wanted, below the name that the user chose. */
export function localClass(base: string, volumeMode: LocalVolumeMode, retain: boolean): LocalClass {
  return { name: `${base}${volumeMode === LocalVolumeMode.BLOCK ? '-block' : ''}${retain ? '-retain' : ''}`, volumeMode, retain };
}

export function storageSettings(cluster: ClusterFacts, input: StorageInput): StorageSettings {
  const problems = new Problems('LocalSsdStorage');
  const className = input.storageClassName ?? 'local-ssd';
  const fsType = input.fsType ?? 'ext4';
  problems.add(dnsNameProblem('storageClassName', className));
  const lostNodes = input.lostNodes ?? LostNodes.cleanUp();
  const chosen = chosenPools(cluster, input.pools, problems);
  const pools = chosen.map(pool => localPool(pool, className, fsType));
  const classes = [localClass(className, LocalVolumeMode.FILESYSTEM, false), ...pools.map(local => local.localClass)];
  const networkClasses = [...(input.networkClass ? [input.networkClass] : []), ...(input.furtherNetworkClasses ?? [])];
  checkClassNames(classes, networkClasses, problems);
  for (const network of networkClasses) { checkNetworkClass(cluster, network, problems); }
  const provisioners = provisionerCount(chosen);
  const minResync = given(input.minResyncPeriod?.toSeconds(), provisionerMinResync(provisioners));
  problems.add(numberProblem('minResyncPeriod', minResync.value, { min: 60, max: 86_400, why: 'seconds' }));
  const delay = given(lostNodes.delay?.toSeconds(), lostNodeDelay());
  problems.add(numberProblem('lostNodes.delay', delay.value, { min: 60, max: 86_400, why: 'seconds that a deleted node gets to come back' }));
  const blocks = pools.some(({ localClass: { volumeMode } }) => volumeMode === LocalVolumeMode.BLOCK);
  problems.require(blocks || input.blockCleaning === undefined, 'blockCleaning: no pool has raw volumes; leave it out, or set volumeMode of localDisks to LocalVolumeMode.BLOCK');
  problems.require(blocks || !input.cleaningJobs, 'cleaningJobs: no pool has raw volumes, and files are deleted by the provisioner itself; leave it out');
  problems.throwIfAny();

  const volumes = localVolumes(chosen);
  const scratch = cluster.pools.filter(pool => pool.machine.scratchDisks).map(scratchSet);
  const memory = provisionerMemory(volumes, cluster.fleet.pods);
  const forCleanup = cleanupMemory(volumes, cluster.fleet.nodes, cluster.fleet.pods);
  const cleansUp = lostNodes.kind === 'clean-up';
  const cpu = provisionerCpu();
  return {
    clusterName: cluster.name,
    className,
    fsType,
    classes: classes.filter((c, i) => classes.findIndex(other => other.name === c.name) === i),
    pools,
    scratch,
    minResync,
    memory,
    cpu,
    blockCleaning: input.blockCleaning ?? BlockCleaning.DISCARD,
    cleaningJobs: input.cleaningJobs ?? false,
    lostNodeDelay: cleansUp ? delay : undefined,
    cleanupMemory: forCleanup,
    networkClasses,
    derivations: [
      provisioners, volumes, volumeWatchEvents(volumes, provisioners), minResync, memory, cpu, ...(cleansUp ? [delay, forCleanup] : []),
      ...[...pools.flatMap(local => [...local.set.derivations, local.maxUnavailable]), ...scratch.flatMap(set => set.derivations)],
    ].filter((derivation, i, all) => all.findIndex(other => other.id === derivation.id) === i),
  };
}

/** A disk belongs to one class for good: its folder and its mark are named by it. */
function checkClassNames(local: LocalClass[], network: NetworkStorageClass[], problems: Problems): void {
  for (const one of network) {
    problems.require(local.every(other => other.name !== one.name), `networkClass: the name '${one.name}' is taken by the local class; give one of them another name`);
  }
  const names = network.map(one => one.name);
  for (const twice of new Set(names.filter((name, i) => names.indexOf(name) !== i))) { problems.add(`furtherNetworkClasses: '${twice}' stands there twice; classes need names of their own`); }
  const defaults = network.filter(one => one.isDefault).map(one => one.name);
  problems.require(defaults.length < 2, `furtherNetworkClasses: ${defaults.join(' and ')} are both the default; a claim without class gets one of them, keep one`);
}

/** What a class asks of this cluster: zones that nodes stand in, kinds that the release has. */
function checkNetworkClass(cluster: ClusterFacts, network: NetworkStorageClass, problems: Problems): void {
  const zones = new Set(cluster.pools.flatMap(pool => pool.zones));
  for (const zone of network.zones) {
    problems.require(zones.size === 0 || zones.has(zone), `networkClass '${network.name}': no pool stands in zone '${zone}', pods could never reach its volumes; zones are ${[...zones].sort().join(', ')}`);
  }
  problems.require(network.attributes.length === 0 || volumeAttributesApi(cluster.release.version) !== undefined,
    `networkClass '${network.name}': attributes need VolumeAttributesClass, which Kubernetes has from 1.31 on, cluster.release is ${cluster.release.version}; leave them out`);
}

/** The API version of VolumeAttributesClass that a release takes. Its alpha is another object, with other rules for claims. */
export function volumeAttributesApi(release: string): string | undefined {
  const found = apiVersionOf('VolumeAttributesClass', release) ?? optInApiVersionOf('VolumeAttributesClass', release);
  return found?.includes('alpha') ? undefined : found;
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

function localPool(pool: NodePool, base: string, fsType: string): LocalPoolSettings {
  const disks = pool.machine.localDisks!;
  const ofPool = localClass(base, disks.volumeMode ?? LocalVolumeMode.FILESYSTEM, disks.retain ?? false);
  return {
    pool,
    localClass: ofPool,
    set: volumeSet(pool, ofPool.name, fsType),
    maxUnavailable: nodeAgentMaxUnavailable(`storage/provisioner-max-unavailable/${pool.name}`, poolNodes(pool)),
  };
}
