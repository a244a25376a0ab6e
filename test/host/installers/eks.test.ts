import { readFileSync } from 'fs';
import { join } from 'path';
import { gunzipSync } from 'zlib';
import { Size, Testing } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import { machinesOf, referenceCluster } from './reference-cluster';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { renderEks } from '../../../src/host/installers/eks/eks';
import { EksOptions } from '../../../src/host/installers/eks/eks-options';
import { renderPlain } from '../../../src/host/installers/plain';

const POOLS = ['compute', 'general', 'gpu', 'memory'];
const OPTIONS: EksOptions = {
  instanceTypes: { compute: ['c7i.16xlarge'], memory: ['r7i.16xlarge'], gpu: ['g4dn.8xlarge'], general: ['m7i.4xlarge', 'm7a.4xlarge'] },
  karpenterPools: ['general', 'gpu'],
  nodeRole: 'shop-nodes',
};
const TABLES = JSON.parse(readFileSync(join(__dirname, '../../fixtures/installers/eks-fields.json'), 'utf8'));

const render = (options: Partial<EksOptions> = {}, cluster = referenceCluster()) =>
  renderEks(hostArtefacts(machinesOf(cluster)), cluster, { ...OPTIONS, ...options });
const document = (path: string, tree = render()) => tree.documents!.find(candidate => candidate.path === path)!.content;

function parts(text: string): { host: any; config: any } {
  const [head, host, config, end] = text.split('--thousand-node-part');
  expect(head).toBe('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="thousand-node-part"\n\n');
  expect(host.startsWith('\nContent-Type: text/cloud-config; charset="utf-8"\n\n#cloud-config\n')).toBe(true);
  expect(config.startsWith('\nContent-Type: application/node.eks.aws\n\n')).toBe(true);
  expect(end).toBe('--\n');
  return { host: parse(host.split('\n\n').slice(1).join('\n\n')), config: parse(config.split('\n\n').slice(1).join('\n\n')) };
}

/** Paths of an object that the table does not know. */
function unknown(value: any, table: { [field: string]: string }, place: string): string[] {
  if (Array.isArray(value)) { return value.flatMap(item => unknown(item, table, place)); }
  if (typeof value !== 'object' || value === null || table[place] === 'map') { return []; }
  return Object.entries(value).flatMap(([name, child]) => {
    const field = `${place}.${name}`;
    return table[field] === undefined ? [field] : unknown(child, table, field);
  });
}

describe('eks', () => {
  test.each(POOLS)('pool %s: user data holds the host files of the plain form, byte for byte, and none of the kubelet', name => {
    const cluster = referenceCluster();
    const plain = renderPlain(hostArtefacts(machinesOf(cluster)), cluster).files.filter(file => file.target.folder === `pools/${name}` && !/kubelet/.test(file.path));
    const { host } = parts(document(`pools/${name}/user-data.mime`));
    const carried = Object.fromEntries(host.write_files.map((file: any) => [file.path, file.content]));
    expect(carried).toEqual(Object.fromEntries(plain.map(file => [file.path, file.content])));
    expect(plain.length).toBeGreaterThan(2);
  });

  test('above the limit cloud-init\'s part is compressed, and unpacks to the same; nodeadm reads its own as before', () => {
    const open = document('pools/gpu/user-data.mime');
    const [, openHost, openConfig] = open.split('--thousand-node-part');
    const [, host, config] = document('pools/gpu/user-data.mime', render({ userDataLimit: Buffer.byteLength(open) - 1 })).split('--thousand-node-part');
    const [head, body] = host.trim().split('\n\n');
    expect(head).toBe('Content-Type: application/gzip\nContent-Transfer-Encoding: base64');
    expect(Math.max(...body.split('\n').map(line => line.length))).toBe(76);
    expect(gunzipSync(Buffer.from(body, 'base64')).toString().trim()).toBe(openHost.split('\n\n').slice(1).join('\n\n').trim());
    expect(config).toBe(openConfig);
  });

  test.each(POOLS)('pool %s: NodeConfig and kubelet block together hold the configuration without what nodeadm owns', name => {
    const cluster = referenceCluster();
    const inPlain = renderPlain(hostArtefacts(machinesOf(cluster)), cluster).files.filter(file => file.target.folder === `pools/${name}`);
    const plain = parse(inPlain.find(file => file.path === '/var/lib/kubelet/config.yaml')!.content);
    const owned = [
      'apiVersion', 'kind', 'authentication', 'authorization', 'cgroupDriver', 'clusterDomain', 'containerRuntimeEndpoint', 'registerWithTaints',
      'rotateCertificates', 'serverTLSBootstrap',
    ];
    const byKarpenter = OPTIONS.karpenterPools!.includes(name);
    const kubelet = byKarpenter ? parseAllDocuments(document(`pools/${name}/karpenter.yaml`))[0].toJS().spec.kubelet : {};
    const { config } = parts(document(`pools/${name}/user-data.mime`)).config.spec.kubelet;
    expect({ ...kubelet, ...config }).toEqual(Object.fromEntries(Object.entries(plain).filter(([field]) => !owned.includes(field))));
    expect(Object.keys(kubelet).filter(field => field in config)).toEqual([]);
    expect('maxPods' in config).toBe(!byKarpenter);
  });

  test('every field stands in the tables of nodeadm and Karpenter, a misspelt one does not', () => {
    for (const name of POOLS) { expect(unknown(parts(document(`pools/${name}/user-data.mime`)).config.spec, TABLES.NodeConfig.fields, 'spec')).toEqual([]); }
    const [nodeClass] = parseAllDocuments(document('pools/gpu/karpenter.yaml')).map(one => one.toJS());
    expect(unknown(nodeClass.spec, TABLES.EC2NodeClass.fields, 'spec')).toEqual([]);
    expect(unknown({ kubelet: { maxPod: 60 } }, TABLES.EC2NodeClass.fields, 'spec')).toEqual(['spec.kubelet.maxPod']);
  });

  test('a managed pool carries its user data, labels and taints; more than 450 nodes are more groups', () => {
    const template = JSON.parse(document('pools/general/node-group.json', render({ karpenterPools: [] })));
    expect(Buffer.from(template.Resources.LaunchTemplate.Properties.LaunchTemplateData.UserData, 'base64').toString()).toBe(document('pools/general/user-data.mime', render({ karpenterPools: [] })));
    const groups = Object.values<any>(template.Resources).filter(resource => resource.Type === 'AWS::EKS::Nodegroup').map(resource => resource.Properties);
    expect(groups.map(group => [group.NodegroupName, group.ScalingConfig])).toEqual([
      ['general-1', { MinSize: 192, DesiredSize: 192, MaxSize: 392 }],
      ['general-2', { MinSize: 192, DesiredSize: 192, MaxSize: 392 }],
    ]);
    const gpu = JSON.parse(document('pools/gpu/node-group.json', render({ karpenterPools: [] }))).Resources.Group1.Properties;
    expect(gpu).toMatchObject({ AmiType: 'AL2023_x86_64_NVIDIA', Taints: [{ Key: 'nvidia.com/gpu', Value: 'present', Effect: 'NO_SCHEDULE' }], Labels: { 'thousand-node.io/pool': 'gpu' } });
  });

  test('cluster details are written for images of your own only', () => {
    expect(parts(document('pools/compute/user-data.mime')).config.spec.cluster).toBeUndefined();
    const details = { apiServerEndpoint: 'https://EXAMPLE.gr7.eu-central-1.eks.amazonaws.com', certificateAuthority: 'Zm9v' };
    expect(parts(document('pools/compute/user-data.mime', render({ clusterDetails: details }))).config.spec.cluster).toEqual({ name: 'shop', ...details, cidr: '10.96.0.0/16' });
  });

  test('the guide says that the control plane is not there, and which numbers cannot be set', () => {
    const { installGuide, files } = render();
    expect(files.every(file => file.target.group === 'pools')).toBe(true);
    expect(installGuide).toContain('**The control plane.** AWS runs');
    expect(installGuide).toMatch(/\| kube-apiserver \| `max-requests-inflight` \| \d+ \|/);
    expect(installGuide).toMatch(/\| etcd-main \| `quota-backend-bytes` \| \d+ \|/);
  });

  test('all that is wrong comes in one error', () => {
    expect(() => render({ instanceTypes: { compute: ['big'], memory: ['r7i.16xlarge'], gpu: ['g4dn.8xlarge'], other: ['m7i.large'] }, nodeRole: undefined, imageRelease: 'latest' })).toThrow(
      /installer eks: 5 problems[^]*no instance type[^]*pool 'general'[^]*no pool "other"[^]*nodeRole must name[^]*imageRelease must be/);
    expect(() => render({ userDataLimit: 1024 })).toThrow(/4 problems[^]*pool 'memory': user data is \d+ bytes, \d+ with the host's files compressed, and the limit is 1024; build files into the machine image and name them in imageFiles/);
    expect(() => render({}, referenceCluster(KubernetesRelease.V1_22))).toThrow('reads no drop-in');
  });

  test('600 nodes in four groups, one for each zone', () => {
    const cluster = ClusterFacts.of({
      name: 'web',
      controlPlane: { endpoint: 'api.web.example.com:443', members: [{ name: 'cp', address: '10.0.0.5' }] },
      network: { nodeCidr: '10.0.0.0/20' },
      pools: [NodePool.of('general', { nodes: 600, zones: ['a', 'b', 'c', 'd'], machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(32) }) })],
    });
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'general', { cluster, pool: cluster.pools[0] });
    const tree = renderEks(hostArtefacts(chart), cluster, { instanceTypes: { general: ['m7i.2xlarge'] } });
    const { Resources, Parameters } = JSON.parse(document('pools/general/node-group.json', tree));
    expect(Object.keys(Resources)).toEqual(['LaunchTemplate', 'Group1', 'Group2', 'Group3', 'Group4']);
    expect(Object.keys(Parameters)).toEqual(['NodeRoleArn', 'Subnets1', 'Subnets2', 'Subnets3', 'Subnets4']);
    expect(Resources.Group4.Properties).toMatchObject({ NodegroupName: 'general-d', ScalingConfig: { MaxSize: 150 }, UpdateConfig: { MaxUnavailable: 15 } });
  });
});
