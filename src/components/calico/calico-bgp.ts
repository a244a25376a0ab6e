/** Route reflectors on the nodes of a pool. */
export interface CalicoReflectorOptions {
  /**
   * Name of the node pool whose nodes are reflectors, and nothing else that wants much of the network. At least three nodes for each zone, so that
   * every node keeps its routes when two are lost.
   */
  readonly nodePool: string;

  /**
   * Number of the autonomous system.
   *
   * @default 64512 - Calico's own
   * @see field `spec.asNumber` of BGPConfiguration
   */
  readonly asNumber?: number;
}

/** A router that nodes peer with. */
export interface CalicoRouter {
  /** Name of the BGPPeer: DNS label. */
  readonly name: string;

  /** Address of the router. */
  readonly address: string;

  /** Its autonomous system. */
  readonly asNumber: number;

  /**
   * Zones (racks) whose nodes peer with it.
   *
   * @default - all nodes
   */
  readonly zones?: string[];
}

/** Routers of the network (top of rack) that nodes peer with. */
export interface CalicoRouterOptions {
  /** At least two for each zone, or a router that restarts takes its nodes' pods with it. */
  readonly routers: CalicoRouter[];

  /**
   * Number of the nodes' autonomous system.
   *
   * @default 64512 - Calico's own
   * @see field `spec.asNumber` of BGPConfiguration
   */
  readonly asNumber?: number;
}

/** What the objects need of a choice. */
export interface CalicoBgpChoice {
  readonly kind: 'off' | 'mesh' | 'reflectors' | 'routers';
  readonly asNumber?: number;
  readonly reflectors?: CalicoReflectorOptions;
  readonly routers?: CalicoRouterOptions;
}

/** Whether and how nodes exchange routes by BGP. */
export class CalicoBgp {
  /** None: VXLAN carries everything. The simplest choice at a thousand nodes. */
  public static off(): CalicoBgp {
    return new CalicoBgp({ kind: 'off' });
  }

  /** Every node with every other one; upstream recommends it up to about 100 nodes. */
  public static mesh(asNumber?: number): CalicoBgp {
    return new CalicoBgp({ kind: 'mesh', asNumber });
  }

  /**
   * Through route reflectors: nodes of a zone keep a session to each reflector of it, and reflectors know each other. The mesh ends in a wave of its own,
   * after the sessions stand.
   */
  public static routeReflectors(options: CalicoReflectorOptions): CalicoBgp {
    return new CalicoBgp({ kind: 'reflectors', asNumber: options.asNumber, reflectors: options });
  }

  /** With routers of the network; no sessions between nodes. */
  public static routers(options: CalicoRouterOptions): CalicoBgp {
    return new CalicoBgp({ kind: 'routers', asNumber: options.asNumber, routers: options });
  }

  private constructor(
    /** @internal */
    readonly _choice: CalicoBgpChoice,
  ) {}
}
