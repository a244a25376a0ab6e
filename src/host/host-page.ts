import { Construct } from 'constructs';
import { markHostTree } from './host-tree';
import { InvalidInput } from '../input/problems';
import { dnsLabelProblem } from '../input/text-safety';

/** A page for people. */
export interface HostPageProps {
  /** File name without `.md`, a DNS label such as `etcd-restore`. */
  readonly name: string;
  /** Markdown. */
  readonly content: string;
}

/** A runbook with this cluster's names: it lies beside the machines' folders, as `runbooks/<name>.md`, and on no machine. */
export class HostPage extends Construct {
  public readonly name: string;
  public readonly content: string;

  constructor(scope: Construct, id: string, props: HostPageProps) {
    super(scope, id);
    const problem = dnsLabelProblem('name', props.name);
    if (problem !== undefined) { throw new InvalidInput('host page', [problem]); }
    this.name = props.name;
    this.content = props.content.endsWith('\n') ? props.content : `${props.content}\n`;
    markHostTree(this);
  }

  /** Path in the output tree. */
  public get file(): string {
    return `runbooks/${this.name}.md`;
  }
}
