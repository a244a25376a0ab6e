import { Duration } from 'cdk8s';
import { HPA_LIMITS, promotionBehavior, promotionStep, ScalingBehavior, ScalingPolicy, ScalingRules, STEADY_BEHAVIOR } from '../../capacity/hpa-capacity';
import { HPA_FEATURES } from '../../catalogue/autoscaling-features';
import { inRange } from '../../catalogue/version-range';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { Derivation } from '../../derivation/derivation';
import { numberProblem, wholeNumberProblem } from '../../input/numbers';

/** Which policy counts when there are several. */
export enum HpaSelectPolicy {
  /** The one that allows the larger change. */
  MAX = 'Max',
  /** The one that allows the smaller change. */
  MIN = 'Min',
  /** No change in this direction at all. */
  DISABLED = 'Disabled',
}

/** A rate limit of one direction. */
export class HpaPolicy {
  /** At most so many per cent of the replicas at the start of the period. */
  public static percent(value: number, period: Duration): HpaPolicy {
    return new HpaPolicy('Percent', value, period);
  }

  /** At most so many pods in the period. */
  public static pods(value: number, period: Duration): HpaPolicy {
    return new HpaPolicy('Pods', value, period);
  }

  private constructor(private readonly type: 'Pods' | 'Percent', private readonly value: number, private readonly period: Duration) {}

  /** @internal */
  public _problems(field: string): Array<string | undefined> {
    return [
      wholeNumberProblem(`${field}: ${this.type.toLowerCase()}`, this.value, { min: 1, max: HPA_LIMITS.replicas, why: 'a policy of 0 never acts; use HpaSelectPolicy.DISABLED' }),
      wholeNumberProblem(`${field}: period in seconds`, seconds(this.period), { min: 1, max: HPA_LIMITS.periodSeconds }),
    ];
  }

  /** @internal */
  public _policy(): ScalingPolicy {
    return { type: this.type, value: this.value, periodSeconds: seconds(this.period) };
  }
}

/** Rules of one direction. */
export interface HpaRules {
  /** Rate limits; at least one. */
  readonly policies: HpaPolicy[];

  /**
   * Which of several policies counts. `MIN` makes a slow way slower: 200 to 10 replicas by at most 10 % and 5 pods per minute take 43 minutes.
   *
   * @default HpaSelectPolicy.MAX
   */
  readonly selectPolicy?: HpaSelectPolicy;

  /**
   * How long the metric must ask for it, up to one hour. On the way up it is added to the time until new pods run.
   *
   * @default - none on the way up, 5 minutes on the way down
   */
  readonly stabilizationWindow?: Duration;

  /**
   * Deviation from the target that is ignored, as a share: 0.05 acts from 5 % on. Kubernetes 1.35 and newer.
   *
   * @default - 0.1, a setting of the controller manager
   */
  readonly tolerance?: number;
}

/** Rules of both directions. */
export interface HpaBehaviorOptions {
  /** The way up. */
  readonly scaleUp: HpaRules;

  /**
   * The way down.
   *
   * @default - as `HpaBehavior.steady()`: a quarter per minute after five quiet minutes
   */
  readonly scaleDown?: HpaRules;
}

/** How fast replicas may follow the metric. */
export class HpaBehavior {
  /**
   * For sudden load: doubles every 15 seconds or adds a tenth of the maximum, whichever is more, and gives back a tenth per minute after ten
   * quiet minutes. 10 to 200 replicas in one minute.
   */
  public static promotion(): HpaBehavior {
    return new HpaBehavior((id, maxReplicas) => {
      const step = promotionStep(id, maxReplicas);
      return { behavior: promotionBehavior(step), derivations: [step] };
    }, () => []);
  }

  /** For load that follows the day: Kubernetes' own speed on the way up after one minute, a quarter per minute on the way down after five. */
  public static steady(): HpaBehavior {
    return new HpaBehavior(() => ({ behavior: STEADY_BEHAVIOR, derivations: [] }), () => []);
  }

  /** Your own rules. The time they need is computed all the same. */
  public static custom(options: HpaBehaviorOptions): HpaBehavior {
    return new HpaBehavior(
      () => ({
        behavior: {
          scaleUp: rules(options.scaleUp, 0),
          scaleDown: options.scaleDown ? rules(options.scaleDown, STEADY_BEHAVIOR.scaleDown.stabilizationWindowSeconds) : STEADY_BEHAVIOR.scaleDown,
        },
        derivations: [],
      }),
      release => [
        ...rulesProblems('behavior.scaleUp', options.scaleUp, release),
        options.scaleUp.selectPolicy === HpaSelectPolicy.DISABLED ? 'behavior.scaleUp must not be disabled: maxReplicas would never be reached; leave the autoscaler out instead' : undefined,
        ...(options.scaleDown ? rulesProblems('behavior.scaleDown', options.scaleDown, release) : []),
      ],
    );
  }

  private constructor(
    private readonly resolve: (id: string, maxReplicas: number) => ResolvedBehavior,
    private readonly check: (release: KubernetesRelease) => Array<string | undefined>,
  ) {}

  /** @internal */
  public _problems(release: KubernetesRelease): Array<string | undefined> {
    return this.check(release);
  }

  /** @internal */
  public _resolve(id: string, maxReplicas: number): ResolvedBehavior {
    return this.resolve(id, maxReplicas);
  }
}

/** @internal */
export interface ResolvedBehavior {
  readonly behavior: ScalingBehavior;
  readonly derivations: Derivation[];
}

function rulesProblems(field: string, input: HpaRules, release: KubernetesRelease): Array<string | undefined> {
  return [
    input.policies.length > 0 ? undefined : `${field}.policies must name at least one HpaPolicy`,
    ...input.policies.flatMap((policy, i) => policy._problems(`${field}.policies[${i}]`)),
    input.stabilizationWindow === undefined ? undefined
      : wholeNumberProblem(`${field}.stabilizationWindow in seconds`, seconds(input.stabilizationWindow), { min: 0, max: HPA_LIMITS.stabilizationWindowSeconds }),
    input.tolerance === undefined ? undefined : numberProblem(`${field}.tolerance`, input.tolerance, { min: 0, max: 1, why: 'a share of the target: 0.05 is 5 %' }),
    input.tolerance === undefined || inRange(release.version, HPA_FEATURES.tolerance) ? undefined
      : `${field}.tolerance needs Kubernetes ${HPA_FEATURES.tolerance.added}, the cluster runs ${release}; leave it out`,
  ];
}

function rules(input: HpaRules, defaultWindow: number): ScalingRules {
  return {
    selectPolicy: input.selectPolicy ?? HpaSelectPolicy.MAX,
    policies: input.policies.map(policy => policy._policy()),
    stabilizationWindowSeconds: input.stabilizationWindow === undefined ? defaultWindow : seconds(input.stabilizationWindow),
    tolerance: input.tolerance,
  };
}

function seconds(duration: Duration): number {
  return duration.toMilliseconds() / 1000;
}
