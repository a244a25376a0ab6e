import { CalicoEncapsulation, CalicoInstall } from './calico-choices';
import { CalicoSettings } from './calico-settings';
import { blockAddresses, kubeControllersSeries, typhaReplicas } from '../../capacity/calico-capacity';
import { CALICO_OPERATOR_FEATURES, CalicoFeature } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange } from '../../cluster/ip-range';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS, SYSTEM_PORTS } from '../../cluster/ports';
import { Alert, AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { FlowPeer, FlowProtocol, NetworkFlow } from '../../contracts/network-flows';

// Default of KubeControllersConfiguration; a port of the pod, not of the node.
const KUBE_CONTROLLERS_METRICS = 9094;

/** Where Calico's own pods are. */
function ownNamespace({ install }: CalicoSettings): string {
  return install === CalicoInstall.MANIFESTS ? NAMESPACES.kubeSystem : NAMESPACES.calicoSystem;
}

export function calicoScrapeTargets(cluster: ClusterFacts, settings: CalicoSettings): ScrapeTarget[] {
  const inCalicoSystem = { discovery: ScrapeDiscovery.PODS, namespace: ownNamespace(settings) };
  return [
    // Estimates of series: Felix about 350 with the eBPF maps, Typha about 250.
    { job: 'calico-felix', discovery: ScrapeDiscovery.NODES, port: HOST_PORTS.felixMetrics, seriesPerTarget: 350 },
    { job: 'calico-typha', ...inCalicoSystem, podLabels: { 'k8s-app': 'calico-typha' }, hostNetwork: true, port: HOST_PORTS.typhaMetrics, seriesPerTarget: 250 },
    {
      job: 'calico-kube-controllers',
      ...inCalicoSystem,
      podLabels: { 'k8s-app': 'calico-kube-controllers' },
      port: KUBE_CONTROLLERS_METRICS,
      seriesPerTarget: kubeControllersSeries(cluster.nodes),
    },
    // Estimate: latencies of syncs by family, and Go's own.
    ...(settings.proxy ? [{ job: 'kube-proxy', discovery: ScrapeDiscovery.NODES, port: HOST_PORTS.kubeProxyMetrics, seriesPerTarget: 200, dropMetrics: ['go_.*'] }] : []),
  ];
}

export function calicoApiClients(cluster: ClusterFacts, settings: CalicoSettings): ApiClient[] {
  const has = (feature: CalicoFeature) => inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES[feature]);
  const inCalicoSystem = (serviceAccount: string, kind: ApiClientKind) => ({ namespace: ownNamespace(settings), serviceAccount, kind });
  const proxy = settings.proxy ? [{ namespace: NAMESPACES.kubeSystem, serviceAccount: 'kube-proxy', kind: ApiClientKind.NODE_AGENT }] : [];
  if (settings.install === CalicoInstall.MANIFESTS) {
    return [
      inCalicoSystem('calico-node', ApiClientKind.NODE_AGENT),
      ...(has('cniPluginAccount') ? [inCalicoSystem('calico-cni-plugin', ApiClientKind.NODE_AGENT)] : []),
      inCalicoSystem('calico-kube-controllers', ApiClientKind.CONTROLLER),
      ...proxy,
    ];
  }
  return [
    ...proxy,
    inCalicoSystem('calico-node', ApiClientKind.NODE_AGENT),
    ...(has('cniPluginAccount') ? [inCalicoSystem('calico-cni-plugin', ApiClientKind.NODE_AGENT)] : []),
    inCalicoSystem('calico-typha', ApiClientKind.CONTROLLER),
    inCalicoSystem('calico-kube-controllers', ApiClientKind.CONTROLLER),
    { namespace: has('apiServerInCalicoSystem') ? NAMESPACES.calicoSystem : 'calico-apiserver', serviceAccount: 'calico-apiserver', kind: ApiClientKind.CONTROLLER },
    { namespace: NAMESPACES.tigeraOperator, serviceAccount: 'tigera-operator', kind: ApiClientKind.CONTROLLER },
  ];
}

/** What machines say to each other for the pods' sake; connections of pods to them are the business of whoever has the pods. */
export function calicoNetworkFlows(cluster: ClusterFacts, settings: CalicoSettings): NetworkFlow[] {
  const machines = FlowPeer.machines();
  const between = (name: string, port: number, protocol: FlowProtocol) => ({ name, from: machines, to: machines, ports: [{ port, protocol }] });
  const ipv6 = (family: number) => cluster.network.podCidrs.some(cidr => cidr.includes(':') === (family === 6));
  return [
    between('calico-node to Typha', HOST_PORTS.typha, FlowProtocol.TCP),
    // Node ports are forwarded in VXLAN also where pods' packets are not.
    ...(settings.proxy && settings.pools.every(pool => pool.encapsulation === CalicoEncapsulation.NONE) ? [] : [between('VXLAN', SYSTEM_PORTS.vxlan, FlowProtocol.UDP)]),
    ...(settings.wireguard && ipv6(4) ? [between('WireGuard', SYSTEM_PORTS.wireguard, FlowProtocol.UDP)] : []),
    ...(settings.wireguard && ipv6(6) ? [between('WireGuard of IPv6', SYSTEM_PORTS.wireguardV6, FlowProtocol.UDP)] : []),
    ...(settings.bgp.enabled ? [between('BGP', SYSTEM_PORTS.bgp, FlowProtocol.TCP)] : []),
    ...settings.bgp.peerings.filter(peering => peering.peerIP !== undefined)
      .map(({ name, peerIP }) => ({ name: `BGP of router ${name}`, from: FlowPeer.networks([`${peerIP}/${peerIP!.includes(':') ? 128 : 32}`]), to: machines, ports: [{ port: SYSTEM_PORTS.bgp }] })),
  ];
}

/** Alerts with the pools, the Typhas and the maps of this cluster. */
export function calicoAlertGroups(cluster: ClusterFacts, settings: CalicoSettings): AlertGroup[] {
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
      blocksLow(cluster, settings),
      ...(settings.ipam?.strictAffinity ? [] : [borrowing(cluster)]),
      ...conntrackFull(cluster, settings),
      ...sessionsDown(cluster, settings),
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

/** With several pools each has an end of its own; the metric by pool came with 3.24. */
function blocksLow(cluster: ClusterFacts, settings: CalicoSettings): Alert {
  const byPool = settings.pools.length > cluster.network.podCidrs.length && inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES.blocksByPoolMetric);
  const common = { name: 'CalicoAddressBlocksLow', holdsFor: '30m', severity: AlertSeverity.TICKET };
  if (byPool) {
    const parts = settings.pools.filter(pool => !pool.disabled).map(({ name, cidr, blockSize }) =>
      `sum(ipam_blocks{job="calico-kube-controllers",ippool="${name}"}) > ${Math.floor(IpRange.parse(name, cidr).size / blockAddresses(cidr, blockSize) * 0.85)}`);
    return {
      ...common,
      expression: parts.join(' or '),
      summary: 'more than 85 % of the blocks of a pool are claimed',
      description: `Pools: ${settings.pools.map(({ name, cidr, disabled }) => `${name} ${cidr}${disabled ? ' (disabled)' : ''}`).join(', ')}. Look for blocks of nodes that are gone; enable the pool of the next stage. A node without a block starts no pod.`,
    };
  }
  const block = blockAddresses(cluster.network.podCidr, settings.blockSize);
  const blocks = Math.floor(cluster.network.podAddresses / block);
  const { podCidrs } = cluster.network;
  // With two families a node claims as many blocks of the one as of the other.
  const perFamily = podCidrs.length === 1 ? '' : ` / ${podCidrs.length}`;
  return {
    ...common,
    expression: `sum(ipam_blocks_per_node{job="calico-kube-controllers"})${perFamily} > ${Math.floor(blocks * 0.85)}`,
    summary: `more than 85 % of the ${blocks} blocks of the pod range ${podCidrs.join(' and ')} are claimed`,
    description: `The plan for ${cluster.nodes} nodes claims ${settings.poolAddresses.value / block} blocks. Look for blocks of nodes that are gone; a node without a block starts no pod.`,
  };
}

/** A borrowed address is a route of its own on every node. The plan has none, so one in a hundred says that blocks have run out somewhere. */
function borrowing(cluster: ClusterFacts): Alert {
  return {
    name: 'CalicoAddressesBorrowed',
    expression: `sum(ipam_allocations_borrowed_per_node{job="calico-kube-controllers"}) > ${Math.ceil(cluster.pods / 100)}`,
    holdsFor: '1h',
    severity: AlertSeverity.TICKET,
    summary: 'more than one pod of a hundred has an address of another node\'s block',
    description: 'Blocks have run out for some nodes: each borrowed address is one more route on every node, and the next step is pods without addresses.',
  };
}

/** Felix tells how full the table is from 3.30 on; before, only connections that fail do. */
function conntrackFull(cluster: ClusterFacts, settings: CalicoSettings): Alert[] {
  if (settings.proxy || !inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES.conntrackUseMetric)) { return []; }
  return [{
    name: 'CalicoConntrackMapNearlyFull',
    expression: `max(felix_bpf_conntrack_used{job="calico-felix"}) > ${Math.floor(settings.conntrackMap.value * 0.85)}`,
    holdsFor: '10m',
    severity: AlertSeverity.TICKET,
    summary: `the connection table of a node holds more than 85 % of its ${settings.conntrackMap.value} entries`,
    description: 'A full table is doubled once, which costs a restart of its calico-node; then new connections are dropped. Find the pods with most connections, or raise bpfMapSizeConntrack.',
  }];
}

/** BIRD exports nothing; but calico-node is not ready once the last of its sessions is down (node/pkg/health), and kube-state-metrics counts that. */
function sessionsDown(cluster: ClusterFacts, settings: CalicoSettings): Alert[] {
  if (!settings.bgp.enabled) { return []; }
  const daemonSet = `namespace="${ownNamespace(settings)}",daemonset="calico-node"`;
  // As many as a rolling change restarts at a time are no finding.
  const rollout = Math.ceil(cluster.fleet.machines.value * settings.maxUnavailable.value / 100);
  return [{
    name: 'CalicoBgpSessionsDown',
    expression: `kube_daemonset_status_desired_number_scheduled{${daemonSet}} - kube_daemonset_status_number_ready{${daemonSet}} > ${rollout}`,
    holdsFor: '15m',
    severity: AlertSeverity.PAGE,
    summary: `calico-node is not ready on more than ${rollout} nodes, as where every BGP session of a node is down`,
    description: 'Such a node has no routes to others, nor they to it. Look for what the nodes have in common: a zone whose reflectors are gone, a router, the annotation of the reflectors. '
      + 'One lost session of several shows nowhere but in calicoctl node status.',
  }];
}
