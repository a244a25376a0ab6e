import { Amount, Confidence, derived, Derivation, given } from '../derivation/derivation';

/** How fast pods are taken off nodes that went silent, per zone. */
export interface EvictionDamping {
  /** Nodes per second while a zone is healthy. */
  readonly rate: Derivation;
  /** Nodes per second while most of a large zone is silent. */
  readonly secondaryRate: Derivation;
  /** Share of silent nodes from which a zone counts as unhealthy. */
  readonly unhealthyShare: Derivation;
  /** Nodes up to which an unhealthy zone is left alone. */
  readonly largeZone: Derivation;
}

/**
 * Eviction from silent nodes. Each node gives up all its pods at once, and every zone has an allowance of its own: with many pods per node and many zones
 * the controllers could not recreate what is deleted, and a returning network would find an empty cluster.
 *
 * | pods per node, zones | 30, 1 | 30, 3 | 30, 5 | 110, 3 | 250, 3 |
 * | nodes/s of a zone    | 0.1   | 0.1   | 0.1   | 0.04   | 0.02   |
 *
 * 15 pods a second are recreated in time (measured, drill 9), so all zones together lose no more than that; never faster than upstream's 0.1. The share and the
 * size stay upstream's: below 55 % silent nodes are lost machines, whose pods people wait for; above it is more likely the network, and a tenth
 * of the rate gives it time. A zone whose nodes are all silent keeps the full rate unless all zones are, then nothing is evicted (KK:pkg/controller/nodelifecycle).
 *
 * Zones need their label on the nodes: without it the whole cluster is one.
 *
 * @param givenRate the user's, which the secondary rate follows
 */
export function evictionDamping(podsPerNode: Amount, zones: Amount, givenRate?: number): EvictionDamping {
  const source = 'KK:cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go';
  const rate = given(givenRate, derived({
    id: 'controller-manager/node-eviction-rate',
    unit: 'nodes/s',
    words: 'pods that the controllers recreate, over all zones; at most upstream\'s 0.1, at least 0.01',
    expression: 'min(0.1, max(0.01, floor(100 * recreated / (podsPerNode * zones)) / 100))',
    inputs: { recreated: 15, podsPerNode, zones },
    source: `${source}; MEAS`,
    confidence: Confidence.ESTIMATE,
  }));
  return {
    rate,
    secondaryRate: derived({
      id: 'controller-manager/secondary-node-eviction-rate', unit: 'nodes/s', words: 'a tenth of it, as upstream has it', expression: 'round(1000 * rate / 10) / 1000', inputs: { rate }, source,
    }),
    unhealthyShare: derived({ id: 'controller-manager/unhealthy-zone-threshold', unit: 'of the nodes', words: 'default, written out', expression: '0.55', source }),
    largeZone: derived({ id: 'controller-manager/large-cluster-size-threshold', unit: 'nodes', words: 'default, written out', expression: '50', source }),
  };
}
