import { VersionRange } from './version-range';

/** What a configuration field holds. A quantity is a number with a unit such as "10Mi". */
export type FieldKind = 'string' | 'integer' | 'float' | 'boolean' | 'duration' | 'quantity' | 'list' | 'map' | 'object';

/** One field of a configuration file. */
export interface ConfigurationFieldRow extends VersionRange {
  readonly kind: FieldKind;

  /** Versions inside the range that lack the field all the same. */
  readonly absentIn?: readonly string[];
}

/** Fields by dotted path. */
export type ConfigurationFieldTable = { readonly [path: string]: ConfigurationFieldRow };
