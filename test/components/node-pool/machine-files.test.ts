import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import { emitKubelet, kubeletRefusal, machineOf } from './emitted-kubelet';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { NodePool } from '../../../src/cluster/node-pool';
import { Containerd, ContainerdProps } from '../../../src/components/node-pool/containerd';
import { ControlPlaneKubelet } from '../../../src/components/node-pool/control-plane-kubelet';
import { MachineOptions, NodeSwap } from '../../../src/components/node-pool/machine-options';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { ThousandNodeCluster } from '../../../src/thousand-node-cluster';
import { referenceCluster } from '../../host/installers/reference-cluster';

const GENERAL = NodePool.of('general', { nodes: 1000, machine: machineOf(16, 64) });
const CARDS = NodePool.of('cards', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: machineOf(48, 192) });
const CONFIG = '/etc/containerd/config.toml';
const on = (release: KubernetesRelease) => ({ cluster: referenceCluster(release) });

describe('containerd', () => {
  const config = (release: KubernetesRelease, props: ContainerdProps = {}, pool = GENERAL) =>
    emitKubelet({ ...on(release), pool, containerd: Containerd.of(props) }).file(CONFIG).content;

  test('2.x: version 3', () => {
    // Oracle: docs/cri/config.md of containerd, "Cgroup Driver" and "Full configuration" for 2.x
    expect(config(KubernetesRelease.V1_37)).toBe(`# For containerd 2.3 and newer.

version = 3

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "registry.k8s.io/pause:3.10.2"

[plugins."io.containerd.cri.v1.images".registry]
config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "runc"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = true
`);
  });

  test('1.x: version 2, with everything in one plugin', () => {
    const text = config(KubernetesRelease.V1_30);
    expect(text).toContain('version = 2\n\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "registry.k8s.io/pause:3.10.1"\n');
    expect(text).toContain('[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\nSystemdCgroup = true\n');
    expect(text).toContain('[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/etc/containerd/certs.d"\n');
    expect(text).not.toContain('cri.v1');
  });

  test.each([
    [KubernetesRelease.V1_35, undefined, 2], [KubernetesRelease.V1_36, undefined, 3], [KubernetesRelease.V1_35, '2.0', 3], [KubernetesRelease.V1_35, '1.7.28', 2],
  ])('Kubernetes %s with containerd %s gets version %i', (release, version, layout) => {
    expect(config(release, { version })).toContain(`\nversion = ${layout}\n`);
  });

  test('pools with cards have a second runtime, others do not', () => {
    const text = config(KubernetesRelease.V1_37, {}, CARDS);
    expect(text).toContain('[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.nvidia.options]\nBinaryName = "/usr/bin/nvidia-container-runtime"\nSystemdCgroup = true\n');
    expect(text).toContain('default_runtime_name = "runc"');
    expect(config(KubernetesRelease.V1_37)).not.toContain('nvidia');
  });

  test('mirrors, with and without a way back to the registry', () => {
    const { file } = emitKubelet({
      pool: GENERAL,
      containerd: Containerd.of({
        mirrors: [
          { registry: 'docker.io', endpoints: ['https://a.example.com', 'https://b.example.com/v2/docker'], caFile: '/etc/ssl/mirror.crt' },
          { registry: 'registry.example.com:5000', endpoints: ['https://a.example.com'], fallBack: false },
        ],
      }),
    });
    // Oracle: docs/hosts.md of containerd; without `server` the registry of the name is asked last.
    expect(file('/etc/containerd/certs.d/docker.io/hosts.toml').content).toBe(`[host."https://a.example.com"]
capabilities = ["pull", "resolve"]
ca = "/etc/ssl/mirror.crt"

[host."https://b.example.com/v2/docker"]
capabilities = ["pull", "resolve"]
ca = "/etc/ssl/mirror.crt"
override_path = true
`);
    expect(file('/etc/containerd/certs.d/registry.example.com:5000/hosts.toml').content).toBe('server = "https://a.example.com"\ncapabilities = ["pull", "resolve"]\n');
  });

  test('what the image has to bring is only said where we do not write it', () => {
    expect(emitKubelet({ pool: GENERAL, containerd: Containerd.of() }).notes).not.toContain('belongs to the machine image');
    expect(emitKubelet({ pool: CARDS }).notes).toContain('containerd needs a runtime named nvidia');
    expect(emitKubelet({ pool: CARDS, containerd: Containerd.ofMachineImage() }).paths).not.toContain(CONFIG);
  });

  test('refused: a version that does not go with the release, and all that is wrong with mirrors at once', () => {
    expect(kubeletRefusal({ pool: GENERAL, containerd: Containerd.of({ version: '1.7' }) })).toContain('containerd 1.7 is not recommended for Kubernetes 1.37; use 2.3 or newer');
    expect(() => Containerd.of({
      version: 'latest',
      mirrors: [{ registry: 'https://docker.io', endpoints: [] }, { registry: 'quay.io', endpoints: ['a.example.com"\n'], caFile: 'ca.crt' }, { registry: 'quay.io', endpoints: ['http://a'] }],
    })).toThrow(/6 problems/);
  });
});

describe('the operating system', () => {
  test('swap off, journal and time as drop-ins', () => {
    const { file, config } = emitKubelet({ pool: GENERAL, swap: NodeSwap.OFF, journalSize: Size.gibibytes(2), timeServers: ['10.0.0.1', 'time.example.com'] });
    expect(file('/etc/systemd/system/kubelet.service.d/20-swap.conf').content).toBe('[Service]\nExecStartPre=/usr/sbin/swapoff --all\n');
    expect(file('/etc/systemd/journald.conf.d/95-thousand-node.conf').content).toBe('[Journal]\nSystemMaxUse=2048M\n');
    expect(file('/etc/systemd/timesyncd.conf.d/95-thousand-node.conf').content).toBe('[Time]\nNTP=10.0.0.1 time.example.com\n');
    expect(config).not.toHaveProperty('failSwapOn');
  });

  test('limited swap is a matter of the kubelet, from 1.30 on', () => {
    const { config, paths } = emitKubelet({ pool: GENERAL, swap: NodeSwap.LIMITED });
    expect(config).toMatchObject({ failSwapOn: false, memorySwap: { swapBehavior: 'LimitedSwap' } });
    expect(paths).not.toContain('/etc/systemd/system/kubelet.service.d/20-swap.conf');
    expect(kubeletRefusal({ ...on(KubernetesRelease.V1_29), pool: GENERAL, swap: NodeSwap.LIMITED })).toContain('works from Kubernetes 1.30 on');
  });

  test('control-plane machines take the same options', () => {
    const cluster = referenceCluster();
    const files = (options: MachineOptions) => {
      const chart = new Chart(new App(), 'test');
      new ControlPlaneKubelet(chart, 'kubelet', { cluster, member: cluster.controlPlaneMembers[0], ...options });
      const { files: written, kubelets: [{ props }] } = hostArtefacts(chart);
      return JSON.stringify([written.map(file => [file.path, file.content]), props.configuration]);
    };
    const options: MachineOptions = {
      containerd: Containerd.of(), swap: NodeSwap.LIMITED, journalSize: Size.gibibytes(1), timeServers: ['10.0.0.1'], preloadedImages: ['registry.k8s.io/pause:3.10.2'],
    };
    for (const [name, value] of Object.entries(options)) { expect([name, files({ [name]: value })]).not.toEqual([name, files({})]); }
  });

  test('a whole cluster: all machines, and what is said about a pool goes before it', () => {
    const cluster = new ThousandNodeCluster(new App(), 'shop', {
      controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3].map(i => ({ name: `control-plane-${i}`, address: `172.16.0.1${i}` })) },
      pools: [GENERAL, NodePool.of('other', { nodes: 3, machine: machineOf(16, 64) })],
      network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      machines: { timeServers: ['10.0.0.1'] },
      kubelets: { other: { timeServers: ['10.0.0.2'] } },
    });
    const written = hostArtefacts(cluster).files.filter(file => file.path.includes('timesyncd')).map(file => [file.target.folder, /NTP=(.*)/.exec(file.content)![1]]);
    expect(Object.fromEntries(written)).toEqual({
      'machines/control-plane-1': '10.0.0.1', 'machines/control-plane-2': '10.0.0.1', 'machines/control-plane-3': '10.0.0.1', 'pools/general': '10.0.0.1', 'pools/other': '10.0.0.2',
    });
  });

  test('refused, all at once', () => {
    const message = kubeletRefusal({ pool: GENERAL, journalSize: Size.mebibytes(10), timeServers: ['a b'], preloadedImages: ['pause', 'registry.k8s.io/pause'] });
    expect(message).toContain('4 problems');
    expect(message).toContain('preloadedImages must be names with registry and tag or digest, got "registry.k8s.io/pause"');
  });
});

describe('images on the disk before the kubelet', () => {
  /** Runs the script with a `ctr` that has some images and can pull some. */
  function run(images: string[], present: string[], pullable: string[]) {
    const folder = mkdtempSync(join(tmpdir(), 'preload-'));
    writeFileSync(join(folder, 'ctr'), `#!/bin/bash
if [ "$4" = ls ]; then for i in ${present.join(' ')}; do if [ "$6" = "name==$i" ]; then echo "$i"; fi; done; exit 0; fi
echo "\${@: -1}" >> ${folder}/pulled
for i in ${pullable.join(' ')}; do if [ "\${@: -1}" = "$i" ]; then exit 0; fi; done
exit 1
`);
    chmodSync(join(folder, 'ctr'), 0o755);
    writeFileSync(join(folder, 'pulled'), '');
    const script = emitKubelet({ pool: GENERAL, preloadedImages: images }).file('/usr/local/sbin/thousand-node-preload-images').content;
    const done = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env: { PATH: `${folder}:/usr/bin:/bin` } });
    const pulled = readFileSync(join(folder, 'pulled'), 'utf8').split('\n').filter(line => line !== '');
    rmSync(folder, { recursive: true });
    return { status: done.status, stderr: done.stderr, pulled };
  }

  const [PAUSE, NODE] = ['registry.k8s.io/pause:3.10.2', 'quay.io/calico/node:v3.32.0'];

  test('what is missing is pulled, what is there is not', () => {
    expect(run([PAUSE, NODE], [PAUSE], [NODE])).toEqual({ status: 0, stderr: '', pulled: [NODE] });
  });

  test('one that fails does not keep the others away, and is named', () => {
    expect(run([PAUSE, NODE], [], [PAUSE])).toEqual({ status: 1, stderr: `${NODE} could not be pulled\n`, pulled: [NODE, PAUSE] });
  });
});
