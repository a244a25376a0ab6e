import { Size } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import { machinesOf } from './reference-cluster';
import { KOPS_FLAG_FIELDS, KOPS_OWNED_FLAGS } from '../../../src/catalogue/kops-flags';
import { KOPS_KUBELET_FIELDS, KOPS_KUBELET_TUNING, KOPS_OWNED_KUBELET_FIELDS } from '../../../src/catalogue/kops-kubelet-fields';
import { kubeletFieldProblem } from '../../../src/catalogue/kubelet-configuration-fields';
import { ClusterFacts, ClusterFactsProps } from '../../../src/cluster/cluster-facts';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { Containerd } from '../../../src/components/node-pool/containerd';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { renderKops } from '../../../src/host/installers/kops/kops';
import { KopsOptions, KopsSubnetType } from '../../../src/host/installers/kops/kops-options';
import { renderPlain } from '../../../src/host/installers/plain';
import { RenderedTree } from '../../../src/host/installers/rendered-file';

const ZONES = ['a', 'b', 'c'];

const OPTIONS: KopsOptions = {
  clusterName: 'shop.example.com',
  configBase: 's3://state-store/shop.example.com',
  controlPlaneMachineType: 'm7i.8xlarge',
  machineTypes: { gpu: 'g4dn.8xlarge', general: 'm7i.4xlarge' },
  subnets: ZONES.map((zone, i) => ({ name: `private-${zone}`, zone: `eu-central-1${zone}`, cidr: `172.16.${i * 4}.0/22` })),
};

const POOLS = [
  NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
  NodePool.of('general', { nodes: 784, nodesToday: 384, zones: ['eu-central-1a', 'eu-central-1c'], machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
];

function cluster(changes: Partial<ClusterFactsProps> = {}): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    release: KubernetesRelease.V1_33,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:443', members: ZONES.map((zone, i) => ({ name: `cp-${zone}`, address: `172.16.0.1${i}`, zone: `eu-central-1${zone}` })) },
    pools: POOLS,
    ...changes,
  });
}

const render = (facts = cluster(), options: Partial<KopsOptions> = {}) => renderKops(hostArtefacts(machinesOf(facts)), facts, { ...OPTIONS, ...options });
const documents = (path: string, tree = render()): any[] =>
  parseAllDocuments(tree.documents!.find(document => document.path === path)!.content).map(document => document.toJS());
const groupOf = (pool: string, tree = render()) => documents(`pools/${pool}/instance-group.yaml`, tree)[0];
const text = (tree: RenderedTree) => JSON.stringify([tree.documents, tree.installGuide]);

describe('kOps', () => {
  test('the kubelet of a pool in the fields of kOps', () => {
    expect(groupOf('gpu').spec.kubelet).toMatchObject({
      anonymousAuth: false,
      authenticationTokenWebhook: true,
      authorizationMode: 'Webhook',
      clusterDNS: '10.96.0.10',
      enforceNodeAllocatable: 'pods',
      eventQPS: 5,
      evictionHard: 'memory.available<500Mi,nodefs.available<10%,nodefs.inodesFree<5%,imagefs.available<15%,imagefs.inodesFree<5%,pid.available<10%',
      imageGCHighThresholdPercent: 75,
      imageMaximumGCAge: '168h0m0s',
      kubeReserved: { cpu: '150m', memory: expect.stringMatching(/^\d+Mi$/) },
      maxPods: 60,
      readOnlyPort: 0,
      shutdownGracePeriod: '60s',
    });
    // Nobody would sign requests for certificates.
    expect(Object.keys(groupOf('gpu').spec.kubelet)).not.toEqual(expect.arrayContaining([expect.stringMatching(/rotateCertificates|serverTLSBootstrap/)]));
  });

  test('a group has size, zones, labels, taints and the bound of a rolling update', () => {
    const { metadata, spec } = groupOf('general');
    expect(metadata.labels).toEqual({ 'kops.k8s.io/cluster': 'shop.example.com' });
    expect(spec).toMatchObject({ role: 'Node', machineType: 'm7i.4xlarge', minSize: 384, maxSize: 784, subnets: ['private-a', 'private-c'], rollingUpdate: { maxUnavailable: 78, maxSurge: 0 } });
    expect(groupOf('gpu').spec).toMatchObject({ subnets: ['private-a', 'private-b', 'private-c'], taints: ['nvidia.com/gpu=present:NoSchedule'], nodeLabels: { 'thousand-node.io/pool': 'gpu' } });
  });

  test('kernel settings and files are those of the plain form; modules are loaded before the settings of them', () => {
    const facts = cluster();
    const plain = renderPlain(hostArtefacts(machinesOf(facts)), facts).files.filter(file => file.target.folder === 'pools/general' && !/kubelet/.test(file.path));
    const { sysctlParameters, fileAssets, hooks } = groupOf('general').spec;
    const settings = plain.find(file => file.path.startsWith('/etc/sysctl.d/'))!.content.split('\n').filter(line => / = /.test(line) && !line.startsWith('#'));
    expect(sysctlParameters.map((parameter: string) => parameter.replace('=', ' = '))).toEqual(settings);
    const files = plain.filter(file => !file.path.startsWith('/etc/sysctl.d/'));
    expect(fileAssets.map(({ path, mode, content }: any) => [path, mode, content])).toEqual(files.map(({ path, mode, content }) => [path, mode, content]));
    expect(hooks).toEqual([{ name: 'thousand-node-kernel.service', useRawManifest: true, manifest: expect.stringMatching(/systemd-modules-load[^]*sysctl --system/) }]);
  });

  test('API server and controllers have their numbers, etcd its quota in both rings', () => {
    const [{ spec }, scheduler] = documents('cluster.yaml');
    expect(spec.kubeAPIServer).toMatchObject({ appendAdmissionPlugins: ['EventRateLimit'], goawayChance: '0.001', eventTTL: '30m0s', auditPolicyFile: '/etc/kubernetes/apiserver/audit-policy.yaml', env: [{ name: 'GOMEMLIMIT' }] });
    expect(typeof spec.kubeAPIServer.maxRequestsInflight).toBe('number');
    expect(spec.kubeControllerManager).toMatchObject({ concurrentDeploymentSyncs: 50, kubeAPIQPS: '100', nodeMonitorGracePeriod: '50s' });
    expect(spec.etcdClusters.map((ring: any) => [ring.name, ring.manager.env.find((entry: any) => entry.name === 'ETCD_QUOTA_BACKEND_BYTES').value])).toEqual([['main', '8589934592'], ['events', '4294967296']]);
    // kOps refuses its own fields for timers.
    expect(Object.keys(spec.etcdClusters[0])).not.toEqual(expect.arrayContaining(['heartbeatInterval']));
    expect(scheduler).toMatchObject({ kind: 'KubeSchedulerConfiguration', clientConnection: { qps: 100 } });
    expect(scheduler.clientConnection).not.toHaveProperty('kubeconfig');
  });

  test('every member is a group of one in its zone, and has a member of each ring', () => {
    const groups = documents('control-plane.yaml');
    expect(groups.map(({ metadata, spec }) => [metadata.name, spec.role, spec.maxSize, spec.subnets])).toEqual(ZONES.map(zone => [`cp-${zone}`, 'ControlPlane', 1, [`private-${zone}`]]));
    for (const ring of documents('cluster.yaml')[0].spec.etcdClusters) { expect(ring.etcdMembers.map((member: any) => member.instanceGroup)).toEqual(['cp-a', 'cp-b', 'cp-c']); }
    const assets = groups[0].spec.fileAssets.map((asset: any) => asset.path);
    expect(assets).toEqual(expect.arrayContaining(['/etc/kubernetes/apiserver/audit-policy.yaml', '/etc/kubernetes/apiserver/admission.yaml']));
    expect(assets.filter((path: string) => /etcd|authentication|\.conf$/.test(path) && !/modules-load|20-limits/.test(path))).toEqual([]);
  });

  test('ranges: one block holds pods and Services and no machine', () => {
    expect(documents('cluster.yaml')[0].spec).toMatchObject({ nonMasqueradeCIDR: '10.0.0.0/9', podCIDR: '10.0.0.0/11', serviceClusterIPRange: '10.96.0.0/16', networkCIDR: '172.16.0.0/20' });
    const around = cluster({
      network: { podCidr: '10.0.0.0/12', serviceCidr: '10.96.0.0/16', nodeCidr: '10.64.0.0/20' },
      controlPlane: { endpoint: 'api.shop.example.com:443', members: [{ name: 'cp', address: '10.64.0.10' }] },
    });
    expect(() => render(around, { subnets: [{ name: 'x', zone: 'eu-central-1a', cidr: '10.64.0.0/22' }] })).toThrow(/must lie in one block that has no machines \(10\.64\.0\.0\/20\)/);
  });

  test('what no field carries is named with its value', () => {
    const guide = render().installGuide;
    for (const row of ['| kube-apiserver | `shutdown-delay-duration` | 15s |', '| kube-apiserver | `audit-log-mode` | batch |', '| kube-controller-manager | `leader-elect-lease-duration` | 1m20s | kOps replaces it', '| etcd-main | `GOMEMLIMIT` |', '| `maxParallelImagePulls` | 3 |']) { expect(guide).toContain(row); }
    expect(guide).toContain('kops create secret encryptionconfig');
    expect(guide).not.toContain('it refuses that release');
    expect(render(cluster({ release: KubernetesRelease.newest() })).installGuide).toContain('it refuses that release');
  });

  test('whole cores and memory by NUMA node are refused by field, with the form that can', () => {
    const facts = cluster({
      pools: [
        NodePool.of('compute', { nodes: 128, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128), numaNodes: 2 }) }),
        NodePool.of('memory', { nodes: 20, release: KubernetesRelease.V1_32, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(512), numaNodes: 2 }) }),
      ],
    });
    const machineTypes = { compute: 'c7i.16xlarge', memory: 'r7i.16xlarge' };
    expect(() => render(facts, { machineTypes })).toThrow(/pools\/compute: kOps has no place for reservedSystemCPUs \("0-1"\).*use Installer\.kubeadm\(\)/);
    for (const field of ['cpuManagerPolicyOptions', 'memoryManagerPolicy', 'reservedMemory']) { expect(() => render(facts, { machineTypes })).toThrow(new RegExp(`no place for ${field} `)); }
    expect(() => render(facts, { machineTypes })).toThrow(/pool 'memory': its release 1\.32 differs/);
  });

  test('bad options: everything at once, in the words of the user', () => {
    const bad: Partial<KopsOptions> = {
      clusterName: 'shop',
      configBase: 'bucket',
      controlPlaneMachineType: 'large',
      machineTypes: { general: 'm7i.4xlarge', web: 'm7i.large' },
      image: 'a b',
      poolImages: { web: 'ami-1' },
      apiAccess: ['10.0.0.0'],
      subnets: [
        { name: 'a', zone: 'eu-central-1a', cidr: '172.16.0.0/22', type: KopsSubnetType.PUBLIC },
        { name: 'a', zone: 'eu-central-1b', cidr: '172.16.2.0/24', type: KopsSubnetType.UTILITY },
        { name: 'b', zone: 'eu-central-1b', cidr: '192.168.0.0/24', type: KopsSubnetType.PUBLIC },
      ],
    };
    const facts = cluster({ controlPlane: { endpoint: 'api.shop.example.com:6443', members: [{ name: 'cp', address: '172.16.0.10', zone: 'eu-central-1c' }] } });
    let message = '';
    try { render(facts, bad); } catch (error) { message = (error as Error).message; }
    for (const part of [
      'clusterName must have a dot', 'configBase must be a folder of an S3 bucket', 'controlPlaneMachineType must be an EC2 instance type', "machineTypes must name an instance type for pool 'gpu'", 'machineTypes: there is no pool "web"',
      'poolImages: there is no pool "web"', 'image must be an AMI or owner and name, got "a b"', 'apiAccess: ', 'must have port 443, got 6443', "subnets[1].name 'a' is used twice", "subnets[1].cidr 172.16.2.0/24 overlaps that of subnet 'a'",
      'subnets[2].cidr must lie in the node range', 'needs a subnet of type Private', "pool 'general': there is no subnet for machines in zone 'eu-central-1c'", "member 'cp': there is no subnet",
    ]) { expect(message).toContain(part); }
  });

  test.each<[string, Partial<KopsOptions>]>([
    ['image', { image: 'ami-0123456789' }],
    ['poolImages', { poolImages: { gpu: 'ami-0123456789' } }],
    ['publicEndpoint', { publicEndpoint: true }],
    ['apiAccess', { apiAccess: ['192.0.2.0/24'] }],
    ['egress and id of a subnet', { subnets: OPTIONS.subnets.map(subnet => ({ ...subnet, id: 'subnet-1', egress: 'External' })) }],
  ])('%s reaches the documents', (_, options) => {
    expect(text(render(cluster(), options))).not.toEqual(text(render()));
  });

  test('nodes alone, or an etcd of their own, are not for kOps', () => {
    const facts = cluster();
    const chart = machinesOf(facts);
    const artefacts = hostArtefacts(chart);
    expect(() => renderKops({ ...artefacts, staticPods: [] }, facts, OPTIONS)).toThrow(/there is no kube-apiserver in this tree.*use Installer\.cloudInit\(\)/);
    expect(() => renderKops({ ...artefacts, staticPods: artefacts.staticPods.filter(pod => pod.props.component !== 'etcd') }, facts, OPTIONS)).toThrow(/no ring of etcd/);
    expect(() => renderKops({ ...artefacts, staticPods: artefacts.staticPods.filter(pod => pod.props.name !== 'etcd-main' || pod.target.name === 'cp-a') }, facts, OPTIONS)).toThrow(/etcd-main: kOps has a member of every ring on every machine/);
  });

  test('cards get their runtime beside kOps\' configuration; a written one replaces it whole', () => {
    expect(Object.keys(groupOf('gpu').spec.containerd.configAdditions)).toContain('plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia.runtime_type');
    expect(groupOf('general').spec).not.toHaveProperty('containerd');
    const facts = cluster();
    const withContainerd = (version: string) => {
      const chart = machinesOf(cluster({ pools: [POOLS[0]] }));
      new NodePoolKubelet(chart, 'written', { cluster: facts, pool: POOLS[1], containerd: Containerd.of({ version }) });
      return renderKops(hostArtefacts(chart), facts, OPTIONS);
    };
    expect(groupOf('general', withContainerd('1.7.28')).spec.containerd.configOverride).toMatch(/^version = 2$/m);
    expect(() => withContainerd('2.1.0')).toThrow(/installs containerd 1\.7\.28, which does not read this layout/);
  });

  test('twelve nodes at home', () => {
    const home = cluster({
      name: 'home',
      network: { podCidr: '10.0.0.0/16', serviceCidr: '10.1.0.0/16', nodeCidr: '172.16.0.0/24' },
      controlPlane: { endpoint: 'api.home.example.com:443', members: [{ name: 'cp', address: '172.16.0.5' }] },
      pools: [NodePool.of('general', { nodes: 12, machine: MachineShape.of({ cpu: 4, memory: Size.gibibytes(8) }) })],
    });
    const tree = render(home, { machineTypes: { general: 'm7i.xlarge' }, subnets: [{ name: 'one', zone: 'eu-central-1a', cidr: '172.16.0.0/24', type: KopsSubnetType.PUBLIC }], publicEndpoint: true });
    expect(documents('control-plane.yaml', tree)).toHaveLength(1);
    expect(parse(tree.documents![0].content.split('---')[0]).spec.nonMasqueradeCIDR).toBe('10.0.0.0/15');
  });

  test('tables: no field stands twice, and all are fields of the kubelet; no flag is kOps\' own and ours', () => {
    const tables = [Object.keys(KOPS_KUBELET_FIELDS), KOPS_OWNED_KUBELET_FIELDS, Object.keys(KOPS_KUBELET_TUNING)].flat();
    expect(new Set(tables).size).toBe(tables.length);
    expect(tables.filter(field => kubeletFieldProblem(field.split('.')[0], KubernetesRelease.V1_33.version) !== undefined)).toEqual([]);
    expect(Object.values(KOPS_FLAG_FIELDS).flatMap(table => Object.keys(table)).filter(flag => KOPS_OWNED_FLAGS.test(flag))).toEqual([]);
  });
});
