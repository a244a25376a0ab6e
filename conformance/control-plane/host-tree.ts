import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

/** One line of index.json. */
export interface IndexEntry {
  readonly file: string;
  readonly path: string;
  readonly mode: string;
  readonly machine?: string;
  readonly pool?: string;
}

/** A static pod as it lies in the output. */
export interface StaticPodFile {
  readonly machine: string;
  readonly name: string;
  readonly image: string;
  readonly argv: string[];
  readonly env: { [name: string]: string };
}

/** The host files of one installer, read from disk: the checks know nothing of the library's internals. */
export class HostTree {
  public readonly entries: IndexEntry[];

  constructor(public readonly folder: string) {
    this.entries = JSON.parse(fs.readFileSync(path.join(folder, 'index.json'), 'utf8')).files;
  }

  /** Machines with files of their own. */
  public get machines(): string[] {
    return [...new Set(this.entries.flatMap(entry => entry.machine ?? []))].sort();
  }

  public get pools(): string[] {
    return [...new Set(this.entries.flatMap(entry => entry.pool ?? []))].sort();
  }

  public text(entry: IndexEntry): string {
    return fs.readFileSync(path.join(this.folder, entry.file), 'utf8');
  }

  /** Files of a machine or pool at one path. */
  public at(hostPath: string): IndexEntry[] {
    return this.entries.filter(entry => entry.path === hostPath);
  }

  public staticPods(): StaticPodFile[] {
    return this.entries.filter(entry => entry.path.startsWith('/etc/kubernetes/manifests/')).map(entry => {
      const container = parse(this.text(entry)).spec.containers[0];
      return {
        machine: entry.machine!,
        name: container.name,
        image: container.image,
        argv: container.command,
        env: Object.fromEntries((container.env ?? []).map((item: { name: string; value: string }) => [item.name, item.value])),
      };
    });
  }
}
