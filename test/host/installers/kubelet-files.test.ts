import { parse } from 'yaml';
import { machinesOf, referenceCluster } from './reference-cluster';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { kubeletArguments, kubeletFiles, nodeRoleCommand } from '../../../src/host/installers/kubelet-files';

function kubelet(name: string, release = KubernetesRelease.newest()) {
  const cluster = referenceCluster(release);
  const host = hostArtefacts(machinesOf(cluster)).kubelets.find(candidate => candidate.target.name === name)!;
  const files = Object.fromEntries(kubeletFiles(host, cluster).map(file => [file.path, file]));
  const command = /ExecStart=(.*)/.exec(files['/etc/systemd/system/kubelet.service'].content)![1].split(' ');
  return { host, files, command, config: parse(files['/var/lib/kubelet/config.yaml'].content) };
}

test('a pool bootstraps with a token that lies in a file of its own', () => {
  const { files, command } = kubelet('general');
  expect(Object.keys(files)).toEqual(['/var/lib/kubelet/config.yaml', '/etc/systemd/system/kubelet.service', '/etc/kubernetes/bootstrap-kubelet.conf']);
  expect(command).toContain('--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf');
  const config = parse(files['/etc/kubernetes/bootstrap-kubelet.conf'].content);
  expect(config.users[0].user).toEqual({ tokenFile: '/etc/kubernetes/bootstrap-token' });
  expect(config.clusters[0].cluster.server).toBe('https://api.shop.example.com:6443');
});

test('a control-plane kubelet never waits for the API server that it has to start', () => {
  const { files, command } = kubelet('cp-b');
  expect(command.join(' ')).not.toContain('bootstrap');
  const config = parse(files['/etc/kubernetes/kubelet.conf'].content);
  expect(config.users[0]).toEqual({
    name: 'system:node:cp-b',
    user: { 'client-certificate': '/etc/kubernetes/pki/kubelet-client.crt', 'client-key': '/etc/kubernetes/pki/kubelet-client.key' },
  });
  expect(config.clusters[0].cluster.server).toBe('https://172.16.0.12:6443');
  expect(command).toContain('--node-ip=172.16.0.12');
});

test('files that name credentials are readable by root only', () => {
  for (const name of ['general', 'cp-a']) {
    expect(Object.values(kubelet(name).files).filter(file => file.path.endsWith('.conf')).map(file => file.mode)).toEqual(['0600']);
  }
});

test('a change of static managers drains, others only restart', () => {
  const change = (name: string) => kubelet(name).files['/var/lib/kubelet/config.yaml'].onChange;
  expect(change('compute')).toMatchObject({ action: 'drain and restart', units: ['kubelet.service'] });
  expect(change('memory').action).toBe('drain and restart');
  expect(change('general').action).toBe('restart');
});

test.each([
  // release, taints in the file, taints as flag, runtime flags; oracle: options.go and types.go of 1.22, 1.23, 1.24, 1.26, 1.27
  [KubernetesRelease.V1_22, false, ['container-runtime', 'container-runtime-endpoint', 'node-labels', 'register-with-taints']],
  [KubernetesRelease.V1_23, true, ['container-runtime', 'container-runtime-endpoint', 'node-labels']],
  [KubernetesRelease.V1_24, true, ['container-runtime-endpoint', 'node-labels']],
  [KubernetesRelease.V1_26, true, ['container-runtime-endpoint', 'node-labels']],
  [KubernetesRelease.V1_27, true, ['node-labels']],
  [KubernetesRelease.V1_37, true, ['node-labels']],
])('%s: what the configuration cannot say stands on the command line', (release, inFile, flags) => {
  const { host, config } = kubelet('gpu', release);
  expect(kubeletArguments(host).map(argument => argument.name)).toEqual(flags);
  expect(config.registerWithTaints).toEqual(inFile ? [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] : undefined);
  if (!inFile) { expect(kubeletArguments(host).at(-1)!.value).toBe('nvidia.com/gpu=present:NoSchedule'); }
});

test('no kubelet gives itself a role: NodeRestriction would refuse its node', () => {
  expect(kubeletArguments(kubelet('cp-a').host).find(argument => argument.name === 'node-labels')!.value).toBe('topology.kubernetes.io/zone=a');
  expect(nodeRoleCommand(kubelet('cp-a').host)).toBe('kubectl label node cp-a node-role.kubernetes.io/control-plane=');
  expect(nodeRoleCommand(kubelet('general').host)).toBeUndefined();
});

test('a kubelet that fails is started again for ever', () => {
  const unit = kubelet('general').files['/etc/systemd/system/kubelet.service'].content;
  expect(unit).toContain('StartLimitIntervalSec=0');
  expect(unit).toContain('Restart=always');
});
