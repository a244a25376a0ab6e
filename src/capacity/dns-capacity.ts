import { Confidence, derived, Derivation } from '../derivation/derivation';
import { ClusterFacts } from '../cluster/cluster-facts';

/** Cores of all machines. */
function cores(cluster: ClusterFacts): number {
  return cluster.pools.reduce((sum, pool) => sum + pool.nodes * pool.machine.cpu, 0) + cluster.controlPlaneMembers.length * cluster.controlPlaneMachine.cpu;
}

/** Cores per replica of the autoscaler's linear rule. Source: CPA; kops and kubespray CoreDNS add-ons. */
export const CORES_PER_REPLICA = 256;

/** Nodes per replica of the autoscaler's linear rule. Source: CPA; kops and kubespray CoreDNS add-ons. */
export const NODES_PER_REPLICA = 16;

/**
 * Replicas that answer without a cache on the nodes.
 *
 * | nodes x cores | 100 x 16 | 1,000 x 16 | 1,200 x 16 | 5,000 x 16 | 1,200 x 64 |
 * | replicas      | 7        | 63         | 75         | 313        | 300        |
 *
 * Source: CORDEP:Scaling_CoreDNS.md; CPA: max(ceil(cores / 256), ceil(nodes / 16)). The table leaves the control plane out.
 */
export function dnsReplicasWithoutCache(cluster: ClusterFacts): Derivation {
  const nodes = cluster.nodes + cluster.controlPlaneMembers.length;
  const all = cores(cluster);
  return derived({
    id: 'dns/replicas-without-cache',
    value: Math.max(Math.ceil(all / CORES_PER_REPLICA), Math.ceil(nodes / NODES_PER_REPLICA)),
    unit: 'replicas',
    formula: `max(ceil(${all} cores / ${CORES_PER_REPLICA}), ceil(${nodes} nodes / ${NODES_PER_REPLICA}))`,
    source: 'CPA; kops CoreDNS addon',
  });
}

/**
 * Fewest replicas: a rolling change and a lost node at the same time leave one.
 *
 * | nodes    | 1 | 2 | 3 and more |
 * | replicas | 1 | 2 | 3          |
 */
export function dnsMinReplicas(nodes: number): Derivation {
  return derived({
    id: 'dns/replicas-min', value: Math.min(3, nodes), unit: 'replicas', formula: `min(3, ${nodes} nodes)`, source: 'CORDEP:Scaling_CoreDNS.md; CPA', confidence: Confidence.ESTIMATE,
  });
}

/**
 * Most replicas. Behind a cache on every node only misses arrive, and every replica is one more watcher of all Services and EndpointSlices.
 *
 * | nodes      | 100 | 500 | 1,000 | 1,200 | 1,500 and more |
 * | with cache | 3   | 10  | 20    | 24    | 30             |
 *
 * Without the cache the ceiling is what the linear rule gives. Source: CORDEP:Scaling_CoreDNS.md; CPA (20 to 30 with a cache, a proposal).
 */
export function dnsMaxReplicas(nodes: number, min: Derivation, withoutCache: Derivation, nodeCache: boolean): Derivation {
  const of = (value: number, formula: string) => derived({
    id: 'dns/replicas-max', value: Math.max(min.value, value), unit: 'replicas', formula, source: 'CORDEP:Scaling_CoreDNS.md; CPA', confidence: Confidence.ESTIMATE, from: [min, withoutCache],
  });
  if (!nodeCache) { return of(withoutCache.value, `${withoutCache.value}: the linear rule, no cache on the nodes`); }
  return of(Math.min(30, Math.ceil(nodes / 50), withoutCache.value), `max(${min.value}, min(30, ceil(${nodes} nodes / 50), ${withoutCache.value}))`);
}

/**
 * Memory of one CoreDNS without a watch on pods: cache and buffer included.
 *
 * | pods / Services | 36,000 / 2,000 | 150,000 / 10,000 |
 * | MB              | 92             | 214              |
 *
 * Source: CORDEP:Scaling_CoreDNS.md, (pods + services) / 1000 + 54, measured on CoreDNS 1.2.
 */
export function dnsMemory(pods: number, services: number): Derivation {
  return derived({
    id: 'dns/memory',
    value: Math.ceil((pods + services) / 1000 + 54),
    unit: 'MB',
    formula: `(${pods} pods + ${services} Services) / 1000 + 54`,
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
export function dnsMemoryLimit(predicted: Derivation): Derivation {
  return derived({
    id: 'dns/memory-limit',
    value: Math.max(170, 2 * predicted.value),
    unit: 'MiB',
    formula: `max(170, 2 x ${predicted.value})`,
    source: 'KOPSSC; CORDEP:coredns.yaml.sed',
    confidence: Confidence.ESTIMATE,
    from: [predicted],
  });
}

/**
 * Threads of one CoreDNS (GOMAXPROCS). Without a limit Go starts one per core of the node, and on 64 cores garbage collection and a socket
 * per thread cost more than they bring.
 *
 * Upstream measured 33,000 internal queries/s on two; four leave room for bursts. Source: CORDEP:Scaling_CoreDNS.md; the four are a proposal.
 */
export function dnsThreads(): Derivation {
  return derived({ id: 'dns/threads', value: 4, unit: 'threads', formula: '2 x the 2 vCPUs of the measurement', source: 'CORDEP:Scaling_CoreDNS.md', confidence: Confidence.ESTIMATE });
}

/** Sockets per listening address: half the threads, as the plugin's page recommends. Source: COR@v1.14.6:multisocket. */
export function dnsSockets(threads: Derivation): Derivation {
  return derived({ id: 'dns/sockets', value: Math.ceil(threads.value / 2), unit: 'sockets', formula: `${threads.value} threads / 2`, source: 'COR@v1.14.6:multisocket', from: [threads] });
}

/** CPU request of one CoreDNS: an eighth of its threads, about 4,000 internal queries/s guaranteed; bursts take what the node has. */
export function dnsCpu(threads: Derivation): Derivation {
  return derived({
    id: 'dns/cpu',
    value: threads.value * 125,
    unit: 'milli-CPU',
    formula: `${threads.value} threads x 125`,
    source: 'CORDEP:Scaling_CoreDNS.md',
    confidence: Confidence.ESTIMATE,
    from: [threads],
  });
}

/** Queries that one CoreDNS keeps open towards its upstream; more get an error at once. Source: CORDEP:coredns.yaml.sed. */
export function dnsMaxConcurrent(): Derivation {
  return derived({ id: 'dns/max-concurrent', value: 1000, unit: 'queries', formula: 'value of the stock Corefile', source: 'CORDEP:coredns.yaml.sed' });
}

/** Life of answers for names of the cluster. The plugin's own 5 s send every client back six times as often. Source: COR@v1.8.4:kubernetes. */
export function dnsTtl(): Derivation {
  return derived({ id: 'dns/ttl', value: 30, unit: 's', formula: 'value of kubeadm\'s Corefile', source: 'COR@v1.8.4:kubernetes' });
}

/** Life of stale answers while their source is away. Source: COR@v1.14.7:cache (COR@v1.14.7:cache). */
export function dnsServeStale(): Derivation {
  return derived({ id: 'dns/serve-stale', value: 1, unit: 'h', formula: 'default of the plugin', source: 'COR@v1.14.7:cache' });
}

/**
 * Time that a stopping CoreDNS goes on answering: on a large cluster it takes up to 10 s until all nodes have heard that it goes.
 *
 * Source: EKSBP:scalability/cluster-services (30 s).
 */
export function dnsLameduck(): Derivation {
  return derived({ id: 'dns/lameduck', value: 30, unit: 's', formula: '3 x the 10 s that removal takes', source: 'EKSBP:scalability/cluster-services' });
}

/** Time before a stopping CoreDNS is killed: its lame duck time and a rest to close. Source: EKSBP:scalability/cluster-services. */
export function dnsTerminationGrace(lameduck: Derivation): Derivation {
  return derived({
    id: 'dns/termination-grace', value: lameduck.value + 10, unit: 's', formula: `${lameduck.value} + 10`, source: 'EKSBP:scalability/cluster-services', from: [lameduck],
  });
}

/** Answers in a cache of the node: the built-in size, 256 shards of 39. Source: COR@v1.14.7:cache. */
export function nodeCacheEntries(): Derivation {
  return derived({ id: 'dns/node-cache-entries', value: 256 * 39, unit: 'answers', formula: '256 shards x 39', source: 'COR@v1.14.7:cache' });
}

/** Life of answers that a name does not exist, in the cache of a node: short, since a Service may just be on its way. Source: DNS nodelocaldns.yaml. */
export function nodeCacheDenialTtl(): Derivation {
  return derived({ id: 'dns/node-cache-denial-ttl', value: 5, unit: 's', formula: 'value of upstream\'s add-on', source: 'DNS' });
}

/**
 * Memory request of the cache on a node; its limit is four times as much.
 *
 * Upstream's 5 MiB are less than the process takes when it starts. Source: DNS, a proposal.
 */
export function nodeCacheMemory(): Derivation {
  return derived({ id: 'dns/node-cache-memory', value: 32, unit: 'MiB', formula: 'proposal; limit 4 x', source: 'DNS', confidence: Confidence.ESTIMATE });
}

/** CPU request of the cache on a node. Source: DNS nodelocaldns.yaml. */
export function nodeCacheCpu(): Derivation {
  return derived({ id: 'dns/node-cache-cpu', value: 25, unit: 'milli-CPU', formula: 'request of upstream\'s add-on', source: 'DNS' });
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
  return derived({ id: 'dns/node-cache-max-unavailable', value: 1, unit: '%', formula: 'proposal: a node has no other DNS', source: 'DNS', confidence: Confidence.ESTIMATE });
}

/** Share of CoreDNS replicas that may be missing at the same time, planned or by eviction. Source: proposal; the rest carries a ninth more. */
export function dnsMaxUnavailable(): Derivation {
  return derived({ id: 'dns/max-unavailable', value: 10, unit: '%', formula: 'proposal', source: 'CORDEP:Scaling_CoreDNS.md; CPA', confidence: Confidence.ESTIMATE });
}

/**
 * Memory request of the autoscaler, which holds every node object; its limit is twice the request.
 *
 * | nodes | 100 | 1,200 | 5,000 |
 * | MiB   | 35  | 90    | 280   |
 */
export function dnsAutoscalerMemory(nodes: number): Derivation {
  return derived({
    id: 'dns/autoscaler-memory',
    value: 30 + Math.ceil(nodes / 20),
    unit: 'MiB',
    formula: `30 + ${nodes} nodes x 50 KiB`,
    source: 'model, to be measured',
    confidence: Confidence.ESTIMATE,
  });
}
