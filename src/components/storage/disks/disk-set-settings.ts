import { createHash } from 'crypto';
import { acceptedDiskBytes, diskLookPeriod, diskPreparationTimeout, diskSettleTimeout, nodeDiskVolumes, poolVolumes, staticVolumesOf } from '../../../capacity/storage-capacity';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { DiskEncryption, DiskSet, LocalFilesystem, LocalVolumeMode, NodeFolder } from '../../../cluster/local-disks';
import { NodePool } from '../../../cluster/node-pool';
import { Derivation, stated } from '../../../derivation/derivation';

/** What the preparation script of one set of disks works with. */
export interface DiskSetSettings {
  /** Name of the StorageClass, or `scratch`; stands in the metrics. */
  readonly name: string;
  readonly pool: string;
  /** `volumes` for pods, or `node`. */
  readonly purpose: 'volumes' | 'node';
  readonly byIdPattern: string;
  readonly disks: number;
  /** Undefined: the set has no disks but those of volumes that are written by hand. */
  readonly leastBytes?: Derivation;
  readonly mostBytes?: Derivation;
  /** Volumes that come of the disks of one machine. */
  readonly volumes: Derivation;
  /** `whole`, `partitions` or `stripe`. */
  readonly layout: string;
  readonly partitionMebibytes: number[];
  readonly volumeMode: LocalVolumeMode;
  readonly filesystem: string;
  /** Marks file systems, tables, stripes and encrypted disks as ours. */
  readonly label: string;
  readonly encryption?: DiskEncryption;
  /** Folder on the host whose mount points or links become volumes, or where the node's file system is mounted. */
  readonly targetDir: string;
  readonly nodeFolders: NodeFolder[];
  readonly preparationTimeout: Derivation;
  readonly settleTimeout: Derivation;
  readonly look: Derivation;
  readonly derivations: Derivation[];
}

const NAME_CHARACTERS = 9;

/**
 * XFS allows 12 characters. A longer class is cut to a hash, so that two classes never share a mark: a disk of another class, or of another
 * name of this one, is then somebody else's.
 */
export function diskLabel(name: string): string {
  return `tn-${name.length <= NAME_CHARACTERS ? name : createHash('sha256').update(name).digest('hex').slice(0, NAME_CHARACTERS)}`;
}

/** Disks of a pool that become volumes of a class. */
export function volumeSet(pool: NodePool, className: string, fsType: string): DiskSetSettings {
  const disks = pool.machine.localDisks!;
  const mode = disks.volumeMode ?? LocalVolumeMode.FILESYSTEM;
  return setOf(pool, disks, {
    name: className,
    purpose: 'volumes',
    volumes: poolVolumes(pool),
    layout: disks.layout?.kind ?? 'whole',
    partitionMebibytes: disks.layout?.partitionMebibytes ?? [],
    volumeMode: mode,
    filesystem: mode === LocalVolumeMode.BLOCK ? '' : disks.filesystem ?? fsType,
    targetDir: `${HOST_PATHS.localDisks}/${className}`,
    nodeFolders: [],
  });
}

/** Disks that a pool's nodes use themselves. */
export function scratchSet(pool: NodePool): DiskSetSettings {
  const disks = pool.machine.scratchDisks!;
  return setOf(pool, disks, {
    name: 'scratch',
    purpose: 'node',
    volumes: nodeDiskVolumes(pool.name),
    layout: disks.count > 1 ? 'stripe' : 'whole',
    partitionMebibytes: [],
    volumeMode: LocalVolumeMode.FILESYSTEM,
    filesystem: disks.filesystem ?? LocalFilesystem.XFS,
    targetDir: HOST_PATHS.scratchDisks,
    nodeFolders: disks.holds ?? [NodeFolder.IMAGES, NodeFolder.POD_DATA, NodeFolder.POD_LOGS],
  });
}

/** A pool without disks of its own kind, some of whose machines have volumes that are written by hand. */
export function handWrittenSet(pool: NodePool): DiskSetSettings {
  const none = stated(`fleet/pools/${pool.name}/disks`, 0, 'disks', `local disks of one machine of pool ${pool.name}`);
  const timeout = diskPreparationTimeout(pool.name, none);
  const [settleTimeout, look] = [diskSettleTimeout(), diskLookPeriod()];
  return {
    name: 'by-hand',
    pool: pool.name,
    purpose: 'volumes',
    byIdPattern: '',
    disks: 0,
    volumes: staticVolumesOf(pool.name),
    layout: 'whole',
    partitionMebibytes: [],
    volumeMode: LocalVolumeMode.FILESYSTEM,
    filesystem: LocalFilesystem.EXT4,
    label: diskLabel('by-hand'),
    targetDir: `${HOST_PATHS.localDisks}/by-hand`,
    nodeFolders: [],
    preparationTimeout: timeout,
    settleTimeout,
    look,
    derivations: [timeout, settleTimeout, look],
  };
}

type Use = Pick<DiskSetSettings, 'name' | 'purpose' | 'volumes' | 'layout' | 'partitionMebibytes' | 'volumeMode' | 'filesystem' | 'targetDir' | 'nodeFolders'>;

function setOf(pool: NodePool, disks: DiskSet, use: Use): DiskSetSettings {
  const place = use.purpose === 'node' ? `${pool.name}/scratch` : pool.name;
  const count = stated(`fleet/pools/${pool.name}/${use.purpose === 'node' ? 'scratch-disks' : 'disks'}`, disks.count, 'disks',
    `${use.purpose === 'node' ? 'disks for the node itself' : 'local disks'} of one machine of pool ${pool.name}`);
  const { least, most } = acceptedDiskBytes(place, disks.size);
  const timeout = diskPreparationTimeout(place, count);
  const [settleTimeout, look] = [diskSettleTimeout(), diskLookPeriod()];
  return {
    ...use,
    pool: pool.name,
    byIdPattern: disks.byIdPattern!,
    disks: disks.count,
    leastBytes: least,
    mostBytes: most,
    label: diskLabel(use.name),
    encryption: disks.encryption,
    preparationTimeout: timeout,
    settleTimeout,
    look,
    derivations: [use.volumes, least, most, timeout, settleTimeout, look],
  };
}
