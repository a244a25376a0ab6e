import { VersionRange } from './version-range';

/** One API version of a kind. */
export interface ApiVersionRow extends VersionRange {
  /** As it stands in a manifest: "apps/v1", "v1". */
  readonly apiVersion: string;

  /** Releases of the range in which someone must switch it on first; `{}` means all of them. */
  readonly optIn?: VersionRange;
}

/** API versions of one kind. */
export type ApiKindTable = { readonly [kind: string]: readonly ApiVersionRow[] };
