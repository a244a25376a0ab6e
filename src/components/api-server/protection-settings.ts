import { Duration } from 'cdk8s';
import { ApiBalancer } from './api-balancer';
import { EventRateLimits, NodeEvictionDamping } from './api-server-options';
import { BalancerCheck, balancerCheck, balancerMemory, BalancerSize, balancerSize, shutdownDelay } from '../../capacity/api-server-balancer-capacity';
import { EventRates, eventRates } from '../../capacity/api-server-event-capacity';
import { EvictionDamping, evictionDamping } from '../../capacity/control-plane-eviction-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { Derivation, given } from '../../derivation/derivation';
import { numberProblem, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** What the user may say about balancer, events and eviction. */
export interface ProtectionInput {
  readonly balancer?: ApiBalancer;
  readonly shutdownDelay?: Duration;
  readonly eventRateLimits?: EventRateLimits;
  readonly nodeEviction?: NodeEvictionDamping;
}

export interface ProtectionSettings {
  readonly balancerCheck: BalancerCheck;
  /** Of haproxy, where it is ours. */
  readonly balancerSize: BalancerSize;
  /** Seconds. */
  readonly shutdownDelay: Derivation;
  /** Undefined: not limited. */
  readonly eventRates?: EventRates;
  readonly eviction: EvictionDamping;
}

type Balancing = Pick<ProtectionSettings, 'balancerCheck' | 'balancerSize' | 'shutdownDelay'>;

/** Adds to `problems`; what it returns counts only when there are none. */
export function protectionSettings(cluster: ClusterFacts, input: ProtectionInput, problems: Problems): ProtectionSettings {
  return {
    ...balancing(cluster, input, problems),
    eventRates: events(cluster, input.eventRateLimits ?? {}, problems),
    eviction: eviction(cluster, input.nodeEviction ?? {}, problems),
  };
}

/** Numbers that reach the output. */
export function protectionDerivations(settings: ProtectionSettings, ownBalancer: boolean): Derivation[] {
  return [
    ...Object.values(settings.balancerCheck),
    ...(ownBalancer ? Object.values(settings.balancerSize) as Derivation[] : []),
    ...(settings.eventRates ? Object.values(settings.eventRates) as Derivation[] : []),
    ...Object.values(settings.eviction),
  ];
}

function balancing(cluster: ClusterFacts, input: ProtectionInput, problems: Problems): Balancing {
  const own = input.balancer?._haproxy;
  const options = input.balancer?._check ?? {};
  const byRule = balancerCheck(own !== undefined);
  const check = { interval: given(seconds(options.checkInterval), byRule.interval), failures: given(options.checkFailures, byRule.failures) };
  const wrongInterval = numberProblem('balancer.checkInterval', check.interval.value, { min: 0.5, max: 60, why: 'seconds; a server that died keeps its clients waiting that long, several times' });
  const wrongFailures = wholeNumberProblem('balancer.checkFailures', check.failures.value, { min: 1, max: 10, why: 'one lost answer should not take a server out, ten take too long' });
  problems.add(wrongInterval);
  problems.add(wrongFailures);
  const delayByRule = shutdownDelay(wrongInterval ?? wrongFailures ? byRule : check);
  const delay = given(seconds(input.shutdownDelay), delayByRule);
  const wrongDelay = wholeNumberProblem('shutdownDelay', delay.value, { min: 1, max: 300, why: 'seconds; a rolling restart waits for it on each machine' });
  problems.add(wrongDelay);
  const noticed = check.interval.value * check.failures.value;
  if ((wrongInterval ?? wrongFailures ?? wrongDelay) === undefined) {
    problems.require(delay.value >= noticed,
      `shutdownDelay must be at least the ${noticed} s after which the balancer notices (${check.failures.value} checks, ${check.interval.value} s apart), got ${delay.value} s; it would send clients to a server that is gone. Leave it out for ${delayByRule.value} s, or check more often`);
  }
  const size = balancerSize(cluster.fleet.machines, cluster.fleet.agentsPerNode);
  const connections = given(own?.maxConnections, size.connections);
  problems.add(wholeNumberProblem('balancer.maxConnections', connections.value, { min: cluster.fleet.machines.value, max: 1_000_000, why: 'each machine needs one at least' }));
  return { balancerCheck: check, balancerSize: { ...size, connections, memory: balancerMemory(connections) }, shutdownDelay: delay };
}

function events({ fleet }: ClusterFacts, limits: EventRateLimits, problems: Problems): EventRates | undefined {
  const numbers = [['perServer', limits.perServer], ['perNamespace', limits.perNamespace], ['perUser', limits.perUser]] as const;
  if (limits.enabled === false) {
    for (const [name, value] of numbers) { problems.require(value === undefined, `eventRateLimits.${name} has no effect without limits; leave it out, or leave enabled out`); }
    return undefined;
  }
  for (const [name, value] of numbers) {
    if (value !== undefined) { problems.add(wholeNumberProblem(`eventRateLimits.${name}`, value, { min: 1, max: 100_000, why: 'events per second' })); }
  }
  const byRule = eventRates(fleet.podChurn, fleet.eventsPerPodChange, fleet.machines);
  const rates = {
    ...byRule,
    server: given(limits.perServer, byRule.server),
    namespace: given(limits.perNamespace, byRule.namespace),
    user: given(limits.perUser, byRule.user),
  };
  problems.require(!(rates.namespace.value > rates.server.value || rates.user.value > rates.server.value),
    `eventRateLimits.perServer bounds all clients together: ${rates.server.value}/s must not be below perNamespace ${rates.namespace.value}/s or perUser ${rates.user.value}/s`);
  return rates;
}

function eviction(cluster: ClusterFacts, input: NodeEvictionDamping, problems: Problems): EvictionDamping {
  const zones = new Set(cluster.pools.flatMap(pool => pool.zones));
  const byRule = evictionDamping(cluster.fleet.podsPerNode, Math.max(1, zones.size), input.rate);
  const { rate } = byRule;
  const result = {
    rate,
    secondaryRate: given(input.secondaryRate, byRule.secondaryRate),
    unhealthyShare: given(input.unhealthyShare, byRule.unhealthyShare),
    largeZone: given(input.largeZone, byRule.largeZone),
  };
  problems.add(numberProblem('nodeEviction.rate', rate.value, { min: 0, max: 10, why: 'nodes per second and zone; 0 evicts nobody' }));
  problems.add(numberProblem('nodeEviction.secondaryRate', result.secondaryRate.value, { min: 0, max: 10, why: 'nodes per second and zone' }));
  problems.add(numberProblem('nodeEviction.unhealthyShare', result.unhealthyShare.value, { min: 0.05, max: 1, why: 'share of the zone\'s nodes' }));
  problems.add(wholeNumberProblem('nodeEviction.largeZone', result.largeZone.value, { min: 0, max: 5000, why: 'nodes' }));
  problems.require(!(result.secondaryRate.value > rate.value), `nodeEviction.secondaryRate ${result.secondaryRate.value}/s must not be above rate ${rate.value}/s: an unhealthy zone would lose its pods faster than a healthy one`);
  return result;
}

function seconds(duration: Duration | undefined): number | undefined {
  return duration?.toSeconds({ integral: false });
}
