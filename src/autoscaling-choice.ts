import { ScaledAutoscalerProps } from './components/autoscaler/scaled-autoscaler';

/** Who adds and removes nodes. */
export class Autoscaling {
  /** Cluster Autoscaler. */
  public static clusterAutoscaler(props: ScaledAutoscalerProps = {}): Autoscaling {
    return new Autoscaling(props);
  }

  /** People, or somebody else's controller. */
  public static none(): Autoscaling {
    return new Autoscaling(undefined);
  }

  /** @internal */
  private constructor(
    /** @internal */
    public readonly _clusterAutoscaler: ScaledAutoscalerProps | undefined,
  ) {}
}
