import { compareVersions, inRange, VersionRange } from './version-range';

/** Where the settings of the CRI stand in containerd's configuration. */
export interface ContainerdLayout {
  /** Value of `version`. */
  readonly version: number;
  /** Plugin that holds the runtimes. */
  readonly runtimePlugin: string;
  /** Plugin that holds registries. */
  readonly imagePlugin: string;
  /** Path of the sandbox image below the image plugin. */
  readonly sandboxImage: readonly string[];
}

const LAYOUTS: ReadonlyArray<VersionRange & { readonly layout: ContainerdLayout }> = [
  {
    removed: '2.0',
    layout: { version: 2, runtimePlugin: 'io.containerd.grpc.v1.cri', imagePlugin: 'io.containerd.grpc.v1.cri', sandboxImage: ['sandbox_image'] },
  },
  {
    added: '2.0',
    layout: { version: 3, runtimePlugin: 'io.containerd.cri.v1.runtime', imagePlugin: 'io.containerd.cri.v1.images', sandboxImage: ['pinned_images', 'sandbox'] },
  },
];

/**
 * The layout that a containerd reads. 2.x reads the older one as well and converts it; 2.3 counts to 4, which moves only the daemon's own
 * listeners, none of which are written here.
 *
 * Source: containerd/containerd docs/cri/config.md of 2026-08.
 */
export function containerdLayout(version: string): ContainerdLayout {
  return LAYOUTS.find(row => inRange(version, row))!.layout;
}

/** What containerd's own table of Kubernetes versions recommends, oldest minor of each first. Source: containerd/containerd RELEASES.md of 2.4.2. */
const RECOMMENDED: ReadonlyArray<VersionRange & { readonly least: string }> = [
  { removed: '1.26', least: '1.6' },
  { added: '1.26', removed: '1.36', least: '1.7' },
  { added: '1.36', removed: '1.37', least: '2.2' },
  { added: '1.37', least: '2.3' },
];

/** Oldest maintained minor of containerd that goes with a release of Kubernetes. */
export function leastContainerd(kubernetes: string): string {
  return RECOMMENDED.find(row => inRange(kubernetes, row))!.least;
}

/** Why a containerd does not go with a release of Kubernetes; undefined when it does. */
export function containerdProblem(version: string, kubernetes: string): string | undefined {
  const least = leastContainerd(kubernetes);
  return compareVersions(version, least) < 0
    ? `containerd ${version} is not recommended for Kubernetes ${kubernetes}; use ${least} or newer`
    : undefined;
}
