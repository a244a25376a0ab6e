import * as path from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import { ClusterFacts, Containerd, Gpu, HostFiles, Installer, KubernetesRelease, MachineShape, NodePool, NodePoolKubelet, RegistryMirror } from '../../../src';
import { Scene } from '../../scene';

/** Where a node has its containerd's files. */
export const CONFIGURATION = '/etc/containerd/config.toml';
export const MIRRORS = '/etc/containerd/certs.d';

/** Folder that stands for `/` of a node of a pool: the plain form, as it was written. */
export interface ContainerdNode {
  readonly name: string;
  readonly root: string;
  readonly cards: boolean;
}

/** Both kinds of runtimes: pools with NVIDIA's cards have a second one. */
const POOLS = [
  NodePool.of('general', { nodes: 40, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
  NodePool.of('cards', { nodes: 8, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
];

/** Writes what nodes of a release have for their containerd; without a version, for the oldest that goes with the release. */
export function containerdNodes(scene: Scene, label: string, release: KubernetesRelease, mirrors: RegistryMirror[] = [], version?: string): ContainerdNode[] {
  const cluster = ClusterFacts.of({
    name: 'shop',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3].map(i => ({ name: `control-plane-${i}`, address: `172.16.0.1${i}` })) },
    pools: POOLS,
  });
  const chart = new Chart(new App({ outdir: '/dev/null' }), 'nodes');
  for (const pool of POOLS) { new NodePoolKubelet(chart, pool.name, { cluster, pool, containerd: Containerd.of({ mirrors, version }) }); }
  const host = path.join(scene.folder, 'containerd', label);
  HostFiles.of(chart).write(host, Installer.plain());
  return POOLS.map(({ name, gpu }) => ({ name, root: path.join(host, 'plain', 'pools', name), cards: gpu !== undefined }));
}
