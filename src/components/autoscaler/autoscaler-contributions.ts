import { AUTOSCALER } from './autoscaler-access';
import { METRICS_PORT } from './autoscaler-flags';
import { AutoscalerSettings } from './autoscaler-settings';
import { AlertGroup, AlertSeverity, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { FlowPeer, NetworkFlow } from '../../contracts/network-flows';

export function autoscalerScrapeTargets(namespace: string, podLabels: { [key: string]: string }): ScrapeTarget[] {
  return [{
    // Estimate: 40 metrics of its own, histograms per function, client-go's.
    job: AUTOSCALER, discovery: ScrapeDiscovery.PODS, namespace, podLabels, port: METRICS_PORT, seriesPerTarget: 1500,
  }];
}

/** The cloud, wherever it listens, and the resolvers of the node, which it asks in place of the cluster's. */
export function autoscalerFlows(namespace: string, podLabels: { [key: string]: string }): NetworkFlow[] {
  return [{ name: 'cloud of the autoscaler', from: FlowPeer.pods(namespace, podLabels), to: FlowPeer.anywhere(), ports: [] }];
}

/** Alerts with this cluster's limits. Only the leader knows the cluster, hence `max` over the replicas. */
export function autoscalerAlertGroups(settings: AutoscalerSettings): AlertGroup[] {
  const { plannedNodes, maxNodesTotal, unreadyPercentage, scanInterval } = settings;
  const nodes = 'sum(max by (state) (cluster_autoscaler_nodes_count{state!~"unregistered|longUnregistered"}))';
  const unready = 'max(cluster_autoscaler_nodes_count{state="unready"})';
  return [{
    name: AUTOSCALER,
    alerts: [
      {
        name: 'AutoscalerAtPlannedSize',
        expression: `${nodes} >= ${plannedNodes} and on() max(cluster_autoscaler_unschedulable_pods_count) > 0`,
        holdsFor: '10m',
        severity: AlertSeverity.PAGE,
        summary: `pods wait and all ${plannedNodes} planned nodes (control plane included) are there`,
        description: 'No group may grow. Raise a pool\'s nodes in the description, which checks addresses and control plane, or lower what asks for pods.',
      },
      {
        name: 'AutoscalerNearMaxNodesTotal',
        expression: `${nodes} > ${Math.max(plannedNodes, Math.floor((plannedNodes + maxNodesTotal.value) / 2))}`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: `more nodes than the plan of ${plannedNodes}; growth stops at ${maxNodesTotal.value}`,
        description: 'Replacements that were not followed by a removal, or nodes that nobody planned. At the limit no group grows any more.',
      },
      {
        name: 'AutoscalerStopped',
        expression: 'max(cluster_autoscaler_cluster_safe_to_autoscale) == 0',
        holdsFor: '5m',
        severity: AlertSeverity.PAGE,
        summary: `the autoscaler has stopped: more than ${unreadyPercentage.value} % of the nodes are unready`,
        description: 'Neither growth nor removal happens. Look for a zone, the network or the leases of the kubelets before anything else.',
      },
      {
        name: 'AutoscalerNodesUnready',
        expression: `100 * ${unready} / ${nodes} > ${Math.floor(unreadyPercentage.value / 2)}`,
        holdsFor: '10m',
        severity: AlertSeverity.TICKET,
        summary: `half way to the ${unreadyPercentage.value} % of unready nodes at which the autoscaler stops`,
        description: `Nodes that stay unready are removed after ${settings.unreadyTime.value / 60} minutes; find out what they have in common before that.`,
      },
      {
        name: 'AutoscalerErrors',
        expression: 'sum by (type) (rate(cluster_autoscaler_errors_total[15m])) > 0.01',
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: 'the autoscaler meets errors again and again',
        description: 'The label names the side: cloudProviderError is quota or permission, apiCallError the API server or missing rights.',
      },
      {
        name: 'AutoscalerScaleUpFails',
        expression: 'sum by (reason) (increase(cluster_autoscaler_failed_scale_ups_total[30m])) > 3',
        holdsFor: '5m',
        severity: AlertSeverity.PAGE,
        summary: 'nodes that were asked for do not come',
        description: 'The group is put aside for 5 to 30 minutes after each failure. Look at the provider\'s quota, stock and machine image.',
      },
      {
        name: 'AutoscalerLoopSlow',
        expression: `histogram_quantile(0.99, sum by (le) (rate(cluster_autoscaler_function_duration_seconds_bucket{function="main"}[15m]))) > ${scanInterval.value}`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: `a look at the cluster takes longer than the ${scanInterval.value} s between two`,
        description: 'Usual causes: affinity between pods, a slow cloud API, too little CPU. Above 1,000 nodes consider one autoscaler per part of the groups.',
      },
      {
        name: 'AutoscalerSilent',
        expression: `absent(cluster_autoscaler_last_activity{activity="main"}) or time() - max(cluster_autoscaler_last_activity{activity="main"}) > ${15 * scanInterval.value}`,
        holdsFor: '5m',
        severity: AlertSeverity.PAGE,
        summary: 'no autoscaler looks at the cluster',
        description: 'Both replicas are down, hang, or cannot take the lease cluster-autoscaler. Pending pods get no nodes.',
      },
    ],
  }];
}
