import { k8s } from 'cdk8s-plus-24';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { SYSTEM_PORTS } from '../../cluster/ports';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { FlowPeer, FlowPeerKind, FlowPort, FlowProtocol, NetworkFlow } from '../../contracts/network-flows';
import { Manifest } from '../../in-cluster/in-cluster-object';

/** What policies are made from. */
export interface PolicyInputs {
  readonly flows: NetworkFlow[];
  /** Namespaces that are closed as a whole. */
  readonly namespaces: string[];
  readonly dns: IDnsEndpoint;
  /** Ranges of the machines' tunnel addresses. */
  readonly tunnels: string[];
}

/** Pods of one application. */
interface Application {
  readonly peer: FlowPeer;
  readonly name: string;
}

/** Others live here too, so only applications that the flows name are closed. */
const SHARED_NAMESPACES: string[] = [NAMESPACES.kubeSystem];

/** The operator of Calico keeps policies for its own parts. Source: TOP pkg/render (tier allow-tigera, calico-system from 3.32 on). */
const OPERATORS_NAMESPACES: string[] = [NAMESPACES.tigeraOperator, NAMESPACES.calicoSystem];

/** Label that the API server gives every namespace. Source: WEB:docs/concepts/services-networking/network-policies. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Names that pods of DNS answer to, whoever installed them. */
const DNS_PODS = FlowPeer.pods(NAMESPACES.kubeSystem, { 'k8s-app': 'kube-dns' });

/** Namespaces of this library that flows name, and those that somebody asks for. A namespace of the user that is merely scraped stays as it is. */
export function isolatedNamespaces(flows: NetworkFlow[], further: string[]): string[] {
  const own = Object.values<string>(NAMESPACES).filter(name => ![...SHARED_NAMESPACES, ...OPERATORS_NAMESPACES].includes(name));
  const named = flows.flatMap(flow => [flow.from, flow.to]).flatMap(peer => peer.namespace ?? []).filter(name => own.includes(name));
  return [...new Set([...named, ...further])].sort();
}

/** A policy that closes each namespace, and one that opens each application for its flows. */
export function podPolicies(cluster: ClusterFacts, inputs: PolicyInputs): Manifest[] {
  return [
    ...inputs.namespaces.map(namespace => k8s.KubeNetworkPolicy.manifest({
      metadata: { name: 'default-deny', namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    })),
    ...applications(inputs).map(application => applicationPolicy(cluster, inputs, application)),
  ];
}

/**
 * Every group of pods that a flow names, outside of the namespaces that somebody else keeps. In a shared namespace only those that open connections
 * themselves: whoever is merely scraped there has flows that nobody told us, as cluster DNS has.
 */
function applications({ flows, namespaces }: PolicyInputs): Application[] {
  const found = new Map<string, FlowPeer>();
  const [sources, all] = [flows.map(flow => flow.from), flows.flatMap(flow => [flow.from, flow.to])];
  for (const peer of [...sources.filter(source => SHARED_NAMESPACES.includes(source.namespace!)), ...all.filter(one => namespaces.includes(one.namespace!))]) {
    if (peer.kind === FlowPeerKind.PODS && Object.keys(peer.labels).length > 0) { found.set(keyOf(peer), peer); }
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => ({ peer, name: applicationName(peer) }));
}

function keyOf(peer: FlowPeer): string {
  return JSON.stringify([peer.kind, peer.namespace, Object.entries(peer.labels).sort(), peer.cidrs]);
}

function applicationName(peer: FlowPeer): string {
  return `flows-of-${Object.entries(peer.labels).sort().map(([, value]) => value).join('-').toLowerCase().replace(/[^a-z0-9-]+/g, '-')}`.slice(0, 63).replace(/-+$/, '');
}

function applicationPolicy(cluster: ClusterFacts, inputs: PolicyInputs, { peer, name }: Application): Manifest {
  const isThis = (other: FlowPeer) => keyOf(other) === keyOf(peer);
  const incoming = merged(
    inputs.flows.filter(flow => isThis(flow.to) || flow.to.kind === FlowPeerKind.EVERY_POD).map(flow => ({ peer: flow.from, ports: flow.ports })),
  );
  // Who may be asked by every pod is no reason for a closed one to ask.
  const outgoing = merged(inputs.flows.filter(flow => isThis(flow.from)).map(flow => ({ peer: flow.to, ports: flow.ports })));
  return k8s.KubeNetworkPolicy.manifest({
    metadata: { name, namespace: peer.namespace },
    spec: {
      podSelector: { matchLabels: peer.labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: incoming.map(({ peer: from, ports }) => ({ from: policyPeers(cluster, from, inputs.tunnels), ports: policyPorts(ports) })),
      egress: [...outgoing.map(
        ({ peer: to, ports }) => ({ to: policyPeers(cluster, to, []), ports: policyPorts(ports) }),
      ), ...(outgoing.length > 0 ? [dnsRule(cluster, inputs.dns)] : [])],
    },
  });
}

interface OpenPeer {
  readonly peer: FlowPeer;
  readonly ports: FlowPort[];
}

/** One rule for each peer with all of its ports; a flow without ports opens all. */
function merged(open: OpenPeer[]): OpenPeer[] {
  const byPeer = new Map<string, OpenPeer>();
  for (const { peer, ports } of open) {
    const known = byPeer.get(keyOf(peer));
    const all = known !== undefined && known.ports.length === 0 || ports.length === 0;
    byPeer.set(keyOf(peer), { peer, ports: all ? [] : [...(known?.ports ?? []), ...ports] });
  }
  return [...byPeer.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** Names are asked of the cache on the node, of the DNS Service (as its address, where a cache answers it) and of the pods behind it. */
function dnsRule(cluster: ClusterFacts, dns: IDnsEndpoint): k8s.NetworkPolicyEgressRule {
  const addresses = [...dns.clusterDnsAddresses, cluster.network.dnsServiceAddress, ...(
    cluster.network.secondaryDnsServiceAddress ? [cluster.network.secondaryDnsServiceAddress] : []
  )];
  return {
    to: [...policyPeers(cluster, DNS_PODS, []), ...blocks([...new Set(addresses)].map(single))],
    ports: policyPorts([{ port: SYSTEM_PORTS.dns, protocol: FlowProtocol.UDP }, { port: SYSTEM_PORTS.dns }]),
  };
}

/** Undefined: all ports. */
function policyPorts(ports: FlowPort[]): k8s.NetworkPolicyPort[] | undefined {
  if (ports.length === 0) { return undefined; }
  const unique = new Map(ports.map(({ port, protocol = FlowProtocol.TCP }) => [`${protocol}${port}`, { port: k8s.IntOrString.fromNumber(port), protocol: protocol as string }]));
  return [...unique.entries()].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, port]) => port);
}

/** A peer as policies of Kubernetes name it. `tunnels`: as a source, a machine has its address or that of its tunnel. */
function policyPeers(cluster: ClusterFacts, peer: FlowPeer, tunnels: string[]): k8s.NetworkPolicyPeer[] {
  const { network, controlPlaneMembers } = cluster;
  switch (peer.kind) {
    case FlowPeerKind.PODS: return [{ namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: peer.namespace! } }, podSelector: { matchLabels: peer.labels } }];
    case FlowPeerKind.EVERY_POD: return [{ namespaceSelector: {} }];
    case FlowPeerKind.MACHINES: return blocks([...network.nodeCidrs, ...tunnels]);
    case FlowPeerKind.CONTROL_PLANE: return blocks([...(controlPlaneMembers.length > 0 ? memberRanges(cluster) : everything(cluster)), ...tunnels]);
    case FlowPeerKind.NETWORKS: return blocks(peer.cidrs);
    // Pods too: a name that the user gives may belong to a Service.
    case FlowPeerKind.ANYWHERE: return [...blocks(everything(cluster)), { namespaceSelector: {} }];
  }
}

function blocks(cidrs: string[]): k8s.NetworkPolicyPeer[] {
  return [...new Set(cidrs)].map(cidr => ({ ipBlock: { cidr } }));
}

/** Every address of the cluster's families. */
export function everything(cluster: ClusterFacts): string[] {
  return cluster.network.nodeCidrs.map(cidr => (cidr.includes(':') ? '::/0' : '0.0.0.0/0'));
}

/** Addresses of the control plane, each as a range. */
export function memberRanges(cluster: ClusterFacts): string[] {
  return cluster.controlPlaneMembers.flatMap(({ address, secondaryAddress }) => [address, ...(secondaryAddress ? [secondaryAddress] : [])]).map(single);
}

function single(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
