import { createHash } from 'crypto';
import { existsSync, readFileSync } from 'fs';
import { join, resolve } from 'path';
import { IConstruct } from 'constructs';
import { clusterOf } from './cluster-of';
import { hostArtefacts } from './host-artefacts';
import { HostPage } from './host-page';
import { hostTreeWritten } from './host-tree';
import { Installer } from './installers/installer';
import { RenderedDocument, RenderedFile } from './installers/rendered-file';
import { replaceTree } from './output-tree';
import { RolloutPlan } from './rollout-plan';
import { InvalidInput } from '../input/problems';
import { quoted } from '../input/text-safety';

/** One line of `index.json`. */
interface IndexEntry {
  readonly file: string;
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly sha256: string;
  readonly onChange: { action: string; units: string[]; command: string[] };
  readonly machine?: string;
  readonly pool?: string;
}

const INDEX = 'index.json';

/** Writes what belongs on machines: the second output tree, beside `dist/`. */
export class HostFiles {
  /** The host files of everything below a scope: an App, a Chart or a single construct. */
  public static of(scope: IConstruct): HostFiles {
    return new HostFiles(scope);
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Write `<dir>/<installer>/`, replacing what an earlier call wrote there. Nothing is changed on disk unless the tree is complete.
   *
   * @returns paths of the written files, relative to `<dir>/<installer>`
   * @throws when two artefacts claim one path of a machine, or the folder holds something this library did not write
   */
  public write(dir: string, installer: Installer): string[] {
    // A program without types can pass a name.
    if (typeof installer?._render !== 'function') {
      throw new InvalidInput('host files', [`installer must be one of the class Installer, such as Installer.kubeadm(), got ${quoted(installer)}`]);
    }
    const artefacts = hostArtefacts(this.scope);
    const cluster = clusterOf(this.scope);
    const { files, documents = [], installGuide } = installer._render(artefacts, cluster);
    refuseTwice(files, artefacts.pages);
    const index = files.map(indexEntry).sort((a, b) => (order(a) < order(b) ? -1 : 1));
    const tree = new Map<string, string>(files.filter(file => file.within === undefined).map(file => [relativePath(file), file.content]));
    for (const document of documents) { tree.set(document.path, document.content); }
    const wrapped = documents.length > 0 ? { documents: documents.map(documentEntry) } : {};
    const rollout = rolloutEntry(RolloutPlan._of(artefacts, cluster));
    tree.set(INDEX, `${JSON.stringify({ installer: installer.name, files: index, ...wrapped, ...rollout }, undefined, 2)}\n`);
    tree.set('install.md', withDocuments(installGuide, documents));
    for (const page of artefacts.pages) { tree.set(page.file, page.content); }
    replaceTree({ what: 'host files', place: join(resolve(dir), installer.name), files: tree, isOurs });
    hostTreeWritten(this.scope);
    return [...tree.keys()].sort();
  }

  /** Say that the host files of this app are not wanted; silences the reminder at the end of synth. */
  public leaveOut(): void {
    hostTreeWritten(this.scope);
  }
}

function relativePath(file: RenderedFile): string {
  return `${file.target.folder}${file.path}`;
}

function indexEntry(file: RenderedFile): IndexEntry {
  return {
    file: file.within ?? relativePath(file),
    path: file.path,
    mode: file.mode,
    owner: file.owner,
    sha256: sha256(file.content),
    onChange: { action: file.onChange.action, units: file.onChange.units, command: file.onChange.command },
    ...(file.target.group === 'pools' ? { pool: file.target.name } : { machine: file.target.name }),
  };
}

/** Guides speak of steps; every document is named here with who reads it, whatever the form. */
function withDocuments(guide: string, documents: RenderedDocument[]): string {
  if (documents.length === 0) { return guide; }
  const rows = documents.map(({ path, readBy }) => `| \`${path}\` | ${readBy} |`);
  return `${guide.trimEnd()}\n\n## Documents\n\n| document | read by |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function documentEntry(document: RenderedDocument): object {
  return { file: document.path, readBy: document.readBy, bytes: Buffer.byteLength(document.content), sha256: sha256(document.content) };
}

/** The plan in numbers; absent where nothing in the tree is rolled out. */
function rolloutEntry({ pools, rings, kubeletsAtATime }: RolloutPlan): object {
  if (pools.length + rings.length === 0) { return {}; }
  return {
    rollout: {
      ...(pools.length === 0 ? {} : {
        kubeletsAtATime: kubeletsAtATime.value,
        pools: pools.map(({ pool, nodesToday, batch, batches, changes }) => ({
          pool,
          nodesToday,
          nodesAtATime: batch.value,
          batches: batches.value,
          ...(changes === undefined ? {} : { action: changes.action ?? 'nothing', stateFiles: changes.stateFiles, changes: changes.changes }),
        })),
      }),
      ...(rings.length === 0 ? {} : {
        rings: rings.map(({ ring, machines, mayBeAway, batch }) => ({ ring, machines, mayBeAway: mayBeAway.value, machinesAtATime: batch.value })),
      }),
    },
  };
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

// A wrapped file shares its document with others: the path on the machine decides then.
function order(entry: IndexEntry): string {
  return entry.file.endsWith(entry.path) ? entry.file : `${entry.file}\u0000${entry.path}`;
}

function refuseTwice(files: RenderedFile[], pages: HostPage[]): void {
  const seen = new Map<string, RenderedFile>();
  const problems = pages.filter((page, i) => pages[i + 1]?.name === page.name).map(page => `${page.file} is written twice; give one of the pages another name`);
  for (const file of files) {
    if (seen.has(relativePath(file))) { problems.push(`${file.path} on ${file.target.folder} is written twice; give one of them another path`); }
    seen.set(relativePath(file), file);
  }
  if (problems.length > 0) { throw new InvalidInput('host files', problems); }
}

// A folder with other content is somebody's work (`write('/etc', ...)` would be a disaster): only a tree of ours is replaced.
function isOurs(place: string): boolean {
  const index = join(place, INDEX);
  return existsSync(index) && readFileSync(index, 'utf8').startsWith('{\n  "installer":');
}
