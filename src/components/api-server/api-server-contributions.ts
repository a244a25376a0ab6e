import { API_SERVER_FILES } from './api-server-paths';
import { RUNBOOKS } from './api-server-runbooks';
import { ApiServerSettings } from './api-server-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PORTS } from '../../cluster/ports';
import { AlertGroup, AlertSeverity, LogStream, ScrapeAuth, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

/** Jobs of the three control-plane components, at the machines' own ports. */
export function apiServerScrapeTargets(): ScrapeTarget[] {
  const controlPlane = { discovery: ScrapeDiscovery.CONTROL_PLANE, auth: ScrapeAuth.SERVICE_ACCOUNT };
  return [
    {
      ...controlPlane,
      job: 'kube-apiserver',
      port: HOST_PORTS.apiServer,
      // Estimate: a busy server has 60,000 to 100,000 series, most of them histogram buckets; the dropped ones are read by no rule.
      seriesPerTarget: 60_000,
      dropMetrics: [
        'apiserver_request_body_size_bytes_bucket', 'apiserver_response_sizes_bucket', 'apiserver_watch_events_sizes_bucket', 'etcd_request_duration_seconds_bucket',
        'apiserver_request_slo_duration_seconds_bucket', 'apiserver_flowcontrol_priority_level_request_utilization_bucket',
        'apiserver_flowcontrol_priority_level_seat_utilization_bucket', 'workqueue_.*_bucket',
      ],
    },
    { ...controlPlane, job: 'kube-controller-manager', port: HOST_PORTS.kubeControllerManager, seriesPerTarget: 8000 },
    { ...controlPlane, job: 'kube-scheduler', port: HOST_PORTS.kubeScheduler, seriesPerTarget: 3000 },
  ];
}

/** Alerts with the number of servers and seats of this cluster. */
export function apiServerAlertGroups(cluster: ClusterFacts, settings: ApiServerSettings): AlertGroup[] {
  const servers = cluster.controlPlaneMembers.length;
  return [{
    name: 'kube-apiserver',
    alerts: [
      {
        name: 'ApiServersDown',
        expression: `count(up{job="kube-apiserver"} == 1) < ${servers} or absent(up{job="kube-apiserver"})`,
        holdsFor: '5m',
        severity: AlertSeverity.TICKET,
        summary: `fewer than ${servers} API servers answer`,
        description: 'The others carry its watches. Bring it back before the next change to the control plane.',
        runbook: RUNBOOKS.rolling,
      },
      {
        name: 'ApiServerRejectsRequests',
        expression: 'sum by (priority_level) (rate(apiserver_flowcontrol_rejected_requests_total{priority_level!="thousand-node-dear-requests"}[5m])) > 1',
        holdsFor: '10m',
        severity: AlertSeverity.PAGE,
        summary: 'requests of a priority level are rejected',
        description: `Each server works on ${settings.totalSeats} requests at a time. Find the client in apiserver_flowcontrol_dispatched_requests_total by flow schema; give it a level of its own before you raise the limits.`,
      },
      {
        name: 'DearRequestsRejected',
        expression: 'sum by (flow_schema) (rate(apiserver_flowcontrol_rejected_requests_total{priority_level="thousand-node-dear-requests"}[10m])) > 0.1',
        holdsFor: '30m',
        severity: AlertSeverity.TICKET,
        summary: 'a service account lists across all namespaces more often than the API server should allow',
        description: 'The small level for dear requests protects everybody else. Name the client in a flow schema of its own if its load is wanted, else repair the client.',
      },
      {
        name: 'ApiServerMemoryAboveRequest',
        expression: `max(process_resident_memory_bytes{job="kube-apiserver"}) > ${settings.memory.value * 1024 ** 2}`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: `an API server uses more than the ${settings.memory.value} MiB it was planned with`,
        description: 'Memory follows objects, watches and LIST requests. Raise the machine before the next growth wave.',
      },
    ],
  }];
}

export function apiServerLogStreams(): LogStream[] {
  return [{ name: 'audit', path: API_SERVER_FILES.auditLog, json: true, controlPlaneOnly: true }];
}
