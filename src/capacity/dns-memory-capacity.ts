import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/**
 * Memory of one CoreDNS, cache and buffer included.
 *
 * | pods / Services          | 36,000 / 2,000 | 150,000 / 10,000 |
 * | without a watch on pods  | 92             | 214              |
 * | MB with one              | 208            | 696              |
 *
 * Source: CORDEP:Scaling_CoreDNS.md, (pods + services) / 1000 + 54, with a watch on pods (pods + services) / 250 + 56; measured on CoreDNS 1.2.
 */
export function dnsMemory(pods: Amount, services: Amount, podWatch = false): Derivation {
  return derived({
    id: 'dns/memory',
    unit: 'MB',
    words: podWatch ? 'upstream\'s measured line with a watch on every pod, cache and buffer included' : 'upstream\'s measured line, cache and buffer included',
    expression: podWatch ? 'ceil((pods + services) / 250 + 56)' : 'ceil((pods + services) / 1000 + 54)',
    inputs: { pods, services },
    source: 'CORDEP:Scaling_CoreDNS.md',
    confidence: Confidence.MEASURED,
  });
}

/** Pods that every CoreDNS holds where their names are verified; there is no such number otherwise. Source: COR@v1.14.6:kubernetes. */
export function dnsWatchedPods(pods: Amount): Derivation {
  return derived({ id: 'dns/watched-pods', unit: 'pods', words: 'all pods of the cluster, in every replica', expression: 'pods', inputs: { pods }, source: 'COR@v1.14.6:kubernetes' });
}

/**
 * Memory limit of one CoreDNS: twice what is predicted, since the measurement is old and a restart lists everything at once.
 *
 * | pods / Services | up to 31,000 together | 36,000 / 2,000 | 150,000 / 10,000 |
 * | MiB             | 170                   | 184            | 428              |
 *
 * The stock limit of 170 MiB is the floor; upstream's scale tests use 340 MiB at 5,000 nodes. Source: KOPSSC; CORDEP:coredns.yaml.sed.
 */
export function dnsMemoryLimit(predicted: Amount): Derivation {
  return derived({
    id: 'dns/memory-limit',
    unit: 'MiB',
    words: 'twice what is predicted, at least the stock limit',
    expression: 'max(stockLimit, 2 * predicted)',
    inputs: { stockLimit: 170, predicted },
    source: 'KOPSSC; CORDEP:coredns.yaml.sed',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Memory request of the autoscaler, which holds every node object; its limit is twice the request.
 *
 * | nodes | 100 | 1,200 | 5,000 |
 * | MiB   | 35  | 90    | 280   |
 */
export function dnsAutoscalerMemory(machines: Amount): Derivation {
  return derived({
    id: 'dns/autoscaler-memory',
    unit: 'MiB',
    words: '30 MiB, and 50 KiB for each node object',
    expression: '30 + ceil(machines / 20)',
    inputs: { machines },
    source: 'model, to be measured',
    confidence: Confidence.ESTIMATE,
  });
}
