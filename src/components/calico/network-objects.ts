import { Construct } from 'constructs';
import { BgpPeering, BgpSettings } from './bgp-settings';
import { CalicoSettings } from './calico-settings';
import { felixConfiguration, poolModes } from './felix-document';
import { ONLY_NAME } from './installation-document';
import type { CalicoPool } from './pool-settings';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { isIpAddress } from '../../cluster/ip-range';
import { inClusterObject, Manifest, ObjectOwner } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';

const API_VERSION = 'projectcalico.org/v3';

/** Objects of `projectcalico.org/v3`. A wave of their own: their kinds are served only once the API of Calico is. */
export function networkObjects(scope: Construct, owner: ObjectOwner, cluster: ClusterFacts, settings: CalicoSettings): void {
  const own = { ...owner, wave: WAVE.networkObjects };
  inClusterObject(scope, 'FelixConfiguration', own, felixConfiguration(cluster, settings));
  if (settings.ipam) {
    const claims = inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES.autoAllocateBlocks) ? { autoAllocateBlocks: true } : {};
    inClusterObject(scope, 'IpamConfiguration', own, object('IPAMConfiguration', ONLY_NAME, { ...settings.ipam, ...claims }));
  }
  for (const pool of settings.pools.filter(p => !p.inInstallation)) { inClusterObject(scope, `Pool-${pool.name}`, own, ipPool(pool)); }
  if (settings.reservedAddresses.length > 0) {
    inClusterObject(scope, 'Reservation', own, object('IPReservation', 'reserved-addresses', { reservedCIDRs: settings.reservedAddresses.map(asRange) }));
  }
  for (const peering of settings.bgp.peerings) { inClusterObject(scope, `Peer-${peering.name}`, own, bgpPeer(peering)); }
  const routes = bgpConfiguration(settings.bgp);
  // After the peers: nodes whose mesh ends before their new sessions stand lose every route.
  if (routes) { inClusterObject(scope, 'BgpConfiguration', { ...owner, wave: settings.bgp.mesh ? WAVE.networkObjects : WAVE.networkRoutes }, routes); }
}

function object(kind: string, name: string, spec: object): Manifest {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

function ipPool(pool: CalicoPool): Manifest {
  return object('IPPool', pool.name, {
    cidr: pool.cidr,
    blockSize: pool.blockSize,
    ...poolModes(pool.encapsulation),
    natOutgoing: pool.natOutgoing,
    nodeSelector: pool.nodeSelector,
    namespaceSelector: pool.namespaceSelector,
    disabled: pool.disabled ? true : undefined,
    disableBGPExport: pool.exportRoutes ? undefined : true,
    allowedUses: pool.uses,
  });
}

/** One address as the range that holds it alone. */
function asRange(text: string): string {
  return isIpAddress(text) ? `${text}/${text.includes(':') ? 128 : 32}` : text;
}

function bgpPeer({ name, nodeSelector, peerSelector, peerIP, asNumber }: BgpPeering): Manifest {
  return object('BGPPeer', name, { nodeSelector, peerSelector, peerIP, asNumber });
}

/** Undefined where Calico's own values do: no BGP, or a mesh in its own autonomous system. */
function bgpConfiguration({ enabled, mesh, asNumber }: BgpSettings): Manifest | undefined {
  if (!enabled || (mesh && asNumber === undefined)) { return undefined; }
  return object('BGPConfiguration', ONLY_NAME, { nodeToNodeMeshEnabled: mesh, asNumber });
}
