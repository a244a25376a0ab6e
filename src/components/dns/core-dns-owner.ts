/** CoreDNS of somebody else. */
export interface OtherCoreDns {
  /**
   * Who it is, for messages: `EKS`, `kOps`.
   *
   * @default somebody else
   */
  readonly name?: string;

  /**
   * Labels of its pods in kube-system.
   *
   * @default { 'k8s-app': 'kube-dns' } - those of kubeadm, EKS, AKS and GKE
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Port of its pods that answers DNS over UDP and TCP.
   *
   * @default 53
   */
  readonly port?: number;
}

/**
 * Who installs CoreDNS and brings it to a new version. Two that do so overwrite each other at every upgrade: a cluster of a thousand nodes lost DNS
 * when an upgrade put the memory limit back.
 */
export class CoreDnsOwner {
  /**
   * This construct, whole: Deployment, Corefile, Service, rights. The installers here switch kubeadm's addon off (`dns.disabled`, from Kubernetes 1.31;
   * before that the phase `addon/coredns` is skipped, also at every upgrade).
   */
  public static construct(): CoreDnsOwner {
    return new CoreDnsOwner('construct', undefined);
  }

  /**
   * kubeadm, with the numbers of this construct: its Deployment is patched at `init` and at every upgrade by a file on the control-plane machines, and the
   * Corefile, which kubeadm keeps when it is not its own, is written here. Autoscaler, disruption budget and caches stay ours. Needs Kubernetes 1.31 and
   * the installer kubeadm. kubeadm writes the Service `kube-dns` anew at every upgrade: apply the manifests again after each, `runbooks/dns-upgrade.md` has
   * the check.
   */
  public static kubeadm(): CoreDnsOwner {
    return new CoreDnsOwner('kubeadm', undefined);
  }

  /**
   * Somebody else, such as the add-on of a managed cluster: it is left alone. Caches, their Service and the alerts are written; sizes and Corefile are
   * theirs.
   */
  public static other(dns: OtherCoreDns = {}): CoreDnsOwner {
    return new CoreDnsOwner('other', dns);
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'construct' | 'kubeadm' | 'other',
    /** @internal */
    public readonly _other: OtherCoreDns | undefined,
  ) {}
}
