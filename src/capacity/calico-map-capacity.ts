import { addressesPerBlock, BlockPlan } from './calico-capacity';
import { ClusterFacts } from '../cluster/cluster-facts';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

// Sizes of Felix' eBPF maps. A full map means that a pod, a Service or a connection does not work, and nothing but a log line says so.

interface MapPlan {
  readonly id: string;
  readonly words: string;
  /** What is planned to be in the map. */
  readonly entries: string;
  readonly inputs: { readonly [name: string]: Amount };
  /** Felix' own size; a map is never made smaller. */
  readonly felixDefault: number;
  /** How many times the entries there is room for. @default 2 */
  readonly room?: number;
  /** @default Confidence.UPSTREAM */
  readonly confidence?: Confidence;
}

/** The power of two that holds what is planned, with room, and never below Felix' own default. */
function mapSize({ id, words, entries, inputs, felixDefault, room = 2, confidence = Confidence.UPSTREAM }: MapPlan): Derivation {
  return derived({
    id,
    unit: 'entries',
    words: `${words}; next power of two${room === 1 ? '' : ' of twice as many'}, never below Felix' default`,
    expression: `max(felixDefault, pow(2, ceil(log2(${room === 1 ? entries : `${room} * (${entries})`}))))`,
    inputs: { felixDefault, ...inputs },
    source: 'CAL@v3.32.0 felix/config/config_params.go',
    confidence,
  });
}

/**
 * Route map: one entry per pod of the cluster in the worst case (borrowed addresses, local pods), one per block, a few per node.
 *
 * | pods / nodes | 36,000 / 1,200 | 150,000 / 5,000 | 300,000 / 10,000 |
 * | entries      | 262,144        | 524,288         | 1,048,576        |
 *
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 262,144).
 */
export function routeMapSize(cluster: ClusterFacts, pools: Amount, plan: BlockPlan): Derivation {
  const { pods, nodes } = cluster.fleet;
  return mapSize({
    id: 'calico/bpf-map-route',
    words: 'pods, blocks, and four for each node',
    entries: 'pods + claimedAddresses / blockAddresses + 4 * nodes',
    inputs: { pods, claimedAddresses: pools, blockAddresses: addressesPerBlock(cluster.network.podCidr, plan.blockSize), nodes },
    felixDefault: 262_144,
  });
}

/**
 * Front ends of Services: cluster address and node port of three ports each; the node port counts once for each address of a node.
 *
 * | Services | 1,667  | 2,000  | 10,000  |
 * | entries  | 65,536 | 65,536 | 131,072 |
 *
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 65,536).
 */
export function natFrontendMapSize(services: Amount): Derivation {
  return mapSize({
    id: 'calico/bpf-map-nat-frontend', words: 'cluster address and node port of each port', entries: 'services * portsPerService * 2', inputs: { services, portsPerService: 3 }, felixDefault: 65_536,
  });
}

/**
 * Back ends: each pod once for each Service that selects it, and each front end has a record of its own.
 *
 * | pods / Services | 36,000 / 2,000 | 150,000 / 10,000 |
 * | entries         | 262,144        | 1,048,576        |
 *
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 262,144); two Services with one port for each pod (load profile) are an estimate.
 */
export function natBackendMapSize(endpoints: Amount, services: Amount): Derivation {
  return mapSize({
    id: 'calico/bpf-map-nat-backend',
    words: 'endpoints, and six front ends for each Service',
    entries: 'endpoints + 6 * services',
    inputs: { endpoints, services },
    felixDefault: 262_144,
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Affinity map: 64 clients for each Service with session affinity, of which a twentieth of all Services is planned.
 *
 * | Services | 2,000  | 10,000 | 20,000  |
 * | entries  | 65,536 | 65,536 | 131,072 |
 */
export function natAffinityMapSize(services: Amount): Derivation {
  return mapSize({
    id: 'calico/bpf-map-nat-affinity',
    words: 'one Service of twenty has session affinity',
    entries: 'ceil(services / 20) * clientsPerService',
    inputs: { services, clientsPerService: 64 },
    felixDefault: 65_536,
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * IP set map: members of all selectors that are active on a node; eight selectors that each match every pod fit.
 *
 * | pods    | 36,000    | 60,000    | 150,000   |
 * | entries | 1,048,576 | 1,048,576 | 4,194,304 |
 *
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 1,048,576); the eight are an estimate.
 */
export function ipSetMapSize(pods: Amount): Derivation {
  return mapSize({
    id: 'calico/bpf-map-ip-sets',
    words: 'selectors that each match every pod',
    entries: 'pods * selectors',
    inputs: { pods, selectors: 8 },
    felixDefault: 1_048_576,
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Conntrack map of a node: the load profile's connections (2,000) for each pod of the largest node, two entries for a connection through a
 * Service.
 *
 * | largest maxPods | 58      | 110     | 250       |
 * | entries         | 512,000 | 524,288 | 1,048,576 |
 *
 * Fixed on purpose: a changed size makes a new map, and established connections break. From Calico 3.30 Felix doubles a full map itself.
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 512,000); connections a pod are an estimate until they are measured.
 */
export function conntrackMapSize(maxPods: Amount, connectionsPerPod: Amount): Derivation {
  return mapSize({
    id: 'calico/bpf-map-conntrack',
    words: 'connections of all pods of the largest node, two entries for each',
    entries: 'maxPods * connectionsPerPod * 2',
    inputs: { maxPods, connectionsPerPod },
    felixDefault: 512_000,
    room: 1,
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Map of the interfaces of a node: one for each pod, some of its own.
 *
 * | largest maxPods | 110   | 250   | 500   | 1,000 |
 * | entries         | 1,000 | 1,024 | 2,048 | 2,048 |
 *
 * Source: CAL@v3.32.0 (default 1,000); sixteen interfaces of the node itself are an estimate.
 */
export function ifStateMapSize(maxPods: Amount): Derivation {
  return mapSize({
    id: 'calico/bpf-map-if-state', words: 'pods of the largest node and sixteen interfaces of its own', entries: 'maxPods + 16', inputs: { maxPods }, felixDefault: 1_000, confidence: Confidence.ESTIMATE,
  });
}

/**
 * Entries of the kernel's connection table for each core, where kube-proxy carries Services: as many connections as the load profile has for the pods of
 * the largest node, once for each direction that is translated. kube-proxy's own value is 32,768 for each core.
 *
 * | maxPods x connections, cores | 110 x 2,000, 16 | 250 x 2,000, 16 | 110 x 2,000, 4 |
 * | entries for each core        | 32,768          | 62,500          | 110,000        |
 *
 * Source: KK:pkg/proxy/apis/config/v1alpha1/defaults.go (32768 and a minimum of 131072).
 */
export function proxyConntrackPerCore(maxPods: Amount, connectionsPerPod: Amount, cores: Amount): Derivation {
  return derived({
    id: 'calico/kube-proxy-conntrack-per-core',
    unit: 'entries for each core',
    words: 'connections of all pods of the largest node, two entries for each, over the cores of the smallest machine; never below kube-proxy\'s own',
    expression: 'max(32768, ceil(maxPods * connectionsPerPod * 2 / cores))',
    inputs: { maxPods, connectionsPerPod, cores },
    source: 'KK:pkg/proxy/apis/config/v1alpha1/defaults.go',
    confidence: Confidence.ESTIMATE,
  });
}
