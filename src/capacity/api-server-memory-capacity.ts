import { EtcdContent } from './etcd-content-capacity';
import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Memory of one API server. No formula of upstream exists, so it is a range. */
export interface ApiServerMemory {
  readonly cached: Derivation;
  readonly low: Derivation;
  readonly high: Derivation;
  /** Low and high while as many whole LIST requests run as flow control lets through. */
  readonly stormLow: Derivation;
  readonly stormHigh: Derivation;
  readonly derivations: Derivation[];
}

const estimate = (id: string, unit: string, words: string, expression: string, inputs: { [name: string]: Amount } = {}, source = 'MEAS'): Derivation =>
  derived({ id, unit, words, expression, inputs, source, confidence: Confidence.ESTIMATE });

/**
 * Memory of one API server: 0.4 GiB, and the cached objects decoded, with the heap's room for collection. Anchors, 36,000 pods of 4 kB and 1,200
 * nodes: 1.4 GiB with the caches alone, 3.1 GiB with controllers, scheduler and kubelets at work; a LIST in flight took 2 to 3.5 times its answer.
 *
 * | 36,000 pods of 4 kB alone (143 MB) | low     | high    |
 * | without LIST                       | 1.3 GiB | 2.8 GiB |
 * | one LIST in flight                 | 1.6 GiB | 3.3 GiB |
 *
 * Real kubelets open far more watches than the fake ones of the anchors: each costs about 60 kB of buffers and goroutines.
 */
export function apiServerMemoryRange(content: EtcdContent, watches: Derivation, listBytes: Derivation, listsInFlight: Derivation): ApiServerMemory {
  const rows = content.main;
  const cached = derived({
    id: 'api-server/cached-bytes',
    unit: 'bytes',
    words: 'all objects but events, which are not cached',
    expression: rows.map((_, i) => `objects${i + 1} * bytes${i + 1}`).join(' + '),
    inputs: Object.fromEntries(rows.flatMap((row, i) => [[`objects${i + 1}`, row.objects], [`bytes${i + 1}`, row.objectBytes]])),
    source: 'AS@36 pkg/storage/cacher',
    confidence: Confidence.ESTIMATE,
  });
  const low = estimate('api-server/memory-low', 'bytes', 'the server itself and its caches, decoded', 'ceil(base + cached * decodedTimes)', { base: BASE, cached, decodedTimes: 7 });
  const high = estimate('api-server/memory-high', 'bytes', 'the same with clients at work, and a buffer for each watch', 'ceil(base + cached * decodedTimes + watches * watchBytes)', { base: BASE, cached, decodedTimes: 18, watches, watchBytes: 60_000 });
  const stormLow = estimate('api-server/storm-memory-low', 'bytes', 'and as many whole LIST requests as flow control lets through', 'ceil(low + lists * listBytes * copies)', { low, lists: listsInFlight, listBytes, copies: 2 });
  const stormHigh = estimate('api-server/storm-memory-high', 'bytes', 'and as many whole LIST requests as flow control lets through', 'ceil(high + lists * listBytes * copies)', { high, lists: listsInFlight, listBytes, copies: 3.5 });
  return { cached, low, high, stormLow, stormHigh, derivations: [cached, low, high, stormLow, stormHigh] };
}

const BASE = 400_000_000;

/** Who watches, and what is sent to them. */
export interface WatchFanOut {
  /** Open watches of kubelets. */
  readonly kubeletWatches: Derivation;
  /** Watches of Services and slices on every node. */
  readonly serviceWatches: Derivation;
  /** Watches of few components of whole resources. */
  readonly clusterWatches: Derivation;
  /** Watches of one API server while another is away. */
  readonly perServer: Derivation;
  /** Events per second that are sent to watchers, over all API servers. */
  readonly events: Derivation;
  /** Bytes per second of them. */
  readonly bytes: Derivation;
  readonly derivations: Derivation[];
}

/** What the fan-out depends on. */
export interface WatchFanOutProps {
  readonly fleet: Fleet;
  /** Writes per second of pods and slices, and bytes of a slice, as etcd's model has them. */
  readonly podWrites: Derivation;
  readonly sliceWrites: Derivation;
  readonly sliceBytes: Derivation;
  /** Whether a proxy on every node watches Services and EndpointSlices: kube-proxy, or Calico's eBPF dataplane in its place. */
  readonly serviceProxyOnNodes: boolean;
  /** Clients that watch all pods: controller manager, scheduler, Typha replicas, autoscaler, monitoring. */
  readonly podWatchers: Amount;
}

/**
 * Watches and what they are sent. One change of a slice of 36 endpoints goes to every node: 1,200 nodes, 20 changes a second, 10 kB each are 240 MB/s.
 *
 * | 1,200 nodes, 36,000 pods | kubelets | Services and slices | events/s | bytes/s |
 * |                          | 78,325   | 2,400               | 25,000   | 245 MB  |
 *
 * Source: KEP-0752 for the slices; watches of a kubelet: KK:pkg/kubelet/kubelet.go, and one for each ConfigMap or Secret of its pods.
 */
export function watchFanOut(props: WatchFanOutProps): WatchFanOut {
  const { fleet: { machines, podsPerNode, podBytes, nodes, controlPlaneMachines }, podWrites, sliceWrites, sliceBytes, podWatchers } = props;
  const proxies = props.serviceProxyOnNodes ? nodes : 0;
  const kubeletWatches = derived({ id: 'api-server/watches/kubelets', unit: 'watches', words: 'five of each kubelet, and one for each ConfigMap or Secret of its pods, about two a pod', expression: 'ceil(machines * (5 + 2 * podsPerNode))', inputs: { machines, podsPerNode }, source: 'KK:pkg/kubelet/kubelet.go; proposal', confidence: Confidence.ESTIMATE });
  const serviceWatches = derived({ id: 'api-server/watches/services', unit: 'watches', words: 'Services and EndpointSlices on every node that translates them', expression: '2 * proxies', inputs: { proxies }, source: 'KEP-0752' });
  const clusterWatches = estimate('api-server/watches/cluster', 'watches', 'forty resources of each component that watches everything', '40 * podWatchers', { podWatchers }, 'proposal');
  const perServer = estimate('api-server/watches/per-server', 'watches', 'all watches while one API server is away', 'ceil((kubelets + services + cluster) / max(1, servers - 1))', { kubelets: kubeletWatches, services: serviceWatches, cluster: clusterWatches, servers: controlPlaneMachines }, 'proposal');
  const sends = { podWrites, podWatchers, sliceWrites, proxies };
  const events = estimate('api-server/watch-events', 'events/s', 'each change of a pod to its kubelet and to all who watch pods, each change of a slice to every node', 'podWrites * (1 + podWatchers) + sliceWrites * (proxies + 1)', sends, 'KEP-0752; MEAS');
  const bytes = estimate('api-server/watch-bytes', 'bytes/s', 'the same in bytes, before compression', 'podWrites * (1 + podWatchers) * podBytes + sliceWrites * (proxies + 1) * sliceBytes', { ...sends, podBytes, sliceBytes }, 'KEP-0752; MEAS');
  return {
    kubeletWatches,
    serviceWatches,
    clusterWatches,
    perServer,
    events,
    bytes,
    derivations: [kubeletWatches, serviceWatches, clusterWatches, perServer, events, bytes],
  };
}
