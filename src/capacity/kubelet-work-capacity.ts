import { PoolKind } from '../cluster/node-pool';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

// `place` is the part of the ids that names the machines: a pool, or `control-plane`.

/**
 * Images a node pulls at a time. Unbounded pulls turn a rollout on 1,200 nodes into a storm on registry and disks; the images of GPU
 * pods have many GB and fill the disk's bandwidth three at a time.
 *
 * | pool   | GPU | others |
 * | images | 3   | 5      |
 *
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (KEP-3673: 3 to 10); which of them is a proposal.
 */
export function parallelImagePulls(place: string, kind: PoolKind): Derivation {
  return derived({
    id: `kubelet/${place}/max-parallel-image-pulls`,
    unit: 'images',
    words: kind === PoolKind.GPU ? 'images of many GB' : 'images of ordinary size',
    expression: kind === PoolKind.GPU ? '3' : '5',
    source: 'KEP-3673',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Pulls that one kubelet may begin per second, and at once. Upstream's defaults, written out, since the time of a mass join rests on them: for the
 * registry they count times the nodes of a wave.
 *
 * Source: KK:pkg/kubelet/apis/config/v1beta1/defaults.go.
 */
export function registryRate(place: string): EventRate {
  const source = 'KK:pkg/kubelet/apis/config/v1beta1/defaults.go';
  return {
    qps: derived({ id: `kubelet/${place}/registry-pull-qps`, unit: 'pulls per second', words: 'default', expression: '5', source }),
    burst: derived({ id: `kubelet/${place}/registry-burst`, unit: 'pulls', words: 'default', expression: '10', source }),
  };
}

/** Rate and burst of what a kubelet does: events, requests, pulls. */
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
export function eventRate(place: string): EventRate {
  const source = 'kubernetes-sigs/agent-sandbox#1283';
  return {
    qps: derived({ id: `kubelet/${place}/event-record-qps`, unit: 'events per second', words: '5 per second', expression: '5', source, confidence: Confidence.MEASURED }),
    burst: derived({ id: `kubelet/${place}/event-burst`, unit: 'events', words: '50 at once', expression: '50', source, confidence: Confidence.MEASURED }),
  };
}

/** Requests of a kubelet to the API server where the default (5 and 10, up to 1.26) starves it. Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go, KUBELET-04. */
export function apiRate(place: string): EventRate {
  const source = 'KL@27';
  return {
    qps: derived({ id: `kubelet/${place}/kube-api-qps`, unit: 'requests per second', words: 'default of 1.27 and later', expression: '50', source }),
    burst: derived({ id: `kubelet/${place}/kube-api-burst`, unit: 'requests', words: 'default of 1.27 and later', expression: '100', source }),
  };
}

/** Images in a node's status; the default of 50 makes every Node object large, and 1,200 of them are listed often. */
export function nodeStatusImages(place: string): Derivation {
  return derived({ id: `kubelet/${place}/node-status-max-images`, unit: 'images', words: '20 of the default 50', expression: '20', source: 'KL@36', confidence: Confidence.ESTIMATE });
}

/** Seconds that the lease of a node is valid: the kubelet renews it at a quarter. Source: CAV@29 pkg/kubelet/kubelet.go. */
export function nodeLeaseDuration(place: string, heartbeat: Amount): Derivation {
  return derived({ id: `kubelet/${place}/node-lease-duration`, unit: 's', words: 'four heartbeats', expression: '4 * heartbeat', inputs: { heartbeat }, source: 'CAV@29 pkg/kubelet/kubelet.go' });
}

/** Seconds a node has for ending its pods when it is shut down. Source: KEP-2000. */
export function shutdownGrace(place: string): Derivation {
  return derived({ id: `kubelet/${place}/shutdown-grace-period`, unit: 's', words: 'a minute', expression: '60', source: 'KEP-2000', confidence: Confidence.ESTIMATE });
}

/** The part of them that critical pods get: the last third. Source: KEP-2000. */
export function shutdownGraceCritical(place: string, total: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/shutdown-grace-period-critical-pods`, unit: 's', words: 'a third', expression: 'floor(total / 3)', inputs: { total }, source: 'KEP-2000', confidence: Confidence.ESTIMATE,
  });
}

/** Disk use in per cent at which image garbage collection starts and stops. */
export interface ImageCollection {
  readonly high: Derivation;
  readonly low: Derivation;
  /** Hours after which an unused image goes although there is room. */
  readonly age: Derivation;
}

/**
 * Image garbage collection: before the disk is so full that pods are evicted (85 % used), since upstream's default of 85 % is the same moment. On GPU
 * nodes deeper, since one image of many GB more fills what is left. Unused images go after a week although there is room.
 *
 * | pool          | GPU     | others  |
 * | from, down to | 75, 60  | 75, 70  |
 *
 * Source: KL@36 (75/70 and a maximum age on big pools); KK:pkg/kubelet/apis/config/v1beta1/defaults.go (85/80); the wider gap is a proposal.
 */
export function imageCollection(place: string, kind: PoolKind): ImageCollection {
  const source = 'KL@36';
  const low = kind === PoolKind.GPU ? ['60', '60 %: one large image must fit before the next run'] : ['70', 'collected down to 70 %'];
  return {
    high: derived({ id: `kubelet/${place}/image-gc-high-threshold`, unit: '%', words: 'collected from 75 % on, a tenth of the disk before pods are evicted', expression: '75', source, confidence: Confidence.ESTIMATE }),
    low: derived({ id: `kubelet/${place}/image-gc-low-threshold`, unit: '%', words: low[1], expression: low[0], source, confidence: Confidence.ESTIMATE }),
    age: derived({ id: `kubelet/${place}/image-maximum-gc-age`, unit: 'h', words: 'a week', expression: '168', source, confidence: Confidence.ESTIMATE }),
  };
}

/** Most pods of a control-plane machine: static pods and agents, but never above what Kubernetes is tested with. */
export function controlPlaneMaxPods(cores: Amount): Derivation {
  return derived({
    id: 'kubelet/control-plane/max-pods',
    unit: 'pods',
    words: 'ten per core, at most 110',
    expression: 'min(110, 10 * cores)',
    inputs: { cores },
    source: 'SIGSC:configs-and-limits/thresholds.md',
  });
}
