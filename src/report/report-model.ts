/** The document `capacity.json`; `docs/capacity-report.schema.json` is its contract. Numbers are derivations' values; `key` leads to `derivations`. */
export interface ReportModel {
  readonly format: string;
  readonly version: number;
  readonly cluster?: ClusterModel;
  readonly verdict: VerdictModel;
  readonly stages?: StageModel[];
  /** Nodes that Kubernetes is tested with. */
  readonly testedNodes?: number;
  /** Node count up to which limits were looked for. */
  readonly horizon?: number;
  readonly limits?: LimitModel[];
  readonly decisions?: DecisionModel[];
  readonly network?: NetworkModel;
  readonly components?: ComponentModel[];
  readonly derivations?: DerivationModel[];
  readonly audit: AuditModel;
  readonly notes?: string[];
  readonly preconditions?: string[];
  readonly flows?: FlowModel[];
  readonly versions?: VersionModel[];
  readonly ownership?: OwnershipModel[];
  /** Pools whose kubelet is in the tree. */
  readonly nodePods?: NodePodsModel[];
  readonly joins?: JoinModel[];
  readonly rollout?: RolloutModel;
}

export interface ClusterModel {
  readonly name: string;
  readonly release: string;
  readonly nodes: number;
  readonly nodesToday: number;
  readonly pods: number;
  readonly services: number;
  readonly controlPlaneMachines: number;
  /** Service that runs the control plane. */
  readonly controlPlaneManagedBy?: string;
  readonly endpoint: string;
  /** Name of the load profile. */
  readonly load: string;
  readonly pools: PoolModel[];
}

export interface PoolModel {
  readonly name: string;
  readonly nodes: number;
  readonly nodesToday: number;
  readonly cores: number;
  readonly memoryMebibytes: number;
  readonly maxPods: number;
  readonly release: string;
}

/** What the report says in one word. */
export type Answer = 'holds' | 'holds today' | 'does not hold' | 'not known';

export interface VerdictModel {
  readonly answer: Answer;
  /** One sentence. */
  readonly sentence: string;
  /** Id of the limit that is reached first. */
  readonly firstLimit?: string;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

export interface StageModel {
  readonly name: string;
  readonly nodes: number;
}

export interface LimitModel {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Use at the final size, and its derivation. */
  readonly used: number;
  readonly usedKey: string;
  readonly capacity: number;
  readonly capacityKey: string;
  /** Used share at the final size. */
  readonly percent: number;
  /** Most nodes that it holds; the horizon where growth up to there never reaches it. */
  readonly reachedAtNodes: number;
  readonly beyondHorizon: boolean;
  /** Whether something fails beyond it; else an alert fires there, or nobody upstream has tested more. */
  readonly breaks: boolean;
  readonly consequence: string;
  readonly remedy: string;
  readonly change: string;
  /** In the order of `stages`. */
  readonly headroom?: HeadroomModel[];
}

export interface HeadroomModel {
  readonly nodes: number;
  readonly used: number;
  /** Used share in percent, one decimal. */
  readonly percent: number;
}

export interface DecisionModel {
  readonly title: string;
  readonly value: string;
  /** Why it cannot be changed. */
  readonly reason: string;
  /** What a change costs all the same. */
  readonly cost: string;
  /** What it takes to get more of it. */
  readonly growth: string;
  readonly source: string;
  /** Whether it was chosen by the library: then it is to be written into the description before the installation. */
  readonly proposed: boolean;
}

export interface NetworkModel {
  readonly ranges: RangeModel[];
  readonly reserved?: Array<{ readonly name: string; readonly cidr: string; readonly holdsNodes: boolean }>;
  /** Blocks of the pod range that nodes hold, in the order of `stages`. */
  readonly blocks?: BlockModel[];
}

export interface RangeModel {
  readonly use: string;
  readonly field: string;
  readonly cidr: string;
  readonly family: number;
  readonly addresses: number;
  readonly proposed: boolean;
  readonly reason: string;
  /** In the order of `stages`. */
  readonly room?: RoomModel[];
}

export interface RoomModel {
  readonly nodes: number;
  readonly used: number;
  readonly percent: number;
}

export interface BlockModel {
  readonly nodes: number;
  readonly used: number;
  readonly size: number;
  readonly percent: number;
}

export interface ComponentModel {
  /** Paths of constructs with the same numbers. */
  readonly paths: string[];
  readonly type: string;
  /** Keys in `derivations`. */
  readonly numbers: string[];
  readonly notes?: string[];
}

export interface DerivationModel {
  /** Unique in the report: the id, with a count where one id has several values. */
  readonly key: string;
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly words: string;
  readonly expression?: string;
  readonly formula: string;
  readonly inputs?: Array<{ readonly name: string; readonly value: number; readonly key?: string }>;
  /** Keys of the derivations it was computed from. */
  readonly from?: string[];
  readonly source: string;
  readonly confidence: string;
}

export interface AuditModel {
  readonly findings?: FindingModel[];
  readonly suppressed?: FindingModel[];
  readonly unusedSuppressions?: string[];
  /** Rules that were asked. */
  readonly rules: number;
  readonly notApplicable: string[];
}

export interface FindingModel {
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly subject: string;
  readonly path: string;
  readonly detail: string;
  readonly why: string;
  readonly remedy: string;
  readonly source: string;
  readonly suppressedBecause?: string;
}

export interface FlowModel {
  readonly from: string;
  readonly to: string;
  /** Protocol and port. */
  readonly protocol: string;
  readonly rate: number;
  readonly unit: string;
  readonly rateKey: string;
  /** Connections open at one time, where they are counted. */
  readonly connections?: number;
  readonly connectionsKey?: string;
}

export interface VersionModel {
  readonly component: string;
  readonly version: string;
}

export interface OwnershipModel {
  readonly what: string;
  readonly count: number;
  readonly owner: string;
  readonly detail: string;
}

/** Pods of one node of a pool. */
export interface NodePodsModel {
  readonly pool: string;
  readonly pods: number;
  readonly podsKey: string;
  /** The bound that is met first. */
  readonly binding: string;
  readonly bounds: Array<{ readonly bound: string; readonly pods: number; readonly key: string }>;
}

/** What nodes pull that join at the same time. */
export interface JoinModel {
  readonly name: string;
  readonly nodes: number;
  readonly nodesKey: string;
  readonly gigabytes: number;
  readonly gigabytesKey: string;
  /** Until the last node has pause and network. */
  readonly firstImagesSeconds: number;
  readonly firstImagesSecondsKey: string;
  readonly allImagesSeconds: number;
  readonly allImagesSecondsKey: string;
  /** Pulls that are open at the registry at one time. */
  readonly openPulls: number;
  readonly openPullsKey: string;
}

export interface RolloutModel {
  readonly kubeletsAtATime: number;
  readonly kubeletsAtATimeKey: string;
  readonly pools: PoolRolloutModel[];
  readonly rings?: RingRolloutModel[];
}

export interface PoolRolloutModel {
  readonly pool: string;
  readonly nodesToday: number;
  readonly nodesAtATime: number;
  readonly nodesAtATimeKey: string;
  /** After one node alone. */
  readonly batches: number;
  readonly batchesKey: string;
  readonly podsMovedSeconds: number;
  readonly podsMovedSecondsKey: string;
  /** What brings the nodes from today's configuration to this one, where today's is known. */
  readonly action?: string;
}

export interface RingRolloutModel {
  readonly ring: string;
  readonly members: number;
  readonly mayBeAway: number;
  readonly mayBeAwayKey: string;
  readonly machinesAtATime: number;
  readonly machinesAtATimeKey: string;
}
