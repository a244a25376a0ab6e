/** What has to happen on a machine when a file changes. */
export class HostChange {
  /** Nothing: read at the next run, or watched. */
  public static nothing(): HostChange {
    return new HostChange('nothing', [], []);
  }

  /** The kubelet restarts a static pod by itself when its manifest changes; one member at a time. */
  public static staticPod(): HostChange {
    return new HostChange('static pod restarts', [], []);
  }

  /** Restart systemd units. */
  public static restart(...units: string[]): HostChange {
    return new HostChange('restart', units, []);
  }

  /** Drain the node, restart units, uncordon. */
  public static drainAndRestart(...units: string[]): HostChange {
    return new HostChange('drain and restart', units, []);
  }

  /** Run a command, for example `sysctl --system`. */
  public static run(...command: string[]): HostChange {
    return new HostChange('run', [], command);
  }

  /** Takes effect at the next boot. */
  public static reboot(): HostChange {
    return new HostChange('reboot', [], []);
  }

  private constructor(
    public readonly action: string,
    /** Units to restart. */
    public readonly units: string[],
    /** Command to run, one argument each. */
    public readonly command: string[],
  ) {}
}
