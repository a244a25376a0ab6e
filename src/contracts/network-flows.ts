/** Protocol of a flow. */
export enum FlowProtocol {
  TCP = 'TCP',
  UDP = 'UDP',
}

/** A port that something listens at. */
export interface FlowPort {
  readonly port: number;
  /** @default FlowProtocol.TCP */
  readonly protocol?: FlowProtocol;
}

/** What kind of peer it is; decides how a policy can name it. */
export enum FlowPeerKind {
  PODS = 'pods',
  EVERY_POD = 'every pod',
  MACHINES = 'machines',
  CONTROL_PLANE = 'control plane',
  NETWORKS = 'networks',
  ANYWHERE = 'anywhere',
}

/** One end of a flow. */
export class FlowPeer {
  /** Pods of a namespace with these labels; all of it without labels. They live on the pod network: agents on the host network are machines. */
  public static pods(namespace: string, labels: { [key: string]: string }): FlowPeer {
    return new FlowPeer(FlowPeerKind.PODS, namespace, labels, []);
  }

  /** Pods of all namespaces. */
  public static everyPod(): FlowPeer {
    return new FlowPeer(FlowPeerKind.EVERY_POD, undefined, {}, []);
  }

  /** All machines, with everything that runs on their own network: kubelets, agents on the host network, API servers. */
  public static machines(): FlowPeer {
    return new FlowPeer(FlowPeerKind.MACHINES, undefined, {}, []);
  }

  /** Machines of the control plane alone: API servers with their webhooks and aggregated APIs, etcd. */
  public static controlPlane(): FlowPeer {
    return new FlowPeer(FlowPeerKind.CONTROL_PLANE, undefined, {}, []);
  }

  /** Ranges outside of the cluster. */
  public static networks(cidrs: string[]): FlowPeer {
    return new FlowPeer(FlowPeerKind.NETWORKS, undefined, {}, [...cidrs].sort());
  }

  /** Any address, where only a name is known: object storage, a cloud's API. */
  public static anywhere(): FlowPeer {
    return new FlowPeer(FlowPeerKind.ANYWHERE, undefined, {}, []);
  }

  private constructor(
    public readonly kind: FlowPeerKind,
    /** Namespace of pods. */
    public readonly namespace: string | undefined,
    /** Labels of pods. */
    public readonly labels: { [key: string]: string },
    /** Ranges of networks. */
    public readonly cidrs: string[],
  ) {}
}

/** A way that packets have to be let through. Policies are made from these, so that one that is added is in the policy. */
export interface NetworkFlow {
  /** What for, in a few words: `queries of dashboards`. */
  readonly name: string;
  /** Who opens the connection. */
  readonly from: FlowPeer;
  readonly to: FlowPeer;
  /** Ports of `to`; none: all of them. */
  readonly ports: FlowPort[];
}
