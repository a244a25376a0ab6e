import { Confidence } from '../derivation/derivation';

/** What a figure of a load profile is, where nobody says otherwise. */
export interface LoadFigure {
  /** Tail of the id: `load/<id>`. */
  readonly id: string;
  readonly unit: string;
  readonly words: string;
  readonly min: number;
  readonly max: number;
  /** Why the bounds. */
  readonly why: string;
  /** Formula of the default; names are `nodes`, `pods`, `namespaces`, `controlPlaneMachines`. */
  readonly byDefault: string;
  readonly source: string;
  readonly confidence: Confidence;
  /** Whether a given value is meant for the final size and shrinks with a smaller fleet. */
  readonly total?: boolean;
}

const { UPSTREAM, ESTIMATE, MEASURED } = Confidence;
const THRESHOLDS = 'SIGSC:configs-and-limits/thresholds.md';
const OBJECT = { min: 100, max: 1_500_000, why: 'bytes; an object may have 1.5 MB' };

/**
 * Every figure with its default. At 1,200 nodes and 36,000 pods:
 *
 * | Services | namespaces | ConfigMaps, Secrets | custom objects | created pods/s | HPAs | events/s |
 * | 2,000    | 360        | 3,600 each          | 3,600          | 10             | 500  | 50       |
 */
export const LOAD_FIGURES = {
  podsPerNode: {
    id: 'pods-per-node',
    unit: 'pods per node',
    words: 'share of the tested envelope: 150,000 pods on 5,000 nodes',
    byDefault: '30',
    source: THRESHOLDS,
    confidence: UPSTREAM,
    min: 1,
    max: 1000,
    why: 'average over all nodes',
  },
  services: {
    id: 'services',
    unit: 'Services',
    words: 'one for 18 pods, at least 100, at most the tested 10,000',
    byDefault: 'min(10000, max(100, ceil(pods / 18)))',
    source: `proposal; ${THRESHOLDS}`,
    confidence: ESTIMATE,
    min: 1,
    max: 100_000,
    why: 'Kubernetes is tested to 10,000',
    total: true,
  },
  servicesPerPod: {
    id: 'services-per-pod',
    unit: 'Services per pod',
    words: 'a pod stands behind its own Service and a headless or canary one',
    byDefault: '2',
    source: 'proposal',
    confidence: ESTIMATE,
    min: 0,
    max: 20,
    why: 'Services that select one pod',
  },
  largestService: {
    id: 'largest-service',
    unit: 'endpoints',
    words: 'tested limit of endpoints behind one Service',
    byDefault: '250',
    source: THRESHOLDS,
    confidence: UPSTREAM,
    min: 1,
    max: 100_000,
    why: 'endpoints of the largest Service',
  },
  namespaces: {
    id: 'namespaces',
    unit: 'namespaces',
    words: 'one for 100 pods, at most the tested 10,000',
    byDefault: 'min(10000, max(10, ceil(pods / 100)))',
    source: `proposal; ${THRESHOLDS}`,
    confidence: ESTIMATE,
    min: 1,
    max: 100_000,
    why: 'Kubernetes is tested to 10,000',
    total: true,
  },
  configMaps: {
    id: 'config-maps', unit: 'objects', words: 'ten for each namespace', byDefault: '10 * namespaces', source: 'proposal', confidence: ESTIMATE, min: 0, max: 1_000_000, why: 'objects', total: true,
  },
  secrets: {
    id: 'secrets', unit: 'objects', words: 'ten for each namespace', byDefault: '10 * namespaces', source: 'proposal', confidence: ESTIMATE, min: 0, max: 1_000_000, why: 'objects', total: true,
  },
  customObjects: {
    id: 'custom-objects',
    unit: 'objects',
    words: 'one for ten pods; blocks of the network come on top',
    byDefault: 'ceil(pods / 10)',
    source: 'proposal',
    confidence: ESTIMATE,
    min: 0,
    max: 10_000_000,
    why: 'objects',
    total: true,
  },
  podBytes: { id: 'pod-bytes', unit: 'bytes', words: 'pod as stored, managed fields included', byDefault: '4000', source: 'MEAS (143 MB for 36,000 pods)', confidence: MEASURED, ...OBJECT },
  nodeBytes: {
    id: 'node-bytes', unit: 'bytes', words: 'node as stored: status, labels and the 50 images that a kubelet reports', byDefault: '15000', source: 'proposal; NVIDIA/NVSentinel#1705 (up to 55 kB with many labels)', confidence: ESTIMATE, ...OBJECT,
  },
  configMapBytes: { id: 'config-map-bytes', unit: 'bytes', words: 'average ConfigMap', byDefault: '3000', source: 'proposal', confidence: ESTIMATE, ...OBJECT },
  secretBytes: { id: 'secret-bytes', unit: 'bytes', words: 'average Secret', byDefault: '3000', source: 'proposal', confidence: ESTIMATE, ...OBJECT },
  customObjectBytes: { id: 'custom-object-bytes', unit: 'bytes', words: 'average custom object, stored as JSON', byDefault: '4000', source: 'proposal', confidence: ESTIMATE, ...OBJECT },
  podChurn: {
    id: 'pod-churn',
    unit: 'pods/s',
    words: 'each pod is replaced once an hour, at most the 20/s for which the objectives hold',
    byDefault: 'min(20, pods / 3600)',
    source: 'SIGSC:slos/slos.md; proposal (the hour)',
    confidence: ESTIMATE,
    min: 0,
    max: 1000,
    why: 'pods created a second on average; as many end',
    total: true,
  },
  eventsPerPodChange: {
    id: 'events-per-pod-change', unit: 'events', words: 'scheduled, pulled, created, started, killed', byDefault: '5', source: 'proposal', confidence: ESTIMATE, min: 0, max: 1000, why: 'events of one pod\'s life',
  },
  eventBytes: { id: 'event-bytes', unit: 'bytes', words: 'event as stored', byDefault: '1000', source: 'proposal', confidence: ESTIMATE, ...OBJECT },
  peakFactor: {
    id: 'peak-factor', unit: 'times', words: 'how many times the pods of an ordinary hour the largest planned peak has', byDefault: '3', source: 'proposal', confidence: ESTIMATE, min: 1, max: 1000, why: 'peak against an ordinary hour',
  },
  agentsPerNode: {
    id: 'agents-per-node',
    unit: 'agents',
    words: 'programs on every node that ask the API server, beside kubelet and the ones installed here',
    byDefault: '2',
    source: 'proposal',
    confidence: ESTIMATE,
    min: 0,
    max: 50,
    why: 'of yours, on every node',
  },
  requestsPerAgent: {
    id: 'requests-per-agent', unit: 'requests/s', words: 'one request a minute', byDefault: '1 / 60', source: 'proposal', confidence: ESTIMATE, min: 0, max: 100, why: 'of one agent',
  },
  logBytesPerPod: {
    id: 'log-bytes-per-pod', unit: 'bytes/s', words: 'five lines of 200 bytes a second', byDefault: '1024', source: 'estimate', confidence: ESTIMATE, min: 0, max: 100_000_000, why: 'bytes a second of one pod',
  },
  seriesPerPod: {
    id: 'series-per-pod', unit: 'series', words: 'container and object metrics of a pod', byDefault: '100', source: 'proposal', confidence: ESTIMATE, min: 0, max: 100_000, why: 'active series of one pod',
  },
  hpas: { id: 'hpas', unit: 'HPAs', words: 'one for 72 pods', byDefault: 'ceil(pods / 72)', source: 'proposal', confidence: ESTIMATE, min: 0, max: 100_000, why: 'HorizontalPodAutoscalers', total: true },
  images: { id: 'images', unit: 'images', words: 'one for each Deployment of about 72 pods', byDefault: 'max(50, ceil(pods / 72))', source: 'proposal', confidence: ESTIMATE, min: 1, max: 1_000_000, why: 'different images in use', total: true },
  imageBytes: { id: 'image-bytes', unit: 'bytes', words: 'compressed image as it is pulled', byDefault: '150000000', source: 'proposal', confidence: ESTIMATE, min: 1, max: 100_000_000_000, why: 'bytes of one pull' },
  imagesPerNode: {
    id: 'images-per-node', unit: 'images', words: 'agents of the node and one image for every three pods', byDefault: '10 + ceil(podsPerNode / 3)', source: 'proposal', confidence: ESTIMATE, min: 1, max: 1000, why: 'images that a new node pulls',
  },
  dnsQueriesPerPod: {
    id: 'dns-queries-per-pod',
    unit: 'queries/s',
    words: 'one name a second, asked with and without a search list',
    byDefault: '5',
    source: 'CORDEP:Scaling_CoreDNS.md (search list x 5); proposal',
    confidence: ESTIMATE,
    min: 0,
    max: 100_000,
    why: 'queries a second of one pod',
  },
  connectionsPerPod: {
    id: 'connections-per-pod', unit: 'connections', words: 'tracked connections of a busy pod', byDefault: '2000', source: 'estimate', confidence: ESTIMATE, min: 0, max: 10_000_000, why: 'connections at one time',
  },
} satisfies { [name: string]: LoadFigure };

/** Name of a figure, as the property of a profile has it. */
export type LoadFigureName = keyof typeof LOAD_FIGURES;
