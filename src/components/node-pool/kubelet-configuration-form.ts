/** Where a kubelet's configuration lies. */
export enum KubeletConfigurationForm {
  /** One file, `/var/lib/kubelet/config.yaml`. */
  WHOLE_FILE = 'whole-file',
  /**
   * A fragment in `/etc/kubernetes/kubelet.conf.d`. The kubelet reads the folder in the order of names, so fragments of the machine image
   * with lower numbers lie under ours. From 1.30 on; lists are replaced, not merged.
   */
  DROP_IN = 'drop-in',
}
