import { ApiObject, App, JsonPatch, Size, Testing } from 'cdk8s';
import { referenceCluster } from './installers/reference-cluster';
import { description } from '../../examples/thousand-node/cluster';
import {
  Audit, ClusterFacts, CpuManager, Gpu, HostChange, HostFile, HostFiles, HostTarget, Installer, MachineShape, NodePool, NodePoolKubelet,
  NodePoolKubeletProps, TaintEffect, ThousandNodeCluster,
} from '../../src';
import { CertificateAuthority, CertificateRequest } from '../../src/host/certificate-request';
import { KubeletHost } from '../../src/host/kubelet-host';

const machine = (cpu: number, gibibytes: number, numaNodes = 1) => MachineShape.of({ cpu, memory: Size.gibibytes(gibibytes), numaNodes });
const GENERAL = NodePool.of('general', { nodes: 100, machine: machine(16, 64) });
const COMPUTE = NodePool.of('compute', { nodes: 100, machine: machine(16, 64) });
const MEMORY = NodePool.of('memory', { nodes: 100, machine: machine(16, 64, 2) });

/** The message with which something is refused. */
function refusal(build: () => unknown): string {
  try { build(); } catch (error) { return (error as Error).message; }
  return 'accepted';
}

const kubelet = (props: NodePoolKubeletProps) => refusal(() => new NodePoolKubelet(Testing.chart(), 'kubelet', props));

describe('one mistake, one sentence with what to do', () => {
  test.each<[string, () => string, string]>([
    ['reservations above the machine', () => kubelet({ pool: GENERAL, kubeReservedMemory: Size.gibibytes(60), systemReservedMemory: Size.gibibytes(8) }),
      'withhold 70132 MiB of a machine with 65536 MiB; use a larger machine or fewer pods per node'],
    ['a static CPU manager without reservation', () => kubelet({ pool: GENERAL, cpuManager: CpuManager.exclusive(), reservedSystemCpus: '' }), 'reservedSystemCpus must be CPU numbers such as 0,32 or 0-1, got \'\''],
    ['a static CPU manager by the back door', () => kubelet({ pool: GENERAL, configOverrides: { cpuManagerPolicy: 'static' } }), '\'cpuManagerPolicy\' is managed by this construct and cannot be overridden; use cpuManager'],
    ['a machine whose only core is reserved', () => kubelet({ pool: NodePool.of('one', { nodes: 1, machine: machine(1, 8) }), cpuManager: CpuManager.exclusive() }), '1 of 1 CPUs are kept for the system, no core is left for pods'],
    ['memory that does not add up', () => kubelet({ pool: MEMORY, configOverrides: { reservedMemory: [{ numaNode: 0, limits: { memory: '1Gi' } }] } }),
      '\'reservedMemory\' is managed by this construct and cannot be overridden; use kubeReservedMemory, systemReservedMemory or evictionMemory'],
    ['more pods than the pod range has addresses', () => refusal(() => ClusterFacts.of({
      name: 'x',
      network: { podCidr: '10.0.0.0/18', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      controlPlane: { endpoint: 'api.example.com:6443', members: [{ name: 'cp', address: '172.16.0.11' }] },
      pools: [NodePool.of('dense', { nodes: 100, maxPods: 250, machine: machine(32, 128) })],
    })), 'network.podCidr'],
    ['more pods than the blocks of a node have addresses', () => refusal(() => new ThousandNodeCluster(new App(), 'shop', { ...description, calico: { blockSize: 31 } })),
      'pool \'general\': maxPods must fit the 20 blocks that Calico gives to one node, got 110 pods for blocks of /31 (39 pods); use a shorter blockSize mask or lower maxPods'],
    ['a file left to an installer that does not exist', () => refusal(() => new HostFile(Testing.chart(), 'file', {
      target: HostTarget.pool('general'), path: '/etc/x', content: 'x', onChange: HostChange.nothing(), providedBy: ['kubeadmn'],
    })), 'providedBy: there is no installer "kubeadmn"; did you mean \'kubeadm\''],
    ['a certificate left to an installer that does not exist', () => refusal(() => new CertificateRequest(Testing.chart(), 'certificate', {
      target: HostTarget.machine('cp'), authority: CertificateAuthority.ETCD, commonName: 'x', client: true, certPath: '/x.crt', keyPath: '/x.key', providedBy: ['rke'],
    })), 'providedBy: there is no installer "rke"; they are plain, kubeadm, cloud-init'],
    ['the name of a form instead of the form', () => refusal(() => HostFiles.of(Testing.chart()).write('/nowhere', 'kubeadm' as unknown as Installer)), 'installer must be one of the class Installer, such as Installer.kubeadm(), got "kubeadm"'],
    ['a pool of another cluster', () => refusal(() => {
      const chart = Testing.chart();
      new NodePoolKubelet(chart, 'kubelet', { cluster: referenceCluster(), pool: NodePool.of('web', { nodes: 1, machine: machine(16, 64) }) });
      HostFiles.of(chart).write('/nowhere', Installer.eks({ instanceTypes: {} }));
    }), 'pool \'web\' is not one of \'shop\' (compute, memory, gpu, general), and this form writes its size; give its NodePoolKubelet the cluster that it belongs to'],
  ])('%s', (_, build, sentence) => {
    expect(build()).toContain(sentence);
  });
});

describe('what only the finished tree shows', () => {
  test('maxPods above the addresses of a node\'s blocks is refused', () => {
    const app = new App();
    const cluster = new ThousandNodeCluster(app, 'shop', description);
    const installation = cluster.node.findAll().filter(ApiObject.isApiObject).find(({ kind }) => kind === 'Installation')!;
    // Twenty blocks of two addresses, less the tunnel: 39.
    installation.addJsonPatch(JsonPatch.replace('/spec/calicoNetwork/ipPools/0/blockSize', 31));
    expect(refusal(() => app.synthYaml())).toMatch(/TNC003: The address blocks of one node serve its maxPods kubelet of pools\/general: maxPods 110, twenty blocks of \/31 serve 39\. Use a larger block/);
  });

  test('a memory sum that somebody changed afterwards stops the synth', () => {
    const app = new App();
    const cluster = new ThousandNodeCluster(app, 'shop', description);
    const host = cluster.node.findAll().find((construct): construct is KubeletHost => construct instanceof KubeletHost && construct.target.name === 'memory')!;
    Object.assign(host.props.configuration, { reservedMemory: [{ numaNode: 0, limits: { memory: '1Gi' } }] });
    expect(refusal(() => app.synthYaml())).toMatch(/TNC075: With the static memory manager reservedMemory equals all reservations kubelet of pools\/memory: reservedMemory is 1024Mi, the reservations are \d+Mi/);
  });

  test('a GPU pool without taint is a finding, and none with it', () => {
    const of = (gpuTaint?: boolean) => Audit.of(new ThousandNodeCluster(new App(), 'shop', {
      ...description, pools: [...description.pools.filter(({ name }) => name !== 'gpu'), NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), gpuTaint, machine: machine(48, 192) })],
    })).findings.filter(({ ruleId }) => ruleId === 'TNC086');
    expect(of()).toEqual([]);
    expect(of(false)).toEqual([expect.objectContaining({ severity: 'warning', subject: 'kubelet of pools/gpu', detail: '32 nodes with 4 T4 each take any pod' })]);
    expect(refusal(() => NodePool.of('web', { nodes: 1, machine: machine(16, 64), gpuTaint: false }))).toContain('gpuTaint is for pools with gpu');
  });
});

describe('several mistakes, one error', () => {
  test('of a kubelet', () => {
    const message = kubelet({
      pool: COMPUTE,
      kubeReservedMemory: Size.gibibytes(64),
      evictionMemory: Size.mebibytes(10),
      reservedSystemCpus: '0-15',
      podPidsLimit: 0,
      maxParallelImagePulls: 0,
      configOverrides: { maxPods: 250, reservedMemory: [], maxPodz: 1 },
      extraSysctls: { 'kernel.panic': '0' },
      startupTaints: [{ key: 'not a key', effect: TaintEffect.NO_SCHEDULE }],
    });
    expect(message).toMatch(/^NodePoolKubelet pool 'compute': 10 problems\n/);
    for (const sentence of ['withhold', 'evictionMemory must be', 'all 16 CPUs', 'podPidsLimit must be', 'maxParallelImagePulls must be', '\'maxPods\' is managed', '\'reservedMemory\' is managed', '\'maxPodz\' is unknown', 'kernel.panic', 'startupTaints']) {
      expect(message).toContain(sentence);
    }
  });

  test('of a form: limit, pool and options', () => {
    const chart = Testing.chart();
    const cluster = referenceCluster();
    for (const pool of [cluster.pools[3], NodePool.of('web', { nodes: 1, machine: machine(16, 64) })]) { new NodePoolKubelet(chart, pool.name, { cluster, pool }); }
    const message = refusal(() => HostFiles.of(chart).write('/nowhere', Installer.eks({ instanceTypes: { general: ['large'], other: ['m7i.large'] }, userDataLimit: 5, karpenterPools: ['general'] })));
    expect(message).toMatch(/^installer eks: 5 problems\n/);
    for (const sentence of ['userDataLimit must be', 'pool \'web\' is not one of', '"large" is no instance type', 'there is no pool "other"', 'nodeRole must name']) { expect(message).toContain(sentence); }
  });
});
