import { METRICS_SERVER, METRICS_SERVER_PORT, MetricsServerSettings } from './metrics-server-document';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeAuth, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

export function metricsServerScrapeTargets(podLabels: { [key: string]: string }): ScrapeTarget[] {
  return [{
    job: METRICS_SERVER,
    discovery: ScrapeDiscovery.PODS,
    namespace: NAMESPACES.kubeSystem,
    podLabels,
    port: METRICS_SERVER_PORT,
    auth: ScrapeAuth.SERVICE_ACCOUNT,
    // Estimate: the series of a generic API server; per-kubelet histograms are dropped, they grow with the nodes.
    seriesPerTarget: 600,
    dropMetrics: ['metrics_server_kubelet_.*_bucket', 'apiserver_.*_bucket'],
  }];
}

export function metricsServerAlertGroups(settings: MetricsServerSettings): AlertGroup[] {
  return [{
    name: METRICS_SERVER,
    alerts: [
      {
        name: 'MetricsServerDown',
        expression: 'absent(up{job="metrics-server"} == 1)',
        holdsFor: '5m',
        severity: AlertSeverity.PAGE,
        summary: 'no metrics-server answers',
        description: 'No autoscaler of the cluster sees CPU or memory: nothing scales up by them and nothing scales down at all.',
      },
      {
        name: 'MetricsServerMemoryHigh',
        expression: `max(process_resident_memory_bytes{job="metrics-server"}) > ${Math.floor(settings.memory.value * 0.9) * 1024 ** 2}`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: `metrics-server uses more than 90 % of its ${settings.memory.value} MiB`,
        description: 'It holds every node and pod in each replica; more replicas do not help. Plan more nodes in the cluster facts, its size follows.',
      },
    ],
  }];
}

export const METRICS_SERVER_CLIENTS: ApiClient[] = [{ namespace: NAMESPACES.kubeSystem, serviceAccount: METRICS_SERVER, kind: ApiClientKind.CONTROLLER }];
