import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ClusterFacts } from '../../../../src/cluster/cluster-facts';
import { Gpu, GpuSharing } from '../../../../src/cluster/gpu';
import { ImageRegistry } from '../../../../src/cluster/image-registry';
import { MachineShape } from '../../../../src/cluster/machine-shape';
import { NodePool, TaintEffect } from '../../../../src/cluster/node-pool';
import { NvidiaGpus, NvidiaGpusProps } from '../../../../src/components/node-pool/gpu/nvidia-gpus';
import { hostArtefacts } from '../../../../src/host/host-artefacts';

const machine = MachineShape.of({ cpu: 48, memory: Size.gibibytes(192), numaNodes: 2 });

function clusterWith(...pools: NodePool[]): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3].map(i => ({ name: `control-plane-${i}`, address: `172.16.0.1${i}` })) },
    pools,
    imageRegistry: ImageRegistry.mirror('mirror.example.com'),
  });
}

const cards = (sharing?: GpuSharing, name = 'cards') =>
  NodePool.of(name, { nodes: 32, gpu: Gpu.nvidia('T4', 4, sharing), machine, taints: [{ key: 'team', value: 'ml', effect: TaintEffect.NO_EXECUTE }] });

function emit(pools: NodePool[], props: NvidiaGpusProps = {}) {
  const chart = new Chart(new App(), 'test');
  const gpus = new NvidiaGpus(chart, 'gpus', { cluster: clusterWith(...pools), ...props });
  const objects = Testing.synth(chart) as any[];
  const of = (kind: string, name?: string) => objects.find(object => object.kind === kind && (name === undefined || object.metadata.name === name));
  return { gpus, objects, of, files: hostArtefacts(chart).files, config: () => parse(of('ConfigMap').data['config.yaml']) };
}

describe('a pool with cards', () => {
  test('has a plugin, an exporter and a runtime class that finds its place', () => {
    const { objects, of } = emit([cards()]);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[0-9a-f]{10}$/, '')}`)).toEqual([
      'Namespace nvidia-gpus', 'RuntimeClass nvidia', 'ServiceAccount nvidia-device-plugin', 'ServiceAccount dcgm-exporter', 'ConfigMap nvidia-device-plugin-cards',
      'DaemonSet nvidia-device-plugin-cards', 'DaemonSet dcgm-exporter-cards',
    ]);
    expect(of('RuntimeClass')).toMatchObject({
      handler: 'nvidia',
      scheduling: { nodeSelector: { 'thousand-node.io/pool-kind': 'gpu' }, tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] },
    });
    // A team's own taint keeps others out: the class must not tolerate it.
    expect(JSON.stringify(of('RuntimeClass'))).not.toContain('team');
  });

  test('its agents run with the driver, tolerate every taint, startup taints included, and come from the mirror', () => {
    const { objects } = emit([cards()]);
    for (const { spec } of objects.filter(({ kind }) => kind === 'DaemonSet')) {
      expect(spec.template.spec).toMatchObject({ runtimeClassName: 'nvidia', automountServiceAccountToken: false, nodeSelector: { 'thousand-node.io/pool': 'cards' } });
      expect(spec.template.spec.tolerations).toEqual([{ operator: 'Exists' }]);
      expect(spec.template.spec.containers[0].image).toMatch(/^mirror\.example\.com\/nvidia\/(k8s-device-plugin:v0\.20\.0|k8s\/dcgm-exporter:4\.5\.3-4\.8\.2-distroless)$/);
      expect(spec.updateStrategy.rollingUpdate.maxUnavailable).toBe('25%');
    }
  });

  test('without cards nothing is written', () => {
    const { objects, gpus, files } = emit([NodePool.of('general', { nodes: 3, machine })]);
    expect([objects, files, gpus.derivations, gpus.scrapeTargets, gpus.alertGroups, gpus.preconditions]).toEqual([[], [], [], [], [], []]);
  });
});

describe('sharing', () => {
  // Oracle: the examples of README.md@v0.20.0, "With CUDA Time-Slicing" and "With CUDA MPS".
  test('without it the plugin is told of none', () => {
    expect(emit([cards()]).config()).toEqual({
      version: 'v1', flags: { migStrategy: 'none', failOnInitError: true, plugin: { passDeviceSpecs: false, deviceListStrategy: 'envvar', deviceIDStrategy: 'uuid' } },
    });
  });

  test('by turns', () => {
    const { config, gpus, of } = emit([cards(GpuSharing.timeSlicing(10))]);
    expect(config().sharing).toEqual({ timeSlicing: { renameByDefault: false, failRequestsGreaterThanOne: true, resources: [{ name: 'nvidia.com/gpu', replicas: 10 }] } });
    expect(of('DaemonSet', 'nvidia-mps-control-daemon-cards')).toBeUndefined();
    expect(gpus.notes.join()).toContain('10 pods take turns on each card; nothing separates their memory');
    // Oracle: 32 nodes x 4 cards x 10 pods
    expect(gpus.derivations.find(({ id }) => id === 'gpu/cards/reported-cards')!.value).toBe(1280);
  });

  test('side by side: a control daemon, and the plugin meets it', () => {
    const { config, of, gpus } = emit([cards(GpuSharing.mps(4))]);
    expect(config().sharing).toEqual({ mps: { renameByDefault: false, resources: [{ name: 'nvidia.com/gpu', replicas: 4 }] } });
    const daemon = of('DaemonSet', 'nvidia-mps-control-daemon-cards').spec.template.spec;
    expect(daemon).toMatchObject({ shareProcessNamespace: true, initContainers: [{ command: ['mps-control-daemon', 'mount-shm'] }] });
    const plugin = of('DaemonSet', 'nvidia-device-plugin-cards').spec.template.spec;
    expect(plugin.containers[0].env).toContainEqual({ name: 'MPS_ROOT', value: '/run/nvidia/mps' });
    for (const spec of [daemon, plugin]) {
      expect(spec.volumes).toContainEqual({ name: 'mps-shm', hostPath: { path: '/run/nvidia/mps/shm' } });
      expect(spec.containers[0].volumeMounts).toContainEqual({ name: 'mps-shm', mountPath: '/dev/shm' });
    }
    expect(gpus.notes.join()).toContain('experimental');
  });

  test('two pools may share in two ways, and their agents do not select each other', () => {
    const { objects } = emit([cards(GpuSharing.timeSlicing(2), 'a'), cards(GpuSharing.mps(2), 'b')]);
    const selectors = objects.filter(({ kind }) => kind === 'DaemonSet').map(({ spec }) => JSON.stringify(spec.selector));
    expect(selectors).toHaveLength(5);
    expect(new Set(selectors).size).toBe(5);
  });

  test('one pod per card is no sharing, and more than 48 is more than a CUDA server takes', () => {
    expect(() => GpuSharing.timeSlicing(1)).toThrow('replicas must be a whole number between 2');
    expect(() => GpuSharing.mps(49)).toThrow('between 2 and 48');
    expect(GpuSharing.mps(48).replicas).toBe(48);
  });
});

describe('props', () => {
  test.each<[string, NvidiaGpusProps]>([
    ['passDeviceSpecs', { passDeviceSpecs: true }], ['metrics', { metrics: false }], ['checkBeforeKubelet', { checkBeforeKubelet: false }],
  ])('%s reaches the output', (_name, props) => {
    const output = (p: NvidiaGpusProps) => {
      const { objects, files, gpus } = emit([cards()], p);
      return JSON.stringify([objects, files.map(f => f.path), gpus.scrapeTargets]);
    };
    expect(output(props)).not.toBe(output({}));
  });

  test('device files by name need a privileged plugin', () => {
    const plugin = (props: NvidiaGpusProps) => emit([cards()], props).of('DaemonSet', 'nvidia-device-plugin-cards').spec.template.spec.containers[0].securityContext;
    expect(plugin({ passDeviceSpecs: true })).toEqual({ privileged: true });
    expect(plugin({})).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  });

  test('without metrics nobody scrapes and nobody warns', () => {
    const { gpus, objects } = emit([cards()], { metrics: false });
    expect([gpus.scrapeTargets, gpus.alertGroups]).toEqual([[], []]);
    expect(JSON.stringify(objects)).not.toContain('dcgm');
  });

  test('the scrape job counts every node', () => {
    // Oracle: 25 counters x 4 cards + 100
    expect(emit([cards(), cards(undefined, 'more')]).gpus.scrapeTargets).toEqual([
      expect.objectContaining({ job: 'dcgm-exporter', expectedTargets: 64, port: 9400, seriesPerTarget: 200 }),
    ]);
  });
});

describe('the check before the kubelet', () => {
  /** Runs the script with programs of the given names and output in front of all others. */
  function run(programs: { [name: string]: string }) {
    const folder = mkdtempSync(join(tmpdir(), 'gpu-check-'));
    for (const [name, body] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/bash\n${body}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const script = emit([cards()]).files.find(file => file.path.endsWith('gpu-check'))!;
    expect(script.mode).toBe('0755');
    const done = spawnSync('bash', ['--norc', '-c', script.content], { encoding: 'utf8', env: { PATH: `${folder}:/usr/bin:/bin` } });
    rmSync(folder, { recursive: true });
    return [done.status, done.stderr] as const;
  }

  const toolkit = { 'nvidia-container-runtime': 'exit 0' };
  const smi = (...names: string[]) => ({ ...toolkit, 'nvidia-smi': names.map(name => `echo '${name}'`).join('\n') || 'exit 0' });

  test('passes with four cards of the model', () => {
    expect(run(smi('Tesla T4', 'Tesla T4', 'Tesla T4', 'Tesla T4'))).toEqual([0, '']);
  });

  test.each<[string, { [name: string]: string }, string]>([
    ['no driver', toolkit, 'nvidia-smi is missing'],
    ['no toolkit', { 'nvidia-smi': 'echo T4' }, 'nvidia-container-runtime is missing'],
    ['a driver that fails', { ...toolkit, 'nvidia-smi': 'exit 9' }, 'nvidia-smi fails'],
    ['a card that fell off', smi('Tesla T4', 'Tesla T4', 'Tesla T4'), '3 cards answer, 4 were described'],
    ['no card', smi(), '0 cards answer'],
    ['another model', smi('Tesla T4', 'Tesla T4', 'Tesla T4', 'NVIDIA A10G'), 'cards are not T4: NVIDIA A10G'],
  ])('fails on %s', (_title, programs, message) => {
    const [status, stderr] = run(programs);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  test('systemd runs it before every start and tries again', () => {
    const dropIn = emit([cards()]).files.find(file => file.path === '/etc/systemd/system/kubelet.service.d/20-gpu-check.conf')!;
    expect(dropIn.content).toContain('ExecStartPre=/usr/local/sbin/thousand-node-gpu-check\nRestart=always\n');
  });
});
