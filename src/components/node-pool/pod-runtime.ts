import { Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { ContainerRuntime } from './container-runtime';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NodePool, POOL_LABEL } from '../../cluster/node-pool';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { inClusterObject } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** Inputs of `PodRuntime`. */
export interface PodRuntimeProps {
  /**
   * Facts of the cluster.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** What starts the containers; the same that `containerd: Containerd.of({ runtimes })` of the pool has. */
  readonly runtime: ContainerRuntime;

  /**
   * The pool whose machines have it: its label becomes the selector, its taints are tolerated.
   *
   * @default - every node has it
   */
  readonly pool?: NodePool;

  /**
   * Memory of the sandbox itself; the scheduler counts it for each pod.
   *
   * @default - none
   */
  readonly memoryOverhead?: Size;

  /**
   * Millicores of the sandbox itself; the scheduler counts them for each pod.
   *
   * @default 0
   */
  readonly cpuOverhead?: number;
}

/** RuntimeClass of a container runtime: a pod that names it lands on the machines that have it, and pays for its sandbox. */
export class PodRuntime extends Construct {
  /** What a pod sets as `runtimeClassName`. */
  public readonly runtimeClassName: string;
  /** None: the amounts are the user's. */
  public readonly derivations: Derivation[] = [];

  constructor(scope: Construct, id: string, props: PodRuntimeProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const { runtime: { name }, pool, cpuOverhead = 0 } = props;
    const problems = new Problems(`PodRuntime '${name}'`);
    problems.add(wholeNumberProblem('cpuOverhead', cpuOverhead, { min: 0, max: 64_000, why: 'millicores' }));
    problems.throwIfAny();
    const memory = props.memoryOverhead?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
    const overhead = { ...(cpuOverhead > 0 ? { cpu: k8s.Quantity.fromString(`${cpuOverhead}m`) } : {}), ...(memory === undefined ? {} : { memory: k8s.Quantity.fromString(`${memory}Mi`) }) };
    const tolerations = pool?.taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect })) ?? [];
    this.runtimeClassName = name;
    inClusterObject(this, 'RuntimeClass', { name: 'container-runtimes', component: 'runtime', cluster: cluster.name, wave: WAVE.foundation }, k8s.KubeRuntimeClass.manifest({
      metadata: { name },
      handler: name,
      ...(Object.keys(overhead).length === 0 ? {} : { overhead: { podFixed: overhead } }),
      ...(pool === undefined ? {} : { scheduling: { nodeSelector: { [POOL_LABEL]: pool.name }, ...(tolerations.length === 0 ? {} : { tolerations }) } }),
    }));
  }
}
