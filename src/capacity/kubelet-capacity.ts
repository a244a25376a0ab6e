import { NodePool } from '../cluster/node-pool';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

// `place` is the part of the ids that names the machines: a pool, or `control-plane`.

/**
 * CPU for kubelet and container runtime: 6 % of the first core, 1 % of the second, 0.5 % of the third and fourth, 0.25 % of every other.
 *
 * | cores      | 1  | 2  | 4  | 16  | 64  | 96  |
 * | millicores | 60 | 70 | 80 | 110 | 230 | 310 |
 *
 * Source: EKSAMI; AKSDOC; GKEDOC (EKS, GKE). The next full millicore.
 */
export function kubeReservedCpu(place: string, cores: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/kube-reserved-cpu`,
    unit: 'millicores',
    words: '6 % of core 1, 1 % of core 2, 0.5 % of cores 3 and 4, 0.25 % of every other',
    expression: 'ceil(60 + 10 * (min(cores, 2) - 1) + 5 * max(0, min(cores, 4) - 2) + 2.5 * max(0, cores - 4))',
    inputs: { cores },
    source: 'EKSAMI:nodeadm/internal/kubelet/config.go',
  });
}

/**
 * Memory for kubelet and container runtime: the larger of the EKS rule (11 MiB per pod and 255 MiB) and the AKS rule (20 MB per pod and
 * 50 MB, at most a quarter of the machine). Both follow the number of pods, since the runtime keeps one process per pod.
 *
 * | pods / memory | 110 / 4 GiB | 58 / 128 GiB | 110 / 64 GiB | 250 / 64 GiB |
 * | EKS MiB       | 1,465       | 893          | 1,465        | 3,005        |
 * | AKS MiB       | 1,024       | 1,154        | 2,146        | 4,817        |
 * | reserved MiB  | 1,465       | 1,154        | 2,146        | 4,817        |
 *
 * Source: EKSAMI; AKSDOC; GKEDOC (EKS, AKS from 1.29); taking the larger is a proposal.
 */
export function kubeReservedMemory(place: string, maxPods: Amount, machineMebibytes: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/kube-reserved-memory`,
    unit: 'MiB',
    words: 'the larger of two rules: 11 MiB a pod and 255 MiB; 20 MB a pod and 50 MB, at most a quarter of the machine',
    expression: 'max(11 * maxPods + 255, ceil(min((20 * maxPods + 50) * megabyte / mebibyte, machineMebibytes / 4)))',
    inputs: { maxPods, megabyte: 1_000_000, mebibyte: 1024 ** 2, machineMebibytes },
    source: 'EKSAMI:nodeadm/internal/kubelet/config.go; AKSDOC',
    confidence: Confidence.ESTIMATE,
  });
}

/** Disk for images' metadata, logs and the kubelet itself: 1 GiB, as EKS has it. */
export function kubeReservedStorage(place: string): Derivation {
  return derived({ id: `kubelet/${place}/kube-reserved-ephemeral-storage`, unit: 'GiB', words: '1 GiB on every machine', expression: '1', source: 'EKSAMI:nodeadm/internal/kubelet/config.go' });
}

/** CPU for systemd, sshd, journald and the kernel's own work: 100 millicores. */
export function systemReservedCpu(place: string): Derivation {
  return derived({
    id: `kubelet/${place}/system-reserved-cpu`,
    unit: 'millicores',
    words: '100 millicores on every machine',
    expression: '100',
    source: 'EKSAMI; AKSDOC; GKEDOC (proposal)',
    confidence: Confidence.ESTIMATE,
  });
}

/** Memory for the same: 200 MiB. */
export function systemReservedMemory(place: string): Derivation {
  return derived({
    id: `kubelet/${place}/system-reserved-memory`,
    unit: 'MiB',
    words: '200 MiB on every machine',
    expression: '200',
    source: 'EKSAMI; AKSDOC; GKEDOC (proposal)',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Hardware threads that the static CPU manager keeps for the system: the fractional reservations rounded up to whole physical cores, because
 * half a core is no reservation: its other thread would be handed out as exclusive.
 *
 * | threads, per core | 4, 1 | 8, 2 | 64, 1 | 64, 2 | 1024, 2 |
 * | reserved          | 1    | 2    | 1     | 2     | 4       |
 *
 * Source: pkg/kubelet/cm/cpumanager (the kubelet rounds up to whole threads, and option full-pcpus-only hands out whole cores).
 */
export function reservedThreads(place: string, threadsPerCore: Amount, kube: Amount, system: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/reserved-system-cpus`,
    unit: 'threads',
    words: 'the reserved millicores rounded up to whole cores',
    expression: 'threadsPerCore * ceil((kubeReserved + systemReserved) / (1000 * threadsPerCore))',
    inputs: { threadsPerCore, kubeReserved: kube, systemReserved: system },
    source: 'KK:pkg/kubelet/cm/cpumanager/cpu_manager.go',
  });
}

/**
 * Free memory at which the kubelet evicts: upstream's 100 MiB on small machines, 1 % up to 500 MiB on large ones, where the page cache is
 * gone long before 100 MiB are left.
 *
 * | memory GiB | 4   | 16  | 64  | 512 |
 * | MiB        | 100 | 163 | 500 | 500 |
 *
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (100Mi is the default); the share is a proposal.
 */
export function evictionMemory(place: string, machineMebibytes: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/eviction-memory`,
    unit: 'MiB',
    words: 'a hundredth of the machine, between 100 and 500 MiB',
    expression: 'max(100, min(500, floor(machineMebibytes / 100)))',
    inputs: { machineMebibytes },
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
 * Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go; pkg/kubelet/apis/config/v1beta1/defaults_linux.go.
 */
export function evictionShares(place: string): EvictionShares {
  const share = (id: string, value: number, source = 'CAV@29', confidence = Confidence.UPSTREAM) =>
    derived({ id: `kubelet/${place}/eviction-${id}`, unit: '%', words: `${value} % free`, expression: String(value), source, confidence });
  return {
    nodefs: share('nodefs', 10),
    nodefsInodes: share('nodefs-inodes', 5),
    imagefs: share('imagefs', 15),
    imagefsInodes: share('imagefs-inodes', 5),
    pids: share('pids', 10, 'KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go', Confidence.ESTIMATE),
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
 * Source: KL@36 (5 % / 2m, general practice); pkg/kubelet/eviction (MaxPodGracePeriodSeconds).
 */
export function softEviction(place: string): SoftEviction {
  const row = (id: string, value: number, unit: string, words: string) =>
    derived({ id: `kubelet/${place}/soft-eviction-${id}`, unit, words, expression: String(value), source: 'KL@36', confidence: Confidence.ESTIMATE });
  return { share: row('share', 5, '%', '5 % free'), grace: row('grace', 120, 's', '2 minutes'), podGrace: row('pod-grace', 60, 's', '1 minute for the pod to end') };
}

/** What pods cannot have of a machine's memory, in MiB. The memory manager wants this sum to the byte. */
export function withheldMemory(place: string, kube: Amount, system: Amount, eviction: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/withheld-memory`,
    unit: 'MiB',
    words: 'what kubelet, system and eviction keep',
    expression: 'kubeReserved + systemReserved + evictionHard',
    inputs: { kubeReserved: kube, systemReserved: system, evictionHard: eviction },
    source: 'KK:pkg/kubelet/cm/memorymanager/memory_manager.go',
  });
}

/** Share of a machine above which a reservation deserves a second look. Source: EKSAMI; AKSDOC; GKEDOC (proposal). */
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

/** Processes per pod, so that a fork bomb ends in its own pod. Source: KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go (KUBELET-09). */
export function podPidsLimit(place: string): Derivation {
  return derived({ id: `kubelet/${place}/pod-pids-limit`, unit: 'processes', words: '4096 per pod', expression: '4096', source: 'KL@36; KK:pkg/kubelet/apis/config/v1beta1/defaults.go', confidence: Confidence.ESTIMATE });
}
