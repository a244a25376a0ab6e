import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

/** How members run as units of systemd. */
export interface EtcdSystemdOptions {
  /**
   * Absolute path of the binary, of the version that the release asks for.
   *
   * @default /usr/local/bin/etcd
   */
  readonly binary?: string;

  /**
   * User that owns the data and runs the process; made by systemd-sysusers when it is missing.
   *
   * @default etcd
   */
  readonly user?: string;

  /**
   * Whether data lie on disks of their own, so that a unit whose disk is not mounted fails instead of starting empty on the root disk.
   *
   * @default true
   */
  readonly mountedDisks?: boolean;
}

/** The options with their defaults. */
export interface EtcdSystemd {
  readonly binary: string;
  readonly user: string;
  readonly mountedDisks: boolean;
}

const BINARY = /^(\/[A-Za-z0-9._-]+)+$/;
const USER = /^[a-z_][a-z0-9_-]{0,30}$/;

/** Who starts the members. */
export class EtcdRuntime {
  /** The kubelet of each machine, from a manifest: nothing else to install, restarted by probes. */
  public static staticPod(): EtcdRuntime {
    return new EtcdRuntime(undefined);
  }

  /**
   * systemd, without kubelet and container runtime: for machines that are etcd and nothing else. The disk's queue serves such a member first, and it
   * runs as a user without rights. Needs systemd 247 (credentials) and the binary; certificates that were renewed need a restart.
   */
  public static systemdUnit(options: EtcdSystemdOptions = {}): EtcdRuntime {
    const { binary = '/usr/local/bin/etcd', user = 'etcd', mountedDisks = true } = options;
    const problems = new Problems('EtcdRuntime.systemdUnit');
    problems.require(BINARY.test(binary) && !binary.split('/').includes('..'), `binary must be an absolute path without special characters, got ${quoted(binary)}`);
    problems.require(USER.test(user), `user must be a name of a Linux user, got ${quoted(user)}`);
    problems.require(user !== 'root', 'user must not be root: whoever breaks into a member would own the machine');
    problems.throwIfAny();
    return new EtcdRuntime({ binary, user, mountedDisks });
  }

  private constructor(
    /** @internal */
    public readonly _systemd: EtcdSystemd | undefined,
  ) {}
}
