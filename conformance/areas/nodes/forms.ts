import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Size } from 'cdk8s';
import { Gpu, HostFiles, IgnitionVariant, Installer, KubernetesRelease, MachineShape, NodePool, ThousandNodeCluster } from '../../../src';
import { Scene } from '../../scene';

const POOLS = ['compute', 'general', 'gpu', 'memory'];

const reference = (kind: string, name: string) => ({ apiGroup: 'infrastructure.cluster.x-k8s.io', kind, name });

/** One of each form, for clusters with these pools. */
export const INSTALLERS = {
  'cloud-init': Installer.cloudInit(),
  'ignition': ignition(),
  'kwok': Installer.kwok(),
  'cluster-api': Installer.clusterApi({
    infrastructureCluster: reference('AWSCluster', 'shop'),
    controlPlaneTemplate: reference('AWSMachineTemplate', 'shop-control-plane'),
    poolTemplates: Object.fromEntries(POOLS.map(name => [name, reference('AWSMachineTemplate', `shop-${name}`)])),
    autoscaledPools: ['general'],
  }),
  'eks': eks(),
  'kubespray': Installer.kubespray(),
  'kops': Installer.kops({
    clusterName: 'shop.example.com',
    configBase: 's3://state-store/shop.example.com',
    controlPlaneMachineType: 'm7i.8xlarge',
    machineTypes: { general: 'm7i.4xlarge', gpu: 'g4dn.8xlarge' },
    subnets: ['a', 'b', 'c'].map((zone, i) => ({ name: `private-${zone}`, zone: `eu-central-1${zone}`, cidr: `172.16.${i * 4}.0/22` })),
  }),
  'talos': Installer.talos({
    installerImage: 'factory.example.com/metal-installer/schematic:v1.14.1',
    poolInstallerImages: { gpu: 'factory.example.com/metal-installer/schematic-with-drivers:v1.14.1' },
    installDisk: 'disk.transport == "sata"',
    etcdDisk: 'disk.transport == "nvme" && !system_disk',
  }),
  'kubeadm': Installer.kubeadm(),
  'plain': Installer.plain(),
};

/** Forms that compress what is above the limit of a cloud, with one that the GPU pool's files are above. */
const PACKED = { ignition: ignition(5500), eks: eks(7000) };

/** Documents of a form that are compressed, and the same open. */
export function packedDocuments(scene: Scene, name: keyof typeof PACKED, end: string): Array<{ readonly packed: string; readonly open: string }> {
  const host = path.join(scene.folder, 'packed-forms');
  const folder = path.join(host, name);
  if (!fs.existsSync(folder)) { HostFiles.of(cluster(KubernetesRelease.newest())).write(host, PACKED[name]); }
  const pairs = documents(scene, name, end).map(open => ({ open, packed: path.join(folder, path.relative(form(scene, name), open)) }));
  const differing = pairs.filter(({ open, packed }) => fs.readFileSync(open, 'utf8') !== fs.readFileSync(packed, 'utf8'));
  if (differing.length === 0) { throw new Error(`no document of ${name} is compressed: its limit is too high`); }
  return differing;
}

/** Folder of one form of a cluster with the four kinds of pools; written once for each run. */
export function form(scene: Scene, name: Exclude<keyof typeof INSTALLERS, 'kops' | 'talos'>, release = KubernetesRelease.newest()): string {
  const host = path.join(scene.folder, 'forms', release.version);
  const folder = path.join(host, name);
  if (!fs.existsSync(folder)) { HostFiles.of(cluster(release)).write(host, INSTALLERS[name]); }
  return folder;
}

/** A cluster that kOps can carry, in its form and as the plain one: a release of its range, port 443, no pool with managers of memory or whole cores. */
export function kopsForms(scene: Scene): { kops: string; plain: string } {
  const host = path.join(scene.folder, 'kops-forms');
  if (!fs.existsSync(host)) { for (const name of ['kops', 'plain'] as const) { HostFiles.of(kopsCluster()).write(host, INSTALLERS[name]); } }
  return { kops: path.join(host, 'kops'), plain: path.join(host, 'plain') };
}

/** A cluster that Talos can carry, in its form and as the plain one: events in the main ring, machines with zones, a pool that lags behind. */
export function talosForms(scene: Scene): { talos: string; plain: string } {
  const host = path.join(scene.folder, 'talos-forms');
  if (!fs.existsSync(host)) { for (const name of ['talos', 'plain'] as const) { HostFiles.of(talosCluster()).write(host, INSTALLERS[name]); } }
  return { talos: path.join(host, 'talos'), plain: path.join(host, 'plain') };
}

/** Documents of a form by the end of their name, such as `user-data.yaml`. */
export function documents(scene: Scene, name: Exclude<keyof typeof INSTALLERS, 'kops' | 'talos'>, end: string): string[] {
  const folder = path.join(form(scene, name), 'pools');
  return (fs.readdirSync(folder, { recursive: true }) as string[]).filter(file => file.endsWith(end)).sort().map(file => path.join(folder, file));
}

function cluster(release: KubernetesRelease): ThousandNodeCluster {
  return new ThousandNodeCluster(new App({ outdir: '/dev/null' }), 'shop', {
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3].map(i => ({ name: `control-plane-${i}`, address: `172.16.0.1${i}` })) },
    pools: [
      NodePool.of('compute', { nodes: 128, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128), numaNodes: 2 }) }),
      NodePool.of('memory', { nodes: 256, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(512), numaNodes: 3 }) }),
      NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
      NodePool.of('general', { nodes: 784, nodesToday: 384, zones: ['a', 'b', 'c'], machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    ],
  });
}

/** Not Flatcar: the GPU pool brings a script below /usr/local, which cannot be written there. */
function ignition(userDataLimit?: number): Installer {
  return Installer.ignition({ variant: IgnitionVariant.FEDORA_COREOS, userDataLimit });
}

function eks(userDataLimit?: number): Installer {
  return Installer.eks({
    instanceTypes: { compute: ['c7i.16xlarge'], memory: ['r7i.16xlarge'], gpu: ['g4dn.8xlarge'], general: ['m7i.4xlarge', 'm7a.4xlarge'] },
    karpenterPools: ['general', 'gpu'],
    nodeRole: 'shop-nodes',
    userDataLimit,
  });
}

function kopsCluster(): ThousandNodeCluster {
  return new ThousandNodeCluster(new App({ outdir: '/dev/null' }), 'shop', {
    release: KubernetesRelease.V1_33,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:443', members: ['a', 'b', 'c'].map((zone, i) => ({ name: `control-plane-${zone}`, address: `172.16.0.1${i}`, zone: `eu-central-1${zone}` })) },
    pools: [
      NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
      NodePool.of('general', { nodes: 784, nodesToday: 384, zones: ['a', 'b', 'c'].map(zone => `eu-central-1${zone}`), machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    ],
  });
}

function talosCluster(): ThousandNodeCluster {
  return new ThousandNodeCluster(new App({ outdir: '/dev/null' }), 'shop', {
    release: KubernetesRelease.V1_37,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: ['a', 'b', 'c'].map((zone, i) => ({ name: `control-plane-${zone}`, address: `172.16.0.1${i}`, zone })) },
    etcd: { eventsMembers: [] },
    pools: [
      NodePool.of('compute', { nodes: 128, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128), numaNodes: 2 }) }),
      NodePool.of('memory', { nodes: 256, release: KubernetesRelease.V1_36, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(512), numaNodes: 3 }) }),
      NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
      NodePool.of('general', { nodes: 784, nodesToday: 384, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    ],
  });
}
