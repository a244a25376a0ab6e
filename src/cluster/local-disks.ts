import { Size, SizeRoundingBehavior } from 'cdk8s';
import { devicePatternProblem, namesModel } from './device-pattern';
import { wholeNumberProblem } from '../input/numbers';
import { InvalidInput, Problems } from '../input/problems';
import { quoted } from '../input/text-safety';

/** File system of local volumes. */
export enum LocalFilesystem {
  /** The default: known everywhere, can be checked and grown in place, ends a damaged volume read-only. */
  EXT4 = 'ext4',
  /** For large files and many writers; at least 300 MiB. */
  XFS = 'xfs',
}

/** What a pod gets of a local disk. */
export enum LocalVolumeMode {
  /** A folder with a file system. */
  FILESYSTEM = 'Filesystem',
  /** The raw device, for software that writes it itself. */
  BLOCK = 'Block',
}

const MEBIBYTE = 1024 ** 2;
/** A partition table and the alignment of the first and the last partition. */
const TABLE_BYTES = 2 * MEBIBYTE;
const LEAST_PARTITION_BYTES = 512 * MEBIBYTE;

/** How volumes are made of the disks of a machine. */
export class DiskLayout {
  /** Each disk is one volume: no neighbour can take its throughput. */
  public static wholeDisks(): DiskLayout {
    return new DiskLayout('whole', []);
  }

  /**
   * Each disk is cut into partitions, and each of them is a volume. Capacity is divided, throughput is shared.
   *
   * @param sizes size of each partition of a disk; what is left over stays empty
   */
  public static partitions(...sizes: Size[]): DiskLayout {
    return new DiskLayout('partitions', sizes);
  }

  /**
   * All disks of the machine become one volume (RAID0). It is as fast as all of them together, and lost when any of them fails: for the disks
   * of cloud instances, which go with the machine anyway.
   */
  public static stripe(): DiskLayout {
    return new DiskLayout('stripe', []);
  }

  private constructor(
    /** `whole`, `partitions` or `stripe`. */
    public readonly kind: string,
    /** Sizes of the partitions of one disk. */
    public readonly partitionSizes: Size[],
  ) {
    if (kind === 'partitions' && sizes(this).length === 0) { throw new InvalidInput('DiskLayout', ['partitions needs at least one size; use DiskLayout.wholeDisks() for undivided disks']); }
  }

  /** Sizes of the partitions of one disk, in whole MiB. */
  public get partitionMebibytes(): number[] {
    return sizes(this).map(bytes => bytes / MEBIBYTE);
  }

  /** Volumes of a machine with so many disks. */
  public volumesOf(disks: number): number {
    return this.kind === 'stripe' ? 1 : disks * Math.max(1, this.partitionSizes.length);
  }
}

const sizes = (layout: DiskLayout) => layout.partitionSizes.map(size => bytesOf(size) - bytesOf(size) % MEBIBYTE);

/** Encryption below the volumes (LUKS2): a disk that is pulled, sold or sent back is unreadable. */
export class DiskEncryption {
  /**
   * With the content of a file as the key.
   *
   * @param path absolute path on the machine, put there by whoever makes it; at least 32 random bytes, readable by root alone. A path below
   * `/run` that your secret store fills at boot keeps the key off the disks.
   */
  public static keyFile(path: string): DiskEncryption {
    const valid = typeof path === 'string' && /^(\/[A-Za-z0-9._-]+)+$/.test(path) && !path.split('/').some(part => part === '..' || part === '.');
    if (!valid) { throw new InvalidInput('DiskEncryption', [`keyFile must be an absolute path without special characters, got ${quoted(path)}`]); }
    return new DiskEncryption('key-file', path, []);
  }

  /**
   * With a key that the machine's TPM 2.0 keeps: nobody has to put one there, and the disks open in no other machine. A new mainboard or a
   * cleared TPM loses the data.
   *
   * @param pcrs registers whose content the key is bound to. None by default: with registers of the firmware (7 and lower) an update of the
   * firmware or of its keys locks the disks. Needs systemd 252 or newer on the machine.
   */
  public static tpm(pcrs: number[] = []): DiskEncryption {
    const problems = new Problems('DiskEncryption');
    for (const pcr of pcrs) { problems.add(wholeNumberProblem('pcrs', pcr, { min: 0, max: 23, why: 'registers of a TPM' })); }
    problems.throwIfAny();
    return new DiskEncryption('tpm', '', [...new Set(pcrs)].sort((a, b) => a - b));
  }

  private constructor(
    /** `key-file` or `tpm`. */
    public readonly kind: string,
    /** Path of the key; empty with a TPM. */
    public readonly keyPath: string,
    /** Registers of the TPM that the key is bound to. */
    public readonly pcrs: number[],
  ) {}
}

/** A set of equal disks of a machine, beside its root disk. */
export interface DiskSet {
  /** Number of disks. */
  readonly count: number;

  /** Size of each. A disk that is not within a tenth of it is left alone. */
  readonly size: Size;

  /**
   * Pattern of the disks' names below `/dev/disk/by-id/`; device names such as `/dev/nvme1n1` move after a reboot. It has to spell the vendor or
   * the model (`nvme-SAMSUNG_MZQL2*`), unless `rootDisk` of the machine shows that it cannot match the root disk.
   *
   * @default - the name that the cloud gives its local disks (`MachineShape.ofCloud`, Amazon and Google); needed for all other machines
   */
  readonly byIdPattern?: string;

  /**
   * File system.
   *
   * @default - what the construct that uses the disks says: ext4 for volumes, xfs for scratch disks
   */
  readonly filesystem?: LocalFilesystem;

  /**
   * Encryption. A disk that is in use without it is refused, not changed.
   *
   * @default - none
   */
  readonly encryption?: DiskEncryption;
}

/** Local disks of a machine that are given to pods as volumes. */
export interface LocalDisks extends DiskSet {
  /**
   * How volumes are made of them.
   *
   * @default DiskLayout.wholeDisks()
   */
  readonly layout?: DiskLayout;

  /**
   * What pods get: a file system or the raw device. Raw devices have a class of their own.
   *
   * @default LocalVolumeMode.FILESYSTEM
   */
  readonly volumeMode?: LocalVolumeMode;

  /**
   * Whether volumes keep their data when their claim is deleted, for databases that people look after by hand. They have a class of their
   * own, and stay `Released` until somebody cleans them.
   *
   * @default false
   */
  readonly retain?: boolean;
}

/** Folders of a node that fill with what pods bring. */
export enum NodeFolder {
  /** Images and the writable layers of containers. */
  IMAGES = '/var/lib/containerd',
  /** The kubelet's folder: emptyDir volumes, mounted Secrets and ConfigMaps. */
  POD_DATA = '/var/lib/kubelet',
  /** Logs of containers. */
  POD_LOGS = '/var/log/pods',
}

/** Local disks of a machine that its own node uses: no volumes come of them, and nothing on them outlives the node's purpose. */
export interface ScratchDisks extends DiskSet {
  /**
   * Folders that lie on them. Images alone leave emptyDir and logs on the root disk; the kubelet counts logs only where emptyDir lies, so
   * `POD_LOGS` goes with `POD_DATA`.
   *
   * @default - all three
   */
  readonly holds?: NodeFolder[];
}

/** Problems of disks that the node uses itself. */
export function scratchDisksProblems(disks: ScratchDisks, rootDisk: string | undefined, problems: Problems): void {
  diskSetProblems('scratchDisks', disks, rootDisk, problems);
  const { holds } = disks;
  if (holds === undefined) { return; }
  problems.require(holds.length > 0, 'scratchDisks.holds must name at least one folder; leave it out for all');
  problems.require(!holds.includes(NodeFolder.POD_LOGS) || holds.includes(NodeFolder.POD_DATA),
    'scratchDisks.holds: POD_LOGS without POD_DATA would not be counted: the kubelet measures logs on the file system of /var/lib/kubelet; add POD_DATA');
}

/** Problems of disks that become volumes. */
export function localDisksProblems(disks: LocalDisks, rootDisk: string | undefined, problems: Problems): void {
  diskSetProblems('localDisks', disks, rootDisk, problems);
  const { layout } = disks;
  problems.require(disks.volumeMode !== LocalVolumeMode.BLOCK || disks.filesystem === undefined,
    `localDisks.filesystem '${disks.filesystem}' makes no sense with LocalVolumeMode.BLOCK: pods get the raw device and write it themselves; leave filesystem out`);
  problems.require(layout?.kind !== 'stripe' || disks.count > 1, `localDisks.layout: a stripe needs at least two disks, got ${disks.count}; use DiskLayout.wholeDisks()`);
  if (layout?.kind !== 'partitions') { return; }
  const parts = sizes(layout);
  problems.require(parts.every(part => part >= LEAST_PARTITION_BYTES), 'localDisks.layout: a partition must have at least 512Mi');
  const [sum, size] = [parts.reduce((total, part) => total + part, 0) + TABLE_BYTES, bytesOf(disks.size)];
  problems.require(sum <= size,
    `localDisks.layout: the partitions need ${sum / MEBIBYTE}Mi with their table, a disk has ${Math.floor(size / MEBIBYTE)}Mi; make them smaller or fewer`);
}

function diskSetProblems(field: string, disks: DiskSet, rootDisk: string | undefined, problems: Problems): void {
  problems.add(wholeNumberProblem(`${field}.count`, disks.count, { min: 1, max: 64, why: 'disks of one machine' }));
  problems.require(bytesOf(disks.size) >= 1024 ** 3, `${field}.size must be at least 1Gi, got ${Math.floor(bytesOf(disks.size) / MEBIBYTE)}Mi`);
  const pattern = disks.byIdPattern;
  if (pattern === undefined) {
    problems.add(`${field}.byIdPattern is missing: nothing is known of these disks' names; ls -l /dev/disk/by-id shows them on a machine, for example nvme-SAMSUNG_MZQL2*`);
    return;
  }
  const problem = devicePatternProblem(`${field}.byIdPattern`, pattern);
  problems.add(problem);
  problems.require(problem !== undefined || rootDisk !== undefined || namesModel(pattern),
    `${field}.byIdPattern '${pattern}' names no model, so it would match the root disk of such a machine too; spell the model (nvme-SAMSUNG_MZQL2*), or say rootDisk`);
}

/** A size in bytes. */
export function bytesOf(size: Size): number {
  return size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 1024;
}
