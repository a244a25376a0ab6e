import { Duration } from 'cdk8s';
import { protectionDerivations, ProtectionInput, protectionSettings, ProtectionSettings } from './protection-settings';
import { AuditLog, auditLog } from '../../capacity/api-server-audit-capacity';
import {
  apiServerCpu, apiServerMemory, apiServerSeats, controllerManagerBurst, controllerManagerQps, dearRequestSeats, maxMutatingRequestsInflight,
  maxRequestsInflight, nodeMonitorGrace, nodeAgentSeats, percentageOfNodesToScore, schedulerQps, totalSeats,
} from '../../capacity/api-server-capacity';
import {
  ApiServerTiming, apiServerTiming, ComponentRequests, controllerManagerRequests, ControllerWorkers, controllerWorkers, endpointBatchPeriod,
  eventTtlSeconds, goawayChance, schedulerRequests,
} from '../../capacity/control-plane-capacity';
import { apiServerGoMemoryLimit, componentGoMemoryLimit } from '../../capacity/go-memory-capacity';
import { LeaderElection, leaderElection } from '../../capacity/leader-election-capacity';
import { controllerListSeats, OwnLevels, ownLevelShares, peopleListSeats } from '../../capacity/own-level-capacity';
import { flagProblem } from '../../catalogue/flag-table';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from '../../catalogue/kube-controller-manager-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { Derivation, given, named } from '../../derivation/derivation';
import { numberProblem, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** What the user may say about the numbers; the public struct is `TunedApiServerProps`. */
export interface ApiServerInput extends ProtectionInput {
  readonly maxRequestsInflight?: number;
  readonly maxMutatingRequestsInflight?: number;
  readonly dearRequestSeats?: number;
  readonly eventTtl?: Duration;
  readonly goawayChance?: number;
  readonly percentageOfNodesToScore?: number;
}

export interface ApiServerSettings extends ProtectionSettings {
  readonly inflight: Derivation;
  readonly mutatingInflight: Derivation;
  readonly totalSeats: number;
  /** Shares of our priority levels. */
  readonly shares: OwnLevels<Derivation>;
  /** Seconds. */
  readonly eventTtl: Derivation;
  /** 0: off, with a single server. */
  readonly goawayChance: Derivation;
  readonly timing: ApiServerTiming;
  readonly audit: AuditLog;
  readonly endpointBatch: Derivation;
  readonly controllerWorkers: ControllerWorkers;
  /** Of controller manager and scheduler. */
  readonly leaderElection: LeaderElection;
  readonly controllerManagerRequests: ComponentRequests;
  readonly schedulerRequests: ComponentRequests;
  /** MiB. */
  readonly controllerManagerGoMemoryLimit: Derivation;
  /** MiB. */
  readonly schedulerGoMemoryLimit: Derivation;
  readonly memory: Derivation;
  /** MiB. */
  readonly goMemoryLimit: Derivation;
  readonly cpu: Derivation;
  readonly controllerManagerQps: Derivation;
  readonly nodeMonitorGrace: Derivation;
  readonly controllerManagerBurst: Derivation;
  readonly percentageOfNodesToScore: Derivation;
  readonly schedulerQps: Derivation;
  readonly derivations: Derivation[];
}

/** Throws what `problems` holds by then, so that one error names wrong numbers and wrong flags, and nothing is computed from numbers that were refused. */
export function apiServerSettings(cluster: ClusterFacts, input: ApiServerInput, problems: Problems): ApiServerSettings {
  const { fleet } = cluster;
  const seats = apiServerSeats(fleet.controlPlaneCores);
  const inflightByRule = maxRequestsInflight(seats);
  const inflight = given(input.maxRequestsInflight, inflightByRule);
  // A given value takes no seats from the other flag; what it replaced has an id of its own.
  const mutatingInflight = given(input.maxMutatingRequestsInflight,
    maxMutatingRequestsInflight(seats, input.maxRequestsInflight === undefined ? inflightByRule : named(`${inflightByRule.id}/derived`, inflightByRule)));
  // The reference article's 4,000 + 2,000 is the case this bound exists for: the machine ran out of memory under 300 agents.
  const why = `at most ${MAX_SEATS} together: beyond that LIST requests exhaust memory before any is refused`;
  problems.add(wholeNumberProblem('maxRequestsInflight', inflight.value, { min: 0, max: MAX_SEATS, why }));
  problems.add(wholeNumberProblem('maxMutatingRequestsInflight', mutatingInflight.value, { min: 0, max: MAX_SEATS, why }));
  const sum = inflight.value + mutatingInflight.value;
  problems.require(!Number.isFinite(sum) || (sum >= 50 && sum <= MAX_SEATS),
    `maxRequestsInflight and maxMutatingRequestsInflight are summed and must be between 50 and ${MAX_SEATS} together, got ${sum}; lower them or add API servers`);
  problems.add(wholeNumberProblem('dearRequestSeats', input.dearRequestSeats ?? 1, { min: 1, max: 7, why: 'a level of more than seven seats no longer bounds the requests in flight' }));
  problems.add(numberProblem('goawayChance', input.goawayChance ?? 0, { min: 0, max: 0.02, why: 'kube-apiserver refuses more' }));
  const servers = cluster.controlPlaneMembers.length;
  problems.require(servers > 1 || !input.goawayChance, 'goawayChance must be 0 with a single API server: clients would only reconnect to it');
  const goaway = given(input.goawayChance, goawayChance(fleet.controlPlaneMachines));
  const ttl = given(input.eventTtl?.toSeconds(), eventTtlSeconds());
  problems.add(numberProblem('eventTtl', ttl.value, { min: 60, max: 86_400, why: 'seconds; events of a day no longer fit their ring' }));
  const score = given(input.percentageOfNodesToScore, percentageOfNodesToScore(fleet.nodes));
  problems.add(wholeNumberProblem('percentageOfNodesToScore', score.value, { min: 0, max: 100, why: 'percent, 0 leaves it to the scheduler' }));
  const protection = protectionSettings(cluster, input, problems);
  problems.throwIfAny();

  const total = totalSeats(inflight, mutatingInflight);
  const dearSeats = given(input.dearRequestSeats, dearRequestSeats(fleet.controlPlaneCores));
  const agentSeats = nodeAgentSeats(total);
  const [controllerSeats, peopleSeats] = [controllerListSeats(fleet.controlPlaneCores), peopleListSeats(fleet.controlPlaneCores)];
  const shares = ownLevelShares(total, { nodeAgents: agentSeats, controllers: controllerSeats, people: peopleSeats, dear: dearSeats });
  const memory = apiServerMemory(fleet.nodes, fleet.controlPlaneMemory);
  const goMemoryLimit = apiServerGoMemoryLimit(memory);
  const cpu = apiServerCpu(fleet.controlPlaneCores);
  const kcmQps = controllerManagerQps(fleet.nodes);
  const nodeGrace = nodeMonitorGrace(cluster.nodeTimers.isStandard ? undefined : cluster.nodeTimers.graceSeconds);
  const kcmBurst = controllerManagerBurst(kcmQps);
  const scheduler = schedulerQps();
  const [timing, audit, batch, workers] = [apiServerTiming(protection.shutdownDelay), auditLog(fleet), endpointBatchPeriod(), controllerWorkers(fleet.hpas)];
  const election = leaderElection();
  const [kcmRequests, scheduling] = [controllerManagerRequests(fleet.pods), schedulerRequests(fleet.pods)];
  const [kcmGoMemory, schedulerGoMemory] = [componentGoMemoryLimit('controller-manager', kcmRequests.memory), componentGoMemoryLimit('scheduler', scheduling.memory)];
  return {
    ...protection,
    inflight,
    mutatingInflight,
    totalSeats: total.value,
    shares,
    eventTtl: ttl,
    goawayChance: goaway,
    timing,
    audit,
    endpointBatch: batch,
    controllerWorkers: workers,
    leaderElection: election,
    controllerManagerRequests: kcmRequests,
    schedulerRequests: scheduling,
    controllerManagerGoMemoryLimit: kcmGoMemory,
    schedulerGoMemoryLimit: schedulerGoMemory,
    memory,
    goMemoryLimit,
    cpu,
    controllerManagerQps: kcmQps,
    nodeMonitorGrace: nodeGrace,
    controllerManagerBurst: kcmBurst,
    percentageOfNodesToScore: score,
    schedulerQps: scheduler,
    derivations: [
      inflight, mutatingInflight, total, dearSeats, agentSeats, controllerSeats, peopleSeats, ...Object.values(shares), memory, goMemoryLimit, cpu, ttl, goaway,
      ...Object.values(timing), ...Object.values(audit), kcmQps, kcmBurst, nodeGrace, batch, ...Object.values(election), ...written(cluster, workers),
      kcmRequests.cpu, kcmRequests.memory, kcmGoMemory, score, scheduler, scheduling.cpu, scheduling.memory, schedulerGoMemory,
      ...protectionDerivations(protection, input.balancer?._haproxy !== undefined),
    ],
  };
}

/** Upstream's older 5,000-node test ran 800 + 400 on 96 cores; nobody published a healthy cluster above it. Source: KOPSSC@022cc634. */
const MAX_SEATS = 1200;

/** Workers of controllers whose flag this release has. */
function written(cluster: ClusterFacts, workers: ControllerWorkers): Derivation[] {
  return Object.entries(workers)
    .filter(([flag]) => flagProblem('kube-controller-manager', KUBE_CONTROLLER_MANAGER_FLAGS, cluster.release.version, flag) === undefined)
    .map(([, derivation]) => derivation);
}
