import { Size, SizeRoundingBehavior } from 'cdk8s';
import { CLOUD_MACHINES } from './cloud-machine-table';
import { Bounds, wholeNumberProblem } from '../input/numbers';
import { InvalidInput, Problems } from '../input/problems';
import { lineProblem, quoted } from '../input/text-safety';

/** Local disks of a machine that are given to pods, beside the root disk. */
export interface LocalDisks {
  /** Number of disks. */
  readonly count: number;

  /** Size of each. */
  readonly size: Size;

  /**
   * Pattern below `/dev/disk/by-id/` that finds the disks; device names such as `/dev/nvme1n1` move after a reboot.
   *
   * @default nvme-*
   */
  readonly byIdPattern?: string;
}

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
   * Local disks for pods.
   *
   * @default - none
   */
  readonly localDisks?: LocalDisks;
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
   * Local disks for pods.
   *
   * @default - none, also where the type has some
   */
  readonly localDisks?: LocalDisks;
}

const CPU: Bounds = { min: 1, max: 1024, why: 'cores of one machine' };
const BY_ID = /^[A-Za-z0-9._*?[\]-]+$/;

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
    return new MachineShape({ cpu: row.cpu, memory: Size.gibibytes(row.gibibytes), threadsPerCore: row.threadsPerCore, ...props });
  }

  public readonly cpu: number;
  public readonly memory: Size;
  public readonly numaNodes: number;
  /** Hardware threads of one physical core. */
  public readonly threadsPerCore: number;
  /** Undefined: not known. */
  public readonly threadNumbers?: ThreadNumbers;
  public readonly localDisks?: LocalDisks;

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
    if (props.localDisks) {
      problems.add(wholeNumberProblem('localDisks.count', props.localDisks.count, { min: 1, max: 64, why: 'disks of one machine' }));
      const pattern = props.localDisks.byIdPattern ?? 'nvme-*';
      problems.add(lineProblem('localDisks.byIdPattern', pattern));
      problems.require(BY_ID.test(pattern), `localDisks.byIdPattern must be a file name pattern of /dev/disk/by-id without slashes or spaces, got '${pattern}'`);
    }
    problems.throwIfAny();
    this.cpu = props.cpu;
    this.memory = props.memory;
    this.numaNodes = props.numaNodes ?? 1;
    this.threadsPerCore = threads;
    this.threadNumbers = threads === 1 ? ThreadNumbers.NEIGHBOURS : props.threadNumbers;
    this.localDisks = props.localDisks && { byIdPattern: 'nvme-*', ...props.localDisks };
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
