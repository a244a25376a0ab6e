import { REQUEST_DURATIONS } from './api-server-load-capacity';
import { chosen, ControlPlaneLoad } from './control-plane-load';
import { poolNodesToday } from './pool-amounts';
import { NodePool } from '../cluster/node-pool';
import { Confidence, derived, Derivation, stated } from '../derivation/derivation';

/** Kubelets that may start at the same time. */
export interface KubeletStarts {
  /** Kubelets of the whole cluster. */
  readonly atATime: Derivation;
  /** All numbers behind it. */
  readonly derivations: Derivation[];
}

/** Rate and burst of a kubelet's client. Source: KK:pkg/kubelet/apis/config/v1beta1/defaults.go from 1.27 on; written out before. */
const CLIENT_QPS = 50;
const CLIENT_BURST = 100;

/** Level that takes what nodes ask beside heartbeats. Source: AS@37 pkg/apis/flowcontrol/bootstrap/default.go. */
const LEVEL = 'system';

/**
 * Kubelets that may start at the same time: those that fill half of the seats which level `system` has left in the API servers, one of them away.
 * A kubelet that starts lists and watches again what it knows, reads each of its pods and asks for a new token for each; the first second, with the burst of its
 * client, is the worst.
 *
 * | 30 pods on a node, 5 API servers | 600 seats in all     | 400 seats, levels of ours beside |
 * | requests of one start            | 160 reads, 32 writes | the same                         |
 * | of them in the first second      | 150                  | the same                         |
 * | seats that they take             | 1.125                | the same                         |
 * | seats of the level in one server | 74                   | 43                               |
 * | kubelets                         | 130                  | 75                               |
 *
 * Source: KK:pkg/kubelet (watches of the kubelet and of ConfigMaps and Secrets; token/token_manager.go keeps tokens in memory); two ConfigMaps or Secrets
 * for each pod and the half are proposals.
 */
export function kubeletStarts(load: ControlPlaneLoad): KubeletStarts {
  const { podsPerNode, controlPlaneMachines } = load.fleet;
  const level = load.use.find(({ name }) => name === LEVEL)!;
  const row = (id: string, unit: string, words: string, expression: string, inputs: { [name: string]: Derivation | number }) =>
    derived({ id: `rollout/kubelet-start/${id}`, unit, words, expression, inputs, source: 'KK:pkg/kubelet; proposal', confidence: Confidence.ESTIMATE });
  const reads = row('reads', 'requests', 'list and watch of five kinds and of two ConfigMaps or Secrets for each pod, and each pod', '2 * (5 + 2 * podsPerNode) + podsPerNode', { podsPerNode });
  const writes = row('writes', 'requests', 'a token for each pod, node and lease', 'podsPerNode + 2', { podsPerNode });
  const rate = row('first-second', 'requests/s', 'all of them, at most the burst of its client and its rate', 'min(reads + writes, burst + qps)', { reads, writes, burst: CLIENT_BURST, qps: CLIENT_QPS });
  const seatsOfOne = row('seats', 'seats', 'rate x mean duration (Little\'s law)', 'rate * (reads * readSeconds + writes * writeSeconds) / (reads + writes)', {
    rate, reads, readSeconds: REQUEST_DURATIONS.read(), writes, writeSeconds: REQUEST_DURATIONS.write(),
  });
  const serversLeft = row('api-servers', 'servers', 'one is away meanwhile', 'max(1, apiServers - 1)', { apiServers: controlPlaneMachines });
  const atATime = derived({
    id: 'rollout/kubelets-at-a-time',
    unit: 'kubelets',
    words: 'starts that fill half of the free seats of level system',
    expression: 'max(1, floor(share * serversLeft * (seats - inUse) / seatsOfOne))',
    inputs: { share: 0.5, serversLeft, seats: level.seats, inUse: level.inUse, seatsOfOne },
    source: 'AS@37 pkg/util/flowcontrol; proposal',
    confidence: Confidence.ESTIMATE,
  });
  return { atATime, derivations: [reads, writes, rate, seatsOfOne, serversLeft, atATime] };
}

/** How a change goes through the nodes of a pool. */
export interface PoolBatches {
  /** Nodes that change at a time. */
  readonly batch: Derivation;
  /** Batches after the first node. */
  readonly batches: Derivation;
  /** Seconds that the controllers need at least to bring the pods of one batch elsewhere. */
  readonly podsMoved: Derivation;
}

/**
 * Nodes of a pool that change at a time: a tenth, so that a bad setting stops there, and never more kubelets than may start together. One node goes
 * first and alone.
 *
 * | nodes today, kubelets at a time | 5, 75 | 384, 75 | 784, 75 | 4,400, 75 |
 * | batch                           | 1     | 38      | 75      | 75        |
 * | batches                         | 4     | 11      | 11      | 59        |
 * | pods of a drained batch, 100/s  | 1 s   | 26 s    | 51 s    | 51 s      |
 *
 * Source: kubernetes-sigs/cluster-api#8112 (joins in numbers overload the API); 2.25 requests for a pod that is replaced: MEAS.
 */
export function poolBatches(pool: NodePool, starts: KubeletStarts, load: ControlPlaneLoad, numbers: Derivation[]): PoolBatches {
  const nodes = poolNodesToday(pool);
  const id = (name: string) => `rollout/${pool.name}/${name}`;
  const batch = derived({
    id: id('batch'),
    unit: 'nodes',
    words: 'a tenth of the pool, at most the kubelets that may start together',
    expression: 'max(1, min(floor(nodes / 10), atATime))',
    inputs: { nodes, atATime: starts.atATime },
    source: 'kubernetes-sigs/cluster-api#8112; proposal',
    confidence: Confidence.ESTIMATE,
  });
  return {
    batch,
    batches: derived({ id: id('batches'), unit: 'batches', words: 'one node first, then the others', expression: 'ceil(max(0, nodes - 1) / batch)', inputs: { nodes, batch }, source: 'derived' }),
    podsMoved: derived({
      id: id('pods-moved'),
      unit: 's',
      words: 'pods of a drained batch at the rate of the controllers; their own end and their images come on top',
      expression: 'ceil(2.25 * batch * podsPerNode / qps)',
      inputs: { batch, podsPerNode: load.fleet.podsPerNode, qps: chosen(numbers, 'controller-manager/kube-api-qps') },
      source: 'MEAS',
      confidence: Confidence.MEASURED,
    }),
  };
}

/** Machines of one etcd ring that may change at a time. */
export interface RingBatch {
  /** Members that may be away while the others are a majority. */
  readonly mayBeAway: Derivation;
  /** Machines that change at a time. */
  readonly batch: Derivation;
}

/**
 * Machines of an etcd ring that change at a time: as many as may be away, but for one that may fail meanwhile. Never less than one: a ring of one or two
 * stands still.
 *
 * | members     | 1 | 2 | 3 | 5 | 7 |
 * | may be away | 0 | 0 | 1 | 2 | 3 |
 * | at a time   | 1 | 1 | 1 | 1 | 2 |
 *
 * Source: ETCDW@v3.6 faq (majority).
 */
export function ringBatch(ring: string, memberCount: number): RingBatch {
  const members = stated(`rollout/${ring}/members`, memberCount, 'members', `members of ${ring}`);
  const mayBeAway = derived({ id: `rollout/${ring}/may-be-away`, unit: 'members', words: 'members beyond a majority', expression: 'members - (floor(members / 2) + 1)', inputs: { members }, source: 'ETCDW@v3.6 faq' });
  const batch = derived({ id: `rollout/${ring}/batch`, unit: 'machines', words: 'those that may be away, but for one that fails meanwhile', expression: 'max(1, mayBeAway - 1)', inputs: { mayBeAway }, source: 'ETCDW@v3.6 faq; proposal', confidence: Confidence.ESTIMATE });
  return { mayBeAway, batch };
}
