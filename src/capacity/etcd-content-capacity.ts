import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation, named } from '../derivation/derivation';

/** Objects of one resource in etcd. */
export interface EtcdResource {
  /** As in the API's path: `pods`. */
  readonly resource: string;
  readonly objects: Derivation;
  /** Bytes of one object, encoded. */
  readonly objectBytes: Derivation;
  /** Bytes of all of them on the pages of the backend file. */
  readonly bytes: Derivation;
}

/** What the model must know beside the fleet. */
export interface EtcdContentProps {
  readonly fleet: Fleet;
  /** Seconds between compactions: `api-server/etcd-compaction-interval`. */
  readonly compactionInterval: Derivation;
  /** Seconds that events are kept: `api-server/event-ttl`. */
  readonly eventTtl: Derivation;
  /** Whether Calico keeps its addresses in the API; another network keeps nothing here. */
  readonly calico: boolean;
}

/** Content of both rings. */
export interface EtcdContent {
  readonly main: EtcdResource[];
  readonly events: EtcdResource[];
  /** Bytes of the main ring right after a compaction. */
  readonly mainLive: Derivation;
  /** Bytes of the events ring right after a compaction. */
  readonly eventsLive: Derivation;
  readonly derivations: Derivation[];
}

const LIMIT = 'ETCDW@v3.6 dev-guide/limit';
const PAGES = 'ETCD@v3.7.1 server/storage/mvcc; etcd-io/bbolt node.go';

/**
 * Bytes that one revision of `bytes` takes in the backend file. A leaf page of 4 KiB is filled to 90 % and holds two revisions at least; larger
 * ones spill over, and half of the last page is lost. About 120 bytes are key, revision and headers.
 *
 * | object  | 480 B | 2,000 B | 4,000 B | 15,000 B |
 * | on disk | 726   | 3,144   | 5,144   | 16,144   |
 */
export function revisionBytes(id: string, bytes: Amount): Derivation {
  return derived({
    id,
    unit: 'bytes',
    words: 'object with key and headers, on pages of 4 KiB that are filled to 90 %; two to a leaf at least, which loses half a page',
    expression: 'bytes + header < 1843 ? ceil((bytes + header) * 4096 / (3686 - (bytes + header) / 2)) : ceil(bytes + header + 1024)',
    inputs: { bytes, header: HEADER_BYTES },
    source: PAGES,
    confidence: Confidence.ESTIMATE,
  });
}

/** Key in the API's form (40 to 80 bytes), revision (17), lengths and versions of the record, and header of the page's element (16). */
const HEADER_BYTES = 120;

const estimate = (id: string, unit: string, words: string, expression: string, inputs: { [name: string]: Amount } = {}, source = 'proposal'): Derivation =>
  derived({ id, unit, words, expression, inputs, source, confidence: Confidence.ESTIMATE });

/** Seconds whose writes lie in the file at most: the API server compacts to the revision that it remembered one interval ago. */
export function historyWindow(compactionInterval: Derivation): Derivation {
  return derived({
    id: 'etcd/history-window', unit: 's', words: 'a compaction goes back to where the one before it stood, so up to two intervals lie in the file', expression: '2 * interval', inputs: { interval: compactionInterval }, source: 'AS@37 pkg/storage/etcd3/compact.go',
  });
}

/**
 * Objects and bytes of both rings, by resource. At 1,200 nodes and 36,000 pods with the default load:
 *
 * | pods   | replica sets | endpoint slices | addresses of Calico | leases | all of the main ring | events       |
 * | 185 MB | 80 MB        | 24 MB           | 62 MB               | 1 MB   | 0.46 GB              | 90,000, 0.13 GB |
 *
 * Measured with 1,200 nodes and 6,000 pods on etcd 3.7.1: 27.3 MB in use after a compaction, 25.2 MB predicted. Objects of an empty cluster
 * (0.3 MB) come on top.
 */
export function etcdContent(props: EtcdContentProps): EtcdContent {
  const { fleet, eventTtl } = props;
  const { machines, pods, services, endpoints, namespaces } = fleet;
  const row = (resource: string, objects: Derivation, objectBytes: Derivation): EtcdResource => {
    const stored = revisionBytes(`etcd/stored-bytes/${resource}`, objectBytes);
    return {
      resource,
      objects: named(`etcd/objects/${resource}`, objects),
      objectBytes: named(`etcd/object-bytes/${resource}`, objectBytes),
      bytes: derived({ id: `etcd/bytes/${resource}`, unit: 'bytes', words: 'objects as they lie on pages', expression: 'objects * stored', inputs: { objects, stored }, source: LIMIT, confidence: Confidence.ESTIMATE }),
    };
  };
  const objects = (resource: string, words: string, expression: string, inputs: { [name: string]: Amount }, source?: string) =>
    estimate(`etcd/objects/${resource}`, 'objects', words, expression, inputs, source);
  const size = (resource: string, words: string, expression: string, inputs: { [name: string]: Amount } = {}, source?: string) =>
    estimate(`etcd/object-bytes/${resource}`, 'bytes', words, expression, inputs, source);

  const slices = endpointSlices(fleet);
  const main = [
    row('pods', pods, fleet.podBytes),
    row('nodes', machines, fleet.nodeBytes),
    row('leases', objects('leases', 'one for each kubelet and about twenty for leaders and API servers', 'machines + 20', { machines }), size('leases', 'holder, owner, times and managed fields', '480', {}, 'MEAS (472)')),
    row('endpointslices', slices.slices, slices.bytes),
    row('endpoints', objects('endpoints', 'one Endpoints object for each Service', 'services', { services }),
      size('endpoints', 'at most 1,000 addresses of 150 bytes', 'ceil(500 + 150 * min(1000, endpoints / services))', { endpoints, services })),
    row('services', services, size('services', 'Service with managed fields', '1500')),
    row('configmaps', fleet.configMaps, fleet.configMapBytes),
    row('secrets', fleet.secrets, fleet.secretBytes),
    row('customobjects', fleet.customObjects, fleet.customObjectBytes),
    row('deployments', objects('deployments', 'one workload for each Service', 'services', { services }), size('deployments', 'pod template, status and managed fields', '3000')),
    row('replicasets', objects('replicasets', 'the present and ten old revisions of each workload (revisionHistoryLimit)', '11 * services', { services }, 'API@36 apps/v1 types.go'), size('replicasets', 'pod template, status and managed fields', '2500')),
    row('horizontalpodautoscalers', fleet.hpas, size('horizontalpodautoscalers', 'targets, behaviour and last metrics', '3000')),
    row('others', objects('others', 'namespaces with service accounts, roles, quota and budgets, ten each, and 2,000 of the cluster', '10 * namespaces + 2000', { namespaces }), size('others', 'small objects', '1000')),
    ...(props.calico ? calicoRows(fleet, objects, size, row) : []),
  ];
  const { podChurn, eventsPerPodChange, eventBytes } = fleet;
  const events = [row('events', derived({
    id: 'etcd/objects/events', unit: 'objects', words: 'events of created pods, until they expire', expression: 'ceil(podChurn * eventsPerPodChange * eventTtl)', inputs: { podChurn, eventsPerPodChange, eventTtl }, source: 'KK:pkg/controlplane/apiserver/options/options.go', confidence: Confidence.ESTIMATE,
  }), eventBytes)];
  const live = (id: string, rows: EtcdResource[]) => derived({
    id, unit: 'bytes', words: 'sum of all resources, right after a compaction', expression: rows.map(r => r.resource).join(' + '), inputs: Object.fromEntries(rows.map(r => [r.resource, r.bytes])), source: LIMIT, confidence: Confidence.ESTIMATE,
  });
  const mainLive = live('etcd/main-live', main);
  const eventsLive = live('etcd/events-live', events);
  return { main, events, mainLive, eventsLive, derivations: [...[...main, ...events].flatMap(r => [r.objects, r.objectBytes, r.bytes]), mainLive, eventsLive] };
}

/** Slices of all Services: each has one, and one more for every 100 endpoints (`--max-endpoints-per-slice`). Source: KEP-0752. */
export function endpointSlices({ services, endpoints }: Fleet): { slices: Derivation; bytes: Derivation } {
  const slices = derived({
    id: 'etcd/objects/endpointslices', unit: 'objects', words: 'one for each Service and one for every 100 endpoints', expression: 'services + floor(endpoints / 100)', inputs: { services, endpoints }, source: 'KEP-0752',
  });
  return {
    slices,
    bytes: estimate('etcd/object-bytes/endpointslices', 'bytes', 'labels and ports, and 250 bytes for each endpoint', 'ceil(1000 + 250 * endpoints / slices)', { endpoints, slices }, 'proposal; KEP-0752 (slices of 100 are 10 times smaller than Endpoints)'),
  };
}

type Row = (resource: string, objects: Derivation, bytes: Derivation) => EtcdResource;
type Estimate = (resource: string, words: string, expression: string, inputs: { [name: string]: Amount }, source?: string) => Derivation;

/** Calico keeps blocks and their affinities for each node, and a handle for each pod. Source: CAL@v3.32.0 libcalico-go/lib/ipam. */
function calicoRows({ machines, largestMaxPods, pods }: Fleet, objects: Estimate, size: Estimate, row: Row): EtcdResource[] {
  const source = 'CAL@v3.32.0 libcalico-go/lib/ipam';
  const blocks = objects('ipamblocks', 'blocks of 64 addresses that the largest node claims, with one address for its tunnel', 'machines * ceil((largestMaxPods + 1) / 64)', { machines, largestMaxPods }, source);
  return [
    row('ipamblocks', blocks, size('ipamblocks', '64 addresses with their owners, as JSON', '8000', {})),
    row('blockaffinities', objects('blockaffinities', 'one for each block', 'blocks', { blocks }, source), size('blockaffinities', 'small custom object', '800', {})),
    row('ipamhandles', objects('ipamhandles', 'one for each pod', 'pods', { pods }, source), size('ipamhandles', 'small custom object', '700', {})),
  ];
}
