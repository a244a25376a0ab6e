import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import { ShutdownPriority } from './kubelet-options';
import { KubeletSubject } from './kubelet-subject';
import { checkMachine, machineFields, machineNotes } from './machine-files';
import { MachineOptions } from './machine-options';
import { ManagerInput, ManagerSettings, managerSettings } from './manager-settings';
import {
  EvictionShares, evictionShares, kubeReservedStorage, largeReservationNote, podDensityNotes, podPidsLimit, SoftEviction, softEviction, withheldMemory,
} from '../../capacity/kubelet-capacity';
import { ReservationRule, reservations } from '../../capacity/kubelet-reservation-capacity';
import {
  apiRate, EventRate, eventRate, ImageCollection, imageCollection, nodeLeaseDuration, nodeStatusImages, parallelImagePulls, registryRate,
  shutdownGrace, shutdownGraceCritical,
} from '../../capacity/kubelet-work-capacity';
import { logFiles, logRotationWorkers, nodeLogRate } from '../../capacity/log-file-capacity';
import { gateState } from '../../catalogue/feature-gates';
import { kubeletFieldUsed } from '../../catalogue/kubelet-field-use';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { PoolKind } from '../../cluster/node-pool';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { Amount, Derivation, given } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** What the user may say about a kubelet; the public structs are `NodePoolKubeletProps` and `ControlPlaneKubeletProps`. */
export interface KubeletInput extends ManagerInput, MachineOptions {
  readonly dns?: IDnsEndpoint;
  readonly reservations?: ReservationRule;
  readonly kubeReservedMemory?: Size;
  readonly systemReservedMemory?: Size;
  readonly evictionMemory?: Size;
  readonly maxParallelImagePulls?: number;
  readonly podPidsLimit?: number;
  readonly shutdownGracePeriod?: Duration;
  readonly shutdownByPriority?: ShutdownPriority[];
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
  readonly managers: ManagerSettings;
  /** Fields that go with what the machine does. */
  readonly machine: { readonly [field: string]: unknown };
  readonly parallelPulls: Derivation;
  /** The same, or one where the release cannot pull several. */
  readonly pullsAtATime: Amount;
  readonly pidsLimit: Derivation;
  readonly shutdown: { readonly total: Derivation; readonly critical: Derivation };
  /** Seconds by least priority, rising; undefined: the two periods. */
  readonly shutdownByPriority?: Array<{ readonly priority: number; readonly shutdownGracePeriodSeconds: number }>;
  readonly events: EventRate;
  readonly api: EventRate;
  readonly statusImages: Derivation;
  /** Seconds that the lease of a node is valid; undefined: upstream's. */
  readonly lease?: Derivation;
  readonly logWorkers: Derivation;
  readonly imageCollection: ImageCollection;
  readonly registry: EventRate;
  readonly logFiles: { readonly size: Derivation; readonly count: Derivation };
  readonly evictionShares: EvictionShares;
  readonly softEviction?: SoftEviction;
  readonly derivations: Derivation[];
  readonly notes: string[];
}

export function kubeletSettings(cluster: ClusterFacts, subject: KubeletSubject, input: KubeletInput, problems: Problems): KubeletSettings {
  const { name, machine, maxPods, kind } = subject;
  const memory = machine.memoryMebibytes;
  const rule = reservations(name, { cores: subject.cores, memory: subject.memory, maxPods }, input.reservations);
  const { kubeCpu, systemCpu } = rule;
  const kubeMemory = given(mebibytes(input.kubeReservedMemory), rule.kubeMemory);
  const kubeStorage = kubeReservedStorage(name);
  const systemMemory = given(mebibytes(input.systemReservedMemory), rule.systemMemory);
  const eviction = given(mebibytes(input.evictionMemory), rule.eviction);
  const withheld = withheldMemory(name, kubeMemory, systemMemory, eviction);
  problems.require(withheld.value < memory,
    `kubeReservedMemory, systemReservedMemory and evictionMemory withhold ${withheld.value} MiB of a machine with ${memory} MiB; use a larger machine or fewer pods per node`);
  problems.add(wholeNumberProblem('evictionMemory', eviction.value, { min: 100, max: memory, why: 'MiB; below 100 the kernel ends processes before the kubelet evicts' }));

  checkMachine(subject, input, problems);
  const managers = managerSettings(subject, input, rule, withheld, problems);
  problems.require(input.maxParallelImagePulls === undefined || kubeletFieldUsed('maxParallelImagePulls', subject.release.version),
    `maxParallelImagePulls was added in Kubernetes 1.27, the kubelets run ${subject.release}; leave it out or use a newer release`);
  const pulls = given(input.maxParallelImagePulls, parallelImagePulls(name, kind));
  problems.add(wholeNumberProblem('maxParallelImagePulls', pulls.value, { min: 2, max: 50, why: 'images at a time; 3 to 10 is usual' }));
  const pidsLimit = given(input.podPidsLimit, podPidsLimit(name));
  problems.add(wholeNumberProblem('podPidsLimit', pidsLimit.value, { min: 64, max: 4_194_304, why: 'processes of one pod' }));
  const shutdown = shutdownPeriods(name, input.shutdownGracePeriod, problems);
  const collection = imageCollection(name, kind);
  const registry = registryRate(name);
  const logWorkers = logRotationWorkers(name, maxPods);
  const logs = logFiles(nodeLogRate(cluster.fleet));
  const shares = evictionShares(name);
  const soft = kind === PoolKind.MEMORY ? softEviction(name) : undefined;
  const statusImages = nodeStatusImages(name);
  const lease = cluster.nodeTimers.isStandard ? undefined : nodeLeaseDuration(name, cluster.fleet.heartbeat);
  const events = eventRate(name);
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
    managers,
    machine: machineFields(input),
    parallelPulls: pulls,
    pullsAtATime: kubeletFieldUsed('maxParallelImagePulls', subject.release.version) ? pulls : 1,
    pidsLimit,
    shutdown,
    shutdownByPriority: shutdownPriorities(subject, input, problems),
    events,
    api,
    statusImages,
    lease,
    logWorkers,
    imageCollection: collection,
    registry,
    logFiles: logs,
    evictionShares: shares,
    softEviction: soft,
    derivations: [
      kubeCpu, kubeMemory, kubeStorage, systemCpu, systemMemory, eviction, withheld, ...managers.derivations, pidsLimit,
      ...(input.shutdownByPriority ? [] : [shutdown.total, shutdown.critical]), events.qps, events.burst, statusImages,
      // What this release does not get is no number of this machine.
      ...written('maxParallelImagePulls', pulls), ...written('kubeAPIQPS', api.qps), ...written('kubeAPIBurst', api.burst),
      ...written('containerLogMaxWorkers', logWorkers),
      logs.size, logs.count, shares.nodefs, shares.nodefsInodes, shares.imagefs, shares.imagefsInodes, shares.pids,
      ...(soft ? [soft.share, soft.grace, soft.podGrace] : []),
      collection.high, collection.low, ...written('imageMaximumGCAge', collection.age), registry.qps, registry.burst, ...(lease ? [lease] : []),
    ],
    notes: [
      ...(subject.pool ? podDensityNotes(subject.pool) : []),
      ...(memoryNote ? [memoryNote] : []),
      ...managers.notes,
      ...machineNotes(cluster, subject, input),
      ...(cluster.controlPlaneManagedBy !== undefined ? [] : ['kubelets take their serving certificates from the cluster (serverTLSBootstrap); somebody has to approve requests of signer '
        + 'kubernetes.io/kubelet-serving, or logs, exec and metrics of the nodes fail']),
    ],
  };
}

function mebibytes(size: Size | undefined): number | undefined {
  return size?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

function shutdownPeriods(name: string, period: Duration | undefined, problems: Problems): { total: Derivation; critical: Derivation } {
  const rule = shutdownGrace(name);
  const total = given(period && seconds(period), rule);
  problems.add(wholeNumberProblem('shutdownGracePeriod', total.value, { min: 3, max: 3600, why: 'seconds; a third of them is for critical pods' }));
  // A period that is no number is refused above, together with everything else that is wrong.
  return { total, critical: shutdownGraceCritical(name, Number.isFinite(total.value) ? total : rule) };
}

function shutdownPriorities({ release }: KubeletSubject, input: KubeletInput, problems: Problems): KubeletSettings['shutdownByPriority'] {
  const { shutdownByPriority: classes } = input;
  if (classes === undefined) { return undefined; }
  problems.require(input.shutdownGracePeriod === undefined, 'shutdownByPriority and shutdownGracePeriod exclude each other; keep one');
  problems.require(gateState('GracefulNodeShutdownBasedOnPodPriority', release.version)?.enabled === true,
    `shutdownByPriority works from Kubernetes 1.24 on, the kubelets run ${release}; use shutdownGracePeriod or a newer release`);
  problems.require(classes.length > 0, 'shutdownByPriority must name at least one priority; leave it out for two classes');
  for (const [i, { priority, gracePeriod }] of classes.entries()) {
    problems.add(wholeNumberProblem(`shutdownByPriority[${i}].priority`, priority, { min: -2_147_483_648, max: 2_000_001_000, why: 'value of a PriorityClass' }));
    problems.add(wholeNumberProblem(`shutdownByPriority[${i}].gracePeriod`, seconds(gracePeriod), { min: 1, max: 3600, why: 'seconds' }));
  }
  problems.require(new Set(classes.map(({ priority }) => priority)).size === classes.length, 'shutdownByPriority names a priority twice; keep one period for each');
  // Pods below the lowest named priority get the time of the lowest.
  return classes.map(({ priority, gracePeriod }) => ({ priority, shutdownGracePeriodSeconds: seconds(gracePeriod) })).sort((a, b) => a.priority - b.priority);
}

function seconds(period: Duration): number {
  return period.toSeconds({ integral: false });
}
