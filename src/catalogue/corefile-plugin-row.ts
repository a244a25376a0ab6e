import { VersionRange } from './version-range';

/** One plugin of CoreDNS. */
export interface CorefilePluginRow extends VersionRange {
  /** Words that its block accepts; an argument follows its option after a space ("pods verified"). */
  readonly options: { readonly [option: string]: VersionRange };
}

/** Plugins by their name in a Corefile, in the order in which CoreDNS runs them. */
export type CorefilePluginTable = { readonly [plugin: string]: CorefilePluginRow };
