import { addressesPerBlock, BlockPlan } from './calico-capacity';
import { poolCores, poolMaxPods, poolMemory } from './pool-amounts';
import { ClusterFacts } from '../cluster/cluster-facts';
import { NodePool } from '../cluster/node-pool';
import { Amount, Confidence, derived, Derivation, named } from '../derivation/derivation';

/** What may end the pods of one node. */
export enum PodBound {
  /** `maxPods` of the pool. */
  MAX_PODS = 'maxPods',
  /** `podsPerCore` of the kubelet. */
  PODS_PER_CORE = 'podsPerCore',
  /** Memory that is left for pods. */
  MEMORY = 'memory',
  /** Addresses that Calico gives to one node. */
  ADDRESSES = 'addresses',
  /** What Kubernetes is tested with. */
  TESTED = 'tested',
}

/** One bound of the pods of a node. */
export interface BoundOfPods {
  readonly bound: PodBound;
  readonly pods: Derivation;
}

/** Pods that a node of a pool really holds. */
export interface PodsOfNode {
  readonly pool: string;
  /** In the order of `PodBound`; what is not set stands not here. */
  readonly bounds: BoundOfPods[];
  /** The smallest of them. */
  readonly pods: Derivation;
  /** Which it is; of equal ones the first. */
  readonly binding: PodBound;
}

/** What the bounds of one pool are made from. */
export interface PodsOfNodeProps {
  readonly pool: NodePool;
  readonly podCidr: string;
  /** Memory that pods cannot have: `kubelet/<pool>/withheld-memory`. */
  readonly withheld: Derivation;
  /** MiB that are set aside as huge pages. @default 0 */
  readonly hugePages?: Amount;
  /** @default - Calico does not give the addresses */
  readonly plan?: BlockPlan;
  /** MiB that an average pod asks for. @default - `averageRequest()` */
  readonly requestOfPod?: Amount;
  /** `podsPerCore` of the kubelet. @default 0, no bound */
  readonly podsPerCore?: Amount;
}

/** Blocks that Calico gives to one node when nobody configures another limit. Source: CAL@v3.32.0 libcalico-go/lib/ipam/ipam.go. */
const BLOCKS_OF_NODE = 20;

/** Memory that an average pod asks for. Measure: sum of requests / pods of a busy node. */
export function averageRequest(): Derivation {
  return derived({ id: 'node/average-request', unit: 'MiB', words: 'half a GiB for an average pod', expression: '512', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/**
 * Bounds of the pods of one node, and which of them counts.
 *
 * | machine             | 16 cores, 64 GiB | 16 cores, 64 GiB, maxPods 250 | 4 cores, 16 GiB | 64 cores, 128 GiB, maxPods 58 |
 * | maxPods             | **110**          | 250                           | 110             | **58**                        |
 * | memory at 512 MiB   | 122              | 117                           | **27**          | 252                           |
 * | blocks of 64, VXLAN | 1,279            | 1,279                         | 1,279           | 1,279                         |
 * | tested              | 110              | **110**                       | 40              | 110                           |
 *
 * Source: SIGSC:configs-and-limits/thresholds.md (min(110, 10 x cores)); KK:pkg/kubelet/kubelet_node_status.go (podsPerCore); the request is a proposal.
 */
export function podsOfNode(props: PodsOfNodeProps): PodsOfNode {
  const { pool, plan, withheld, requestOfPod = averageRequest(), podsPerCore = 0, hugePages } = props;
  const id = (name: string) => `node/${pool.name}/pods-by-${name}`;
  const cores = poolCores(pool);
  const bounds: BoundOfPods[] = [
    { bound: PodBound.MAX_PODS, pods: named(id('max-pods'), poolMaxPods(pool)) },
    ...((typeof podsPerCore === 'number' ? podsPerCore : podsPerCore.value) > 0 ? [{
      bound: PodBound.PODS_PER_CORE,
      pods: derived({
        id: id('cores'), unit: 'pods', words: 'podsPerCore for every core', expression: 'podsPerCore * cores', inputs: { podsPerCore, cores }, source: 'KK:pkg/kubelet/kubelet_node_status.go',
      }),
    }] : []),
    {
      bound: PodBound.MEMORY,
      pods: derived({
        id: id('memory'),
        unit: 'pods',
        words: hugePages ? 'memory that is neither withheld nor in huge pages, divided by what an average pod asks for' : 'memory that is not withheld, divided by what an average pod asks for',
        expression: hugePages ? 'max(0, floor((memory - withheld - hugePages) / requestOfPod))' : 'max(0, floor((memory - withheld) / requestOfPod))',
        inputs: { memory: poolMemory(pool), withheld, requestOfPod, ...(hugePages ? { hugePages } : {}) },
        source: 'proposal',
        confidence: Confidence.ESTIMATE,
      }),
    },
    ...(plan ? [{
      bound: PodBound.ADDRESSES,
      pods: derived({
        id: id('addresses'),
        unit: 'pods',
        words: 'addresses of all blocks that one node may have, less its tunnel\'s',
        expression: 'blocks * block - tunnelAddresses',
        inputs: { blocks: BLOCKS_OF_NODE, block: addressesPerBlock(props.podCidr, plan.blockSize), tunnelAddresses: plan.tunnelAddress ? 1 : 0 },
        source: 'CAL@v3.32.0 libcalico-go/lib/ipam/ipam.go',
      }),
    }] : []),
    {
      bound: PodBound.TESTED,
      pods: derived({
        id: id('tests'), unit: 'pods', words: 'ten for every core, at most 110: more works and is tested by nobody', expression: 'min(110, 10 * cores)', inputs: { cores }, source: 'SIGSC:configs-and-limits/thresholds.md',
      }),
    },
  ];
  const pods = derived({
    id: `node/${pool.name}/pods`,
    unit: 'pods',
    words: 'the smallest bound',
    expression: `min(${bounds.map((_, i) => `bound${i + 1}`).join(', ')})`,
    inputs: Object.fromEntries(bounds.map((bound, i) => [`bound${i + 1}`, bound.pods])),
    source: 'SIGSC:configs-and-limits/thresholds.md; proposal',
    confidence: Confidence.ESTIMATE,
  });
  return { pool: pool.name, bounds, pods, binding: bounds.find(bound => bound.pods.value === pods.value)!.bound };
}

/**
 * Pods of a node of every pool whose kubelet is in the finished cluster.
 *
 * @param derivations of the finished cluster: what its kubelets withhold
 */
export function podsOfNodes(cluster: ClusterFacts, derivations: Derivation[], plan?: BlockPlan): PodsOfNode[] {
  return cluster.pools.flatMap(pool => {
    const withheld = derivations.find(({ id }) => id === `kubelet/${pool.name}/withheld-memory`);
    const hugePages = derivations.find(({ id }) => id === `kubelet/${pool.name}/huge-pages`);
    const podsPerCore = derivations.find(({ id }) => id === `kubelet/${pool.name}/pods-per-core`);
    return withheld ? [podsOfNode({ pool, podCidr: cluster.network.podCidr, withheld, plan, hugePages, podsPerCore })] : [];
  });
}
