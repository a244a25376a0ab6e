/** How a raw volume is made blank between two claims. File systems are emptied by deleting their files. */
export enum BlockCleaning {
  /** Discard all blocks: seconds. Most SSDs read zeros afterwards; what yours does stands in its data sheet (DLFEAT, DRAT and RZAT). */
  DISCARD = 'discard',
  /** Overwrite with zeros once: minutes for each terabyte. */
  ZERO = 'zero',
  /** Overwrite three times: hours. */
  SHRED = 'shred',
}
