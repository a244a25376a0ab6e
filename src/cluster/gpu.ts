import { wholeNumberProblem } from '../input/numbers';
import { Problems } from '../input/problems';

const MODEL = /^[A-Za-z0-9][A-Za-z0-9-]{0,30}$/;

/** Accelerators of the machines of a pool. */
export class Gpu {
  /** NVIDIA cards: model such as `T4` and number per machine. Driver and container toolkit belong to the machine image. */
  public static nvidia(model: string, count: number): Gpu {
    return new Gpu('nvidia', 'nvidia.com/gpu', model, count);
  }

  private constructor(
    /** Vendor in lower case. */
    public readonly vendor: string,
    /** Name of the extended resource that pods ask for. */
    public readonly resourceName: string,
    public readonly model: string,
    /** Cards per machine. */
    public readonly count: number,
  ) {
    const problems = new Problems('gpu');
    problems.require(MODEL.test(model), `model must be letters, digits and '-', got '${model}'`);
    problems.add(wholeNumberProblem('count', count, { min: 1, max: 16, why: 'cards of one machine' }));
    problems.throwIfAny();
  }
}
