import { Size } from 'cdk8s';

/** What can be changed about a volume of a class while it is in use. */
export interface VolumeAttributes {
  /** Name that claims give as `volumeAttributesClassName`. */
  readonly name: string;

  /** Parameters that the driver can change, such as `iops` and `throughput`. */
  readonly parameters: { [key: string]: string };
}

/** Snapshots of the volumes of a class. The definitions of snapshot.storage.k8s.io and their controller are not installed by this library. */
export interface VolumeSnapshots {
  /**
   * Name of the VolumeSnapshotClass.
   *
   * @default - the name of the class
   */
  readonly name?: string;

  /**
   * Whether a snapshot outlives its object: what a deleted namespace must not take with it.
   *
   * @default false
   */
  readonly retain?: boolean;

  /**
   * Whether snapshots that name no class get this one.
   *
   * @default false
   */
  readonly isDefault?: boolean;

  /**
   * Parameters of the driver.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

/** What every class of network volumes has. */
export interface NetworkClassOptions {
  /** Name of the class, for example `network-ssd`. */
  readonly name: string;

  /**
   * Whether claims may grow; the driver must support it.
   *
   * @default true
   */
  readonly allowVolumeExpansion?: boolean;

  /**
   * Whether the volume outlives its claim.
   *
   * @default false
   */
  readonly retain?: boolean;

  /**
   * Whether claims that name no class get this one. A cluster has one default class.
   *
   * @default false
   */
  readonly isDefault?: boolean;

  /**
   * Zones that volumes may be made in. Without it a volume is made where its pod is scheduled, which is right wherever pods go.
   *
   * @default - all
   */
  readonly zones?: string[];

  /**
   * Options of the mount, such as `discard`.
   *
   * @default - none
   */
  readonly mountOptions?: string[];

  /**
   * What can be changed about volumes in use, as VolumeAttributesClasses: from 1.31 on; before 1.34 the API servers have to serve it as beta.
   *
   * @default - none
   */
  readonly attributes?: VolumeAttributes[];

  /**
   * A VolumeSnapshotClass for the driver.
   *
   * @default - none
   */
  readonly snapshots?: VolumeSnapshots;
}

/** A StorageClass whose volumes any CSI driver creates. */
export interface CsiStorageClassProps extends NetworkClassOptions {
  /** Name of the CSI driver, for example `ebs.csi.aws.com`. The driver itself is not installed by this library. */
  readonly provisioner: string;

  /**
   * Parameters of the driver: type, throughput, encryption.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };

  /**
   * Label that the driver knows zones by; only with `zones`.
   *
   * @default topology.kubernetes.io/zone
   */
  readonly topologyKey?: string;
}

/** Types of Amazon EBS volumes. */
export enum EbsVolumeType {
  /** General: throughput and IOPS are bought apart from size. */
  GP3 = 'gp3',
  /** For databases whose writes must not wait; durable to five nines. */
  IO2 = 'io2',
}

/** Volumes of Amazon EBS. */
export interface EbsClassProps extends NetworkClassOptions {
  /**
   * Type of the volumes.
   *
   * @default EbsVolumeType.GP3
   */
  readonly volumeType?: EbsVolumeType;

  /**
   * I/O operations per second of each volume; io2 needs it.
   *
   * @default - 3,000, which gp3 has without cost
   */
  readonly iops?: number;

  /**
   * Throughput of a gp3 volume per second, at most a MiB for four operations per second.
   *
   * @default - 125 MiB, which gp3 has without cost
   */
  readonly throughput?: Size;

  /**
   * Key of AWS KMS that volumes are encrypted with, by its ARN. They are encrypted in any case.
   *
   * @default - the account's key for EBS
   */
  readonly kmsKeyId?: string;
}

/** Types of Google disks. */
export enum GoogleDiskType {
  HYPERDISK_BALANCED = 'hyperdisk-balanced',
  HYPERDISK_EXTREME = 'hyperdisk-extreme',
  HYPERDISK_THROUGHPUT = 'hyperdisk-throughput',
  PD_BALANCED = 'pd-balanced',
  PD_SSD = 'pd-ssd',
}

/** Volumes of Google Compute Engine. Google encrypts all of them. */
export interface GoogleDiskClassProps extends NetworkClassOptions {
  /**
   * Type of the disks. Which of them a machine can attach depends on its series.
   *
   * @default GoogleDiskType.HYPERDISK_BALANCED
   */
  readonly diskType?: GoogleDiskType;

  /**
   * I/O operations per second of each volume; hyperdisk-balanced and -extreme.
   *
   * @default - by the size of the volume
   */
  readonly iops?: number;

  /**
   * Throughput of each volume per second; hyperdisk-balanced and -throughput.
   *
   * @default - by the size of the volume
   */
  readonly throughput?: Size;

  /**
   * Key of Cloud KMS, by its full resource name.
   *
   * @default - Google's key
   */
  readonly kmsKey?: string;
}

/** Volumes of Azure, Premium SSD v2: throughput and IOPS are bought apart from size. Azure encrypts all of them. */
export interface AzureDiskClassProps extends NetworkClassOptions {
  /**
   * I/O operations per second of each volume.
   *
   * @default - 3,000, which the disk has without cost
   */
  readonly iops?: number;

  /**
   * Throughput of each volume per second.
   *
   * @default - 125 MB, which the disk has without cost
   */
  readonly throughput?: Size;

  /**
   * Resource id of a disk encryption set with a key of your own.
   *
   * @default - Azure's key
   */
  readonly diskEncryptionSetId?: string;
}

/** Volumes of a Ceph cluster (RBD). */
export interface CephRbdClassProps extends NetworkClassOptions {
  /** Identity of the Ceph cluster (`fsid`), as the driver's ConfigMap has it. */
  readonly clusterId: string;

  /** Pool of the images. */
  readonly pool: string;

  /**
   * Secret with the Ceph user of the driver.
   *
   * @default csi-rbd-secret
   */
  readonly secretName?: string;

  /** Namespace of that Secret. */
  readonly secretNamespace: string;

  /**
   * Entry of the driver's KMS configuration; with it volumes are encrypted.
   *
   * @default - none: not encrypted by the driver
   */
  readonly encryptionKmsId?: string;
}
