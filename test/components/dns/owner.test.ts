import { Chart, Testing } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import { clusterOf, emit } from './dns-build';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { CachedCoreDns, CachedCoreDnsProps } from '../../../src/components/dns/cached-core-dns';
import { CoreDnsOwner } from '../../../src/components/dns/core-dns-owner';
import { DnsServiceProxy } from '../../../src/components/dns/dns-service-proxy';
import { PodNames } from '../../../src/components/dns/pod-names';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { Installer } from '../../../src/host/installers/installer';
import { machinesOf, referenceCluster } from '../../host/installers/reference-cluster';
import { clusterOn } from '../cluster-on';

const cluster = clusterOf();

function hostOf(props: CachedCoreDnsProps) {
  const chart: Chart = Testing.chart();
  new CachedCoreDns(chart, 'dns', { cluster, ...props });
  return hostArtefacts(chart);
}

const kinds = (props: CachedCoreDnsProps) => emit({ cluster, ...props }).objects.map(o => `${o.kind} ${o.metadata.name.replace(/-[0-9a-f]{10}$/, '-HASH')}`);

describe('kubeadm', () => {
  const owner = CoreDnsOwner.kubeadm();

  test('has Deployment, account and rights itself; Corefile, budget, Service, autoscaler and cache are ours', () => {
    const own = ['ServiceAccount coredns', 'ClusterRole kube-system:coredns', 'ClusterRoleBinding kube-system:coredns', 'Deployment coredns'];
    expect(kinds({ owner })).toEqual(kinds({}).filter(name => !own.includes(name)));
  });

  test('selectors are those of its pods, which have one label (cmd/kubeadm/app/phases/addons/dns/manifests.go)', () => {
    const { find } = emit({ cluster, owner });
    for (const name of ['kube-dns', 'kube-dns-upstream']) { expect(find('Service', name).spec.selector).toEqual({ 'k8s-app': 'kube-dns' }); }
    expect(find('PodDisruptionBudget', 'coredns').spec.selector.matchLabels).toEqual({ 'k8s-app': 'kube-dns' });
    expect(JSON.stringify(find('Deployment', 'dns-autoscaler'))).toContain('--target=deployment/coredns');
  });

  test('finds the numbers of this cluster as a patch on every control-plane machine; the first one applies it', () => {
    const { files } = hostOf({ owner });
    expect(files.map(file => file.target.folder)).toEqual([1, 2, 3, 4, 5].map(i => `machines/cp-${i}`));
    expect(new Set(files.map(file => file.path))).toEqual(new Set(['/etc/kubernetes/patches/corednsdeployment0+strategic.yaml']));
    expect(files.map(file => JSON.stringify(file.onChange)).filter(text => text.includes('addon'))).toHaveLength(1);
    const { spec } = parse(files[0].content);
    expect(spec).not.toHaveProperty('replicas');
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: '10%', maxSurge: '10%' });
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(40);
    expect(spec.template.spec.topologySpreadConstraints.map((c: any) => c.topologyKey)).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    const [container] = spec.template.spec.containers;
    expect(container).toEqual({
      name: 'coredns',
      env: [{ name: 'GOMAXPROCS', value: '4' }, { name: 'GOMEMLIMIT', value: '165MiB' }],
      resources: { requests: { cpu: '200m', memory: '92M' }, limits: { memory: '184Mi' } },
    });
  });

  test('is told of by a note and a page with the check after an upgrade', () => {
    expect(emit({ cluster, owner }).dns.notes.join()).toContain('apply the manifests of wave 20-dns again after each');
    const page = hostOf({ owner }).pages.find(({ name }) => name === 'dns-upgrade')!.content;
    for (const needed of ['--patches /etc/kubernetes/patches', '`184Mi`', 'natExcludeService}\' | `true`'.replace('natExcludeService}\' | ', 'natExcludeService}\'` | '), 'Corefile-backup']) { expect(page).toContain(needed); }
  });

  test('keeps its addon where the installer runs it, and installers that switch it off refuse', () => {
    const reference = referenceCluster();
    const scope = machinesOf(reference);
    new CachedCoreDns(scope, 'dns', { cluster: reference, owner });
    const artefacts = hostArtefacts(scope);
    const { files, installGuide } = Installer.kubeadm()._render(artefacts, reference);
    const [, described] = parseAllDocuments(files.find(file => file.path === '/etc/kubernetes/kubeadm-init.yaml')!.content).map(document => document.toJS());
    expect([described.dns, described.proxy]).toEqual([undefined, { disabled: true }]);
    expect(installGuide).toContain('CoreDNS is kubeadm\'s, with the patch of this cluster');
    for (const installer of [Installer.plain(), Installer.kubespray()]) {
      expect(() => installer._render(artefacts, reference)).toThrow(/dns\.owner is kubeadm, and this form does not let kubeadm install CoreDNS with patches; use Installer\.kubeadm\(\) or CoreDnsOwner\.construct\(\)/);
    }
  });

  test('cannot patch its CoreDNS before Kubernetes 1.31', () => {
    expect(() => emit({ cluster: clusterOn(KubernetesRelease.V1_30), owner })).toThrow(/owner: kubeadm can patch its CoreDNS from Kubernetes 1\.31 on, cluster\.release is 1\.30; use CoreDnsOwner\.construct\(\)/);
    expect(() => emit({ cluster: clusterOn(KubernetesRelease.V1_31), owner })).not.toThrow();
  });
});

describe('somebody else', () => {
  const owner = CoreDnsOwner.other({ name: 'EKS' });

  test('only the cache and the Service it needs are written', () => {
    expect(kinds({ owner })).toEqual(['Service kube-dns-upstream', 'ServiceAccount node-local-dns', 'ConfigMap node-local-dns-HASH', 'DaemonSet node-local-dns']);
    expect(hostOf({ owner }).files).toEqual([]);
  });

  test('with eBPF the Service is not ours to annotate, so the cache has its own address alone; with iptables it takes over', () => {
    const ebpf = emit({ cluster, owner });
    expect(ebpf.cacheCorefile()).toContain('bind 169.254.20.10\n');
    expect(ebpf.dns.clusterDnsAddresses).toEqual(['169.254.20.10']);
    expect(emit({ cluster, owner, serviceProxy: DnsServiceProxy.KUBE_PROXY_IPTABLES }).cacheCorefile()).toContain('bind 169.254.20.10 10.96.0.10\n');
  });

  test('its pods may have other labels and another port', () => {
    const { find, dns } = emit({ cluster, owner: CoreDnsOwner.other({ podLabels: { app: 'resolver' }, port: 1053 }) });
    expect(find('Service', 'kube-dns-upstream').spec).toMatchObject({ selector: { app: 'resolver' }, ports: [{ port: 53, targetPort: 1053 }, { port: 53, targetPort: 1053 }] });
    expect(dns.scrapeTargets[0].podLabels).toEqual({ app: 'resolver' });
    expect(dns.networkFlows.map(flow => flow.ports[0].port)).toEqual([1053, 1053]);
  });

  test('no number of theirs is claimed, no alert is on what only they can change', () => {
    const { dns } = emit({ cluster, owner });
    expect(dns.derivations.map(({ id }) => id).filter(id => /replicas|memory$|memory-limit$/.test(id) && !id.includes('node-cache'))).toEqual([]);
    expect(dns.apiClients).toEqual([]);
    expect(dns.alertGroups[0].alerts.map(({ name }) => name)).not.toEqual(expect.arrayContaining(['DnsMemoryNearLimit']));
    expect(dns.notes.join()).toContain('CoreDNS is left to EKS');
  });

  test.each<[string, CachedCoreDnsProps, RegExp]>([
    ['a limit that they would not see', { maxReplicas: 40 }, /maxReplicas is set but CoreDNS belongs to EKS, who would not see it; leave one of them out/],
    ['names of pods', { podNames: PodNames.DISABLED }, /podNames is set but CoreDNS belongs to EKS/],
    ['no cache either', { nodeCache: false }, /nothing is left to write; leave CachedCoreDns out/],
  ])('refused: %s', (_, props, message) => {
    expect(() => emit({ cluster, owner, ...props })).toThrow(message);
  });

  test.each<[string, CoreDnsOwner, RegExp]>([
    ['no labels', CoreDnsOwner.other({ podLabels: {} }), /owner\.podLabels must not be empty/],
    ['a label that is none', CoreDnsOwner.other({ podLabels: { 'a b': 'c' } }), /owner\.podLabels: key must be/],
    ['a port that is none', CoreDnsOwner.other({ port: 0 }), /owner\.port must be a whole number/],
  ])('refused: %s', (_, other, message) => {
    expect(() => emit({ cluster, owner: other })).toThrow(message);
  });
});

describe('pages', () => {
  test('alerts name pages that exist', () => {
    for (const owner of [CoreDnsOwner.construct(), CoreDnsOwner.kubeadm(), CoreDnsOwner.other()]) {
      const pages = hostOf({ owner }).pages.map(page => page.file);
      const named = emit({ cluster, owner }).dns.alertGroups[0].alerts.map(alert => alert.runbook);
      expect(named.filter(page => page === undefined || !pages.includes(page))).toEqual([]);
    }
  });

  test('the order of bringing the cache in depends on who carries packets for Services', () => {
    const page = (serviceProxy: DnsServiceProxy) => hostOf({ serviceProxy }).pages.find(({ name }) => name === 'dns-node-cache')!.content;
    const annotate = 'annotate service kube-dns projectcalico.org/natExcludeService=true';
    expect(page(DnsServiceProxy.CALICO_EBPF).indexOf(annotate)).toBeGreaterThan(page(DnsServiceProxy.CALICO_EBPF).indexOf('rollout status daemonset/node-local-dns'));
    expect(page(DnsServiceProxy.KUBE_PROXY_IPTABLES)).not.toContain('annotate');
    expect(page(DnsServiceProxy.KUBE_PROXY_IPVS)).toContain('The cache has only its own address'.toLowerCase().slice(4));
  });

  test('pages have the addresses of this cluster', () => {
    const { pages } = hostOf({});
    expect(pages.map(({ name }) => name)).toEqual(['dns-failing', 'dns-node-cache', 'dns-upgrade']);
    expect(pages[0].content).toContain('dig +time=2 +tries=1 @169.254.20.10 kubernetes.default.svc.cluster.local');
    expect(pages[0].content).toContain('dig +tcp +time=2 +tries=1 @10.96.0.11');
    // One percent of 1,200.
    expect(pages[1].content).toContain('12 of 1200 nodes at a time');
  });
});
