import { Duration } from 'cdk8s';
import { Confidence, derived, Derivation } from '../derivation/derivation';

const MIB = 1024 ** 2;

/**
 * Log bytes that a busy node writes per second: 1 KiB per pod (about five lines of 200 bytes) and four times the average for the uneven
 * spread of chatty pods.
 *
 * | pods per node | 10     | 30      | 110     |
 * | bytes/s       | 40,960 | 122,880 | 450,560 |
 *
 * An estimate to begin with: measure `fluentbit_input_bytes_total` and give the real rate.
 */
export function nodeLogRate(pods: number, nodes: number): Derivation {
  const perNode = Math.ceil(pods / nodes);
  return derived({
    id: 'logging/log-rate', value: perNode * 1024 * 4, unit: 'bytes/s per node', formula: `${perNode} pods x 1 KiB/s x 4`, source: 'estimate', confidence: Confidence.ESTIMATE,
  });
}

/** A container writes about 1.5 times per pod: sidecars. */
const CONTAINERS_PER_POD = 1.5;

/**
 * Containers whose files an agent follows on the fullest node.
 *
 * | max pods   | 58 | 110 | 250 |
 * | containers | 87 | 165 | 375 |
 */
export function containersPerNode(maxPods: number): Derivation {
  return derived({
    id: 'logging/containers-per-node',
    value: Math.ceil(maxPods * CONTAINERS_PER_POD),
    unit: 'containers',
    formula: `${maxPods} pods x ${CONTAINERS_PER_POD}`,
    source: 'estimate',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Disk that one output may fill while its receiver is away: rate x outage, 1.5 times for the metadata that every record carries, rounded up
 * to 100 MB. The oldest records are dropped beyond it.
 *
 * | rate x outage  | 122,880 x 1 h | 122,880 x 4 h | 1,000,000 x 1 h |
 * | bytes          | 700 MB        | 2.7 GB        | 5.4 GB          |
 *
 * Source: FB:pipeline/buffering.md (FB:pipeline/buffering.md); the factor is an estimate.
 */
export function bufferLimit(rate: Derivation, outage: Duration): Derivation {
  const seconds = outage.toSeconds();
  return derived({
    id: 'logging/buffer-limit',
    value: 100_000_000 * Math.ceil(rate.value * seconds * 1.5 / 100_000_000),
    unit: 'bytes',
    formula: `${rate.value} bytes/s x ${seconds} s x 1.5, rounded up to 100 MB`,
    source: 'FB:pipeline/buffering.md',
    from: [rate],
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Chunks in memory. Each container has a chunk of its own (records of one tag share one), so fewer than containers would move chunks between
 * disk and memory all the time.
 *
 * | containers | 87  | 165 | 375 |
 * | chunks     | 128 | 165 | 375 |
 *
 * 128 is upstream's default. Source: FB:pipeline/buffering.md (FB:pipeline/buffering.md).
 */
export function chunksInMemory(containers: Derivation): Derivation {
  return derived({
    id: 'logging/chunks-in-memory',
    value: Math.max(128, containers.value),
    unit: 'chunks',
    formula: `max(128, ${containers.value} containers)`,
    source: 'FB:pipeline/buffering.md',
    from: [containers],
  });
}

/** Buffer that reading a file starts with and grows by. containerd splits lines at about 16 KiB; 64 KiB hold one with its prefix. */
export function readBuffer(): Derivation {
  return derived({ id: 'logging/read-buffer', value: 65_536, unit: 'bytes per file', formula: '64 KiB: four parts of a split line', source: 'FB:pipeline/inputs/tail.md; 16 KiB per line part is unsourced', confidence: Confidence.ESTIMATE });
}

/** Longest line that is read, for files that are not split by the runtime (audit log: a request body may be in it); longer ones are skipped. */
export function longestLine(): Derivation {
  return derived({ id: 'logging/longest-line', value: 1_048_576, unit: 'bytes', formula: '1 MiB', source: 'LOG-06 (64k to 1M)', confidence: Confidence.ESTIMATE });
}

/** Size of a full chunk. Source: FB:pipeline/buffering.md (FB:pipeline/buffering.md). */
const CHUNK_BYTES = 2 * MIB;

/**
 * Memory that an agent asks for: its working set of 64 MiB (35 to 65 measured at full speed) and one read buffer per container.
 *
 * | containers | 87 | 165 | 375 |
 * | MiB        | 70 | 75  | 88  |
 *
 * Source: MEAS [MEAS].
 */
export function agentMemoryRequest(containers: Derivation, buffer: Derivation): Derivation {
  return derived({
    id: 'logging/memory-request',
    value: MIB * Math.ceil((64 * MIB + containers.value * buffer.value) / MIB),
    unit: 'bytes',
    formula: `64 MiB + ${containers.value} containers x ${buffer.value} bytes`,
    source: 'MEAS',
    from: [containers, buffer],
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Memory at which an agent is killed: what it asks for, all chunks in memory full, and twice the kubelet's answer about its pods (text and
 * parsed) at 32 KiB per pod.
 *
 * | max pods / chunks | 58 / 128 | 110 / 165 | 250 / 375 |
 * | MiB               | 330      | 412       | 854       |
 */
export function agentMemoryLimit(request: Derivation, chunks: Derivation, maxPods: number): Derivation {
  return derived({
    id: 'logging/memory-limit',
    value: MIB * Math.ceil((request.value + chunks.value * CHUNK_BYTES + 2 * maxPods * 32 * 1024) / MIB),
    unit: 'bytes',
    formula: `${request.value} + ${chunks.value} chunks x 2 MiB + 2 x ${maxPods} pods x 32 KiB`,
    source: 'FB:pipeline/buffering.md',
    from: [request, chunks],
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Processor time that an agent asks for: twice what its rate costs at the measured 20 MB/s on two cores, at least 50 millicores.
 *
 * | bytes/s    | 122,880 | 450,560 | 1,000,000 |
 * | millicores | 50      | 91      | 200       |
 *
 * Source: MEAS [MEAS] (153 MB in 6.2 to 8.2 s, null output, 2 cores).
 */
export function agentCpu(rate: Derivation): Derivation {
  return derived({
    id: 'logging/cpu-request',
    value: Math.max(50, Math.ceil(rate.value * 2 * 2000 / 20_000_000)),
    unit: 'millicores',
    formula: `max(50, ${rate.value} bytes/s x 2 x 2000 m / 20 MB/s)`,
    source: 'MEAS',
    from: [rate],
    confidence: Confidence.ESTIMATE,
  });
}

/** Backoff of the scheduler: upstream's defaults, written out because the retry limit follows from them. Source: FB:pipeline/buffering.md. */
export const RETRY_BASE_SECONDS = 5;
export const RETRY_CAP_SECONDS = 2000;

/**
 * Retries of a chunk: as many as on average outlast the outage. Retry n waits between the base and min(cap, base x 2^n), on average half of
 * their sum.
 *
 * | outage  | 5 min | 1 h | 4 h |
 * | retries | 6     | 11  | 22  |
 *
 * Bounded, because a chunk that the receiver will never take must not be retried for ever.
 * Source: FB:administration/scheduling-and-retries.md; FBS@v5.1.1 src/flb_scheduler.c.
 */
export function retryLimit(outage: Duration): Derivation {
  const seconds = outage.toSeconds();
  let retries = 0;
  for (let waited = 0; waited < seconds; retries++) {
    waited += (RETRY_BASE_SECONDS + Math.min(RETRY_CAP_SECONDS, RETRY_BASE_SECONDS * 2 ** (retries + 1))) / 2;
  }
  return derived({
    id: 'logging/retry-limit',
    value: retries,
    unit: 'retries',
    formula: `smallest n with sum of (5 + min(2000, 5 x 2^i)) / 2 for i = 1..n >= ${seconds} s`,
    source: 'FB:administration/scheduling-and-retries.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Time for which an agent remembers a pod's labels. Each miss fetches the whole list of the node from the kubelet, so the time grows with the
 * containers: at most one list per two seconds.
 *
 * | containers | 20 | 87  | 165 |
 * | seconds    | 60 | 174 | 330 |
 *
 * 60 s is the advice for single pods [EKSBP:scalability/workloads]; never expiring, upstream's default, grows with every pod that ever ran.
 */
export function metadataCacheTtl(containers: Derivation): Derivation {
  return derived({
    id: 'logging/metadata-cache-ttl',
    value: Math.max(60, 2 * containers.value),
    unit: 's',
    formula: `max(60, 2 s x ${containers.value} containers)`,
    source: 'EKSBP:scalability/workloads',
    from: [containers],
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * How long an agent may be away before a container that writes all of its node's logs has rotated its first unread file away: the kubelet
 * keeps five files of 10 MiB.
 *
 * | bytes/s | 122,880 | 1,048,576 |
 * | seconds | 426     | 50        |
 *
 * Source: FB:pipeline/inputs/tail.md (kubelet defaults containerLogMaxSize, containerLogMaxFiles).
 */
export function rotationWindow(rate: Derivation): Derivation {
  return derived({
    id: 'logging/rotation-window',
    value: Math.floor(5 * 10 * MIB / rate.value),
    unit: 's',
    formula: `5 files x 10 MiB / ${rate.value} bytes/s`,
    source: 'KK defaults.go',
    from: [rate],
  });
}

/** Time for sending what is in flight when the agent stops. Source: FB:pipeline/buffering.md (grace 5, raise to 30). */
export function flushGrace(): Derivation {
  return derived({ id: 'logging/flush-grace', value: 30, unit: 's', formula: '30 s instead of 5', source: 'FB:administration/configuring-fluent-bit/yaml/service-section.md', confidence: Confidence.ESTIMATE });
}

/** Time until the kubelet kills an agent: the grace and ten seconds for closing files. */
export function terminationGrace(grace: Derivation): Derivation {
  return derived({ id: 'logging/termination-grace', value: grace.value + 10, unit: 's', formula: `${grace.value} s + 10 s`, source: 'derived', confidence: Confidence.ESTIMATE, from: [grace] });
}

/** Time between sends. Source: facts, ruling 15 (1 as default); 5 means larger bursts and more loss on a crash. */
export function flushInterval(): Derivation {
  return derived({ id: 'logging/flush-interval', value: 1, unit: 's', formula: 'upstream\'s default', source: 'FB:administration/configuring-fluent-bit/yaml/service-section.md' });
}

/** Time until a new file is found: 10 s instead of 60, so that pods that live a minute are read at all. Costs a scan of one folder. */
export function discoveryDelay(): Derivation {
  return derived({ id: 'logging/discovery-delay', value: 10, unit: 's', formula: '10 to 60 s; short-lived pods want 10', source: 'LOG-05', confidence: Confidence.ESTIMATE });
}

/** Time for which a rotated file is read on: one flush grace, so that a short stall loses nothing. */
export function rotateWait(grace: Derivation): Derivation {
  return derived({ id: 'logging/rotate-wait', value: grace.value, unit: 's', formula: `as long as the flush grace, ${grace.value} s instead of 5`, source: 'FB:pipeline/inputs/tail.md', from: [grace], confidence: Confidence.ESTIMATE });
}

/** Senders per output. Source: FB:pipeline/buffering.md. */
export function outputWorkers(): Derivation {
  return derived({ id: 'logging/output-workers', value: 2, unit: 'threads', formula: 'one sends while one waits for its answer', source: 'FB:pipeline/outputs/elasticsearch.md', confidence: Confidence.ESTIMATE });
}

/** Connections that all agents together open to the receiver; above a few thousand put an aggregator in front. */
export function receiverConnections(agents: number, workers: Derivation): Derivation {
  return derived({
    id: 'logging/receiver-connections',
    value: agents * workers.value,
    unit: 'connections',
    formula: `${agents} agents x ${workers.value} workers`,
    source: 'FB:pipeline/buffering.md',
    from: [workers],
    confidence: Confidence.ESTIMATE,
  });
}

/** Longest answer of the receiver that is read: a bulk request of a full chunk has about 10,000 records of 200 bytes, each answered by up to 200. */
export function answerBuffer(): Derivation {
  return derived({ id: 'logging/answer-buffer', value: 2_000_000, unit: 'bytes', formula: '10,000 records x 200 bytes', source: 'FB:pipeline/outputs/elasticsearch.md', confidence: Confidence.ESTIMATE });
}

/** Memory for records that were on disk when the agent started. Source: FB:pipeline/buffering.md (bounds replay); a fifth of the chunks in memory. */
export function backlogMemory(chunks: Derivation): Derivation {
  return derived({
    id: 'logging/backlog-memory',
    value: Math.ceil(chunks.value / 5) * CHUNK_BYTES,
    unit: 'bytes',
    formula: `${chunks.value} chunks / 5 x 2 MiB`,
    source: 'FB:pipeline/buffering.md',
    from: [chunks],
    confidence: Confidence.ESTIMATE,
  });
}
