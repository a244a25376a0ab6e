import { App, Chart } from 'cdk8s';
import { kubeletFieldProblem } from '../../../src/catalogue/kubelet-configuration-fields';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { ControlPlaneKubelet, ControlPlaneKubeletProps } from '../../../src/components/node-pool/control-plane-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { referenceCluster } from '../../host/installers/reference-cluster';

const MEMBER = { name: 'cp-a', address: '172.16.0.11', zone: 'a' };

function emit(props: Partial<ControlPlaneKubeletProps> = {}) {
  const chart = new Chart(new App(), 'test');
  const kubelet = new ControlPlaneKubelet(chart, 'kubelet', { member: MEMBER, ...props });
  const { kubelets, files, certificates } = hostArtefacts(chart);
  const host = kubelets[0].props;
  return { kubelet, host, config: host.configuration as { [field: string]: any }, files: files.map(file => file.content), certificates };
}

test('it reads static pods, and nothing without a toleration lands on it', () => {
  const { host, config } = emit();
  expect(config.staticPodPath).toBe('/etc/kubernetes/manifests');
  expect(host.target.folder).toBe('machines/cp-a');
  expect(host.taints).toEqual([{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]);
  expect(host.nodeIp).toBe('172.16.0.11');
});

test('it never sets its own role, which NodeRestriction forbids; the zone is allowed', () => {
  expect(emit().host.nodeLabels).toEqual({ 'topology.kubernetes.io/zone': 'a' });
  expect(emit({ member: { name: 'cp-a', address: '172.16.0.11' } }).host.nodeLabels).toEqual({});
});

test('its client certificate has the name and group that the node authoriser wants; kubeadm makes its own', () => {
  expect(emit().certificates).toMatchObject([{ commonName: 'system:node:cp-a', organizations: ['system:nodes'], client: true, server: false, providedBy: ['kubeadm'] }]);
});

test.each(KubernetesRelease.all().map(release => [release] as const))('%s: only fields that the release knows', release => {
  const { config } = emit({ cluster: referenceCluster(release) });
  expect(Object.keys(config).map(field => kubeletFieldProblem(field, release.version)).filter(problem => problem !== undefined)).toEqual([]);
});

test('reservations follow the control-plane machine', () => {
  const small = ClusterFacts.thousandNodes().controlPlaneMachine;
  expect(small.cpu).toBe(32);
  // 80 + 28 x 2.5 = 150 millicores
  expect(emit().config.kubeReserved.cpu).toBe('150m');
  expect(emit().config.maxPods).toBe(110);
});

test.each(Object.entries({
  cluster: referenceCluster(KubernetesRelease.V1_26),
  dns: { clusterDnsAddresses: ['169.254.20.10'], clusterDomain: 'shop.local' },
  configOverrides: { containerLogMaxFiles: 3 },
  extraSysctls: { 'net.core.rmem_default': '262144' },
}))('prop %s reaches the output', (name, value) => {
  const output = (props: Partial<ControlPlaneKubeletProps>) => { const { config, files } = emit(props); return { config, files }; };
  expect(output({ [name]: value })).not.toEqual(output({}));
});

test('all problems at once', () => {
  expect(() => emit({ member: { name: 'CP', address: 'nowhere' }, configOverrides: { staticPodPath: '/x', nope: 1 } })).toThrow(/4 problems/);
});
