import { Chart, Size, Testing } from 'cdk8s';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LocalDisks } from '../../../src/cluster/local-disks';
import { MachineShape, MachineShapeProps } from '../../../src/cluster/machine-shape';
import { NodePool, TaintEffect } from '../../../src/cluster/node-pool';
import { LocalSsdStorage, LocalSsdStorageProps } from '../../../src/components/storage/local-ssd-storage';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostFiles } from '../../../src/host/host-files';

export type Json = { [field: string]: any };

export const TWO_DISKS: LocalDisks = { count: 2, size: Size.tebibytes(1), byIdPattern: 'nvme-Amazon_EC2_NVMe_Instance_Storage_*' };
const PLAIN = { cpu: 16, memory: Size.gibibytes(64) };

/** 256 nodes with two disks, 128 tainted nodes with two disks, 816 without: 1,200 in all. */
export function fleet(release: KubernetesRelease = KubernetesRelease.newest(), memory: Partial<MachineShapeProps> = {}): ClusterFacts {
  const withDisks = MachineShape.of({ ...PLAIN, localDisks: TWO_DISKS });
  return ClusterFacts.of({
    name: 'shop',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.11' }] },
    pools: [
      NodePool.of('memory', { nodes: 256, machine: MachineShape.of({ ...PLAIN, localDisks: TWO_DISKS, ...memory }), zones: ['a', 'b'], nodeNames: ['memory-1', 'memory-2'] }),
      NodePool.of('database', { nodes: 128, machine: withDisks, taints: [{ key: 'example.com/db', value: 'yes', effect: TaintEffect.NO_SCHEDULE }] }),
      NodePool.of('general', { nodes: 816, machine: MachineShape.of(PLAIN), nodeNames: ['general-1'] }),
    ],
  });
}

/** Same fleet, disks of pool `memory` as given. */
export const withDisks = (disks: Partial<LocalDisks>) => fleet(undefined, { localDisks: { ...TWO_DISKS, ...disks } });

export interface Emitted {
  readonly objects: Json[];
  readonly files: { [path: string]: string };
  readonly pages: { [name: string]: string };
  readonly storage: LocalSsdStorage;
}

export function emit(props: LocalSsdStorageProps = {}, more: (storage: LocalSsdStorage) => void = () => {}): Emitted {
  const chart: Chart = Testing.chart();
  const storage = new LocalSsdStorage(chart, 'storage', props);
  more(storage);
  HostFiles.of(chart).leaveOut();
  const artefacts = hostArtefacts(chart);
  return {
    objects: Testing.synth(chart),
    files: Object.fromEntries(artefacts.files.map(file => [`${file.target.folder}${file.path}`, file.content])),
    pages: Object.fromEntries(artefacts.pages.map(page => [page.name, page.content])),
    storage,
  };
}

export const ofKind = (objects: Json[], kind: string) => objects.filter(object => object.kind === kind);

export function only(objects: Json[], kind: string): Json {
  const found = ofKind(objects, kind);
  if (found.length !== 1) { throw new Error(`${found.length} of kind ${kind}`); }
  return found[0];
}

/** The provisioner's configuration of a ConfigMap, joined as it joins it: `key: ` and the indented value of each key are one YAML document. */
export function joined(config: Json): string {
  return Object.entries(config.data as { [key: string]: string }).map(([key, text]) => `${key}: \n${text.split('\n').map(line => `   ${line}`).join('\n')}\n`).join('');
}

/** Constants of a script, by name. */
export function constants(script: string): { [name: string]: string } {
  return Object.fromEntries([...script.matchAll(/^readonly ([A-Z_]+)='?(.*?)'?$/gm)].map(match => [match[1], match[2]]));
}

export const SCRIPT = 'pools/memory/usr/local/sbin/thousand-node-local-disks';
