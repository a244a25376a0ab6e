import { Size, SizeRoundingBehavior } from 'cdk8s';
import { poolDisks, poolNodes } from './pool-amounts';
import { NodePool } from '../cluster/node-pool';
import { Amount, Confidence, derived, Derivation, stated } from '../derivation/derivation';

/** Machines of the pools with local disks at their final size: each runs a provisioner. */
export function provisionerCount(pools: NodePool[]): Derivation {
  return derived({
    id: 'storage/provisioners',
    unit: 'provisioners',
    words: pools.length > 0 ? `nodes of ${pools.map(pool => pool.name).join(', ')}` : 'no pool has local disks',
    expression: pools.map((_, i) => `nodes${i + 1}`).join(' + ') || '0',
    inputs: Object.fromEntries(pools.map((pool, i) => [`nodes${i + 1}`, poolNodes(pool)])),
    source: 'LSP:docs/provisioner.md',
  });
}

/**
 * Volumes that come of the local disks of one machine.
 *
 * | layout  | whole disks, 2 | 3 partitions on each of 2 | stripe of 4 |
 * | volumes | 2              | 6                         | 1           |
 */
export function poolVolumes(pool: NodePool): Derivation {
  const disks = pool.machine.localDisks;
  const stripe = disks?.layout?.kind === 'stripe';
  return derived({
    id: `storage/volumes-per-node/${pool.name}`,
    unit: 'volumes',
    words: stripe ? 'one for all disks of a machine' : 'one for each disk or partition of a machine',
    expression: stripe ? '1' : 'disks * perDisk',
    inputs: stripe ? {} : { disks: poolDisks(pool), perDisk: disks?.layout?.volumesOf(1) ?? 1 },
    source: 'description',
  });
}

/** File systems that a node's own disks become: one. */
export function nodeDiskVolumes(pool: string): Derivation {
  return derived({ id: `storage/scratch-volumes/${pool}`, unit: 'file systems', words: 'one for all scratch disks of a machine', expression: '1', source: 'design' });
}

/** Volumes of a pool without local disks of its own: only those that are written by hand, each on the machine it names. */
export function staticVolumesOf(pool: string): Derivation {
  return derived({ id: `storage/volumes-per-node/${pool}`, unit: 'volumes', words: 'those that are written by hand are counted on the machine', expression: '0', source: 'design' });
}

/**
 * Local volumes that are published when the cluster has its final size.
 *
 * | pools x disks | 256 nodes x 2 | 1,200 x 2 | 1,200 x 4 striped |
 * | volumes       | 512           | 2,400     | 1,200             |
 */
export function localVolumes(pools: NodePool[]): Derivation {
  return derived({
    id: 'storage/local-volumes',
    unit: 'volumes',
    words: pools.length > 0 ? `those of each node of ${pools.map(pool => pool.name).join(', ')}` : 'no pool has local disks',
    expression: pools.map((_, i) => `nodes${i + 1} * volumes${i + 1}`).join(' + ') || '0',
    inputs: Object.fromEntries(pools.flatMap((pool, i) => [[`nodes${i + 1}`, poolNodes(pool)], [`volumes${i + 1}`, poolVolumes(pool)]])),
    source: 'LSP:docs/provisioner.md',
  });
}

/**
 * Watch events that the API servers send while all volumes are published for the first time: every provisioner watches every volume of the
 * cluster, not only those of its node.
 *
 * | nodes x disks | 256 x 2 | 1,200 x 2 |
 * | events        | 131,072 | 2,880,000 |
 *
 * The rollout in steps of the DaemonSet spreads them.
 */
export function volumeWatchEvents(volumes: Amount, provisioners: Amount): Derivation {
  return derived({
    id: 'storage/volume-watch-events',
    unit: 'events',
    words: 'every provisioner hears of every volume',
    expression: 'volumes * provisioners',
    inputs: { volumes, provisioners },
    source: 'LSP:pkg/controller',
    confidence: Confidence.ESTIMATE,
  });
}

/** Lists of all volumes that the API servers should see per second from all provisioners together. */
const LISTS_PER_SECOND = 0.5;

/**
 * Shortest resync period of a provisioner. It draws a period between this value and twice of it, on average 1.5 times.
 *
 * | provisioners | 100 | 225 | 256 | 1,200 | 5,000 |
 * | seconds      | 300 | 300 | 360 | 1,620 | 6,720 |
 *
 * 300 s is upstream's default. That a resync costs a list is upstream's comment beside that default, not measured; new disks are found by a
 * scan of the node's own directory and do not wait for it.
 * Source: LSP:docs/provisioner.md (LSP:docs/provisioner.md).
 */
export function provisionerMinResync(provisioners: Amount): Derivation {
  return derived({
    id: 'storage/provisioner-min-resync',
    unit: 's',
    words: 'whole minutes in which all provisioners list once, at least upstream\'s default',
    expression: 'max(byDefault, 60 * ceil(provisioners / (1.5 * listsPerSecond) / 60))',
    inputs: { byDefault: 300, provisioners, listsPerSecond: LISTS_PER_SECOND },
    source: 'LSP:docs/provisioner.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Memory of a provisioner: 32 MiB for the process and 8 KiB for each volume of the cluster in its cache, where one pod in ten is taken to
 * have a network volume; rounded up to 16 MiB. Nothing but the cache grows.
 *
 * | local volumes / pods | 0 / 1,200 | 512 / 36,000 | 2,400 / 36,000 | 10,000 / 150,000 |
 * | MiB                  | 48        | 80           | 80             | 240              |
 */
export function provisionerMemory(volumes: Amount, pods: Amount): Derivation {
  return derived({
    id: 'storage/provisioner-memory',
    unit: 'bytes',
    words: '32 MiB, and every volume of the cluster in its cache: local ones, and a network volume for one pod in ten; whole 16 MiB',
    expression: '16 * 1048576 * ceil((32 + (localVolumes + ceil(pods / 10)) * kibibytesPerVolume / 1024) / 16)',
    inputs: { localVolumes: volumes, pods, kibibytesPerVolume: 8 },
    source: 'LSP:pkg/cache',
    confidence: Confidence.ESTIMATE,
  });
}

/** Requested processor time of a provisioner: it reads one directory every ten seconds. */
export function provisionerCpu(): Derivation {
  return derived({ id: 'storage/provisioner-cpu', unit: 'millicores', words: 'idle between scans of one directory', expression: '10', source: 'LSP:cmd', confidence: Confidence.ESTIMATE });
}

/**
 * Smallest and largest size that a disk may have to count as one of the declared ones: a declared GiB may be a vendor's GB (7 %) and a TiB a
 * TB (9 %), and a file system reports less than the disk. Everything else is left alone, because a pattern such as `nvme-*` also matches
 * root and network disks.
 *
 * | declared | 100 GiB     | 1 TiB          |
 * | accepted | 90-110 GiB  | 0.9-1.1 TiB    |
 */
export function acceptedDiskBytes(pool: string, size: Size): { least: Derivation; most: Derivation } {
  const declared = stated(`fleet/pools/${pool}/disk-bytes`, size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 1024, 'bytes', `declared size of a local disk of pool ${pool}`);
  const bound = (name: string, words: string, tenths: number) => derived({
    id: `storage/${name}-disk-bytes/${pool}`,
    unit: 'bytes',
    words,
    expression: `floor(${tenths} * declared / 10)`,
    inputs: { declared },
    source: 'derived: GiB against GB, TiB against TB',
    confidence: Confidence.ESTIMATE,
  });
  return { least: bound('least', 'a tenth less than declared', 9), most: bound('most', 'a tenth more than declared', 11) };
}

/**
 * Time that preparing the disks of one machine may take before systemd ends it: 60 s for the disks to appear and two minutes per disk, most
 * of it for the discard that mkfs sends first.
 *
 * | disks   | 1   | 2   | 8     |
 * | seconds | 180 | 300 | 1,020 |
 */
export function diskPreparationTimeout(pool: string, disks: Amount): Derivation {
  return derived({
    id: `storage/disk-preparation-timeout/${pool}`,
    unit: 's',
    words: 'a minute until the disks are there, two for each disk',
    expression: '60 + 120 * disks',
    inputs: { disks },
    source: 'estimate',
    confidence: Confidence.ESTIMATE,
  });
}

/** Time that udev gets to name the disks after boot; part of the time for preparing them. */
export function diskSettleTimeout(): Derivation {
  return derived({ id: 'storage/disk-settle-timeout', unit: 's', words: 'one minute from start of the unit', expression: '60', source: 'estimate', confidence: Confidence.ESTIMATE });
}

/** Time between two looks at the disks of a machine for their wear and errors; the look itself costs a second. */
export function diskLookPeriod(): Derivation {
  return derived({ id: 'storage/disk-look-period', unit: 's', words: 'four looks an hour: wear and errors grow over days, a missing disk is known by its failed unit at once', expression: '900', source: 'estimate', confidence: Confidence.ESTIMATE });
}

/**
 * Time that a node which was deleted gets to come back before its claims are deleted: registering a machine anew takes a minute, noticing a
 * mistake some more. Upstream's default is 60 s.
 */
export function lostNodeDelay(): Derivation {
  return derived({ id: 'storage/lost-node-delay', unit: 's', words: 'ten minutes to register a node again that was deleted by mistake', expression: '600', source: 'LSP:docs/node-cleanup-controller.md; estimate', confidence: Confidence.ESTIMATE });
}

/**
 * Memory of the controller that cleans up after lost nodes: it holds every node, volume and claim of the cluster; rounded up to 16 MiB.
 *
 * | local volumes / nodes / pods | 0 / 100 / 3,000 | 2,400 / 1,200 / 36,000 | 10,000 / 5,000 / 150,000 |
 * | MiB                          | 64              | 160                    | 464                      |
 */
export function cleanupMemory(volumes: Amount, nodes: Amount, pods: Amount): Derivation {
  return derived({
    id: 'storage/cleanup-memory',
    unit: 'bytes',
    words: '48 MiB, every node, and every volume with its claim: local ones, and a network volume for one pod in ten; whole 16 MiB',
    expression: '16 * 1048576 * ceil((48 + (nodes * kibibytesPerNode + (localVolumes + ceil(pods / 10)) * kibibytesPerVolume) / 1024) / 16)',
    inputs: { localVolumes: volumes, nodes, pods, kibibytesPerNode: 24, kibibytesPerVolume: 12 },
    source: 'LSP:pkg/node-cleanup',
    confidence: Confidence.ESTIMATE,
  });
}
