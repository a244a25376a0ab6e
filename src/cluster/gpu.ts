import { wholeNumberProblem } from '../input/numbers';
import { Problems } from '../input/problems';

const MODEL = /^[A-Za-z0-9][A-Za-z0-9-]{0,30}$/;

/** How pods share one card. */
export enum GpuSharingKind {
  /** Pods take turns. Each sees the whole memory of the card, and a crash takes all of them down. */
  TIME_SLICING = 'time-slicing',
  /** Pods run side by side; a control daemon on the node gives each an equal part of memory and cores. */
  MPS = 'mps',
}

/** Whether several pods may use one card. The nodes then report more cards than they have. */
export class GpuSharing {
  /**
   * Pods take turns on a card; nothing separates their memory.
   *
   * @param replicas pods per card
   */
  public static timeSlicing(replicas: number): GpuSharing {
    return new GpuSharing(GpuSharingKind.TIME_SLICING, replicas, 1024);
  }

  /**
   * Pods run side by side on a card, each with an equal part of its memory. Needs a control daemon on every node; the vendor calls it
   * experimental. At most 48 pods per card, as many as CUDA's server takes clients from Volta on.
   *
   * @param replicas pods per card
   */
  public static mps(replicas: number): GpuSharing {
    return new GpuSharing(GpuSharingKind.MPS, replicas, 48);
  }

  private constructor(
    public readonly kind: GpuSharingKind,
    /** Pods per card. */
    public readonly replicas: number,
    max: number,
  ) {
    const problems = new Problems('gpu.sharing');
    problems.add(wholeNumberProblem('replicas', replicas, { min: 2, max, why: 'pods that share one card' }));
    problems.throwIfAny();
  }
}

/** Accelerators of the machines of a pool. */
export class Gpu {
  /**
   * NVIDIA cards. Driver and container toolkit belong to the machine image.
   *
   * @param model such as `T4`
   * @param count cards per machine
   * @param sharing whether several pods may use one card; without it each card belongs to one pod
   */
  public static nvidia(model: string, count: number, sharing?: GpuSharing): Gpu {
    return new Gpu('nvidia', 'nvidia.com/gpu', model, count, sharing);
  }

  private constructor(
    /** Vendor in lower case. */
    public readonly vendor: string,
    /** Name of the extended resource that pods ask for. */
    public readonly resourceName: string,
    public readonly model: string,
    /** Cards per machine. */
    public readonly count: number,
    /** Undefined: each card belongs to one pod. */
    public readonly sharing?: GpuSharing,
  ) {
    const problems = new Problems('gpu');
    problems.require(MODEL.test(model), `model must be letters, digits and '-', got '${model}'`);
    problems.add(wholeNumberProblem('count', count, { min: 1, max: 16, why: 'cards of one machine' }));
    problems.throwIfAny();
  }

  /** Cards that a machine reports: with sharing each card counts once for every pod that may use it. */
  public get reported(): number {
    return this.count * (this.sharing?.replicas ?? 1);
  }
}
