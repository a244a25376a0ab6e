import { Construct } from 'constructs';
import { hostPolicyObjects } from './host-policy-document';
import { isolatedNamespaces, podPolicies } from './pod-policies';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { rangeProblem } from '../../cluster/ip-range';
import { HOST_PORTS, SYSTEM_PORTS } from '../../cluster/ports';
import { ApiClient } from '../../contracts/contributions';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { FlowPeer, FlowPort, FlowProtocol, NetworkFlow } from '../../contracts/network-flows';
import { bindCluster } from '../../host/cluster-of';
import { inClusterObject, ObjectOwner } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** Further flows to the machines themselves. */
export interface HostPort {
  /** What for. */
  readonly name: string;
  readonly port: number;
  /** @default false - TCP */
  readonly udp?: boolean;
  /** Ranges that may reach it. */
  readonly fromCidrs: string[];
}

/**
 * Policy in front of the machines. Calico makes a host endpoint for every node, and only named flows reach the machine itself; what it forwards to pods,
 * node ports among it, is the business of the pods' policies.
 */
export interface HostPolicyOptions {
  /** Ranges that people and tools reach machines from over SSH; failsafe ports keep it open to all unless a firewall in front of them does not. */
  readonly administratorCidrs: string[];

  /**
   * Ranges outside of the cluster that reach the API servers; machines and pods always do.
   *
   * @default - everywhere
   */
  readonly apiCidrs?: string[];

  /**
   * Ports of agents that this library does not know.
   *
   * @default - none
   */
  readonly ports?: HostPort[];
}

/** Inputs of `NetworkIsolation`. */
export interface NetworkIsolationProps {
  /**
   * Facts of the cluster.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** Connections of everything installed. */
  readonly flows: NetworkFlow[];

  /** Who talks to the API servers. */
  readonly apiClients: ApiClient[];

  /** Where pods ask for names. */
  readonly dns: IDnsEndpoint;

  /**
   * Ranges that machines have tunnel addresses from: a machine reaches a pod of another one with such an address.
   *
   * @default - the pod ranges
   */
  readonly tunnelCidrs?: string[];

  /**
   * Further namespaces that are closed.
   *
   * @default - those of this library's add-ons that flows name
   */
  readonly namespaces?: string[];

  /**
   * Policy in front of the machines.
   *
   * @default - none
   */
  readonly hosts?: HostPolicyOptions;
}

/**
 * Default-deny policies for the namespaces of the add-ons, with exactly the flows that their contracts name: a flow that a component adds is in the
 * policies, and nothing else is.
 *
 * Pods in `kube-system` are closed one application at a time, since others live there too. Agents on the host network have no policy of Kubernetes; the
 * host policy is for them.
 */
export class NetworkIsolation extends Construct {
  /** Every flow that the policies let through. */
  public readonly flows: NetworkFlow[];
  /** Namespaces in which nothing else is let through. */
  public readonly namespaces: string[];

  constructor(scope: Construct, id: string, props: NetworkIsolationProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    checkHosts(props.hosts);
    const owner: ObjectOwner = { name: 'network-policies', component: 'network', cluster: cluster.name, wave: WAVE.policies };
    const tunnels = props.tunnelCidrs ?? cluster.network.podCidrs;
    this.flows = [...props.flows, ...apiFlows(cluster, props.apiClients)];
    this.namespaces = isolatedNamespaces(this.flows, props.namespaces ?? []);
    for (const policy of podPolicies(cluster, { flows: this.flows, namespaces: this.namespaces, dns: props.dns, tunnels })) {
      inClusterObject(this, `${policy.metadata!.namespace}-${policy.metadata!.name}`, owner, policy);
    }
    if (props.hosts) {
      for (const object of hostPolicyObjects(cluster, [...this.flows, ...machineFlows(cluster, props.hosts)])) {
        inClusterObject(this, `${object.kind}-${object.metadata!.name}`, owner, object);
      }
    }
  }
}

/** Clients on the pod network reach the API servers at their own addresses: the Service's is translated before a policy sees the packet. */
function apiFlows(cluster: ClusterFacts, clients: ApiClient[]): NetworkFlow[] {
  // A service that runs the control plane listens where it likes, which is seldom our port.
  const ports: FlowPort[] = cluster.controlPlaneMembers.length > 0 ? [{ port: HOST_PORTS.apiServer }] : [{ port: 443 }, { port: HOST_PORTS.apiServer }];
  return clients.filter(client => client.podLabels !== undefined)
    .map(client => ({ name: `API requests of ${client.serviceAccount}`, from: FlowPeer.pods(client.namespace, client.podLabels!), to: FlowPeer.controlPlane(), ports }));
}

/** What reaches machines beside the flows of components. */
function machineFlows(cluster: ClusterFacts, hosts: HostPolicyOptions): NetworkFlow[] {
  const { etcdMainClient, etcdMainPeer, etcdEventsClient, etcdEventsPeer, etcdLeasesClient, etcdLeasesPeer } = HOST_PORTS;
  const tcp = (...ports: number[]): FlowPort[] => ports.map(port => ({ port }));
  const api = tcp(...new Set([HOST_PORTS.apiServer, cluster.apiPort]));
  const [controlPlane, machines] = [FlowPeer.controlPlane(), FlowPeer.machines()];
  return [
    { name: 'API requests from outside', from: hosts.apiCidrs ? FlowPeer.networks(hosts.apiCidrs) : FlowPeer.anywhere(), to: controlPlane, ports: api },
    { name: 'API requests of machines', from: machines, to: controlPlane, ports: api },
    // Of all pods: those that have no business there are closed at their own end.
    { name: 'API requests of pods', from: FlowPeer.everyPod(), to: controlPlane, ports: api },
    { name: 'API servers to kubelets', from: controlPlane, to: machines, ports: tcp(HOST_PORTS.kubelet) },
    { name: 'etcd', from: controlPlane, to: controlPlane, ports: tcp(etcdMainClient, etcdMainPeer, etcdEventsClient, etcdEventsPeer, etcdLeasesClient, etcdLeasesPeer) },
    { name: 'SSH', from: FlowPeer.networks(hosts.administratorCidrs), to: machines, ports: tcp(SYSTEM_PORTS.ssh) },
    ...(hosts.ports ?? []).map(({ name, port, udp, fromCidrs }) => (
      { name, from: FlowPeer.networks(fromCidrs), to: machines, ports: [{ port, protocol: udp ? FlowProtocol.UDP : FlowProtocol.TCP }] }
    )),
  ];
}

function checkHosts(hosts: HostPolicyOptions | undefined): void {
  if (!hosts) { return; }
  const problems = new Problems('NetworkIsolation');
  problems.require(hosts.administratorCidrs.length > 0, 'hosts.administratorCidrs must name at least one range; without SSH nobody mends a wrong policy');
  const lists: Array<[string, string[]]> = [
    ['hosts.administratorCidrs', hosts.administratorCidrs], ['hosts.apiCidrs', hosts.apiCidrs ?? []], ...(hosts.ports ?? []).map((port): [string, string[]] => [`hosts.ports '${port.name}'`, port.fromCidrs]),
  ];
  for (const [field, cidrs] of lists) {
    for (const problem of cidrs.map(rangeProblem)) { problems.add(problem && `${field}: ${problem}`); }
  }
  for (const { name, port } of hosts.ports ?? []) { problems.add(wholeNumberProblem(`hosts.ports '${name}': port`, port, { min: 1, max: 65535 })); }
  problems.throwIfAny();
}
