import { HostChange } from '../host-change';
import { HostTarget } from '../host-target';

/** A file of the output tree, ready to be written. */
export interface RenderedFile {
  readonly target: HostTarget;
  /** Absolute path on the machine. */
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly owner: string;
  readonly onChange: HostChange;
}

/** What an installer makes of the host artefacts. */
export interface RenderedTree {
  readonly files: RenderedFile[];
  /** How an operator carries it out with this installer. */
  readonly installGuide: string;
}
