import { ThanosMonitoringProps } from './components/monitoring/thanos-monitoring';

/** How the cluster is watched. */
export class Monitoring {
  /** Prometheus and Thanos in the cluster. */
  public static thanos(props: ThanosMonitoringProps): Monitoring {
    return new Monitoring(props);
  }

  /** Somebody else's; scrape targets and alerts are still offered by each construct. */
  public static none(): Monitoring {
    return new Monitoring(undefined);
  }

  /** @internal */
  private constructor(
    /** @internal */
    public readonly _thanos: ThanosMonitoringProps | undefined,
  ) {}
}
