/** Whether names such as `10-0-0-7.shop.pod.cluster.local` are answered, and from what. */
export enum PodNames {
  /** Every name whose address is well-formed, as kube-dns did: nothing is looked up, so nothing is watched. */
  INSECURE = 'insecure',
  /** None. Certificates for such names are then worthless, which is what a cluster without users of these names wants. */
  DISABLED = 'disabled',
  /**
   * Only those of pods that exist. Every replica watches and keeps every pod of the cluster: about four times the memory by pods, and a share of the API
   * server's watch traffic for names that nearly nobody asks for.
   */
  VERIFIED = 'verified',
}

/** Whether every replica holds every pod. */
export function watchesPods(podNames: PodNames): boolean {
  return podNames === PodNames.VERIFIED;
}
