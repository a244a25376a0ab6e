import { Problems } from '../../input/problems';
import { dnsLabelProblem, lineProblem, quoted, safeEntries } from '../../input/text-safety';

/** A runtime beside runc. */
export interface ContainerRuntimeProps {
  /** Shim of containerd, such as `io.containerd.runsc.v1`; its program `containerd-shim-runsc-v1` belongs to the machine image. */
  readonly type: string;

  /**
   * Options of the shim by name: texts, whole numbers, true or false.
   *
   * @default - the shim's own
   */
  readonly options?: { [option: string]: any };
}

/** A container runtime that pods may choose instead of runc: sandboxes for pods of strangers. */
export class ContainerRuntime {
  /** gVisor: a kernel in user space in front of the node's. Source: gvisor.dev, containerd quick start. */
  public static gvisor(): ContainerRuntime {
    return new ContainerRuntime('runsc', { type: 'io.containerd.runsc.v1' });
  }

  /** Kata Containers: a small virtual machine for each pod. Source: kata-containers/kata-containers docs/how-to/containerd-kata.md. */
  public static kata(): ContainerRuntime {
    return new ContainerRuntime('kata', { type: 'io.containerd.kata.v2' });
  }

  /**
   * Any other shim.
   *
   * @param name of the handler, which a RuntimeClass names
   */
  public static of(name: string, props: ContainerRuntimeProps): ContainerRuntime {
    return new ContainerRuntime(name, props);
  }

  public readonly type: string;
  /** Options of the shim by name. */
  public readonly options: { [option: string]: any };

  private constructor(
    /** Name of the handler. */
    public readonly name: string,
    props: ContainerRuntimeProps,
  ) {
    const problems = new Problems(`container runtime ${quoted(name)}`);
    problems.add(dnsLabelProblem('name', name));
    problems.require(!['runc', 'nvidia'].includes(name), `name '${name}' is written by Containerd itself; choose another one`);
    problems.require(/^[a-z0-9]+(\.[a-zA-Z0-9_-]+)+\.v\d+$/.test(props.type), `type must be a shim such as io.containerd.runsc.v1, got ${quoted(props.type)}`);
    const options = safeEntries('options', props.options);
    for (const [option, value] of options) {
      problems.require(typeof value === 'boolean' || Number.isSafeInteger(value) || typeof value === 'string', `options.${option} must be a text, a whole number, true or false, got ${quoted(value)}`);
      if (typeof value === 'string') { problems.add(lineProblem(`options.${option}`, value)); }
    }
    problems.throwIfAny();
    this.type = props.type;
    this.options = Object.fromEntries(options);
  }
}
