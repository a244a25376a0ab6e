import { EXPORTERS, PROMETHEUS } from './monitoring-names';
import { NAMESPACES } from '../../cluster/namespaces';
import { ApiClient, ApiClientKind } from '../../contracts/contributions';

/** Who of the monitoring talks to the API server. */
export function monitoringApiClients(): ApiClient[] {
  return [
    { namespace: NAMESPACES.monitoring, serviceAccount: PROMETHEUS.component, kind: ApiClientKind.CONTROLLER },
    { namespace: NAMESPACES.monitoring, serviceAccount: EXPORTERS.kubeStateMetrics.name, kind: ApiClientKind.CONTROLLER },
    { namespace: NAMESPACES.monitoring, serviceAccount: EXPORTERS.podMetrics, kind: ApiClientKind.NODE_AGENT },
  ];
}
