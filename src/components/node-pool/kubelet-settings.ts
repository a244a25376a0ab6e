import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import {
  evictionMemory, EvictionShares, evictionShares, kubeReservedCpu, kubeReservedMemory, kubeReservedStorage, largeReservationNote,
  podDensityNotes, podPidsLimit, reservedThreads, SoftEviction, softEviction, systemReservedCpu, systemReservedMemory, withheldMemory,
} from '../../capacity/kubelet-capacity';
import {
  apiRate, EventRate, eventRate, gpuImageCollection, ImageCollection,
  logFiles, logRotationWorkers, nodeStatusImages, parallelImagePulls, shutdownGrace, shutdownGraceCritical,
} from '../../capacity/kubelet-work-capacity';
import { kubeletFieldUsed } from '../../catalogue/kubelet-field-use';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { MachineShape } from '../../cluster/machine-shape';
import { NodePool, PoolKind } from '../../cluster/node-pool';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { Derivation, given } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { lineProblem } from '../../input/text-safety';

/** What the user may say about a kubelet; the public structs are `NodePoolKubeletProps` and `ControlPlaneKubeletProps`. */
export interface KubeletInput {
  readonly dns?: IDnsEndpoint;
  readonly kubeReservedMemory?: Size;
  readonly systemReservedMemory?: Size;
  readonly evictionMemory?: Size;
  readonly reservedSystemCpus?: string;
  readonly maxParallelImagePulls?: number;
  readonly podPidsLimit?: number;
  readonly shutdownGracePeriod?: Duration;
}

/** Machines that get one kubelet configuration. */
export interface KubeletSubject {
  /** For messages: `pool 'general'`. */
  readonly title: string;
  /** Part of the ids of its numbers: the pool, or `control-plane`, whose machines are equal. */
  readonly name: string;
  /** Undefined for the control plane. */
  readonly pool?: NodePool;
  readonly kind: PoolKind;
  readonly machine: MachineShape;
  readonly cores: Derivation;
  /** MiB. */
  readonly memory: Derivation;
  readonly maxPods: Derivation;
  readonly release: KubernetesRelease;
}

/** Resolved settings of one kubelet configuration. */
export interface KubeletSettings {
  readonly subject: KubeletSubject;
  readonly clusterDns: string[];
  readonly clusterDomain: string;
  readonly kubeCpu: Derivation;
  readonly kubeMemory: Derivation;
  readonly kubeStorage: Derivation;
  readonly systemCpu: Derivation;
  readonly systemMemory: Derivation;
  readonly eviction: Derivation;
  readonly withheld: Derivation;
  /** Threads that the static CPU manager keeps for the system, as a list of CPU numbers; undefined without static CPU manager. */
  readonly reservedSystemCpus?: string;
  /** MiB withheld from each NUMA node for the static memory manager, in the order of the nodes; undefined without. */
  readonly reservedMemory?: number[];
  readonly alignTopology: boolean;
  readonly parallelPulls: Derivation;
  readonly pidsLimit: Derivation;
  readonly shutdown: { readonly total: Derivation; readonly critical: Derivation };
  readonly events: EventRate;
  readonly api: EventRate;
  readonly statusImages: Derivation;
  readonly logWorkers: Derivation;
  readonly imageCollection?: ImageCollection;
  readonly logFiles: { readonly size: Derivation; readonly count: Derivation };
  readonly evictionShares: EvictionShares;
  readonly softEviction?: SoftEviction;
  readonly derivations: Derivation[];
  readonly notes: string[];
}

/** The topology manager enumerates every combination of NUMA nodes and refuses to start above this. Source: pkg/kubelet/cm/topologymanager. */
const MAX_NUMA_NODES = 8;

export function kubeletSettings(cluster: ClusterFacts, subject: KubeletSubject, input: KubeletInput, problems: Problems): KubeletSettings {
  const { name, machine, maxPods, kind } = subject;
  const memory = machine.memoryMebibytes;
  const kubeCpu = kubeReservedCpu(name, subject.cores);
  const kubeMemory = given(mebibytes(input.kubeReservedMemory), kubeReservedMemory(name, maxPods, subject.memory));
  const kubeStorage = kubeReservedStorage(name);
  const systemCpu = systemReservedCpu(name);
  const systemMemory = given(mebibytes(input.systemReservedMemory), systemReservedMemory(name));
  const eviction = given(mebibytes(input.evictionMemory), evictionMemory(name, subject.memory));
  const withheld = withheldMemory(name, kubeMemory, systemMemory, eviction);
  problems.require(withheld.value < memory,
    `kubeReservedMemory, systemReservedMemory and evictionMemory withhold ${withheld.value} MiB of a machine with ${memory} MiB; use a larger machine or fewer pods per node`);
  problems.add(wholeNumberProblem('evictionMemory', eviction.value, { min: 100, max: memory, why: 'MiB; below 100 the kernel ends processes before the kubelet evicts' }));

  const threads = kind === PoolKind.COMPUTE ? reservedThreads(name, subject.cores, kubeCpu, systemCpu) : undefined;
  checkReservedCpus(input.reservedSystemCpus, subject, problems);
  problems.require(input.maxParallelImagePulls === undefined || kubeletFieldUsed('maxParallelImagePulls', subject.release.version),
    `maxParallelImagePulls was added in Kubernetes 1.27, the kubelets run ${subject.release}; leave it out or use a newer release`);
  const pulls = given(input.maxParallelImagePulls, parallelImagePulls(name, kind));
  problems.add(wholeNumberProblem('maxParallelImagePulls', pulls.value, { min: 2, max: 50, why: 'images at a time; 3 to 10 is usual' }));
  const pidsLimit = given(input.podPidsLimit, podPidsLimit(name));
  problems.add(wholeNumberProblem('podPidsLimit', pidsLimit.value, { min: 64, max: 4_194_304, why: 'processes of one pod' }));
  const shutdown = shutdownPeriods(name, input.shutdownGracePeriod, problems);
  const imageCollection = kind === PoolKind.GPU ? gpuImageCollection(name) : undefined;
  const logWorkers = logRotationWorkers(name, maxPods);
  const logs = logFiles();
  const shares = evictionShares(name);
  const soft = kind === PoolKind.MEMORY ? softEviction(name) : undefined;
  const statusImages = nodeStatusImages(name);
  const events = eventRate(name);
  const align = (kind === PoolKind.COMPUTE || kind === PoolKind.GPU) && machine.numaNodes <= MAX_NUMA_NODES;
  const api = apiRate(name);
  const written = (field: string, derivation: Derivation) => (kubeletFieldUsed(field, subject.release.version) ? [derivation] : []);
  const memoryNote = subject.pool && largeReservationNote(subject.pool.name, withheld, memory);

  return {
    subject,
    clusterDns: input.dns?.clusterDnsAddresses ?? [cluster.network.dnsServiceAddress],
    clusterDomain: input.dns?.clusterDomain ?? cluster.network.clusterDomain,
    kubeCpu,
    kubeMemory,
    kubeStorage,
    systemCpu,
    systemMemory,
    eviction,
    withheld,
    reservedSystemCpus: threads && (input.reservedSystemCpus ?? firstCpus(threads.value)),
    reservedMemory: kind === PoolKind.MEMORY ? spread(withheld.value, machine.numaNodes) : undefined,
    alignTopology: align,
    parallelPulls: pulls,
    pidsLimit,
    shutdown,
    events,
    api,
    statusImages,
    logWorkers,
    imageCollection,
    logFiles: logs,
    evictionShares: shares,
    softEviction: soft,
    derivations: [
      kubeCpu, kubeMemory, kubeStorage, systemCpu, systemMemory, eviction, withheld, ...(threads ? [threads] : []), pidsLimit,
      shutdown.total, shutdown.critical, events.qps, events.burst, statusImages,
      // What this release does not get is no number of this machine.
      ...written('maxParallelImagePulls', pulls), ...written('kubeAPIQPS', api.qps), ...written('kubeAPIBurst', api.burst),
      ...written('containerLogMaxWorkers', logWorkers),
      logs.size, logs.count, shares.nodefs, shares.nodefsInodes, shares.imagefs, shares.imagefsInodes, shares.pids,
      ...(soft ? [soft.share, soft.grace, soft.podGrace] : []),
      ...(imageCollection ? [imageCollection.high, imageCollection.low, ...written('imageMaximumGCAge', imageCollection.age)] : []),
    ],
    notes: [
      ...(subject.pool ? podDensityNotes(subject.pool) : []),
      ...(memoryNote ? [memoryNote] : []),
      ...(machine.numaNodes > MAX_NUMA_NODES ? [`${subject.title}: the topology manager is left off, it refuses machines with more than ${MAX_NUMA_NODES} NUMA nodes`] : []),
      ...(threads && input.reservedSystemCpus === undefined
        ? [`${subject.title}: CPUs ${firstCpus(threads.value)} are reserved; where the siblings of a core have other numbers, name them in reservedSystemCpus`]
        : []),
      `containerd must use the systemd cgroup driver and ${cluster.imageRegistry.image(UPSTREAM_IMAGES.pause, cluster.versions.pause)} as sandbox image; `
        + 'its configuration belongs to the machine image',
      'kubelets take their serving certificates from the cluster (serverTLSBootstrap); somebody has to approve requests of signer kubernetes.io/kubelet-serving, '
        + 'or logs, exec and metrics of the nodes fail',
    ],
  };
}

function mebibytes(size: Size | undefined): number | undefined {
  return size?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

function shutdownPeriods(name: string, period: Duration | undefined, problems: Problems): { total: Derivation; critical: Derivation } {
  const rule = shutdownGrace(name);
  const total = given(period?.toSeconds({ integral: false }), rule);
  problems.add(wholeNumberProblem('shutdownGracePeriod', total.value, { min: 3, max: 3600, why: 'seconds; a third of them is for critical pods' }));
  // A period that is no number is refused above, together with everything else that is wrong.
  return { total, critical: shutdownGraceCritical(name, Number.isFinite(total.value) ? total : rule) };
}

const CPU_LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;

function checkReservedCpus(list: string | undefined, subject: KubeletSubject, problems: Problems): void {
  if (list === undefined) { return; }
  problems.require(subject.kind === PoolKind.COMPUTE,
    `reservedSystemCpus is set, but ${subject.title} has no static CPU manager; leave it out or use PoolKind.COMPUTE`);
  const line = lineProblem('reservedSystemCpus', list);
  if (line !== undefined || !CPU_LIST.test(list)) {
    problems.add(line ?? `reservedSystemCpus must be CPU numbers such as 0,32 or 0-1, got '${list}'`);
    return;
  }
  for (const range of list.split(',')) {
    const [first, last = first] = range.split('-').map(Number);
    problems.require(first <= last && last < subject.machine.cpu,
      `reservedSystemCpus '${range}' must be rising numbers below ${subject.machine.cpu}, the CPUs of the machine`);
  }
}

function firstCpus(count: number): string {
  return count === 1 ? '0' : `0-${count - 1}`;
}

/** Equal shares, the first ones larger by what is left, so that they add up exactly: the memory manager refuses a difference of one byte. */
function spread(total: number, parts: number): number[] {
  const share = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, i) => share + (i < total - share * parts ? 1 : 0));
}
