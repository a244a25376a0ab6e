import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** Options of the static CPU manager, by upstream's name. */
export enum CpuManagerOption {
  /** Whole physical cores only: two pods never share a core. A pod that asks for half a core is refused. */
  FULL_CORES = 'full-pcpus-only',
  /** Spread the cores of one container evenly over NUMA nodes where it needs several. */
  SPREAD_OVER_NUMA = 'distribute-cpus-across-numa',
  /** Align with sockets instead of NUMA nodes. */
  ALIGN_BY_SOCKET = 'align-by-socket',
  /** Threads of one container on different cores. */
  SPREAD_OVER_CORES = 'distribute-cpus-across-cores',
  /** No pod runs on the system's CPUs, not even one without exclusive cores. */
  STRICT_RESERVATION = 'strict-cpu-reservation',
  /** Cores of one container behind the same last-level cache where possible. */
  PREFER_SHARED_CACHE = 'prefer-align-cpus-by-uncorecache',
}

/** Whether containers can have cores of their own. */
export class CpuManager {
  /** Every container runs on every core. */
  public static shared(): CpuManager {
    return new CpuManager(false, []);
  }

  /**
   * A container of a Guaranteed pod that asks for whole CPUs gets them for itself.
   *
   * @param options none: `full-pcpus-only` where the release has it and a core has several threads
   */
  public static exclusive(...options: CpuManagerOption[]): CpuManager {
    return new CpuManager(true, options);
  }

  private constructor(
    /** Whether the policy is `static`. */
    public readonly isExclusive: boolean,
    /** Options as given. */
    public readonly options: CpuManagerOption[],
  ) {}
}

/** What the topology manager does with a pod whose devices, cores and memory do not lie on the same NUMA node. */
export enum TopologyPolicy {
  /** Does not look. */
  NONE = 'none',
  /** Prefers a common node, takes any. */
  BEST_EFFORT = 'best-effort',
  /** Refuses a pod that does not get the best possible set of nodes. */
  RESTRICTED = 'restricted',
  /** Refuses a pod that does not fit into one node. The scheduler does not know: such a pod fails with TopologyAffinityError. */
  SINGLE_NUMA_NODE = 'single-numa-node',
}

/** What has to lie together. */
export enum TopologyScope {
  /** Each container for itself. */
  CONTAINER = 'container',
  /** All containers of a pod. */
  POD = 'pod',
}

/** Further settings of the topology manager. */
export interface TopologyManagerOptions {
  /**
   * What has to lie together.
   *
   * @default - each container, upstream's default
   */
  readonly scope?: TopologyScope;

  /**
   * Prefer NUMA nodes that are close to each other where several are needed. Usable from 1.28 on.
   *
   * @default false
   */
  readonly preferClosest?: boolean;
}

/** Whether cores, memory and devices of a pod are taken from one NUMA node. */
export class TopologyManager {
  public static of(policy: TopologyPolicy, options: TopologyManagerOptions = {}): TopologyManager {
    return new TopologyManager(policy, options.scope, options.preferClosest ?? false);
  }

  private constructor(
    public readonly policy: TopologyPolicy,
    /** Undefined: upstream's default. */
    public readonly scope: TopologyScope | undefined,
    public readonly preferClosest: boolean,
  ) {}
}

/** Whether memory of Guaranteed pods is bound to NUMA nodes. */
export enum MemoryManager {
  /** The kernel takes it from anywhere. */
  NONE = 'None',
  /** From as few NUMA nodes as possible; what the system withholds is spread over all nodes, to the byte. */
  STATIC = 'Static',
}

/** Huge pages of one machine, by size. */
export interface HugePagesProps {
  /**
   * Pages of 2 MiB.
   *
   * @default 0
   */
  readonly pagesOf2Mi?: number;

  /**
   * Pages of 1 GiB. They have to be taken soon after boot, before memory is in pieces.
   *
   * @default 0
   */
  readonly pagesOf1Gi?: number;
}

/** Memory that is set aside as huge pages: pods have to ask for it by name (`hugepages-2Mi`), nothing else can use it. */
export class HugePages {
  public static of(props: HugePagesProps): HugePages {
    const problems = new Problems('hugePages');
    problems.add(wholeNumberProblem('pagesOf2Mi', props.pagesOf2Mi ?? 0, { min: 0, max: 8_388_608, why: 'pages of one machine' }));
    problems.add(wholeNumberProblem('pagesOf1Gi', props.pagesOf1Gi ?? 0, { min: 0, max: 16_384, why: 'pages of one machine' }));
    problems.require((props.pagesOf2Mi ?? 0) !== 0 || (props.pagesOf1Gi ?? 0) !== 0, 'pagesOf2Mi or pagesOf1Gi must be above 0; leave hugePages out for none');
    problems.throwIfAny();
    return new HugePages(props.pagesOf2Mi ?? 0, props.pagesOf1Gi ?? 0);
  }

  private constructor(
    /** Pages of 2 MiB per machine. */
    public readonly pagesOf2Mi: number,
    /** Pages of 1 GiB per machine. */
    public readonly pagesOf1Gi: number,
  ) {}

  /** What they take of the machine's memory, in MiB. */
  public get mebibytes(): number {
    return 2 * this.pagesOf2Mi + 1024 * this.pagesOf1Gi;
  }
}
