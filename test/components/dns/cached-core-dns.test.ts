import { Chart, Size, Testing } from 'cdk8s';
import { corefileProblem } from '../../../src/catalogue/coredns-plugins';
import { NODE_CACHE_COREDNS } from '../../../src/catalogue/dns-images';
import { ClusterFacts, ClusterFactsProps } from '../../../src/cluster/cluster-facts';
import { ImageRegistry } from '../../../src/cluster/image-registry';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { CachedCoreDns, CachedCoreDnsProps } from '../../../src/components/dns/cached-core-dns';
import { coreDnsCorefile, nodeCacheCorefile } from '../../../src/components/dns/corefile-document';
import { DnsServiceProxy } from '../../../src/components/dns/dns-service-proxy';
import { dnsSettings } from '../../../src/components/dns/dns-settings';
import { CorefileServer } from '../../../src/formats/corefile';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

interface Emitted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; annotations?: { [key: string]: string } };
  readonly [field: string]: any;
}

function emit(props: CachedCoreDnsProps = {}) {
  const chart: Chart = Testing.chart();
  const dns = new CachedCoreDns(chart, 'dns', props);
  const objects: Emitted[] = Testing.synth(chart);
  const find = (kind: string, name: string) => objects.find(o => o.kind === kind && o.metadata.name === name)!;
  const corefile = () => find('ConfigMap', 'coredns').data.Corefile as string;
  const cacheCorefile = () => objects.find(o => o.metadata.name.startsWith('node-local-dns-'))!.data.Corefile as string;
  return { dns, objects, find, corefile, cacheCorefile };
}

function clusterOf(props: Partial<ClusterFactsProps> = {}): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })) },
    pools: [NodePool.of('general', { nodes: 1200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    ...props,
  });
}

const RELEASES = KubernetesRelease.all();
const cluster = clusterOf();

describe('what is emitted', () => {
  test('alone: CoreDNS, its autoscaler, the cache of the nodes', () => {
    expect(emit().objects.map(o => `${o.kind} ${o.metadata.name.replace(/-[0-9a-f]{10}$/, '-HASH')}`)).toEqual([
      'ServiceAccount coredns',
      'ClusterRole kube-system:coredns',
      'ClusterRoleBinding kube-system:coredns',
      'ConfigMap coredns',
      'Deployment coredns',
      'PodDisruptionBudget coredns',
      'Service kube-dns',
      'ServiceAccount dns-autoscaler',
      'ClusterRole kube-system:dns-autoscaler',
      'ClusterRoleBinding kube-system:dns-autoscaler',
      'Role dns-autoscaler',
      'RoleBinding dns-autoscaler',
      'ConfigMap dns-autoscaler',
      'Deployment dns-autoscaler',
      'Service kube-dns-upstream',
      'ServiceAccount node-local-dns',
      'ConfigMap node-local-dns-HASH',
      'DaemonSet node-local-dns',
    ]);
  });

  test.each(RELEASES.map(release => [release.version, release] as const))('every object is valid on Kubernetes %s', (version, release) => {
    for (const object of emit({ cluster: clusterOn(release) }).objects) {
      expect([object.kind, object.metadata.name, schemaErrors(version, object)]).toEqual([object.kind, object.metadata.name, []]);
    }
  });

  test('the Corefile of the newest release, word for word', () => {
    expect(emit({ cluster }).corefile().split('\n')).toEqual([
      '.:53 {',
      '    errors',
      '    health {',
      '        lameduck 30s',
      '    }',
      '    ready',
      '    kubernetes cluster.local in-addr.arpa ip6.arpa {',
      '        pods insecure',
      '        fallthrough in-addr.arpa ip6.arpa',
      '        ttl 30',
      '    }',
      '    prometheus :9153',
      '    forward . /etc/resolv.conf {',
      '        max_concurrent 1000',
      '    }',
      '    cache 30 {',
      '        disable success cluster.local',
      '        disable denial cluster.local',
      '        serve_stale 1h verify',
      '    }',
      '    loop',
      '    reload',
      '    loadbalance',
      '    multisocket 2',
      '}',
      '',
    ]);
  });

  test('the Corefile of the cache: cluster zones over TCP to the second Service, everything else to the node\'s resolvers', () => {
    const lines = emit({ cluster }).cacheCorefile().split('\n');
    expect(lines.filter(line => line.endsWith(':53 {'))).toEqual(['cluster.local:53 {', 'in-addr.arpa:53 {', 'ip6.arpa:53 {', '.:53 {']);
    expect(lines.slice(0, 15)).toEqual([
      'cluster.local:53 {',
      '    errors',
      '    cache {',
      '        success 9984 30',
      '        denial 9984 5',
      '        serve_stale 1h verify',
      '    }',
      '    loop',
      '    bind 169.254.20.10 10.96.0.10',
      '    forward . 10.96.0.11 {',
      '        force_tcp',
      '    }',
      '    prometheus :9253',
      '    health 169.254.20.10:8080',
      '}',
    ]);
    expect(lines.filter(line => line.includes('forward'))).toEqual([...Array(3).fill('    forward . 10.96.0.11 {'), '    forward . /etc/resolv.conf {']);
    // One health server: a second one on the same address would not start.
    expect(lines.filter(line => line.includes('health'))).toHaveLength(1);
  });
});

describe('the seed article', () => {
  const all = RELEASES.map(release => emit({ cluster: clusterOn(release) }));

  test('no replica watches pods: neither asked for nor allowed (DNS-02)', () => {
    for (const { corefile, find } of all) {
      expect(corefile()).toContain('pods insecure');
      expect(find('ClusterRole', 'kube-system:coredns').rules.flatMap((rule: any) => rule.resources)).not.toContain('pods');
    }
  });

  test.each([
    ['loop protection', 'DNS-03', '\n    loop\n'],
    ['shuffled answers', 'DNS-04', '\n    loadbalance\n'],
    ['bounded queries', 'DNS-05', '        max_concurrent 1000\n'],
    ['time to be taken out', 'DNS-06', '        lameduck 30s\n'],
    ['life of answers', 'DNS-07', '        ttl 30\n'],
  ])('%s is there in every release (%s)', (_, __, text) => {
    for (const { corefile } of all) { expect(corefile()).toContain(text); }
  });

  test('the pod is not killed while it is a lame duck (DNS-06)', () => {
    for (const { find } of all) { expect(find('Deployment', 'coredns').spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(30); }
  });

  test('CoreDNS has no cache of its default size spelled out; the cache stands on the nodes (DNS-01)', () => {
    for (const { corefile, find } of all) {
      expect(corefile()).not.toContain('9984');
      expect(find('DaemonSet', 'node-local-dns').spec.template.spec.hostNetwork).toBe(true);
    }
  });

  test('there are replicas by size, a budget, a priority, a limit from the plan (DNS-09)', () => {
    const { find } = emit({ cluster });
    expect(JSON.parse(find('ConfigMap', 'dns-autoscaler').data.linear)).toEqual({
      coresPerReplica: 256, nodesPerReplica: 16, min: 3, max: 25, preventSinglePointFailure: true, includeUnschedulableNodes: true,
    });
    expect(find('Deployment', 'coredns').spec).not.toHaveProperty('replicas');
    expect(find('PodDisruptionBudget', 'coredns').spec.maxUnavailable).toBe('10%');
    const { spec } = find('Deployment', 'coredns').spec.template;
    expect(spec.priorityClassName).toBe('system-cluster-critical');
    // 36,000 pods + 2,000 Services: 92 MB predicted, twice that as limit
    expect(spec.containers[0].resources).toEqual({ requests: { cpu: '500m', memory: '92M' }, limits: { memory: '184Mi' } });
    expect(spec.containers[0].env).toEqual([{ name: 'GOMAXPROCS', value: '4' }, { name: 'GOMEMLIMIT', value: '165MiB' }]);
  });

  test('EndpointSlices may be listed and watched (DNS-10)', () => {
    for (const { find } of all) {
      expect(find('ClusterRole', 'kube-system:coredns').rules).toContainEqual({ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] });
    }
  });

  test('UDP is never preferred towards CoreDNS (DNS-11)', () => {
    for (const { corefile, cacheCorefile } of all) {
      expect(corefile() + cacheCorefile()).not.toContain('prefer_udp');
      expect(cacheCorefile()).toContain('force_tcp');
    }
  });
});

describe('options by CoreDNS version', () => {
  test.each([
    // option, release with the last CoreDNS without, release with the first that has it (kubeadm's versions)
    ['disable success cluster.local', KubernetesRelease.V1_26, KubernetesRelease.V1_27],
    ['serve_stale 1h verify', KubernetesRelease.V1_24, KubernetesRelease.V1_25],
    ['multisocket 2', KubernetesRelease.V1_32, KubernetesRelease.V1_33],
  ])('%s: not with %s, but with %s', (option, without, having) => {
    expect(emit({ cluster: clusterOn(without) }).corefile()).not.toContain(option);
    expect(emit({ cluster: clusterOn(having) }).corefile()).toContain(option);
  });

  test.each(RELEASES.map(release => [release.version, release] as const))('CoreDNS of %s, and that of the cache, know every plugin and option', (_, release) => {
    const own = clusterOn(release);
    const settings = dnsSettings(own, {});
    const problems = (version: string, servers: CorefileServer[]) => servers.flatMap(server => server.plugins)
      .flatMap(({ name, body = [] }) => [corefileProblem(version, name), ...body.map(option => corefileProblem(version, name, option.name))])
      .filter(problem => problem !== undefined);
    expect(problems(own.versions.coreDns, coreDnsCorefile(own, settings))).toEqual([]);
    expect(problems(NODE_CACHE_COREDNS, nodeCacheCorefile(own, settings, settings.nodeCache!))).toEqual([]);
  });

  test('with CoreDNS 1.8.4 the cache is the plain one', () => {
    expect(emit({ cluster: clusterOn(KubernetesRelease.V1_22) }).corefile()).toContain('\n    cache 30\n    loop\n');
  });

  test('images that need root run as root with one capability, later ones as an ordinary user (image of 1.11.0 on)', () => {
    const context = (release: KubernetesRelease) => emit({ cluster: clusterOn(release) }).find('Deployment', 'coredns').spec.template.spec;
    expect(context(KubernetesRelease.V1_28).securityContext.runAsUser).toBe(0);
    expect(context(KubernetesRelease.V1_29).securityContext.runAsUser).toBe(65532);
    expect(context(KubernetesRelease.V1_28).containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['NET_BIND_SERVICE'] });
  });
});

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

describe('props', () => {
  const ALL: Required<Omit<CachedCoreDnsProps, 'cluster' | 'nodeCache'>> = {
    serviceProxy: DnsServiceProxy.KUBE_PROXY_IPTABLES,
    nodeCacheAddress: '169.254.25.10',
    upstreamServiceAddress: '10.96.3.53',
    upstreamServers: ['192.0.2.53', '192.0.2.54:5353'],
    maxReplicas: 40,
    memoryLimit: Size.mebibytes(512),
  };

  test('all props together', () => {
    const { corefile, cacheCorefile, find } = emit({ cluster, ...ALL });
    expect(corefile()).toContain('forward . 192.0.2.53 192.0.2.54:5353 {');
    expect(cacheCorefile()).toContain('forward . 192.0.2.53 192.0.2.54:5353 {');
    expect(cacheCorefile()).toContain('bind 169.254.25.10 10.96.0.10');
    expect(find('Service', 'kube-dns-upstream').spec.clusterIP).toBe('10.96.3.53');
    expect(JSON.parse(find('ConfigMap', 'dns-autoscaler').data.linear).max).toBe(40);
    expect(find('Deployment', 'coredns').spec.template.spec.containers[0].resources.limits.memory).toBe('512Mi');
  });

  test.each(Object.entries({ ...ALL, nodeCache: false }))('prop %s reaches the output', (name, value) => {
    expect(emit({ cluster, [name]: value }).objects).not.toEqual(emit({ cluster }).objects);
  });

  test('a mirror is where all three images come from', () => {
    const { find } = emit({ cluster: clusterOf({ imageRegistry: ImageRegistry.mirror('mirror.example.com') }) });
    const image = (kind: string, name: string) => find(kind, name).spec.template.spec.containers[0].image;
    expect(image('Deployment', 'coredns')).toBe('mirror.example.com/coredns/coredns:v1.14.6');
    expect(image('Deployment', 'dns-autoscaler')).toBe('mirror.example.com/cpa/cluster-proportional-autoscaler:v1.8.9');
    expect(image('DaemonSet', 'node-local-dns')).toBe('mirror.example.com/dns/k8s-dns-node-cache:1.26.7');
  });

  test('the domain of the cluster is in both Corefiles', () => {
    const { dns, corefile, cacheCorefile } = emit({
      cluster: clusterOf({ network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20', clusterDomain: 'shop.internal' } }),
    });
    expect(dns.clusterDomain).toBe('shop.internal');
    expect(corefile()).toContain('kubernetes shop.internal in-addr.arpa ip6.arpa {');
    expect(corefile()).toContain('disable success shop.internal');
    expect(cacheCorefile()).toContain('shop.internal:53 {');
    expect(corefile() + cacheCorefile()).not.toContain('cluster.local');
  });
});

describe('errors', () => {
  test.each<[string, CachedCoreDnsProps, RegExp]>([
    ['cache address of another family', { nodeCacheAddress: 'fd00::1' }, /nodeCacheAddress must be an IPv4 address like the Service range, got "fd00::1"; use 169\.254\.20\.10/],
    ['cache address that is no address', { nodeCacheAddress: '169.254.20.10 {' }, /nodeCacheAddress must be an IPv4 address/],
    ['cache address among Services', { nodeCacheAddress: '10.96.0.20' }, /nodeCacheAddress 10\.96\.0\.20 lies inside a range of the cluster; use a link-local address/],
    ['cache address among pods', { nodeCacheAddress: '10.1.0.20' }, /lies inside a range of the cluster/],
    ['cache address among nodes', { nodeCacheAddress: '172.16.0.20' }, /lies inside a range of the cluster/],
    ['second Service outside the range', { upstreamServiceAddress: '10.97.0.11' }, /upstreamServiceAddress must lie in network\.serviceCidr 10\.96\.0\.0\/16, got "10\.97\.0\.11"/],
    ['second Service on the address of the first', { upstreamServiceAddress: '10.96.0.10' }, /upstreamServiceAddress 10\.96\.0\.10 belongs to the DNS or the kubernetes Service; .* loops/],
    ['upstream that is the DNS Service itself', { upstreamServers: ['10.96.0.10'] }, /upstreamServers: 10\.96\.0\.10 is an address of the cluster's own DNS; queries would run in a circle/],
    ['upstream that is the cache', { upstreamServers: ['169.254.20.10:53'] }, /would run in a circle/],
    ['upstream that is a name', { upstreamServers: ['dns.example.com'] }, /upstreamServers: "dns\.example\.com" must be an address, with :port/],
    ['upstream that brings directives', { upstreamServers: ['192.0.2.53\n    log'] }, /must be an address/],
    ['upstream with a port out of range', { upstreamServers: ['192.0.2.53:99999'] }, /must be an address/],
    ['no upstream at all', { upstreamServers: [] }, /upstreamServers must name 1 to 15 resolvers .*, got 0/],
    ['ceiling below the floor', { maxReplicas: 2 }, /maxReplicas must be a whole number between 3 and 1000/],
    ['limit below what the plan needs', { cluster, memoryLimit: Size.mebibytes(64) }, /memoryLimit must be at least 92Mi, what CoreDNS takes for .*36000 pods.*, got 64Mi/],
    ['address of a cache that is switched off', { nodeCache: false, nodeCacheAddress: '169.254.20.10' }, /nodeCacheAddress is set but nodeCache is false/],
  ])('%s', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });

  test('all problems come at once', () => {
    expect(() => emit({ nodeCacheAddress: 'x', upstreamServers: ['y'], maxReplicas: 0 })).toThrow(/3 problems/);
  });
});

describe('for the neighbours', () => {
  test('scrape targets, API clients and alerts speak of this cluster', () => {
    const { dns } = emit({ cluster });
    expect(dns.scrapeTargets.map(t => [t.job, t.port])).toEqual([['coredns', 9153], ['node-local-dns', 9253]]);
    expect(dns.apiClients.map(c => `${c.namespace}/${c.serviceAccount}`)).toEqual(['kube-system/coredns', 'kube-system/dns-autoscaler']);
    // 85 % of 184 MiB
    expect(dns.alertGroups[0].alerts.find(a => a.name === 'DnsMemoryNearLimit')!.expression).toContain(`> ${Math.floor(184 * 1024 * 1024 * 0.85)}`);
    expect(dns.serviceAddress).toBe('10.96.0.10');
  });

  test('measured queries raise the ceiling of replicas, and a lower one is refused with the smallest that works', () => {
    const busy = clusterOf({ load: LoadProfile.of({ dnsQueriesPerPod: 100 }) });
    // 36,000 x 100 x 20 % = 720,000; / 16,500 = 43.6
    expect(emit({ cluster: busy }).dns.derivations.find(d => d.id === 'dns/replicas-max')!.value).toBe(44);
    expect(() => emit({ cluster: busy, maxReplicas: 43 })).toThrow(/maxReplicas must be a whole number between 44 and 1000 \(the 720000 queries\/s that reach CoreDNS need 44\)/);
    expect(() => emit({ cluster: busy, maxReplicas: 44 })).not.toThrow();
  });

  test('derivations have unique names, and a given value is marked as given', () => {
    const { derivations } = emit({ cluster, maxReplicas: 40 }).dns;
    expect(new Set(derivations.map(d => d.id)).size).toBe(derivations.length);
    expect(derivations.find(d => d.id === 'dns/replicas-max')).toMatchObject({ value: 40, confidence: 'given by the user' });
  });
});
