import { ApiRequests, apiRequests, LevelUse, levelUse } from './api-server-load-capacity';
import { ApiServerMemory, apiServerMemoryRange, WatchFanOut, watchFanOut } from './api-server-memory-capacity';
import { ControllerTimes, controllerTimes } from './controller-time-capacity';
import { EtcdContent, etcdContent } from './etcd-content-capacity';
import { EtcdWriteLoad, etcdWriteLoad } from './etcd-write-capacity';
import { allLevels, LevelSeats, levelSeats, listBytes, listSeats, listsInFlight, OWN_HAND_SIZE, OWN_LEVELS, OWN_SHARES } from './priority-level-capacity';
import { API_SERVER_LEASE } from '../catalogue/flow-control-features';
import { inRange } from '../catalogue/version-range';
import { ClusterFacts } from '../cluster/cluster-facts';
import { Fleet } from '../cluster/fleet';
import { derived, Derivation } from '../derivation/derivation';

/** What stands in the cluster's tree, as far as the load of the control plane depends on it. */
export interface ControlPlaneChoices {
  /** Derivations of all constructs of the tree; what none of them sets is upstream's default. */
  readonly derivations: Derivation[];
  readonly calico: boolean;
  /** A proxy on every node that watches Services and EndpointSlices: kube-proxy, or Calico's eBPF dataplane in its place. */
  readonly serviceProxyOnNodes: boolean;
  /** Service accounts with a client on every node. */
  readonly nodeAgents: number;
  /** Service accounts with a few clients. */
  readonly controllers: number;
  /** Components beside controller manager and scheduler that elect a leader. */
  readonly furtherLeaders: number;
}

/** Load of etcd, API servers, controller manager and scheduler. */
export interface ControlPlaneLoad {
  readonly fleet: Fleet;
  readonly content: EtcdContent;
  readonly writes: EtcdWriteLoad;
  readonly levels: LevelSeats[];
  readonly requests: ApiRequests[];
  readonly use: LevelUse[];
  /** A LIST of all pods by a service account: bytes, seats in the level that takes it, and how many run at a time. */
  readonly podList: { readonly bytes: Derivation; readonly seats: Derivation; readonly inFlight: Derivation };
  readonly memory: ApiServerMemory;
  readonly watches: WatchFanOut;
  readonly times: ControllerTimes;
  /** All of the above, each id once. */
  readonly derivations: Derivation[];
}

/** What upstream does where no construct of the tree says otherwise. */
const UPSTREAM_DEFAULTS: { readonly [id: string]: { value: number; unit: string; source: string } } = {
  'api-server/total-seats': { value: 600, unit: 'requests', source: 'AS@36' },
  'api-server/etcd-compaction-interval': { value: 300, unit: 's', source: 'AS@36' },
  'api-server/event-ttl': { value: 3600, unit: 's', source: 'KK:pkg/controlplane/apiserver/options/options.go' },
  'controller-manager/kube-api-qps': { value: 20, unit: 'requests/s', source: 'KK:pkg/controller/apis/config/v1alpha1/defaults.go' },
  'controller-manager/kube-api-burst': { value: 30, unit: 'requests', source: 'KK:pkg/controller/apis/config/v1alpha1/defaults.go' },
  'controller-manager/endpoint-batch-period': { value: 0, unit: 'ms', source: 'KCM@36' },
  'scheduler/client-qps': { value: 50, unit: 'requests/s', source: 'KS@36' },
};

/** The derivation of a construct by its id, else upstream's default. */
export function chosen(derivations: Derivation[], id: string): Derivation {
  const found = derivations.find(derivation => derivation.id === id);
  if (found) { return found; }
  const { value, unit, source } = UPSTREAM_DEFAULTS[id];
  return derived({ id, unit, words: 'upstream\'s default: no construct of the cluster sets it', expression: String(value), source });
}

/**
 * Load of the control plane at the final size, or at another number of nodes in the same mix. Values of the tree (seats, rates) stay what they
 * are, so that the question "what breaks first" can be asked.
 */
export function controlPlaneLoad(cluster: ClusterFacts, choices: ControlPlaneChoices, atNodes?: number): ControlPlaneLoad {
  const { derivations: tree, calico, nodeAgents, controllers } = choices;
  const fleet = atNodes === undefined ? cluster.fleet : cluster.fleetAt(atNodes);
  const { version } = cluster.release;
  const of = (id: string) => chosen(tree, id);
  const [controllerManagerQps, schedulerQps] = [of('controller-manager/kube-api-qps'), of('scheduler/client-qps')];
  const etcd = { fleet, calico, compactionInterval: of('api-server/etcd-compaction-interval'), eventTtl: of('api-server/event-ttl') };
  const leaders = 2 + choices.furtherLeaders;
  const content = etcdContent(etcd);
  const writes = etcdWriteLoad({ ...etcd, controllerManagerQps, schedulerQps, leaders, apiServerLeases: inRange(version, API_SERVER_LEASE) });

  const sharesOf = (level: keyof typeof OWN_LEVELS) => tree.filter(derivation => derivation.id === OWN_SHARES[level]);
  const ownShares = (Object.keys(OWN_LEVELS) as Array<keyof typeof OWN_LEVELS>)
    .flatMap(level => sharesOf(level).map(shares => ({ name: OWN_LEVELS[level], shares, handSize: OWN_HAND_SIZE })));
  const total = of('api-server/total-seats');
  const levels = levelSeats(total, allLevels(ownShares), version);
  const levelOr = (own: string, upstream: string) => levels.find(level => level.name === own) ?? levels.find(level => level.name === upstream)!;
  const nodeAgentLevel = levelOr(OWN_LEVELS.nodeAgents, 'workload-high').name;
  const requests = apiRequests({ fleet, version, controllerManagerQps, schedulerQps, leaders, nodeAgents, controllers, nodeAgentLevel });
  const use = levelUse(levels, requests, fleet.controlPlaneMachines);

  const listLevel = levelOr(OWN_LEVELS.dear, 'workload-low');
  const seats = listSeats({ resource: 'pods', objects: fleet.pods, objectBytes: fleet.podBytes }, listLevel, version);
  const podList = { bytes: listBytes('pods', fleet.pods, fleet.podBytes), seats, inFlight: listsInFlight(listLevel, seats) };
  const typha = tree.find(derivation => derivation.id === 'calico/typha-replicas');
  const podWatchers = derived({
    id: 'api-server/pod-watchers',
    unit: 'clients',
    words: 'controller manager, scheduler, add-ons that watch whole resources, and Typha for all nodes',
    expression: typha ? 'core + controllers + typha' : 'core + controllers',
    inputs: { core: 2, controllers, ...(typha ? { typha } : {}) },
    source: 'proposal',
  });
  const rateOf = (kind: string) => writes.main.find(write => write.kind === kind)!.rate;
  const sliceBytes = content.main.find(row => row.resource === 'endpointslices')!.objectBytes;
  const watches = watchFanOut({ fleet, podWatchers, podWrites: rateOf('pods'), sliceWrites: rateOf('endpointslices'), sliceBytes, serviceProxyOnNodes: choices.serviceProxyOnNodes });
  const memory = apiServerMemoryRange(content, watches.perServer, podList.bytes, podList.inFlight);
  const times = controllerTimes(fleet, { qps: controllerManagerQps, burst: of('controller-manager/kube-api-burst'), schedulerQps, endpointBatch: of('controller-manager/endpoint-batch-period') });
  const all = [
    ...content.derivations,
    ...writes.derivations,
    ...levels.flatMap(level => (level.cap ? [level.seats, level.cap] : [level.seats])),
    ...requests.map(request => request.rate),
    ...use.flatMap(({ rate, inUse, capacity }) => [rate, inUse, capacity]),
    podList.bytes,
    podList.seats,
    podList.inFlight,
    ...watches.derivations,
    ...memory.derivations,
    ...times.derivations,
  ];
  // Inputs that no construct of the tree lists: shared durations, defaults of upstream.
  const known = new Set(tree.map(derivation => derivation.id));
  const derivations = [...new Map(all.map(derivation => [derivation.id, derivation])).values()].filter(derivation => !known.has(derivation.id));
  return { fleet, content, writes, levels, requests, use, podList, memory, watches, times, derivations };
}
