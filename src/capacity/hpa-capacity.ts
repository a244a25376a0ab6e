import { Amount, Confidence, derived, Derivation, stated, stepped } from '../derivation/derivation';

/** How often the controller looks at an autoscaler. Source: KK:pkg/controller/podautoscaler/config/v1alpha1/defaults.go. */
export const HPA_SYNC_SECONDS = 15;

/** What `autoscaling/v2` allows. Source: KK:pkg/apis/autoscaling/validation/validation.go, API@36 autoscaling/v2 types.go. */
export const HPA_LIMITS = { periodSeconds: 1800, stabilizationWindowSeconds: 3600, replicas: 2 ** 31 - 1 } as const;

/** One rate limit: at most `value` pods, or per cent of the replicas at the start of the period, in `periodSeconds`. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** Rules of one direction. */
export interface ScalingRules {
  /** Max takes the policy that allows the larger change, Min the smaller; Disabled never scales in this direction. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: ScalingPolicy[];
  readonly stabilizationWindowSeconds: number;
  /** Deviation from the target that is ignored, as a share; undefined: the controller's own 0.1. */
  readonly tolerance?: number;
}

/** Rules of both directions. */
export interface ScalingBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** Kubernetes' own behaviour, which an object without `behavior` gets. Source: API@36 autoscaling/v2 types.go. */
export const KUBERNETES_DEFAULT: ScalingBehavior = {
  scaleUp: {
    selectPolicy: 'Max',
    stabilizationWindowSeconds: 0,
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }, { type: 'Pods', value: 4, periodSeconds: 15 }],
  },
  scaleDown: { selectPolicy: 'Max', stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
};

/**
 * Pods that a promotion may add per 15 s when doubling would add fewer: a tenth of the maximum, so that a small start does not cost time.
 *
 * | maximum | 40 | 200 | 1,000 |
 * | pods    | 4  | 20  | 100   |
 *
 * Source: proposal; never below Kubernetes' own 4.
 */
export function promotionStep(id: string, maxReplicas: number): Derivation {
  return derived({
    id: `hpa/${id}/scale-up-pods`,
    unit: 'pods per 15 s',
    words: 'a tenth of the maximum, at least Kubernetes\' own 4',
    expression: 'max(4, ceil(maxReplicas / 10))',
    inputs: { maxReplicas: stated(`hpa/${id}/max-replicas`, maxReplicas, 'pods', 'maxReplicas') },
    source: 'API@36 autoscaling/v2 types.go',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Sudden load: up without delay and without a window, at a deviation of 5 % where the release knows it; down a tenth per minute after ten
 * quiet minutes, because a promotion comes in waves.
 */
export function promotionBehavior(step: Derivation): ScalingBehavior {
  return {
    scaleUp: {
      selectPolicy: 'Max',
      stabilizationWindowSeconds: 0,
      tolerance: 0.05,
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }, { type: 'Pods', value: step.value, periodSeconds: 15 }],
    },
    scaleDown: { selectPolicy: 'Max', stabilizationWindowSeconds: 600, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] },
  };
}

/** Load that follows the day: Kubernetes' own way up behind a window of one minute against noise; down a quarter per minute after five. */
export const STEADY_BEHAVIOR: ScalingBehavior = {
  scaleUp: { ...KUBERNETES_DEFAULT.scaleUp, stabilizationWindowSeconds: 60 },
  scaleDown: { selectPolicy: 'Max', stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }] },
};

/** Way of the replicas from one count to another when the metric asks for the end at once. */
export interface ScalingPath {
  /** Replica counts, start and end included. */
  readonly replicas: number[];
  /** Seconds when the first step is taken at the first look. */
  readonly secondsFirstImmediate: number;
  /** Seconds when the allowance of the running period is already spent as the load arrives: the figure to plan with. */
  readonly secondsFullPeriods: number;
}

/**
 * The controller's rate limits, replayed: at each look the limit follows from the replicas at the start of each policy's period.
 * Undefined when the rules never get there. Neither the window nor the metric's own delay is in it.
 *
 * | path      | rules                                        | steps | full periods | first immediate |
 * | 10 -> 200 | article: max(20 %, 10 pods) per 60 s         | 12    | 720 s        | 660 s           |
 * | 10 -> 200 | Kubernetes: max(100 %, 4 pods) per 15 s      | 5     | 75 s         | 60 s            |
 * | 10 -> 200 | promotion: max(100 %, 20 pods) per 15 s      | 4     | 60 s         | 45 s            |
 * | 2 -> 200  | Kubernetes                                   | 7     | 105 s        | 90 s            |
 * | 2 -> 200  | promotion                                    | 5     | 75 s         | 60 s            |
 * | 200 -> 10 | article: min(10 %, 5 pods) per 60 s          | 43    | 2,580 s      | 2,520 s         |
 *
 * Source: API@36 autoscaling/v2 (table); KK:pkg/controller/podautoscaler/horizontal.go (rounding up on the way up, towards zero on the way down).
 */
export function scalingPath(from: number, to: number, rules: ScalingRules): ScalingPath | undefined {
  if (from === to) { return { replicas: [from], secondsFirstImmediate: 0, secondsFullPeriods: 0 }; }
  if (rules.selectPolicy === 'Disabled' || rules.policies.length === 0) { return undefined; }
  const up = to > from;
  const periods = rules.policies.map(policy => policy.periodSeconds);
  const longest = Math.max(...periods);
  const replicas = [from];
  let changes: Array<{ readonly second: number; readonly by: number }> = [];
  let second = 0;
  for (let current = from; ;) {
    const next = up ? Math.min(to, limit(current, second, rules, changes, up)) : Math.max(to, limit(current, second, rules, changes, up));
    if (next !== current) {
      changes = [...changes.filter(change => change.second > second - longest), { second, by: next - current }];
      current = next;
      replicas.push(current);
    }
    if (current === to) { break; }
    // Nothing changes before a step leaves one of the periods; the controller sees it at its next look.
    const free = Math.min(...changes.flatMap(change => periods.map(period => change.second + period)).filter(at => at > second));
    if (!Number.isFinite(free)) { return undefined; }
    second = Math.max(second + HPA_SYNC_SECONDS, HPA_SYNC_SECONDS * Math.ceil(free / HPA_SYNC_SECONDS));
  }
  const wait = rules.selectPolicy === 'Max' ? Math.min(...periods) : longest;
  return { replicas, secondsFirstImmediate: second, secondsFullPeriods: second + wait };
}

function limit(current: number, second: number, rules: ScalingRules, changes: ReadonlyArray<{ second: number; by: number }>, up: boolean): number {
  const proposals = rules.policies.map(policy => {
    const changed = changes.filter(change => change.second > second - policy.periodSeconds).reduce((sum, change) => sum + change.by, 0);
    const start = current - changed;
    const share = policy.value / 100;
    if (policy.type === 'Pods') { return up ? start + policy.value : start - policy.value; }
    return up ? Math.ceil(start * (1 + share)) : Math.trunc(start * (1 - share));
  });
  const largerChange = rules.selectPolicy === 'Max';
  // A proposal may lie behind the present count while an earlier step still fills its period; that is no step back.
  return up
    ? Math.max(current, largerChange ? Math.max(...proposals) : Math.min(...proposals))
    : Math.min(current, largerChange ? Math.min(...proposals) : Math.max(...proposals));
}

/** Seconds from the minimum to the maximum by the policies, the window included; undefined when scaling up is off. */
export function secondsToMax(id: string, minReplicas: number, maxReplicas: number, behavior: ScalingBehavior): Derivation | undefined {
  return pathSeconds(`hpa/${id}/seconds-to-max`, boundOf(id, 'min', minReplicas), boundOf(id, 'max', maxReplicas), behavior.scaleUp);
}

/** Seconds from the maximum back to the minimum, the window included; undefined when scaling down is off. 200 -> 10 in the article: 2,880 s. */
export function secondsToMin(id: string, minReplicas: number, maxReplicas: number, behavior: ScalingBehavior): Derivation | undefined {
  return pathSeconds(`hpa/${id}/seconds-to-min`, boundOf(id, 'max', maxReplicas), boundOf(id, 'min', minReplicas), behavior.scaleDown);
}

/**
 * Seconds that a workload needs from an ordinary hour to the largest planned peak, by the policies of its autoscaler: from the maximum
 * divided by the profile's peak factor up to the maximum; undefined when scaling up is off.
 *
 * | maximum / peak factor | 200 / 3    | 200 / 10       |
 * | way by promotion      | 67 to 200  | 20 to 200      |
 * | seconds               | 30         | 60             |
 */
export function secondsToPeak(id: string, maxReplicas: number, peakFactor: Derivation, behavior: ScalingBehavior): Derivation | undefined {
  const most = boundOf(id, 'max', maxReplicas);
  const ordinary = derived({
    id: `hpa/${id}/ordinary-replicas`,
    unit: 'pods',
    words: 'maximum divided by the peak of the load profile',
    expression: 'max(1, ceil(maxReplicas / peakFactor))',
    inputs: { maxReplicas: most, peakFactor },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
  return pathSeconds(`hpa/${id}/seconds-to-peak`, ordinary, most, behavior.scaleUp);
}

function boundOf(id: string, bound: 'min' | 'max', value: number): Derivation {
  return stated(`hpa/${id}/${bound}-replicas`, value, 'pods', `${bound}Replicas`);
}

function pathSeconds(id: string, from: Derivation, to: Derivation, rules: ScalingRules): Derivation | undefined {
  const path = scalingPath(from.value, to.value, rules);
  if (path === undefined) { return undefined; }
  const window = rules.stabilizationWindowSeconds;
  const steps = path.replicas.length > 16 ? `${path.replicas.slice(0, 6).join(', ')}, ..., ${to.value}` : path.replicas.join(', ');
  return stepped({
    id,
    value: window + path.secondsFullPeriods,
    unit: 's',
    words: `${path.replicas.length - 1} steps (${steps}) in ${path.secondsFullPeriods} s counting full periods, ${path.secondsFirstImmediate} s if the first step is immediate, and a window of ${window} s; the metric's own delay comes on top`,
    inputs: { from, to, window },
    source: 'KK:pkg/controller/podautoscaler/horizontal.go',
    confidence: Confidence.ESTIMATE,
  });
}

/** What a rollout or a drain may take away from the target at a time: a tenth, so that a drain of ten nodes is not serial. Source: proposal. */
export function targetMaxUnavailable(id: string): Derivation {
  return derived({ id: `hpa/${id}/max-unavailable`, unit: '%', words: 'a tenth of the replicas', expression: '10', source: 'KEP-3017', confidence: Confidence.ESTIMATE });
}

/**
 * CPU of metrics-server. Replicas do not share the load: each scrapes every node.
 *
 * | kubelets   | 20  | 100 | 1,000 | 1,200 | 5,000 |
 * | millicores | 100 | 100 | 1,000 | 1,200 | 5,000 |
 *
 * Source: MS (100m up to 100 nodes, 1m per node).
 */
export function metricsServerCpu(kubelets: Amount): Derivation {
  return derived({ id: 'metrics-server/cpu', unit: 'millicores', words: 'one for each kubelet, at least 100', expression: 'max(100, kubelets)', inputs: { kubelets }, source: 'MS' });
}

/**
 * Memory of metrics-server.
 *
 * | kubelets | 20  | 100 | 1,000 | 1,200 | 5,000  |
 * | MiB      | 200 | 200 | 2,000 | 2,400 | 10,000 |
 *
 * Source: MS (200Mi up to 100 nodes, 2 MiB per node).
 */
export function metricsServerMemory(kubelets: Amount): Derivation {
  return derived({ id: 'metrics-server/memory', unit: 'MiB', words: '2 for each kubelet, at least 200', expression: 'max(200, 2 * kubelets)', inputs: { kubelets }, source: 'MS' });
}

/**
 * Memory limit of metrics-server: half as much again as upstream's formula, which is an average without pods of every node at its most.
 *
 * | kubelets | 100 | 1,000 | 1,205 | 5,000  |
 * | MiB      | 300 | 3,000 | 3,615 | 15,000 |
 *
 * A limit that is exactly the formula ends metrics-server, and every HPA with it, at the first node beyond the plan. Source: proposal.
 */
export function metricsServerMemoryLimit(memory: Derivation): Derivation {
  return derived({
    id: 'metrics-server/memory-limit',
    unit: 'MiB',
    words: 'half as much again as is expected',
    expression: 'ceil(3 * memory / 2)',
    inputs: { memory },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** How often kubelets are scraped: as often as the autoscalers look; less makes every decision older, more is not read. Source: [MS], `HPA_SYNC_SECONDS`. */
export function metricResolution(): Derivation {
  return derived({ id: 'metrics-server/metric-resolution', unit: 's', words: 'sync period of the autoscalers\' controller', expression: 'syncPeriod', inputs: { syncPeriod: HPA_SYNC_SECONDS }, source: 'MS' });
}

/**
 * CPU utilization that is aimed at where the user names no metric. The free 40 % carry the load that comes while new pods start; double
 * load in one step saturates the old ones for the seconds of `secondsToMax`. Source: proposal (60 is the reference article's value).
 */
export function cpuTarget(id: string): Derivation {
  return derived({ id: `hpa/${id}/cpu-target`, unit: '% of requests', words: '40 are left for the load that comes while pods start', expression: '100 - 40', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/** Replicas of metrics-server: one more than serves, so that a lost node does not stop every autoscaler. More divide no load. Source: [MS]. */
export function metricsServerReplicas(): Derivation {
  return derived({ id: 'metrics-server/replicas', unit: 'replicas', words: 'one serves, one is there when its node is lost', expression: '1 + 1', source: 'MS', confidence: Confidence.ESTIMATE });
}
