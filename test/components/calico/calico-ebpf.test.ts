import { clusterOf, emit, machine, zonedCluster } from './emit-calico';
import { felixFieldProblem } from '../../../src/catalogue/felix-fields';
import { ImageRegistry } from '../../../src/cluster/image-registry';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { NodePool } from '../../../src/cluster/node-pool';
import { CalicoBgp } from '../../../src/components/calico/calico-bgp';
import { CalicoApiAccess, CalicoApiBootstrap, CalicoEncapsulation, CalicoInstall, CalicoServiceMode } from '../../../src/components/calico/calico-choices';
import { CalicoEbpfProps } from '../../../src/components/calico/calico-options';
import { KubeProxyMode } from '../../../src/components/calico/kube-proxy-options';
import { ApiClientKind } from '../../../src/contracts/contributions';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

const RELEASES = KubernetesRelease.all();

describe('what is emitted', () => {
  test('alone: operator, its rights, the endpoint, Installation, API server of Calico, Felix', () => {
    expect(emit().objects.map(o => `${o.kind} ${o.metadata.name}`)).toEqual([
      'Namespace tigera-operator',
      'ServiceAccount tigera-operator',
      'ClusterRole tigera-operator:tigera-operator',
      'ClusterRoleBinding tigera-operator:tigera-operator',
      'ClusterRole tigera-operator-secrets',
      'RoleBinding tigera-operator-secrets',
      'ConfigMap kubernetes-services-endpoint',
      'Deployment tigera-operator',
      'Installation default',
      'APIServer default',
      'FelixConfiguration default',
    ]);
  });

  test.each(RELEASES.map(release => [release.version, release] as const))('every object is valid on Kubernetes %s', (version, release) => {
    for (const object of emit({ cluster: clusterOn(release) }).objects) {
      expect([object.kind, schemaErrors(version, object)]).toEqual([object.kind, []]);
    }
  });

  test('objects that need the API server of Calico come in a wave of their own, after what starts it', () => {
    const { objects } = emit();
    expect(objects.filter(o => o.metadata.labels['thousand-node.io/wave'] === '11-network-objects').map(o => o.kind)).toEqual(['FelixConfiguration']);
    expect(objects.filter(o => o.apiVersion.startsWith('projectcalico.org')).map(o => o.kind)).toEqual(['FelixConfiguration']);
  });

  test('the same input gives the same objects', () => {
    expect(emit({ cluster: clusterOf() }).objects).toEqual(emit({ cluster: clusterOf() }).objects);
  });
});

describe('the seed article', () => {
  const all = RELEASES.map(release => emit({ cluster: clusterOn(release) }));

  test('no object of the group crd.projectcalico.org is ever written (CALICO-08)', () => {
    expect(all.flatMap(({ objects }) => objects).filter(o => o.apiVersion.startsWith('crd.projectcalico.org'))).toEqual([]);
    for (const { find } of all) { expect(find('APIServer').spec).toEqual({}); }
  });

  test('eBPF is asked for in the Installation, never in FelixConfiguration: the operator owns that field (CALICO-05)', () => {
    for (const { find } of all) {
      expect(find('Installation').spec.calicoNetwork.linuxDataplane).toBe('BPF');
      expect(find('FelixConfiguration').spec).not.toHaveProperty('bpfEnabled');
    }
  });

  test('the API servers are named by their load balancer before the operator starts (CALICO-04)', () => {
    const { objects, find } = emit({ cluster: clusterOf() });
    expect(find('ConfigMap')).toMatchObject({
      metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
      data: { KUBERNETES_SERVICE_HOST: '172.16.0.5', KUBERNETES_SERVICE_PORT: '8443' },
    });
    expect(objects.indexOf(find('ConfigMap'))).toBeLessThan(objects.indexOf(find('Deployment')));
    expect(find('Deployment').spec.template.spec.containers[0].envFrom).toEqual([{ configMapRef: { name: 'kubernetes-services-endpoint', optional: true } }]);
  });

  test('defaults of Felix are not repeated, and policy keeps its place in the chains (CALICO-01, -02, -03, -06)', () => {
    for (const { find } of all) {
      for (const field of ['iptablesRefreshInterval', 'maxIpsetSize', 'chainInsertMode', 'bpfExternalServiceMode', 'bpfKubeProxyIptablesCleanupEnabled', 'logSeverityScreen']) {
        expect(find('FelixConfiguration').spec).not.toHaveProperty(field);
      }
    }
  });

  test('the pool holds the final size, and BGP is decided (CALICO-09, CALICO-10)', () => {
    const { calico, find } = emit({ cluster: clusterOf() });
    expect(find('Installation').spec.calicoNetwork).toMatchObject({
      bgp: 'Disabled',
      ipPools: [{ cidr: '10.0.0.0/11', blockSize: 26, encapsulation: 'VXLAN', natOutgoing: 'Enabled', nodeSelector: 'all()' }],
      nodeAddressAutodetectionV4: { cidrs: ['172.16.0.0/20'] },
    });
    // floor((1200 + 5) / 200) + 2
    expect(calico.typhaReplicas).toBe(8);
  });

  test('metrics of Felix and Typha have ports, and a note says who can reach them (CALICO-11)', () => {
    const { calico, find } = emit();
    expect(find('Installation').spec).toMatchObject({ nodeMetricsPort: 9091, typhaMetricsPort: 9093 });
    expect(find('FelixConfiguration').spec).toMatchObject({ prometheusMetricsEnabled: true, prometheusMetricsPort: 9091 });
    expect(calico.notes.join()).toContain('all addresses of a node');
  });
});

describe('versions', () => {
  test.each([
    // release, Calico, operator
    [KubernetesRelease.V1_22, '3.22', 'quay.io/tigera/operator:v1.25.0'],
    [KubernetesRelease.V1_33, '3.31', 'quay.io/tigera/operator:v1.40.0'],
    [KubernetesRelease.V1_37, '3.32', 'quay.io/tigera/operator:v1.42.0'],
  ])('%s goes with Calico %s and operator %s', (release, calico, image) => {
    const cluster = clusterOn(release);
    expect(cluster.versions.calico.startsWith(calico)).toBe(true);
    expect(emit({ cluster }).find('Deployment').spec.template.spec.containers[0].image).toBe(image);
  });

  test.each([
    // field of the Installation, last release without, first release with
    ['typhaDeployment', KubernetesRelease.V1_22, KubernetesRelease.V1_23],
    ['calicoNodeDaemonSet', KubernetesRelease.V1_22, KubernetesRelease.V1_23],
  ])('%s is written from %s to %s on', (field, without, having) => {
    expect(emit({ cluster: clusterOn(without) }).find('Installation').spec).not.toHaveProperty(field);
    expect(emit({ cluster: clusterOn(having) }).find('Installation').spec).toHaveProperty(field);
  });

  test('before that, the same requests stand in componentResources', () => {
    const components = emit({ cluster: clusterOn(KubernetesRelease.V1_22) }).find('Installation').spec.componentResources;
    expect(components.map((c: any) => c.componentName)).toEqual(['Node', 'Typha', 'KubeControllers']);
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_23) }).find('Installation').spec).not.toHaveProperty('componentResources');
  });

  test('pools have names from Calico 3.28 on', () => {
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_25) }).find('Installation').spec.calicoNetwork.ipPools[0]).not.toHaveProperty('name');
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_26) }).find('Installation').spec.calicoNetwork.ipPools[0].name).toBe('default-ipv4-ippool');
  });

  test.each([
    // field, Kubernetes of the last Calico without, of the first with
    ['bpfMapSizeRoute', KubernetesRelease.V1_22, KubernetesRelease.V1_23],
    ['bpfMapSizeConntrack', KubernetesRelease.V1_22, KubernetesRelease.V1_23],
    ['bpfMapSizeConntrackScaling', KubernetesRelease.V1_30, KubernetesRelease.V1_31],
  ])('Felix knows %s from the Calico of %s to that of %s on', (field, without, having) => {
    expect(emit({ cluster: clusterOn(without) }).find('FelixConfiguration').spec).not.toHaveProperty(field);
    expect(emit({ cluster: clusterOn(having) }).find('FelixConfiguration').spec).toHaveProperty(field);
  });

  test.each(RELEASES.map(release => [release.version, release] as const))('Felix of the Calico that goes with %s knows every field', (_, release) => {
    const cluster = clusterOn(release);
    const fields = Object.keys(emit({ cluster }).find('FelixConfiguration').spec);
    expect(fields.map(field => felixFieldProblem(field, cluster.versions.calico)).filter(problem => problem !== undefined)).toEqual([]);
  });

  test('IP sets are re-read every 90 s where Felix would do so every 10 s (up to Calico 3.28)', () => {
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_28) }).find('FelixConfiguration').spec.ipsetsRefreshInterval).toBe('90s');
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_29) }).find('FelixConfiguration').spec).not.toHaveProperty('ipsetsRefreshInterval');
  });

  test('the operator manages CustomResourceDefinitions from 3.30 on and may do so only then', () => {
    const before = emit({ cluster: clusterOn(KubernetesRelease.V1_30) });
    const after = emit({ cluster: clusterOn(KubernetesRelease.V1_31) });
    expect(before.find('Deployment').spec.template.spec.containers[0].args ?? []).toEqual([]);
    expect(after.find('Deployment').spec.template.spec.containers[0].args).toEqual(['-manage-crds=true']);
    const groups = ({ find }: typeof before) => find('ClusterRole').rules.flatMap((rule: any) => rule.apiGroups);
    expect(groups(before)).not.toContain('apiextensions.k8s.io');
    expect(groups(after)).toContain('apiextensions.k8s.io');
  });

  test('Secrets of the whole cluster are written up to 3.29, later only where the operator binds its second role', () => {
    const writesSecrets = (release: KubernetesRelease) => emit({ cluster: clusterOn(release) }).find('ClusterRole').rules
      .some((rule: any) => rule.resources.includes('secrets') && rule.verbs.includes('create'));
    expect(writesSecrets(KubernetesRelease.V1_30)).toBe(true);
    expect(writesSecrets(KubernetesRelease.V1_31)).toBe(false);
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_30) }).find('RoleBinding')).toBeUndefined();
  });

  test.each([
    // release, group/resource, verbs, oracle: manifests/tigera-operator.yaml of that Calico release
    [KubernetesRelease.V1_22, 'operator.tigera.io/*', 'create delete get list patch update watch'],
    [KubernetesRelease.V1_22, 'policy/podsecuritypolicies', 'create delete get list update watch'],
    [KubernetesRelease.V1_26, 'policy/podsecuritypolicies', undefined],
    [KubernetesRelease.V1_26, 'operator.tigera.io/installations', 'delete get list patch update watch'],
    [KubernetesRelease.V1_32, 'apiregistration.k8s.io/apiservices', 'create list update watch'],
    [KubernetesRelease.V1_37, 'apiregistration.k8s.io/apiservices', 'create delete list update watch'],
    [KubernetesRelease.V1_32, 'discovery.k8s.io/endpointslices', undefined],
    [KubernetesRelease.V1_33, 'discovery.k8s.io/endpointslices', 'get list watch'],
    [KubernetesRelease.V1_37, 'projectcalico.org/felixconfigurations', 'create get list patch watch'],
    [KubernetesRelease.V1_37, 'rbac.authorization.k8s.io/clusterroles', 'bind create delete escalate get list update watch'],
  ])('on %s the operator has %s: %s', (release, resource, verbs) => {
    const [group, kind] = resource.split('/');
    const granted = emit({ cluster: clusterOn(release) }).find('ClusterRole').rules
      .filter((rule: any) => rule.apiGroups.includes(group) && rule.resources.includes(kind) && rule.resourceNames === undefined)
      .flatMap((rule: any) => rule.verbs);
    expect(granted.length > 0 ? [...new Set(granted)].sort().join(' ') : undefined).toBe(verbs);
  });
});

describe('props', () => {
  const cluster = clusterOf();
  const ALL: Required<Omit<CalicoEbpfProps, 'cluster' | 'kubeProxy'>> = {
    install: CalicoInstall.EXISTING_OPERATOR,
    apiAccess: CalicoApiAccess.NATIVE,
    encapsulation: CalicoEncapsulation.NONE,
    fabricForwardsPodAddresses: true,
    blockSize: 25,
    ipPools: [{ name: 'all', cidr: '10.0.0.0/12' }],
    reservedAddresses: ['10.0.0.1', '10.0.1.0/24'],
    strictAffinity: true,
    maxBlocksPerHost: 30,
    bgp: CalicoBgp.mesh(64_600),
    natOutgoing: false,
    wireguard: true,
    linkMtu: 9001,
    mtu: 8900,
    apiBootstrap: CalicoApiBootstrap.OPERATOR,
    serviceMode: CalicoServiceMode.DSR,
    dsrOptOutCidrs: ['192.0.2.0/24'],
    bpfMapSizeConntrack: 2_000_000,
    tcpIdleSeconds: 900,
    felixOverrides: { goGCThreshold: 80 },
    maxUnavailablePercent: 3,
  };

  test('all props together', () => {
    const { calico, find, objects } = emit({ cluster, ...ALL });
    expect(find('Installation').spec).toMatchObject({
      calicoNetwork: {
        bgp: 'Enabled',
        mtu: 8900,
        bpfNetworkBootstrap: 'Enabled',
        kubeProxyManagement: 'Enabled',
        ipPools: [{ name: 'all', cidr: '10.0.0.0/12', blockSize: 25, encapsulation: 'None', natOutgoing: 'Disabled' }],
      },
      nodeUpdateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '3%' } },
    });
    expect(find('FelixConfiguration').spec).toMatchObject({
      bpfMapSizeConntrack: 2_000_000,
      bpfExternalServiceMode: 'DSR',
      bpfDSROptoutCIDRs: ['192.0.2.0/24'],
      bpfConntrackTimeouts: { tcpEstablished: '900s' },
      wireguardEnabled: true,
      goGCThreshold: 80,
    });
    expect(find('IPAMConfiguration').spec).toEqual({ strictAffinity: true, maxBlocksPerHost: 30, autoAllocateBlocks: true });
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_33), strictAffinity: true }).find('IPAMConfiguration').spec).toEqual({ strictAffinity: true, maxBlocksPerHost: 0 });
    expect(find('IPReservation').spec).toEqual({ reservedCIDRs: ['10.0.0.1/32', '10.0.1.0/24'] });
    expect(find('BGPConfiguration').spec).toEqual({ nodeToNodeMeshEnabled: true, asNumber: 64_600 });
    expect(find('ConfigMap')).toBeUndefined();
    expect(calico.blockSize).toBe(25);
    for (const object of objects) { expect([object.kind, schemaErrors('1.37', object)]).toEqual([object.kind, []]); }
  });

  // What a prop needs beside it to be allowed.
  const BESIDE: { [name: string]: CalicoEbpfProps } = {
    encapsulation: { bgp: CalicoBgp.mesh() },
    dsrOptOutCidrs: { serviceMode: CalicoServiceMode.DSR, fabricForwardsPodAddresses: true },
    serviceMode: { fabricForwardsPodAddresses: true },
    linkMtu: {},
    mtu: { linkMtu: 9001 },
  };

  test.each(Object.keys(ALL).filter(name => !['apiAccess', 'fabricForwardsPodAddresses'].includes(name)))('prop %s reaches the output', name => {
    const beside = BESIDE[name] ?? {};
    expect(emit({ cluster, ...beside, [name]: ALL[name as keyof typeof ALL] }).objects).not.toEqual(emit({ cluster, ...beside }).objects);
  });

  test('prop kubeProxy reaches the output', () => {
    expect(emit({ cluster, kubeProxy: {} }).objects).not.toEqual(emit({ cluster }).objects);
    expect(emit({ cluster, kubeProxy: { conntrackMaxPerCore: 50_000 } }).objects).not.toEqual(emit({ cluster, kubeProxy: {} }).objects);
    expect(emit({ cluster, kubeProxy: { mode: KubeProxyMode.IPTABLES } }).objects).not.toEqual(emit({ cluster, kubeProxy: {} }).objects);
  });

  test('prop apiAccess changes how the definitions come, and that nobody waits for an API server', () => {
    const { preconditions } = emit({ cluster, apiAccess: CalicoApiAccess.NATIVE }).calico;
    expect(preconditions.join('\n')).toContain('v3_projectcalico_org.yaml');
    expect(preconditions.join('\n')).not.toContain('tigerastatus/apiserver');
    expect(preconditions.join('\n')).not.toContain('MutatingAdmissionPolicy');
    const older = emit({ cluster: clusterOn(KubernetesRelease.V1_35), apiAccess: CalicoApiAccess.NATIVE }).calico.preconditions.join('\n');
    expect(older).toContain('feature gate MutatingAdmissionPolicy');
  });

  test('prop fabricForwardsPodAddresses ends the note that names the duty', () => {
    const note = (props: CalicoEbpfProps) => emit({ cluster, encapsulation: CalicoEncapsulation.VXLAN_CROSS_SUBNET, ...props }).calico.notes.join();
    expect(note({})).toContain('source and destination checks');
    expect(note({ fabricForwardsPodAddresses: true })).not.toContain('source and destination checks');
  });

  test('prop encapsulation reaches the output', () => {
    const { calico, find } = emit({ cluster, encapsulation: CalicoEncapsulation.VXLAN_CROSS_SUBNET });
    expect(find('Installation').spec.calicoNetwork.ipPools[0].encapsulation).toBe('VXLANCrossSubnet');
    expect(calico.notes.join()).toContain('172.16.0.0/20');
  });

  test('the ConfigMap and the operator\'s own bootstrap exclude each other', () => {
    const { find, calico } = emit({ cluster, apiBootstrap: CalicoApiBootstrap.OPERATOR });
    expect(find('ConfigMap')).toBeUndefined();
    expect(calico.preconditions.join()).toContain('kube-proxy must run in kube-system');
    expect(emit({ cluster }).find('Installation').spec.calicoNetwork).not.toHaveProperty('bpfNetworkBootstrap');
    expect(emit({ cluster }).calico.preconditions.join()).toContain('kube-proxy must not run');
  });

  test('a mirror is where the operator and everything it installs come from', () => {
    const { find } = emit({ cluster: clusterOf({ imageRegistry: ImageRegistry.mirror('mirror.example.com/k8s') }) });
    expect(find('Installation').spec.registry).toBe('mirror.example.com/k8s/');
    expect(find('Deployment').spec.template.spec.containers[0].image).toBe('mirror.example.com/k8s/tigera/operator:v1.42.0');
    expect(emit().find('Installation').spec).not.toHaveProperty('registry');
  });

  test('IPv6 ranges get the IPv6 pool and node addresses', () => {
    const v6 = clusterOf({
      network: { podCidr: 'fd00:10::/48', serviceCidr: 'fd00:96::/112', nodeCidr: 'fd00:172::/64' },
      controlPlane: { endpoint: '[fd00:172::5]:6443', members: [{ name: 'cp-1', address: 'fd00:172::11' }] },
    });
    expect(emit({ cluster: v6 }).find('Installation').spec.calicoNetwork).toMatchObject({
      ipPools: [{ name: 'default-ipv6-ippool', cidr: 'fd00:10::/48', blockSize: 122 }], nodeAddressAutodetectionV6: { cidrs: ['fd00:172::/64'] },
    });
  });
});

describe('errors', () => {
  test.each<[string, CalicoEbpfProps, RegExp]>([
    // 2,375 x 110 = 261,250 addresses fit, 2,375 x 2 x 64 = 304,000 do not.
    ['range too small for whole blocks', { cluster: clusterOf({ podCidr: '10.0.0.0/14', pools: [NodePool.of('general', { nodes: 2370, machine })] }) },
      /network\.podCidr 10\.0\.0\.0\/14 has 262144 addresses, the final size claims 304000 = .*; use \/13 or larger, or lower maxPods of the pools/],
    ['pods beyond the blocks of a node', { cluster: clusterOf({ pools: [NodePool.of('dense', { nodes: 10, maxPods: 500, machine })] }), blockSize: 28 },
      /pool 'dense': maxPods must fit the 20 blocks that Calico gives to one node, got 500 pods for blocks of \/28 \(319 pods\); use a shorter blockSize mask or lower maxPods/],
    ['block size below the operator\'s range', { blockSize: 19 }, /blockSize must be a whole number between 20 and 32/],
    ['block size that is no number', { blockSize: NaN }, /blockSize must be a whole number between 20 and 32/],
    ['block larger than the range', { cluster: clusterOf({ podCidr: '10.0.0.0/22', pools: [NodePool.of('one', { nodes: 1, machine })] }), blockSize: 21 },
      /blockSize \/21 is larger than network.podCidr 10.0.0.0\/22/],
    ['no encapsulation without routes', { encapsulation: CalicoEncapsulation.NONE }, /encapsulation None needs routes between nodes, which only BGP brings; set bgp, for example CalicoBgp\.mesh\(\)/],
    ['bootstrap that the version lacks', { cluster: clusterOn(KubernetesRelease.V1_32), apiBootstrap: CalicoApiBootstrap.OPERATOR },
      /apiBootstrap Operator was added in Calico 3\.31, the cluster's release 1\.32 goes with 3\.30\.0; use CalicoApiBootstrap\.CONFIG_MAP/],
    ['map size that the version lacks', { cluster: clusterOn(KubernetesRelease.V1_22), bpfMapSizeConntrack: 600_000 }, /'bpfMapSizeConntrack' was added to FelixConfiguration in Calico 3\.23, got version 3\.22\.0/],
    ['map size out of bounds', { bpfMapSizeConntrack: -1 }, /bpfMapSizeConntrack must be a whole number between 10000 and/],
    ['MTU out of bounds', { mtu: 100 }, /mtu must be a whole number between 1280 and 9216/],
    ['share out of bounds', { maxUnavailablePercent: 0 }, /maxUnavailablePercent must be a whole number between 1 and 100/],
  ])('%s', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });

  test('IPv6 with a Calico that cannot', () => {
    const cluster = clusterOf({
      release: KubernetesRelease.V1_25,
      network: { podCidr: 'fd00:10::/48', serviceCidr: 'fd00:96::/112', nodeCidr: 'fd00:172::/64' },
      controlPlane: { endpoint: '[fd00:172::5]:6443', members: [{ name: 'cp-1', address: 'fd00:172::11' }] },
    });
    expect(() => emit({ cluster })).toThrow(/IPv6, which Calico 3\.26\.1 does not support with eBPF/);
  });

  test('all problems come at once', () => {
    expect(() => emit({ tcpIdleSeconds: 1, mtu: 1, blockSize: 99 })).toThrow(/3 problems/);
  });
});

describe('notes', () => {
  test('a range with room gets none', () => {
    // 262,144 / 154,240 = 1.7
    expect(emit({ cluster: clusterOf({ podCidr: '10.0.0.0/14' }) }).calico.notes.join()).not.toContain('network.podCidr');
  });

  test('a range below 1.3 times what is claimed gets a note, not an error', () => {
    // 1,800 nodes: (3600 + 10) x 64 = 231,040; 262,144 / 231,040 = 1.13
    const cluster = clusterOf({ podCidr: '10.0.0.0/14', pools: [NodePool.of('general', { nodes: 1800, machine })] });
    expect(emit({ cluster }).calico.notes[0]).toMatch(/network\.podCidr 10\.0\.0\.0\/14 holds 1\.13 times the 231040 addresses/);
  });

  test('a full mesh above 100 machines gets a note with its peerings and the reflectors that replace it', () => {
    // 1,205 x 1,204 / 2; three for the one group that nodes without zones are
    expect(emit({ cluster: clusterOf(), bgp: CalicoBgp.mesh() }).calico.notes.join()).toMatch(/725410 peerings.*a pool of 3 nodes/);
    const small = clusterOf({ pools: [NodePool.of('general', { nodes: 95, machine })] });
    expect(emit({ cluster: small, bgp: CalicoBgp.mesh() }).calico.notes.join()).not.toContain('peerings');
  });

  test('peerings are numbers of a mesh, sessions of reflectors, and of no other cluster', () => {
    const ids = (props: CalicoEbpfProps) => emit(props).calico.derivations.map(derivation => derivation.id).filter(id => /bgp|reflector/.test(id));
    expect(ids({ bgp: CalicoBgp.mesh() })).toEqual(['calico/bgp-mesh-peerings', 'calico/route-reflectors']);
    expect(ids({ cluster: zonedCluster(), bgp: CalicoBgp.routeReflectors({ nodePool: 'routes' }) })).toEqual(['calico/route-reflectors', 'calico/reflector-sessions']);
    expect(ids({})).toEqual([]);
  });

  test('measured connections reach the table of connections, and more than it can hold are refused', () => {
    const table = (connectionsPerPod: number) => emit({ cluster: clusterOf({ load: LoadProfile.of({ connectionsPerPod }) }) })
      .calico.derivations.find(derivation => derivation.id === 'calico/bpf-map-conntrack')!.value;
    expect(table(2000)).toBe(524_288);
    // 110 x 76,260 x 2 = 16,777,200
    expect(table(76_260)).toBe(16_777_216);
    expect(() => table(76_261)).toThrow(/load\.connectionsPerPod 76261 needs a connection table of 33554432 entries .*; use at most 76260, or/);
  });
});

describe('for the neighbours', () => {
  test.each([
    [KubernetesRelease.V1_37, 'https://raw.githubusercontent.com/projectcalico/calico/v3.32.0/manifests/operator-crds.yaml', 'Linux 5.10'],
    [KubernetesRelease.V1_22, 'https://raw.githubusercontent.com/projectcalico/calico/v3.22.0/calico/manifests/operator-crds.yaml', 'Linux 5.3'],
  ])('%s: definitions come from %s, nodes run %s', (release, url, kernel) => {
    const { preconditions } = emit({ cluster: clusterOn(release) }).calico;
    expect(preconditions.join('\n')).toContain(`kubectl apply --server-side -f ${url}`);
    expect(preconditions.join('\n')).toContain(kernel);
  });

  test('scrape targets, API clients and alerts speak of this cluster', () => {
    const { calico } = emit({ cluster: clusterOf() });
    expect(calico.scrapeTargets.map(t => [t.job, t.port])).toEqual([['calico-felix', 9091], ['calico-typha', 9093], ['calico-kube-controllers', 9094]]);
    expect(calico.apiClients).toContainEqual({ namespace: 'calico-system', serviceAccount: 'calico-node', kind: ApiClientKind.NODE_AGENT });
    expect(calico.apiClients).toContainEqual({ namespace: 'calico-system', serviceAccount: 'calico-typha', kind: ApiClientKind.CONTROLLER });
    expect(calico.apiClients).toContainEqual({ namespace: 'tigera-operator', serviceAccount: 'tigera-operator', kind: ApiClientKind.CONTROLLER });
    // 2^21 addresses / 64 = 32,768 blocks, 85 % = 27,852
    expect(calico.alertGroups[0].alerts.find(a => a.name === 'CalicoAddressBlocksLow')!.expression).toContain('> 27852');
  });

  test('today\'s Typhas follow today\'s nodes', () => {
    const cluster = clusterOf({ pools: [NodePool.of('general', { nodes: 1200, nodesToday: 400, machine })] });
    // floor(405 / 200) + 2 = 4 run, so that 3 are the least
    expect(emit({ cluster }).calico.alertGroups[0].alerts.find(a => a.name === 'CalicoTyphaReplicasLow')!.expression).toContain('< 3 ');
  });

  test('derivations have unique names', () => {
    const ids = emit().calico.derivations.map(d => d.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('calico/typha-replicas');
  });
});
