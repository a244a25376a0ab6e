import { HpaSettings } from './hpa-settings';
import { HpaScalingRulesV2, KubeHorizontalPodAutoscalerV2, Quantity } from '../../../imports/k8s-1.37';
import { ScalingRules } from '../../capacity/hpa-capacity';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { disruptionBudget } from '../../in-cluster/disruption-budget';
import { Manifest } from '../../in-cluster/in-cluster-object';

/** The autoscaler. v2beta2 has the same fields as v2, so one class writes both. */
export function horizontalPodAutoscaler(settings: HpaSettings): Manifest {
  const { name, namespace, kind } = settings.target;
  return {
    ...KubeHorizontalPodAutoscalerV2.manifest({
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
        minReplicas: settings.minReplicas,
        maxReplicas: settings.maxReplicas,
        metrics: settings.metrics.map(metric => metric._spec()),
        behavior: { scaleUp: scalingRules(settings.behavior.scaleUp), scaleDown: scalingRules(settings.behavior.scaleDown) },
      },
    }),
    apiVersion: settings.apiVersion,
  };
}

function scalingRules(rules: ScalingRules): HpaScalingRulesV2 {
  return {
    selectPolicy: rules.selectPolicy,
    stabilizationWindowSeconds: rules.stabilizationWindowSeconds,
    policies: rules.policies.map(({ type, value, periodSeconds }) => ({ type, value, periodSeconds })),
    // In thousandths, as the API server prints it: another spelling of the same number would show as a change at every apply.
    tolerance: rules.tolerance === undefined ? undefined : Quantity.fromString(rules.tolerance === 0 ? '0' : rules.tolerance === 1 ? '1' : `${Math.round(rules.tolerance * 1000)}m`),
  };
}

/** The target's disruption budget; undefined when its labels are not known. */
export function targetDisruptionBudget(release: KubernetesRelease, settings: HpaSettings): Manifest | undefined {
  const { name, namespace, podLabels } = settings.target;
  return podLabels && disruptionBudget(release, { name, namespace, podLabels, maxUnavailable: `${settings.maxUnavailable.value}%` });
}
