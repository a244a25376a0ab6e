import { HpaBehavior } from './hpa-behavior';
import { HpaMetric } from './hpa-metric';
import { cpuTarget, HPA_LIMITS, ScalingBehavior, secondsToMax, secondsToMin, secondsToPeak, targetMaxUnavailable } from '../../capacity/hpa-capacity';
import { HPA_FEATURES, hpaApiVersion } from '../../catalogue/autoscaling-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ScaleTarget, ScaleTargetKind } from '../../contracts/scale-target';
import { Derivation, given } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsLabelProblem, dnsNameProblem, labelProblem, quoted, safeEntries } from '../../input/text-safety';

/** What the settings are made from; `SmartHpaProps` without the cluster. */
export interface HpaInput {
  readonly target: ScaleTarget;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics?: HpaMetric[];
  readonly behavior?: HpaBehavior;
  readonly maxUnavailablePercent?: number;
}

/** Everything the documents of one autoscaler need. */
export interface HpaSettings {
  readonly apiVersion: string;
  readonly target: Required<Omit<ScaleTarget, 'podLabels'>> & { readonly podLabels?: { [key: string]: string } };
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: HpaMetric[];
  readonly behavior: ScalingBehavior;
  readonly secondsToMax?: Derivation;
  readonly secondsToMin?: Derivation;
  readonly maxUnavailable: Derivation;
  readonly derivations: Derivation[];
}

/** Check the input and resolve it for the cluster's release. */
export function hpaSettings(id: string, cluster: ClusterFacts, input: HpaInput): HpaSettings {
  const { target, minReplicas, maxReplicas } = input;
  const release = cluster.release;
  const problems = new Problems(`SmartHpa '${id}'`);
  problems.add(dnsNameProblem('target.name', target.name));
  problems.add(dnsLabelProblem('target.namespace', target.namespace));
  problems.require(target.podLabels === undefined || Object.keys(target.podLabels).length > 0,
    'target.podLabels must not be empty: the disruption budget would cover every pod of the namespace');
  const podLabels = target.podLabels && safeEntries('target.podLabels', target.podLabels);
  for (const [key, value] of podLabels ?? []) { problems.add(labelProblem('target.podLabels', key, value)); }

  const slots = cluster.pools.reduce((sum, pool) => sum + pool.nodes * pool.maxPods, 0);
  const minProblem = wholeNumberProblem('minReplicas', minReplicas, { min: 1, max: HPA_LIMITS.replicas, why: 'scaling to 0 needs a feature gate that is off' });
  const maxProblem = wholeNumberProblem('maxReplicas', maxReplicas, { min: 1, max: slots, why: 'pods that all pools can hold at their final size' });
  problems.add(minProblem);
  problems.add(maxProblem);
  if (!minProblem && !maxProblem) {
    problems.require(minReplicas <= maxReplicas, `minReplicas ${minReplicas} must not exceed maxReplicas ${maxReplicas}; swap them or raise maxReplicas`);
  }

  const cpu = cpuTarget(id);
  const metrics = input.metrics ?? [HpaMetric.cpuUtilization(cpu.value)];
  problems.require(metrics.length > 0, 'metrics must name at least one HpaMetric; leave the prop out for CPU utilization');
  const titles = metrics.map(metric => metric._title);
  for (const title of new Set(titles.filter((t, i) => titles.indexOf(t) !== i))) { problems.add(`metrics: ${quoted(title)} is named twice; keep one`); }
  for (const metric of metrics) { metric._problems(release).forEach(problem => problems.add(`metrics: ${problem}`)); }

  const chosen = input.behavior ?? HpaBehavior.promotion();
  chosen._problems(release).forEach(problem => problems.add(problem));
  if (input.maxUnavailablePercent !== undefined) {
    problems.add(wholeNumberProblem('maxUnavailablePercent', input.maxUnavailablePercent, { min: 1, max: 100, why: 'a budget of 0 blocks every drain' }));
    problems.require(target.podLabels !== undefined, 'maxUnavailablePercent needs target.podLabels, the labels that select the pods; add them');
  }
  problems.throwIfAny();

  const resolved = chosen._resolve(id, maxReplicas);
  const behavior = inRange(release.version, HPA_FEATURES.tolerance) ? resolved.behavior : withoutTolerance(resolved.behavior);
  const toMax = secondsToMax(id, minReplicas, maxReplicas, behavior);
  const toMin = secondsToMin(id, minReplicas, maxReplicas, behavior);
  const toPeak = secondsToPeak(id, maxReplicas, cluster.fleet.peakFactor, behavior);
  const maxUnavailable = given(input.maxUnavailablePercent, targetMaxUnavailable(id));
  return {
    apiVersion: hpaApiVersion(release.version),
    target: {
      name: target.name, namespace: target.namespace, kind: target.kind ?? ScaleTargetKind.DEPLOYMENT, podLabels: podLabels && Object.fromEntries(podLabels),
    },
    minReplicas,
    maxReplicas,
    metrics,
    behavior,
    secondsToMax: toMax,
    secondsToMin: toMin,
    maxUnavailable,
    derivations: [
      ...resolved.derivations,
      ...(input.metrics ? [] : [cpu]),
      ...(toMax ? [toMax] : []),
      ...(toMin ? [toMin] : []),
      ...(toPeak ? [toPeak] : []),
      ...(podLabels ? [maxUnavailable] : []),
    ],
  };
}

/** Our presets name a tolerance; releases that do not serve the field go without. What the user asked for was refused before. */
function withoutTolerance(behavior: ScalingBehavior): ScalingBehavior {
  return { scaleUp: { ...behavior.scaleUp, tolerance: undefined }, scaleDown: { ...behavior.scaleDown, tolerance: undefined } };
}
