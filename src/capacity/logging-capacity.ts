import { logFiles } from './log-file-capacity';
import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation, stepped, valueOf } from '../derivation/derivation';

// What nodes write, and how long it waits for its receiver. The agent that carries it is in log-agent-capacity.ts.

const MIB = 1024 ** 2;

/** How long a receiver may be away without loss where nobody says otherwise: an hour, in which somebody notices and acts. */
export function receiverOutage(): Derivation {
  return derived({ id: 'logging/receiver-outage', unit: 's', words: 'an hour', expression: '3600', source: 'proposal', confidence: Confidence.ESTIMATE });
}

/**
 * Disk that one output may fill while its receiver is away: rate x outage, 1.5 times for the metadata that every record carries, rounded up
 * to 100 MB. The oldest records are dropped beyond it.
 *
 * | rate x outage  | 122,880 x 1 h | 122,880 x 4 h | 1,000,000 x 1 h |
 * | bytes          | 700 MB        | 2.7 GB        | 5.4 GB          |
 *
 * Source: FB:pipeline/buffering.md; the factor is an estimate.
 */
export function bufferLimit(rate: Derivation, outage: Amount): Derivation {
  return derived({
    id: 'logging/buffer-limit',
    unit: 'bytes',
    words: 'rate, outage, and half as much again for metadata, in steps of 100 MB',
    expression: 'step * ceil(rate * outage * metadata / step)',
    inputs: { rate, outage, metadata: 1.5, step: 100_000_000 },
    source: 'FB:pipeline/buffering.md',
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
export function retryLimit(outage: Amount): Derivation {
  let retries = 0;
  for (let waited = 0; waited < valueOf(outage); retries++) {
    waited += (RETRY_BASE_SECONDS + Math.min(RETRY_CAP_SECONDS, RETRY_BASE_SECONDS * 2 ** (retries + 1))) / 2;
  }
  return stepped({
    id: 'logging/retry-limit',
    value: retries,
    unit: 'retries',
    words: `fewest retries whose average waits, (base + min(cap, base x 2^i)) / 2 for the i-th, reach the outage of ${valueOf(outage)} s`,
    inputs: { outage, base: RETRY_BASE_SECONDS, cap: RETRY_CAP_SECONDS },
    source: 'FB:administration/scheduling-and-retries.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * How long an agent may be away before a container that writes all of its node's logs has rotated its first unread file away: the kubelet
 * keeps five files of 10 MiB, larger ones where a minute would not fit.
 *
 * | bytes/s | 122,880 | 1,048,576 |
 * | seconds | 426     | 60        |
 *
 * Source: FB:pipeline/inputs/tail.md (kubelet defaults containerLogMaxSize, containerLogMaxFiles).
 */
export function rotationWindow(rate: Derivation): Derivation {
  const { count: files, size: mebibytes } = logFiles(rate);
  return derived({
    id: 'logging/rotation-window',
    unit: 's',
    words: 'log files that the kubelet keeps of a container, written at the rate of the whole node',
    expression: 'floor(files * mebibytes * bytesPerMebibyte / rate)',
    inputs: { files, mebibytes, bytesPerMebibyte: MIB, rate },
    source: 'KK defaults.go',
  });
}

/** Connections that all agents together open to the receiver; above a few thousand put an aggregator in front. */
export function receiverConnections(agents: Amount, workers: Derivation): Derivation {
  return derived({
    id: 'logging/receiver-connections',
    unit: 'connections',
    words: 'one for each sender of each agent',
    expression: 'agents * workers',
    inputs: { agents, workers },
    source: 'FB:pipeline/buffering.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Log bytes of a day that leave the cluster: all pods at their average rate, half as much again for the metadata of every record. Receivers are
 * bought by this number.
 *
 * | pods x rate | 6,000 x 1 KiB/s | 36,000 x 1 KiB/s | 36,000 x 8 KiB/s |
 * | GB          | 797             | 4,778            | 38,221           |
 */
export function dailyVolume({ pods, logBytesPerPod }: Fleet): Derivation {
  return derived({
    id: 'logging/daily-volume',
    unit: 'GB per day',
    words: 'all pods at their average rate for a day, half as much again for metadata',
    expression: 'ceil(pods * logBytesPerPod * 86400 * metadata / 1000000000)',
    inputs: { pods, logBytesPerPod, metadata: 1.5 },
    source: 'estimate',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * How long a busy node's buffer lasts while the receiver is away; the oldest records go beyond it.
 *
 * | buffer / rate | 700 MB / 122,880 bytes/s | 700 MB / 450,560 |
 * | seconds       | 3,797                    | 1,035            |
 */
export function bufferTime(buffer: Derivation, rate: Derivation): Derivation {
  return derived({
    id: 'logging/buffer-time',
    unit: 's',
    words: 'buffer of a node, filled at its rate and half as much again for metadata',
    expression: 'floor(buffer / (rate * metadata))',
    inputs: { buffer, rate, metadata: 1.5 },
    source: 'FB:pipeline/buffering.md',
    confidence: Confidence.ESTIMATE,
  });
}
