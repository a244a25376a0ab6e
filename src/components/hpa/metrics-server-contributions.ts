import { METRICS_SERVER, METRICS_SERVER_PORT, MetricsServerSettings } from './metrics-server-document';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeAuth, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { FlowPeer, NetworkFlow } from '../../contracts/network-flows';

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

export function metricsServerClients(podLabels: { [key: string]: string }): ApiClient[] {
  return [{ namespace: NAMESPACES.kubeSystem, serviceAccount: METRICS_SERVER, kind: ApiClientKind.CONTROLLER, podLabels }];
}

/** It asks every kubelet, and the API servers hand its API on to it. */
export function metricsServerFlows(podLabels: { [key: string]: string }): NetworkFlow[] {
  const self = FlowPeer.pods(NAMESPACES.kubeSystem, podLabels);
  return [
    { name: 'usage of nodes and pods', from: self, to: FlowPeer.machines(), ports: [{ port: HOST_PORTS.kubelet }] },
    { name: 'requests of the metrics API', from: FlowPeer.controlPlane(), to: self, ports: [{ port: METRICS_SERVER_PORT }] },
  ];
}
