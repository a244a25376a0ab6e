import { Size, SizeRoundingBehavior } from 'cdk8s';
import { Confidence, derived, Derivation } from '../derivation/derivation';

const MIB = 1024 ** 2;

/**
 * Local volumes that are published when the cluster has its final size: one per disk.
 *
 * | pools x disks | 256 nodes x 2 | 1,200 x 2 |
 * | volumes       | 512           | 2,400     |
 */
export function localVolumes(pools: Array<{ nodes: number; disks: number }>): Derivation {
  return derived({
    id: 'storage/local-volumes',
    value: pools.reduce((sum, pool) => sum + pool.nodes * pool.disks, 0),
    unit: 'volumes',
    formula: pools.map(pool => `${pool.nodes} nodes x ${pool.disks} disks`).join(' + ') || 'no pool has local disks',
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
export function volumeWatchEvents(volumes: Derivation, provisioners: number): Derivation {
  return derived({
    id: 'storage/volume-watch-events',
    value: volumes.value * provisioners,
    unit: 'events',
    formula: `${volumes.value} volumes x ${provisioners} provisioners`,
    source: 'LSP:pkg/controller',
    from: [volumes],
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
export function provisionerMinResync(provisioners: number): Derivation {
  const seconds = Math.max(300, 60 * Math.ceil(provisioners / (1.5 * LISTS_PER_SECOND) / 60));
  return derived({
    id: 'storage/provisioner-min-resync',
    value: seconds,
    unit: 's',
    formula: `max(300, ${provisioners} provisioners / (1.5 x ${LISTS_PER_SECOND} lists/s), rounded up to minutes)`,
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
export function provisionerMemory(volumes: Derivation, pods: number): Derivation {
  const cached = volumes.value + Math.ceil(pods / 10);
  return derived({
    id: 'storage/provisioner-memory',
    value: 16 * MIB * Math.ceil((32 * MIB + 8 * 1024 * cached) / (16 * MIB)),
    unit: 'bytes',
    formula: `32 MiB + 8 KiB x (${volumes.value} local + ${Math.ceil(pods / 10)} other volumes), rounded up to 16 MiB`,
    source: 'LSP:pkg/cache',
    from: [volumes],
    confidence: Confidence.ESTIMATE,
  });
}

/** Requested processor time of a provisioner: it reads one directory every ten seconds. */
export function provisionerCpu(): Derivation {
  return derived({ id: 'storage/provisioner-cpu', value: 10, unit: 'millicores', formula: 'idle between scans of one directory', source: 'LSP:cmd', confidence: Confidence.ESTIMATE });
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
  const declared = size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 1024;
  const bound = (name: string, factor: number) => derived({
    id: `storage/${name}-disk-bytes/${pool}`,
    value: Math.floor(declared * factor),
    unit: 'bytes',
    formula: `${declared} bytes x ${factor}`,
    source: 'derived: GiB against GB, TiB against TB',
    confidence: Confidence.ESTIMATE,
  });
  return { least: bound('least', 0.9), most: bound('most', 1.1) };
}

/**
 * Time that preparing the disks of one machine may take before systemd ends it: 60 s for the disks to appear and two minutes per disk, most
 * of it for the discard that mkfs sends first.
 *
 * | disks   | 1   | 2   | 8     |
 * | seconds | 180 | 300 | 1,020 |
 */
export function diskPreparationTimeout(pool: string, disks: number): Derivation {
  return derived({
    id: `storage/disk-preparation-timeout/${pool}`, value: 60 + 120 * disks, unit: 's', formula: `60 + 120 x ${disks} disks`, source: 'estimate', confidence: Confidence.ESTIMATE,
  });
}

/** Time that udev gets to name the disks after boot; part of the time for preparing them. */
export function diskSettleTimeout(): Derivation {
  return derived({ id: 'storage/disk-settle-timeout', value: 60, unit: 's', formula: 'one minute from start of the unit', source: 'estimate', confidence: Confidence.ESTIMATE });
}
