import { Size, SizeRoundingBehavior } from 'cdk8s';
import {
  AzureDiskClassProps, CephRbdClassProps, CsiStorageClassProps, EbsClassProps, EbsVolumeType, GoogleDiskClassProps, GoogleDiskType,
  NetworkClassOptions, VolumeAttributes, VolumeSnapshots,
} from './network-class-props';
import { LABELS } from '../../../cluster/labels';
import { Bounds, wholeNumberProblem } from '../../../input/numbers';
import { Problems } from '../../../input/problems';
import { dnsNameProblem, labelProblem, lineProblem, quoted, safeEntries } from '../../../input/text-safety';

type Parameters = { [key: string]: string };

interface Driver {
  readonly provisioner: string;
  readonly parameters: Parameters;
  readonly topologyKey: string;
}

const IOPS: Bounds = { min: 1, max: 1_000_000, why: 'operations per second of a volume' };
/** Operations per second that a gp3 volume needs for each MiB/s. Source: aws-ebs-csi-driver docs/parameters.md, Amazon EBS volume types (0.25 MiB/s per IOPS). */
const EBS_IOPS_PER_MEBIBYTE = 4;
const EBS_FREE_IOPS = 3000;

/**
 * A class for volumes over the network, beside the local one: for data that must outlive a node. Volumes are made where their pod is scheduled, may
 * grow, and are encrypted where a provider asks.
 */
export class NetworkStorageClass {
  /** Volumes of any CSI driver. */
  public static csi(props: CsiStorageClassProps): NetworkStorageClass {
    const problems = new Problems('NetworkStorageClass');
    problems.require(props.topologyKey === undefined || props.zones !== undefined, `topologyKey '${props.topologyKey}' says nothing without zones; give zones or leave it out`);
    return new NetworkStorageClass(
      props, { provisioner: props.provisioner, parameters: props.parameters ?? {}, topologyKey: props.topologyKey ?? LABELS.zone }, problems,
    );
  }

  /** Volumes of Amazon EBS (driver `ebs.csi.aws.com`), encrypted. */
  public static ebs(props: EbsClassProps): NetworkStorageClass {
    const problems = new Problems('NetworkStorageClass');
    const type = props.volumeType ?? EbsVolumeType.GP3;
    checkIops(props.iops, problems);
    problems.require(type !== EbsVolumeType.IO2 || props.iops !== undefined, 'iops is missing: io2 volumes have what is bought for them, for example 10000');
    problems.require(type === EbsVolumeType.GP3 || props.throughput === undefined, `throughput belongs to gp3, the throughput of ${type} follows its IOPS; leave it out`);
    const mebibytes = whole(props.throughput);
    const needed = (mebibytes ?? 0) * EBS_IOPS_PER_MEBIBYTE;
    problems.require(needed <= (props.iops ?? EBS_FREE_IOPS),
      `throughput of ${mebibytes} MiB/s needs iops of at least ${needed} (four for each MiB/s), got ${props.iops ?? `${EBS_FREE_IOPS} by default`}; raise iops`);
    return new NetworkStorageClass(props, {
      provisioner: 'ebs.csi.aws.com',
      topologyKey: LABELS.zone,
      parameters: { type, encrypted: 'true', ...given({ iops: props.iops, throughput: mebibytes, kmsKeyId: props.kmsKeyId }) },
    }, problems);
  }

  /** Disks of Google Compute Engine (driver `pd.csi.storage.gke.io`). */
  public static googleDisk(props: GoogleDiskClassProps): NetworkStorageClass {
    const problems = new Problems('NetworkStorageClass');
    const type = props.diskType ?? GoogleDiskType.HYPERDISK_BALANCED;
    checkIops(props.iops, problems);
    const hasIops = [GoogleDiskType.HYPERDISK_BALANCED, GoogleDiskType.HYPERDISK_EXTREME].includes(type);
    const hasThroughput = [GoogleDiskType.HYPERDISK_BALANCED, GoogleDiskType.HYPERDISK_THROUGHPUT].includes(type);
    problems.require(hasIops || props.iops === undefined, `iops cannot be bought for ${type}; leave it out or use hyperdisk-balanced`);
    problems.require(hasThroughput || props.throughput === undefined, `throughput cannot be bought for ${type}; leave it out or use hyperdisk-balanced`);
    const throughput = whole(props.throughput);
    return new NetworkStorageClass(props, {
      provisioner: 'pd.csi.storage.gke.io',
      topologyKey: 'topology.gke.io/zone',
      parameters: {
        type,
        ...given({ 'provisioned-iops-on-create': props.iops, 'provisioned-throughput-on-create': throughput === undefined ? undefined : `${throughput}Mi`, 'disk-encryption-kms-key': props.kmsKey }),
      },
    }, problems);
  }

  /** Premium SSD v2 of Azure (driver `disk.csi.azure.com`). */
  public static azureDisk(props: AzureDiskClassProps): NetworkStorageClass {
    const problems = new Problems('NetworkStorageClass');
    checkIops(props.iops, problems);
    return new NetworkStorageClass(props, {
      provisioner: 'disk.csi.azure.com',
      topologyKey: 'topology.disk.csi.azure.com/zone',
      // These disks know no host cache, and the driver refuses one.
      parameters: {
        skuName: 'PremiumV2_LRS', cachingMode: 'None', ...given({ DiskIOPSReadWrite: props.iops, DiskMBpsReadWrite: whole(props.throughput), diskEncryptionSetID: props.diskEncryptionSetId }),
      },
    }, problems);
  }

  /** Block devices of a Ceph cluster (driver `rbd.csi.ceph.com`). */
  public static cephRbd(props: CephRbdClassProps): NetworkStorageClass {
    const secret = props.secretName ?? 'csi-rbd-secret';
    const problems = new Problems('NetworkStorageClass');
    problems.add(dnsNameProblem('secretName', secret));
    problems.add(dnsNameProblem('secretNamespace', props.secretNamespace));
    for (const [field, value] of [['clusterId', props.clusterId], ['pool', props.pool]]) {
      problems.require(typeof value === 'string' && value !== '', `${field} is missing: the driver finds its cluster and pool by it`);
    }
    const secrets = ['provisioner', 'controller-expand', 'node-stage'].flatMap(use => [
      [`csi.storage.k8s.io/${use}-secret-name`, secret], [`csi.storage.k8s.io/${use}-secret-namespace`, props.secretNamespace],
    ]);
    return new NetworkStorageClass(props, {
      provisioner: 'rbd.csi.ceph.com',
      topologyKey: LABELS.zone,
      parameters: {
        clusterID: props.clusterId,
        pool: props.pool,
        imageFeatures: 'layering',
        ...Object.fromEntries(secrets),
        ...given(props.encryptionKmsId === undefined ? {} : { encrypted: 'true', encryptionKMSID: props.encryptionKmsId }),
      },
    }, problems);
  }

  public readonly name: string;
  public readonly provisioner: string;
  public readonly parameters: { [key: string]: string };
  public readonly allowVolumeExpansion: boolean;
  public readonly retain: boolean;
  public readonly isDefault: boolean;
  /** Zones that volumes may be made in; empty for all. */
  public readonly zones: string[];
  /** Label that the driver knows zones by. */
  public readonly topologyKey: string;
  public readonly mountOptions: string[];
  public readonly attributes: VolumeAttributes[];
  public readonly snapshots?: VolumeSnapshots;

  private constructor(options: NetworkClassOptions, driver: Driver, problems: Problems) {
    problems.add(dnsNameProblem('name', options.name));
    problems.add(dnsNameProblem('provisioner', driver.provisioner));
    problems.require(!String(driver.provisioner).startsWith('kubernetes.io/'),
      `provisioner '${driver.provisioner}' is an in-tree plugin, all of which moved to CSI drivers; name the driver, for example ebs.csi.aws.com`);
    this.parameters = checkedParameters('parameters', driver.parameters, problems);
    problems.require(options.zones === undefined || options.zones.length > 0, 'zones must name at least one zone; leave it out for all');
    for (const zone of options.zones ?? []) { problems.add(labelProblem('zones', driver.topologyKey, zone)); }
    for (const option of options.mountOptions ?? []) {
      problems.require(/^[A-Za-z0-9_.=:-]+$/.test(option), `mountOptions: one option each, without commas and spaces, got ${quoted(option)}`);
    }
    this.attributes = (options.attributes ?? []).map(({ name, parameters }) => {
      problems.add(dnsNameProblem('attributes: name', name));
      problems.require(Object.keys(parameters).length > 0, `attributes '${name}' must have a parameter, since a class that changes nothing is a mistake`);
      return { name, parameters: checkedParameters(`attributes '${name}'`, parameters, problems) };
    });
    const names = this.attributes.map(({ name }) => name);
    for (const twice of new Set(names.filter((name, i) => names.indexOf(name) !== i))) { problems.add(`attributes: '${twice}' stands there twice; classes need names of their own`); }
    if (options.snapshots) {
      if (options.snapshots.name !== undefined) { problems.add(dnsNameProblem('snapshots.name', options.snapshots.name)); }
      this.snapshots = { ...options.snapshots, name: options.snapshots.name ?? options.name, parameters: checkedParameters('snapshots.parameters', options.snapshots.parameters ?? {}, problems) };
    }
    problems.throwIfAny();
    this.name = options.name;
    this.provisioner = driver.provisioner;
    this.allowVolumeExpansion = options.allowVolumeExpansion ?? true;
    this.retain = options.retain ?? false;
    this.isDefault = options.isDefault ?? false;
    this.zones = [...(options.zones ?? [])];
    this.topologyKey = driver.topologyKey;
    this.mountOptions = [...(options.mountOptions ?? [])];
  }
}

function checkedParameters(field: string, parameters: Parameters, problems: Problems): Parameters {
  const entries = safeEntries(field, parameters);
  for (const [key, value] of entries) { problems.add(lineProblem(`${field}: key`, key) ?? lineProblem(`${field}['${key}']`, value)); }
  return Object.fromEntries(entries);
}

function checkIops(iops: number | undefined, problems: Problems): void {
  if (iops !== undefined) { problems.add(wholeNumberProblem('iops', iops, IOPS)); }
}

const whole = (size: Size | undefined) => size?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });

/** What was given, as text: parameters of a StorageClass are strings. */
function given(values: { [key: string]: string | number | undefined }): Parameters {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]));
}
