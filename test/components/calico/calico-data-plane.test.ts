import { parse } from 'yaml';
import { clusterOf, emit, machine } from './emit-calico';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { NodePool } from '../../../src/cluster/node-pool';
import { CalicoApiAccess, CalicoApiBootstrap, CalicoEncapsulation, CalicoInstall, CalicoServiceMode } from '../../../src/components/calico/calico-choices';
import { CalicoEbpfProps } from '../../../src/components/calico/calico-options';
import { KubeProxyMode } from '../../../src/components/calico/kube-proxy-options';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

describe('MTU', () => {
  const mtu = (props: CalicoEbpfProps) => emit({ cluster: clusterOf(), ...props }).find('Installation').spec.calicoNetwork.mtu;
  const dual = clusterOf({ network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20', dualStack: true } });
  test.each<[string, CalicoEbpfProps, number | undefined]>([
    // oracle: Calico's table of MTUs (VXLAN 50, WireGuard 60; 70 and 80 with IPv6)
    ['nothing said: detected on each node', {}, undefined],
    ['VXLAN on 1,500', { linkMtu: 1500 }, 1450],
    ['VXLAN on jumbo frames of AWS', { linkMtu: 9001 }, 8951],
    ['WireGuard', { linkMtu: 1500, wireguard: true }, 1440],
    ['VXLAN with IPv6 beside', { cluster: dual, linkMtu: 1500 }, 1430],
    ['WireGuard with IPv6 beside', { cluster: dual, linkMtu: 1500, wireguard: true }, 1420],
    ['a smaller one of the user', { linkMtu: 1500, mtu: 1400 }, 1400],
  ])('%s', (_, props, expected) => {
    expect(mtu(props)).toBe(expected);
  });

  test('WireGuard is switched on for the families that pods have', () => {
    const fields = (cluster = clusterOf()) => emit({ cluster, wireguard: true }).find('FelixConfiguration').spec;
    expect(fields()).toMatchObject({ wireguardEnabled: true });
    expect(fields()).not.toHaveProperty('wireguardEnabledV6');
    expect(fields(dual)).toMatchObject({ wireguardEnabled: true, wireguardEnabledV6: true });
  });
});

describe('failsafe ports', () => {
  const ports = (kind: 'failsafeInboundHostPorts' | 'failsafeOutboundHostPorts', props: CalicoEbpfProps = {}) => emit({ cluster: clusterOf(), ...props }).find('FelixConfiguration').spec[kind];

  test('SSH and both ports of the API servers stay open to everybody', () => {
    for (const port of [22, 6443, 8443]) { expect(ports('failsafeInboundHostPorts')).toContainEqual({ protocol: 'TCP', port, net: '0.0.0.0/0' }); }
  });

  test('etcd with all of its rings, kubelets and Typha stay open to machines alone', () => {
    for (const port of [2379, 2380, 2382, 2383, 2385, 2386, 10250, 5473]) {
      for (const kind of ['failsafeInboundHostPorts', 'failsafeOutboundHostPorts'] as const) {
        expect(ports(kind).filter((p: any) => p.port === port)).toEqual([{ protocol: 'TCP', port, net: '172.16.0.0/20' }]);
      }
    }
  });

  test('ports of an etcd that ended in 2017 are in none of them', () => {
    expect([...ports('failsafeInboundHostPorts'), ...ports('failsafeOutboundHostPorts')].filter((p: any) => [6666, 6667].includes(p.port))).toEqual([]);
  });
});

describe('Felix', () => {
  test.each([
    // release, Calico, field, value; oracle: defaults in config_params.go of those tags
    [KubernetesRelease.V1_25, 'iptablesRefreshInterval', '180s'],
    [KubernetesRelease.V1_26, 'iptablesRefreshInterval', undefined],
  ])('on %s with kube-proxy %s is %s', (release, field, value) => {
    expect(emit({ cluster: clusterOn(release), kubeProxy: {} }).find('FelixConfiguration').spec[field]).toBe(value);
  });

  test('nodes with very many pods get a larger map of interfaces', () => {
    const spec = (maxPods: number) => emit({ cluster: clusterOf({ pools: [NodePool.of('dense', { nodes: 100, maxPods, machine })] }) }).find('FelixConfiguration').spec;
    expect(spec(110)).not.toHaveProperty('bpfMapSizeIfState');
    // 2 x (500 + 16) = 1,032, next power of two
    expect(spec(500).bpfMapSizeIfState).toBe(2048);
  });

  test('fields of the user are written beside ours', () => {
    expect(emit({ felixOverrides: { goGCThreshold: 80, bpfLogLevel: 'Info' } }).find('FelixConfiguration').spec).toMatchObject({ goGCThreshold: 80, bpfLogLevel: 'Info', healthEnabled: true });
  });

  test('the connection table is watched from the version on that tells how full it is', () => {
    const alert = (release: KubernetesRelease) => emit({ cluster: clusterOn(release) }).calico.alertGroups[0].alerts.find(a => a.name === 'CalicoConntrackMapNearlyFull');
    expect(alert(KubernetesRelease.V1_30)).toBeUndefined();
    // 0.85 x 524,288
    expect(alert(KubernetesRelease.V1_31)!.expression).toContain('> 445644');
  });
});

describe('kube-proxy in place of eBPF', () => {
  const configuration = (props: CalicoEbpfProps) => {
    const { objects } = emit(props);
    return parse(objects.find(o => o.kind === 'ConfigMap' && o.metadata.name.startsWith('kube-proxy-'))!.data['config.conf']);
  };

  test.each([
    // release, mode, data plane of Calico; oracle: KEP-3866 (stable in 1.33), Calico 3.29 knows nftables
    [KubernetesRelease.V1_22, 'iptables', 'Iptables'],
    [KubernetesRelease.V1_32, 'iptables', 'Iptables'],
    [KubernetesRelease.V1_33, 'nftables', 'Nftables'],
    [KubernetesRelease.V1_37, 'nftables', 'Nftables'],
  ])('on %s it uses %s by default', (release, mode, dataplane) => {
    const cluster = clusterOn(release);
    const { find, calico, objects } = emit({ cluster, kubeProxy: {} });
    expect(find('Installation').spec.calicoNetwork.linuxDataplane).toBe(dataplane);
    expect(configuration({ cluster, kubeProxy: {} })).toMatchObject({ mode, [mode]: { minSyncPeriod: '1s', syncPeriod: '30s' }, detectLocalMode: 'ClusterCIDR' });
    expect(calico.kubeProxyMode).toBe(mode);
    expect(find('DaemonSet', 'kube-proxy').spec.template.spec.containers[0].image).toBe(`registry.k8s.io/kube-proxy:${cluster.release.tag}`);
    for (const object of objects) { expect([object.kind, schemaErrors(release.version, object)]).toEqual([object.kind, []]); }
  });

  test('nothing of eBPF is left: no maps, no endpoint, no duty about kernels', () => {
    const { find, calico } = emit({ kubeProxy: {} });
    expect(Object.keys(find('FelixConfiguration').spec).filter(field => field.startsWith('bpf'))).toEqual([]);
    expect(find('ConfigMap', 'kubernetes-services-endpoint')).toBeUndefined();
    expect(calico.preconditions.join()).not.toMatch(/kube-proxy|Linux 5/);
    expect(calico.scrapeTargets.map(t => [t.job, t.port])).toContainEqual(['kube-proxy', 10249]);
    expect(calico.apiClients).toContainEqual(expect.objectContaining({ serviceAccount: 'kube-proxy', namespace: 'kube-system' }));
  });

  test('it asks the API servers at their own endpoint: the Service is what it makes itself', () => {
    const map = emit({ cluster: clusterOf(), kubeProxy: {} }).objects.find(o => o.metadata.name.startsWith('kube-proxy-'))!;
    expect(parse(map.data['kubeconfig.conf']).clusters[0].cluster.server).toBe('https://172.16.0.5:8443');
  });

  test('connections of the densest pool decide the table of the kernel, never below kube-proxy\'s own', () => {
    // 110 x 2,000 x 2 / 64 cores = 6,875
    expect(configuration({ cluster: clusterOf(), kubeProxy: {} }).conntrack).toEqual({ maxPerCore: 32_768 });
    // 110 x 40,000 x 2 / 64 = 137,500
    expect(
      configuration({ cluster: clusterOf({ load: LoadProfile.of({ connectionsPerPod: 40_000 }) }), kubeProxy: {} }).conntrack,
    ).toEqual({ maxPerCore: 137_500 });
    expect(configuration({ kubeProxy: { conntrackMaxPerCore: 50_000 } }).conntrack).toEqual({ maxPerCore: 50_000 });
  });

  test('IPVS works, with a warning from its deprecation on', () => {
    const notes = (release: KubernetesRelease) => emit({ cluster: clusterOn(release), kubeProxy: { mode: KubeProxyMode.IPVS } }).calico.notes.join();
    expect(notes(KubernetesRelease.V1_34)).not.toContain('deprecated');
    // kube-proxy 1.37 says so itself when it starts
    expect(notes(KubernetesRelease.V1_35)).toMatch(/ipvs is deprecated from Kubernetes 1\.35 on, off by default from 1\.40 and removed in 1\.43/);
    expect(configuration({ cluster: clusterOn(KubernetesRelease.V1_35), kubeProxy: { mode: KubeProxyMode.IPVS } })).toMatchObject({ mode: 'ipvs', ipvs: { scheduler: 'rr' } });
  });
});

describe('errors', () => {
  test.each<[string, CalicoEbpfProps, RegExp]>([
    ['an MTU above the link\'s', { linkMtu: 1500, mtu: 1500 }, /mtu 1500 exceeds what fits through the machines' network: 1450 = linkMtu 1500 less 50 bytes of wrapping; use at most 1450, or leave it out/],
    ['a link too small for IPv6 in pods', { linkMtu: 1300 }, /linkMtu 1300 leaves 1250 bytes for packets of pods, IPv6 needs 1280/],
    ['DSR on a fabric that nobody vouches for', { serviceMode: CalicoServiceMode.DSR }, /serviceMode DSR answers from another machine .* say fabricForwardsPodAddresses: true where yours does not check, or use CalicoServiceMode\.TUNNEL/],
    ['DSR on a fabric that cannot', { serviceMode: CalicoServiceMode.DSR, fabricForwardsPodAddresses: false }, /fabricForwardsPodAddresses is false: use CalicoServiceMode\.TUNNEL/],
    ['no encapsulation on a fabric that cannot', { encapsulation: CalicoEncapsulation.VXLAN_CROSS_SUBNET, fabricForwardsPodAddresses: false }, /encapsulation VXLANCrossSubnet sends pod addresses unwrapped and fabricForwardsPodAddresses is false/],
    ['an exception without DSR', { dsrOptOutCidrs: ['192.0.2.0/24'] }, /dsrOptOutCidrs needs serviceMode DSR; leave it out/],
    ['a timeout out of bounds', { tcpIdleSeconds: 59 }, /tcpIdleSeconds must be a whole number between 60 and 432000/],
    ['a timeout that the version lacks', { cluster: clusterOn(KubernetesRelease.V1_30), tcpIdleSeconds: 600 }, /'bpfConntrackTimeouts' was added to FelixConfiguration in Calico 3\.30, got version 3\.29\.0/],
    ['bpfEnabled by hand', { felixOverrides: { bpfEnabled: true } }, /felixOverrides: 'bpfEnabled' is managed by this construct and cannot be overridden; the Installation says it \(linuxDataplane\)/],
    ['a misspelt field', { felixOverrides: { goGcThreshold: 80 } }, /felixOverrides: 'goGcThreshold' is unknown to FelixConfiguration of Calico 3\.32\.0; did you mean 'goGCThreshold'/],
    ['a field that the version lacks', { cluster: clusterOn(KubernetesRelease.V1_28), felixOverrides: { goGCThreshold: 80 } }, /'goGCThreshold' was added to FelixConfiguration in Calico 3\.29, got version 3\.28\.0/],
    ['a value that the version refuses', { cluster: clusterOn(KubernetesRelease.V1_33), felixOverrides: { bpfRedirectToPeer: 'Always' } }, /felixOverrides: 'bpfRedirectToPeer' of Calico 3\.31\.0 must be one of Disabled, Enabled, L2Only, got "Always"/],
    ['eBPF settings beside kube-proxy', { kubeProxy: {}, serviceMode: CalicoServiceMode.TUNNEL }, /serviceMode is a setting of eBPF and kubeProxy replaces it; leave one of them out/],
    ['nftables before Calico knows it', { cluster: clusterOn(KubernetesRelease.V1_28), kubeProxy: { mode: KubeProxyMode.NFTABLES } }, /kubeProxy\.mode nftables is not in kube-proxy of Kubernetes 1\.28 without a feature gate \(from 1\.31 on\)/],
    ['a conntrack size out of bounds', { kubeProxy: { conntrackMaxPerCore: 0 } }, /kubeProxy\.conntrackMaxPerCore must be a whole number between 1024 and 4194304/],
    ['native definitions before they exist', { cluster: clusterOn(KubernetesRelease.V1_33), apiAccess: CalicoApiAccess.NATIVE }, /apiAccess Native was added in Calico 3\.32, the cluster's release 1\.33 goes with 3\.31\.0/],
    ['the operator\'s bootstrap without operator', { install: CalicoInstall.MANIFESTS, apiBootstrap: CalicoApiBootstrap.OPERATOR }, /apiBootstrap Operator needs the operator, which install Manifests goes without/],
  ])('%s', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });
});
