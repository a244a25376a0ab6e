/** What a changed field asks of a node that runs with the old value; a restart of the kubelet is the least. */
export interface KubeletChangeRow {
  /** `restart`: enough, but pods that run already keep the old value. */
  readonly needs: 'restart' | 'drain' | 'drain and remove state';
  readonly why: string;
  readonly source: string;
  /** File below the kubelet's folder that has to go. @default - none */
  readonly stateFile?: string;
  /** What the kubelet takes where the field is not there. @default - nothing: any value is a change */
  readonly unset?: string | number | boolean;
  /** Whether only a smaller number asks for it; a larger one is a restart. @default false */
  readonly whenLower?: boolean;
}

const CPU_STATE = { needs: 'drain and remove state', stateFile: 'cpu_manager_state' } as const;
const MEMORY_STATE = { needs: 'drain and remove state', stateFile: 'memory_manager_state' } as const;
const NEW_PODS_ONLY = 'pods that run already keep what they were started with';
const LESS_ROOM = 'the kubelet admits all pods again when it starts, and ends those that no longer fit';

/**
 * Fields of KubeletConfiguration whose change needs more than a restart, or reaches new pods only. Every other field is read when the kubelet
 * starts, and that is all.
 *
 * Source: pkg/kubelet of 1.37.2, the files in the rows; gardener/gardener docs/usage/shoot-operations/shoot_updates.md rolls nodes for reservations,
 * eviction and the CPU manager, too.
 */
export const KUBELET_CHANGES = {
  cgroupDriver: { needs: 'drain', why: 'cgroups of the old driver stay and are counted beside the new ones; the container runtime changes with it', source: 'WEB:docs/tasks/administer-cluster/kubeadm/configure-cgroup-driver', unset: 'cgroupfs' },
  cgroupRoot: { needs: 'drain', why: 'pods stay below the old cgroup', source: 'KK:pkg/kubelet/cm/container_manager_linux.go' },
  cgroupsPerQOS: { needs: 'drain', why: 'pods stay below the old cgroup', source: 'KK:pkg/kubelet/cm/container_manager_linux.go', unset: true },
  clusterDNS: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KK:pkg/kubelet/network/dns/dns.go' },
  clusterDomain: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KK:pkg/kubelet/network/dns/dns.go' },
  containerRuntimeEndpoint: { needs: 'drain', why: 'the new runtime does not know the containers of the old one', source: 'WEB:docs/tasks/administer-cluster/migrating-from-dockershim' },
  cpuManagerPolicy: { ...CPU_STATE, why: 'the kubelet does not start beside the state of another policy', source: 'KK:pkg/kubelet/cm/cpumanager/state/state_checkpoint.go', unset: 'none' },
  cpuManagerPolicyOptions: { ...CPU_STATE, why: 'containers keep cores that the new options would not give, and with strict-cpu-reservation the kubelet does not start', source: 'KK:pkg/kubelet/cm/cpumanager/policy_static.go' },
  evictionHard: { needs: 'drain', why: `memory.available is withheld from pods: ${LESS_ROOM}`, source: 'KK:pkg/kubelet/cm/node_container_manager_linux.go' },
  kubeReserved: { needs: 'drain', why: LESS_ROOM, source: 'KK:pkg/kubelet/kubelet.go (HandlePodAdditions)' },
  maxPods: { needs: 'drain', why: LESS_ROOM, source: 'KK:pkg/kubelet/kubelet.go (HandlePodAdditions)', unset: 110, whenLower: true },
  memoryManagerPolicy: { ...MEMORY_STATE, why: 'the kubelet does not start beside the state of another policy', source: 'KK:pkg/kubelet/cm/memorymanager/state/state_checkpoint.go', unset: 'None' },
  memorySwap: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KEP-2400' },
  podPidsLimit: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KK:pkg/kubelet/cm/pod_container_manager_linux.go', unset: -1 },
  podsPerCore: { needs: 'drain', why: LESS_ROOM, source: 'KK:pkg/kubelet/kubelet.go (HandlePodAdditions)', unset: 0 },
  registerWithTaints: { needs: 'restart', why: 'only a node that is new registers with them: set the taints of nodes that are there with kubectl', source: 'KK:pkg/kubelet/kubelet_node_status.go' },
  reservedMemory: { ...MEMORY_STATE, why: 'the kubelet does not start when the sums differ from those of its state', source: 'KK:pkg/kubelet/cm/memorymanager/policy_static.go' },
  reservedSystemCPUs: { ...CPU_STATE, why: 'the kubelet does not start when a container owns a core that is to be reserved', source: 'KK:pkg/kubelet/cm/cpumanager/policy_static.go' },
  resolvConf: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KK:pkg/kubelet/network/dns/dns.go' },
  systemReserved: { needs: 'drain', why: LESS_ROOM, source: 'KK:pkg/kubelet/kubelet.go (HandlePodAdditions)' },
  topologyManagerPolicy: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KK:pkg/kubelet/cm/topologymanager/topology_manager.go', unset: 'none' },
  topologyManagerPolicyOptions: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KK:pkg/kubelet/cm/topologymanager/topology_manager.go' },
  topologyManagerScope: { needs: 'restart', why: NEW_PODS_ONLY, source: 'KK:pkg/kubelet/cm/topologymanager/topology_manager.go', unset: 'container' },
} as const satisfies { readonly [field: string]: KubeletChangeRow };

/** The row of a field; undefined where a restart is all that it takes. */
export function kubeletChangeRow(field: string): KubeletChangeRow | undefined {
  return Object.hasOwn(KUBELET_CHANGES, field) ? KUBELET_CHANGES[field as keyof typeof KUBELET_CHANGES] : undefined;
}

/** What a newer kubelet asks of its node. Source: WEB:releases/version-skew-policy (a minor is not changed under running pods). */
export const KUBELET_UPGRADE = { minor: 'drain', patch: 'restart' } as const;
