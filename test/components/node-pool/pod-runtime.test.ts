import { App, Chart, Size, Testing } from 'cdk8s';
import { emitKubelet, machineOf } from './emitted-kubelet';
import { Containerd, ContainerRuntime, KubernetesRelease, NodePool, PodRuntime, PodRuntimeProps, TaintEffect } from '../../../src';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { referenceCluster } from '../../host/installers/reference-cluster';

const POOL = NodePool.of('strangers', { nodes: 10, machine: machineOf(16, 64), taints: [{ key: 'strangers', effect: TaintEffect.NO_SCHEDULE }] });
const config = (release: KubernetesRelease, ...runtimes: ContainerRuntime[]) =>
  emitKubelet({ cluster: referenceCluster(release), pool: POOL, containerd: Containerd.of({ runtimes }) }).file('/etc/containerd/config.toml').content;
const classOf = (props: PodRuntimeProps) => {
  const chart = new Chart(new App(), 'test');
  new PodRuntime(chart, 'runtime', props);
  return Testing.synth(chart)[0];
};

test.each([
  // Oracle: documentation of both runtimes for containerd; the plugin of each layout
  [KubernetesRelease.V1_37, 'io.containerd.cri.v1.runtime'], [KubernetesRelease.V1_30, 'io.containerd.grpc.v1.cri'],
])('%s: a runtime beside runc stands in %s', (release, plugin) => {
  const text = config(release, ContainerRuntime.gvisor(), ContainerRuntime.kata(), ContainerRuntime.of('crun', { type: 'io.containerd.runc.v2', options: { BinaryName: '/usr/bin/crun', SystemdCgroup: true } }));
  expect(text).toContain(`[plugins."${plugin}".containerd.runtimes.runsc]\nruntime_type = "io.containerd.runsc.v1"\n`);
  expect(text).toContain(`[plugins."${plugin}".containerd.runtimes.kata]\nruntime_type = "io.containerd.kata.v2"\n`);
  expect(text).toContain(`[plugins."${plugin}".containerd.runtimes.crun.options]\nBinaryName = "/usr/bin/crun"\nSystemdCgroup = true\n`);
  expect(text).toContain('default_runtime_name = "runc"');
  expect(config(release)).not.toContain('runsc');
});

test.each(['1.22', '1.37'])('its class is one of %s, and brings pods to the machines that have it', release => {
  const object = classOf({ runtime: ContainerRuntime.gvisor(), pool: POOL, memoryOverhead: Size.mebibytes(64), cpuOverhead: 50 });
  expect(schemaErrors(release, object)).toEqual([]);
  expect(object).toMatchObject({
    kind: 'RuntimeClass',
    metadata: { name: 'runsc' },
    handler: 'runsc',
    overhead: { podFixed: { cpu: '50m', memory: '64Mi' } },
    scheduling: { nodeSelector: { 'thousand-node.io/pool': 'strangers' }, tolerations: [{ key: 'strangers', operator: 'Exists', effect: 'NoSchedule' }] },
  });
  const everywhere = classOf({ runtime: ContainerRuntime.kata() });
  expect(everywhere).not.toHaveProperty('scheduling');
  expect(everywhere).not.toHaveProperty('overhead');
});

test('what no runtime can be is refused, all at once', () => {
  expect(() => ContainerRuntime.of('runc', { type: 'runsc', options: { a: 'b\nc', d: 1.5 } })).toThrow(/container runtime "runc": 4 problems/);
  expect(() => Containerd.of({ runtimes: [ContainerRuntime.kata(), ContainerRuntime.kata()] })).toThrow('runtimes: \'kata\' is named twice');
  expect(() => classOf({ runtime: ContainerRuntime.kata(), cpuOverhead: -1 })).toThrow('cpuOverhead must be a whole number');
});
