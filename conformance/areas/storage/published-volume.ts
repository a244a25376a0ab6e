import { createHash } from 'node:crypto';

/** A volume as the local static provisioner publishes it. */
export interface PublishedVolume {
  readonly node: string;
  readonly pool: string;
  readonly className: string;
  /** Name of the mount point or link below the discovery folder. */
  readonly file?: string;
  readonly folder?: string;
  readonly capacity?: string;
  readonly fsType?: string;
  readonly reclaimPolicy?: string;
  readonly volumeMode?: string;
  readonly zone?: string;
  /** Node that owns it (`setPVOwnerRef`). */
  readonly owner?: { readonly name: string; readonly uid: string };
}

/**
 * The object, field by field what pkg/discovery and pkg/common of the provisioner make at v2.9.0 with `useNodeNameOnly`: where its binary is given, a
 * check compares the two.
 */
export function publishedVolume(volume: PublishedVolume): object {
  const { node, pool, className, zone, owner } = volume;
  const file = volume.file ?? fakeUuid(`${node}/${className}`);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `local-pv-${fnv1a(`${file}${node}${className}`)}`,
      labels: { 'thousand-node.io/pool': pool, 'kubernetes.io/hostname': node, ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }) },
      annotations: { 'pv.kubernetes.io/provisioned-by': `local-volume-provisioner-${node}` },
      ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', ...owner }] }),
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: volume.capacity ?? '953Gi' },
      local: { path: `${volume.folder ?? `/mnt/local-disks/${className}`}/${file}`, ...(volume.volumeMode === 'Block' ? {} : { fsType: volume.fsType ?? 'ext4' }) },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] } },
      persistentVolumeReclaimPolicy: volume.reclaimPolicy ?? 'Delete',
      storageClassName: className,
      volumeMode: volume.volumeMode ?? 'Filesystem',
    },
  };
}

/** A stable identity where no disk has one. */
export function fakeUuid(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join('-');
}

/** FNV-1a, 32 bits, as Go's hash/fnv writes it in hexadecimal. */
export function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  // eslint-disable-next-line no-bitwise
  for (const byte of Buffer.from(text)) { hash = Math.imul(hash ^ byte, 0x01000193) >>> 0; }
  return hash.toString(16);
}
