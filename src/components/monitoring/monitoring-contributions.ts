import { EXPORTERS, PROMETHEUS } from './monitoring-names';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { ApiClient, ApiClientKind } from '../../contracts/contributions';

/** Who of the monitoring talks to the API server. */
export function monitoringApiClients(): ApiClient[] {
  return [
    {
      namespace: NAMESPACES.monitoring,
      serviceAccount: PROMETHEUS.component,
      kind: ApiClientKind.CONTROLLER,
      podLabels: {
        [LABELS.component]: PROMETHEUS.component,
      },
    },
    {
      namespace: NAMESPACES.monitoring,
      serviceAccount: EXPORTERS.kubeStateMetrics.name,
      kind: ApiClientKind.CONTROLLER,
      podLabels: {
        [LABELS.name]: EXPORTERS.kubeStateMetrics.name,
      },
    },
    {
      namespace: NAMESPACES.monitoring,
      serviceAccount: EXPORTERS.podMetrics,
      kind: ApiClientKind.NODE_AGENT,
      podLabels: {
        [LABELS.name]: EXPORTERS.podMetrics,
      },
    },
  ];
}
