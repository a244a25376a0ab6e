/** What addresses of a range are for. */
export enum NetworkUse {
  PODS = 'pods',
  SERVICES = 'services',
  NODES = 'nodes',
}

/** One range of the cluster. */
export interface NetworkRange {
  readonly use: NetworkUse;
  /** Prop of the description that holds it: `podCidr`, `secondaryPodCidr`, ... */
  readonly field: string;
  readonly cidr: string;
  /** 4 or 6. */
  readonly family: number;
  /** Addresses in the range; capped at 2^53 - 1. */
  readonly addresses: number;
  /** Whether the library chose it. */
  readonly proposed: boolean;
  /** Who chose it, and for what. */
  readonly reason: string;
}

/** A range that something outside the cluster uses. */
export interface ReservedRange {
  /** Name for messages: `VPC`, `on-premises`, `docker bridge`. */
  readonly name: string;

  /** For example `192.168.0.0/16`; the bridge that Docker makes is `172.17.0.0/16`. */
  readonly cidr: string;

  /**
   * Whether the machines of the cluster live in this range (the VPC). Then the node range has to lie inside it; pods and Services stay outside
   * all the same.
   *
   * @default false
   */
  readonly holdsNodes?: boolean;
}
