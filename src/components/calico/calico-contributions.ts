import { CalicoSettings } from './calico-settings';
import { blockAddresses, kubeControllersSeries, typhaReplicas } from '../../capacity/calico-capacity';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

// Default of KubeControllersConfiguration; a port of the pod, not of the node.
const KUBE_CONTROLLERS_METRICS = 9094;

export function calicoScrapeTargets(cluster: ClusterFacts): ScrapeTarget[] {
  const inCalicoSystem = { discovery: ScrapeDiscovery.PODS, namespace: NAMESPACES.calicoSystem };
  return [
    // Estimates of series: Felix about 350 with the eBPF maps, Typha about 250.
    { job: 'calico-felix', discovery: ScrapeDiscovery.NODES, port: HOST_PORTS.felixMetrics, seriesPerTarget: 350 },
    { job: 'calico-typha', ...inCalicoSystem, podLabels: { 'k8s-app': 'calico-typha' }, port: HOST_PORTS.typhaMetrics, seriesPerTarget: 250 },
    {
      job: 'calico-kube-controllers',
      ...inCalicoSystem,
      podLabels: { 'k8s-app': 'calico-kube-controllers' },
      port: KUBE_CONTROLLERS_METRICS,
      seriesPerTarget: kubeControllersSeries(cluster.nodes),
    },
  ];
}

export function calicoApiClients(cluster: ClusterFacts): ApiClient[] {
  const has = (feature: keyof typeof CALICO_OPERATOR_FEATURES) => inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES[feature]);
  const inCalicoSystem = (serviceAccount: string, kind: ApiClientKind) => ({ namespace: NAMESPACES.calicoSystem, serviceAccount, kind });
  return [
    inCalicoSystem('calico-node', ApiClientKind.NODE_AGENT),
    ...(has('cniPluginAccount') ? [inCalicoSystem('calico-cni-plugin', ApiClientKind.NODE_AGENT)] : []),
    inCalicoSystem('calico-typha', ApiClientKind.CONTROLLER),
    inCalicoSystem('calico-kube-controllers', ApiClientKind.CONTROLLER),
    { namespace: has('apiServerInCalicoSystem') ? NAMESPACES.calicoSystem : 'calico-apiserver', serviceAccount: 'calico-apiserver', kind: ApiClientKind.CONTROLLER },
    { namespace: NAMESPACES.tigeraOperator, serviceAccount: 'tigera-operator', kind: ApiClientKind.CONTROLLER },
  ];
}

/** Alerts with the pool, the Typhas and the maps of this cluster. */
export function calicoAlertGroups(cluster: ClusterFacts, settings: CalicoSettings): AlertGroup[] {
  const block = blockAddresses(cluster.network.podCidr, settings.blockSize);
  const blocks = Math.floor(cluster.network.podAddresses / block);
  const { podCidrs } = cluster.network;
  // With two families a node claims as many blocks of the one as of the other.
  const perFamily = podCidrs.length === 1 ? '' : ` / ${podCidrs.length}`;
  const { value: clients } = settings.typhaClients;
  // The operator counts the nodes that exist, not the planned ones.
  const typhas = typhaReplicas(cluster.nodesToday + cluster.controlPlaneMembers.length).value;
  return [{
    name: 'calico',
    alerts: [
      {
        name: 'CalicoNodesWithoutFelix',
        expression: 'count(up{job="calico-felix"} == 0) / count(up{job="calico-felix"}) > 0.02',
        holdsFor: '10m',
        severity: AlertSeverity.PAGE,
        summary: 'more than 2 % of the nodes have no working calico-node',
        description: 'Pods keep their traffic, new pods get none and policy stands still on these nodes. Look for a common rollout, kernel or zone.',
      },
      {
        name: 'CalicoDataPlaneFailures',
        expression: 'count(increase(felix_int_dataplane_failures{job="calico-felix"}[15m]) > 5) > 0',
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: 'Felix cannot write the data plane of a node',
        description: 'Routes, maps or policy of that node are behind. Read the log of its calico-node pod; drain the node when it does not recover.',
      },
      {
        name: 'CalicoAddressBlocksLow',
        expression: `sum(ipam_blocks_per_node{job="calico-kube-controllers"})${perFamily} > ${Math.floor(blocks * 0.85)}`,
        holdsFor: '30m',
        severity: AlertSeverity.TICKET,
        summary: `more than 85 % of the ${blocks} blocks of the pod range ${podCidrs.join(' and ')} are claimed`,
        description: `The plan for ${cluster.nodes} nodes claims ${settings.poolAddresses.value / block} blocks. Look for blocks of nodes that are gone; a node without a block starts no pod.`,
      },
      {
        name: 'CalicoTyphaOverloaded',
        expression: `max(sum by (instance) (typha_connections_active{job="calico-typha"})) > ${2 * clients}`,
        holdsFor: '30m',
        severity: AlertSeverity.TICKET,
        summary: `a Typha serves more than twice the ${clients} nodes that are planned for each`,
        description: 'Connections are out of balance, and its loss would move all of them at once. Check that all replicas run, then restart the crowded one.',
      },
      {
        name: 'CalicoTyphaReplicasLow',
        expression: `count(up{job="calico-typha"} == 1) < ${Math.max(1, typhas - 1)} or absent(up{job="calico-typha"})`,
        holdsFor: '15m',
        severity: AlertSeverity.PAGE,
        summary: `fewer than ${Math.max(1, typhas - 1)} of ${typhas} Typhas run`,
        description: 'Without Typha nodes get no changes of policy or routes. The operator sets the number from the nodes; look for pods that cannot be placed.',
      },
    ],
  }];
}
