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
  /** Document of the tree that carries it, where the installer wraps files. @default - it lies in the tree under its own path */
  readonly within?: string;
}

/** A document for the installer itself: it lies on no machine under this name. */
export interface RenderedDocument {
  /** Path in the tree. */
  readonly path: string;
  readonly content: string;
  /** What reads it. */
  readonly readBy: string;
}

/** What an installer makes of the host artefacts. */
export interface RenderedTree {
  readonly files: RenderedFile[];
  /** What wraps files or stands beside them. @default - none */
  readonly documents?: RenderedDocument[];
  /** How an operator carries it out with this installer. */
  readonly installGuide: string;
}
