import { Gpu } from './gpu';
import { KubernetesRelease } from './kubernetes-release';
import { MachineShape } from './machine-shape';
import { wholeNumberProblem } from '../input/numbers';
import { Problems } from '../input/problems';
import { dnsLabelProblem, dnsNameProblem, labelProblem, quoted, safeEntries } from '../input/text-safety';

/** What the nodes of a pool are made for; decides defaults of the kubelet. */
export enum PoolKind {
  /** Exclusive cores: static CPU manager, few large pods. */
  COMPUTE = 'compute',
  /** Large memory. */
  MEMORY = 'memory',
  /** Accelerators; tainted, so that only pods that ask for a card land here. */
  GPU = 'gpu',
  /** Everything else. */
  GENERAL = 'general',
}

/** Effect of a taint. */
export enum TaintEffect {
  NO_SCHEDULE = 'NoSchedule',
  PREFER_NO_SCHEDULE = 'PreferNoSchedule',
  NO_EXECUTE = 'NoExecute',
}

/** A taint that the kubelet registers its node with. */
export interface NodeTaint {
  readonly key: string;
  /** @default - no value */
  readonly value?: string;
  readonly effect: TaintEffect;
}

/** A set of equal nodes. */
export interface NodePoolProps {
  /** Planned **final** number of nodes; every number that cannot be changed later (ranges, blocks) uses it. */
  readonly nodes: number;

  /**
   * Number of nodes today.
   *
   * @default - the final number
   */
  readonly nodesToday?: number;

  /** Cores, memory and disks of each machine. */
  readonly machine: MachineShape;

  /**
   * What the pool is made for.
   *
   * @default - GPU with `gpu`, else the kind of that name (`compute`, `memory`), else GENERAL
   */
  readonly kind?: PoolKind;

  /**
   * Accelerators.
   *
   * @default - none
   */
  readonly gpu?: Gpu;

  /**
   * Whether nodes with accelerators carry a taint of the resource's name, so that only pods that ask for a card land there. Without it any pod
   * may take the cores that pods with cards need; the audit says so.
   *
   * @default true
   */
  readonly gpuTaint?: boolean;

  /**
   * Most pods per node.
   *
   * @default - 110, compute 58, GPU 60, and never above 10 per core
   */
  readonly maxPods?: number;

  /**
   * Kubernetes release of the kubelets; may lag behind the control plane (two minors before 1.28, three from then on).
   *
   * @default - the release of the control plane
   */
  readonly release?: KubernetesRelease;

  /**
   * Zones the nodes are spread over.
   *
   * @default - not recorded
   */
  readonly zones?: string[];

  /**
   * Names of the nodes as they register, where they are known beforehand (machines of one's own). Needed where something names a node, such as
   * `LocalSsdStorage.addVolume`; all other nodes of the pool stay nameless.
   *
   * @default - not known
   */
  readonly nodeNames?: string[];

  /**
   * Labels beside those that the library derives (pool, kind, accelerator).
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Taints beside the one that GPU pools get.
   *
   * @default - none
   */
  readonly taints?: NodeTaint[];
}

/** Label that names the pool of a node. The kubelet may set it itself (NodeRestriction allows labels outside kubernetes.io). */
export const POOL_LABEL = 'thousand-node.io/pool';

/** Label that names the kind of a node's pool. */
export const POOL_KIND_LABEL = 'thousand-node.io/pool-kind';

/** Label that names the accelerator model. */
export const ACCELERATOR_LABEL = 'thousand-node.io/accelerator';

const MAX_NODES = 10_000;

/** A named set of equal nodes. */
export class NodePool {
  public static of(name: string, props: NodePoolProps): NodePool {
    return new NodePool(name, props);
  }

  public readonly nodes: number;
  public readonly nodesToday: number;
  public readonly machine: MachineShape;
  public readonly kind: PoolKind;
  public readonly gpu?: Gpu;
  /** Most pods per node. */
  public readonly maxPods: number;
  /** Undefined: the release of the control plane. */
  public readonly release?: KubernetesRelease;
  public readonly zones: string[];
  /** Names of the nodes that are known; may be fewer than there are. */
  public readonly nodeNames: string[];
  /** All labels of the nodes, derived ones included. */
  public readonly labels: { [key: string]: string };
  /** All taints of the nodes, derived ones included. */
  public readonly taints: NodeTaint[];

  private constructor(public readonly name: string, props: NodePoolProps) {
    const nameProblem = dnsLabelProblem('name', name);
    const problems = new Problems(`pool ${nameProblem === undefined ? `'${name}'` : quoted(name)}`);
    problems.add(nameProblem);
    problems.require(name !== 'control-plane', 'name control-plane stands for the machines of the control plane; give the pool another name');
    problems.add(wholeNumberProblem('nodes', props.nodes, { min: 1, max: MAX_NODES, why: 'planned final size; Kubernetes is tested to 5,000 nodes' }));
    if (props.nodesToday !== undefined) {
      problems.add(wholeNumberProblem('nodesToday', props.nodesToday, { min: 0, max: MAX_NODES, why: 'nodes that exist now' }));
      problems.require(!(props.nodesToday > props.nodes), `nodesToday ${props.nodesToday} must not exceed nodes ${props.nodes}, the final size`);
    }
    this.kind = props.kind ?? (props.gpu ? PoolKind.GPU : kindByName(name));
    problems.require((this.kind === PoolKind.GPU) === (props.gpu !== undefined), this.kind === PoolKind.GPU
      ? 'a GPU pool needs gpu, for example Gpu.nvidia(\'T4\', 4)'
      : `gpu is set but kind is ${this.kind}; leave kind out or use PoolKind.GPU`);
    problems.require(props.gpu !== undefined || props.gpuTaint === undefined, 'gpuTaint is for pools with gpu; leave it out');
    const perCore = 10 * props.machine.cpu;
    this.maxPods = props.maxPods ?? Math.min(perCore, DEFAULT_MAX_PODS[this.kind]);
    problems.add(wholeNumberProblem('maxPods', this.maxPods, { min: 1, max: 1000, why: 'pods per node; Kubernetes is tested to 110' }));
    const names = props.nodeNames ?? [];
    for (const node of names) { problems.add(dnsNameProblem('nodeNames', node)); }
    for (const twice of new Set(names.filter((node, i) => names.indexOf(node) !== i))) { problems.add(`nodeNames: '${twice}' stands there twice; a node registers once`); }
    problems.require(names.length === 0 || !(names.length > props.nodes), `nodeNames names ${names.length} nodes, the pool has ${props.nodes}; raise nodes or remove names`);
    for (const zone of props.zones ?? []) { problems.add(labelProblem('zones', 'topology.kubernetes.io/zone', zone)); }
    const userLabels = safeEntries('labels', props.labels);
    for (const [key, value] of userLabels) {
      problems.add(labelProblem('labels', key, value));
      problems.require(!RESERVED_LABEL.test(key), `labels: '${key}' may not be set by a kubelet (NodeRestriction); use a prefix of your own`);
    }
    for (const taint of props.taints ?? []) { problems.add(labelProblem('taints', taint.key, taint.value ?? '')); }
    problems.throwIfAny();

    this.nodes = props.nodes;
    this.nodesToday = props.nodesToday ?? props.nodes;
    this.machine = props.machine;
    this.gpu = props.gpu;
    this.release = props.release;
    this.zones = [...new Set(props.zones ?? [])].sort();
    this.nodeNames = [...names].sort();
    this.labels = {
      ...(props.gpu ? { [ACCELERATOR_LABEL]: `${props.gpu.vendor}-${props.gpu.model}`.toLowerCase() } : {}),
      [POOL_LABEL]: name,
      [POOL_KIND_LABEL]: this.kind,
      ...Object.fromEntries(userLabels),
    };
    this.taints = [
      ...(props.gpu && props.gpuTaint !== false ? [{ key: props.gpu.resourceName, value: 'present', effect: TaintEffect.NO_SCHEDULE }] : []),
      ...(props.taints ?? []),
    ];
  }
}

/** Pods per node where the user names none. Source: kubelet.md, per pool (general practice); 110 is the tested envelope of Kubernetes. */
const DEFAULT_MAX_PODS: { [kind in PoolKind]: number } = {
  [PoolKind.COMPUTE]: 58,
  [PoolKind.MEMORY]: 110,
  [PoolKind.GPU]: 60,
  [PoolKind.GENERAL]: 110,
};

// kubelets may set kubernetes.io and k8s.io labels only from a short list, and node-restriction.kubernetes.io never.
const RESERVED_LABEL = /^(?!topology\.kubernetes\.io\/|node\.kubernetes\.io\/|kubelet\.kubernetes\.io\/)([^/]*\.)?(kubernetes|k8s)\.io\//;

function kindByName(name: string): PoolKind {
  return name === PoolKind.COMPUTE || name === PoolKind.MEMORY ? name : PoolKind.GENERAL;
}
