import { HostDocuments } from './host-documents';

/** A machine of the control plane, or every machine of a pool. */
export interface TalosMachine {
  readonly name: string;
  /** Path of its patch. */
  readonly patch: string;
  readonly host: HostDocuments;
  readonly documents: object[];
}
