import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Nodes that may restart one agent at the same time. */
const NODES_AT_ONCE = 100;

/**
 * Share of nodes whose agent (a DaemonSet's pod) is replaced at the same time, in percent, since a percentage keeps its meaning when the
 * cluster grows.
 *
 * | nodes   | 40 | 200 | 500 | 1,000 | 1,200 | 5,000 | 10,000 |
 * | percent | 25 | 25  | 20  | 10    | 8     | 2     | 1      |
 *
 * One node at a time takes hours on 1,200 nodes; all at once is a thundering herd on registry, API server and receiver. About 100 at a time
 * is a proposal; small clusters keep three quarters of their agents.
 * Source: EKSBP:scalability/workloads (EKSBP:scalability/workloads).
 */
export function nodeAgentMaxUnavailable(id: string, nodes: Amount): Derivation {
  return derived({
    id,
    unit: '%',
    words: 'share that a hundred nodes are, at most a quarter',
    expression: 'min(25, max(1, floor(nodesAtOnce * 100 / nodes)))',
    inputs: { nodesAtOnce: NODES_AT_ONCE, nodes },
    source: 'EKSBP:scalability/workloads',
    confidence: Confidence.ESTIMATE,
  });
}
