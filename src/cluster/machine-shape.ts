import { Size, SizeRoundingBehavior } from 'cdk8s';
import { Bounds, wholeNumberProblem } from '../input/numbers';
import { Problems } from '../input/problems';
import { lineProblem } from '../input/text-safety';

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
   * Local disks for pods.
   *
   * @default - none
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

  public readonly cpu: number;
  public readonly memory: Size;
  public readonly numaNodes: number;
  public readonly localDisks?: LocalDisks;

  private constructor(props: MachineShapeProps) {
    const problems = new Problems('machine');
    problems.add(wholeNumberProblem('cpu', props.cpu, CPU));
    problems.add(wholeNumberProblem('numaNodes', props.numaNodes ?? 1, { min: 1, max: 16, why: 'NUMA nodes of one machine' }));
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
    this.localDisks = props.localDisks && { byIdPattern: 'nvme-*', ...props.localDisks };
  }

  /** Memory in whole MiB. */
  public get memoryMebibytes(): number {
    return this.memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
  }
}
