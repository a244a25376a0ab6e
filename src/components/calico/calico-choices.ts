/** How packets between pods of different nodes travel. */
export enum CalicoEncapsulation {
  /** Always in VXLAN: asks nothing of the fabric but UDP between nodes. */
  VXLAN = 'VXLAN',
  /** VXLAN only between subnets; inside a subnet the fabric must deliver pod addresses to the node that owns them. */
  VXLAN_CROSS_SUBNET = 'VXLANCrossSubnet',
  /** Never; the fabric must know the routes, which needs BGP. */
  NONE = 'None',
}

/** How Calico finds the API servers before it serves the address of the `kubernetes` Service itself. */
export enum CalicoApiBootstrap {
  /**
   * ConfigMap `kubernetes-services-endpoint` with the load balancer of the API servers. Works for every version and is the only way for a
   * cluster that never ran kube-proxy.
   */
  CONFIG_MAP = 'ConfigMap',
  /**
   * The operator reads the endpoints of the `kubernetes` Service and switches kube-proxy off. From Calico 3.31; needs kube-proxy running in
   * kube-system while Calico is installed, owned by no deployment tool.
   */
  OPERATOR = 'Operator',
}

/** Who installs Calico. */
export enum CalicoInstall {
  /** The operator, which is part of the output. */
  OPERATOR = 'Operator',
  /** An operator that somebody else installed and keeps at the version of the cluster's release; Installation and configuration are written. */
  EXISTING_OPERATOR = 'ExistingOperator',
  /**
   * Upstream's manifest, for those who own calico-node themselves: DaemonSet, Typha and controllers are theirs; configuration and pools are
   * written, and `preconditions` names what the manifest has to say.
   */
  MANIFESTS = 'Manifests',
}

/** How kubectl reaches `projectcalico.org/v3`. */
export enum CalicoApiAccess {
  /** API server of Calico. Works with every version. */
  API_SERVER = 'ApiServer',
  /** CustomResourceDefinitions of that group; a tech preview of Calico 3.32 that needs MutatingAdmissionPolicy (Kubernetes 1.32, on by default in 1.36). */
  NATIVE = 'Native',
}

/** How a node hands traffic from outside to a pod of another node. */
export enum CalicoServiceMode {
  /** There and back through the node that it came in at. */
  TUNNEL = 'Tunnel',
  /** Back from the pod's node straight to the client, with the address of the first node: half the way, for networks that forward such packets. */
  DSR = 'DSR',
}

/** What an address pool is for. */
export enum CalicoPoolUse {
  WORKLOAD = 'Workload',
  /** Addresses of the nodes' own ends of tunnels. */
  TUNNEL = 'Tunnel',
}
