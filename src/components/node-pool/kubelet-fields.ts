/** Fields of a KubeletConfiguration. */
export interface KubeletFields {
  readonly [field: string]: unknown;
}
