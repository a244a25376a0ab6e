/**
 * An operating system that Ignition sets up.
 *
 * Both versions translate to Ignition 3.4.0, which Flatcar reads from 3510 on and Fedora CoreOS from 38 on. Source: coreos/butane, docs/specs.md.
 */
export class IgnitionVariant {
  /** Flatcar Container Linux; `/usr` cannot be written. */
  public static readonly FLATCAR = new IgnitionVariant('flatcar', '1.1.0', '3.4.0', ['/usr/']);

  /** Fedora CoreOS; `/usr/local` can be written, the rest of `/usr` cannot. */
  public static readonly FEDORA_COREOS = new IgnitionVariant('fcos', '1.5.0', '3.4.0', ['/usr/bin/', '/usr/lib/', '/usr/libexec/', '/usr/sbin/', '/usr/share/']);

  private constructor(
    /** Name in Butane. */
    public readonly name: string,
    /** Version of the Butane specification. */
    public readonly butaneVersion: string,
    /** Version of the Ignition specification that it translates to. */
    public readonly ignitionVersion: string,
    /** Folders that cannot be written. */
    public readonly readOnlyFolders: string[],
  ) {}
}
