import { Size, SizeRoundingBehavior } from 'cdk8s';
import { CLOUD_MACHINES } from './cloud-machine-table';
import { devicePatternProblem, patternsMeet } from './device-pattern';
import { DiskSet, LocalDisks, localDisksProblems, ScratchDisks, scratchDisksProblems } from './local-disks';
import { Bounds, wholeNumberProblem } from '../input/numbers';
import { InvalidInput, Problems } from '../input/problems';
import { quoted } from '../input/text-safety';

/** How the kernel numbers the hardware threads of one physical core. */
export enum ThreadNumbers {
  /** Neighbours: 0 and 1 are one core. */
  NEIGHBOURS = 'neighbours',
  /** All first threads, then all second ones: 0 and 32 are one core of a machine with 64 threads. */
  APART = 'apart',
}

/** What a machine has. */
export interface MachineShapeProps {
  /** Cores (hardware threads as the kernel counts them). */
  readonly cpu: number;

  /** Memory. */
  readonly memory: Size;

  /**
   * NUMA nodes the memory is spread over.
   *
   * @default 1
   */
  readonly numaNodes?: number;

  /**
   * Hardware threads of one physical core: 2 with hyper-threading, 1 on most Arm machines. Exclusive cores and reservations are counted in
   * whole cores.
   *
   * @default - 2 for eight threads or more, else 1
   */
  readonly threadsPerCore?: number;

  /**
   * How the kernel numbers the threads of one core; `lscpu --extended` shows it. Without it the system's CPUs of a compute pool have to be
   * checked by hand.
   *
   * @default - not known
   */
  readonly threadNumbers?: ThreadNumbers;

  /**
   * Local disks that are given to pods as volumes.
   *
   * @default - none
   */
  readonly localDisks?: LocalDisks;

  /**
   * Local disks that the node uses itself, for images, emptyDir and logs, instead of its root disk. Several are striped (RAID0).
   *
   * @default - none: all of it lies on the root disk
   */
  readonly scratchDisks?: ScratchDisks;

  /**
   * Pattern of the root disk's name below `/dev/disk/by-id/`. With it the patterns of the other disks may be wide, as long as no name matches
   * both. The root disk is never touched, with or without it: on the machine, whatever is mounted or part of something is left alone.
   *
   * @default - not known
   */
  readonly rootDisk?: string;

  /**
   * Most network volumes that can be attached at a time, as the provider names it for the type, without what network cards and local disks
   * take of it. Pods with volumes beyond it wait for ever on a node that looks free.
   *
   * @default - not known, nothing is checked
   */
  readonly attachableVolumes?: number;
}

/** What a cloud's table does not say about a machine. */
export interface CloudMachineProps {
  /**
   * Memory as the kernel of your image finds it (`free -m`).
   *
   * @default - what the provider names, a few per cent more
   */
  readonly memory?: Size;

  /**
   * NUMA nodes the memory is spread over; `lscpu` shows them.
   *
   * @default 1
   */
  readonly numaNodes?: number;

  /**
   * How the kernel numbers the threads of one core.
   *
   * @default - not known
   */
  readonly threadNumbers?: ThreadNumbers;

  /**
   * Local disks that are given to pods as volumes. Their names are known for Amazon and Google.
   *
   * @default - none, also where the type has some
   */
  readonly localDisks?: LocalDisks;

  /**
   * Local disks that the node uses itself, for images, emptyDir and logs.
   *
   * @default - none, also where the type has some
   */
  readonly scratchDisks?: ScratchDisks;

  /**
   * Pattern of the root disk's name below `/dev/disk/by-id/`.
   *
   * @default - not known
   */
  readonly rootDisk?: string;

  /**
   * Most network volumes that can be attached at a time.
   *
   * @default - not known, nothing is checked
   */
  readonly attachableVolumes?: number;
}

const CPU: Bounds = { min: 1, max: 1024, why: 'cores of one machine' };
const ACCEPTED_SHARE = { least: 0.9, most: 1.1 };

/**
 * Names of the local disks of two clouds. Amazon: EKSAMI:templates/al2023/runtime/bin/setup-local-disks; Google: its page "Symlinks for disks
 * attached to VMs".
 */
const CLOUD_DISKS = { amazon: 'nvme-Amazon_EC2_NVMe_Instance_Storage_*', google: 'google-local-nvme-ssd-*' };

/** Cores, memory and disks of the machines of a pool. */
export class MachineShape {
  public static of(props: MachineShapeProps): MachineShape {
    return new MachineShape(props);
  }

  /**
   * A common machine type of a cloud, for example `m6i.4xlarge`, `Standard_D16s_v5` or `n2-standard-16`.
   *
   * @param type name as the provider writes it
   * @param props what the table does not say
   * @throws when the type is not in the table; describe the machine by `MachineShape.of` then
   */
  public static ofCloud(type: string, props: CloudMachineProps = {}): MachineShape {
    const row = Object.hasOwn(CLOUD_MACHINES, type) ? CLOUD_MACHINES[type] : undefined;
    if (row === undefined) {
      throw new InvalidInput('machine', [`type must be one of ${Object.keys(CLOUD_MACHINES).join(', ')}, got ${quoted(type)}; describe any other by MachineShape.of({ cpu, memory })`]);
    }
    const byIdPattern = /^[a-z0-9]+\.[a-z0-9]+$/.test(type) ? CLOUD_DISKS.amazon : /^n\d/.test(type) ? CLOUD_DISKS.google : undefined;
    const named = <T extends DiskSet>(disks: T | undefined): T | undefined => disks && { byIdPattern, ...disks };
    return new MachineShape({
      cpu: row.cpu,
      memory: Size.gibibytes(row.gibibytes),
      threadsPerCore: row.threadsPerCore,
      ...props,
      localDisks: named(
        props.localDisks,
      ),
      scratchDisks: named(props.scratchDisks),
    });
  }

  public readonly cpu: number;
  public readonly memory: Size;
  public readonly numaNodes: number;
  /** Hardware threads of one physical core. */
  public readonly threadsPerCore: number;
  /** Undefined: not known. */
  public readonly threadNumbers?: ThreadNumbers;
  public readonly localDisks?: LocalDisks;
  /** Disks that the node uses itself. */
  public readonly scratchDisks?: ScratchDisks;
  /** Undefined: not known. */
  public readonly attachableVolumes?: number;

  private constructor(props: MachineShapeProps) {
    const problems = new Problems('machine');
    problems.add(wholeNumberProblem('cpu', props.cpu, CPU));
    problems.add(wholeNumberProblem('numaNodes', props.numaNodes ?? 1, { min: 1, max: 16, why: 'NUMA nodes of one machine' }));
    const threads = props.threadsPerCore ?? (props.cpu >= 8 && props.cpu % 2 === 0 ? 2 : 1);
    const threadsProblem = wholeNumberProblem('threadsPerCore', threads, { min: 1, max: 8, why: 'hardware threads of one core' });
    problems.add(threadsProblem);
    problems.require(threadsProblem !== undefined || !(props.cpu % threads > 0), `threadsPerCore ${threads} must divide cpu ${props.cpu}, the number of hardware threads`);
    const mebibytes = props.memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
    problems.require(mebibytes >= 2048, `memory must be at least 2Gi, got ${mebibytes}Mi`);
    checkDisks(props, problems);
    if (props.attachableVolumes !== undefined) {
      problems.add(wholeNumberProblem('attachableVolumes', props.attachableVolumes, { min: 1, max: 1024, why: 'network volumes of one machine' }));
    }
    problems.throwIfAny();
    this.cpu = props.cpu;
    this.memory = props.memory;
    this.numaNodes = props.numaNodes ?? 1;
    this.threadsPerCore = threads;
    this.threadNumbers = threads === 1 ? ThreadNumbers.NEIGHBOURS : props.threadNumbers;
    this.localDisks = props.localDisks;
    this.scratchDisks = props.scratchDisks;
    this.attachableVolumes = props.attachableVolumes;
  }

  /**
   * Threads of the first physical cores, by number of the kernel.
   *
   * @param count threads; rounded up to whole cores
   * @internal
   */
  public _firstThreads(count: number): number[] {
    const cores = Math.ceil(count / this.threadsPerCore);
    return Array.from({ length: cores }, (_, core) => this._threadsOfCoreWith(this.threadNumbers === ThreadNumbers.APART ? core : core * this.threadsPerCore))
      .flat().sort((a, b) => a - b);
  }

  /**
   * All threads of the core that a thread belongs to.
   *
   * @internal
   */
  public _threadsOfCoreWith(thread: number): number[] {
    const cores = this.cpu / this.threadsPerCore;
    const apart = this.threadNumbers === ThreadNumbers.APART;
    const first = apart ? thread % cores : thread - thread % this.threadsPerCore;
    return Array.from({ length: this.threadsPerCore }, (_, i) => (apart ? first + i * cores : first + i));
  }

  /** Memory in whole MiB. */
  public get memoryMebibytes(): number {
    return this.memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
  }
}

function checkDisks({ localDisks, scratchDisks, rootDisk }: MachineShapeProps, problems: Problems): void {
  const rootProblem = rootDisk === undefined ? undefined : devicePatternProblem('rootDisk', rootDisk);
  problems.add(rootProblem);
  if (localDisks) { localDisksProblems(localDisks, rootDisk, problems); }
  if (scratchDisks) { scratchDisksProblems(scratchDisks, rootDisk, problems); }
  const [local, scratch] = [localDisks?.byIdPattern, scratchDisks?.byIdPattern];
  const meet = (one: string | undefined, other: string | undefined) => one !== undefined && other !== undefined && patternsMeet(one, other);
  for (const [field, pattern] of [['localDisks', local], ['scratchDisks', scratch]]) {
    problems.require(rootProblem !== undefined || !meet(pattern, rootDisk),
      `${field}.byIdPattern '${pattern}' and rootDisk '${rootDisk}' can match the same name; make one of them narrower`);
  }
  problems.require(!(localDisks && scratchDisks && meet(local, scratch) && sizesMeet(localDisks, scratchDisks)),
    `localDisks and scratchDisks could take the same disks: '${local}' and '${scratch}' can match one name, and their sizes are within a tenth of each other`);
}

function sizesMeet(one: DiskSet, other: DiskSet): boolean {
  const [a, b] = [one, other].map(disks => disks.size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }));
  return a * ACCEPTED_SHARE.least <= b * ACCEPTED_SHARE.most && b * ACCEPTED_SHARE.least <= a * ACCEPTED_SHARE.most;
}
