import { k8s as plus } from 'cdk8s-plus-24';
import { Manifest } from './in-cluster-object';
import { KubePodDisruptionBudget } from '../../imports/k8s-1.37';
import { UNHEALTHY_POD_EVICTION_POLICY } from '../catalogue/autoscaling-features';
import { inRange } from '../catalogue/version-range';
import { KubernetesRelease } from '../cluster/kubernetes-release';

export interface DisruptionBudget {
  readonly name: string;
  readonly namespace: string;
  readonly podLabels: { [key: string]: string };
  /** Pods that a drain may take away at a time: a count, or a share such as `10%`. */
  readonly maxUnavailable: number | string;
}

/**
 * A disruption budget in the form that a release takes. Never a budget that allows nothing: it blocks every drain and every
 * scale-down of the nodes below it. Pods that crash do not count as protected, or one broken Deployment holds its nodes for ever.
 */
export function disruptionBudget(release: KubernetesRelease, budget: DisruptionBudget): Manifest {
  const { name, namespace, maxUnavailable } = budget;
  const amount = typeof maxUnavailable === 'number' ? plus.IntOrString.fromNumber(maxUnavailable) : plus.IntOrString.fromString(maxUnavailable);
  return KubePodDisruptionBudget.manifest({
    metadata: { name, namespace },
    spec: {
      maxUnavailable: amount,
      selector: { matchLabels: budget.podLabels },
      unhealthyPodEvictionPolicy: inRange(release.version, UNHEALTHY_POD_EVICTION_POLICY) ? 'AlwaysAllow' : undefined,
    },
  });
}
