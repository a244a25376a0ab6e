import { ONLY_NAME } from './installation-document';
import { everything, memberRanges } from './pod-policies';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LABELS } from '../../cluster/labels';
import { SYSTEM_PORTS } from '../../cluster/ports';
import { FlowPeer, FlowPeerKind, FlowPort, FlowProtocol, NetworkFlow } from '../../contracts/network-flows';
import { allOf, hasLabel, labelIn } from '../../formats/calico-selector';
import { Manifest } from '../../in-cluster/in-cluster-object';

const API_VERSION = 'projectcalico.org/v3';

/** Label of host endpoints that Calico makes by itself. Source: CALDOC:network-policy/hosts/kubernetes-nodes. */
const CREATED_BY = 'projectcalico.org/created-by';
const CONTROLLERS = 'calico-kube-controllers';

/** Name of a namespace, in Calico's own labels. */
const NAMESPACE_NAME = 'projectcalico.org/name';

/** Policies of the user that have an order come before these. */
const ORDER = 1000;

/** Where a source is, in a rule of Calico. */
interface Source {
  readonly nets?: string[];
  readonly selector?: string;
  readonly namespaceSelector?: string;
}

/**
 * Host endpoints for every node and the policies in front of them. Only what comes in is looked at: what a machine asks for itself is free. Tunnels
 * between nodes pass before any policy (Felix knows the nodes), failsafe ports too.
 *
 * Source: CALDOC:network-policy/hosts/kubernetes-nodes; CAL@v3.32.0 felix/bpf-gpl/tc.c (VXLAN and WireGuard of known hosts).
 */
export function hostPolicyObjects(cluster: ClusterFacts, flows: NetworkFlow[]): Manifest[] {
  const rules = (kind: FlowPeerKind) => flows.filter(flow => flow.to.kind === kind).flatMap(flow => allowed(cluster, flow));
  const endpoints = labelIn(CREATED_BY, [CONTROLLERS]);
  return [
    {
      apiVersion: API_VERSION,
      kind: 'KubeControllersConfiguration',
      metadata: { name: ONLY_NAME },
      spec: { controllers: { node: { hostEndpoint: { autoCreate: 'Enabled' } } } },
    },
    policy('machines', endpoints, [...pings(cluster), ...dnsOfTheNode(cluster), ...rules(FlowPeerKind.MACHINES)]),
    policy('control-plane', allOf([endpoints, hasLabel(LABELS.controlPlane)]), rules(FlowPeerKind.CONTROL_PLANE)),
  ];
}

function policy(name: string, selector: string, ingress: object[]): Manifest {
  return { apiVersion: API_VERSION, kind: 'GlobalNetworkPolicy', metadata: { name }, spec: { order: ORDER, selector, types: ['Ingress'], ingress } };
}

/** Path MTU discovery and neighbour discovery of IPv6 are ICMP: closed, they break everything at a distance. */
function pings(cluster: ClusterFacts): object[] {
  return cluster.network.nodeCidrs.map(cidr => ({ action: 'Allow', protocol: cidr.includes(':') ? 'ICMPv6' : 'ICMP' }));
}

/** Pods ask the cache of their node, whose addresses are the machine's. */
function dnsOfTheNode(cluster: ClusterFacts): object[] {
  return [FlowProtocol.UDP, FlowProtocol.TCP].flatMap(protocol => sources(cluster, FlowPeer.everyPod())
    .map(source => ({ action: 'Allow', protocol, source, destination: { ports: [SYSTEM_PORTS.dns] } })));
}

function allowed(cluster: ClusterFacts, flow: NetworkFlow): object[] {
  return byProtocol(flow.ports).flatMap(({ protocol, ports }) => sources(cluster, flow.from).map(source => ({
    action: 'Allow',
    metadata: { annotations: { flow: flow.name } },
    protocol,
    source: Object.keys(source).length > 0 ? source : undefined,
    destination: ports.length > 0 ? { ports } : undefined,
  })));
}

/** All ports of all protocols where none is named. */
function byProtocol(ports: FlowPort[]): Array<{ protocol?: FlowProtocol; ports: number[] }> {
  if (ports.length === 0) { return [{ ports: [] }]; }
  return [FlowProtocol.TCP, FlowProtocol.UDP].map(
    protocol => ({ protocol, ports: ports.filter(port => (port.protocol ?? FlowProtocol.TCP) === protocol).map(({ port }) => port) }),
  )
    .filter(group => group.ports.length > 0);
}

/** Several where one rule cannot name them together. To another machine a machine goes by its own address, never by that of its tunnel. */
function sources(cluster: ClusterFacts, peer: FlowPeer): Source[] {
  const { network, controlPlaneMembers } = cluster;
  switch (peer.kind) {
    case FlowPeerKind.PODS: return [
      { namespaceSelector: labelIn(NAMESPACE_NAME, [peer.namespace!]), ...(Object.keys(peer.labels).length > 0 ? { selector: labelsOf(peer) } : {}) },
    ];
    case FlowPeerKind.EVERY_POD: return [{ namespaceSelector: 'all()' }];
    case FlowPeerKind.MACHINES: return [{ nets: network.nodeCidrs }];
    case FlowPeerKind.CONTROL_PLANE: return [{ nets: controlPlaneMembers.length > 0 ? memberRanges(cluster) : everything(cluster) }];
    case FlowPeerKind.NETWORKS: return [{ nets: peer.cidrs }];
    case FlowPeerKind.ANYWHERE: return [{}];
  }
}

function labelsOf(peer: FlowPeer): string {
  return allOf(Object.entries(peer.labels).sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, value]) => labelIn(label, [value])));
}
