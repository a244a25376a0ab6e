import { MetricSpecV2, Quantity } from '../../../imports/k8s-1.37';
import { HPA_FEATURES } from '../../catalogue/autoscaling-features';
import { inRange } from '../../catalogue/version-range';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { numberProblem, wholeNumberProblem } from '../../input/numbers';
import { dnsLabelProblem, quoted } from '../../input/text-safety';

// The API server reads the name as a path segment; adapters look it up as a Prometheus name.
const METRIC_NAME = /^[A-Za-z_:][A-Za-z0-9_:.-]{0,252}$/;
const PERCENT = { min: 1, max: 1000, why: 'per cent of the CPU requests; above 100 pods live on what others leave idle' };

/** What the number of replicas follows. With several metrics the one that asks for most replicas wins. */
export class HpaMetric {
  /**
   * Average CPU of all containers in per cent of their requests, from metrics-server. Every container of the target needs a CPU request,
   * or nothing is scaled at all.
   */
  public static cpuUtilization(percent: number): HpaMetric {
    return new HpaMetric('cpu utilization', false,
      () => [wholeNumberProblem('cpuUtilization', percent, PERCENT)],
      () => ({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }));
  }

  /**
   * CPU of one container in per cent of its request: sidecars do not dilute it. Kubernetes 1.27 and newer; older API servers drop it in silence.
   *
   * @param container name of the container
   */
  public static containerCpu(container: string, percent: number): HpaMetric {
    return new HpaMetric(`cpu of container ${String(container)}`, false,
      release => [
        dnsLabelProblem('containerCpu: container', container),
        wholeNumberProblem('containerCpu: percent', percent, PERCENT),
        inRange(release.version, HPA_FEATURES.containerResource) ? undefined
          : `containerCpu needs Kubernetes ${HPA_FEATURES.containerResource.added}, the cluster runs ${release}; use cpuUtilization`,
      ],
      () => ({ type: 'ContainerResource', containerResource: { name: 'cpu', container, target: { type: 'Utilization', averageUtilization: percent } } }));
  }

  /**
   * Average of a metric over the pods, from an adapter that serves `custom.metrics.k8s.io` (metrics-server does not). Without the adapter
   * the target still grows by its other metrics, and never shrinks again.
   *
   * @param name name as the adapter serves it, for example `http_requests_per_second`
   * @param averagePerPod value per pod that is aimed at
   */
  public static podsMetric(name: string, averagePerPod: number): HpaMetric {
    return new HpaMetric(`pods metric ${String(name)}`, true,
      () => [
        typeof name === 'string' && METRIC_NAME.test(name) ? undefined
          : `podsMetric: name must be a metric name such as 'http_requests_per_second', got ${quoted(name)}`,
        numberProblem('podsMetric: averagePerPod', averagePerPod, { min: 0.001, max: 1e12, why: 'the API counts in thousandths' }),
      ],
      () => ({ type: 'Pods', pods: { metric: { name }, target: { type: 'AverageValue', averageValue: Quantity.fromString(quantity(averagePerPod)) } } }));
  }

  private constructor(
    private readonly title: string,
    private readonly custom: boolean,
    private readonly check: (release: KubernetesRelease) => Array<string | undefined>,
    private readonly spec: () => MetricSpecV2,
  ) {}

  /** Two metrics of one title would be evaluated twice and mean one. @internal */
  public get _title(): string {
    return this.title;
  }

  /** Whether the value comes from `custom.metrics.k8s.io`. @internal */
  public get _custom(): boolean {
    return this.custom;
  }

  /** @internal */
  public _problems(release: KubernetesRelease): string[] {
    return this.check(release).filter(problem => problem !== undefined) as string[];
  }

  /** @internal */
  public _spec(): MetricSpecV2 {
    return this.spec();
  }
}

/** Thousandths in the form the API server keeps them; another spelling of one value would show as a difference for ever. */
function quantity(value: number): string {
  const thousandths = Math.round(value * 1000);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}
