import { App, Testing } from 'cdk8s';
import { description } from '../../../examples/thousand-node/cluster';
import { CalicoPoolUse, FlowPeer, FlowPeerKind, FlowProtocol, HostFiles, NetworkFlow, NetworkIsolation, ThousandNodeCluster } from '../../../src';
import { IpRange } from '../../../src/cluster/ip-range';

/** One end of a connection, as the judge reads it. A peer without namespace is no pod. */
export interface Peer {
  readonly ip: string;
  readonly namespace?: string;
  readonly labels?: { readonly [label: string]: string };
}

/** One connection that is asked for. */
export interface Connection {
  readonly what: string;
  readonly from: Peer;
  readonly to: Peer;
  readonly port: number;
  readonly protocol: string;
}

/** Pods that others bring: an application of the user, cluster DNS with its usual label, Calico's own that are scraped. */
const FURTHER: Peer[] = [
  { ip: '', namespace: 'shop', labels: { app: 'frontend' } },
  { ip: '', namespace: 'calico-system', labels: { 'k8s-app': 'calico-kube-controllers' } },
];

/** A pool for tunnels alone, which tells machines from pods. */
const TUNNELS = '10.31.0.0/18';

/** How the example is described. */
interface WorldOptions {
  /** Whether its policies are made from flows. */
  readonly isolated?: boolean;
  /** Whether machines have tunnel addresses of their own. */
  readonly tunnelPool?: boolean;
}

/** The whole example with its policies: every pod once, machines, and what lies outside. */
export class FlowWorld {
  public readonly policies: any[];
  public readonly flows: NetworkFlow[];
  public readonly pods: Peer[];
  public readonly namespaces: { [name: string]: { [label: string]: string } } = {};
  public readonly worker: Peer;
  public readonly controlPlane: Peer;
  /** A machine, as a pod of another machine sees it: with the address of its tunnel. */
  public readonly tunnel: Peer;
  public readonly outside: Peer = { ip: '203.0.113.10' };

  constructor({ isolated = true, tunnelPool = false }: WorldOptions = {}) {
    const cluster = new ThousandNodeCluster(new App(), 'thousand-node', {
      ...description,
      networkPolicies: { isolateAddOns: isolated },
      calico: tunnelPool ? { ipPools: [{ name: 'pods', cidr: '10.0.0.0/12', uses: [CalicoPoolUse.WORKLOAD] }, { name: 'tunnels', cidr: TUNNELS, uses: [CalicoPoolUse.TUNNEL] }] } : undefined,
    });
    HostFiles.of(cluster).leaveOut();
    const objects: any[] = Testing.synth(cluster);
    this.policies = objects.filter(object => object.kind === 'NetworkPolicy');
    this.flows = cluster.node.findAll().flatMap(part => (part instanceof NetworkIsolation ? part.flows : []));
    const range = IpRange.parse('pods', cluster.facts.network.podCidr);
    const workloads = objects.filter(object => object.spec?.template?.spec?.containers !== undefined && !object.spec.template.spec.hostNetwork);
    this.pods = [...workloads.map((object): Peer => ({ ip: '', namespace: object.metadata.namespace, labels: object.spec.template.metadata.labels })), ...FURTHER]
      .map((pod, i) => ({ ...pod, ip: range.addressAt(1000 + i) }));
    for (const { namespace } of this.pods) { this.namespaces[namespace!] = { 'kubernetes.io/metadata.name': namespace! }; }
    this.worker = { ip: IpRange.parse('machines', cluster.facts.network.nodeCidr).addressAt(200) };
    this.controlPlane = { ip: cluster.facts.controlPlaneMembers[0].address };
    this.tunnel = { ip: tunnelPool ? IpRange.parse('tunnels', TUNNELS).addressAt(64) : range.addressAt(64) };
  }

  /** The pod of an application. */
  public pod(namespace: string, labels: { [label: string]: string }): Peer {
    const found = this.pods.find(pod => pod.namespace === namespace && Object.entries(labels).every(([label, value]) => pod.labels![label] === value));
    if (!found) { throw new Error(`the example has no pod in ${namespace} with ${JSON.stringify(labels)}`); }
    return found;
  }

  /** Whether a policy stands in front of a pod. */
  public isClosed(pod: Peer): boolean {
    return this.policies.some(policy => policy.metadata.namespace === pod.namespace
      && Object.entries(policy.spec.podSelector.matchLabels ?? {}).every(([label, value]) => pod.labels![label] === value));
  }

  /** Connections of a flow between all that it names. A flow without ports is tried at two. */
  public connectionsOf(flow: NetworkFlow): Connection[] {
    const ports = flow.ports.length > 0 ? flow.ports : [{ port: 443 }, { port: 9000 }];
    return this.peersOf(flow.from, true).flatMap(from => this.peersOf(flow.to, false).filter(to => to !== from)
      .flatMap(to => ports.map(({ port, protocol }) => ({ what: flow.name, from, to, port, protocol: protocol ?? FlowProtocol.TCP }))));
  }

  /** Whoever a flow names; a name that nobody has is an error. */
  private peersOf(peer: FlowPeer, source: boolean): Peer[] {
    switch (peer.kind) {
      case FlowPeerKind.PODS: return [this.pod(peer.namespace!, peer.labels)];
      // Closed pods ask nobody but whom they name themselves.
      case FlowPeerKind.EVERY_POD: return source ? this.pods.filter(pod => !this.isClosed(pod)) : this.pods.filter(
        pod => this.flows.some(flow => [flow.from, flow.to].some(one => one.kind === FlowPeerKind.PODS && this.pod(one.namespace!, one.labels) === pod)),
      );
      case FlowPeerKind.MACHINES: return source ? [this.worker, this.tunnel] : [this.worker];
      case FlowPeerKind.CONTROL_PLANE: return source ? [this.controlPlane, this.tunnel] : [this.controlPlane];
      case FlowPeerKind.NETWORKS: return peer.cidrs.map(cidr => ({ ip: IpRange.parse('network', cidr).addressAt(0) }));
      case FlowPeerKind.ANYWHERE: return [this.outside, this.pod('shop', { app: 'frontend' })];
    }
  }
}
