import { controllerManagerQps, schedulerQps } from './api-server-capacity';
import { apiServerTiming, eventTtlSeconds } from './control-plane-capacity';
import { etcdContent, EtcdContentProps, historyWindow, revisionBytes } from './etcd-content-capacity';
import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Writes of one kind. */
export interface EtcdWrites {
  /** What is written: `leases`, `pods`. */
  readonly kind: string;
  /** Writes per second, on average over an ordinary hour. */
  readonly rate: Derivation;
  /** Bytes that each write adds to the backend file until it is compacted away. */
  readonly stored: Derivation;
}

/** What the model must know beside the fleet. */
export interface EtcdWriteProps extends EtcdContentProps {
  /** Requests per second of the controller manager: `controller-manager/kube-api-qps`. */
  readonly controllerManagerQps: Derivation;
  /** Requests per second of the scheduler: `scheduler/client-qps`. */
  readonly schedulerQps: Derivation;
  /** Components that elect a leader: controller manager, scheduler, autoscaler and others of the tree. */
  readonly leaders: number;
  /** Whether each API server renews a lease of its own. */
  readonly apiServerLeases: boolean;
}

/** Write load of both rings. */
export interface EtcdWriteLoad {
  readonly main: EtcdWrites[];
  readonly events: EtcdWrites;
  /** Writes per second of the main ring in an ordinary hour. */
  readonly mainRate: Derivation;
  /** Writes per second of the main ring while scheduler and controllers work as fast as their clients may. */
  readonly peakRate: Derivation;
  readonly mainBytesPerSecond: Derivation;
  /** Bytes of the main ring between compactions, at the end of the longest window. */
  readonly mainSize: Derivation;
  readonly eventsSize: Derivation;
  /** Sequential writes per second that the disk must make durable. */
  readonly diskIops: Derivation;
  /** Longest fsync in milliseconds, 99th percentile. */
  readonly diskLatency: Derivation;
  readonly derivations: Derivation[];
}

const HARDWARE = 'ETCDW@v3.6 faq; ETCDW@v3.5 op-guide/hardware';

/** Kubelets renew at a quarter of `nodeLeaseDurationSeconds`: every 10 s of 40. Source: CAV@29 pkg/kubelet/kubelet.go. */
export function leaseWrites(kubelets: Amount, heartbeat: Amount = 10): Derivation {
  return derived({ id: 'etcd/writes/leases', unit: 'writes/s', words: 'each kubelet renews its lease at every heartbeat', expression: 'kubelets / heartbeat', inputs: { kubelets, heartbeat }, source: 'CAV@29 pkg/kubelet/kubelet.go' });
}

/** A node whose status does not change is written every `nodeStatusReportFrequency`. Source: KK:pkg/kubelet/apis/config/v1beta1/defaults.go (5 minutes). */
export function nodeStatusWrites(kubelets: Amount): Derivation {
  return derived({ id: 'etcd/writes/nodes', unit: 'writes/s', words: 'each kubelet reports an unchanged status every 5 minutes', expression: 'kubelets / 300', inputs: { kubelets }, source: 'KK:pkg/kubelet/apis/config/v1beta1/defaults.go' });
}

/** Leaders renew every two seconds (`--leader-elect-retry-period`, which nothing here changes), API servers every ten. Source: KK; AS@37 pkg/controlplane. */
export function leaderWrites(leaders: Amount, apiServers: Amount): Derivation {
  return derived({
    id: 'etcd/writes/leader-leases', unit: 'writes/s', words: 'leaders renew every 2 s, API servers every 10 s', expression: 'leaders / 2 + apiServers / 10', inputs: { leaders, apiServers }, source: 'KK:staging/src/k8s.io/component-base/config/v1alpha1/defaults.go; KK:pkg/controlplane/instance.go',
  });
}

/**
 * Writes of both rings. At 1,200 nodes and 36,000 pods with the default load, events beside them:
 *
 * | leases | node status | pods | endpoint slices | HPAs | Calico | all   | at the peak |
 * | 120    | 4           | 60   | 20              | 33   | 40     | 315/s | 700/s       |
 *
 * A pod's life is six writes: create, bind, two of status, the deletion's mark and the deletion. Source: MEAS.
 */
export function etcdWriteLoad(props: EtcdWriteProps): EtcdWriteLoad {
  const { fleet } = props;
  const content = etcdContent(props);
  const stored = (kind: string, resource: string) => revisionBytes(`etcd/write-bytes/${kind}`, content.main.find(row => row.resource === resource)!.objectBytes);
  const write = (kind: string, resource: string, rate: Derivation): EtcdWrites => ({ kind, rate, stored: stored(kind, resource) });
  const { machines, podChurn, servicesPerPod, hpas, customObjects, controlPlaneMachines } = fleet;
  const rate = (kind: string, words: string, expression: string, inputs: { [name: string]: Amount }, source: string, confidence = Confidence.ESTIMATE) =>
    derived({ id: `etcd/writes/${kind}`, unit: 'writes/s', words, expression, inputs, source, confidence });
  const main = [
    write('leases', 'leases', leaseWrites(machines, fleet.heartbeat)),
    write('leader-leases', 'leases', leaderWrites(props.leaders, props.apiServerLeases ? controlPlaneMachines : 0)),
    write('nodes', 'nodes', nodeStatusWrites(machines)),
    write('pods', 'pods', rate('pods', 'create, bind, two of status, the mark of the deletion and the deletion', 'podChurn * writesPerPod', { podChurn, writesPerPod: WRITES_PER_POD }, 'MEAS', Confidence.MEASURED)),
    write('endpointslices', 'endpointslices', rate('endpointslices', 'one for each Service of a replaced pod, collected for 500 ms', 'podChurn * servicesPerPod', { podChurn, servicesPerPod }, 'MEAS (1.01 with 500 ms, 2.3 without)', Confidence.MEASURED)),
    write('endpoints', 'endpoints', rate('endpoints', 'Endpoints are written like their slices', 'podChurn * servicesPerPod', { podChurn, servicesPerPod }, 'MEAS')),
    write('replicasets', 'replicasets', rate('replicasets', 'status of the replica set, for a pod that goes and one that comes', '2 * podChurn', { podChurn }, 'proposal')),
    write('deployments', 'deployments', rate('deployments', 'status of the workload likewise', '2 * podChurn', { podChurn }, 'proposal')),
    write('horizontalpodautoscalers', 'horizontalpodautoscalers', rate('horizontalpodautoscalers', 'each writes its metrics every 15 s', 'hpas / 15', { hpas }, 'KK:pkg/controller/podautoscaler/config/v1alpha1/defaults.go')),
    write('customobjects', 'customobjects', rate('customobjects', 'each changes once an hour', 'customObjects / 3600', { customObjects }, 'proposal')),
    ...(props.calico ? [
      write('ipamblocks', 'ipamblocks', rate('ipamblocks', 'an address is taken and given back', '2 * podChurn', { podChurn }, 'CAL@v3.32.0 libcalico-go/lib/ipam')),
      write('ipamhandles', 'ipamhandles', rate('ipamhandles', 'a handle comes and goes with each address', '2 * podChurn', { podChurn }, 'CAL@v3.32.0 libcalico-go/lib/ipam')),
    ] : []),
  ];
  const { eventsPerPodChange } = fleet;
  const events: EtcdWrites = {
    kind: 'events',
    rate: rate('events', 'events of created pods', 'podChurn * eventsPerPodChange', { podChurn, eventsPerPodChange }, 'proposal'),
    stored: revisionBytes('etcd/write-bytes/events', fleet.eventBytes),
  };
  const symbol = (kind: string) => kind.replace('-', '');
  const mainRate = derived({
    id: 'etcd/main-writes', unit: 'writes/s', words: 'all writes of the main ring', expression: main.map(w => symbol(w.kind)).join(' + '), inputs: Object.fromEntries(main.map(w => [symbol(w.kind), w.rate])), source: 'MEAS', confidence: Confidence.ESTIMATE,
  });
  const podStarts = derived({ id: 'etcd/peak-pod-starts', unit: 'pods/s', words: 'no faster than pods are created and bound, one request each', expression: 'min(controllerManagerQps, schedulerQps)', inputs: { controllerManagerQps: props.controllerManagerQps, schedulerQps: props.schedulerQps }, source: 'MEAS' });
  const peakRate = derived({
    id: 'etcd/peak-writes', unit: 'writes/s', words: 'ordinary writes, and pods started as fast as controllers and scheduler may', expression: 'mainRate + podStarts * writesPerStart', inputs: { mainRate, podStarts, writesPerStart: 4 }, source: 'MEAS', confidence: Confidence.ESTIMATE,
  });
  const mainBytesPerSecond = bytesPerSecond('etcd/main-bytes-per-second', main);
  const window = historyWindow(props.compactionInterval);
  const rollout = rolloutHistory(fleet, podStarts, window, stored('rollout', 'pods'));
  const mainSize = derived({
    id: 'etcd/main-size',
    unit: 'bytes',
    words: 'objects, what is written in the longest time between compactions, and a rollout of all pods within it, as far as controllers are fast enough',
    expression: 'ceil(live + bytesPerSecond * window + rollout)',
    inputs: { live: content.mainLive, bytesPerSecond: mainBytesPerSecond, window, rollout },
    source: 'ETCDW@v3.6 dev-guide/limit; kubernetes-sigs/agent-sandbox#1551',
    confidence: Confidence.ESTIMATE,
  });
  const eventsSize = derived({
    id: 'etcd/events-size',
    unit: 'bytes',
    words: 'events that live and those whose expiry is not compacted yet, at the largest planned peak',
    expression: 'ceil((live + rate * stored * window) * peakFactor)',
    inputs: { live: content.eventsLive, rate: events.rate, stored: events.stored, window, peakFactor: fleet.peakFactor },
    source: 'ETCDW@v3.6 dev-guide/limit',
    confidence: Confidence.ESTIMATE,
  });
  const diskIops = derived({
    id: 'etcd/disk-sequential-iops',
    unit: 'writes/s',
    words: 'every entry is synchronised before it counts: 50 for light and 500 for heavy load, then local disks of the machine classes for 1,000 and 3,000 nodes',
    expression: 'peakRate <= 50 ? 50 : peakRate <= 500 ? 500 : nodes <= 1000 ? 8000 : 16000',
    inputs: { peakRate, nodes: fleet.nodes },
    source: HARDWARE,
  });
  const diskLatency = derived({
    id: 'etcd/disk-fsync-p99', unit: 'ms', words: 'upstream\'s 10 ms, and no more than the peak leaves when ten writes share one', expression: 'min(10, 10000 / peakRate)', inputs: { peakRate }, source: HARDWARE, confidence: Confidence.ESTIMATE,
  });
  return {
    main,
    events,
    mainRate,
    peakRate,
    mainBytesPerSecond,
    mainSize,
    eventsSize,
    diskIops,
    diskLatency,
    derivations: [
      ...[...main, events].flatMap(w => [w.rate, w.stored]),
      ...[mainRate, podStarts, peakRate, mainBytesPerSecond, window, rollout, mainSize, eventsSize, diskIops, diskLatency],
    ],
  };
}

/**
 * Planned size of the main ring between compactions, with this library's own rates and intervals and Calico's addresses: what its quota follows.
 *
 * | nodes / pods | 1,000 / 30,000 | 1,200 / 36,000 | 3,000 / 90,000 | 5,000 / 150,000 |
 * | GiB          | 1.8            | 2.2            | 4.3            | 5.3             |
 *
 * At about 1,000 nodes etcd's default of 2 GiB is used up, as it was in practice (OAI2500).
 */
export function etcdMainSize(fleet: Fleet): Derivation {
  return etcdWriteLoad({
    fleet,
    compactionInterval: apiServerTiming().compactionInterval,
    eventTtl: eventTtlSeconds(),
    calico: true,
    controllerManagerQps: controllerManagerQps(fleet.nodes),
    schedulerQps: schedulerQps(),
    // Controller manager, scheduler, autoscaler and operator; a server that renews a lease of its own is one write in ten seconds.
    leaders: 4,
    apiServerLeases: true,
  }).mainSize;
}

/** Writes of one pod from creation to deletion. Source: MEAS. */
export const WRITES_PER_POD = 6;

function rolloutHistory({ pods }: Fleet, podStarts: Derivation, window: Derivation, stored: Derivation): Derivation {
  return derived({
    id: 'etcd/rollout-bytes',
    unit: 'bytes',
    words: 'all pods replaced within one window, as far as controllers are fast enough, with six writes each',
    expression: 'min(pods, podStarts * window) * writesPerPod * stored',
    inputs: { pods, podStarts, window, writesPerPod: WRITES_PER_POD, stored },
    source: 'MEAS',
    confidence: Confidence.ESTIMATE,
  });
}

function bytesPerSecond(id: string, writes: EtcdWrites[]): Derivation {
  return derived({
    id,
    unit: 'bytes/s',
    words: 'writes with the pages that they take',
    expression: writes.map((_, i) => `rate${i + 1} * stored${i + 1}`).join(' + '),
    inputs: Object.fromEntries(writes.flatMap((w, i) => [[`rate${i + 1}`, w.rate], [`stored${i + 1}`, w.stored]])),
    source: 'MEAS',
    confidence: Confidence.ESTIMATE,
  });
}
