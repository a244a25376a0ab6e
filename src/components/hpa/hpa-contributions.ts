import { HpaSettings } from './hpa-settings';
import { AlertGroup, AlertSeverity } from '../../contracts/contributions';

/** Alerts of one autoscaler with its own bounds, on kube-state-metrics. */
export function hpaAlertGroups(settings: HpaSettings): AlertGroup[] {
  const { name, namespace } = settings.target;
  const title = `${namespace}/${name}`;
  const suffix = camelCase(namespace) + camelCase(name);
  const selector = `namespace="${namespace}",horizontalpodautoscaler="${name}"`;
  const reach = settings.secondsToMax ? `its policies need ${settings.secondsToMax.value} s from ${settings.minReplicas} to ${settings.maxReplicas}` : 'it does not scale up';
  return [{
    name: `hpa-${namespace}-${name}`,
    alerts: [
      {
        name: `HpaAtMaximum${suffix}`,
        expression: `kube_horizontalpodautoscaler_status_desired_replicas{${selector}} >= ${settings.maxReplicas}`,
        holdsFor: '15m',
        severity: AlertSeverity.PAGE,
        summary: `${title} wants all of its ${settings.maxReplicas} replicas`,
        description: 'More load meets no more pods. Raise maxReplicas if pools and quota have room, else shed load.',
      },
      {
        name: `HpaMetricMissing${suffix}`,
        expression: `kube_horizontalpodautoscaler_status_condition{${selector},condition="ScalingActive",status="false"} == 1`,
        holdsFor: '5m',
        severity: AlertSeverity.PAGE,
        summary: `a metric of ${title} cannot be read`,
        description: 'The target still grows by its other metrics and does not shrink. Look at the autoscaler\'s events; metrics-server or the custom metrics adapter does not answer, or a container has no CPU request.',
      },
      {
        name: `HpaReplicasLag${suffix}`,
        expression: `kube_horizontalpodautoscaler_status_desired_replicas{${selector}} - kube_horizontalpodautoscaler_status_current_replicas{${selector}} > ${Math.ceil(settings.maxReplicas / 10)}`,
        holdsFor: '10m',
        severity: AlertSeverity.TICKET,
        summary: `${title} runs far fewer replicas than it wants`,
        description: `Pods wait for nodes or quota: ${reach}, node provisioning comes on top.`,
      },
    ],
  }];
}

/** `flash-sale.web` as `FlashSaleWeb`. */
function camelCase(name: string): string {
  return name.split(/[-.]/).map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
