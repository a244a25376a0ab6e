/** The versions in which something exists: from `added` up to, but not including, `removed`. */
export interface VersionRange {
  /**
   * First version that has it, for example "1.31" or "3.5.5".
   *
   * Absent: the oldest version of the catalogue has it already (Kubernetes 1.22, etcd 3.5, CoreDNS 1.8.4).
   */
  readonly added?: string;

  /** First version that no longer has it. Absent: the newest version of the catalogue still has it. */
  readonly removed?: string;
}

const VERSION = /^v?(\d+(?:\.\d+){1,2})(?:[-+].*)?$/;

/** The numbers of a version such as "1.37", "v1.37.2" or "3.6.14-0". */
function versionNumbers(version: string): number[] {
  const match = VERSION.exec(version);
  if (match === null) {
    throw new Error(`a version must look like '1.37' or '1.37.2', got '${version}'`);
  }
  return match[1].split('.').map(Number);
}

/**
 * Orders two versions: negative when `a` is older, 0 when they are equal, positive when `a` is newer.
 *
 * A missing patch counts as 0, so "1.37" and "1.37.0" are equal. Pre-release and build suffixes are ignored: a release
 * candidate has the flags of its release.
 */
export function compareVersions(a: string, b: string): number {
  const left = versionNumbers(a);
  const right = versionNumbers(b);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** Whether `version` lies in the half-open range. */
export function inRange(version: string, range: VersionRange): boolean {
  return (range.added === undefined || compareVersions(version, range.added) >= 0)
    && (range.removed === undefined || compareVersions(version, range.removed) < 0);
}
