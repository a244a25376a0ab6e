import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Release { readonly patch: number; readonly except?: { readonly [module: string]: number } }

/** What the tables were last extracted from; `extract.ts` adds a minor here. */
export interface Releases {
  readonly 'extracted': string;
  /**
   * Patch release read for each Kubernetes minor: the newest one whose Go modules could be had. Keys of `except` are staging
   * modules of which that patch could not be had.
   */
  readonly 'kubernetes': { readonly [minor: string]: Release };
  /** Newest patch of each etcd minor; all patches from .0 on are read. */
  readonly 'etcd': { readonly [minor: string]: number };
  /** Further versions whose lists are kept as fixtures: what some minor of Kubernetes is installed with. */
  readonly 'etcd-installed': readonly string[];
  readonly 'coredns-installed': readonly string[];
  /** First release of each minor, and the one that is installed. */
  readonly 'fluent-bit': readonly string[];
  /** Newest tag of each minor, or its release branch where no tag was to be had. */
  readonly 'cluster-autoscaler': { readonly [minor: string]: string };
}

export const RELEASES_FILE = join(__dirname, 'releases.json');

export const RELEASES: Releases = JSON.parse(readFileSync(RELEASES_FILE, 'utf8'));

/** Day on which the tables were last extracted. */
export const EXTRACTED = RELEASES.extracted;

export const MINORS: readonly string[] = Object.keys(RELEASES.kubernetes);

/** Where the names of a fixture come from. */
export interface UpstreamSource {
  /** Repository or Go module. */
  readonly upstream: string;
  readonly tag: string;
  /** Day of the tag. */
  readonly tagged: string;
  /** Modules of another patch release than the tag's. */
  readonly except?: { readonly [module: string]: string };
}

interface GoModule { readonly folder: string; readonly tagged: string }

const modules = new Map<string, GoModule>();

/** A Go module in the module cache, downloaded when it is not there yet. */
function goModule(path: string, version: string): GoModule {
  const key = `${path}@${version}`;
  const known = modules.get(key);
  if (known !== undefined) { return known; }
  const output = execFileSync('go', ['mod', 'download', '-json', key], {
    encoding: 'utf8', cwd: '/', env: { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' },
  });
  const { Dir, Info } = JSON.parse(output) as { Dir: string; Info: string };
  const { Time } = JSON.parse(readFileSync(Info, 'utf8')) as { Time: string };
  const found = { folder: Dir, tagged: Time.slice(0, 10) };
  modules.set(key, found);
  return found;
}

/** Folder of a Go module. */
export function moduleFolder(path: string, version: string): string {
  return goModule(path, version).folder;
}

function versionOf(name: string, minor: string): string {
  const { patch, except } = RELEASES.kubernetes[minor];
  return `v${name === 'kubernetes' ? 1 : 0}.${minor.split('.')[1]}.${except?.[name] ?? patch}`;
}

/** Source of everything that belongs to a Kubernetes minor. */
export function kubernetesSource(minor: string): UpstreamSource {
  const tag = versionOf('kubernetes', minor);
  const except = Object.keys(RELEASES.kubernetes[minor].except ?? {});
  return {
    upstream: 'k8s.io/kubernetes',
    tag,
    tagged: goModule('k8s.io/kubernetes', tag).tagged,
    ...except.length === 0 ? {} : { except: Object.fromEntries(except.map((name) => [`k8s.io/${name}`, versionOf(name, minor)])) },
  };
}

/** Folder of k8s.io/`name` as it belongs to a Kubernetes minor. */
export function kubernetesModule(name: string, minor: string): string {
  return moduleFolder(`k8s.io/${name}`, versionOf(name, minor));
}

/** Existing ones of some files or folders below a module. */
export function inModule(folder: string, ...paths: string[]): string[] {
  return paths.map((path) => `${folder}/${path}`).filter((path) => existsSync(path));
}

/** Source versions for the header of a table. */
export function kubernetesSources(): string {
  return MINORS.map((minor) => `${minor}.${RELEASES.kubernetes[minor].patch}`).join(', ');
}

/** Folders with real binaries, given on the command line as `<minor>=<folder>`. */
export function binaryFolders(): { readonly minor: string; readonly folder: string }[] {
  return process.argv.slice(2).filter((each) => /^\d/.test(each)).map((each) => {
    const [minor, folder] = each.split('=');
    if (!MINORS.includes(minor) || folder === undefined) { throw new Error(`an argument must look like '1.37=/path/to/binaries', got '${each}'`); }
    return { minor, folder };
  });
}
