import { Construct } from 'constructs';
import { HostTarget } from './host-target';
import { markHostTree } from './host-tree';
import { HostMount } from './static-pod';

/** A component that systemd runs on a machine. */
export interface HostServiceProps {
  readonly target: HostTarget;
  /** Name of the unit without `.service`. */
  readonly unit: string;
  /** Short name, as a static pod of the component would have: `etcd-main`. */
  readonly name: string;
  readonly component: string;
  /** Flag names without dashes and their values, in order; paths as they are on the machine. */
  readonly flags: Array<{ readonly name: string; readonly value: string }>;
  /** Folders that it lives on. Type `Mount`: must be a mount point; `Directory`: must be there. */
  readonly mounts: HostMount[];
  /** What it needs, as a static pod would request it. */
  readonly cpu: string;
  readonly memory: string;
}

/** What rules and guides know of a component that systemd runs; its files are `HostFile`s. */
export class HostService extends Construct {
  public readonly target: HostTarget;

  constructor(scope: Construct, id: string, public readonly props: HostServiceProps) {
    super(scope, id);
    this.target = props.target;
    markHostTree(this);
  }
}
