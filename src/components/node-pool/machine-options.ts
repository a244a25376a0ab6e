import { Size } from 'cdk8s';
import { Containerd } from './containerd';

/** What a machine does with swap. */
export enum NodeSwap {
  /** None: it is switched off before the kubelet starts, which would refuse to otherwise. */
  OFF = 'off',
  /** Pods that are neither Guaranteed nor critical may be swapped, in proportion to their request. From 1.30 on, cgroup v2 only. */
  LIMITED = 'limited',
}

/** What can be set about the operating system under a kubelet. */
export interface MachineOptions {
  /**
   * Settings of the container runtime.
   *
   * @default Containerd.ofMachineImage()
   */
  readonly containerd?: Containerd;

  /**
   * What the machine does with swap.
   *
   * @default - left to the machine image; the kubelet refuses to start where swap is on
   * @see fields `failSwapOn` and `memorySwap` of KubeletConfiguration
   */
  readonly swap?: NodeSwap;

  /**
   * Disk that the journal may take. Kubelet and runtime write to it; on a small root disk the default of a tenth of the disk, up to 4 GiB,
   * is more than eviction leaves free.
   *
   * @default - left to the machine image
   */
  readonly journalSize?: Size;

  /**
   * Time servers, by name or address, for systemd-timesyncd. Certificates and leases compare clocks.
   *
   * @default - left to the machine image
   */
  readonly timeServers?: string[];

  /**
   * Images that are on the disk before the kubelet starts: pause and network at least, so that a throttled registry does not keep a node
   * from its first pod. Pulled by `ctr` through the mirrors of `containerd`, a few seconds each, at boot.
   *
   * @default - none
   */
  readonly preloadedImages?: string[];
}
