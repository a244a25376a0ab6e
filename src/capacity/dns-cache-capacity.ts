import { QUERIES_PER_CORE } from './dns-capacity';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/**
 * Queries per second of the cache on the fullest node.
 *
 * | maxPods x queries | 110 x 5 | 250 x 5 | 110 x 20 |
 * | queries/s         | 550     | 1,250   | 2,200    |
 */
export function nodeCacheQueries(maxPods: Amount, queriesPerPod: Amount): Derivation {
  return derived({
    id: 'dns/node-cache-queries', unit: 'queries/s', words: 'queries of the pods of the fullest node', expression: 'maxPods * queriesPerPod', inputs: { maxPods, queriesPerPod }, source: 'DNS', confidence: Confidence.ESTIMATE,
  });
}

/**
 * Share of queries that the cache of a node answers itself. Answers live 30 s there, denials 5 s; measure
 * `coredns_cache_hits_total` against `coredns_cache_requests_total` of the caches.
 */
export function nodeCacheHitShare(): Derivation {
  return derived({ id: 'dns/node-cache-hit-share', unit: '%', words: 'four of five names were asked for on the node within the last 30 s', expression: '80', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/**
 * Answers that a zone's cache on a node keeps, as many denials beside them: the built-in size, and more where the pods of a full node know more
 * names. Each pod is taken to know 20 names, of two families.
 *
 * | maxPods | 110   | 250    | 500    |
 * | answers | 9,984 | 10,240 | 20,224 |
 *
 * Whole shards of 256, as CoreDNS rounds down. Source: COR@v1.14.7:cache (256 x 39); the 20 names are a proposal.
 */
export function nodeCacheEntries(maxPods: Amount): Derivation {
  return derived({
    id: 'dns/node-cache-entries',
    unit: 'answers',
    words: 'built-in size, or the names of the pods of a full node in two families, in whole shards',
    expression: 'shards * max(answersPerShard, ceil(maxPods * namesPerPod * families / shards))',
    inputs: { shards: 256, answersPerShard: 39, maxPods, namesPerPod: 20, families: 2 },
    source: 'COR@v1.14.7:cache; proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Life of answers that a name does not exist, in the cache of a node: short, since a Service may just be on its way. Source: DNS nodelocaldns.yaml. */
export function nodeCacheDenialTtl(): Derivation {
  return derived({ id: 'dns/node-cache-denial-ttl', unit: 's', words: 'value of upstream\'s add-on', expression: '5', source: 'DNS' });
}

/**
 * Memory request of the cache on a node: the process, and what a quarter of its answers takes.
 *
 * Upstream says 30 MB for 10,000 answers of a server block when both its caches are full, and its request of 5 MiB is less than the process takes when it
 * starts.
 *
 * | zones x answers | 4 x 9,984 | 4 x 10,240 | 5 x 9,984 |
 * | MiB             | 54        | 55         | 62        |
 *
 * Source: WEB:docs/tasks/administer-cluster/nodelocaldns; the quarter is a proposal.
 */
export function nodeCacheMemory(zones: Amount, entries: Amount): Derivation {
  return derived({
    id: 'dns/node-cache-memory',
    unit: 'MiB',
    words: 'the process, and a quarter of what its answers take when all caches are full',
    expression: 'process + ceil(zones * entries / 10000 * bytesPerTenThousand / 4)',
    inputs: { process: 24, zones, entries, bytesPerTenThousand: 30 },
    source: 'WEB:docs/tasks/administer-cluster/nodelocaldns; proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Memory limit of the cache on a node: all caches full, so that no pattern of queries gets the only DNS of a node killed.
 *
 * | zones x answers | 4 x 9,984 | 4 x 10,240 | 5 x 9,984 |
 * | MiB             | 144       | 147        | 174       |
 *
 * Source: WEB:docs/tasks/administer-cluster/nodelocaldns (30 MB for 10,000 answers of a server block).
 */
export function nodeCacheMemoryLimit(zones: Amount, entries: Amount): Derivation {
  return derived({
    id: 'dns/node-cache-memory-limit',
    unit: 'MiB',
    words: 'the process, and all caches full',
    expression: 'process + ceil(zones * entries / 10000 * bytesPerTenThousand)',
    inputs: { process: 24, zones, entries, bytesPerTenThousand: 30 },
    source: 'WEB:docs/tasks/administer-cluster/nodelocaldns',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * CPU request of the cache on a node: its queries at what one core was measured to answer, at least upstream's request.
 *
 * | queries/s | 137 | 550 | 1,250 |
 * | milli-CPU | 25  | 34  | 76    |
 *
 * Source: DNS nodelocaldns.yaml (25); CORDEP:Scaling_CoreDNS.md.
 */
export function nodeCacheCpu(queries: Amount): Derivation {
  return derived({
    id: 'dns/node-cache-cpu',
    unit: 'milli-CPU',
    words: 'queries of a full node over what one core answers, at least the request of upstream\'s add-on',
    expression: 'max(stockRequest, ceil(1000 * queries / queriesPerCore))',
    inputs: { stockRequest: 25, queries, queriesPerCore: QUERIES_PER_CORE },
    source: 'DNS; CORDEP:Scaling_CoreDNS.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Share of nodes whose cache is replaced at the same time. Pods of such a node have no DNS for some seconds, and there is no second server to
 * fall back on.
 *
 * | nodes        | 1,000 | 1,200 | 5,000 |
 * | nodes at once | 10    | 12    | 50    |
 *
 * Source: DNS; one percent is a proposal.
 */
export function nodeCacheMaxUnavailable(): Derivation {
  return derived({ id: 'dns/node-cache-max-unavailable', unit: '%', words: 'proposal: a node has no other DNS', expression: '1', source: 'DNS', confidence: Confidence.ESTIMATE });
}
