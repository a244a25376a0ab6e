import { Duration } from 'cdk8s';
import {
  apiServerCpu, apiServerMemory, apiServerSeats, controllerManagerBurst, controllerManagerQps, dearRequestSeats, maxMutatingRequestsInflight,
  maxRequestsInflight, nodeMonitorGrace, nodeAgentSeats, percentageOfNodesToScore, schedulerQps, sharesForSeats, UPSTREAM_SHARES,
} from '../../capacity/api-server-capacity';
import {
  ApiServerTiming, apiServerTiming, AuditLog, auditLog, ComponentRequests, controllerManagerRequests, ControllerWorkers, controllerWorkers, endpointBatchPeriod,
  eventTtlSeconds, goawayChance, schedulerRequests,
} from '../../capacity/control-plane-capacity';
import { derived, Derivation, given } from '../../derivation/derivation';
import { flagProblem } from '../../catalogue/flag-table';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from '../../catalogue/kube-controller-manager-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { numberProblem, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** What the user may say about the numbers; the public struct is `TunedApiServerProps`. */
export interface ApiServerInput {
  readonly maxRequestsInflight?: number;
  readonly maxMutatingRequestsInflight?: number;
  readonly dearRequestSeats?: number;
  readonly eventTtl?: Duration;
  readonly goawayChance?: number;
  readonly percentageOfNodesToScore?: number;
}

export interface ApiServerSettings {
  readonly inflight: Derivation;
  readonly mutatingInflight: Derivation;
  readonly totalSeats: number;
  readonly dearShares: Derivation;
  readonly nodeAgentShares: Derivation;
  /** Seconds. */
  readonly eventTtl: Derivation;
  /** 0: off, with a single server. */
  readonly goawayChance: Derivation;
  readonly timing: ApiServerTiming;
  readonly audit: AuditLog;
  readonly endpointBatch: Derivation;
  readonly controllerWorkers: ControllerWorkers;
  readonly controllerManagerRequests: ComponentRequests;
  readonly schedulerRequests: ComponentRequests;
  readonly memory: Derivation;
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
  const machine = cluster.controlPlaneMachine;
  const seats = apiServerSeats(machine.cpu);
  const inflight = given(input.maxRequestsInflight, maxRequestsInflight(seats));
  const mutatingInflight = given(input.maxMutatingRequestsInflight, maxMutatingRequestsInflight(seats, maxRequestsInflight(seats)));
  // The reference article's 4,000 + 2,000 is the case this bound exists for: the machine ran out of memory under 300 agents.
  const why = `at most ${MAX_SEATS} together: beyond that LIST requests exhaust memory before any is refused`;
  problems.add(wholeNumberProblem('maxRequestsInflight', inflight.value, { min: 0, max: MAX_SEATS, why }));
  problems.add(wholeNumberProblem('maxMutatingRequestsInflight', mutatingInflight.value, { min: 0, max: MAX_SEATS, why }));
  const totalSeats = inflight.value + mutatingInflight.value;
  problems.require(!Number.isFinite(totalSeats) || (totalSeats >= 50 && totalSeats <= MAX_SEATS),
    `maxRequestsInflight and maxMutatingRequestsInflight are summed and must be between 50 and ${MAX_SEATS} together, got ${totalSeats}; lower them or add API servers`);
  problems.add(wholeNumberProblem('dearRequestSeats', input.dearRequestSeats ?? 1, { min: 1, max: 7, why: 'a level of more than seven seats no longer bounds the requests in flight' }));
  problems.add(numberProblem('goawayChance', input.goawayChance ?? 0, { min: 0, max: 0.02, why: 'kube-apiserver refuses more' }));
  const servers = cluster.controlPlaneMembers.length;
  problems.require(servers > 1 || !input.goawayChance, 'goawayChance must be 0 with a single API server: clients would only reconnect to it');
  const goaway = given(input.goawayChance, goawayChance(servers));
  const ttl = given(input.eventTtl?.toSeconds(), eventTtlSeconds());
  problems.add(numberProblem('eventTtl', ttl.value, { min: 60, max: 86_400, why: 'seconds; events of a day no longer fit their ring' }));
  const score = given(input.percentageOfNodesToScore, percentageOfNodesToScore(cluster.nodes));
  problems.add(wholeNumberProblem('percentageOfNodesToScore', score.value, { min: 0, max: 100, why: 'percent, 0 leaves it to the scheduler' }));
  problems.throwIfAny();

  const total = derived({
    id: 'api-server/total-seats', value: totalSeats, unit: 'requests', formula: `${inflight.value} + ${mutatingInflight.value}`, source: 'AS@36', from: [inflight, mutatingInflight],
  });
  const dearSeats = given(input.dearRequestSeats, dearRequestSeats(machine.cpu));
  const agentSeats = nodeAgentSeats(total);
  const nodeAgentShares = sharesForSeats('api-server/node-agent-shares', total, UPSTREAM_SHARES, agentSeats);
  const dearShares = sharesForSeats('api-server/dear-request-shares', total, UPSTREAM_SHARES + nodeAgentShares.value, dearSeats);
  const memory = apiServerMemory(cluster.nodes, machine.memoryMebibytes);
  const cpu = apiServerCpu(machine.cpu);
  const kcmQps = controllerManagerQps(cluster.nodes);
  const nodeGrace = nodeMonitorGrace();
  const kcmBurst = controllerManagerBurst(kcmQps);
  const scheduler = schedulerQps();
  const [timing, audit, batch, workers] = [apiServerTiming(), auditLog(), endpointBatchPeriod(), controllerWorkers()];
  const [kcmRequests, scheduling] = [controllerManagerRequests(), schedulerRequests()];
  return {
    inflight,
    mutatingInflight,
    totalSeats,
    dearShares,
    nodeAgentShares,
    eventTtl: ttl,
    goawayChance: goaway,
    timing,
    audit,
    endpointBatch: batch,
    controllerWorkers: workers,
    controllerManagerRequests: kcmRequests,
    schedulerRequests: scheduling,
    memory,
    cpu,
    controllerManagerQps: kcmQps,
    nodeMonitorGrace: nodeGrace,
    controllerManagerBurst: kcmBurst,
    percentageOfNodesToScore: score,
    schedulerQps: scheduler,
    derivations: [
      inflight, mutatingInflight, total, dearSeats, dearShares, agentSeats, nodeAgentShares, memory, cpu, ttl, goaway,
      ...Object.values(timing), ...Object.values(audit), kcmQps, kcmBurst, nodeGrace, batch, ...written(cluster, workers), kcmRequests.cpu, kcmRequests.memory,
      score, scheduler, scheduling.cpu, scheduling.memory,
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
