import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Cores per replica of the autoscaler's linear rule. Source: CPA; kops and kubespray CoreDNS add-ons. */
export const CORES_PER_REPLICA = 256;

/** Nodes per replica of the autoscaler's linear rule. Source: CPA; kops and kubespray CoreDNS add-ons. */
export const NODES_PER_REPLICA = 16;

/** Internal queries per second that one CoreDNS answered on two vCPUs, rounded down. Source: CORDEP:Scaling_CoreDNS.md (33,669 at 2.6 ms). */
const MEASURED_QUERIES = 33_000;

/**
 * Replicas that answer without a cache on the nodes.
 *
 * | nodes x cores | 100 x 16 | 1,000 x 16 | 1,200 x 16 | 5,000 x 16 | 1,200 x 64 |
 * | replicas      | 7        | 63         | 75         | 313        | 300        |
 *
 * Source: CORDEP:Scaling_CoreDNS.md; CPA: max(ceil(cores / 256), ceil(nodes / 16)). The table leaves the control plane out.
 */
export function dnsReplicasWithoutCache(fleet: Fleet): Derivation {
  const { workerCores, controlPlaneMachines, controlPlaneCores, machines } = fleet;
  return derived({
    id: 'dns/replicas-without-cache',
    unit: 'replicas',
    words: 'linear rule of the autoscaler: cores or nodes of all machines, whichever asks for more',
    expression: 'max(ceil((workerCores + controlPlaneMachines * controlPlaneCores) / coresPerReplica), ceil(machines / nodesPerReplica))',
    inputs: { workerCores, controlPlaneMachines, controlPlaneCores, coresPerReplica: CORES_PER_REPLICA, machines, nodesPerReplica: NODES_PER_REPLICA },
    source: 'CPA; KOPS:upup/models/cloudup/resources/addons/coredns',
  });
}

/** Queries per second of all pods. A name outside the cluster counts five times with the search list. Source: CORDEP:Scaling_CoreDNS.md. */
export function dnsQueries(pods: Amount, queriesPerPod: Amount): Derivation {
  return derived({
    id: 'dns/queries', unit: 'queries/s', words: 'queries of all pods', expression: 'pods * queriesPerPod', inputs: { pods, queriesPerPod }, source: 'CORDEP:Scaling_CoreDNS.md', confidence: Confidence.ESTIMATE,
  });
}

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
 * `coredns_cache_hits_total` against `coredns_dns_requests_total` of the caches.
 */
export function nodeCacheHitShare(): Derivation {
  return derived({ id: 'dns/node-cache-hit-share', unit: '%', words: 'four of five names were asked for on the node within the last 30 s', expression: '80', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/**
 * Queries per second that all CoreDNS together answer: what the caches miss, or everything where there is none.
 *
 * | pods x queries | 36,000 x 5 | 150,000 x 5 | 36,000 x 20 |
 * | with cache     | 36,000     | 150,000     | 144,000     |
 * | without        | 180,000    | 750,000     | 720,000     |
 */
export function coreDnsQueries(queries: Amount, hitShare?: Amount): Derivation {
  return derived({
    id: 'dns/core-dns-queries',
    unit: 'queries/s',
    words: hitShare === undefined ? 'all queries: no cache stands before CoreDNS' : 'queries that the caches of the nodes cannot answer',
    expression: hitShare === undefined ? 'queries' : 'ceil(queries * (100 - hitShare) / 100)',
    inputs: hitShare === undefined ? { queries } : { queries, hitShare },
    source: 'CORDEP:Scaling_CoreDNS.md; proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Replicas that the queries need: each works at half of the 33,000 queries/s that upstream measured on two vCPUs, so that bursts and a lost
 * replica find room.
 *
 * | queries/s at CoreDNS | 16,500 | 16,501 | 36,000 | 150,000 | 720,000 |
 * | replicas             | 1      | 2      | 3      | 10      | 44      |
 *
 * Source: CORDEP:Scaling_CoreDNS.md (33,669 internal queries/s); the half is a proposal.
 */
export function dnsReplicasForQueries(queries: Amount): Derivation {
  return derived({
    id: 'dns/replicas-for-queries',
    unit: 'replicas',
    words: 'queries over half of what one replica was measured to answer',
    expression: 'ceil(coreDnsQueries / (measuredQueries / 2))',
    inputs: { coreDnsQueries: queries, measuredQueries: MEASURED_QUERIES },
    source: 'CORDEP:Scaling_CoreDNS.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Fewest replicas: a rolling change and a lost node at the same time leave one. The autoscaler knows nodes and cores only: where the queries
 * need more replicas than its rule gives, the floor brings them.
 *
 * | machines | 1 | 2 | 3 and more |
 * | replicas | 1 | 2 | 3          |
 */
export function dnsMinReplicas(machines: Amount, withoutCache: Amount, forQueries: Amount): Derivation {
  return derived({
    id: 'dns/replicas-min',
    unit: 'replicas',
    words: 'three, where there are as many machines; what the queries need where the linear rule gives fewer',
    expression: 'max(min(3, machines), forQueries > linear ? forQueries : 0)',
    inputs: { machines, forQueries, linear: withoutCache },
    source: 'CORDEP:Scaling_CoreDNS.md; CPA',
    confidence: Confidence.ESTIMATE,
  });
}

/** What the ceiling of replicas follows from. */
export interface ReplicaBounds {
  readonly machines: Amount;
  readonly min: Amount;
  /** Result of the autoscaler's linear rule. */
  readonly withoutCache: Amount;
  readonly forQueries: Amount;
}

/**
 * Most replicas. Behind a cache on every node only misses arrive, and every replica is one more watcher of all Services and EndpointSlices.
 *
 * | machines   | 100 | 500 | 1,000 | 1,200 | 1,500 and more |
 * | with cache | 3   | 10  | 20    | 24    | 30             |
 *
 * Without the cache the ceiling is what the linear rule gives; in both cases never less than the queries need.
 * Source: CORDEP:Scaling_CoreDNS.md; CPA (20 to 30 with a cache, a proposal).
 */
export function dnsMaxReplicas(bounds: ReplicaBounds, nodeCache: boolean): Derivation {
  const { machines, min, withoutCache: linear, forQueries } = bounds;
  return derived({
    id: 'dns/replicas-max',
    unit: 'replicas',
    words: nodeCache ? 'one for fifty machines, at most 30 and the linear rule; never less than the queries need' : 'the linear rule, no cache on the nodes; never less than the queries need',
    expression: nodeCache ? 'max(fewest, forQueries, min(30, ceil(machines / 50), linear))' : 'max(fewest, forQueries, linear)',
    inputs: { fewest: min, forQueries, ...(nodeCache ? { machines } : {}), linear },
    source: 'CORDEP:Scaling_CoreDNS.md; CPA',
    confidence: Confidence.ESTIMATE,
  });
}

/** Replicas that the autoscaler sets at the final size. Source: CPA. */
export function dnsReplicas(min: Amount, max: Amount, withoutCache: Amount): Derivation {
  return derived({
    id: 'dns/replicas', unit: 'replicas', words: 'linear rule between floor and ceiling', expression: 'max(fewest, min(most, linear))', inputs: { fewest: min, most: max, linear: withoutCache }, source: 'CPA',
  });
}

/**
 * Queries per second of one CoreDNS at the final size.
 *
 * | queries / replicas | 36,000 / 24 | 150,000 / 30 | 180,000 / 75 |
 * | queries/s          | 1,500       | 5,000        | 2,400        |
 */
export function dnsQueriesPerReplica(queries: Amount, replicas: Amount): Derivation {
  return derived({
    id: 'dns/queries-per-replica',
    unit: 'queries/s',
    words: 'queries at CoreDNS over its replicas',
    expression: 'ceil(coreDnsQueries / replicas)',
    inputs: { coreDnsQueries: queries, replicas },
    source: 'CORDEP:Scaling_CoreDNS.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Memory of one CoreDNS without a watch on pods: cache and buffer included.
 *
 * | pods / Services | 36,000 / 2,000 | 150,000 / 10,000 |
 * | MB              | 92             | 214              |
 *
 * Source: CORDEP:Scaling_CoreDNS.md, (pods + services) / 1000 + 54, measured on CoreDNS 1.2.
 */
export function dnsMemory(pods: Amount, services: Amount): Derivation {
  return derived({
    id: 'dns/memory',
    unit: 'MB',
    words: 'upstream\'s measured line, cache and buffer included',
    expression: 'ceil((pods + services) / 1000 + 54)',
    inputs: { pods, services },
    source: 'CORDEP:Scaling_CoreDNS.md',
    confidence: Confidence.MEASURED,
  });
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
 * Threads of one CoreDNS (GOMAXPROCS). Without a limit Go starts one per core of the node, and on 64 cores garbage collection and a socket
 * per thread cost more than they bring.
 *
 * Upstream measured 33,000 internal queries/s on two; four leave room for bursts. Source: CORDEP:Scaling_CoreDNS.md; the four are a proposal.
 */
export function dnsThreads(): Derivation {
  return derived({
    id: 'dns/threads', unit: 'threads', words: 'twice the vCPUs of upstream\'s measurement', expression: '2 * measuredCpus', inputs: { measuredCpus: 2 }, source: 'CORDEP:Scaling_CoreDNS.md', confidence: Confidence.ESTIMATE,
  });
}

/** Sockets per listening address: half the threads, as the plugin's page recommends. Source: COR@v1.14.6:multisocket. */
export function dnsSockets(threads: Amount): Derivation {
  return derived({ id: 'dns/sockets', unit: 'sockets', words: 'half the threads', expression: 'ceil(threads / 2)', inputs: { threads }, source: 'COR@v1.14.6:multisocket' });
}

/** CPU request of one CoreDNS: an eighth of its threads, about 4,000 internal queries/s guaranteed; bursts take what the node has. */
export function dnsCpu(threads: Amount): Derivation {
  return derived({
    id: 'dns/cpu', unit: 'milli-CPU', words: 'an eighth of each thread', expression: 'threads * 125', inputs: { threads }, source: 'CORDEP:Scaling_CoreDNS.md', confidence: Confidence.ESTIMATE,
  });
}

/** Queries that one CoreDNS keeps open towards its upstream; more get an error at once. Source: CORDEP:coredns.yaml.sed. */
export function dnsMaxConcurrent(): Derivation {
  return derived({ id: 'dns/max-concurrent', unit: 'queries', words: 'value of the stock Corefile', expression: '1000', source: 'CORDEP:coredns.yaml.sed' });
}

/** Life of answers for names of the cluster. The plugin's own 5 s send every client back six times as often. Source: COR@v1.8.4:kubernetes. */
export function dnsTtl(): Derivation {
  return derived({ id: 'dns/ttl', unit: 's', words: 'value of kubeadm\'s Corefile', expression: '30', source: 'COR@v1.8.4:kubernetes' });
}

/** Life of stale answers while their source is away. Source: COR@v1.14.7:cache (COR@v1.14.7:cache). */
export function dnsServeStale(): Derivation {
  return derived({ id: 'dns/serve-stale', unit: 'h', words: 'default of the plugin', expression: '1', source: 'COR@v1.14.7:cache' });
}

/**
 * Time that a stopping CoreDNS goes on answering: on a large cluster it takes up to 10 s until all nodes have heard that it goes.
 *
 * Source: EKSBP:scalability/cluster-services (30 s).
 */
export function dnsLameduck(): Derivation {
  return derived({ id: 'dns/lameduck', unit: 's', words: '3 x the 10 s that removal takes', expression: '30', source: 'EKSBP:scalability/cluster-services' });
}

/** Time before a stopping CoreDNS is killed: its lame duck time and a rest to close. Source: EKSBP:scalability/cluster-services. */
export function dnsTerminationGrace(lameduck: Amount): Derivation {
  return derived({
    id: 'dns/termination-grace', unit: 's', words: 'lame duck time and ten seconds to close', expression: 'lameduck + 10', inputs: { lameduck }, source: 'EKSBP:scalability/cluster-services',
  });
}

/** Answers in a cache of the node: the built-in size, 256 shards of 39. Source: COR@v1.14.7:cache. */
export function nodeCacheEntries(): Derivation {
  return derived({ id: 'dns/node-cache-entries', unit: 'answers', words: 'built-in size', expression: 'shards * answersPerShard', inputs: { shards: 256, answersPerShard: 39 }, source: 'COR@v1.14.7:cache' });
}

/** Life of answers that a name does not exist, in the cache of a node: short, since a Service may just be on its way. Source: DNS nodelocaldns.yaml. */
export function nodeCacheDenialTtl(): Derivation {
  return derived({ id: 'dns/node-cache-denial-ttl', unit: 's', words: 'value of upstream\'s add-on', expression: '5', source: 'DNS' });
}

/**
 * Memory request of the cache on a node; its limit is four times as much.
 *
 * Upstream's 5 MiB are less than the process takes when it starts. Source: DNS, a proposal.
 */
export function nodeCacheMemory(): Derivation {
  return derived({ id: 'dns/node-cache-memory', unit: 'MiB', words: 'proposal; limit 4 x', expression: '32', source: 'DNS', confidence: Confidence.ESTIMATE });
}

/** CPU request of the cache on a node. Source: DNS nodelocaldns.yaml. */
export function nodeCacheCpu(): Derivation {
  return derived({ id: 'dns/node-cache-cpu', unit: 'milli-CPU', words: 'request of upstream\'s add-on', expression: '25', source: 'DNS' });
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

/** Share of CoreDNS replicas that may be missing at the same time, planned or by eviction. Source: proposal; the rest carries a ninth more. */
export function dnsMaxUnavailable(): Derivation {
  return derived({ id: 'dns/max-unavailable', unit: '%', words: 'proposal', expression: '10', source: 'CORDEP:Scaling_CoreDNS.md; CPA', confidence: Confidence.ESTIMATE });
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
