import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Day on which the tables were last extracted. */
export const EXTRACTED = '2026-11-23';

/**
 * Patch release read for each Kubernetes minor: the newest one whose Go modules could be had. Keys of `except` are staging
 * modules of which that patch could not be had.
 */
export const RELEASES: { readonly [minor: string]: { readonly patch: number; readonly except?: { readonly [module: string]: number } } } = {
  '1.22': { patch: 17 },
  '1.23': { patch: 17 },
  '1.24': { patch: 17 },
  '1.25': { patch: 16, except: { 'controller-manager': 0, 'kube-scheduler': 0 } },
  '1.26': { patch: 15, except: { 'controller-manager': 13 } },
  '1.27': { patch: 16, except: { 'controller-manager': 11, 'cloud-provider': 0, 'pod-security-admission': 11 } },
  '1.28': { patch: 15 },
  '1.29': { patch: 15 },
  '1.30': { patch: 14 },
  '1.31': { patch: 14, except: { 'kube-scheduler': 0, 'kube-aggregator': 0, 'pod-security-admission': 12 } },
  '1.32': { patch: 13, except: { 'kube-scheduler': 10 } },
  '1.33': { patch: 12 },
  '1.34': { patch: 4 },
  '1.35': { patch: 4 },
  '1.36': { patch: 2 },
  '1.37': { patch: 2 },
};

export const MINORS: readonly string[] = Object.keys(RELEASES);

const folders = new Map<string, string>();

/** Folder of a Go module in the module cache, downloaded when it is not there yet. */
export function moduleFolder(path: string, version: string): string {
  const key = `${path}@${version}`;
  const known = folders.get(key);
  if (known !== undefined) {
    return known;
  }
  const output = execFileSync('go', ['mod', 'download', '-json', key], {
    encoding: 'utf8', cwd: '/', env: { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' },
  });
  const folder: string = JSON.parse(output).Dir;
  folders.set(key, folder);
  return folder;
}

/** Folder of k8s.io/`name` as it belongs to a Kubernetes minor. */
export function kubernetesModule(name: string, minor: string): string {
  const release = RELEASES[minor];
  const patch = release.except?.[name] ?? release.patch;
  return moduleFolder(`k8s.io/${name}`, `v${name === 'kubernetes' ? 1 : 0}.${minor.split('.')[1]}.${patch}`);
}

/** Existing ones of some files or folders below a module. */
export function inModule(folder: string, ...paths: string[]): string[] {
  return paths.map((path) => `${folder}/${path}`).filter((path) => existsSync(path));
}

/** Source versions for the header of a table. */
export function kubernetesSources(): string {
  return MINORS.map((minor) => `${minor}.${RELEASES[minor].patch}`).join(', ');
}

/** Folders with real binaries, given on the command line as `<minor>=<folder>`. */
export function binaryFolders(): { readonly minor: string; readonly folder: string }[] {
  return process.argv.slice(2).map((each) => {
    const [minor, folder] = each.split('=');
    if (!MINORS.includes(minor) || folder === undefined) { throw new Error(`an argument must look like '1.37=/path/to/binaries', got '${each}'`); }
    return { minor, folder };
  });
}
