import { ControlPlaneLoad } from './control-plane-load';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Who talks to whom. */
export interface Flow {
  /** Party that opens the connection. */
  readonly from: string;
  readonly to: string;
  /** `https/6443`, `tcp/5473`. */
  readonly protocol: string;
  /** In the unit that the derivation states: requests, queries, samples or bytes a second. */
  readonly rate: Derivation;
  /**
   * Connections open at one time.
   *
   * @default - not counted
   */
  readonly connections?: Derivation;
}

const estimate = (id: string, unit: string, words: string, expression: string, inputs: { [name: string]: Amount }, source = 'proposal'): Derivation =>
  derived({ id: `traffic/${id}`, unit, words, expression, inputs, source, confidence: Confidence.ESTIMATE });

/**
 * Flows of the cluster for a diagram; only what stands in the tree, which its derivations tell.
 *
 * | from, to (1,200 nodes, 36,000 pods) | rate            | connections |
 * | kubelets, API servers               | 320 requests/s  | 1,205       |
 * | API servers, etcd main              | 320 writes/s    |             |
 * | pods, DNS cache of the node         | 180,000 queries/s |           |
 */
export function traffic(load: ControlPlaneLoad, tree: Derivation[]): Flow[] {
  const { fleet, requests, writes, watches } = load;
  const found = (id: string) => tree.find(derivation => derivation.id === id);
  const has = (prefix: string) => tree.some(derivation => derivation.id.startsWith(prefix));
  const sum = (id: string, words: string, clients: string[]) => {
    const own = requests.filter(request => clients.some(client => request.client === client || request.client.startsWith(`${client}/`)));
    return estimate(id, 'requests/s', words, own.map((_, i) => `rate${i + 1}`).join(' + '), Object.fromEntries(own.map((request, i) => [`rate${i + 1}`, request.rate])));
  };
  const { machines, nodes, pods, dnsQueriesPerPod, controlPlaneMachines, agentsPerNode, eventsPerPodChange } = fleet;
  const api = { to: 'API servers', protocol: 'https/6443' };
  const flows: Flow[] = [
    { from: 'kubelets', ...api, rate: sum('kubelets-api-servers', 'requests of all kubelets', ['kubelet']), connections: estimate('kubelets-api-servers/connections', 'connections', 'one HTTP/2 connection of each kubelet', 'machines', { machines }) },
    { from: 'controller manager', ...api, rate: sum('controller-manager-api-servers', 'controllers, HPAs among them', ['controller-manager', 'autoscaled-workloads']) },
    { from: 'scheduler', ...api, rate: sum('scheduler-api-servers', 'bindings and events', ['scheduler']) },
    { from: 'add-ons', ...api, rate: sum('add-ons-api-servers', 'operators and controllers of the tree', ['controllers', 'leaders']) },
    { from: 'agents on nodes', ...api, rate: sum('agents-api-servers', 'agents of the tree and of yours', ['node-agents', 'agents']), connections: estimate('agents-api-servers/connections', 'connections', 'one of each agent of yours', 'nodes * agentsPerNode', { nodes, agentsPerNode }) },
    { from: 'API servers', to: 'kubelets and controllers', protocol: 'https/6443 (watches)', rate: watches.events, connections: watches.kubeletWatches },
    { from: 'API servers', to: 'etcd main', protocol: 'https/2379', rate: writes.mainRate },
    { from: 'API servers', to: has('etcd/events-quota') ? 'etcd events' : 'etcd main', protocol: has('etcd/events-quota') ? 'https/2382' : 'https/2379', rate: estimate('api-servers-etcd-events', 'writes/s', 'events of created pods', 'podChurn * eventsPerPodChange', { podChurn: fleet.podChurn, eventsPerPodChange }) },
  ];
  const typha = found('calico/typha-replicas');
  if (typha) {
    flows.push(
      { from: 'Typha', ...api, rate: estimate('typha-api-servers', 'events/s', 'each replica is sent each change of a pod', 'typha * podWrites', { typha, podWrites: writes.main.find(write => write.kind === 'pods')!.rate }) },
      { from: 'calico-node', to: 'Typha', protocol: 'tcp/5473', rate: estimate('nodes-typha', 'events/s', 'each node is sent each change of a pod', 'machines * podWrites', { machines, podWrites: writes.main.find(write => write.kind === 'pods')!.rate }), connections: estimate('nodes-typha/connections', 'connections', 'one of each machine', 'machines', { machines }) },
    );
  }
  const queries = estimate('pods-dns', 'queries/s', 'queries of all pods', 'pods * dnsQueriesPerPod', { pods, dnsQueriesPerPod });
  if (has('dns/node-cache')) {
    flows.push(
      { from: 'pods', to: 'DNS cache of the node', protocol: 'udp/53', rate: queries },
      { from: 'DNS cache of the node', to: 'CoreDNS', protocol: 'tcp/53', rate: estimate('node-cache-coredns', 'queries/s', 'one of five is not in the cache', 'queries * missShare', { queries, missShare: 0.2 }) },
    );
  } else if (has('dns/')) {
    flows.push({ from: 'pods', to: 'CoreDNS', protocol: 'udp/53', rate: queries });
  }
  const dns = found('dns/replicas-max') ?? found('dns/replicas-min');
  if (dns) {
    const sliceWrites = writes.main.find(write => write.kind === 'endpointslices')!.rate;
    flows.push({ from: 'CoreDNS', ...api, rate: estimate('coredns-api-servers', 'events/s', 'each replica is sent each change of a slice', 'replicas * sliceWrites', { replicas: dns, sliceWrites }) });
  }
  const samples = found('monitoring/samples-per-second');
  if (samples) { flows.push({ from: 'Prometheus', to: 'nodes, pods and control plane', protocol: 'http', rate: samples }); }
  if (has('logging/')) {
    flows.push({ from: 'Fluent Bit', to: 'log output', protocol: 'tcp', rate: estimate('fluent-bit-output', 'bytes/s', 'lines of all pods', 'pods * logBytesPerPod', { pods, logBytesPerPod: fleet.logBytesPerPod }) });
  }
  const resolution = found('metrics-server/metric-resolution');
  if (resolution) { flows.push({ from: 'metrics-server', to: 'kubelets', protocol: 'https/10250', rate: estimate('metrics-server-kubelets', 'requests/s', 'each kubelet once in the resolution', 'machines / resolution', { machines, resolution }) }); }
  const scan = found('autoscaler/scan-interval');
  if (scan) { flows.push({ from: 'Cluster Autoscaler', ...api, rate: estimate('autoscaler-api-servers', 'requests/s', 'leader election and status, and one for each scan and API server', '1 + controlPlaneMachines / scan', { controlPlaneMachines, scan }) }); }
  return flows;
}
