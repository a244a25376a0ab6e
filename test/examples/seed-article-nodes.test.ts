import { Size } from 'cdk8s';
import { newest, provesDefault, provesError, provesImpossible, provesRule, seed, seedWith } from './seed-proofs';
import { CalicoEbpfProps, LocalSsdStorageProps, MachineShape, NodePool, ThousandNodeClusterProps } from '../../src';
import { Draft } from '../audit/mutations';

const kubelet = (draft: Draft, pool = 'general') => draft.kubelets.find(k => k.pool === pool)!.configuration;
const find = (draft: Draft, kind: string, name: string) => draft.objects.find(o => o.kind === kind && o.metadata.name.startsWith(name))!;
const installation = (draft: Draft) => find(draft, 'Installation', 'default').spec.calicoNetwork;
const corefile = () => seed().manifest('ConfigMap', 'coredns').data.Corefile as string;
/** A ConfigMap with the article's lines. */
const printed = (lines: string[]) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'article', namespace: 'kube-system' },
  data: { Corefile: `.:53 {\n${lines.map(line => `    ${line}\n`).join('')}}\n` },
});

provesRule('KUBELET-01', 'TNC078', {
  article: d => {
    // Eight cores are what the audit counts with: 80 pods instead of 250.
    const small = MachineShape.of({ cpu: 8, memory: Size.gibibytes(32) });
    const pools = d.facts.pools.map(({ name, nodes, gpu }) => NodePool.of(name, { nodes, machine: small, gpu, maxPods: 250 }));
    d.facts = Object.assign(Object.create(Object.getPrototypeOf(d.facts)), d.facts, { pools });
    kubelet(d).podsPerCore = 10;
  },
});
provesRule('KUBELET-02', 'TNC082', { right: d => { for (const k of d.kubelets) { k.configuration.maxPods = 110; } } });
const untouched = () => seedWith({ kubelets: {} });
provesDefault('KUBELET-03', () => {
  for (const written of [untouched(), newest()]) { expect(written.kubelet('general')).toMatchObject({ eventRecordQPS: 5, eventBurst: 50 }); }
});
provesDefault('KUBELET-04', () => {
  expect(untouched().kubelet('general')).toMatchObject({ kubeAPIQPS: 50, kubeAPIBurst: 100 });
  expect(Object.keys(newest().kubelet('general'))).not.toContain('kubeAPIQPS');
});
provesError('KUBELET-05', /'serializeImagePulls' is managed by this construct/);
provesError('KUBELET-06', /'evictionHard' is managed by this construct/);
provesRule('KUBELET-07', 'TNC072', { article: d => { delete kubelet(d).kubeReserved; delete kubelet(d).systemReserved; } });
provesError('KUBELET-08', /'evictionHard' is managed by this construct/);
provesRule('KUBELET-09', 'TNC073', { article: d => { delete kubelet(d).podPidsLimit; } });
provesImpossible('KUBELET-10', () => {
  // @ts-expect-error kubelets are named by pool, not configured for all
  const all: ThousandNodeClusterProps['kubelets'] = { evictionMemory: Size.mebibytes(500) };
  expect(() => seedWith({ kubelets: all })).toThrow(/evictionMemory/);
});
provesDefault('KUBELET-11', () => {
  expect(untouched().kubelet('general')).toMatchObject({
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
    authorization: { mode: 'Webhook' },
    readOnlyPort: 0,
    rotateCertificates: true,
    serverTLSBootstrap: true,
    clusterDNS: ['169.254.20.10'],
    cgroupDriver: 'systemd',
    shutdownGracePeriod: '60s',
    containerLogMaxSize: '10Mi',
    containerLogMaxFiles: 5,
  });
});
provesRule('KUBELET-12', 'TNC079', { article: d => { kubelet(d).nodeStatusUpdateFrequency = '10s'; } });
provesError('KUBELET-13', /maxPodz.*did you mean|maxPodz/);

/** What gets past the types as a user of another language would write it. */
const calico = (props: object) => seedWith({ calico: props as CalicoEbpfProps }).text;
provesImpossible('CALICO-01', () => {
  // @ts-expect-error no such prop
  const props: CalicoEbpfProps = { iptablesRefreshInterval: '60s' };
  expect(calico(props)).not.toContain('iptablesRefreshInterval');
});
provesImpossible('CALICO-02', () => {
  // @ts-expect-error no such prop
  const props: CalicoEbpfProps = { maxIpsetSize: 1_048_576 };
  expect(calico(props)).not.toContain('maxIpsetSize');
});
provesRule('CALICO-03', 'TNC014', { article: d => { find(d, 'FelixConfiguration', 'default').spec.chainInsertMode = 'Append'; } });
provesRule('CALICO-04', 'TNC009', { article: d => { d.objects = d.objects.filter(o => o.metadata.name !== 'kubernetes-services-endpoint'); } });
provesDefault('CALICO-05', () => {
  expect(seed().manifest('Installation', 'default').spec.calicoNetwork.linuxDataplane).toBe('BPF');
  expect(seed().text).not.toContain('bpfEnabled');
});
provesImpossible('CALICO-06', () => {
  // @ts-expect-error no such props
  const props: CalicoEbpfProps = { bpfExternalServiceMode: 'Tunnel', bpfKubeProxyIptablesCleanupEnabled: true, logSeverityScreen: 'Info' };
  expect(calico(props)).not.toMatch(/bpfExternalServiceMode|bpfKubeProxyIptablesCleanupEnabled|logSeverityScreen/);
});
provesImpossible('CALICO-07', () => {
  // @ts-expect-error no such prop
  const props: CalicoEbpfProps = { ipv6Support: false };
  expect(calico(props)).not.toContain('ipv6Support');
});
provesDefault('CALICO-08', () => {
  const wave = (manifest: any) => manifest.metadata.labels['thousand-node.io/wave'];
  expect([wave(seed().manifest('APIServer', 'default')), wave(seed().manifest('FelixConfiguration', 'default'))]).toEqual(['10-network', '11-network-objects']);
});
provesRule('CALICO-09', 'TNC001', { article: d => { installation(d).ipPools[0].cidr = '192.168.0.0/16'; } });
provesRule('CALICO-10', 'TNC017', { article: d => { delete installation(d).bgp; } });
provesRule('CALICO-11', 'TNC200', { right: d => { delete find(d, 'FelixConfiguration', 'default').spec.prometheusMetricsEnabled; } });

provesDefault('DNS-01', () => {
  expect(corefile()).not.toContain('9984');
  expect(seed().all('DaemonSet', 'node-local-dns')).toHaveLength(1);
});
provesRule('DNS-02', 'TNC190', { article: d => { d.objects.push(printed(['kubernetes cluster.local in-addr.arpa ip6.arpa {', '    pods verified', '    fallthrough in-addr.arpa ip6.arpa', '}'])); } });
provesRule('DNS-03', 'TNC191', { article: d => { d.objects.push(printed(['forward . /etc/resolv.conf {', '    prefer_udp', '}', 'reload'])); } });
provesDefault('DNS-04', () => expect(corefile()).toMatch(/^ {4}loadbalance$/m));
provesDefault('DNS-05', () => expect(corefile()).toMatch(/forward \. \/etc\/resolv\.conf \{\n +max_concurrent 1000\n/));
provesRule('DNS-06', 'TNC193', { article: d => { const map = find(d, 'ConfigMap', 'coredns'); map.data.Corefile = map.data.Corefile.replace('lameduck 30s', 'lameduck 5s'); } });
provesDefault('DNS-07', () => expect(corefile()).toMatch(/^ +ttl 30$/m));
provesDefault('DNS-08', () => {
  // CoreDNS 1.8.4 of Kubernetes 1.22 does not know the option and would not start.
  expect(corefile()).toMatch(/^ +cache 30$/m);
  const later = newest().manifest('ConfigMap', 'coredns').data.Corefile;
  for (const kind of ['success', 'denial']) { expect(later).toContain(`disable ${kind} cluster.local`); }
});
provesDefault('DNS-09', () => {
  for (const [kind, name] of [['Deployment', 'coredns'], ['Deployment', 'dns-autoscaler'], ['PodDisruptionBudget', 'coredns'], ['DaemonSet', 'node-local-dns'], ['Service', 'kube-dns']]) {
    expect(`${kind} ${name}: ${seed().all(kind, name).length > 0}`).toBe(`${kind} ${name}: true`);
  }
  // (36,000 pods + 2,000 Services) / 1,000 + 54 = 92 MB.
  expect(parseInt(seed().manifest('Deployment', 'coredns').spec.template.spec.containers[0].resources.limits.memory, 10) * 1024 ** 2).toBeGreaterThan(92e6);
});
provesDefault('DNS-10', () => expect(seed().manifest('ClusterRole', 'kube-system:coredns').rules).toContainEqual({ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] }));
provesDefault('DNS-11', () => {
  expect(seed().manifest('ConfigMap', 'node-local-dns').data.Corefile.match(/force_tcp/g)).toHaveLength(3);
  expect(seed().text).not.toContain('prefer_udp');
});

provesImpossible('STORAGE-01', () => {
  // @ts-expect-error no such prop
  const props: LocalSsdStorageProps = { pools: ['memory'], allowedTopologies: [] };
  expect(seedWith({ storage: props }).text).not.toContain('allowedTopologies');
});
provesImpossible('STORAGE-02', () => {
  // @ts-expect-error disks are looked for on pools, not on named hosts
  const props: LocalSsdStorageProps = { hostnames: ['node-group-1', 'node-group-2'] };
  expect(seedWith({ storage: { ...props, pools: ['memory'] } }).text).not.toContain('node-group-1');
  // The name of a group is no pool.
  expect(() => seedWith({ storage: { pools: ['node-group-1'] } })).toThrow(/node-group-1/);
});
provesDefault('STORAGE-03', () => {
  expect(seed().all('DaemonSet', 'local-volume-provisioner')).toHaveLength(1);
  expect(seed().all('PersistentVolume')).toEqual([]);
});
provesError('STORAGE-04', /byIdPattern must be a file name pattern of \/dev\/disk\/by-id/);
provesDefault('STORAGE-05', () => {
  expect(seed().manifest('StorageClass', 'local-ssd').reclaimPolicy).toBe('Delete');
  expect(seed().manifest('ConfigMap', 'local-volume-provisioner').data.storageClassMap).toContain('blockCleanerCommand:');
});
provesRule('STORAGE-06', 'TNC163', { article: d => { d.objects = d.objects.filter(o => o.kind !== 'Deployment' || o.metadata.name !== 'local-volume-node-cleanup'); } });
provesRule('STORAGE-07', 'TNC162', { right: d => { find(d, 'StorageClass', 'local-ssd').metadata.annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }; } });
provesDefault('STORAGE-08', () => expect(seed().manifest('ConfigMap', 'local-volume-provisioner').data.storageClassMap).toMatch(/volumeMode: Filesystem\n +fsType: ext4\n/));
