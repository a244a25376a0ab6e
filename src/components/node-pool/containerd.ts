import { ContainerRuntime } from './container-runtime';
import { Problems } from '../../input/problems';
import { lineProblem, quoted } from '../../input/text-safety';

/** A registry that machines ask before, or instead of, the one that an image names. */
export interface RegistryMirror {
  /** Registry in the names of images, for example `docker.io` or `registry.example.com:5000`; `_default` for all that have no mirror of their own. */
  readonly registry: string;

  /** Addresses of mirrors, asked in this order; `https://mirror.example.com`, with a path where the mirror has one for each registry. */
  readonly endpoints: string[];

  /**
   * Whether the registry itself is asked when no mirror answers.
   *
   * @default true
   */
  readonly fallBack?: boolean;

  /**
   * Certificate authority of the mirrors, an absolute path on the machine.
   *
   * @default - the machine's own
   */
  readonly caFile?: string;
}

/** What containerd is configured with. */
export interface ContainerdProps {
  /**
   * Version on the machines, for example `2.3`. It decides in which layout the file is written.
   *
   * @default - the oldest that containerd recommends for the release: its layout is read by newer ones too
   */
  readonly version?: string;

  /**
   * Mirrors of registries. 1,200 nodes behind one NAT address are throttled by public registries.
   *
   * @default - none
   */
  readonly mirrors?: RegistryMirror[];

  /**
   * Runtimes beside runc that pods may choose by a RuntimeClass; see `PodRuntime`. Pools with NVIDIA cards have theirs without being asked.
   *
   * @default - none
   */
  readonly runtimes?: ContainerRuntime[];
}

/** Settings of the container runtime: systemd cgroups, pause image, mirrors, and the NVIDIA runtime on pools with cards. */
export class Containerd {
  /** Write `/etc/containerd/config.toml` and the mirrors' files. A file of the machine image is replaced. */
  public static of(props: ContainerdProps = {}): Containerd {
    return new Containerd(true, props);
  }

  /** The machine image brings a configuration that fits; a note says what it has to hold. */
  public static ofMachineImage(): Containerd {
    return new Containerd(false, {});
  }

  /** Undefined: the oldest recommended for the release. */
  public readonly version?: string;
  public readonly mirrors: RegistryMirror[];
  /** Runtimes beside runc. */
  public readonly runtimes: ContainerRuntime[];

  private constructor(
    /** Whether files are written. */
    public readonly isWritten: boolean,
    props: ContainerdProps,
  ) {
    const problems = new Problems('containerd');
    problems.require(props.version === undefined || /^[12]\.\d{1,2}(\.\d{1,3})?$/.test(props.version), `version must be as in 2.3 or 1.7.28, got ${quoted(props.version)}`);
    const registries = (props.mirrors ?? []).map(({ registry }) => registry);
    problems.require(new Set(registries).size === registries.length, 'mirrors: a registry is named twice; put all its endpoints into one entry');
    for (const [i, mirror] of (props.mirrors ?? []).entries()) {
      const at = `mirrors[${i}]`;
      problems.require(mirror.registry === '_default' || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(mirror.registry),
        `${at}.registry must be a host such as docker.io, with a port where it has one, or _default, got ${quoted(mirror.registry)}`);
      problems.require(mirror.endpoints.length > 0, `${at}.endpoints must name at least one mirror`);
      for (const endpoint of mirror.endpoints) {
        problems.require(/^https?:\/\/[A-Za-z0-9.[\]:-]+(\/[A-Za-z0-9._/-]*)?$/.test(endpoint), `${at}.endpoints must be addresses such as https://mirror.example.com, got ${quoted(endpoint)}`);
      }
      problems.add(mirror.caFile === undefined ? undefined : lineProblem(`${at}.caFile`, mirror.caFile));
      problems.require(mirror.caFile === undefined || mirror.caFile.startsWith('/'), `${at}.caFile must be an absolute path on the machine, got ${quoted(mirror.caFile)}`);
    }
    const names = (props.runtimes ?? []).map(({ name }) => name);
    for (const twice of new Set(names.filter((name, i) => names.indexOf(name) !== i))) { problems.add(`runtimes: '${twice}' is named twice; a handler has one shim`); }
    problems.throwIfAny();
    this.version = props.version;
    this.mirrors = [...(props.mirrors ?? [])];
    this.runtimes = [...(props.runtimes ?? [])];
  }
}
