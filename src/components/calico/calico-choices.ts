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
