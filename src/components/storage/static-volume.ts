import { createHash } from 'crypto';
import { Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { STATIC_LABEL } from './disks/disk-script';
import { localClass, StorageSettings } from './storage-settings';
import { acceptedDiskBytes } from '../../capacity/storage-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { LABELS } from '../../cluster/labels';
import { bytesOf, LocalFilesystem, LocalVolumeMode } from '../../cluster/local-disks';
import { NodePool, POOL_LABEL } from '../../cluster/node-pool';
import { Manifest } from '../../in-cluster/in-cluster-object';
import { Problems } from '../../input/problems';
import { dnsNameProblem, quoted } from '../../input/text-safety';

/** A disk of one machine, by the name that no other disk has. */
export interface LocalDisk {
  /**
   * Name of the disk below `/dev/disk/by-id/`, serial number included, for example `nvme-SAMSUNG_MZQL21T9HCJR-00A07_S64GNE0R123456`. Never a device
   * name, and never a pattern.
   */
  readonly id: string;

  /** Size of the disk. */
  readonly size: Size;

  /**
   * File system.
   *
   * @default LocalFilesystem.EXT4
   */
  readonly filesystem?: LocalFilesystem;

  /**
   * The claim that the volume is for, as `namespace/name`. Any other waits for ever before it, so nobody takes it by mistake.
   *
   * @default - whichever claim of its class is scheduled there first
   */
  readonly claim?: string;
}

/** One volume that is written by hand. */
export interface StaticVolume {
  readonly name: string;
  readonly pool: NodePool;
  readonly node: string;
  readonly disk: LocalDisk;
  readonly uuid: string;
}

const DISK_NAME = /^[A-Za-z0-9][A-Za-z0-9._:+-]*$/;

/** A volume on a disk of a node, checked against the fleet and the volumes that are there already. */
export function staticVolume(cluster: ClusterFacts, node: string, disk: LocalDisk, others: StaticVolume[]): StaticVolume {
  const problems = new Problems('LocalSsdStorage');
  const pool = cluster.pools.find(candidate => candidate.nodeNames.includes(node));
  const known = cluster.pools.flatMap(candidate => candidate.nodeNames);
  problems.require(pool !== undefined, known.length === 0
    ? `addVolume: node ${quoted(node)} cannot be checked, no pool names its nodes; set nodeNames of its NodePool`
    : `addVolume: no pool has a node ${quoted(node)}; known are ${known.slice(0, 5).join(', ')}${known.length > 5 ? ` and ${known.length - 5} more` : ''}`);
  problems.require(!disk.id.startsWith('/') && !/^(nvme\d+n\d+|[shv]d[a-z]+\d*|xvd[a-z]+)$/.test(disk.id),
    `addVolume: disk.id ${quoted(disk.id)} is a device name, which another disk may have after a reboot; use its name below /dev/disk/by-id`);
  problems.require(disk.id.startsWith('/') || DISK_NAME.test(disk.id), `addVolume: disk.id must be one name below /dev/disk/by-id, without wildcards, got ${quoted(disk.id)}`);
  problems.require(!/-part\d+$/.test(disk.id), `addVolume: disk.id ${quoted(disk.id)} is a partition; name the disk`);
  problems.require(bytesOf(disk.size) >= 1024 ** 3, 'addVolume: disk.size must be at least 1Gi');
  const twin = others.find(other => other.disk.id === disk.id);
  problems.require(twin === undefined, `addVolume: disk ${quoted(disk.id)} is a volume already, on node ${quoted(twin?.node)}; a disk is one volume`);
  if (disk.claim !== undefined) {
    const [namespace, name, ...rest] = disk.claim.split('/');
    problems.require(rest.length === 0 && dnsNameProblem('', namespace) === undefined && dnsNameProblem('', name) === undefined,
      `addVolume: disk.claim must be namespace/name, got ${quoted(disk.claim)}`);
    const other = others.find(volume => volume.disk.claim === disk.claim);
    problems.require(other === undefined, `addVolume: claim ${quoted(disk.claim)} has a volume already, ${other?.name}`);
  }
  problems.throwIfAny();
  const hash = createHash('sha256').update(`${cluster.name}/${node}/${disk.id}`).digest('hex');
  return { name: `local-${node}-${hash.slice(0, 8)}`, pool: pool!, node, disk, uuid: uuidOf(hash) };
}

/** An identity that follows from cluster, node and disk: the volume's object is written before the disk is formatted (RFC 9562, version 8). */
function uuidOf(hash: string): string {
  return [hash.slice(8, 16), hash.slice(16, 20), `8${hash.slice(21, 24)}`, `8${hash.slice(25, 28)}`, hash.slice(28, 40)].join('-');
}

/** The object of a volume. It is kept when its claim goes: whoever wrote it by hand looks after it. */
export function staticVolumeObject(settings: StorageSettings, volume: StaticVolume): Manifest {
  const { disk } = volume;
  const [namespace, claim] = disk.claim?.split('/') ?? [];
  return k8s.KubePersistentVolume.manifest({
    metadata: { name: volume.name, labels: { [POOL_LABEL]: volume.pool.name, [LABELS.hostname]: volume.node } },
    spec: {
      storageClassName: staticClass(settings).name,
      // What a file system takes of a disk for itself is not promised: nine tenths.
      capacity: { storage: k8s.Quantity.fromString(`${Math.floor(disk.size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 0.9)}Mi`) },
      accessModes: ['ReadWriteOnce'],
      volumeMode: LocalVolumeMode.FILESYSTEM,
      persistentVolumeReclaimPolicy: 'Retain',
      local: { path: `${HOST_PATHS.localVolumes}/${volume.uuid}`, fsType: disk.filesystem ?? LocalFilesystem.EXT4 },
      claimRef: namespace === undefined ? undefined : { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: LABELS.hostname, operator: 'In', values: [volume.node] }] }] } },
    },
  });
}

/** Class of volumes that are written by hand. */
export function staticClass(settings: StorageSettings): { readonly name: string; readonly volumeMode: LocalVolumeMode; readonly retain: boolean } {
  return localClass(settings.className, LocalVolumeMode.FILESYSTEM, true);
}

/**
 * The table of a pool's volumes, the same on all of its nodes: serial numbers tell a machine which lines are its own. Columns: node, disk, UUID,
 * smallest and largest size, file system.
 */
export function staticVolumeTable(volumes: StaticVolume[]): string {
  return volumes.map(({ node, disk, uuid }) => {
    const { least, most } = acceptedDiskBytes(STATIC_LABEL, disk.size);
    return `${[node, disk.id, uuid, least.value, most.value, disk.filesystem ?? LocalFilesystem.EXT4].join('\t')}\n`;
  }).sort().join('');
}
