import { clusterOf, emit } from './dns-build';
import { corefileProblem } from '../../../src/catalogue/coredns-plugins';
import { NODE_CACHE_COREDNS } from '../../../src/catalogue/dns-images';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { coreDnsCorefile, nodeCacheCorefile } from '../../../src/components/dns/corefile-document';
import { dnsSettings } from '../../../src/components/dns/dns-settings';
import { CorefileServer } from '../../../src/formats/corefile';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

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
      '        failfast_all_unhealthy_upstreams',
      '    }',
      '    cache 30 {',
      '        disable success cluster.local',
      '        disable denial cluster.local',
      '        serve_stale 1h verify 1000ms',
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
    expect(lines.filter(line => /^ +health /.test(line))).toHaveLength(1);
    // node-cache has CoreDNS 1.13.1 inside, which waits for the source as long as the source's own timeout.
    expect(lines.filter(line => line.includes('serve_stale'))).toEqual(Array(4).fill('        serve_stale 1h verify'));
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
    // 36,000 pods + 2,000 Services: 92 MB predicted, twice that as limit; 36,000 queries/s over 25 replicas: 1,440 each, twice 87 thousandths of a core
    expect(spec.containers[0].resources).toEqual({ requests: { cpu: '200m', memory: '92M' }, limits: { memory: '184Mi' } });
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
    // An attempt with a bound: 1.14.4, so not with the 1.14.2 of 1.36.
    ['verify 1000ms', KubernetesRelease.V1_36, KubernetesRelease.V1_37],
    ['failfast_all_unhealthy_upstreams', KubernetesRelease.V1_33, KubernetesRelease.V1_34],
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

describe('for the neighbours', () => {
  test('scrape targets, API clients and alerts speak of this cluster', () => {
    const { dns } = emit({ cluster });
    expect(dns.scrapeTargets.map(t => [t.job, t.port])).toEqual([['coredns', 9153], ['node-local-dns', 9253], ['node-local-dns-setup', 9353]]);
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
