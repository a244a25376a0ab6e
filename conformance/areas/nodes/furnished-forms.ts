import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Size } from 'cdk8s';
import { form, INSTALLERS, kopsForms } from './forms';
import { WrittenTree, writtenTree } from './written-files';
import {
  ApiBalancer, Containerd, EtcdRuntime, Gpu, HostFiles, HugePages, IgnitionVariant, Installer, MachineShape, NodePool, NodeSwap, ThousandNodeCluster,
} from '../../../src';
import { Scene } from '../../scene';

/** A written form, by a name for messages. */
export interface NamedTree extends WrittenTree { readonly form: string }

/** Forms that carry a machine with all that can be asked for. */
const CARRYING = {
  ...INSTALLERS,
  // So many files are above the limit of a cloud; such a configuration is served by URL.
  ignition: Installer.ignition({ variant: IgnitionVariant.FEDORA_COREOS, userDataLimit: 65_536 }),
};
const NAMES = ['plain', 'kubeadm', 'cloud-init', 'ignition', 'cluster-api', 'kubespray'] as const;

const written = new WeakMap<Scene, NamedTree[]>();

/**
 * Every form of a cluster whose machines get all that can be asked for, and beside them the ordinary ones: etcd by systemd there and by the kubelet here, disks,
 * huge pages, images, runtime, swap, journal and time.
 */
export function everyForm(scene: Scene): NamedTree[] {
  const known = written.get(scene);
  if (known !== undefined) { return known; }
  const host = path.join(scene.folder, 'furnished');
  fs.mkdirSync(host, { recursive: true });
  const [machines, pools] = [furnished(true), furnished(false)];
  const trees = [
    ...NAMES.map(name => {
      HostFiles.of(name === 'plain' || name === 'kubeadm' ? machines : pools).write(host, CARRYING[name]);
      return { form: `furnished ${name}`, ...writtenTree(path.join(host, name)) };
    }),
    // User data of EKS has a limit that nothing raises.
    ...(['plain', 'kubeadm', 'eks'] as const).map(name => ({ form: name, ...writtenTree(form(scene, name)) })),
    { form: 'kops', ...writtenTree(kopsForms(scene).kops) },
  ];
  written.set(scene, trees);
  return trees;
}

/** etcd by systemd and a balancer of our own are for machines with names. */
function furnished(named: boolean): ThousandNodeCluster {
  const localDisks = { count: 2, size: Size.gibibytes(1788), byIdPattern: 'nvme-SAMSUNG_*' };
  return new ThousandNodeCluster(new App({ outdir: '/dev/null' }), 'shop', {
    network: {
      podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20', secondaryPodCidr: 'fd00:10::/48', secondaryServiceCidr: 'fd00:96::/112', secondaryNodeCidr: 'fd00:172::/64',
    },
    controlPlane: { endpoint: 'api.shop.example.com:8443', members: [1, 2, 3].map(i => ({ name: `control-plane-${i}`, address: `172.16.0.1${i}`, secondaryAddress: `fd00:172::1${i}` })) },
    etcd: named ? { runAs: EtcdRuntime.systemdUnit() } : {},
    apiServer: named ? { balancer: ApiBalancer.haproxy() } : {},
    machines: {
      containerd: Containerd.of({ mirrors: [{ registry: 'registry.k8s.io', endpoints: ['https://mirror.example.com'] }] }),
      swap: NodeSwap.OFF,
      journalSize: Size.gibibytes(1),
      timeServers: ['time.example.com'],
      preloadedImages: ['registry.k8s.io/pause:3.10.2'],
    },
    pools: [
      NodePool.of('compute', { nodes: 128, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128), numaNodes: 2 }) }),
      NodePool.of('memory', { nodes: 256, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(512), localDisks }) }),
      NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
      NodePool.of('general', { nodes: 784, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    ],
    kubelets: { memory: { hugePages: HugePages.of({ pagesOf2Mi: 1024, pagesOf1Gi: 16 }) } },
  });
}
