import { Size } from 'cdk8s';
import { clusterOf, emit } from './dns-build';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { DnsServiceProxy } from '../../../src/components/dns/dns-service-proxy';
import { clusterOn } from '../cluster-on';

const RELEASES = KubernetesRelease.all();
const cluster = clusterOf();

describe('the cache on the nodes', () => {
  test('eBPF: kubelets name the cache, and Calico leaves the address of the Service to it', () => {
    const { dns, find } = emit({ cluster });
    expect(dns.clusterDnsAddresses).toEqual(['169.254.20.10']);
    expect(find('Service', 'kube-dns').metadata.annotations).toEqual({ 'projectcalico.org/natExcludeService': 'true' });
  });

  test('an excluded address is always one that the cache listens on: else nobody would answer it', () => {
    for (const release of RELEASES) {
      const { find, cacheCorefile } = emit({ cluster: clusterOn(release) });
      const excluded = find('Service', 'kube-dns').metadata.annotations?.['projectcalico.org/natExcludeService'] === 'true';
      expect([release.version, cacheCorefile().includes('bind 169.254.20.10 10.96.0.10')]).toEqual([release.version, excluded]);
      const args: string[] = find('DaemonSet', 'node-local-dns').spec.template.spec.containers[0].args;
      expect(args[args.indexOf('-localip') + 1]).toBe(excluded ? '169.254.20.10,10.96.0.10' : '169.254.20.10');
    }
  });

  test('the annotation waits for a Calico that knows it (3.28)', () => {
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_25) }).find('Service', 'kube-dns').metadata.annotations).toBeUndefined();
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_26) }).find('Service', 'kube-dns').metadata.annotations).toBeDefined();
  });

  test('kube-proxy: the cache takes over the address of the Service, kubelets keep it', () => {
    const { dns, find, cacheCorefile } = emit({ cluster, serviceProxy: DnsServiceProxy.KUBE_PROXY_IPTABLES });
    expect(dns.clusterDnsAddresses).toEqual(['10.96.0.10']);
    expect(find('Service', 'kube-dns').metadata.annotations).toBeUndefined();
    expect(cacheCorefile()).toContain('bind 169.254.20.10 10.96.0.10');
  });

  test.each([DnsServiceProxy.KUBE_PROXY_NFTABLES, DnsServiceProxy.KUBE_PROXY_IPVS])('%s: the cache has its own address alone, and kubelets name it', proxy => {
    const { dns, find, cacheCorefile } = emit({ cluster, serviceProxy: proxy });
    expect(dns.clusterDnsAddresses).toEqual(['169.254.20.10']);
    expect(cacheCorefile()).toContain('bind 169.254.20.10\n');
    const args: string[] = find('DaemonSet', 'node-local-dns').spec.template.spec.containers[0].args;
    expect(args[args.indexOf('-localip') + 1]).toBe('169.254.20.10');
    expect(find('Service', 'kube-dns').metadata.annotations).toBeUndefined();
  });

  test('ipvs is a note from the release on that deprecates it (1.35)', () => {
    const notes = (release: KubernetesRelease) => emit({ cluster: clusterOn(release), serviceProxy: DnsServiceProxy.KUBE_PROXY_IPVS }).dns.notes.filter(note => note.includes('ipvs'));
    expect(notes(KubernetesRelease.V1_34)).toEqual([]);
    expect(notes(KubernetesRelease.V1_35)).toHaveLength(1);
  });

  test('its memory follows the pods of a full node and the zones', () => {
    const dense = clusterOf({ pools: [NodePool.of('dense', { nodes: 100, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(256) }), maxPods: 250 })] });
    const { find, cacheCorefile } = emit({ cluster: dense });
    expect(cacheCorefile()).toContain('success 10240 30');
    const [container] = find('DaemonSet', 'node-local-dns').spec.template.spec.containers;
    expect(container.resources).toEqual({ requests: { cpu: '76m', memory: '55Mi' }, limits: { memory: '147Mi' } });
    // nine tenths of 147
    expect(container.env).toEqual([{ name: 'GOMEMLIMIT', value: '132MiB' }]);
  });

  test('it never asks the address that it may have taken over itself', () => {
    const { find, cacheCorefile } = emit({ cluster });
    expect(find('Service', 'kube-dns-upstream').spec).toMatchObject({ clusterIP: '10.96.0.11', selector: find('Service', 'kube-dns').spec.selector });
    expect(cacheCorefile()).not.toContain('forward . 10.96.0.10');
    // Variables that the program would replace: none, every address stands in the file.
    expect(cacheCorefile()).not.toContain('__PILLAR');
  });

  test('both Services select CoreDNS and nothing else', () => {
    const { find } = emit({ cluster });
    const { selector } = find('Service', 'kube-dns').spec;
    const matches = (labels: { [key: string]: string }) => Object.entries(selector).every(([key, value]) => labels[key] === value);
    expect(matches(find('Deployment', 'coredns').spec.template.metadata.labels)).toBe(true);
    expect(matches(find('Deployment', 'dns-autoscaler').spec.template.metadata.labels)).toBe(false);
    expect(matches(find('DaemonSet', 'node-local-dns').spec.template.metadata.labels)).toBe(false);
  });

  test('it runs on every node, is replaced on one in a hundred at a time, and its config changes with its name', () => {
    const { find, objects } = emit({ cluster });
    const { spec } = find('DaemonSet', 'node-local-dns');
    expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '1%' } });
    expect(spec.template.spec).toMatchObject({ hostNetwork: true, dnsPolicy: 'Default', priorityClassName: 'system-node-critical', tolerations: [{ operator: 'Exists' }] });
    expect(spec.template.spec.containers[0].readinessProbe.httpGet).toEqual({ host: '169.254.20.10', path: '/health', port: 8080 });
    const config = objects.find(o => o.metadata.name.startsWith('node-local-dns-'))!;
    expect(config.immutable).toBe(true);
    expect(spec.template.spec.volumes[0].configMap).toEqual({ name: config.metadata.name, items: [{ key: 'Corefile', path: 'Corefile.base' }] });
  });

  test('it has exactly the capabilities for an interface, firewall rules and port 53', () => {
    expect(emit({ cluster }).find('DaemonSet', 'node-local-dns').spec.template.spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_BIND_SERVICE', 'NET_RAW'] },
    });
  });

  test('without it kubelets name the DNS Service, replicas follow the linear rule, nothing of it is left', () => {
    const { dns, objects, find } = emit({ cluster, nodeCache: false });
    expect(dns.clusterDnsAddresses).toEqual(['10.96.0.10']);
    expect(objects.filter(o => /node-local|upstream/.test(o.metadata.name))).toEqual([]);
    expect(find('Service', 'kube-dns').metadata.annotations).toBeUndefined();
    // max(ceil((1200 x 16 + 5 x 32) / 256), ceil(1205 / 16))
    expect(JSON.parse(find('ConfigMap', 'dns-autoscaler').data.linear).max).toBe(76);
    expect(dns.scrapeTargets.map(t => t.job)).toEqual(['coredns']);
  });

  test('IPv6: addresses are of that family, and stand in brackets where a port follows', () => {
    const v6 = clusterOf({
      network: { podCidr: 'fd00:10::/48', serviceCidr: 'fd00:96::/112', nodeCidr: 'fd00:172::/64' },
      controlPlane: { endpoint: '[fd00:172::5]:6443', members: [{ name: 'cp-1', address: 'fd00:172::11' }] },
    });
    const { dns, cacheCorefile } = emit({ cluster: v6 });
    expect(dns.clusterDnsAddresses).toEqual(['fd00:169:254:20::10']);
    expect(cacheCorefile()).toContain('    bind fd00:169:254:20::10 fd00:96::a\n    forward . fd00:96::b {');
    expect(cacheCorefile()).toContain('health [fd00:169:254:20::10]:8080');
  });
});
