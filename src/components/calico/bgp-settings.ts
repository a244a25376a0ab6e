import type { CalicoBgpChoice } from './calico-bgp';
import { bgpMeshPeerings, REFLECTORS_OF_A_GROUP, reflectorSessions, routeReflectors } from '../../capacity/calico-capacity';
import { NodeGroup, nodeGroups } from '../../capacity/calico-pool-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { isIpAddress } from '../../cluster/ip-range';
import { LABELS } from '../../cluster/labels';
import { POOL_LABEL } from '../../cluster/node-pool';
import { Derivation } from '../../derivation/derivation';
import { allOf, labelIn, labelNotIn } from '../../formats/calico-selector';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsLabelProblem, quoted } from '../../input/text-safety';

/** Reflectors of one zone. */
export interface ReflectorGroup {
  /** Undefined: one group for all. */
  readonly zone?: string;
  /** Tells groups apart: a reflector drops what its own group has reflected already (RFC 4456). */
  readonly clusterId: string;
}

/** Nodes that keep sessions, and with whom. */
export interface BgpPeering {
  readonly name: string;
  readonly nodeSelector: string;
  /** Other nodes. Undefined: a router. */
  readonly peerSelector?: string;
  readonly peerIP?: string;
  readonly asNumber?: number;
}

export interface BgpSettings {
  readonly enabled: boolean;
  readonly mesh: boolean;
  readonly asNumber?: number;
  readonly reflectorPool?: string;
  readonly groups: ReflectorGroup[];
  readonly peerings: BgpPeering[];
  readonly numbers: { readonly meshPeerings?: Derivation; readonly routeReflectors?: Derivation; readonly sessions?: Derivation };
}

export function bgpSettings(cluster: ClusterFacts, choice: CalicoBgpChoice, problems: Problems): BgpSettings {
  const { machines } = cluster.fleet;
  const zones = zonesOf(nodeGroups(cluster));
  const nothing = { asNumber: choice.asNumber, groups: [], peerings: [], numbers: {} };
  if (choice.asNumber !== undefined) { problems.add(asNumberProblem('bgp: asNumber', choice.asNumber)); }
  switch (choice.kind) {
    case 'off': return { ...nothing, enabled: false, mesh: false };
    case 'mesh': return {
      ...nothing, enabled: true, mesh: true, numbers: { meshPeerings: bgpMeshPeerings(machines), routeReflectors: routeReflectors(machines, zones.length) },
    };
    case 'routers': {
      const { routers } = choice.routers!;
      checkRouters(cluster, choice, problems);
      return {
        ...nothing,
        enabled: true,
        mesh: false,
        peerings: routers.map(({ name, address, asNumber, zones: racks }) => ({ name, nodeSelector: racks ? labelIn(LABELS.zone, racks) : 'all()', peerIP: address, asNumber })),
      };
    }
    case 'reflectors': {
      const pool = choice.reflectors!.nodePool;
      checkReflectors(cluster, pool, zones, problems);
      const groups = zones.length === 0 ? [{ clusterId: '244.0.0.1' }] : zones.map((zone, i) => ({ zone, clusterId: `244.0.0.${i + 1}` }));
      const reflectors = routeReflectors(machines, groups.length);
      return {
        ...nothing,
        enabled: true,
        mesh: false,
        reflectorPool: pool,
        groups,
        peerings: reflectorPeerings(pool, groups),
        numbers: {
          routeReflectors: reflectors, sessions: reflectorSessions(machines, groups.length, cluster.pools.find(p => p.name === pool)?.nodes ?? 0),
        },
      };
    }
  }
}

/** Zones that every node is in one of; none where some nodes have no zone, or all have the same. */
function zonesOf(groups: NodeGroup[]): string[] {
  const zones = new Set(groups.map(group => group.labels[LABELS.zone]));
  return zones.has(undefined as unknown as string) || zones.size < 2 ? [] : [...zones].sort();
}

/** Nodes of a zone with the reflectors of that zone; reflectors with each other. */
function reflectorPeerings(pool: string, groups: ReflectorGroup[]): BgpPeering[] {
  const reflector = labelIn(POOL_LABEL, [pool]);
  return [
    ...groups.map(({ zone }, i): BgpPeering => {
      const inZone = zone === undefined ? [] : [labelIn(LABELS.zone, [zone])];
      // Not equal, and not `in` the other pools: machines of the control plane have no pool.
      return { name: zone === undefined ? 'reflectors' : `reflectors-of-zone-${i + 1}`, nodeSelector: allOf([labelNotIn(POOL_LABEL, [pool]), ...inZone]), peerSelector: allOf([reflector, ...inZone]) };
    }),
    { name: 'between-reflectors', nodeSelector: reflector, peerSelector: reflector },
  ];
}

function asNumberProblem(field: string, value: number): string | undefined {
  return wholeNumberProblem(field, value, { min: 1, max: 4_294_967_294, why: 'number of an autonomous system' });
}

function checkReflectors(cluster: ClusterFacts, name: string, zones: string[], problems: Problems): void {
  const pool = cluster.pools.find(p => p.name === name);
  if (!pool) {
    problems.add(`bgp: there is no node pool '${name}' for route reflectors; pools are ${cluster.pools.map(p => `'${p.name}'`).join(', ')}`);
    return;
  }
  const missing = zones.filter(zone => !pool.zones.includes(zone));
  problems.require(missing.length === 0, `bgp: pool '${name}' has no reflectors in zone ${missing.join(', ')}, whose nodes would have no routes; give the pool all zones of the cluster`);
  const groups = Math.max(1, zones.length);
  const inEach = Math.floor(pool.nodes / groups);
  problems.require(inEach >= REFLECTORS_OF_A_GROUP, `bgp: pool '${name}' has ${pool.nodes} nodes for ${groups} ${groups === 1 ? 'group' : 'zones'}, so that the loss of two can leave nodes without routes; use at least ${groups * REFLECTORS_OF_A_GROUP}`);
  problems.require(pool.nodesToday === pool.nodes, `bgp: pool '${name}' grows from ${pool.nodesToday} to ${pool.nodes} nodes; reflectors are annotated by hand and must all be there: set nodesToday to ${pool.nodes}`);
}

function checkRouters(cluster: ClusterFacts, choice: CalicoBgpChoice, problems: Problems): void {
  const { routers } = choice.routers!;
  problems.require(routers.length > 0, 'bgp: routers must name at least one router');
  const names = routers.map(router => router.name);
  for (const name of new Set(names.filter((n, i) => names.indexOf(n) !== i))) { problems.add(`bgp: the router name '${name}' is used twice; names must differ`); }
  for (const router of routers) {
    problems.add(dnsLabelProblem('bgp: router name', router.name));
    problems.require(isIpAddress(router.address), `bgp: router '${router.name}' needs an IP address, got ${quoted(router.address)}`);
    problems.add(asNumberProblem(`bgp: router '${router.name}': asNumber`, router.asNumber));
  }
  const served = (group: NodeGroup) => routers.filter(({ zones }) => zones === undefined || zones.includes(group.labels[LABELS.zone]));
  for (const group of nodeGroups(cluster).filter(g => served(g).length === 0)) { problems.add(`bgp: no router serves ${group.name}; leave zones out of one, or add one`); }
}
