import { Duration, Size } from 'cdk8s';
import { clusterOf, emit } from './dns-build';
import { ImageRegistry } from '../../../src/cluster/image-registry';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { CachedCoreDnsProps } from '../../../src/components/dns/cached-core-dns';
import { CoreDnsOwner } from '../../../src/components/dns/core-dns-owner';
import { DnsServerBlock } from '../../../src/components/dns/dns-server-block';
import { DnsServiceProxy } from '../../../src/components/dns/dns-service-proxy';
import { ForwardPolicy } from '../../../src/components/dns/forwarding';
import { PodNames } from '../../../src/components/dns/pod-names';
import { clusterOn } from '../cluster-on';

const cluster = clusterOf();

describe('props', () => {
  const ALL: Required<Omit<CachedCoreDnsProps, 'cluster' | 'nodeCache' | 'owner'>> = {
    serviceProxy: DnsServiceProxy.KUBE_PROXY_IPTABLES,
    nodeCacheAddress: '169.254.25.10',
    upstreamServiceAddress: '10.96.3.53',
    preferSameZone: false,
    upstreamServers: ['192.0.2.53', '192.0.2.54:5353'],
    forwarding: { forceTcp: true, maxConcurrent: 2500 },
    serverBlocks: [DnsServerBlock.forward({ zones: ['corp.example.com'], servers: ['192.0.2.60'] })],
    podNames: PodNames.DISABLED,
    recordTtl: Duration.seconds(10),
    cacheTtl: Duration.minutes(5),
    serveStale: Duration.minutes(90),
    lameduck: Duration.seconds(20),
    minReplicas: 6,
    maxReplicas: 40,
    memoryLimit: Size.mebibytes(512),
    threads: 8,
  };

  test('all props together', () => {
    const { corefile, cacheCorefile, find } = emit({ cluster, ...ALL });
    expect(corefile()).toContain('forward . 192.0.2.53 192.0.2.54:5353 {\n        force_tcp\n        max_concurrent 2500\n');
    expect(corefile()).toContain('        pods disabled\n        fallthrough in-addr.arpa ip6.arpa\n        ttl 10\n');
    expect(corefile()).toContain('    cache 300 {\n        disable success cluster.local\n        disable denial cluster.local\n        serve_stale 90m verify 1000ms\n');
    expect(corefile()).toContain('        lameduck 20s\n');
    expect(corefile()).toContain('    multisocket 4\n');
    expect(cacheCorefile()).toContain('forward . 192.0.2.53 192.0.2.54:5353 {\n        force_tcp\n');
    expect(cacheCorefile()).toContain('bind 169.254.25.10 10.96.0.10');
    expect(cacheCorefile()).toContain('success 9984 10\n');
    expect(cacheCorefile()).toContain('success 9984 300\n');
    expect(find('Service', 'kube-dns-upstream').spec.clusterIP).toBe('10.96.3.53');
    expect(find('Service', 'kube-dns-upstream').spec).not.toHaveProperty('trafficDistribution');
    expect(JSON.parse(find('ConfigMap', 'dns-autoscaler').data.linear)).toMatchObject({ min: 6, max: 40 });
    const { spec } = find('Deployment', 'coredns').spec.template;
    expect(spec.terminationGracePeriodSeconds).toBe(30);
    expect(spec.containers[0].resources.limits.memory).toBe('512Mi');
    expect(spec.containers[0].env).toEqual([{ name: 'GOMAXPROCS', value: '8' }, { name: 'GOMEMLIMIT', value: '460MiB' }]);
  });

  test.each(Object.entries({ ...ALL, nodeCache: false, owner: CoreDnsOwner.kubeadm() }))('prop %s reaches the output', (name, value) => {
    expect(emit({ cluster, [name]: value }).objects).not.toEqual(emit({ cluster }).objects);
  });

  test('no stale answers: then resolvers that seem to be gone are tried all the same', () => {
    const { corefile, cacheCorefile } = emit({ cluster, serveStale: Duration.seconds(0) });
    for (const text of [corefile(), cacheCorefile()]) {
      expect(text).not.toContain('serve_stale');
      expect(text).not.toContain('failfast');
    }
  });

  test('verified names of pods bring the right to watch pods, the memory for them, and a note', () => {
    const { dns, corefile, find } = emit({ cluster, podNames: PodNames.VERIFIED });
    expect(corefile()).toContain('pods verified');
    expect(find('ClusterRole', 'kube-system:coredns').rules[0].resources).toEqual(['services', 'namespaces', 'pods']);
    // 38,000 / 250 + 56 = 208 MB, twice that as limit
    expect(find('Deployment', 'coredns').spec.template.spec.containers[0].resources).toMatchObject({ requests: { memory: '208M' }, limits: { memory: '416Mi' } });
    expect(dns.notes.join()).toContain('every CoreDNS holds every pod');
    // By this the report knows with which of the two lines memory grows.
    expect(dns.derivations.find(({ id }) => id === 'dns/watched-pods')!.value).toBe(36_000);
    expect(emit({ cluster }).dns.derivations.some(({ id }) => id === 'dns/watched-pods')).toBe(false);
  });

  test('both Services keep their traffic in the zone where release and data plane can', () => {
    const wanted = (release: KubernetesRelease, proxy: DnsServiceProxy) => {
      const { find } = emit({ cluster: clusterOn(release), serviceProxy: proxy });
      const [own, upstream] = ['kube-dns', 'kube-dns-upstream'].map(name => find('Service', name).spec.trafficDistribution);
      expect(upstream).toBe(own);
      return own;
    };
    expect(wanted(KubernetesRelease.V1_30, DnsServiceProxy.KUBE_PROXY_IPTABLES)).toBeUndefined();
    expect(wanted(KubernetesRelease.V1_31, DnsServiceProxy.KUBE_PROXY_IPTABLES)).toBe('PreferClose');
    expect(wanted(KubernetesRelease.V1_35, DnsServiceProxy.KUBE_PROXY_IPTABLES)).toBe('PreferSameZone');
    // Calico 3.31 goes with 1.33 and ignores the field, 3.32 with 1.34 follows it.
    expect(wanted(KubernetesRelease.V1_33, DnsServiceProxy.CALICO_EBPF)).toBeUndefined();
    expect(wanted(KubernetesRelease.V1_34, DnsServiceProxy.CALICO_EBPF)).toBe('PreferClose');
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
    ['fewer replicas than the floor', { minReplicas: 1 }, /minReplicas must be a whole number between 3 and 1000 \(at least 3, at most maxReplicas\), got 1/],
    ['a floor above the ceiling', { minReplicas: 12, maxReplicas: 10 }, /minReplicas must be a whole number between 3 and 10/],
    ['no thread', { threads: 0 }, /threads must be a whole number between 1 and 64/],
    ['a lame duck that is gone before nodes know', { lameduck: Duration.seconds(5) }, /lameduck must be a whole number between 10 and 300 .*, got 5/],
    ['half a second', { recordTtl: Duration.millis(500) }, /recordTtl must be a whole number between 0 and 3600 .*, got 0\.5/],
    ['stale for a week', { serveStale: Duration.days(7) }, /serveStale must be a whole number between 0 and 86400/],
    ['an answer kept for no time', { cacheTtl: Duration.seconds(0) }, /cacheTtl must be a whole number between 1 and 3600/],
    ['zones on a release that cannot', { cluster: clusterOn(KubernetesRelease.V1_30), preferSameZone: true }, /preferSameZone needs Kubernetes 1\.31 and, with eBPF, Calico 3\.32, got 1\.30 with Calico 3\.29\.0; leave it out/],
    ['nftables on a release without', { cluster: clusterOn(KubernetesRelease.V1_30), serviceProxy: DnsServiceProxy.KUBE_PROXY_NFTABLES }, /kube-proxy of Kubernetes 1\.30 has no mode nftables; use DnsServiceProxy\.KUBE_PROXY_IPTABLES/],
    ['address of a cache that is switched off', { nodeCache: false, nodeCacheAddress: '169.254.20.10' }, /nodeCacheAddress is set but nodeCache is false/],
  ])('%s', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });

  test('all problems come at once', () => {
    expect(() => emit({ nodeCacheAddress: 'x', upstreamServers: ['y'], maxReplicas: 0 })).toThrow(/3 problems/);
  });
});

describe('resolvers outside the cluster', () => {
  test('every option of theirs is a line, in the Corefile of CoreDNS and in that of the caches', () => {
    const { corefile, cacheCorefile } = emit({
      cluster,
      upstreamServers: ['192.0.2.53', '2001:db8::53'],
      forwarding: {
        policy: ForwardPolicy.SEQUENTIAL,
        preferUdp: true,
        maxConcurrent: 500,
        healthCheckInterval: Duration.seconds(2),
        maxFails: 3,
        failoverOn: ['SERVFAIL', 'REFUSED'],
        options: [{ name: 'expire', args: ['20s'] }],
      },
    });
    const lines = [
      '    forward . 192.0.2.53 2001:db8::53 {',
      '        policy sequential',
      '        prefer_udp',
      '        max_concurrent 500',
      '        health_check 2s',
      '        max_fails 3',
      '        failover SERVFAIL REFUSED',
      '        failfast_all_unhealthy_upstreams',
      '        expire 20s',
      '    }',
    ].join('\n');
    expect(corefile()).toContain(lines);
    expect(cacheCorefile()).toContain(lines);
  });

  test('TLS: CoreDNS asks them, and caches ask CoreDNS', () => {
    const { corefile, cacheCorefile } = emit({ cluster, upstreamServers: ['192.0.2.53', '192.0.2.54:8853'], forwarding: { tlsServerName: 'dns.example.com' } });
    expect(corefile()).toContain('    forward . tls://192.0.2.53 tls://192.0.2.54:8853 {\n        tls_servername dns.example.com\n');
    expect(cacheCorefile()).not.toContain('192.0.2.5');
    expect(cacheCorefile().match(/forward \. 10\.96\.0\.11 \{\n +force_tcp/g)).toHaveLength(4);
  });

  test.each<[string, CachedCoreDnsProps, RegExp]>([
    ['both protocols', { forwarding: { forceTcp: true, preferUdp: true } }, /forwarding: forceTcp and preferUdp exclude each other; leave one of them out/],
    ['TLS over UDP', { upstreamServers: ['192.0.2.53'], forwarding: { tlsServerName: 'dns.example.com', preferUdp: true } }, /with tlsServerName everything is TLS over TCP/],
    ['TLS to resolvers that nobody named', { forwarding: { tlsServerName: 'dns.example.com' } }, /forwarding\.tlsServerName needs upstreamServers: the resolvers of the nodes are asked by plain DNS/],
    ['TLS with a name that is none', { upstreamServers: ['192.0.2.53'], forwarding: { tlsServerName: 'dns example' } }, /forwarding\.tlsServerName must be a DNS name/],
    ['no bound', { forwarding: { maxConcurrent: 0 } }, /forwarding\.maxConcurrent must be a whole number between 1 and 100000/],
    ['checks without pause', { forwarding: { healthCheckInterval: Duration.millis(10) } }, /forwarding\.healthCheckInterval must be a whole number between 100 and 60000/],
    ['an answer that is none', { forwarding: { failoverOn: ['BROKEN'] } }, /forwarding\.failoverOn: "BROKEN" is no answer that asks for another resolver; use FORMERR, SERVFAIL/],
    ['failover before CoreDNS 1.13.0', { cluster: clusterOn(KubernetesRelease.V1_34), forwarding: { failoverOn: ['SERVFAIL'] } },
      /forwarding: option 'failover' of plugin 'forward' was added in CoreDNS 1\.13\.0, got version 1\.12\.1; leave it out or use a newer version/],
    ['an option that the caches do not know yet', { forwarding: { options: [{ name: 'read_timeout', args: ['1s'] }] } },
      /option 'read_timeout' of plugin 'forward' was added in CoreDNS 1\.14\.5, got version 1\.13\.1/],
    ['a misspelt option', { forwarding: { options: [{ name: 'expier', args: ['1s'] }] } }, /option 'expier' of plugin 'forward' is unknown to CoreDNS 1\.14\.6; did you mean 'expire'/],
    ['an option that has a prop', { forwarding: { options: [{ name: 'max_concurrent', args: ['9'] }] } }, /forwarding\.options: 'max_concurrent' has a prop of its own, maxConcurrent/],
    ['an argument that opens a line', { forwarding: { options: [{ name: 'expire', args: ['1s\n    log'] }] } }, /forwarding\.options: a word must be one line/],
  ])('refused: %s', (_, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });

  test('without caches only CoreDNS has to know an option', () => {
    expect(emit({ nodeCache: false, forwarding: { options: [{ name: 'read_timeout', args: ['1s'] }] } }).corefile()).toContain('        read_timeout 1s\n');
  });
});
