import { clusterOf, emit, machine, zonedCluster } from './emit-calico';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { NodePool } from '../../../src/cluster/node-pool';
import { CalicoBgp } from '../../../src/components/calico/calico-bgp';
import { CalicoEncapsulation, CalicoInstall, CalicoPoolUse } from '../../../src/components/calico/calico-choices';
import { CalicoIpPool } from '../../../src/components/calico/calico-pool';
import { schemaErrors } from '../../fixtures/upstream/validate';

const ZONES: CalicoIpPool[] = ['a', 'b', 'c'].map((zone, i) => ({ name: `zone-${zone}`, cidr: `10.${i}.0.0/16`, zones: [zone] }));

/** One pool with everything that can be said of it. */
const ALL_FIELDS: CalicoIpPool = {
  name: 'all-fields',
  cidr: '10.0.0.0/12',
  blockSize: 25,
  encapsulation: CalicoEncapsulation.VXLAN_CROSS_SUBNET,
  natOutgoing: false,
  nodePools: ['general'],
  zones: ['a', 'b', 'c'],
  nodeSelector: '!has(special)',
  namespaceSelector: 'tier == "web"',
  disabled: true,
  exportRoutes: false,
  uses: [CalicoPoolUse.WORKLOAD],
};

describe('pools of the Installation and objects of their own', () => {
  test('pools by zone stand in the Installation with selectors of their zone', () => {
    const { find, calico } = emit({ cluster: zonedCluster(0), ipPools: ZONES });
    expect(find('Installation').spec.calicoNetwork.ipPools).toEqual(['a', 'b', 'c'].map((zone, i) => ({
      name: `zone-${zone}`, cidr: `10.${i}.0.0/16`, blockSize: 26, encapsulation: 'VXLAN', natOutgoing: 'Enabled', nodeSelector: `topology.kubernetes.io/zone == "${zone}"`,
    })));
    expect(find('IPPool')).toBeUndefined();
    expect(calico.podCidrs).toEqual(['10.0.0.0/16', '10.1.0.0/16', '10.2.0.0/16']);
  });

  test('what the nodes of a zone claim is counted with the block arithmetic', () => {
    const { derivations } = emit({ cluster: zonedCluster(0), ipPools: ZONES }).calico;
    // (400 nodes + 1 control plane) x 2 blocks x 64
    expect(derivations.filter(d => d.id.startsWith('calico/ip-pool-claims/')).map(d => [d.id, d.value])).toEqual(['a', 'b', 'c'].map(zone => [`calico/ip-pool-claims/zone-${zone}`, 51_328]));
  });

  test.each([
    // release, Calico, pools in the Installation, IPPool objects; oracle: operator validation.go up to v1.32 (one of each family), IPPool fields of v1.34, v1.36
    [KubernetesRelease.V1_25, ['zone-a'], ['zone-b', 'zone-c', 'later']],
    [KubernetesRelease.V1_28, ['zone-a', 'zone-b', 'zone-c'], ['later']],
    [KubernetesRelease.V1_30, ['zone-a', 'zone-b', 'zone-c', 'later'], []],
  ])('on %s the Installation has %j, objects are %j', (release, installed, objects) => {
    const { find, objects: all } = emit({ cluster: zonedCluster(0, { release }), ipPools: [...ZONES, { name: 'later', cidr: '10.3.0.0/16', disabled: true }] });
    const pools = find('Installation').spec.calicoNetwork.ipPools;
    expect(pools.map((pool: any) => pool.cidr)).toEqual(installed.map(name => (name === 'later' ? '10.3.0.0/16' : `10.${'abc'.indexOf(name.slice(-1))}.0.0/16`)));
    const own = all.filter(o => o.kind === 'IPPool');
    expect(own.map(o => o.metadata.name)).toEqual(objects);
    for (const pool of own) {
      expect(pool.spec).toMatchObject({ ipipMode: 'Never', vxlanMode: 'Always', blockSize: 26, natOutgoing: true });
      expect(pool.spec.disabled).toBe(pool.metadata.name === 'later' ? true : undefined);
      expect(schemaErrors(release.version, pool)).toEqual([]);
    }
  });

  test('every field of a pool reaches its object', () => {
    const { find } = emit({ cluster: zonedCluster(0), ipPools: [{ name: 'base', cidr: '10.16.0.0/12' }, ALL_FIELDS] });
    expect(find('IPPool', 'all-fields').spec).toEqual({
      cidr: '10.0.0.0/12',
      blockSize: 25,
      ipipMode: 'Never',
      vxlanMode: 'CrossSubnet',
      natOutgoing: false,
      disabled: true,
      disableBGPExport: true,
      allowedUses: ['Workload'],
      nodeSelector: 'thousand-node.io/pool == "general" && topology.kubernetes.io/zone in { "a", "b", "c" } && !has(special)',
      namespaceSelector: 'tier == "web"',
    });
  });

  test.each(Object.keys(ALL_FIELDS).filter(name => !['name', 'namespaceSelector', 'uses'].includes(name)))('field %s of a pool reaches the Installation', name => {
    const base: CalicoIpPool = { name: 'p', cidr: '10.16.0.0/12' };
    const other = name === 'cidr' ? '10.32.0.0/12' : ALL_FIELDS[name as keyof CalicoIpPool];
    const output = (pool: CalicoIpPool) => emit({ cluster: zonedCluster(0), ipPools: [{ name: 'all', cidr: '10.0.0.0/12' }, pool] }).find('Installation');
    expect(output({ ...base, [name]: other })).not.toEqual(output(base));
  });

  test('a pool for tunnels alone takes blocks of one address', () => {
    const { find, calico } = emit({
      cluster: zonedCluster(0), ipPools: [{ name: 'pods', cidr: '10.0.0.0/13', uses: [CalicoPoolUse.WORKLOAD] }, { name: 'tunnels', cidr: '10.8.0.0/20', uses: [CalicoPoolUse.TUNNEL] }],
    });
    expect(find('Installation').spec.calicoNetwork.ipPools[1]).toMatchObject({ blockSize: 32, allowedUses: ['Tunnel'] });
    // 1,203 machines, one address each; pods need none for the tunnel: 110 of 128
    expect(calico.derivations.find(d => d.id === 'calico/ip-pool-claims/tunnels')!.value).toBe(1203);
    expect(calico.tunnelCidrs).toEqual(['10.8.0.0/20']);
  });

  test('two families have pools of their own', () => {
    const cluster = clusterOf({ network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20', dualStack: true } });
    const { find } = emit({ cluster, ipPools: [{ name: 'four', cidr: '10.0.0.0/12' }, { name: 'six', cidr: 'fd00:10::/108' }] });
    expect(find('Installation').spec.calicoNetwork.ipPools.map((pool: any) => [pool.name, pool.blockSize])).toEqual([['four', 26], ['six', 122]]);
  });

  test('with upstream\'s manifests every pool is an object, and Felix is told to use eBPF', () => {
    const { objects, find, calico } = emit({ cluster: zonedCluster(0), install: CalicoInstall.MANIFESTS });
    expect(objects.map(o => `${o.kind} ${o.metadata.namespace ?? ''} ${o.metadata.name}`)).toEqual([
      'ConfigMap kube-system kubernetes-services-endpoint', 'FelixConfiguration  default', 'IPPool  default-ipv4-ippool',
    ]);
    expect(find('FelixConfiguration').spec.bpfEnabled).toBe(true);
    // 1,203 machines: min(20, floor(1203 / 200) + 2)
    expect(calico.preconditions.join('\n')).toMatch(/calico-typha with 8 replicas.*calico_backend: vxlan/);
    expect(calico.preconditions.join('\n')).toContain('IP_AUTODETECTION_METHOD=cidr=172.16.0.0/20');
    expect(calico.apiClients.map(client => client.namespace)).toEqual(['kube-system', 'kube-system', 'kube-system']);
  });

  test('an operator of somebody else gets everything but itself', () => {
    const own = emit({ cluster: zonedCluster(0) }).objects.map(o => `${o.kind} ${o.metadata.name}`);
    const others = emit({ cluster: zonedCluster(0), install: CalicoInstall.EXISTING_OPERATOR });
    expect(own.filter(name => !others.objects.some(o => `${o.kind} ${o.metadata.name}` === name))).toEqual([
      'Namespace tigera-operator', 'ServiceAccount tigera-operator', 'ClusterRole tigera-operator:tigera-operator', 'ClusterRoleBinding tigera-operator:tigera-operator',
      'ClusterRole tigera-operator-secrets', 'RoleBinding tigera-operator-secrets', 'Deployment tigera-operator',
    ]);
    expect(others.calico.preconditions.join('\n')).toContain('operator 1.42.0 (Calico 3.32.0) runs in tigera-operator');
  });
});

describe('bad pools', () => {
  const cluster = zonedCluster(0);
  test.each<[string, Parameters<typeof emit>[0], RegExp]>([
    ['no pool', { ipPools: [] }, /ipPools must name 1 to 25 pools, got 0; leave it out to use the pod range as it is/],
    ['the same name twice', { ipPools: [ZONES[0], { ...ZONES[1], name: 'zone-a' }] }, /ipPools: the name 'zone-a' is used twice; pool names must differ/],
    ['no range', { ipPools: [{ name: 'p', cidr: '10.0.0.0' }] }, /ipPools 'p': cidr must be a range such as 10\.0\.0\.0\/11/],
    ['overlapping pools', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12' }, { name: 'q', cidr: '10.8.0.0/13' }] }, /ipPools 'p' 10\.0\.0\.0\/12 and ipPools 'q' 10\.8\.0\.0\/13 overlap; ranges of pools, Services and machines must be disjoint/],
    ['a pool over Services', { ipPools: [{ name: 'p', cidr: '10.0.0.0/9' }] }, /ipPools 'p' 10\.0\.0\.0\/9 and Services 10\.96\.0\.0\/16 overlap/],
    ['a zone without a pool', { ipPools: ZONES.slice(0, 2) }, /ipPools: no enabled pool serves pool 'general' in c, control plane in c; their pods would stay without address/],
    ['a pool too small for the final size of its zone', { ipPools: [...ZONES.slice(0, 2), { name: 'zone-c', cidr: '10.2.0.0/17', zones: ['c'] }] },
      // 32,768 < 401 x 2 x 64
      /ipPools: 'zone-c' 10\.2\.0\.0\/17 has 32768 addresses, pool 'general' in c, control plane in c claim 51328 = .*; use \/16 or larger, or lower maxPods of the pools/],
    ['a disabled pool counts for nothing', { ipPools: [...ZONES.slice(0, 2), { ...ZONES[2], disabled: true }] }, /no enabled pool serves pool 'general' in c/],
    ['a block size below the operator\'s range', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12', blockSize: 19 }] }, /ipPools 'p': blockSize must be a whole number between 20 and 32/],
    ['a block size of IPv6 above the range', { cluster: clusterOf({ network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20', dualStack: true } }), ipPools: [{ name: 'p', cidr: '10.0.0.0/12' }, { name: 's', cidr: 'fd00:10::/64', blockSize: 115 }] },
      /ipPools 's': blockSize must be a whole number between 116 and 128/],
    ['a family that pods do not have', { ipPools: [{ name: 'p', cidr: 'fd00:10::/64' }] }, /ipPools 'p': cidr fd00:10::\/64 is IPv6, pods of this cluster have IPv4/],
    ['a node pool that does not exist', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12', nodePools: ['web'] }] }, /ipPools 'p': there is no node pool 'web'; pools are 'general'/],
    ['an empty list', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12', zones: [] }] }, /an empty list selects nothing; leave it out for all/],
    ['no selector', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12', nodeSelector: 'pool = web' }] }, /ipPools 'p': nodeSelector: .*is no selector of Calico/],
    ['namespaces with a version that lacks them', { cluster: zonedCluster(0, { release: KubernetesRelease.V1_31 }), ipPools: [{ name: 'p', cidr: '10.0.0.0/12' }, { name: 'n', cidr: '10.16.0.0/16', namespaceSelector: 'has(x)', uses: [CalicoPoolUse.WORKLOAD] }] },
      /ipPools 'n': namespaceSelector was added in Calico 3\.31, the cluster's release 1\.31 goes with 3\.30\.0/],
    ['namespaces and tunnels', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12' }, { name: 'n', cidr: '10.16.0.0/16', namespaceSelector: 'has(x)' }] }, /gives no tunnel addresses, which belong to no namespace/],
    ['tunnels without a pool', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12', uses: [CalicoPoolUse.WORKLOAD] }] }, /ipPools: no enabled pool gives tunnel addresses to pool 'general' in a/],
    ['no routes', { ipPools: [{ name: 'p', cidr: '10.0.0.0/12', encapsulation: CalicoEncapsulation.NONE }] }, /encapsulation None needs routes between nodes/],
    ['an address that is none', { reservedAddresses: ['10.0.0.0/8 '] }, /reservedAddresses: must be a range/],
    ['strict affinity with a version that lacks the kind', { cluster: zonedCluster(0, { release: KubernetesRelease.V1_22 }), strictAffinity: true }, /strictAffinity: kind IPAMConfiguration was added in Calico 3\.24, the cluster's release 1\.22 goes with 3\.22\.0/],
    ['blocks of a node out of bounds', { maxBlocksPerHost: 0 }, /maxBlocksPerHost must be a whole number between 1 and 1000000/],
    ['pods beyond the blocks that are allowed', { maxBlocksPerHost: 1 }, /pool 'general': maxPods must fit the 1 blocks that Calico gives to one node, got 110 pods .*raise maxBlocksPerHost/],
  ])('%s', (_, props, message) => {
    expect(() => emit({ cluster, ...props })).toThrow(message);
  });
});

describe('notes', () => {
  test('a zone whose pool holds less than 1.3 times its claims is named, others are not', () => {
    const cluster = clusterOf({ pools: [NodePool.of('general', { nodes: 440, machine, zones: ['a'] })], controlPlane: { endpoint: '172.16.0.5:6443', members: [{ name: 'cp', address: '172.16.0.11', zone: 'a' }] } });
    // 441 x 128 = 56,448 of 65,536
    expect(emit({ cluster, ipPools: [ZONES[0]] }).calico.notes[0]).toMatch(/ipPools 'zone-a' hold 65536 addresses for 56448/);
    expect(emit({ cluster, ipPools: [{ ...ZONES[0], cidr: '10.0.0.0/15' }] }).calico.notes.join()).not.toContain('ipPools \'zone-a\'');
  });

  test('pools of later stages are named', () => {
    const { notes } = emit({ cluster: zonedCluster(0), ipPools: [...ZONES, { name: 'stage-2', cidr: '10.16.0.0/14', disabled: true }] }).calico;
    expect(notes.join()).toMatch(/pools that give no addresses: stage-2/);
  });

  test('blocks of several pools are watched pool by pool', () => {
    const { alertGroups } = emit({ cluster: zonedCluster(0), ipPools: ZONES }).calico;
    // 65,536 / 64 = 1,024 blocks, 85 % = 870
    expect(alertGroups[0].alerts.find(a => a.name === 'CalicoAddressBlocksLow')!.expression).toContain('ippool="zone-b"}) > 870');
  });

  test('strict affinity ends borrowing, and with it the alert on it', () => {
    const names = (strictAffinity: boolean) => emit({ cluster: zonedCluster(0), strictAffinity }).calico.alertGroups[0].alerts.map(a => a.name);
    expect(names(false)).toContain('CalicoAddressesBorrowed');
    expect(names(true)).not.toContain('CalicoAddressesBorrowed');
  });

  test('without encapsulation machines have no tunnel addresses', () => {
    expect(emit({ cluster: clusterOf(), bgp: CalicoBgp.mesh(), encapsulation: CalicoEncapsulation.NONE }).calico.tunnelCidrs).toEqual([]);
  });
});
