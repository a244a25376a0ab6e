import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Cores per replica of the autoscaler's linear rule. Source: CPA; kops and kubespray CoreDNS add-ons. */
export const CORES_PER_REPLICA = 256;

/** Nodes per replica of the autoscaler's linear rule. Source: CPA; kops and kubespray CoreDNS add-ons. */
export const NODES_PER_REPLICA = 16;

/** Internal queries per second that one CoreDNS answered on two vCPUs, rounded down. Source: CORDEP:Scaling_CoreDNS.md (33,669 at 2.6 ms). */
const MEASURED_QUERIES = 33_000;

/** Internal queries per second of one core. Source: CORDEP:Scaling_CoreDNS.md (two vCPUs). */
export const QUERIES_PER_CORE = MEASURED_QUERIES / 2;

/** Domains that a pod's search list tries before a name as it stands: its namespace, `svc`, the cluster's, and one of the node. */
const SEARCH_DOMAINS = 4;

/**
 * Queries of one look-up of a name outside the cluster with ndots 5, answered only as it stands, after the whole search list; for both families.
 *
 * | search domains | 3 | 4  | 5  |
 * | queries        | 8 | 10 | 12 |
 *
 * Source: CORDEP:Scaling_CoreDNS.md (five names with one domain of the node); WEB:docs/concepts/services-networking/dns-pod-service.
 */
export function externalNameQueries(searchDomains: Amount = SEARCH_DOMAINS): Derivation {
  return derived({
    id: 'dns/external-name-queries',
    unit: 'queries',
    words: 'search list of a pod with one domain of its node, then the name itself; A and AAAA each',
    expression: '(searchDomains + 1) * families',
    inputs: { searchDomains, families: 2 },
    source: 'CORDEP:Scaling_CoreDNS.md; WEB:docs/concepts/services-networking/dns-pod-service',
  });
}

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

/**
 * CPU request of one CoreDNS: twice its queries at what one core was measured to answer, in steps of 50, at least kubeadm's request. Bursts take
 * what the node has.
 *
 * | queries/s of a replica | 100 | 1,440 | 5,000 | 16,500 |
 * | milli-CPU              | 100 | 200   | 650   | 2,000  |
 *
 * Source: CORDEP:Scaling_CoreDNS.md; KK:cmd/kubeadm/app/phases/addons/dns (100); the double is a proposal.
 */
export function dnsCpu(queries: Amount): Derivation {
  return derived({
    id: 'dns/cpu',
    unit: 'milli-CPU',
    words: 'twice the queries of a replica over what one core answers, at least kubeadm\'s request',
    expression: 'max(stockRequest, 50 * ceil(2 * 1000 * queries / queriesPerCore / 50))',
    inputs: { stockRequest: 100, queries, queriesPerCore: QUERIES_PER_CORE },
    source: 'CORDEP:Scaling_CoreDNS.md; KK:cmd/kubeadm/app/phases/addons/dns',
    confidence: Confidence.ESTIMATE,
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

/** Longest life of answers from outside the cluster in the caches. Source: CORDEP:coredns.yaml.sed. */
export function dnsCacheTtl(): Derivation {
  return derived({ id: 'dns/cache-ttl', unit: 's', words: 'value of kubeadm\'s Corefile', expression: '30', source: 'CORDEP:coredns.yaml.sed' });
}

/** Life of stale answers while their source is away. Source: COR@v1.14.7:cache. */
export function dnsServeStale(): Derivation {
  return derived({ id: 'dns/serve-stale', unit: 's', words: 'default of the plugin: one hour', expression: '3600', source: 'COR@v1.14.7:cache' });
}

/**
 * Longest wait for the source before a stale answer stands in for it: a fifth of the five seconds after which the resolver of a pod asks again.
 * Source: COR@v1.14.6:cache; resolv.conf(5).
 */
export function dnsStaleVerify(): Derivation {
  return derived({
    id: 'dns/stale-verify', unit: 'ms', words: 'a fifth of the time after which a pod\'s resolver asks again', expression: 'resolverTimeout / 5', inputs: { resolverTimeout: 5000 }, source: 'COR@v1.14.6:cache', confidence: Confidence.ESTIMATE,
  });
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

/** Share of CoreDNS replicas that may be missing at the same time, planned or by eviction. Source: proposal; the rest carries a ninth more. */
export function dnsMaxUnavailable(): Derivation {
  return derived({ id: 'dns/max-unavailable', unit: '%', words: 'proposal', expression: '10', source: 'CORDEP:Scaling_CoreDNS.md; CPA', confidence: Confidence.ESTIMATE });
}
