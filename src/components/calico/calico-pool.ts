import { CalicoEncapsulation, CalicoPoolUse } from './calico-choices';

/**
 * A pool of pod addresses. Ranges of pools are disjoint from each other, from Services and from machines; together those that are not disabled hold
 * the final size of the nodes that they serve.
 */
export interface CalicoIpPool {
  /** Name: DNS label. */
  readonly name: string;

  /** Range, usually a part of `network.podCidr`. */
  readonly cidr: string;

  /**
   * Mask of the blocks of addresses that nodes claim; cannot be changed later.
   *
   * @default - that of the construct
   * @see field `blockSize` of IPPool
   */
  readonly blockSize?: number;

  /**
   * How packets to its addresses travel.
   *
   * @default - that of the construct
   * @see fields `vxlanMode` and `ipipMode` of IPPool
   */
  readonly encapsulation?: CalicoEncapsulation;

  /**
   * Whether packets from its pods to addresses outside all pools leave with the address of their node.
   *
   * @default - that of the construct
   * @see field `natOutgoing` of IPPool
   */
  readonly natOutgoing?: boolean;

  /**
   * Names of the node pools that it serves.
   *
   * @default - all
   * @see field `nodeSelector` of IPPool
   */
  readonly nodePools?: string[];

  /**
   * Zones that it serves: addresses then tell the zone, and firewalls and routers can use that.
   *
   * @default - all
   * @see field `nodeSelector` of IPPool
   */
  readonly zones?: string[];

  /**
   * Nodes that it serves by a selector of your own, for labels that this library does not know; both this and the two before it have to hold.
   *
   * @default - none
   * @see field `nodeSelector` of IPPool
   */
  readonly nodeSelector?: string;

  /**
   * Namespaces whose pods get its addresses. Needs Calico 3.31. Other pods of the same nodes need another pool.
   *
   * @default - all
   * @see field `namespaceSelector` of IPPool
   */
  readonly namespaceSelector?: string;

  /**
   * Whether it gives no addresses yet, or no more: a range that a later stage of growth enables, or one that is being left. It is known as a pod
   * range meanwhile and counts for nothing.
   *
   * @default false
   * @see field `disabled` of IPPool
   */
  readonly disabled?: boolean;

  /**
   * Whether routes to it stay inside the cluster.
   *
   * @default true - exported where BGP runs
   * @see field `disableBGPExport` of IPPool
   */
  readonly exportRoutes?: boolean;

  /**
   * What it is for. A pool for tunnels alone tells addresses of machines from those of pods. Needs Calico 3.28 in an operator's Installation.
   *
   * @default - workloads and tunnels
   * @see field `allowedUses` of IPPool
   */
  readonly uses?: CalicoPoolUse[];
}
