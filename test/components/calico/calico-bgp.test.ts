import { clusterOf, emit, machine, zonedCluster } from './emit-calico';
import { NodePool } from '../../../src/cluster/node-pool';
import { CalicoBgp } from '../../../src/components/calico/calico-bgp';
import { CalicoEncapsulation } from '../../../src/components/calico/calico-choices';
import { CalicoEbpfProps } from '../../../src/components/calico/calico-options';
import { schemaErrors } from '../../fixtures/upstream/validate';

const REFLECTORS = CalicoBgp.routeReflectors({ nodePool: 'routes', asNumber: 64_601 });

describe('route reflectors', () => {
  test('nodes of a zone peer with the reflectors of that zone, and reflectors with each other', () => {
    const { objects } = emit({ cluster: zonedCluster(), bgp: REFLECTORS });
    const peers = objects.filter(o => o.kind === 'BGPPeer');
    expect(peers.map(peer => [peer.metadata.name, peer.spec])).toEqual([
      ...['a', 'b', 'c'].map((zone, i) => [`reflectors-of-zone-${i + 1}`, {
        nodeSelector: `thousand-node.io/pool != "routes" && topology.kubernetes.io/zone == "${zone}"`, peerSelector: `thousand-node.io/pool == "routes" && topology.kubernetes.io/zone == "${zone}"`,
      }]),
      ['between-reflectors', { nodeSelector: 'thousand-node.io/pool == "routes"', peerSelector: 'thousand-node.io/pool == "routes"' }],
    ]);
    for (const peer of peers) { expect(schemaErrors('1.37', peer)).toEqual([]); }
  });

  test('the mesh ends in a wave of its own, after the peers', () => {
    const { find, objects } = emit({ cluster: zonedCluster(), bgp: REFLECTORS });
    expect(find('BGPConfiguration').spec).toEqual({ nodeToNodeMeshEnabled: false, asNumber: 64_601 });
    expect(find('BGPConfiguration').metadata.labels['thousand-node.io/wave']).toBe('12-network-routes');
    expect(new Set(objects.filter(o => o.kind === 'BGPPeer').map(o => o.metadata.labels['thousand-node.io/wave']))).toEqual(new Set(['11-network-objects']));
    expect(schemaErrors('1.37', find('BGPConfiguration'))).toEqual([]);
  });

  test('reflectors of each zone get a cluster id of their own, before that wave', () => {
    const steps = emit({ cluster: zonedCluster(), bgp: REFLECTORS }).calico.preconditions.filter(text => text.includes('annotate'));
    expect(steps).toHaveLength(3);
    expect(steps[1]).toContain('before wave 12-network-routes: kubectl annotate node -l thousand-node.io/pool=routes,topology.kubernetes.io/zone=b projectcalico.org/RouteReflectorClusterID=244.0.0.2');
  });

  test('nodes without zones are one group', () => {
    const cluster = clusterOf({ pools: [NodePool.of('general', { nodes: 500, machine }), NodePool.of('routes', { nodes: 3, machine })] });
    const { objects, calico } = emit({ cluster, bgp: REFLECTORS });
    expect(objects.filter(o => o.kind === 'BGPPeer').map(o => o.metadata.name)).toEqual(['reflectors', 'between-reflectors']);
    // 508 machines less 3 reflectors, and 2 others
    expect(calico.derivations.find(d => d.id === 'calico/reflector-sessions')!.value).toBe(507);
  });

  test('sessions beyond a thousand get a note', () => {
    const many = clusterOf({ pools: [NodePool.of('general', { nodes: 1200, machine }), NodePool.of('routes', { nodes: 3, machine })] });
    expect(emit({ cluster: many, bgp: REFLECTORS }).calico.notes.join()).toMatch(/a reflector keeps 1207 sessions, more than 1000; give nodes zones/);
    expect(emit({ cluster: zonedCluster(), bgp: REFLECTORS }).calico.notes.join()).not.toContain('sessions, more');
  });

  test('nodes whose sessions are down are watched where BGP runs', () => {
    const alert = (props: CalicoEbpfProps) => emit(props).calico.alertGroups[0].alerts.find(a => a.name === 'CalicoBgpSessionsDown');
    // 1,212 machines, 8 % of them restart at a time: 96.96
    expect(alert({ cluster: zonedCluster(), bgp: REFLECTORS })!.expression).toMatch(/daemonset="calico-node"\} > 97$/);
    expect(alert({ cluster: zonedCluster() })).toBeUndefined();
  });
});

describe('routers', () => {
  test('nodes of a rack peer with its routers, and not with each other', () => {
    const routers = ['a', 'b', 'c'].map((zone, i) => ({ name: `tor-${zone}`, address: `172.16.15.${i + 1}`, asNumber: 65_001 + i, zones: [zone] }));
    const { find, objects } = emit(
      { cluster: zonedCluster(0), bgp: CalicoBgp.routers({ routers }), encapsulation: CalicoEncapsulation.NONE, fabricForwardsPodAddresses: true },
    );
    expect(objects.filter(o => o.kind === 'BGPPeer').map(o => o.spec)).toContainEqual({ nodeSelector: 'topology.kubernetes.io/zone == "b"', peerIP: '172.16.15.2', asNumber: 65_002 });
    expect(find('BGPConfiguration').spec.nodeToNodeMeshEnabled).toBe(false);
    expect(find('Installation').spec.calicoNetwork).toMatchObject({ bgp: 'Enabled', ipPools: [{ encapsulation: 'None' }] });
  });
});

describe('errors', () => {
  test.each<[string, CalicoEbpfProps, RegExp]>([
    ['a pool that does not exist', { cluster: zonedCluster(0), bgp: REFLECTORS }, /bgp: there is no node pool 'routes' for route reflectors; pools are 'general'/],
    ['two reflectors in a zone', { cluster: zonedCluster(8), bgp: REFLECTORS }, /bgp: pool 'routes' has 8 nodes for 3 zones, so that the loss of two can leave nodes without routes; use at least 9/],
    ['a zone without reflectors', {
      cluster: zonedCluster(0, { pools: [NodePool.of('general', { nodes: 300, machine, zones: ['a', 'b', 'c'] }), NodePool.of('routes', { nodes: 9, machine, zones: ['a', 'b'] })] }), bgp: REFLECTORS,
    }, /bgp: pool 'routes' has no reflectors in zone c, whose nodes would have no routes/],
    ['reflectors that come later', {
      cluster: zonedCluster(0, { pools: [NodePool.of('general', { nodes: 300, machine }), NodePool.of('routes', { nodes: 9, nodesToday: 3, machine })] }), bgp: REFLECTORS,
    }, /bgp: pool 'routes' grows from 3 to 9 nodes; reflectors are annotated by hand and must all be there: set nodesToday to 9/],
    ['a number that is no autonomous system', { bgp: CalicoBgp.mesh(0) }, /bgp: asNumber must be a whole number between 1 and 4294967294/],
    ['no routers', { bgp: CalicoBgp.routers({ routers: [] }) }, /bgp: routers must name at least one router/],
    ['a router by name', { bgp: CalicoBgp.routers({ routers: [{ name: 'r', address: 'tor.example.com', asNumber: 1 }] }) }, /bgp: router 'r' needs an IP address, got "tor\.example\.com"/],
    ['two routers of one name', { bgp: CalicoBgp.routers({ routers: [1, 2].map(i => ({ name: 'r', address: `192.0.2.${i}`, asNumber: 1 })) }) }, /bgp: the router name 'r' is used twice/],
    ['a rack without a router', { cluster: zonedCluster(0), bgp: CalicoBgp.routers({ routers: [{ name: 'r', address: '192.0.2.1', asNumber: 1, zones: ['a', 'b'] }] }) }, /bgp: no router serves pool 'general' in c/],
  ])('%s', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });
});
