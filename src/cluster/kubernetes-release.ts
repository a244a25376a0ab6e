import { InvalidInput } from '../input/problems';
import { quoted } from '../input/text-safety';

/**
 * A minor release of Kubernetes. The control plane has one; a node pool may lag behind it.
 */
export class KubernetesRelease {
  /** The release of the reference article. */
  public static readonly V1_22 = new KubernetesRelease(22, 17);
  public static readonly V1_23 = new KubernetesRelease(23, 17);
  public static readonly V1_24 = new KubernetesRelease(24, 17);
  public static readonly V1_25 = new KubernetesRelease(25, 16);
  public static readonly V1_26 = new KubernetesRelease(26, 15);
  public static readonly V1_27 = new KubernetesRelease(27, 16);
  public static readonly V1_28 = new KubernetesRelease(28, 15);
  public static readonly V1_29 = new KubernetesRelease(29, 15);
  public static readonly V1_30 = new KubernetesRelease(30, 14);
  public static readonly V1_31 = new KubernetesRelease(31, 14);
  public static readonly V1_32 = new KubernetesRelease(32, 13);
  public static readonly V1_33 = new KubernetesRelease(33, 12);
  public static readonly V1_34 = new KubernetesRelease(34, 4);
  public static readonly V1_35 = new KubernetesRelease(35, 4);
  public static readonly V1_36 = new KubernetesRelease(36, 2);
  /** Newest stable release, the default. */
  public static readonly V1_37 = new KubernetesRelease(37, 2);

  /** All releases this library knows, oldest first. */
  public static all(): KubernetesRelease[] {
    return [
      KubernetesRelease.V1_22, KubernetesRelease.V1_23, KubernetesRelease.V1_24, KubernetesRelease.V1_25,
      KubernetesRelease.V1_26, KubernetesRelease.V1_27, KubernetesRelease.V1_28, KubernetesRelease.V1_29,
      KubernetesRelease.V1_30, KubernetesRelease.V1_31, KubernetesRelease.V1_32, KubernetesRelease.V1_33,
      KubernetesRelease.V1_34, KubernetesRelease.V1_35, KubernetesRelease.V1_36, KubernetesRelease.V1_37,
    ];
  }

  /** Newest known release. */
  public static newest(): KubernetesRelease {
    return KubernetesRelease.V1_37;
  }

  /**
   * The release of a version text such as `1.37`, `v1.37.2` or `1.22.17`; a patch in the text is kept.
   *
   * @throws when the release is older or newer than the known ones
   */
  public static of(version: string): KubernetesRelease {
    const match = typeof version === 'string' ? /^v?1\.(\d{1,3})(?:\.(\d{1,3}))?$/.exec(version) : null;
    const known = match && KubernetesRelease.all().find(release => release.minor === Number(match[1]));
    if (!match || !known) {
      const newest = KubernetesRelease.newest();
      throw new InvalidInput('release', [
        `must be one of 1.22 to ${newest.version}, got ${quoted(version)}; for a newer release update this package, an older one is not supported`,
      ]);
    }
    return match[2] === undefined ? known : new KubernetesRelease(known.minor, Number(match[2]));
  }

  private constructor(
    /** Minor number: 37 for 1.37. */
    public readonly minor: number,
    /** Patch number used for images. */
    public readonly patch: number,
  ) {}

  /** `1.37` */
  public get version(): string {
    return `1.${this.minor}`;
  }

  /** `v1.37.2`, the tag of its images. */
  public get tag(): string {
    return `v1.${this.minor}.${this.patch}`;
  }

  /** Whether this release is `other` or newer. */
  public isAtLeast(other: KubernetesRelease): boolean {
    return this.minor >= other.minor;
  }

  public toString(): string {
    return this.version;
  }
}
