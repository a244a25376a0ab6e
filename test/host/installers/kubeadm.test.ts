import { Testing } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import { machinesOf, referenceCluster } from './reference-cluster';
import { ImageRegistry } from '../../../src/cluster/image-registry';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { EtcdCluster } from '../../../src/components/etcd/etcd-cluster';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostTarget } from '../../../src/host/host-target';
import { renderKubeadm } from '../../../src/host/installers/kubeadm';
import { StaticPod } from '../../../src/host/static-pod';

function render(release = KubernetesRelease.newest(), registry?: ImageRegistry) {
  const cluster = referenceCluster(release, registry);
  const artefacts = hostArtefacts(machinesOf(cluster));
  const { files, installGuide } = renderKubeadm(artefacts, cluster);
  const content = (folder: string, path: string) => files.find(file => file.target.folder === folder && file.path === path)?.content;
  return { cluster, artefacts, files, installGuide, content };
}

function initDocuments(release?: KubernetesRelease, registry?: ImageRegistry) {
  const [init, cluster, kubelet] = parseAllDocuments(render(release, registry).content('machines/cp-a', '/etc/kubernetes/kubeadm-init.yaml')!).map(d => d.toJS());
  return { init, cluster, kubelet };
}

/** extraArgs of both API versions as one map. */
function args(extraArgs: unknown): { [name: string]: string } {
  if (!Array.isArray(extraArgs)) { return extraArgs as { [name: string]: string }; }
  return Object.fromEntries(extraArgs.map(({ name, value }: { name: string; value: string }) => [name, value]));
}

const RELEASES = [
  KubernetesRelease.V1_22, KubernetesRelease.V1_24, KubernetesRelease.V1_25, KubernetesRelease.V1_30, KubernetesRelease.V1_31, KubernetesRelease.V1_37,
];

describe('documents', () => {
  test.each([
    // Oracle: cmd/kubeadm/app/apis/kubeadm of each minor
    [KubernetesRelease.V1_22, 'kubeadm.k8s.io/v1beta3', false],
    [KubernetesRelease.V1_30, 'kubeadm.k8s.io/v1beta3', false],
    [KubernetesRelease.V1_31, 'kubeadm.k8s.io/v1beta4', true],
    [KubernetesRelease.V1_37, 'kubeadm.k8s.io/v1beta4', true],
  ])('%s speaks %s', (release, apiVersion, lists) => {
    const { init, cluster } = initDocuments(release);
    expect([init.apiVersion, cluster.apiVersion]).toEqual([apiVersion, apiVersion]);
    expect(Array.isArray(cluster.apiServer.extraArgs)).toBe(lists);
    expect(Array.isArray(init.nodeRegistration.kubeletExtraArgs)).toBe(lists);
    // kube-proxy and CoreDNS are never installed by kubeadm: by field where there is one, else by phase.
    expect(cluster.proxy).toEqual(lists ? { disabled: true } : undefined);
    expect(cluster.dns).toEqual(lists ? { disabled: true } : undefined);
    expect(init.skipPhases).toEqual(lists ? undefined : ['addon/kube-proxy', 'addon/coredns']);
  });

  test.each(RELEASES)('%s: extraArgs and fields together are every flag of the static pods', release => {
    const { artefacts } = render(release);
    const { init, cluster } = initDocuments(release);
    const flagsOf = (component: string) => Object.fromEntries(
      artefacts.staticPods.find(pod => pod.target.name === 'cp-a' && pod.props.component === component)!.props.flags.map(flag => [flag.name, flag.value]));
    const external = cluster.etcd.external;
    expect({
      ...args(cluster.apiServer.extraArgs),
      'advertise-address': init.localAPIEndpoint.advertiseAddress,
      'secure-port': String(init.localAPIEndpoint.bindPort),
      'etcd-servers': external.endpoints.join(','),
      'etcd-cafile': external.caFile,
      'etcd-certfile': external.certFile,
      'etcd-keyfile': external.keyFile,
      'service-cluster-ip-range': cluster.networking.serviceSubnet,
    }).toEqual(flagsOf('kube-apiserver'));
    expect({ ...args(cluster.controllerManager.extraArgs), 'cluster-name': cluster.clusterName, 'service-cluster-ip-range': cluster.networking.serviceSubnet })
      .toEqual(flagsOf('kube-controller-manager'));
    expect(args(cluster.scheduler.extraArgs)).toEqual(flagsOf('kube-scheduler'));
  });

  test('no volume is mounted twice: those of kubeadm itself stay out', () => {
    const { cluster } = initDocuments();
    const paths = (volumes: Array<{ mountPath: string }> = []) => volumes.map(volume => volume.mountPath);
    expect(paths(cluster.apiServer.extraVolumes)).toEqual(['/etc/kubernetes/apiserver', '/var/log/kubernetes/audit']);
    expect(paths(cluster.controllerManager.extraVolumes)).toEqual([]);
    expect(paths(cluster.scheduler.extraVolumes)).toEqual(['/etc/kubernetes/control-plane', '/etc/kubernetes/pki']);
    expect(cluster.apiServer.extraVolumes[1]).toMatchObject({ hostPath: '/var/log/kubernetes/audit', readOnly: false, pathType: 'DirectoryOrCreate' });
  });

  test('the certificate covers the endpoint and every machine', () => {
    const { cluster } = initDocuments();
    expect(cluster.apiServer.certSANs).toEqual(expect.arrayContaining(['api.shop.example.com', 'cp-a', 'cp-c', '172.16.0.11', '172.16.0.13', '127.0.0.1']));
    expect(cluster.controlPlaneEndpoint).toBe('api.shop.example.com:6443');
  });

  test('images come from the registry of the cluster', () => {
    expect(initDocuments().cluster.imageRepository).toBe('registry.k8s.io');
    expect(initDocuments(undefined, ImageRegistry.mirror('mirror.example.com:5000/k8s')).cluster.imageRepository).toBe('mirror.example.com:5000/k8s');
  });

  test('one machine is initialised, the others join as control plane, pools as workers', () => {
    const { files, content } = render();
    const where = (path: string) => files.filter(file => file.path === path).map(file => file.target.folder).sort();
    expect(where('/etc/kubernetes/kubeadm-init.yaml')).toEqual(['machines/cp-a']);
    expect(where('/etc/kubernetes/kubeadm-join.yaml')).toEqual(['machines/cp-b', 'machines/cp-c', 'pools/compute', 'pools/general', 'pools/gpu', 'pools/memory']);
    expect(parse(content('machines/cp-b', '/etc/kubernetes/kubeadm-join.yaml')!)).toMatchObject({
      controlPlane: { localAPIEndpoint: { advertiseAddress: '172.16.0.12', bindPort: 6443 } },
      nodeRegistration: { name: 'cp-b', taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
    });
    const gpu = parse(content('pools/gpu', '/etc/kubernetes/kubeadm-join.yaml')!);
    expect(gpu.controlPlane).toBeUndefined();
    expect(gpu.nodeRegistration.name).toBeUndefined();
    expect(gpu.nodeRegistration.taints).toEqual([{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]);
    expect(args(gpu.nodeRegistration.kubeletExtraArgs)).toEqual({ 'node-labels': 'thousand-node.io/accelerator=nvidia-t4,thousand-node.io/pool-kind=gpu,thousand-node.io/pool=gpu' });
    // An empty list, not nothing: kubeadm would add its own taint to a control-plane machine without one.
    expect(parse(content('pools/general', '/etc/kubernetes/kubeadm-join.yaml')!).nodeRegistration.taints).toEqual([]);
  });

  test('nothing holds a secret: the token is named by its file', () => {
    const { files, content } = render();
    for (const file of files) {
      expect(file.content).not.toMatch(/-----BEGIN [A-Z ]*PRIVATE KEY|\btoken: |tlsBootstrapToken|certificateKey|bootstrapTokens/);
    }
    expect(parse(content('pools/general', '/etc/kubernetes/discovery.conf')!).users[0].user).toEqual({ tokenFile: '/etc/kubernetes/bootstrap-token' });
    // A worker refuses to join when pki/ca.crt is there before kubeadm wrote it.
    expect(parse(content('pools/general', '/etc/kubernetes/discovery.conf')!).clusters[0].cluster['certificate-authority']).toBe('/etc/kubernetes/discovery-ca.crt');
  });
});

describe('patches', () => {
  /** RFC 7386, which kubeadm applies to files with +merge. */
  function applyMerge(target: unknown, patch: unknown): unknown {
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) { return patch; }
    const result: { [key: string]: unknown } = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) { delete result[key]; } else { result[key] = applyMerge(result[key], value); }
    }
    return result;
  }

  test.each([KubernetesRelease.V1_25, KubernetesRelease.V1_30, KubernetesRelease.V1_37])('%s: the control plane\'s configuration with the patch is the pool\'s own', release => {
    const { artefacts, content } = render(release);
    const { kubelet } = initDocuments(release);
    for (const pool of ['compute', 'memory', 'gpu', 'general']) {
      const patch = parse(content(`pools/${pool}`, '/etc/kubernetes/patches/kubeletconfiguration0+merge.yaml')!);
      const wanted = artefacts.kubelets.find(candidate => candidate.target.name === pool)!.document();
      // kubeadm adds staticPodPath to every node.
      expect(applyMerge({ ...kubelet, staticPodPath: '/etc/kubernetes/manifests' }, patch)).toEqual(JSON.parse(JSON.stringify(wanted)));
    }
  });

  test('before 1.25 kubeadm cannot patch it: each pool reads a file of its own', () => {
    const { artefacts, content, files } = render(KubernetesRelease.V1_24);
    expect(files.filter(file => file.path.includes('kubeletconfiguration'))).toEqual([]);
    const wanted = artefacts.kubelets.find(candidate => candidate.target.name === 'memory')!.document();
    expect(parse(content('pools/memory', '/etc/kubernetes/kubelet-config.yaml')!)).toEqual(JSON.parse(JSON.stringify(wanted)));
    expect(content('pools/memory', '/etc/systemd/system/kubelet.service.d/20-thousand-node.conf')).toContain('Environment=KUBELET_CONFIG_ARGS=--config=/etc/kubernetes/kubelet-config.yaml\n');
  });

  test('resources and probes of the control plane are ours', () => {
    const { artefacts, content } = render();
    for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      const patch = parse(content('machines/cp-c', `/etc/kubernetes/patches/${name}0+strategic.yaml`)!);
      const pod = artefacts.staticPods.find(candidate => candidate.target.name === 'cp-c' && candidate.props.name === name)!.props;
      const [container] = patch.spec.containers;
      expect(container.name).toBe(name);
      expect(container.resources.requests).toEqual({ cpu: pod.cpuRequest, memory: pod.memoryRequest });
      expect(container.livenessProbe.failureThreshold).toBe(pod.livenessProbe.failureThreshold);
      expect(container.startupProbe.failureThreshold).toBe(pod.startupProbe.failureThreshold);
      expect(container.command).toBeUndefined();
      expect(container.image).toBeUndefined();
    }
  });
});

describe('what kubeadm does not bring', () => {
  test('etcd runs from our manifests, under a kubelet that needs no API server and gives way', () => {
    const { content } = render();
    expect(parse(content('machines/cp-b', '/etc/kubernetes/manifests/etcd-main.yaml')!).kind).toBe('Pod');
    expect(content('machines/cp-b', '/etc/kubernetes/manifests/etcd-events.yaml')).toBeDefined();
    expect(content('machines/cp-b', '/etc/kubernetes/manifests/kube-apiserver.yaml')).toBeUndefined();
    expect(content('machines/cp-b', '/etc/systemd/system/etcd-kubelet.service')).toContain('Conflicts=kubelet.service\n');
    // Ports: kubeadm checks that the kubelet's are free before it begins.
    expect(parse(content('machines/cp-b', '/etc/kubernetes/etcd-kubelet.yaml')!)).toMatchObject({ enableServer: false, healthzPort: 0, staticPodPath: '/etc/kubernetes/manifests' });
  });

  test('certificates and files that kubeadm makes are left out', () => {
    const { artefacts, files, content } = render();
    expect(artefacts.certificates.some(request => request.providedBy.includes('kubeadm'))).toBe(true);
    const requests = content('machines/cp-a', '/etc/kubernetes/pki/requests/certificates.tsv')!;
    expect(requests).toContain('/etc/kubernetes/pki/apiserver-etcd-client.crt');
    expect(requests).not.toContain('/etc/kubernetes/pki/apiserver.crt');
    expect(requests).not.toContain('kubelet-client');
    expect(files.map(file => file.path)).not.toContain('/etc/kubernetes/scheduler.conf');
    expect(files.map(file => file.path)).not.toContain('/var/lib/kubelet/config.yaml');
  });

  test('no path of a machine is written twice', () => {
    for (const release of RELEASES) {
      const paths = render(release).files.map(file => `${file.target.folder}${file.path}`);
      expect(new Set(paths).size).toBe(paths.length);
    }
  });
});

describe('parts of a cluster', () => {
  test('etcd alone: manifests, certificates and its kubelet, no document of kubeadm', () => {
    const cluster = referenceCluster();
    const chart = Testing.chart();
    new EtcdCluster(chart, 'etcd', { cluster });
    const { files, installGuide } = renderKubeadm(hostArtefacts(chart), cluster);
    expect(files.some(file => file.path.includes('kubeadm'))).toBe(false);
    expect(files.some(file => file.path.endsWith('etcd-main.yaml'))).toBe(true);
    expect(installGuide).not.toContain('kubeadm init --config');
  });

  test('a pool alone joins a cluster that somebody else made', () => {
    const cluster = referenceCluster();
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'general', { cluster, pool: cluster.pools[3] });
    const { files, installGuide } = renderKubeadm(hostArtefacts(chart), cluster);
    expect(files.map(file => file.path)).toContain('/etc/kubernetes/patches/kubeletconfiguration0+merge.yaml');
    expect(installGuide).toContain('| general | 384 | 784 | 38 |');
    expect(installGuide).not.toContain('## 2. Certificates');
  });

  test('machines that differ in a flag are refused, with the form that can carry it', () => {
    const cluster = referenceCluster();
    const chart = machinesOf(cluster);
    const pod = hostArtefacts(chart).staticPods.find(candidate => candidate.target.name === 'cp-a' && candidate.props.component === 'kube-scheduler')!;
    new StaticPod(chart, 'other', {
      ...pod.props,
      target: HostTarget.machine('cp-z'),
      flags: pod.props.flags.map(flag => (flag.name === 'secure-port' ? { ...flag, value: '10299' } : flag)),
    });
    expect(() => renderKubeadm(hostArtefacts(chart), cluster)).toThrow(
      'installer kubeadm: kube-scheduler differs between cp-a and cp-z in secure-port; kubeadm has one value for all machines, use Installer.plain()');
  });
});

describe('upgrade and reset', () => {
  const { content, files, installGuide } = render();
  const document = (folder: string, name: string) => parse(content(folder, `/etc/kubernetes/kubeadm-${name}.yaml`)!);

  test('every machine and pool knows its patches, and that etcd is not kubeadm\'s', () => {
    // Oracle: UpgradeConfiguration and ResetConfiguration of cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go
    const common = { etcdUpgrade: false, patches: { directory: '/etc/kubernetes/patches' } };
    for (const name of ['cp-a', 'cp-b', 'cp-c']) {
      expect(document(`machines/${name}`, 'upgrade')).toEqual({ apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'UpgradeConfiguration', apply: { kubernetesVersion: 'v1.37.2', ...common }, node: common });
    }
    expect(document('pools/gpu', 'upgrade')).toEqual({ apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'UpgradeConfiguration', node: common });
    expect(document('pools/gpu', 'reset')).toEqual({
      apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'ResetConfiguration', certificatesDir: '/etc/kubernetes/pki', cleanupTmpDir: true, criSocket: 'unix:///run/containerd/containerd.sock',
    });
    expect(files.filter(({ path }) => path === '/etc/kubernetes/kubeadm-reset.yaml')).toHaveLength(3 + 4);
  });

  test('the guide names the documents, and what a reset takes with it', () => {
    expect(installGuide).toContain('kubeadm upgrade apply --config /etc/kubernetes/kubeadm-upgrade.yaml');
    expect(installGuide).toContain('kubeadm reset --config /etc/kubernetes/kubeadm-reset.yaml');
    expect(installGuide).toContain('a machine with a member first leaves its rings');
  });

  test('before v1beta4 there are no such documents, and the guide names the flags', () => {
    const older = render(KubernetesRelease.V1_30);
    expect(older.files.filter(({ path }) => /kubeadm-(upgrade|reset)/.test(path))).toEqual([]);
    expect(older.installGuide).toContain('--etcd-upgrade=false --patches /etc/kubernetes/patches');
    expect(older.installGuide).toContain('kubeadm reset --cri-socket unix:///run/containerd/containerd.sock');
  });
});

describe('install.md', () => {
  test('etcd comes before init, init before join, control plane before pools', () => {
    const guide = render().installGuide;
    const order = ['thousand-node-certificates all', 'enable --now etcd-kubelet.service', 'kubeadm init --config', 'kubeadm join --config', '## 5. Pools', '| compute | 128 | 128 | 12 |'];
    expect(order.map(text => guide.indexOf(text))).toEqual(order.map(text => guide.indexOf(text)).sort((a, b) => a - b));
    expect(order.every(text => guide.includes(text))).toBe(true);
  });

  test('it names the sandbox image, the approval of serving certificates, and the state files of the static managers', () => {
    const guide = render().installGuide;
    expect(guide).toContain('registry.k8s.io/pause:3.10.2');
    expect(guide).toContain('kubernetes.io/kubelet-serving');
    expect(guide).toContain('cpu_manager_state');
  });
});
