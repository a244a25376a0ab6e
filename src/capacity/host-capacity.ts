import { Amount, Confidence, derived, Derivation, valueOf } from '../derivation/derivation';

/** A kernel setting with the reason for its value. */
export interface KernelSetting {
  /** Dotted name. */
  readonly key: string;
  readonly value: string;
  readonly why: string;
  readonly source: string;
  /** Where the value is computed from this machine or cluster. */
  readonly derivation?: Derivation;
}

/**
 * Entries of the neighbour (ARP) table: one per machine and per pod of the own node, shared by all network namespaces. The kernel's limit of
 * 1,024 was hit at exactly 1,018 workers; above 8,000 neighbours even 16,384 is small.
 *
 * | neighbours | 1,005 | 5,110 | 9,000   |
 * | hard limit | 16,384 | 16,384 | 100,000 |
 *
 * Source: KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI (AKS; kubernetes-sigs/image-builder#333).
 */
export function neighbourTable(place: string, neighbours: Amount): { soft: Derivation; middle: Derivation; hard: Derivation } {
  const row = (id: string, small: number, large: number) => derived({
    id: `host/${place}/${id}`,
    unit: 'entries',
    words: 'two sizes: up to 8,000 neighbours, and above',
    expression: 'neighbours > 8000 ? large : small',
    inputs: { neighbours, large, small },
    source: 'AKSAB; kubernetes-sigs/image-builder#333',
  });
  return {
    soft: row('neighbour-gc-thresh1', 4096, 80_000),
    middle: row('neighbour-gc-thresh2', 8192, 90_000),
    hard: row('neighbour-gc-thresh3', 16_384, 100_000),
  };
}

/** Neighbours of a machine: every machine of the node range may be one, and so is every pod of the own node. */
export function neighboursOf(place: string, machines: Amount, maxPods: Amount): Derivation {
  return derived({
    id: `host/${place}/neighbours`,
    unit: 'neighbours',
    words: 'all machines and the pods of the own node',
    expression: 'machines + maxPods',
    inputs: { machines, maxPods },
    source: 'KOPS:nodeup/pkg/model/sysctls.go',
  });
}

/**
 * Entries of the connection tracking table. kube-proxy sets it; where eBPF replaces kube-proxy nobody does, and the kernel's value follows
 * memory instead of connections.
 *
 * | cores   | 2       | 4       | 16      | 64        |
 * | entries | 131,072 | 131,072 | 524,288 | 1,048,576 |
 *
 * Source: KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI (KK:pkg/proxy/conntrack/sysctls.go, with the cap of the newest source).
 */
export function conntrackMax(place: string, cores: Amount): Derivation {
  return derived({
    id: `host/${place}/nf-conntrack-max`,
    unit: 'entries',
    words: '32,768 for each core, at least 131,072, at most 1,048,576',
    expression: 'min(1048576, max(131072, 32768 * cores))',
    inputs: { cores },
    source: 'KK:pkg/proxy/conntrack/sysctls.go',
  });
}

/** Open files of the whole machine. */
const FILE_MAX = 2_097_152;

/** Open files of container runtime and kubelet. Source: KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI (kops: fs.file-max 2097152); half of it per service. */
export function openFiles(): Derivation {
  return derived({ id: 'host/limit-nofile', unit: 'files', words: 'half of fs.file-max', expression: 'fileMax / 2', inputs: { fileMax: FILE_MAX }, source: 'KOPS:nodeup/pkg/model/sysctls.go', confidence: Confidence.ESTIMATE });
}

/**
 * Kernel settings of a machine. The six that the kubelet checks are exactly the values it demands; a machine without them does not start a
 * kubelet that protects kernel defaults.
 *
 * Source: KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI; the checked ones from pkg/kubelet/cm/container_manager_linux.go and component-helpers node/util/sysctl.
 */
export function kernelSettings(
  place: string, cores: Amount, neighbours: Derivation, nodePorts: { first: number; last: number }, hostPorts: number[], ipv6: boolean,
): KernelSetting[] {
  const table = neighbourTable(place, neighbours);
  const size = `${neighbours.value} neighbours are ${neighbours.value > 8000 ? 'more than' : 'at most'} 8,000`;
  const arp = ['ipv4', 'ipv6'].flatMap(family => [
    [`net.${family}.neigh.default.gc_thresh1`, table.soft], [`net.${family}.neigh.default.gc_thresh2`, table.middle], [`net.${family}.neigh.default.gc_thresh3`, table.hard],
  ] as Array<[string, Derivation]>);
  const reserved = [...new Set(hostPorts)].sort((a, b) => a - b).map(String);
  const conntrack = conntrackMax(place, cores);
  return [
    ...arp.map(([key, rule]) => setting(key, rule.value, `neighbour table, ${size}`, rule.source, rule)),
    setting('net.netfilter.nf_conntrack_max', conntrack.value, `min(1048576, max(131072, 32768 x ${valueOf(cores)} cores))`, conntrack.source, conntrack),
    ...KUBELET_CHECKED.map(([key, value]) => setting(key, value, 'demanded by the kubelet (protectKernelDefaults)', 'KK:pkg/kubelet/cm/container_manager_linux.go')),
    ...COMMON.map(([key, value, why, source]) => setting(key, value, why, source)),
    // Not on IPv4 clusters: a forwarding machine no longer takes its default route from router advertisements.
    ...(ipv6 ? [setting('net.ipv6.conf.all.forwarding', 1, 'pods reach the network', 'KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI')] : []),
    setting('net.ipv4.ip_local_reserved_ports', [...reserved, `${nodePorts.first}-${nodePorts.last}`].join(','),
      'an outgoing connection must not take the port of a Service or an agent', 'KOPS:nodeup/pkg/model/sysctls.go'),
  ];
}

function setting(key: string, value: string | number, why: string, source: string, derivation?: Derivation): KernelSetting {
  return { key, value: String(value), why, source, derivation };
}

const KUBELET_CHECKED: Array<[key: string, value: number]> = [
  ['vm.overcommit_memory', 1],
  ['vm.panic_on_oom', 0],
  ['kernel.panic', 10],
  ['kernel.panic_on_oops', 1],
  ['kernel.keys.root_maxkeys', 1_000_000],
  ['kernel.keys.root_maxbytes', 25_000_000],
];

const KOPS = 'KOPS:nodeup/pkg/model/sysctls.go';

const COMMON: Array<[key: string, value: string | number, why: string, source: string]> = [
  ['fs.inotify.max_user_instances', 8192, 'every log agent and every kubelet watch takes some', `${KOPS}; EKSAMI`],
  ['fs.inotify.max_user_watches', 524_288, 'watched files of all containers', 'EKSAMI'],
  ['fs.file-max', FILE_MAX, 'open files of the whole machine', KOPS],
  ['vm.max_map_count', 262_144, 'memory maps of search engines and databases in pods', 'KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI'],
  ['kernel.pid_max', 4_194_304, 'processes of 110 pods', 'EKSAMI'],
  ['kernel.softlockup_panic', 1, 'a stuck core restarts the machine instead of holding its pods', KOPS],
  ['net.core.somaxconn', 32_768, 'waiting connections', KOPS],
  ['net.core.netdev_max_backlog', 16_384, 'packets waiting for a core', KOPS],
  ['net.core.rmem_max', 16_777_216, 'socket buffers', KOPS],
  ['net.core.wmem_max', 16_777_216, 'socket buffers', KOPS],
  ['net.ipv4.tcp_rmem', '4096 87380 16777216', 'socket buffers', KOPS],
  ['net.ipv4.tcp_wmem', '4096 87380 16777216', 'socket buffers', KOPS],
  ['net.ipv4.tcp_max_syn_backlog', 8096, 'half-open connections', KOPS],
  ['net.ipv4.tcp_slow_start_after_idle', 0, 'long-lived connections keep their speed', KOPS],
  ['net.ipv4.tcp_tw_reuse', 1, 'outgoing ports come back sooner', KOPS],
  ['net.ipv4.ip_forward', 1, 'pods reach the network', 'KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI'],
  ['net.bridge.bridge-nf-call-iptables', 1, 'needs module br_netfilter', 'KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI'],
  ['net.bridge.bridge-nf-call-ip6tables', 1, 'needs module br_netfilter', 'KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI'],
  // Loose: with an eBPF data plane the answer may leave through another interface than the one the packet came from.
  ['net.ipv4.conf.all.rp_filter', 0, 'the eBPF data plane checks the source itself (bpfEnforceRPF)', 'kops; CAL 3.22-3.23 compared'],
];

/** Modules that the settings and the container runtime need. Source: KOPS:nodeup/pkg/model/sysctls.go; AKSAB; EKSAMI; overlay is containerd's snapshotter. */
export const KERNEL_MODULES = ['br_netfilter', 'nf_conntrack', 'overlay'];

/** Nodes of a pool that join at a time: a tenth, so that a faulty image or setting stops at a tenth (proposal). */
export function largestJoinWave(pool: string, nodes: Amount): Derivation {
  return derived({
    id: `host/${pool}/join-wave`,
    unit: 'nodes',
    words: 'a tenth, at least one',
    expression: 'max(1, floor(nodes / 10))',
    inputs: { nodes },
    source: 'kubernetes-sigs/cluster-api#8112',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Images that a wave of new nodes pulls at the same time: what registry and mirrors have to serve while the wave joins.
 *
 * | nodes of the wave, images at a time | 10, 5 | 100, 5 | 120, 3 |
 * | images                              | 50    | 500    | 360    |
 *
 * Source: derived.
 */
export function pullsOfWave(pool: string, wave: Amount, parallelPulls: Amount): Derivation {
  return derived({
    id: `host/${pool}/pulls-of-a-join-wave`,
    unit: 'images',
    words: 'images that all nodes of a wave pull at a time',
    expression: 'wave * parallelPulls',
    inputs: { wave, parallelPulls },
    source: 'derived',
  });
}

/**
 * Pulls that a wave of new nodes may begin per second: more than a registry that counts requests may take.
 *
 * | nodes of the wave, pulls of one | 10, 5 | 38, 5 | 120, 5 |
 * | pulls/s                         | 50    | 190   | 600    |
 */
export function pullRateOfWave(pool: string, wave: Amount, qps: Amount): Derivation {
  return derived({ id: `host/${pool}/pull-rate-of-a-join-wave`, unit: 'pulls/s', words: 'pulls that all nodes of a wave may begin', expression: 'wave * qps', inputs: { wave, qps }, source: 'derived' });
}
