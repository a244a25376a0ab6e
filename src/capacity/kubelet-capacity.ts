import { Confidence, derived, Derivation } from './derivation';
import { NodePool, PoolKind } from '../cluster/node-pool';

/**
 * CPU for kubelet and container runtime: 6 % of the first core, 1 % of the second, 0.5 % of the third and fourth, 0.25 % of every other.
 *
 * | cores      | 1  | 2  | 4  | 16  | 64  | 96  |
 * | millicores | 60 | 70 | 80 | 110 | 230 | 310 |
 *
 * Source: kubelet.md section 3 (EKS, GKE). The next full millicore.
 */
export function kubeReservedCpu(cores: number): Derivation {
  // Hundredths of a millicore, so that the sum stays whole.
  const hundredths = 6000 + (cores >= 2 ? 1000 : 0) + 500 * Math.max(0, Math.min(cores, 4) - 2) + 250 * Math.max(0, cores - 4);
  return derived({
    id: 'kubelet/kube-reserved-cpu',
    value: Math.ceil(hundredths / 100),
    unit: 'millicores',
    formula: `6 % of core 1, 1 % of core 2, 0.5 % of cores 3 and 4, 0.25 % of the rest of ${cores} cores`,
    source: 'EKSAMI:nodeadm/internal/kubelet/config.go',
  });
}

const MEGABYTES_IN_MEBIBYTES = 1_000_000 / 1024 ** 2;

/**
 * Memory for kubelet and container runtime: the larger of the EKS rule (11 MiB per pod and 255 MiB) and the AKS rule (20 MB per pod and
 * 50 MB, at most a quarter of the machine). Both follow the number of pods, since the runtime keeps one process per pod.
 *
 * | pods / memory | 110 / 4 GiB | 58 / 128 GiB | 110 / 64 GiB | 250 / 64 GiB |
 * | EKS MiB       | 1,465       | 893          | 1,465        | 3,005        |
 * | AKS MiB       | 1,024       | 1,154        | 2,146        | 4,817        |
 * | reserved MiB  | 1,465       | 1,154        | 2,146        | 4,817        |
 *
 * Source: kubelet.md section 3 (EKS, AKS from 1.29); taking the larger is a proposal.
 */
export function kubeReservedMemory(maxPods: number, machineMebibytes: number): Derivation {
  const eks = 11 * maxPods + 255;
  const aks = Math.ceil(Math.min((20 * maxPods + 50) * MEGABYTES_IN_MEBIBYTES, machineMebibytes / 4));
  return derived({
    id: 'kubelet/kube-reserved-memory',
    value: Math.max(eks, aks),
    unit: 'MiB',
    formula: `max(11 x ${maxPods} + 255, min(20 MB x ${maxPods} + 50 MB, 25 % of ${machineMebibytes} MiB))`,
    source: 'EKSAMI:nodeadm/internal/kubelet/config.go; AKSDOC',
    confidence: Confidence.ESTIMATE,
  });
}

/** Disk for images' metadata, logs and the kubelet itself: 1 GiB, as EKS has it. */
export function kubeReservedStorage(): Derivation {
  return derived({ id: 'kubelet/kube-reserved-ephemeral-storage', value: 1, unit: 'GiB', formula: '1 GiB', source: 'EKSAMI:nodeadm/internal/kubelet/config.go' });
}

/** CPU for systemd, sshd, journald and the kernel's own work: 100 millicores. */
export function systemReservedCpu(): Derivation {
  return derived({
    id: 'kubelet/system-reserved-cpu',
    value: 100,
    unit: 'millicores',
    formula: '100 millicores on every machine',
    source: 'kubelet.md section 3 (proposal)',
    confidence: Confidence.ESTIMATE,
  });
}

/** Memory for the same: 200 MiB. */
export function systemReservedMemory(): Derivation {
  return derived({
    id: 'kubelet/system-reserved-memory',
    value: 200,
    unit: 'MiB',
    formula: '200 MiB on every machine',
    source: 'kubelet.md section 3 (proposal)',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Whole hardware threads that the static CPU manager keeps for the system: the fractional reservations rounded up, and an even number from
 * eight threads on, because a physical core has two and half a core is no reservation.
 *
 * | threads  | 4 | 8 | 64 | 256 |
 * | reserved | 1 | 2 | 2  | 2   |
 *
 * Source: pkg/kubelet/cm/cpumanager (the kubelet rounds up to whole threads); the even number is a proposal.
 */
export function reservedThreads(cores: number, kube: Derivation, system: Derivation): Derivation {
  const whole = Math.ceil((kube.value + system.value) / 1000);
  const even = cores >= 8 ? 2 * Math.ceil(whole / 2) : whole;
  return derived({
    id: 'kubelet/reserved-system-cpus',
    value: even,
    unit: 'threads',
    formula: `(${kube.value} + ${system.value}) millicores rounded up to whole ${cores >= 8 ? 'pairs of ' : ''}threads`,
    source: 'KK:pkg/kubelet/cm/cpumanager/cpu_manager.go',
    confidence: Confidence.ESTIMATE,
    from: [kube, system],
  });
}

/**
 * Free memory at which the kubelet evicts: upstream's 100 MiB on small machines, 1 % up to 500 MiB on large ones, where the page cache is
 * gone long before 100 MiB are left.
 *
 * | memory GiB | 4   | 16  | 64  | 512 |
 * | MiB        | 100 | 163 | 500 | 500 |
 *
 * Source: kubelet.md section 2 (100Mi is the default); the share is a proposal.
 */
export function evictionMemory(machineMebibytes: number): Derivation {
  return derived({
    id: 'kubelet/eviction-memory',
    value: Math.max(100, Math.min(500, Math.floor(machineMebibytes / 100))),
    unit: 'MiB',
    formula: `max(100, min(500, 1 % of ${machineMebibytes} MiB))`,
    source: 'CAV@22; CAV@29',
    confidence: Confidence.ESTIMATE,
  });
}

/** Hard eviction signals beside memory, in per cent of what the machine has. */
export interface EvictionShares {
  readonly nodefs: Derivation;
  readonly nodefsInodes: Derivation;
  readonly imagefs: Derivation;
  readonly imagefsInodes: Derivation;
  readonly pids: Derivation;
}

/**
 * Shares that must stay free: upstream's defaults, written out because a signal that is not named counts as zero, and a tenth of the
 * process ids.
 *
 * Source: kubelet.md section 2; pkg/kubelet/apis/config/v1beta1/defaults_linux.go.
 */
export function evictionShares(): EvictionShares {
  const share = (id: string, value: number, source = 'CAV@29', confidence = Confidence.UPSTREAM) =>
    derived({ id: `kubelet/eviction-${id}`, value, unit: '%', formula: `${value} % free`, source, confidence });
  return {
    nodefs: share('nodefs', 10),
    nodefsInodes: share('nodefs-inodes', 5),
    imagefs: share('imagefs', 15),
    imagefsInodes: share('imagefs-inodes', 5),
    pids: share('pids', 10, 'kubelet.md section 2', Confidence.ESTIMATE),
  };
}

/** When a pool of large memory begins to evict before the hard threshold. */
export interface SoftEviction {
  readonly share: Derivation;
  readonly grace: Derivation;
  readonly podGrace: Derivation;
}

/**
 * Soft eviction of memory pools: 5 % free for two minutes; the pod then has a minute to end. Without the last number it has none.
 * Source: kubelet.md section 4 (5 % / 2m, general practice); pkg/kubelet/eviction (MaxPodGracePeriodSeconds).
 */
export function softEviction(): SoftEviction {
  const row = (id: string, value: number, unit: string, formula: string) =>
    derived({ id: `kubelet/soft-eviction-${id}`, value, unit, formula, source: 'kubelet.md section 4', confidence: Confidence.ESTIMATE });
  return { share: row('share', 5, '%', '5 % free'), grace: row('grace', 120, 's', '2 minutes'), podGrace: row('pod-grace', 60, 's', '1 minute for the pod to end') };
}

/** What pods cannot have of a machine's memory, in MiB. The memory manager wants this sum to the byte. */
export function withheldMemory(kube: Derivation, system: Derivation, eviction: Derivation): Derivation {
  return derived({
    id: 'kubelet/withheld-memory',
    value: kube.value + system.value + eviction.value,
    unit: 'MiB',
    formula: `kubeReserved ${kube.value} + systemReserved ${system.value} + evictionHard ${eviction.value}`,
    source: 'KK:pkg/kubelet/cm/memorymanager/memory_manager.go',
    from: [kube, system, eviction],
  });
}

/** Share of a machine above which a reservation deserves a second look. Source: kubelet.md section 3 (proposal). */
const LARGE_SHARE = 0.15;

/** A sentence when the pods lose more than 15 % of a machine's memory. */
export function largeReservationNote(pool: string, withheld: Derivation, machineMebibytes: number): string | undefined {
  const share = withheld.value / machineMebibytes;
  if (share <= LARGE_SHARE) { return undefined; }
  return `pool '${pool}': ${withheld.value} of ${machineMebibytes} MiB (${Math.round(share * 100)} %) are withheld from pods; `
    + 'use larger machines or fewer pods per node';
}

/** Sentences where a pool leaves the envelope that Kubernetes is tested in: min(110, 10 x cores) pods per node. */
export function podDensityNotes(pool: NodePool): string[] {
  const perCore = 10 * pool.machine.cpu;
  return [
    ...(pool.maxPods > 110 ? [`pool '${pool.name}': maxPods ${pool.maxPods} is above 110, the number Kubernetes is tested with; give every node two addresses per pod`] : []),
    ...(pool.maxPods > perCore ? [`pool '${pool.name}': maxPods ${pool.maxPods} is above 10 per core (${perCore}), the density Kubernetes is tested with`] : []),
  ];
}

/** Processes per pod, so that a fork bomb ends in its own pod. Source: kubelet.md section 2 (KUBELET-09). */
export function podPidsLimit(): Derivation {
  return derived({ id: 'kubelet/pod-pids-limit', value: 4096, unit: 'processes', formula: '4096 per pod', source: 'kubelet.md section 2', confidence: Confidence.ESTIMATE });
}

/**
 * Images a node pulls at a time. Unbounded pulls turn a rollout on 1,200 nodes into a storm on registry and disks; the images of GPU
 * pods have many GB and fill the disk's bandwidth three at a time.
 *
 * | pool   | GPU | others |
 * | images | 3   | 5      |
 *
 * Source: kubelet.md section 2 (KEP-3673: 3 to 10); which of them is a proposal.
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

/** Size and number of a container's log files. Source: kubelet.md section 2 (defaults, written out: log agents are sized by them). */
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
 * Source: kubelet.md section 2 (3 or 4 on chatty nodes); the ratio is a proposal.
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
 * Source: kubelet.md section 2 (kubernetes-sigs/agent-sandbox#1283: kubelet events were a third of all writes).
 */
export function eventRate(): EventRate {
  const source = 'kubernetes-sigs/agent-sandbox#1283';
  return {
    qps: derived({ id: 'kubelet/event-record-qps', value: 5, unit: 'events per second', formula: '5 per second', source, confidence: Confidence.MEASURED }),
    burst: derived({ id: 'kubelet/event-burst', value: 50, unit: 'events', formula: '50 at once', source, confidence: Confidence.MEASURED }),
  };
}

/** Requests of a kubelet to the API server where the default (5 and 10, up to 1.26) starves it. Source: kubelet.md section 2, KUBELET-04. */
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
 * Source: kubelet.md section 2 (85/80 by default, 75/70 on big pools); the wider gap is a proposal.
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
