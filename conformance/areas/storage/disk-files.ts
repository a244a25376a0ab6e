import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { LocalDisks, ScratchDisks } from '../../../src/cluster/local-disks';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { LocalSsdStorage } from '../../../src/components/storage/local-ssd-storage';
import { HostFiles } from '../../../src/host/host-files';
import { Installer } from '../../../src/host/installers/installer';
import { Scene } from '../../scene';

/** Model of the drill's disks, below by-id. */
export const MODEL = 'nvme-DRILL_SSD_*';

/** Two disks of a gibibyte, as a pool of the drill describes them. */
export const TWO_DISKS: LocalDisks = { count: 2, size: Size.gibibytes(1), byIdPattern: MODEL };

/** Disks of a pool's machines. */
export interface DrillDisks {
  readonly localDisks?: LocalDisks;
  readonly scratchDisks?: ScratchDisks;
}

/** A cluster with one pool of such machines. */
export function drillFleet(disks: DrillDisks, nodeNames: string[] = []): ClusterFacts {
  return ClusterFacts.of({
    name: 'drill',
    network: { nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.drill.example.com:6443', members: [{ name: 'one', address: '172.16.0.11' }] },
    pools: [NodePool.of('data', { nodes: 100, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64), ...disks }), nodeNames })],
  });
}

/** Files of that pool's nodes, written and read back from disk as a stranger would. */
export class DiskFiles {
  public static write(scene: Scene, name: string, disks: DrillDisks, more: (storage: LocalSsdStorage) => void = () => {}, nodeNames: string[] = []): DiskFiles {
    const chart = new Chart(new App(), 'drill');
    more(new LocalSsdStorage(chart, 'storage', { cluster: drillFleet(disks, nodeNames) }));
    const folder = path.join(scene.folder, 'disk-files', name);
    HostFiles.of(chart).write(folder, Installer.plain());
    return new DiskFiles(path.join(folder, 'plain'));
  }

  private constructor(public readonly folder: string) {}

  /** Path of a node's file in the output, by its path on the machine. */
  public at(file: string): string {
    return path.join(this.folder, 'pools', 'data', file);
  }

  public get script(): string { return this.at('/usr/local/sbin/thousand-node-local-disks'); }
  public get scratchScript(): string { return this.at('/usr/local/sbin/thousand-node-scratch-disks'); }

  /** Commands that bring the files to the machine they run on, as `rsync -a` and the modes of index.json do. */
  public get install(): string {
    return `cp -a ${this.at('.')}/. /\nchmod 0755 /usr/local/sbin/thousand-node-*\nexport PATH="/usr/local/sbin:$PATH"`;
  }

  /** Files that lie below a folder of the machine. */
  public below(folder: string): string[] {
    const at = this.at(folder);
    return fs.existsSync(at) ? fs.readdirSync(at).map(name => path.join(at, name)).sort() : [];
  }

  public text(file: string): string {
    return fs.readFileSync(this.at(file), 'utf8');
  }

  public runbook(name: string): string {
    return fs.readFileSync(path.join(this.folder, 'runbooks', `${name}.md`), 'utf8');
  }
}
