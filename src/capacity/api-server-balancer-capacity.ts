import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Seconds between two checks of an API server, and failed ones until nobody is sent there. */
export interface BalancerCheck {
  readonly interval: Derivation;
  readonly failures: Derivation;
}

/**
 * How a balancer in front of the API servers checks them.
 *
 * |                        | interval | failures | notices after |
 * | somebody else's        | 5 s      | 2        | 10 s          |
 * | haproxy, as written    | 2 s      | 3        | 6 s           |
 *
 * Proposals: what the balancers of large clouds are set to, and a check often enough that a machine that dies is left within seconds.
 */
export function balancerCheck(ownHaproxy: boolean): BalancerCheck {
  const words = ownHaproxy ? 'as haproxy is told here' : 'a common setting of balancers; say what yours is set to';
  const row = (id: string, value: number, unit: string): Derivation =>
    derived({ id: `api-server/balancer-check-${id}`, unit, words, expression: String(value), source: 'proposal', confidence: Confidence.ESTIMATE });
  return ownHaproxy ? { interval: row('interval', 2, 's'), failures: row('failures', 3, 'checks') } : { interval: row('interval', 5, 's'), failures: row('failures', 2, 'checks') };
}

/**
 * Seconds that a stopping server still answers: `/readyz` fails at once, and until the balancer has seen that often enough it sends new clients.
 *
 * | check | 2 s x 3 | 5 s x 2 | 10 s x 3 |
 * | delay | 15 s    | 15 s    | 35 s     |
 *
 * Five seconds more for the answer of the last check. Source: GARD (15 s, kept as the least); AS@36 pkg/server/genericapiserver.go (order of the shutdown).
 */
export function shutdownDelay(check: BalancerCheck): Derivation {
  return derived({
    id: 'api-server/shutdown-delay',
    unit: 's',
    words: 'the checks that a balancer needs to notice, and five seconds; at least 15',
    expression: 'max(15, ceil(interval * failures) + margin)',
    inputs: { interval: check.interval, failures: check.failures, margin: 5 },
    source: 'GARD:pkg/component/kubernetes/apiserver',
    confidence: Confidence.ESTIMATE,
  });
}

/** What haproxy on a control-plane machine needs. */
export interface BalancerSize {
  readonly connections: Derivation;
  /** MiB. */
  readonly memory: Derivation;
  /** Seconds that a connection may be silent. */
  readonly idle: Derivation;
}

/**
 * haproxy of one machine, for the day on which all clients come to it.
 *
 * | machines    | 205     | 1,205   | 5,005   |
 * | connections | 3,280   | 19,280  | 80,080  |
 * | memory      | 128 MiB | 304 MiB | 1.2 GiB |
 *
 * Connections of a machine: two of the kubelet (HTTP/2 carries all its watches), four of the agents installed here, and the others that the load
 * names. A busy connection has two buffers of 16 kB; half of them are busy at most. A stream of `kubectl exec` may be silent as long as the
 * kubelet lets it. Sources: haproxy management guide (33 kB); KK:pkg/kubelet/apis/config/v1beta1/defaults.go (4 h).
 */
export function balancerSize(machines: Amount, agentsPerNode: Amount): BalancerSize {
  const connections = derived({
    id: 'api-server/balancer-connections',
    unit: 'connections',
    words: 'every client of every machine, twice',
    expression: '2 * ceil(machines * (kubelet + own + agentsPerNode))',
    inputs: { machines, kubelet: 2, own: 4, agentsPerNode },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
  return {
    connections,
    memory: balancerMemory(connections),
    idle: derived({
      id: 'api-server/balancer-idle', unit: 's', words: 'as long as the kubelet lets a stream be silent', expression: 'hours * 3600', inputs: { hours: 4 }, source: 'KK:pkg/kubelet/apis/config/v1beta1/defaults.go',
    }),
  };
}

/** Memory request of haproxy in MiB. */
export function balancerMemory(connections: Amount): Derivation {
  return derived({
    id: 'api-server/balancer-memory',
    unit: 'MiB',
    words: 'buffers of half of the connections',
    expression: 'max(128, ceil(connections * bytes / 2 / mebibyte))',
    inputs: { connections, bytes: 33_000, mebibyte: 1024 ** 2 },
    source: 'https://docs.haproxy.org/2.6/management.html',
    confidence: Confidence.ESTIMATE,
  });
}
