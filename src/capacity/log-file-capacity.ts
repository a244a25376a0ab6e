import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

// What pods write and how the kubelet keeps it on the disk of their node. How it leaves the node is in logging-capacity.ts.

const MIB = 1024 ** 2;

/** How many times the average a node with chatty pods writes. */
const UNEVEN_SPREAD = 4;

/** Seconds of the busiest container that its files hold at least: a log agent that is restarted finds what was written meanwhile. A proposal. */
const SECONDS_IN_FILES = 60;

const DEFAULTS = 'KK:pkg/kubelet/apis/config/v1beta1/defaults.go';

/**
 * Log bytes that a busy node writes per second: the pods' rate (1 KiB, about five lines of 200 bytes, where the load profile says nothing) and
 * four times the average for the uneven spread of chatty pods.
 *
 * | pods per node | 10     | 30      | 110     |
 * | bytes/s       | 40,960 | 122,880 | 450,560 |
 *
 * An estimate to begin with: measure `fluentbit_input_bytes_total` and give the real rate.
 */
export function nodeLogRate({ pods, nodes, logBytesPerPod }: Fleet): Derivation {
  return derived({
    id: 'logging/log-rate',
    unit: 'bytes/s per node',
    words: 'pods of a node, their rate, and four times the average for chatty pods',
    expression: 'ceil(pods / nodes) * logBytesPerPod * unevenSpread',
    inputs: { pods, nodes, logBytesPerPod, unevenSpread: UNEVEN_SPREAD },
    source: 'estimate',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Size and number of a container's log files: upstream's defaults, larger where one container that writes all of its node's logs would run through
 * them within a minute. The same on every machine, so the ids name none.
 *
 * | bytes/s of a node | 122,880 | 491,520 | 1,048,576 | 12,288,000 |
 * | MiB of a file     | 10      | 10      | 12        | 141        |
 *
 * Source: KK:pkg/kubelet/apis/config/v1beta1/defaults.go (10Mi x 5).
 */
export function logFiles(rate: Amount): { size: Derivation; count: Derivation } {
  const count = derived({ id: 'kubelet/container-log-max-files', unit: 'files', words: 'default', expression: '5', source: DEFAULTS });
  const size = derived({
    id: 'kubelet/container-log-max-size',
    unit: 'MiB',
    words: 'default, and a minute of the busiest container in all files together',
    expression: 'max(10, ceil(seconds * rate / (files * bytesPerMebibyte)))',
    inputs: { seconds: SECONDS_IN_FILES, rate, files: count, bytesPerMebibyte: MIB },
    source: `${DEFAULTS}; proposal`,
    confidence: Confidence.ESTIMATE,
  });
  return { size, count };
}

/**
 * Workers that rotate container logs: one per 40 pods.
 *
 * | pods    | 58 | 110 | 250 |
 * | workers | 2  | 3   | 7   |
 *
 * The log rate does not enter: rotating costs as much as compressing what was written, and one core compresses far more than a node writes.
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (3 or 4 on chatty nodes); the ratio is a proposal.
 */
export function logRotationWorkers(place: string, maxPods: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/container-log-max-workers`,
    unit: 'workers',
    words: 'one for 40 pods',
    expression: 'ceil(maxPods / 40)',
    inputs: { maxPods },
    source: DEFAULTS,
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Disk that container logs take at most, with one container in each pod; part of `nodefs`, or of `imagefs` where `/var/log/pods` lies there.
 *
 * | pods, files of 10 MiB | 58, 5 | 110, 5 | 110, 3 |
 * | MiB                   | 2,900 | 5,500  | 3,300  |
 */
export function containerLogDisk(place: string, maxPods: Amount, files: Amount, mebibytes: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/container-log-disk`, unit: 'MiB', words: 'all files of one container in each pod', expression: 'maxPods * files * mebibytes', inputs: { maxPods, files, mebibytes }, source: 'derived',
  });
}
