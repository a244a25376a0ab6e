import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Size, Testing } from 'cdk8s';
import { Audit, HostFiles, Installer, KubernetesRelease, MachineShape, NetworkPlanProps, NodePool, ThousandNodeCluster, ThousandNodeClusterProps } from '../src';
import { schemaErrors } from './fixtures/upstream/validate';

/** Both orders that Kubernetes knows, and one family alone. */
const NETWORKS: { [name: string]: NetworkPlanProps } = {
  'IPv4 first': {
    podCidr: '10.0.0.0/13',
    serviceCidr: '10.96.0.0/16',
    nodeCidr: '172.16.0.0/20',
    secondaryPodCidr: 'fd00:10::/109',
    secondaryServiceCidr: 'fd00:96::/112',
    secondaryNodeCidr: 'fd00:172::/64',
  },
  'IPv6 first': {
    podCidr: 'fd00:10::/109',
    serviceCidr: 'fd00:96::/112',
    nodeCidr: 'fd00:172::/64',
    secondaryPodCidr: '10.0.0.0/13',
    secondaryServiceCidr: '10.96.0.0/16',
    secondaryNodeCidr: '172.16.0.0/20',
  },
};

const description = (order: string, more: Partial<ThousandNodeClusterProps> = {}): ThousandNodeClusterProps => ({
  release: KubernetesRelease.V1_37,
  network: NETWORKS[order],
  controlPlane: {
    endpoint: 'api.shop.example.com:6443',
    members: [1, 2, 3].map(i => {
      const [four, six] = [`172.16.0.${10 + i}`, `fd00:172::${10 + i}`];
      return order === 'IPv4 first' ? { name: `cp-${i}`, address: four, secondaryAddress: six } : { name: `cp-${i}`, address: six, secondaryAddress: four };
    }),
  },
  pools: [NodePool.of('general', { nodes: 1200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  ...more,
});

function emit(props: ThousandNodeClusterProps): { objects: any[]; file: (installer: Installer, name: RegExp) => string; cluster: ThousandNodeCluster } {
  const cluster = new ThousandNodeCluster(new App(), 'shop', props);
  const objects = Testing.synth(cluster);
  const file = (installer: Installer, name: RegExp) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'dual-stack-'));
    try {
      const written = HostFiles.of(cluster).write(dir, installer);
      return fs.readFileSync(path.join(dir, installer.name, written.find(f => name.test(f))!), 'utf8');
    } finally { fs.rmSync(dir, { recursive: true }); }
  };
  return { objects, file, cluster };
}

describe.each(Object.keys(NETWORKS))('%s', order => {
  const first = order === 'IPv4 first';
  const inOrder = (four: string, six: string) => (first ? [four, six] : [six, four]);
  const { objects, file, cluster } = emit(description(order));
  const spec = (kind: string, name: string) => objects.find(o => o.kind === kind && o.metadata.name === name).spec;

  test('API server and controller manager get both Service ranges, kubelets both addresses', () => {
    const ranges = inOrder('10.96.0.0/16', 'fd00:96::/112').join(',');
    expect(file(Installer.plain(), /cp-1.*kube-apiserver\.yaml$/)).toContain(`--service-cluster-ip-range=${ranges}`);
    expect(file(Installer.plain(), /cp-1.*kube-controller-manager\.yaml$/)).toContain(`--service-cluster-ip-range=${ranges}`);
    expect(file(Installer.plain(), /cp-1.*kubelet\.service$/)).toContain(`--node-ip=${inOrder('172.16.0.11', 'fd00:172::11').join(',')}`);
  });

  test('kubeadm gets both ranges of pods and Services, and both addresses', () => {
    const init = file(Installer.kubeadm(), /cp-1.*kubeadm.*\.yaml$/);
    expect(init).toContain(`podSubnet: ${inOrder('10.0.0.0/13', 'fd00:10::/109').join(',')}`);
    expect(init).toContain(`serviceSubnet: ${inOrder('10.96.0.0/16', 'fd00:96::/112').join(',')}`);
    expect(init).toContain(inOrder('172.16.0.11', 'fd00:172::11').join(','));
  });

  test('Calico has a pool for each family with blocks of 64 addresses, and finds both addresses of a node', () => {
    const { calicoNetwork } = spec('Installation', 'default');
    const four = { name: 'default-ipv4-ippool', cidr: '10.0.0.0/13', blockSize: 26 };
    const six = { name: 'default-ipv6-ippool', cidr: 'fd00:10::/109', blockSize: 122 };
    expect(calicoNetwork.ipPools).toMatchObject(first ? [four, six] : [six, four]);
    expect(calicoNetwork.nodeAddressAutodetectionV4).toEqual({ cidrs: ['172.16.0.0/20'] });
    expect(calicoNetwork.nodeAddressAutodetectionV6).toEqual({ cidrs: ['fd00:172::/64'] });
  });

  test('DNS behind the cache has the first family alone, said outright: the cache listens in one', () => {
    expect(spec('Service', 'kube-dns')).toMatchObject({
      clusterIP: first ? '10.96.0.10' : 'fd00:96::a', clusterIPs: [first ? '10.96.0.10' : 'fd00:96::a'], ipFamilyPolicy: 'SingleStack', ipFamilies: [first ? 'IPv4' : 'IPv6'],
    });
  });

  test('without the cache DNS has both', () => {
    const { objects: without } = emit(description(order, { dns: { nodeCache: false } }));
    expect(without.find(o => o.kind === 'Service' && o.metadata.name === 'kube-dns').spec).toMatchObject({
      clusterIPs: inOrder('10.96.0.10', 'fd00:96::a'), ipFamilyPolicy: 'RequireDualStack', ipFamilies: inOrder('IPv4', 'IPv6'),
    });
  });

  test('certificates of API servers name both addresses of the machine and the one address that the kubernetes Service has', () => {
    const request = file(Installer.plain(), /cp-1.*\/apiserver\.[^/]*$/);
    for (const name of ['172.16.0.11', 'fd00:172::11', first ? '10.96.0.1' : 'fd00:96::1']) { expect(request).toContain(name); }
  });

  test('machines forward IPv6', () => {
    expect(file(Installer.plain(), /95-thousand-node\.conf$/)).toContain('net.ipv6.conf.all.forwarding = 1');
  });

  test('no rule finds an error, and every object is valid', () => {
    expect(Audit.of(cluster).errors).toEqual([]);
    expect(objects.flatMap(object => schemaErrors('1.37', object))).toEqual([]);
  });

  test('what only a pool machine knows is said', () => {
    expect(cluster.findings.join('\n')).toMatch(/with dual stack a kubelet registers one address.*--node-ip=<address>,<second address>/);
  });
});

test('a Calico without IPv6 in eBPF is refused with the range', () => {
  expect(() => emit(description('IPv4 first', { release: KubernetesRelease.V1_25 }))).toThrow(/network\.secondaryPodCidr fd00:10::\/109 is IPv6, which Calico 3\.26\.1 does not support with eBPF/);
});

test('a second address without a second family is refused', () => {
  const { controlPlane } = description('IPv4 first');
  expect(() => emit(description('IPv4 first', { controlPlane, network: { podCidr: '10.0.0.0/13' } })))
    .toThrow(/secondaryAddress fd00:172::11 of 'cp-1' is used with dual stack only; set network\.dualStack, or leave it out/);
});

test('one pod range of the second family that is too small stops the description, with the mask that works', () => {
  expect(() => emit(description('IPv4 first', { network: { ...NETWORKS['IPv4 first'], secondaryPodCidr: 'fd00:10::/112' } })))
    .toThrow(/network\.secondaryPodCidr fd00:10::\/112 has 65536 addresses, .*; use \/110 or larger/);
});
