import { VersionRange } from './version-range';

/** One admission plugin of kube-apiserver. */
export interface AdmissionPluginRow extends VersionRange {
  /** Releases that run it unless it is disabled; `{}` means all that have it. Absent: it must be enabled. */
  readonly defaultOn?: VersionRange;
}

/** Admission plugins by name. */
export type AdmissionPluginTable = { readonly [plugin: string]: AdmissionPluginRow };
