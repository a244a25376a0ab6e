import { InvalidInput } from '../input/problems';
import { dnsLabelProblem } from '../input/text-safety';

/**
 * Where a host file belongs: one named machine (control plane, etcd) or every node of a pool.
 */
export class HostTarget {
  /** A machine with a name of its own. */
  public static machine(name: string): HostTarget {
    return new HostTarget('machines', name);
  }

  /** Every node of a pool. */
  public static pool(name: string): HostTarget {
    return new HostTarget('pools', name);
  }

  private constructor(
    /** `machines` or `pools`. */
    public readonly group: string,
    public readonly name: string,
  ) {
    const problem = dnsLabelProblem(group === 'machines' ? 'machine' : 'pool', name);
    if (problem !== undefined) { throw new InvalidInput('host target', [problem]); }
  }

  /** Folder of the target in the output tree. */
  public get folder(): string {
    return `${this.group}/${this.name}`;
  }
}
