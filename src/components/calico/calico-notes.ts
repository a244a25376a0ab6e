import { BgpSettings } from './bgp-settings';
import { CalicoEncapsulation } from './calico-choices';
import type { CalicoEbpfProps } from './calico-options';
import { proxyNotes, ProxySettings } from './kube-proxy-settings';
import { CalicoPool } from './pool-settings';
import { FULL_MESH_NODES, POOL_HEADROOM_WANTED, SESSIONS_OF_A_REFLECTOR } from '../../capacity/calico-capacity';
import { PoolClaim, tightClaims } from '../../capacity/calico-pool-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { IpRange } from '../../cluster/ip-range';
import { Derivation } from '../../derivation/derivation';

/** What notes are about. */
export interface NoteInputs {
  readonly pools: CalicoPool[];
  readonly claims: PoolClaim[];
  readonly bgp: BgpSettings;
  readonly headroom: Derivation;
  readonly needed: Derivation;
  readonly proxy?: ProxySettings;
  readonly unwrapped: boolean;
}

/** What works and should be known. */
export function calicoNotes(cluster: ClusterFacts, props: CalicoEbpfProps, inputs: NoteInputs): string[] {
  const { pools, bgp, proxy } = inputs;
  return [
    ...headroomNotes(cluster, props, inputs),
    ...(inputs.unwrapped && props.fabricForwardsPodAddresses !== true ? [unwrappedNote(cluster, pools)] : []),
    ...bgpNotes(cluster, bgp),
    ...(props.strictAffinity ? ['strictAffinity: a node that finds no free block starts no further pod, also while other nodes have idle addresses; watch CalicoAddressBlocksLow'] : []),
    ...(props.tcpIdleSeconds !== undefined && props.tcpIdleSeconds < 600
      ? [`tcpIdleSeconds ${props.tcpIdleSeconds}: clients that are silent for longer without keepalive lose their connection; database pools often are`] : []),
    ...(pools.some(pool => pool.disabled) ? [`pools that give no addresses: ${pools.filter(pool => pool.disabled).map(pool => pool.name).join(', ')}; set disabled to false for the stage that needs them, before its nodes join`] : []),
    ...(proxy ? proxyNotes(cluster, proxy) : []),
    'Felix (9091) and Typha (9093) serve metrics on all addresses of a node: let only the monitoring nodes reach these ports',
  ];
}

function headroomNotes(cluster: ClusterFacts, props: CalicoEbpfProps, { claims, headroom, needed }: NoteInputs): string[] {
  if (props.ipPools !== undefined) {
    return tightClaims(claims).map(({ shares, addresses, claimed, groups }) =>
      `ipPools ${shares.map(({ name }) => `'${name}'`).join(' and ')} hold ${addresses} addresses for ${claimed!.value} that ${groups.map(group => group.name).join(', ')} claim; below ${POOL_HEADROOM_WANTED} times as many, `
      + 'blocks of replaced nodes that are not yet freed can use up the rest');
  }
  if (headroom.value >= POOL_HEADROOM_WANTED) { return []; }
  const range = cluster.network.podCidrs.map(cidr => IpRange.parse('pod range', cidr)).find(({ size }) => size === cluster.network.podAddresses)!;
  const field = `network.${String(range) === cluster.network.podCidr ? 'podCidr' : 'secondaryPodCidr'}`;
  return [`${field} ${range} holds ${headroom.value} times the ${needed.value} addresses of the final size; below ${POOL_HEADROOM_WANTED} blocks of `
    + 'replaced nodes that are not yet freed can use up the rest, and the range cannot be changed later'];
}

function unwrappedNote(cluster: ClusterFacts, pools: CalicoPool[]): string {
  const kinds = [...new Set(pools.map(pool => pool.encapsulation).filter(encapsulation => encapsulation !== CalicoEncapsulation.VXLAN))].sort();
  return `encapsulation ${kinds.join(' and ')} sends pod addresses unwrapped inside ${cluster.network.nodeCidrs.join(' and ')}: source and destination checks of the fabric must be off; `
    + 'say fabricForwardsPodAddresses: true once they are';
}

function bgpNotes(cluster: ClusterFacts, { mesh, numbers: { meshPeerings, routeReflectors, sessions }, groups }: BgpSettings): string[] {
  const machines = cluster.fleet.machines.value;
  return [
    ...(mesh && machines > FULL_MESH_NODES
      ? [`bgp: a full mesh of ${machines} machines has ${meshPeerings!.value} peerings, upstream recommends it up to ${FULL_MESH_NODES} nodes; use CalicoBgp.routeReflectors with a pool of ${routeReflectors!.value} nodes`] : []),
    ...(sessions !== undefined && sessions.value > SESSIONS_OF_A_REFLECTOR
      ? [`bgp: a reflector keeps ${sessions.value} sessions, more than ${SESSIONS_OF_A_REFLECTOR}; ${groups.length > 1 ? 'give its nodes cores for them' : 'give nodes zones, so that each zone has reflectors of its own'}`] : []),
  ];
}
