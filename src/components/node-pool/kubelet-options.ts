import { Duration, Size } from 'cdk8s';
import { KubeletConfigurationForm } from './kubelet-configuration-form';
import { MachineOptions } from './machine-options';
import { CpuManager, HugePages, MemoryManager, TopologyManager } from './resource-managers';
import { ReservationRule } from '../../capacity/kubelet-reservation-capacity';
import { NodeTaint } from '../../cluster/node-pool';

/** Time that pods of a priority and above have when their machine shuts down. */
export interface ShutdownPriority {
  /** Least value of a PriorityClass that this time is for. */
  readonly priority: number;

  /** How long they have. */
  readonly gracePeriod: Duration;
}

/** What can be set about the kubelets of a pool. */
export interface KubeletOptions extends MachineOptions {
  /**
   * Memory withheld from pods for kubelet and container runtime.
   *
   * @default - derived, see `kubelet/<pool>/kube-reserved-memory`
   * @see field `kubeReserved` of KubeletConfiguration
   */
  readonly kubeReservedMemory?: Size;

  /**
   * Memory withheld from pods for the operating system.
   *
   * @default - derived, see `kubelet/<pool>/system-reserved-memory`
   * @see field `systemReserved` of KubeletConfiguration
   */
  readonly systemReservedMemory?: Size;

  /**
   * Free memory below which pods are evicted; withheld from pods as well.
   *
   * @default - derived, see `kubelet/<pool>/eviction-memory`
   * @see field `evictionHard` of KubeletConfiguration
   */
  readonly evictionMemory?: Size;

  /**
   * The rule by which CPU and memory are withheld from pods. Providers' rules hold the operating system too, so nothing is added to them;
   * above 15 % of the machine the construct says so.
   *
   * @default ReservationRule.LARGER
   * @see fields `kubeReserved` and `systemReserved` of KubeletConfiguration
   */
  readonly reservations?: ReservationRule;

  /**
   * Whether containers can have cores of their own. A change needs a drain.
   *
   * @default - CpuManager.exclusive() for compute pools, else CpuManager.shared()
   * @see fields `cpuManagerPolicy` and `cpuManagerPolicyOptions` of KubeletConfiguration
   */
  readonly cpuManager?: CpuManager;

  /**
   * CPUs that are kept for the system beside a static CPU manager, as a list such as `0,32`. Name all hardware threads of each core.
   *
   * @default - the first cores, as many threads as derived, see `kubelet/<pool>/reserved-system-cpus`
   * @see field `reservedSystemCPUs` of KubeletConfiguration
   */
  readonly reservedSystemCpus?: string;

  /**
   * Whether cores, memory and devices of a pod come from one NUMA node.
   *
   * @default - best-effort for compute and GPU pools of at most 8 NUMA nodes, else off
   * @see fields `topologyManagerPolicy`, `topologyManagerScope` and `topologyManagerPolicyOptions` of KubeletConfiguration
   */
  readonly topologyManager?: TopologyManager;

  /**
   * Whether memory of Guaranteed pods is bound to NUMA nodes. What is withheld is spread over them, to the byte. A change needs a drain.
   *
   * @default - MemoryManager.STATIC for memory pools, else MemoryManager.NONE
   * @see fields `memoryManagerPolicy` and `reservedMemory` of KubeletConfiguration
   */
  readonly memoryManager?: MemoryManager;

  /**
   * Memory that is set aside as huge pages at boot, by a unit before the kubelet; spread over NUMA nodes.
   *
   * @default - none
   */
  readonly hugePages?: HugePages;

  /**
   * Images a node pulls at a time. More makes one node faster and a rollout on all of them heavier for the registry. Used from 1.27 on;
   * older kubelets pull one after the other.
   *
   * @default - derived, see `kubelet/<pool>/max-parallel-image-pulls`
   * @see field `maxParallelImagePulls` of KubeletConfiguration
   */
  readonly maxParallelImagePulls?: number;

  /**
   * Processes of one pod.
   *
   * @default - derived, see `kubelet/<pool>/pod-pids-limit`
   * @see field `podPidsLimit` of KubeletConfiguration
   */
  readonly podPidsLimit?: number;

  /**
   * Time for ending pods when the machine shuts down; the last third of it belongs to critical pods.
   *
   * @default - derived, see `kubelet/<pool>/shutdown-grace-period`
   * @see field `shutdownGracePeriod` of KubeletConfiguration
   */
  readonly shutdownGracePeriod?: Duration;

  /**
   * Time for ending pods by priority, instead of `shutdownGracePeriod`: the classes are ended one after the other, lowest first. From 1.24 on.
   *
   * @default - two classes, see `shutdownGracePeriod`
   * @see field `shutdownGracePeriodByPodPriority` of KubeletConfiguration
   */
  readonly shutdownByPriority?: ShutdownPriority[];

  /**
   * Taints that a new node carries until its agents run. Whoever knows that they do has to remove them (Node Readiness Controller, or a
   * controller of yours): a kubelet cannot. Nodes of a group that grows by an autoscaler are told apart by the prefix
   * `startup-taint.cluster-autoscaler.kubernetes.io/`.
   *
   * @default - none
   * @see field `registerWithTaints` of KubeletConfiguration
   */
  readonly startupTaints?: NodeTaint[];

  /**
   * KubeletConfiguration that the machines have today, as an object. It is read strictly: a field the release does not know is refused. Its
   * values win over derived ones; fields that the construct owns stay ours, with a note for each difference.
   *
   * @default - none
   */
  readonly existingConfiguration?: { [field: string]: any };

  /**
   * Where the configuration lies: one file, or a fragment beside those of the machine image. Only installers that write the kubelet's unit
   * themselves can choose; kubeadm merges by patch.
   *
   * @default KubeletConfigurationForm.WHOLE_FILE
   */
  readonly configurationForm?: KubeletConfigurationForm;

  /**
   * Further fields of KubeletConfiguration by name; each replaces ours as a whole. Names are checked against the pool's release (the
   * kubelet itself ignores a misspelt one); fields the construct owns are refused.
   *
   * @default - none
   */
  readonly configOverrides?: { [field: string]: any };

  /**
   * Further kernel settings by dotted name; they replace ours.
   *
   * @default - none
   */
  readonly extraSysctls?: { [key: string]: string };
}
