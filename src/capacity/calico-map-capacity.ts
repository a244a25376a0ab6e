import { Confidence, derived, Derivation } from '../derivation/derivation';
import { ClusterFacts } from '../cluster/cluster-facts';
import { NodePool } from '../cluster/node-pool';

// Sizes of Felix' eBPF maps. A full map means that a pod, a Service or a connection does not work, and nothing but a log line says so.

/** Smallest power of two that is not below a number. */
function powerOfTwo(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}

/** A map twice as large as what is planned to be in it, never below Felix's own default. */
function mapSize(id: string, entries: number, formula: string, byDefault: number): Derivation {
  return derived({
    id,
    value: Math.max(byDefault, powerOfTwo(2 * entries)),
    unit: 'entries',
    formula: `max(${byDefault}, next power of two of 2 x ${entries}); ${entries} = ${formula}`,
    source: 'CAL@v3.32.0 felix/config/config_params.go',
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
export function routeMapSize(cluster: ClusterFacts, pools: Derivation, block: number): Derivation {
  const blocks = pools.value / block;
  const entries = cluster.pods + blocks + 4 * cluster.nodes;
  return mapSize('calico/bpf-map-route', entries, `${cluster.pods} pods + ${blocks} blocks + 4 x ${cluster.nodes} nodes`, 262_144);
}

/**
 * Front ends of Services: cluster address and node port of three ports each; the node port counts once for each address of a node.
 *
 * | Services | 1,667  | 2,000  | 10,000  |
 * | entries  | 65,536 | 65,536 | 131,072 |
 *
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 65,536).
 */
export function natFrontendMapSize(services: number): Derivation {
  return mapSize('calico/bpf-map-nat-frontend', 6 * services, `${services} Services x 3 ports x 2 (cluster address, node port)`, 65_536);
}

/**
 * Back ends: each pod stands behind two Services, and each front end has a record of its own.
 *
 * | pods / Services | 36,000 / 2,000 | 150,000 / 10,000 |
 * | entries         | 262,144        | 1,048,576        |
 *
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 262,144); two Services with one port for each pod are an estimate.
 */
export function natBackendMapSize(pods: number, services: number): Derivation {
  const estimate = mapSize('calico/bpf-map-nat-backend', 2 * pods + 6 * services, `${pods} pods x 2 Services + ${services} Services x 6`, 262_144);
  return { ...estimate, confidence: Confidence.ESTIMATE };
}

/**
 * Affinity map: 64 clients for each Service with session affinity, of which a twentieth of all Services is planned.
 *
 * | Services | 2,000  | 10,000 | 20,000  |
 * | entries  | 65,536 | 65,536 | 131,072 |
 */
export function natAffinityMapSize(services: number): Derivation {
  const sticky = Math.ceil(services / 20);
  return { ...mapSize('calico/bpf-map-nat-affinity', 64 * sticky, `${sticky} Services with affinity x 64 clients`, 65_536), confidence: Confidence.ESTIMATE };
}

/**
 * IP set map: members of all selectors that are active on a node; eight selectors that each match every pod fit.
 *
 * | pods    | 36,000    | 60,000    | 150,000   |
 * | entries | 1,048,576 | 1,048,576 | 4,194,304 |
 *
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 1,048,576); the eight are an estimate.
 */
export function ipSetMapSize(pods: number): Derivation {
  return { ...mapSize('calico/bpf-map-ip-sets', 8 * pods, `${pods} pods x 8 selectors`, 1_048_576), confidence: Confidence.ESTIMATE };
}

/**
 * Conntrack map of a node: 2,000 connections for each pod of the largest node, two entries for a connection through a Service.
 *
 * | largest maxPods | 58      | 110     | 250       |
 * | entries         | 512,000 | 524,288 | 1,048,576 |
 *
 * Fixed on purpose: a changed size makes a new map, and established connections break. From Calico 3.30 Felix doubles a full map itself.
 * Source: CAL@v3.32.0; CALDOC FelixConfiguration (default 512,000); 2,000 connections a pod are an estimate.
 */
export function conntrackMapSize(pools: NodePool[]): Derivation {
  const maxPods = Math.max(...pools.map(pool => pool.maxPods));
  const entries = maxPods * 2000 * 2;
  return derived({
    id: 'calico/bpf-map-conntrack',
    value: Math.max(512_000, powerOfTwo(entries)),
    unit: 'entries',
    formula: `max(512000, next power of two of ${maxPods} pods x 2000 connections x 2)`,
    source: 'CAL@v3.32.0 felix/config/config_params.go',
    confidence: Confidence.ESTIMATE,
  });
}
