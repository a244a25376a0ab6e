import { Construct } from 'constructs';
import { HostChange } from './host-change';
import { HostTarget } from './host-target';
import { markHostTree } from './host-tree';
import { installerNameProblem } from './installer-names';
import { Problems } from '../input/problems';
import { quoted } from '../input/text-safety';

/** A file on a machine. */
export interface HostFileProps {
  readonly target: HostTarget;
  /** Absolute path on the machine. */
  readonly path: string;
  readonly content: string;
  /** @default 0644 */
  readonly mode?: string;
  /** @default root:root */
  readonly owner?: string;
  readonly onChange: HostChange;
  /**
   * Installers that bring this file themselves, by name; they leave it out.
   *
   * @default - none
   */
  readonly providedBy?: string[];
}

const SEGMENT = /^[A-Za-z0-9._@:+-]+$/;

/** A file that lies on machines, not an object of the cluster: it never appears in `dist/`. */
export class HostFile extends Construct {
  public readonly target: HostTarget;
  public readonly path: string;
  public readonly content: string;
  public readonly mode: string;
  public readonly owner: string;
  public readonly onChange: HostChange;
  public readonly providedBy: string[];

  constructor(scope: Construct, id: string, props: HostFileProps) {
    super(scope, id);
    const problems = new Problems(`host file ${quoted(props.path)}`);
    const segments = props.path.split('/').slice(1);
    problems.require(props.path.startsWith('/') && segments.every(s => SEGMENT.test(s) && s !== '..' && s !== '.'),
      'path must be absolute, without \'..\', spaces or other special characters');
    problems.require(/^0[0-7]{3}$/.test(props.mode ?? '0644'), `mode must be octal such as 0644, got '${props.mode}'`);
    problems.require(/^[a-z_][a-z0-9_-]*:[a-z_][a-z0-9_-]*$/.test(props.owner ?? 'root:root'), `owner must be user:group, got '${props.owner}'`);
    for (const installer of props.providedBy ?? []) { problems.add(installerNameProblem('providedBy', installer)); }
    problems.throwIfAny();
    this.target = props.target;
    this.path = props.path;
    this.content = props.content.endsWith('\n') ? props.content : `${props.content}\n`;
    this.mode = props.mode ?? '0644';
    this.owner = props.owner ?? 'root:root';
    this.onChange = props.onChange;
    this.providedBy = [...(props.providedBy ?? [])];
    markHostTree(this);
  }
}
