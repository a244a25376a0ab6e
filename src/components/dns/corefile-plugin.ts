/** A line inside the block of a plugin. */
export interface CorefileOption {
  /** First word of the line, such as `ttl`. */
  readonly name: string;

  /**
   * Further words.
   *
   * @default - none
   */
  readonly args?: string[];
}

/** A plugin of a server block, as it stands in a Corefile. */
export interface CorefilePlugin {
  /** Name of the plugin, such as `template`. It is checked against the CoreDNS version. */
  readonly name: string;

  /**
   * Words behind the name.
   *
   * @default - none
   */
  readonly args?: string[];

  /**
   * Lines of its block. Their names are checked against the CoreDNS version, where the plugin has names and not rules of its own.
   *
   * @default - no block
   */
  readonly options?: CorefileOption[];
}
