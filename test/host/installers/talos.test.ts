import { Size, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { parse, parseAllDocuments } from 'yaml';
import { referenceCluster } from './reference-cluster';
import { kubeletFieldProblem } from '../../../src/catalogue/kubelet-configuration-fields';
import {
  TALOS, TALOS_FIXED_FLAGS, TALOS_KUBELET_PLACES, TALOS_KUBELET_VALUES, TALOS_LOWERED_DEFAULTS, TALOS_OWNED_FLAGS, TALOS_PROTECTED_KUBELET_FIELDS,
  TALOS_REPLACED_FLAGS,
} from '../../../src/catalogue/talos-configuration';
import { ClusterFacts, ClusterFactsProps } from '../../../src/cluster/cluster-facts';
import { ImageRegistry } from '../../../src/cluster/image-registry';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool, TaintEffect } from '../../../src/cluster/node-pool';
import { ApiBalancer } from '../../../src/components/api-server/api-balancer';
import { TunedApiServerProps } from '../../../src/components/api-server/api-server-options';
import { EncryptionAtRest } from '../../../src/components/api-server/encryption-at-rest';
import { TunedApiServer } from '../../../src/components/api-server/tuned-api-server';
import { EtcdCluster, EtcdClusterProps } from '../../../src/components/etcd/etcd-cluster';
import { Containerd } from '../../../src/components/node-pool/containerd';
import { ControlPlaneKubelet } from '../../../src/components/node-pool/control-plane-kubelet';
import { NodeSwap } from '../../../src/components/node-pool/machine-options';
import { NodePoolKubelet, NodePoolKubeletProps } from '../../../src/components/node-pool/node-pool-kubelet';
import { HugePages } from '../../../src/components/node-pool/resource-managers';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostChange } from '../../../src/host/host-change';
import { HostFile } from '../../../src/host/host-file';
import { HostTarget } from '../../../src/host/host-target';
import { renderPlain } from '../../../src/host/installers/plain';
import { RenderedFile, RenderedTree } from '../../../src/host/installers/rendered-file';
import { hostDocuments } from '../../../src/host/installers/talos/host-documents';
import { renderTalos } from '../../../src/host/installers/talos/talos';
import { TalosOptions } from '../../../src/host/installers/talos/talos-options';
import { Problems } from '../../../src/input/problems';

interface Parts {
  readonly etcd?: EtcdClusterProps;
  readonly apiServer?: Partial<TunedApiServerProps>;
  readonly pool?: Partial<NodePoolKubeletProps>;
  readonly add?: (chart: Construct) => void;
}

/** Machines of a cluster whose events lie in the main ring. */
function machines(cluster: ClusterFacts, { etcd: ring, apiServer, pool: settings, add }: Parts = {}): Construct {
  const chart = Testing.chart();
  const etcd = new EtcdCluster(chart, 'etcd', { cluster, eventsMembers: [], ...ring });
  new TunedApiServer(chart, 'api-server', { cluster, etcd, ...apiServer });
  for (const member of cluster.controlPlaneMembers) { new ControlPlaneKubelet(chart, member.name, { cluster, member }); }
  for (const pool of cluster.pools) { new NodePoolKubelet(chart, pool.name, { cluster, pool, ...settings }); }
  add?.(chart);
  return chart;
}

const render = (
  cluster = referenceCluster(), options: TalosOptions = {}, parts: Parts = {},
) => renderTalos(hostArtefacts(machines(cluster, parts)), cluster, options);
const documents = (tree: RenderedTree, path: string): any[] => parseAllDocuments(
  tree.documents!.find(document => document.path === path)!.content,
).map(document => document.toJS());
const of = (tree: RenderedTree, path: string, kind: string, name?: string) => documents(tree, path).find(
  document => document.kind === kind && (name === undefined || document.name === name),
);

const HOME = { cpu: 4, memory: Size.gibibytes(8) };
const home = (changes: Partial<ClusterFactsProps> = {}) => ClusterFacts.of({
  name: 'home',
  network: { podCidr: '10.0.0.0/16', serviceCidr: '10.1.0.0/16', nodeCidr: '192.168.1.0/24' },
  controlPlane: { endpoint: 'api.home.example.com:6443', members: [{ name: 'cp', address: '192.168.1.5' }] },
  pools: [NodePool.of('general', { nodes: 12, machine: MachineShape.of(HOME) })],
  ...changes,
});

const TREE = render();

describe('Talos, reference cluster', () => {
  test('every machine has the ranges and the endpoint, every member and pool a patch of its own', () => {
    expect(TREE.documents!.map(({ path }) => path)).toEqual([
      'cluster.yaml', 'control-plane-before.yaml', 'control-plane.yaml', ...['cp-a', 'cp-b', 'cp-c'].map(name => `machines/${name}/patch.yaml`), ...['compute', 'general', 'gpu', 'memory'].map(name => `pools/${name}/patch.yaml`),
    ]);
    expect(documents(TREE, 'cluster.yaml')).toEqual([
      { apiVersion: 'v1alpha1', kind: 'KubeClusterConfig', clusterName: 'shop', endpoint: 'https://api.shop.example.com:6443' },
      { apiVersion: 'v1alpha1', kind: 'KubeNetworkConfig', dnsDomain: 'cluster.local', podSubnets: ['10.0.0.0/11'], serviceSubnets: ['10.96.0.0/16'] },
    ]);
  });

  test('the kubelet of a pool: the whole configuration of the plain form but for what Talos protects, in the image of the pool\'s own release', () => {
    const cluster = referenceCluster();
    const plain = renderPlain(hostArtefacts(machines(cluster)), cluster).files;
    for (const pool of cluster.pools) {
      const { apiVersion, kind, clusterDNS, clusterDomain, ...configuration } = parse(plain.find(({ target, path }) => target.name === pool.name && path === '/var/lib/kubelet/config.yaml')!.content);
      const wanted = Object.fromEntries(
        Object.entries(configuration).filter(([field]) => !TALOS_PROTECTED_KUBELET_FIELDS.includes(field) && !TALOS_KUBELET_PLACES.includes(field)),
      );
      expect(of(TREE, `pools/${pool.name}/patch.yaml`, 'KubeletConfig')).toEqual({
        apiVersion: 'v1alpha1', kind: 'KubeletConfig', image: `ghcr.io/siderolabs/kubelet:${cluster.releaseOf(pool).tag}`, clusterDNS: ['10.96.0.10'], config: wanted,
      });
    }
    expect(of(TREE, 'pools/memory/patch.yaml', 'KubeletConfig')).toMatchObject({ image: expect.stringMatching(/:v1\.36\.\d+$/), config: { memoryManagerPolicy: 'Static', reservedMemory: expect.arrayContaining([{ numaNode: 0, limits: { memory: '949Mi' } }]) } });
    expect(of(TREE, 'pools/compute/patch.yaml', 'KubeletConfig').config).toMatchObject({ cpuManagerPolicy: 'static', reservedSystemCPUs: '0-1', cpuManagerPolicyOptions: { 'full-pcpus-only': 'true' } });
  });

  test('labels are KubeNodeConfig\'s; taints of a pool are given at registration, that of the control plane by Talos', () => {
    expect(of(TREE, 'pools/gpu/patch.yaml', 'KubeNodeConfig')).toEqual({
      apiVersion: 'v1alpha1', kind: 'KubeNodeConfig', nodeIP: { validSubnets: ['172.16.0.0/20'] }, labels: { 'thousand-node.io/accelerator': 'nvidia-t4', 'thousand-node.io/pool': 'gpu', 'thousand-node.io/pool-kind': 'gpu' },
    });
    expect(of(TREE, 'pools/gpu/patch.yaml', 'KubeletConfig').config.registerWithTaints).toEqual([{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]);
    expect(of(TREE, 'machines/cp-b/patch.yaml', 'KubeNodeConfig')).toEqual({
      apiVersion: 'v1alpha1', kind: 'KubeNodeConfig', nodeIP: { validSubnets: ['172.16.0.12/32'] }, labels: { 'topology.kubernetes.io/zone': 'b' }, taints: { 'node-role.kubernetes.io/control-plane': 'NoSchedule' },
    });
    const startup = render(home(), {}, { pool: { startupTaints: [{ key: 'agents', effect: TaintEffect.NO_EXECUTE }] } });
    expect(of(startup, 'pools/general/patch.yaml', 'KubeletConfig').config.registerWithTaints).toEqual([{ key: 'agents', effect: 'NoExecute' }]);
    expect(of(startup, 'pools/general/patch.yaml', 'KubeNodeConfig')).not.toHaveProperty('taints');
  });

  test('kernel settings are those of the plain form, and the ports of Talos stay reserved; modules of its kernel are not loaded', () => {
    const cluster = referenceCluster();
    const plain = renderPlain(hostArtefacts(machines(cluster)), cluster).files.find(({ target, path }) => target.folder === 'pools/general' && path.startsWith('/etc/sysctl.d/'))!.content;
    const wanted = Object.fromEntries(plain.split('\n').filter(line => / = /.test(line) && !line.startsWith('#')).map(line => line.split(' = ')));
    const { params } = of(TREE, 'pools/general/patch.yaml', 'SysctlConfig');
    expect(params).toEqual({ ...wanted, 'net.ipv4.ip_local_reserved_ports': `${wanted['net.ipv4.ip_local_reserved_ports']},50000,50001` });
    expect(documents(TREE, 'pools/general/patch.yaml').map(({ kind }) => kind)).toEqual(['KubeNodeConfig', 'KubeletConfig', 'SysctlConfig']);
    expect(documents(TREE, 'pools/gpu/patch.yaml').filter(({ kind }) => kind === 'KernelModuleConfig').map(({ name }) => name)).toEqual(['nvidia', 'nvidia_uvm', 'nvidia_drm', 'nvidia_modeset']);
    expect(of(TREE, 'pools/gpu/patch.yaml', 'SysctlConfig').params['net.core.bpf_jit_harden']).toBe('1');
  });

  test('API server, controllers and scheduler: numbers as flags, requests and environment; etcd its quota and timers', () => {
    const [server, controllers, scheduler] = ['KubeAPIServerConfig', 'KubeControllerManagerConfig', 'KubeSchedulerConfig'].map(kind => of(TREE, 'control-plane.yaml', kind));
    expect(server).toMatchObject({
      image: 'registry.k8s.io/kube-apiserver:v1.37.2',
      env: { GOMEMLIMIT: '98304MiB' },
      resources: { requests: { cpu: '8', memory: '65536Mi' } },
      extraArgs: {
        'max-requests-inflight': '250',
        'goaway-chance': '0.001',
        'enable-admission-plugins': 'NodeRestriction,EventRateLimit',
        'kubelet-certificate-authority': '/system/secrets/kubernetes/kube-apiserver/ca.crt',
        'audit-log-path': '/var/log/audit/kube/audit.log',
      },
    });
    // 100 is Talos' own; a job that ended would be gone with its log.
    expect(controllers.extraArgs).toMatchObject({ 'concurrent-deployment-syncs': '50', 'allocate-node-cidrs': 'false', 'terminated-pod-gc-threshold': '12500', 'bind-address': '0.0.0.0' });
    expect(scheduler.config).toEqual(
      { clientConnection: { qps: 100, burst: 200 }, enableProfiling: false, leaderElection: expect.anything(), percentageOfNodesToScore: 20 },
    );
    expect(documents(TREE, 'control-plane.yaml').find(document => document.cluster !== undefined)).toEqual({
      cluster: { etcd: { image: 'registry.k8s.io/etcd:3.7.0-0', extraArgs: { 'election-timeout': '1000', 'heartbeat-interval': '100', 'quota-backend-bytes': expect.any(String), 'snapshot-count': '10000' } } },
    });
    for (const document of [server, controllers, scheduler]) { for (const value of Object.values(document.extraArgs)) { expect(typeof value).toBe('string'); } }
  });

  test('files of the API server are documents with the same content', () => {
    const cluster = referenceCluster();
    const { files } = renderPlain(hostArtefacts(machines(cluster)), cluster);
    const file = (path: string) => parse(files.find(candidate => candidate.path === path)!.content);
    expect(of(TREE, 'control-plane.yaml', 'KubeAuditPolicyConfig').configuration).toEqual(file('/etc/kubernetes/apiserver/audit-policy.yaml'));
    expect(of(TREE, 'control-plane.yaml', 'KubeAuthenticationConfig').configuration).toEqual(file('/etc/kubernetes/apiserver/authentication.yaml'));
    const { plugins } = file('/etc/kubernetes/apiserver/admission.yaml');
    expect(plugins.map(({ name }: any) => name)).toEqual(['EventRateLimit', 'PodSecurity']);
    for (const { name, configuration } of plugins) { expect(of(TREE, 'control-plane.yaml', 'KubeAdmissionControlConfig', name).configuration).toEqual(configuration); }
  });

  test('what Talos generates and ours replaces goes first; its proxy and DNS are off', () => {
    expect(documents(TREE, 'control-plane-before.yaml')).toEqual([
      { apiVersion: 'v1alpha1', kind: 'KubeFlannelCNIConfig', $patch: 'delete' }, { apiVersion: 'v1alpha1', kind: 'KubeAdmissionControlConfig', name: 'PodSecurity', $patch: 'delete' },
    ]);
    expect(['KubeProxyConfig', 'KubeCoreDNSConfig'].map(kind => of(TREE, 'control-plane.yaml', kind).enabled)).toEqual([false, false]);
    expect(of(TREE, 'control-plane.yaml', 'KubeServiceAccountConfig').issuer).toEqual({ issuerURL: 'https://kubernetes.default.svc.cluster.local' });
  });

  test('a member has its name and address, and etcd speaks there alone', () => {
    expect(of(TREE, 'machines/cp-c/patch.yaml', 'HostnameConfig')).toEqual({ apiVersion: 'v1alpha1', kind: 'HostnameConfig', auto: 'off', hostname: 'cp-c' });
    expect(documents(TREE, 'machines/cp-c/patch.yaml')).toContainEqual({ cluster: { etcd: { advertisedSubnets: ['172.16.0.13/32'] } } });
  });

  test('what no document carries is named with its value, and every file that stays behind with who does its work', () => {
    for (const row of [
      '| kube-apiserver | `terminationGracePeriodSeconds` | 135 | 30', '| kube-apiserver | `tls-min-version` | VersionTLS12 | VersionTLS13', '| etcd | `GOMEMLIMIT` |', '| etcd | `listen-metrics-urls` | http://127.0.0.1:2381 | port 2383',
      '| kube-apiserver | `encryption-provider-config` |', '`/usr/local/sbin/thousand-node-etcd-snapshot`', '`/etc/systemd/system/thousand-node-cpu-governor.service`', 'talosctl etcd snapshot', 'talosctl validate --strict',
      '| memory | `pools/memory/patch.yaml` | v1.36.2 | 256 | 256 | 25 |',
    ]) { expect(TREE.installGuide).toContain(row); }
    // Nothing that lies on a machine in the plain form is forgotten: it is a document, or stands in the guide, or is the installer's own work.
    const cluster = referenceCluster();
    const artefacts = hostArtefacts(machines(cluster));
    const documented = /^\/etc\/(sysctl\.d|modules-load\.d|kubernetes\/(apiserver|control-plane))\/|20-limits\.conf$/;
    const forgotten = artefacts.files.filter(({ path, providedBy }) => !providedBy.includes('kubeadm') && !documented.test(path) && !TREE.installGuide.includes(`\`${path}\``)).map(({ path }) => path);
    expect(forgotten).toEqual([]);
  });

  test('flags of the manifests: each one is an argument, or Talos\' own, or in the guide', () => {
    const pods = hostArtefacts(machines(referenceCluster())).staticPods.filter(({ target }) => target.name === 'cp-a');
    const given: { [component: string]: any } = {
      'kube-apiserver': of(TREE, 'control-plane.yaml', 'KubeAPIServerConfig'),
      'kube-controller-manager': of(TREE, 'control-plane.yaml', 'KubeControllerManagerConfig'),
      'kube-scheduler': of(TREE, 'control-plane.yaml', 'KubeSchedulerConfig'),
      'etcd': documents(TREE, 'control-plane.yaml').find(document => document.cluster !== undefined).cluster.etcd,
    };
    const lost = pods.flatMap(({ props: { component, flags } }) => flags
      .filter(({ name, value }) => given[component].extraArgs[name] === undefined && !TALOS_OWNED_FLAGS[component].test(name) && !TREE.installGuide.includes(`| ${component} | \`${name}\` | ${value} |`))
      .map(({ name }) => `${component} ${name}`));
    // The values that Talos has itself.
    expect(lost).toEqual(['etcd feature-gates', 'etcd watch-progress-notify-interval']);
  });

  test('no key, token or certificate is in any document', () => {
    expect(JSON.stringify(TREE.documents)).not.toMatch(/BEGIN [A-Z ]*(KEY|CERTIFICATE)|[a-z0-9]{6}\.[a-z0-9]{16}\b|\btoken:|secret:|privateKey/i);
  });
});

describe('Talos, options', () => {
  test('disks and images of machines: the pool\'s own before that of all', () => {
    const tree = render(referenceCluster(), {
      installerImage: 'factory.talos.dev/metal-installer/a:v1.14.1', poolInstallerImages: { gpu: 'factory.talos.dev/metal-installer/b:v1.14.1' }, installDisk: 'disk.transport == "sata"', etcdDisk: 'disk.transport == "nvme"',
    });
    const install = (path: string) => of(tree, path, 'UnattendedInstallConfig');
    expect(install('pools/general/patch.yaml')).toEqual({ apiVersion: 'v1alpha1', kind: 'UnattendedInstallConfig', installer: { image: 'factory.talos.dev/metal-installer/a:v1.14.1' }, provisioning: { diskSelector: { match: 'disk.transport == "sata"' } } });
    expect(install('pools/gpu/patch.yaml').installer.image).toBe('factory.talos.dev/metal-installer/b:v1.14.1');
    expect(of(tree, 'machines/cp-a/patch.yaml', 'VolumeConfig')).toEqual({ apiVersion: 'v1alpha1', kind: 'VolumeConfig', name: 'ETCD', provisioning: { diskSelector: { match: 'disk.transport == "nvme"' }, grow: true } });
    expect(tree.installGuide).not.toContain('etcd has no disk of its own');
    expect(TREE.installGuide).toContain('etcd has no disk of its own');
  });

  test('bad options: everything at once', () => {
    let message = '';
    try { render(referenceCluster(), { installerImage: 'image', poolInstallerImages: { web: 'a b' }, installDisk: '/dev/sda', etcdDisk: 'a\nb' }); } catch (error) { message = (error as Error).message; }
    for (const part of [
      'installerImage must be an image with tag or digest, got "image"', 'poolInstallerImages.web must be an image', 'poolInstallerImages: there is no pool "web"; the pools are compute, general, gpu, memory',
      'installDisk must be an expression over disks, such as disk.transport == "nvme", got "/dev/sda"', 'etcdDisk',
    ]) { expect(message).toContain(part); }
  });
});

describe('Talos, smaller and older clusters', () => {
  test('twelve nodes at home, one machine of the control plane', () => {
    const tree = render(home());
    expect(tree.documents!.map(({ path }) => path)).toEqual(['cluster.yaml', 'control-plane-before.yaml', 'control-plane.yaml', 'machines/cp/patch.yaml', 'pools/general/patch.yaml']);
    expect(tree.installGuide).toContain('`talosctl --nodes 192.168.1.5 bootstrap`');
  });

  test('three machines of the control plane, each with a patch', () => {
    const tree = render(home({ controlPlane: { endpoint: 'api.home.example.com:6443', members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `192.168.1.${i}` })) } }));
    expect(tree.documents!.filter(({ path }) => path.startsWith('machines/'))).toHaveLength(3);
    expect(tree.installGuide).toContain('talosctl config endpoint 192.168.1.1 192.168.1.2 192.168.1.3');
  });

  test('the oldest release: its etcd is older than Talos can start, so Talos brings its own and the guide says so', () => {
    const tree = render(home({ release: KubernetesRelease.V1_32 }));
    const { etcd } = documents(tree, 'control-plane.yaml').find(document => document.cluster !== undefined).cluster;
    expect(etcd).not.toHaveProperty('image');
    expect(Object.keys(etcd.extraArgs)).toEqual(['election-timeout', 'heartbeat-interval', 'quota-backend-bytes', 'snapshot-count']);
    expect(tree.installGuide).toContain('| etcd | `version` | 3.5.24 | 3.7.1');
    expect(of(tree, 'pools/general/patch.yaml', 'KubeletConfig').image).toMatch(/^ghcr\.io\/siderolabs\/kubelet:v1\.32\.\d+$/);
  });

  test('releases out of range are refused, with the Talos that would take them', () => {
    expect(() => render(home({ release: KubernetesRelease.V1_31 }))).toThrow(/release 1\.31 does not run on Talos v1\.14\.1, which takes Kubernetes 1\.32 to 1\.37; Talos 1\.11 and 1\.12 and 1\.13 would take it/);
    const lagging = home({ release: KubernetesRelease.V1_33, pools: [NodePool.of('general', { nodes: 12, release: KubernetesRelease.V1_31, machine: MachineShape.of(HOME) })] });
    expect(() => render(lagging)).toThrow(/pools\/general: its release 1\.31 does not run on Talos/);
  });

  test('a mirror names kubelets too; a registry of machines becomes a document', () => {
    expect(of(render(home({ imageRegistry: ImageRegistry.mirror('mirror.example.com/k8s') })), 'pools/general/patch.yaml', 'KubeletConfig').image).toMatch(/^mirror\.example\.com\/k8s\/siderolabs\/kubelet:v/);
    const tree = render(home(), {}, {
      pool: {
        containerd: Containerd.of({
          mirrors: [{ registry: 'docker.io', endpoints: ['https://a.example.com', 'https://b.example.com/v2/docker'], fallBack: false }, { registry: '_default', endpoints: ['http://c.example.com:5000'] }],
        }),
      },
    });
    expect(documents(tree, 'pools/general/patch.yaml').filter(({ kind }) => kind === 'RegistryMirrorConfig')).toEqual(expect.arrayContaining([
      { apiVersion: 'v1alpha1', kind: 'RegistryMirrorConfig', name: 'docker.io', endpoints: [{ url: 'https://a.example.com' }, { url: 'https://b.example.com/v2/docker', overridePath: true }], skipFallback: true },
      { apiVersion: 'v1alpha1', kind: 'RegistryMirrorConfig', name: '*', endpoints: [{ url: 'http://c.example.com:5000' }] },
    ]));
    expect(of(tree, 'pools/general/patch.yaml', 'CRICustomizationConfig').content).toMatch(/^sandbox = "registry\.k8s\.io\/pause:3\.10\.2"$/m);
    expect(() => render(home(), {}, { pool: { containerd: Containerd.of({ mirrors: [{ registry: 'docker.io', endpoints: ['https://a.example.com'], caFile: '/etc/ca.crt' }] }) } })).toThrow(/mirrors of 'docker\.io' name a caFile/);
  });

  test('time servers, huge pages by NUMA node, limited swap and files of one\'s own have documents', () => {
    const cluster = home({ pools: [NodePool.of('general', { nodes: 12, machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(64), numaNodes: 2 }) })] });
    const tree = render(cluster, {}, {
      pool: { timeServers: ['ntp1.example.com', 'ntp2.example.com'], swap: NodeSwap.LIMITED, hugePages: HugePages.of({ pagesOf2Mi: 513, pagesOf1Gi: 2 }), journalSize: Size.gibibytes(1), preloadedImages: ['registry.k8s.io/pause:3.10'] },
      add: chart => { new HostFile(chart, 'own', { target: HostTarget.pool('general'), path: '/etc/multipath.conf', mode: '0600', content: 'defaults {}\n', onChange: HostChange.nothing() }); },
    });
    const patch = 'pools/general/patch.yaml';
    expect(of(tree, patch, 'TimeSyncConfig').ntp).toEqual({ servers: ['ntp1.example.com', 'ntp2.example.com'] });
    // 513 pages: 257 on the first node, 256 on the second; one of 1 GiB on each.
    expect(of(tree, patch, 'SysfsConfig').params).toEqual({
      'devices.system.node.node0.hugepages.hugepages-2048kB.nr_hugepages': '257',
      'devices.system.node.node1.hugepages.hugepages-2048kB.nr_hugepages': '256',
      'devices.system.node.node0.hugepages.hugepages-1048576kB.nr_hugepages': '1',
      'devices.system.node.node1.hugepages.hugepages-1048576kB.nr_hugepages': '1',
    });
    expect(of(tree, patch, 'KubeletConfig').config).toMatchObject({ failSwapOn: false, memorySwap: { swapBehavior: 'LimitedSwap' } });
    expect(of(tree, patch, 'EtcFileConfig')).toEqual({ apiVersion: 'v1alpha1', kind: 'EtcFileConfig', name: 'multipath.conf', mode: 0o600, contents: 'defaults {}\n' });
    expect(tree.files.map(({ path, within }) => [path, within])).toEqual([['/etc/multipath.conf', patch]]);
    for (const path of ['journald.conf.d', 'thousand-node-preload-images.service', 'thousand-node-huge-pages.service']) { expect(tree.installGuide).toContain(path); }
  });

  test('modules beside those of the kernel are loaded; a limit of open files that machined does not have goes to containers', () => {
    const file = (path: string, content: string): RenderedFile => ({ target: HostTarget.pool('general'), path, content, mode: '0644', owner: 'root:root', onChange: HostChange.nothing() });
    const limits = (files: number) => file('/etc/systemd/system/containerd.service.d/20-limits.conf', `[Service]\nLimitNOFILE=${files}\n`);
    const problems = new Problems('host');
    expect(hostDocuments([file('/etc/modules-load.d/own.conf', 'overlay\nnvme_tcp\n'), limits(65536)], false, problems).documents).toEqual([
      { apiVersion: 'v1alpha1', kind: 'KernelModuleConfig', name: 'nvme_tcp' },
      { apiVersion: 'v1alpha1', kind: 'CRIBaseRuntimeSpecConfig', overrides: { process: { rlimits: [{ type: 'RLIMIT_NOFILE', hard: 65536, soft: 65536 }] } } },
    ]);
    // machined: internal/app/machined/pkg/startup/tasks.go sets 1048576.
    expect(hostDocuments([limits(1048576)], false, problems).documents).toEqual([]);
    expect(problems.isEmpty).toBe(true);
  });

  test('a ring for events that somebody else runs is a flag of the API server', () => {
    const cluster = home();
    const { mainUrls, etcdVersion, caFile, clientCertFile, clientKeyFile, quotaBackendBytes } = new EtcdCluster(Testing.chart(), 'etcd', { cluster, eventsMembers: [] });
    const etcd = { mainUrls, eventsUrls: ['https://events.example.com:2379'], etcdVersion, caFile, clientCertFile, clientKeyFile, quotaBackendBytes };
    expect(of(render(cluster, {}, { apiServer: { etcd } }), 'control-plane.yaml', 'KubeAPIServerConfig').extraArgs['etcd-servers-overrides']).toBe('/events#https://events.example.com:2379');
  });

  test('names of the certificate beside those that Talos adds; a pod range below that of a node has its mask', () => {
    const tree = render(home({ network: { podCidr: '10.0.0.0/16', serviceCidr: '10.1.0.0/16', nodeCidr: '192.168.1.0/24', secondaryPodCidr: 'fd00:10::/40', secondaryServiceCidr: 'fd00:20::/112', secondaryNodeCidr: 'fd00:30::/64' }, controlPlane: { endpoint: 'api.home.example.com:6443', members: [{ name: 'cp', address: '192.168.1.5', secondaryAddress: 'fd00:30::5' }] } }), {}, { apiServer: { certSans: ['k8s.example.com', '198.51.100.7'] } });
    expect(of(tree, 'control-plane.yaml', 'KubeAPIServerConfig').certExtraSANs).toEqual(['k8s.example.com', '198.51.100.7']);
    // 40 + 16, the most that Talos takes between the two.
    expect(of(tree, 'cluster.yaml', 'KubeNetworkConfig')).toMatchObject({ podSubnets: ['10.0.0.0/16', 'fd00:10::/40'], nodeCIDRMaskSizeIPv6: 56 });
    expect(of(tree, 'cluster.yaml', 'KubeNetworkConfig')).not.toHaveProperty('nodeCIDRMaskSizeIPv4');
    expect(of(tree, 'machines/cp/patch.yaml', 'KubeNodeConfig').nodeIP.validSubnets).toEqual(['192.168.1.5/32', 'fd00:30::5/128']);
  });
});

describe('Talos, refused', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['a second ring', () => render(home(), {}, { etcd: { eventsMembers: home().controlPlaneMembers } }), /etcd-events: Talos runs one etcd on each machine of the control plane and no second ring; give EtcdCluster eventsMembers: \[\].*Installer\.kubeadm\(\)/],
    ['a balancer of ours', () => render(home({ controlPlane: { endpoint: 'api.home.example.com:443', members: [{ name: 'cp', address: '192.168.1.5' }] } }), {}, { apiServer: { balancer: ApiBalancer.haproxy() } }), /Talos, whose nodes reach API servers by KubePrism; use ApiBalancer\.external\(\)/],
    ['a KMS', () => render(home(), {}, { apiServer: { encryption: EncryptionAtRest.kms({ name: 'kms', socket: '/run/kms/plugin.sock' }) } }), /kube-apiserver: its pod needs \/run\/kms, and the pod of Talos sees no files but its own/],
    ['a file that a flag names', () => render(home(), {}, { apiServer: { extraFlags: { 'tracing-config-file': '/etc/kubernetes/tracing.yaml' } } }), /tracing-config-file names \/etc\/kubernetes\/tracing\.yaml/],
    ['a log of etcd on a disk of its own', () => render(home(), {}, { etcd: { walDirectory: '/var/lib/etcd-wal' } }), /etcd-main: wal-dir names \/var\/lib\/etcd-wal/],
    ['a cgroup of the kubelet that Talos sets', () => render(home(), {}, { pool: { configOverrides: { cgroupRoot: '/pods' } } }), /pools\/general: cgroupRoot "\/pods" cannot be given to Talos, which sets it itself/],
    ['kernel settings that the kubelet may change', () => render(home(), {}, { pool: { configOverrides: { protectKernelDefaults: false } } }), /protectKernelDefaults false cannot be given to Talos, which has true/],
    ['cgroups of systemd', () => render(home(), {}, { pool: { configOverrides: { kubeReservedCgroup: '/kube.slice' } } }), /kubeReservedCgroup "\/kube\.slice" does not exist on Talos/],
    ['a script of one\'s own', () => render(home(), {}, { add: chart => { new HostFile(chart, 'own', { target: HostTarget.pool('general'), path: '/usr/local/bin/setup', content: '#!/bin/sh\n', onChange: HostChange.nothing() }); } }), /pools\/general: \/usr\/local\/bin\/setup has no place in Talos, which has neither shell nor systemd/],
    ['a file that Talos manages', () => render(home(), {}, { add: chart => { new HostFile(chart, 'own', { target: HostTarget.pool('general'), path: '/etc/hosts', content: '\n', onChange: HostChange.nothing() }); } }), /\/etc\/hosts has no place in Talos/],
  ])('%s', (_, run, message) => { expect(run).toThrow(message); });

  test('nodes alone', () => {
    const cluster = home();
    const artefacts = hostArtefacts(machines(cluster));
    expect(() => renderTalos({ ...artefacts, staticPods: [] }, cluster, {})).toThrow(/there is no kube-apiserver in this tree.*use Installer\.cloudInit\(\)/);
    expect(() => renderTalos({ ...artefacts, staticPods: artefacts.staticPods.filter(pod => pod.props.component !== 'etcd') }, cluster, {})).toThrow(/no ring of etcd run by kubelets/);
  });
});

describe('Talos, tables', () => {
  test('protected fields, values and places belong together; every field is one of the kubelet', () => {
    for (const field of Object.keys(TALOS_KUBELET_VALUES)) { expect(TALOS_PROTECTED_KUBELET_FIELDS).toContain(field.split('.')[0]); }
    const fields = [...Object.keys(TALOS_KUBELET_VALUES), ...TALOS_KUBELET_PLACES].map(field => field.split('.')[0]);
    expect(fields.filter(field => kubeletFieldProblem(field, KubernetesRelease.V1_37.version) !== undefined)).toEqual([]);
  });

  test('no flag is replaced or given by us and Talos\' own at once', () => {
    const ours = [TALOS_REPLACED_FLAGS, TALOS_LOWERED_DEFAULTS].flatMap(
      table => Object.entries(table).flatMap(([component, flags]) => Object.keys(flags).map((flag): [string, string] => [component, flag])),
    );
    expect(ours.filter(([component, flag]) => TALOS_OWNED_FLAGS[component].test(flag))).toEqual([]);
    for (const [component, flags] of Object.entries(TALOS_FIXED_FLAGS)) {
      for (const flag of Object.keys(flags)) { expect(TALOS_OWNED_FLAGS[component].test(flag)).toBe(true); }
    }
    expect(TALOS.newestMinor).toBe(KubernetesRelease.newest().minor);
  });
});
