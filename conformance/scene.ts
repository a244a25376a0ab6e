import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Binaries, ControlPlane } from './control-plane/control-plane';
import { HostTree } from './control-plane/host-tree';
import { Processes } from './processes';

export const REPOSITORY = path.resolve(__dirname, '..');

/** How much of the run is wanted. */
export interface Extent {
  /** The short form of continuous integration. */
  readonly ci: boolean;
  /** Everything, including what takes long. */
  readonly full: boolean;
}

/** What the checks of a run share: binaries, the example's output, one control plane. */
export class Scene {
  public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'thousand-node-'));
  public readonly processes = new Processes(path.join(this.folder, 'logs'));
  public readonly plain: HostTree;
  public readonly kubeadm: HostTree;
  public readonly controlPlane: ControlPlane;
  private readonly endings: Array<(keep: boolean) => Promise<void>> = [];
  private readonly example = path.join(REPOSITORY, 'examples', 'thousand-node');

  constructor(public readonly binaries: Binaries, public readonly extent: Extent) {
    this.plain = new HostTree(path.join(this.example, 'host', 'plain'));
    this.kubeadm = new HostTree(path.join(this.example, 'host', 'kubeadm'));
    this.controlPlane = new ControlPlane(this.plain, this.folder, binaries, this.processes);
  }

  /** Manifest files of the example. */
  public manifestFiles(): string[] {
    const dist = path.join(this.example, 'dist');
    return fs.readdirSync(dist).filter(name => name.endsWith('.yaml')).sort().map(name => path.join(dist, name));
  }

  /** Objects of the example, in file order. */
  public objects(): any[] {
    return this.manifestFiles().flatMap(file => parseAllDocuments(fs.readFileSync(file, 'utf8')).map(document => document.toJS()));
  }

  /** One object of the example. */
  public object(kind: string, name: RegExp): any {
    const found = this.objects().find(object => object.kind === kind && name.test(object.metadata.name));
    if (!found) { throw new Error(`the example has no ${kind} named like ${name}`); }
    return found;
  }

  /** A file of this run. */
  public file(name: string, content: string): string {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    return file;
  }

  /** Work for the end of the area, such as the end of machines that some of its checks have for themselves. */
  public atEnd(work: (keep: boolean) => Promise<void>): void {
    this.endings.push(work);
  }

  /** What checks of the area have left for its end; the shared control plane keeps running. */
  public async endArea(keep: boolean): Promise<void> {
    for (const work of this.endings.splice(0)) { await work(keep); }
  }

  public async end(keep: boolean): Promise<void> {
    await this.endArea(keep);
    await this.processes.stopAll();
    if (!keep) { fs.rmSync(this.folder, { recursive: true, force: true }); }
  }
}
