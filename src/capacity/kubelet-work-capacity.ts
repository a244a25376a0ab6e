import { Confidence, derived, Derivation } from '../derivation/derivation';
import { PoolKind } from '../cluster/node-pool';

/**
 * Images a node pulls at a time. Unbounded pulls turn a rollout on 1,200 nodes into a storm on registry and disks; the images of GPU
 * pods have many GB and fill the disk's bandwidth three at a time.
 *
 * | pool   | GPU | others |
 * | images | 3   | 5      |
 *
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (KEP-3673: 3 to 10); which of them is a proposal.
 */
export function parallelImagePulls(kind: PoolKind): Derivation {
  return derived({
    id: 'kubelet/max-parallel-image-pulls',
    value: kind === PoolKind.GPU ? 3 : 5,
    unit: 'images',
    formula: kind === PoolKind.GPU ? '3: images of many GB' : '5',
    source: 'KEP-3673',
    confidence: Confidence.ESTIMATE,
  });
}

/** Size and number of a container's log files. Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (defaults, written out: log agents are sized by them). */
export function logFiles(): { size: Derivation; count: Derivation } {
  const source = 'KK:pkg/kubelet/apis/config/v1beta1/defaults.go';
  return {
    size: derived({ id: 'kubelet/container-log-max-size', value: 10, unit: 'MiB', formula: 'default', source }),
    count: derived({ id: 'kubelet/container-log-max-files', value: 5, unit: 'files', formula: 'default', source }),
  };
}

/**
 * Workers that rotate container logs: one per 40 pods.
 *
 * | pods    | 58 | 110 | 250 |
 * | workers | 2  | 3   | 7   |
 *
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (3 or 4 on chatty nodes); the ratio is a proposal.
 */
export function logRotationWorkers(maxPods: number): Derivation {
  return derived({
    id: 'kubelet/container-log-max-workers',
    value: Math.ceil(maxPods / 40),
    unit: 'workers',
    formula: `ceil(${maxPods} pods / 40)`,
    source: 'KK:pkg/kubelet/apis/config/v1beta1/defaults.go',
    confidence: Confidence.ESTIMATE,
  });
}

/** Rate and burst of the kubelet's events. */
export interface EventRate {
  readonly qps: Derivation;
  readonly burst: Derivation;
}

/**
 * Events of one kubelet: 5 per second, 50 at once. The default jumped from 5/10 to 50/100 in 1.27; written out, every release behaves the
 * same, and a failing rollout on 1,200 nodes writes at most 6,000 events per second instead of 60,000.
 *
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (kubernetes-sigs/agent-sandbox#1283: kubelet events were a third of all writes).
 */
export function eventRate(): EventRate {
  const source = 'kubernetes-sigs/agent-sandbox#1283';
  return {
    qps: derived({ id: 'kubelet/event-record-qps', value: 5, unit: 'events per second', formula: '5 per second', source, confidence: Confidence.MEASURED }),
    burst: derived({ id: 'kubelet/event-burst', value: 50, unit: 'events', formula: '50 at once', source, confidence: Confidence.MEASURED }),
  };
}

/** Requests of a kubelet to the API server where the default (5 and 10, up to 1.26) starves it. Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go, KUBELET-04. */
export function apiRate(): EventRate {
  const source = 'KL@27';
  return {
    qps: derived({ id: 'kubelet/kube-api-qps', value: 50, unit: 'requests per second', formula: 'default of 1.27 and later', source }),
    burst: derived({ id: 'kubelet/kube-api-burst', value: 100, unit: 'requests', formula: 'default of 1.27 and later', source }),
  };
}

/** Images in a node's status; the default of 50 makes every Node object large, and 1,200 of them are listed often. */
export function nodeStatusImages(): Derivation {
  return derived({ id: 'kubelet/node-status-max-images', value: 20, unit: 'images', formula: '20 of the default 50', source: 'KL@36', confidence: Confidence.ESTIMATE });
}

/** Seconds a node has for ending its pods when it is shut down, and the part of them that critical pods get. Source: KEP-2000. */
export function shutdownGrace(): { total: Derivation; critical: Derivation } {
  return {
    total: derived({ id: 'kubelet/shutdown-grace-period', value: 60, unit: 's', formula: '60 s', source: 'KEP-2000', confidence: Confidence.ESTIMATE }),
    critical: derived({ id: 'kubelet/shutdown-grace-period-critical-pods', value: 20, unit: 's', formula: '20 of the 60 s', source: 'KEP-2000', confidence: Confidence.ESTIMATE }),
  };
}

/** Disk use in per cent at which image garbage collection starts and stops. */
export interface ImageCollection {
  readonly high: Derivation;
  readonly low: Derivation;
  /** Hours after which an unused image goes although there is room. */
  readonly age: Derivation;
}

/**
 * Image garbage collection of GPU nodes: early and deep, since one image of many GB more fills what is left between 85 % and full.
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (85/80 by default, 75/70 on big pools); the wider gap is a proposal.
 */
export function gpuImageCollection(): ImageCollection {
  const source = 'KL@36';
  return {
    high: derived({ id: 'kubelet/image-gc-high-threshold', value: 75, unit: '%', formula: '75 % for images of many GB', source, confidence: Confidence.ESTIMATE }),
    low: derived({ id: 'kubelet/image-gc-low-threshold', value: 60, unit: '%', formula: '60 %: one large image must fit before the next run', source, confidence: Confidence.ESTIMATE }),
    age: derived({ id: 'kubelet/image-maximum-gc-age', value: 168, unit: 'h', formula: 'a week', source, confidence: Confidence.ESTIMATE }),
  };
}

/** Most pods of a control-plane machine: static pods and agents, but never above what Kubernetes is tested with. */
export function controlPlaneMaxPods(cores: number): Derivation {
  return derived({
    id: 'kubelet/control-plane-max-pods',
    value: Math.min(110, 10 * cores),
    unit: 'pods',
    formula: `min(110, 10 x ${cores} cores)`,
    source: 'SIGSC:configs-and-limits/thresholds.md',
  });
}
