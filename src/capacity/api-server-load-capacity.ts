import { LevelSeats } from './priority-level-capacity';
import { NODE_FROM_CACHE } from '../catalogue/flow-control-features';
import { inRange } from '../catalogue/version-range';
import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Requests of one kind of client. */
export interface ApiRequests {
  /** Who asks: `kubelet/leases`, `controller-manager`. */
  readonly client: string;
  /** Priority level that takes them. */
  readonly level: string;
  /** Requests per second over all API servers. */
  readonly rate: Derivation;
  /** Seconds that one holds its seat. */
  readonly duration: Derivation;
}

/** What the model must know beside the fleet. */
export interface ApiLoadProps {
  readonly fleet: Fleet;
  /** Kubernetes version: `1.37`. */
  readonly version: string;
  readonly controllerManagerQps: Derivation;
  readonly schedulerQps: Derivation;
  /** Components that elect a leader. */
  readonly leaders: number;
  /** Service accounts of ours with one client on every node. */
  readonly nodeAgents: number;
  /** Service accounts of ours with a few clients. */
  readonly controllers: number;
  /** Level that the node agents of ours are given: `thousand-node-node-agents`. */
  readonly nodeAgentLevel: string;
}

const KUBELET = 'KK:pkg/kubelet';

/** Words, expression, inputs, source and confidence of a rate. */
type Formula = [words: string, expression: string, inputs: { [name: string]: Amount }, source: string, confidence?: Confidence];

/**
 * Requests by client. At 1,200 nodes, 36,000 pods, 10 created a second, over all API servers:
 *
 * | leases | node status | pod status | tokens | watches | events | agents | controllers, scheduler | HPAs |
 * | 121    | 4           | 60         | 13     | 62      | 50     | 40     | 61                     | 100  |
 *
 * Watches end after 30 to 60 minutes and are opened again. Sources in the rows; durations are estimates.
 */
export function apiRequests(props: ApiLoadProps): ApiRequests[] {
  const { fleet, version, leaders } = props;
  const { machines, heartbeat, nodes, pods, podsPerNode, podChurn, servicesPerPod, hpas, agentsPerNode, requestsPerAgent, eventsPerPodChange } = fleet;
  const [write, read] = [REQUEST_DURATIONS.write(), REQUEST_DURATIONS.read()];
  const row = (client: string, level: string, duration: Derivation, ...formula: Formula): ApiRequests => {
    const [words, expression, inputs, source, confidence = Confidence.ESTIMATE] = formula;
    return { client, level, duration, rate: derived({ id: `api-server/requests/${client}`, unit: 'requests/s', words, expression, inputs, source, confidence }) };
  };
  return [
    row('kubelet/leases', 'node-high', write, 'each kubelet renews its lease at every heartbeat', 'machines / heartbeat', { machines, heartbeat }, 'CAV@29 pkg/kubelet/kubelet.go', Confidence.UPSTREAM),
    row('kubelet/node-status', 'node-high', write, 'each reports an unchanged status every 5 minutes', 'machines / 300', { machines }, `${KUBELET}/apis/config/v1beta1/defaults.go`, Confidence.UPSTREAM),
    ...(inRange(version, NODE_FROM_CACHE) ? [] : [row('kubelet/node-reads', 'node-high', read, 'each reads its node every 10 s', 'machines / 10', { machines }, `${KUBELET}/kubelet_node_status.go`, Confidence.UPSTREAM)]),
    row('kubelet/pod-status', 'system', write, 'a GET and a PATCH for each of three changes in a pod\'s life, and the deletion', '7 * podChurn', { podChurn }, `${KUBELET}/status/status_manager.go`),
    row('kubelet/tokens', 'system', write, 'each pod\'s token of an hour is renewed at 80 %', 'pods / 2880', { pods }, `${KUBELET}/token/token_manager.go`),
    row('kubelet/watches', 'system', read, 'pods, node, services, runtime classes and drivers, and two ConfigMaps or Secrets of each pod, opened again every 45 minutes', 'machines * (5 + 2 * podsPerNode) / 2700', { machines, podsPerNode }, 'AS@36 (min-request-timeout 1800); proposal'),
    row('kubelet/events', 'system', write, 'all but the scheduler\'s event of each pod', 'podChurn * max(0, eventsPerPodChange - 1)', { podChurn, eventsPerPodChange }, 'proposal'),
    row('leaders', 'leader-election', write, 'a GET and a PUT every 2 s', 'leaders', { leaders }, 'KK:staging/src/k8s.io/component-base/config/v1alpha1/defaults.go', Confidence.UPSTREAM),
    row('controller-manager', 'workload-high', write, 'pod, replica set, workload and slices of both versions for each replaced pod, and as fast as its clients may', 'min(qps, podChurn * (3 + 2 * servicesPerPod))',
      { qps: props.controllerManagerQps, podChurn, servicesPerPod }, 'MEAS'),
    row('scheduler', 'workload-high', write, 'a binding for each pod, and its event', 'min(qps, podChurn) + podChurn', { qps: props.schedulerQps, podChurn }, 'MEAS'),
    row('autoscaled-workloads', 'workload-high', write, 'scale, metrics and status of each HPA every 15 s', '3 * hpas / 15', { hpas }, 'KK:pkg/controller/podautoscaler/config/v1alpha1/defaults.go'),
    row('controllers', 'workload-high', read, 'about two requests a second of each add-on that watches whole resources', '2 * controllers', { controllers: props.controllers }, 'proposal'),
    row('node-agents', props.nodeAgentLevel, read, 'each of ours on a node opens four watches again every 45 minutes and renews a token every 48', 'nodes * nodeAgents * (4 / 2700 + 1 / 2880)', { nodes, nodeAgents: props.nodeAgents }, 'AS@36 (min-request-timeout 1800); proposal'),
    row('agents', 'workload-low', read, 'agents of yours on each node', 'nodes * agentsPerNode * requestsPerAgent', { nodes, agentsPerNode, requestsPerAgent }, 'proposal'),
  ];
}

/** Seconds of a request that changes or reads one object. Source: MEAS (p99 of lease PUTs 50 ms, 20 ms is a proposal for the mean). */
export const REQUEST_DURATIONS = {
  write: () => derived({ id: 'api-server/write-duration', unit: 's', words: 'mean of a change, two disks\' fsync included; the 99th percentile was 0.05', expression: '0.02', source: 'proposal; MEAS', confidence: Confidence.ESTIMATE }),
  read: () => derived({ id: 'api-server/read-duration', unit: 's', words: 'mean of a read from the cache', expression: '0.005', source: 'proposal', confidence: Confidence.ESTIMATE }),
};

/** Use of one level in one API server. */
export interface LevelUse {
  readonly name: string;
  /** Requests per second of one API server. */
  readonly rate: Derivation;
  /** Seats in use on average. */
  readonly inUse: Derivation;
  readonly seats: Derivation;
  /** Requests per second that the level can carry in one API server, at the same mix. */
  readonly capacity: Derivation;
}

/**
 * Seats in use by Little's law: rate x duration. One server is counted as lost, since the others take its clients.
 *
 * | node-high, 1,200 nodes, 3 of them | rate per server with one lost | in use | seats of 400 |
 * | leases and status                 | 62                            | 1.3    | 60           |
 */
export function levelUse(levels: LevelSeats[], requests: ApiRequests[], apiServers: Amount): LevelUse[] {
  const left = derived({ id: 'api-server/servers-left', unit: 'servers', words: 'one is lost or restarts', expression: 'max(1, apiServers - 1)', inputs: { apiServers }, source: 'proposal', confidence: Confidence.ESTIMATE });
  return levels.map(({ name, seats }) => {
    const own = requests.filter(request => request.level === name);
    const terms = own.map((_, i) => `rate${i + 1}`);
    const rates = Object.fromEntries(own.map((request, i) => [`rate${i + 1}`, request.rate]));
    const durations = Object.fromEntries(own.map((request, i) => [`duration${i + 1}`, request.duration]));
    const rate = derived({
      id: `api-server/level/${name}/rate`, unit: 'requests/s', words: 'requests of the level at one API server while another is away', expression: own.length === 0 ? '0' : `(${terms.join(' + ')}) / left`, inputs: own.length === 0 ? {} : { ...rates, left }, source: 'proposal', confidence: Confidence.ESTIMATE,
    });
    const inUse = derived({
      id: `api-server/level/${name}/in-use`,
      unit: 'seats',
      words: 'rate x duration (Little\'s law)',
      expression: own.length === 0 ? '0' : `(${own.map((_, i) => `rate${i + 1} * duration${i + 1}`).join(' + ')}) / left`,
      inputs: own.length === 0 ? {} : { ...rates, ...durations, left },
      source: 'proposal',
      confidence: Confidence.ESTIMATE,
    });
    const capacity = derived({
      id: `api-server/level/${name}/capacity`, unit: 'requests/s', words: 'rate at which all seats would be taken', expression: own.length === 0 ? 'seats / 0.02' : 'rate * seats / max(0.000001, inUse)', inputs: own.length === 0 ? { seats } : { rate, seats, inUse }, source: 'proposal', confidence: Confidence.ESTIMATE,
    });
    return { name, rate, inUse, seats, capacity };
  });
}
