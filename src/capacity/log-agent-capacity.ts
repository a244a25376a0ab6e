import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

// The log agent of one node: memory, processor time, buffers and pauses.

const MIB = 1024 ** 2;

/** Containers of a pod on average: sidecars. */
const CONTAINERS_PER_POD = 1.5;

/**
 * Containers whose files an agent follows on the fullest node.
 *
 * | max pods   | 58 | 110 | 250 |
 * | containers | 87 | 165 | 375 |
 */
export function containersPerNode(maxPods: Amount): Derivation {
  return derived({
    id: 'logging/containers-per-node',
    unit: 'containers',
    words: 'every second pod has a sidecar',
    expression: 'ceil(maxPods * containersPerPod)',
    inputs: { maxPods, containersPerPod: CONTAINERS_PER_POD },
    source: 'estimate',
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
 * 128 is upstream's default. Source: FB:pipeline/buffering.md.
 */
export function chunksInMemory(containers: Derivation): Derivation {
  return derived({
    id: 'logging/chunks-in-memory',
    unit: 'chunks',
    words: 'one for each container, at least upstream\'s default',
    expression: 'max(128, containers)',
    inputs: { containers },
    source: 'FB:pipeline/buffering.md',
  });
}

/** Buffer that reading a file starts with and grows by. containerd splits lines at about 16 KiB; 64 KiB hold one with its prefix. */
export function readBuffer(): Derivation {
  return derived({
    id: 'logging/read-buffer',
    unit: 'bytes per file',
    words: '64 KiB: four parts of a split line',
    expression: '65536',
    source: 'FB:pipeline/inputs/tail.md; unsourced',
    confidence: Confidence.ESTIMATE,
  });
}

/** Longest line that is read, for files that are not split by the runtime (audit log: a request body may be in it); longer ones are skipped. */
export function longestLine(): Derivation {
  return derived({ id: 'logging/longest-line', unit: 'bytes', words: '1 MiB', expression: '1048576', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/** Size of a full chunk. Source: FB:pipeline/buffering.md. */
const CHUNK_BYTES = 2 * MIB;

/**
 * Memory that an agent asks for: its working set of 64 MiB (35 to 65 measured at full speed) and one read buffer per container.
 *
 * | containers | 87 | 165 | 375 |
 * | MiB        | 70 | 75  | 88  |
 *
 * Source: MEAS.
 */
export function agentMemoryRequest(containers: Derivation, buffer: Derivation): Derivation {
  return derived({
    id: 'logging/memory-request',
    unit: 'bytes',
    words: 'working set of 64 MiB and a read buffer for each container, in whole MiB',
    expression: 'mebibyte * ceil((workingSet + containers * buffer) / mebibyte)',
    inputs: { workingSet: 64 * MIB, containers, buffer, mebibyte: MIB },
    source: 'MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

/** Kubelet's answer about one pod. */
const POD_ANSWER_BYTES = 32 * 1024;

/**
 * Memory at which an agent is killed: what it asks for, all chunks in memory full, and twice the kubelet's answer about its pods (text and
 * parsed) at 32 KiB per pod.
 *
 * | max pods / chunks | 58 / 128 | 110 / 165 | 250 / 375 |
 * | MiB               | 330      | 412       | 854       |
 */
export function agentMemoryLimit(request: Derivation, chunks: Derivation, maxPods: Amount): Derivation {
  return derived({
    id: 'logging/memory-limit',
    unit: 'bytes',
    words: 'request, full chunks, and the kubelet\'s answer about all pods as text and parsed, in whole MiB',
    expression: 'mebibyte * ceil((request + chunks * chunkBytes + 2 * maxPods * answerBytes) / mebibyte)',
    inputs: { request, chunks, chunkBytes: CHUNK_BYTES, maxPods, answerBytes: POD_ANSWER_BYTES, mebibyte: MIB },
    source: 'FB:pipeline/buffering.md',
    confidence: Confidence.ESTIMATE,
  });
}

/** What an agent read in the measurement, on two cores. Source: MEAS (153 MB in 6.2 to 8.2 s, null output). */
const MEASURED_BYTES_PER_SECOND = 20_000_000;
const MEASURED_MILLICORES = 2000;

/**
 * Processor time that an agent asks for: twice what its rate costs at the measured 20 MB/s on two cores, at least 50 millicores.
 *
 * | bytes/s    | 122,880 | 450,560 | 1,000,000 |
 * | millicores | 50      | 91      | 200       |
 *
 * Source: MEAS (153 MB in 6.2 to 8.2 s, null output, 2 cores).
 */
export function agentCpu(rate: Derivation): Derivation {
  return derived({
    id: 'logging/cpu-request',
    unit: 'millicores',
    words: 'twice what the rate costs at the measured speed, at least 50',
    expression: 'max(50, ceil(rate * 2 * measuredMillicores / measuredRate))',
    inputs: { rate, measuredMillicores: MEASURED_MILLICORES, measuredRate: MEASURED_BYTES_PER_SECOND },
    source: 'MEAS',
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
    unit: 's',
    words: 'two seconds for each container, at least a minute',
    expression: 'max(60, 2 * containers)',
    inputs: { containers },
    source: 'EKSBP:scalability/workloads',
    confidence: Confidence.ESTIMATE,
  });
}

/** Time for sending what is in flight when the agent stops. Source: FB:pipeline/buffering.md (grace 5, raise to 30). */
export function flushGrace(): Derivation {
  return derived({
    id: 'logging/flush-grace', unit: 's', words: '30 s instead of 5', expression: '30', source: 'FB:administration/configuring-fluent-bit/yaml/service-section.md', confidence: Confidence.ESTIMATE,
  });
}

/** Time until the kubelet kills an agent: the grace and ten seconds for closing files. */
export function terminationGrace(grace: Derivation): Derivation {
  return derived({
    id: 'logging/termination-grace', unit: 's', words: 'flush and ten seconds for closing files', expression: 'grace + 10', inputs: { grace }, source: 'derived', confidence: Confidence.ESTIMATE,
  });
}

/** Time between sends. Source: facts, ruling 15 (1 as default); 5 means larger bursts and more loss on a crash. */
export function flushInterval(): Derivation {
  return derived({ id: 'logging/flush-interval', unit: 's', words: 'upstream\'s default', expression: '1', source: 'FB:administration/configuring-fluent-bit/yaml/service-section.md' });
}

/** Time until a new file is found: 10 s instead of 60, so that pods that live a minute are read at all. Costs a scan of one folder. */
export function discoveryDelay(): Derivation {
  return derived({ id: 'logging/discovery-delay', unit: 's', words: '10 to 60 s; short-lived pods want 10', expression: '10', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/** Time for which a rotated file is read on: one flush grace, so that a short stall loses nothing. */
export function rotateWait(grace: Derivation): Derivation {
  return derived({
    id: 'logging/rotate-wait', unit: 's', words: 'as long as the flush grace, instead of 5 s', expression: 'grace', inputs: { grace }, source: 'FB:pipeline/inputs/tail.md', confidence: Confidence.ESTIMATE,
  });
}

/** Senders per output. Source: FB:pipeline/buffering.md. */
export function outputWorkers(): Derivation {
  return derived({
    id: 'logging/output-workers', unit: 'threads', words: 'one sends while one waits for its answer', expression: '2', source: 'FB:pipeline/outputs/elasticsearch.md', confidence: Confidence.ESTIMATE,
  });
}

/** Longest answer of the receiver that is read: a bulk request of a full chunk has about 10,000 records of 200 bytes, each answered by up to 200. */
export function answerBuffer(): Derivation {
  return derived({
    id: 'logging/answer-buffer',
    unit: 'bytes',
    words: 'records of a full chunk, each answered by up to 200 bytes',
    expression: 'records * answerBytes',
    inputs: { records: 10_000, answerBytes: 200 },
    source: 'FB:pipeline/outputs/elasticsearch.md',
    confidence: Confidence.ESTIMATE,
  });
}

/** Memory for records that were on disk when the agent started. Source: FB:pipeline/buffering.md (bounds replay); a fifth of the chunks in memory. */
export function backlogMemory(chunks: Derivation): Derivation {
  return derived({
    id: 'logging/backlog-memory',
    unit: 'bytes',
    words: 'a fifth of the chunks in memory, full',
    expression: 'ceil(chunks / 5) * chunkBytes',
    inputs: { chunks, chunkBytes: CHUNK_BYTES },
    source: 'FB:pipeline/buffering.md',
    confidence: Confidence.ESTIMATE,
  });
}
