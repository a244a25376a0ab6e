import { Size } from 'cdk8s';
import { ClusterFacts, ClusterFactsProps } from '../../src/cluster/cluster-facts';
import { componentVersions } from '../../src/cluster/component-versions';
import { Gpu } from '../../src/cluster/gpu';
import { ImageRegistry, UPSTREAM_IMAGES } from '../../src/cluster/image-registry';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool, NodePoolProps, PoolKind, TaintEffect } from '../../src/cluster/node-pool';

const machine = MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) });
const pool = (name: string, props: Partial<NodePoolProps> = {}) => NodePool.of(name, { nodes: 100, machine, ...props });
const description = (props: Partial<ClusterFactsProps> = {}): ClusterFactsProps => ({
  name: 'shop',
  network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
  controlPlane: { endpoint: 'api.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.11' }] },
  pools: [pool('general')],
  ...props,
});

describe('a pool', () => {
  test.each([0, -1, NaN, 1e9, 1.5, Infinity, '12' as unknown as number])('refuses %p nodes and says what is allowed', nodes => {
    expect(() => pool('general', { nodes })).toThrow(/pool 'general': (.*\n.*)?nodes must be a whole number between 1 and 10000/);
  });

  test.each(['', 'Upper', 'with space', 'line\nbreak', '__proto__', '-dash', 'x'.repeat(64), 'quote"d'])('refuses the name %j', name => {
    expect(() => pool(name)).toThrow(/name must be lower-case letters, digits and '-'/);
  });

  test('collects all problems in one error', () => {
    expect(() => pool('general', { nodes: -1, maxPods: 0, labels: { 'bad key': 'x' } })).toThrow(/3 problems\n.*nodes.*\n.*maxPods.*\n.*labels/);
  });

  test('refuses nodesToday above the final size', () => {
    expect(() => pool('general', { nodes: 10, nodesToday: 11 })).toThrow('nodesToday 11 must not exceed nodes 10');
  });

  test.each([
    // kind, cores, oracle
    ['compute', 64, 58], ['memory', 64, 110], ['general', 64, 110], ['general', 4, 40], // 10 per core is the tested envelope
  ])('%s on %i cores gets %i pods', (name, cpu, maxPods) => {
    expect(pool(name, { machine: MachineShape.of({ cpu, memory: Size.gibibytes(64) }) }).maxPods).toBe(maxPods);
  });

  test('a GPU pool is labelled and tainted, and needs a card', () => {
    const gpu = pool('gpu', { gpu: Gpu.nvidia('T4', 4) });
    expect(gpu.kind).toBe(PoolKind.GPU);
    expect(gpu.labels['thousand-node.io/accelerator']).toBe('nvidia-t4');
    expect(gpu.taints).toEqual([{ key: 'nvidia.com/gpu', value: 'present', effect: TaintEffect.NO_SCHEDULE }]);
    expect(() => pool('x', { kind: PoolKind.GPU })).toThrow("a GPU pool needs gpu, for example Gpu.nvidia('T4', 4)");
  });

  test('labels that NodeRestriction refuses are refused here', () => {
    expect(() => pool('general', { labels: { 'node-role.kubernetes.io/worker': '' } })).toThrow(/may not be set by a kubelet/);
    expect(() => pool('general', { labels: JSON.parse('{"__proto__": "x"}') })).toThrow("'__proto__' is not a usable key");
    expect(pool('general', { labels: { 'example.com/team': 'shop' } }).labels['example.com/team']).toBe('shop');
  });
});

describe('a cluster', () => {
  test('counts final and current nodes apart', () => {
    const facts = ClusterFacts.of(description({ pools: [pool('a', { nodes: 784, nodesToday: 384 }), pool('b')] }));
    expect([facts.nodes, facts.nodesToday, facts.pods]).toEqual([884, 484, 26_520]); // 30 pods per node
  });

  test('addresses of the Service range are kubeadm\'s: first and tenth', () => {
    const { network } = ClusterFacts.of(description());
    expect([network.kubernetesServiceAddress, network.dnsServiceAddress]).toEqual(['10.96.0.1', '10.96.0.10']);
  });

  test.each([
    ['overlapping ranges', { network: { podCidr: '10.0.0.0/8', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' } }, 'podCidr 10.0.0.0/8 and serviceCidr 10.96.0.0/16 overlap'],
    ['a Service range above 20 host bits', { network: { podCidr: '10.0.0.0/11', serviceCidr: '11.0.0.0/11', nodeCidr: '172.16.0.0/20' } }, 'has 21 host bits, kube-apiserver accepts 20 at most up to Kubernetes 1.33 and nobody has more Services; use /12 or smaller'],
    ['mixed families', { network: { podCidr: 'fd00::/64', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' } }, 'podCidr is IPv6 and serviceCidr is IPv4'],
    ['a node range too small', { network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/26' } }, 'network.nodeCidr 172.16.0.0/26 has 64 addresses, the final size needs 103 = 101 machines + network and broadcast address; use /25 or larger'],
    ['equal pool names', { pools: [pool('a'), pool('a')] }, "the name 'a' is used twice"],
    ['no pools', { pools: [] }, 'pools must name at least one NodePool'],
    ['a member without address', { controlPlane: { endpoint: 'a.example:6443', members: [{ name: 'cp-1' } as never] } }, 'controlPlane.members[0].address must be an IP address'],
    ['two members on one address', { controlPlane: { endpoint: 'a.example:6443', members: [{ name: 'a', address: '172.16.0.1' }, { name: 'b', address: '172.16.0.1' }] } }, "'172.16.0.1' is used twice"],
    ['a member outside the node range', { controlPlane: { endpoint: 'a.example:6443', members: [{ name: 'a', address: '192.0.2.1' }] } }, 'outside network.nodeCidr'],
    ['an endpoint without port', { controlPlane: { endpoint: 'api.example.com', members: [{ name: 'a', address: '172.16.0.1' }] } }, 'controlPlane.endpoint must be host:port'],
    ['a line break in the endpoint', { controlPlane: { endpoint: 'api.example.com\n:6443', members: [{ name: 'a', address: '172.16.0.1' }] } }, 'controlPlane.endpoint must be host:port'],
    ['a kubelet newer than the control plane', { release: KubernetesRelease.V1_36, pools: [pool('a', { release: KubernetesRelease.V1_37 })] }, "pool 'a': release 1.37 must be the control plane's 1.36 or at most 3 minors older"],
    ['a kubelet three minors behind 1.27', { release: KubernetesRelease.V1_27, pools: [pool('a', { release: KubernetesRelease.V1_24 })] }, 'at most 2 minors older'],
    ['a bad name', { name: 'Shop\n' }, 'name must be lower-case letters'],
  ])('refuses %s', (_, props, message) => {
    expect(() => ClusterFacts.of(description(props as Partial<ClusterFactsProps>))).toThrow(message);
  });

  test('three minors behind 1.28 and later are allowed (KEP-3935)', () => {
    expect(() => ClusterFacts.of(description({ release: KubernetesRelease.V1_28, pools: [pool('a', { release: KubernetesRelease.V1_25 })] }))).not.toThrow();
  });
});

describe('releases and versions', () => {
  test.each(['1.21', '1.38', '2.0', 'latest', '', '1', '1.37.2.1'])('%s is no release we know', version => {
    expect(() => KubernetesRelease.of(version)).toThrow(/release: must be one of 1.22 to 1.37/);
  });

  test('a patch in the text is kept', () => {
    expect(KubernetesRelease.of('v1.36.1').tag).toBe('v1.36.1');
  });

  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('%s has every companion version, etcd never below the data-consistency floor 3.5.6', (_, release) => {
    const { notes, ...versions } = componentVersions(release);
    for (const version of Object.values(versions)) { expect(version).toMatch(/^\d+\.\d+(\.\d+)?(-0)?$/); }
    const [major, minor, patch] = versions.etcd.split('.').map(Number);
    expect(major * 10_000 + minor * 100 + patch).toBeGreaterThanOrEqual(30_506);
    expect(Array.isArray(notes)).toBe(true);
  });

  test('a pair that nobody tested is a note', () => {
    expect(componentVersions(KubernetesRelease.V1_37).notes.join()).toContain('Calico 3.32.0 was built and tested with Kubernetes 1.35');
    expect(componentVersions(KubernetesRelease.V1_35).notes).toEqual([]);
  });

  test('a mirror keeps the path below the registry', () => {
    expect(ImageRegistry.mirror('mirror.example.com:5000/k8s').image(UPSTREAM_IMAGES.coreDns, 'v1.14.6')).toBe('mirror.example.com:5000/k8s/coredns/coredns:v1.14.6');
    expect(() => ImageRegistry.mirror('https://mirror')).toThrow(/imageRegistry: mirror must be host/);
  });
});
