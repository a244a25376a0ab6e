import { KubeletSubject } from './kubelet-subject';
import { CpuManager, CpuManagerOption, HugePages, MemoryManager, TopologyManager, TopologyPolicy, TopologyScope } from './resource-managers';
import { reservedThreads } from '../../capacity/kubelet-capacity';
import { Reservations } from '../../capacity/kubelet-reservation-capacity';
import { CPU_MANAGER_CONFLICTS, CPU_MANAGER_OPTIONS, managerOptionProblem, TOPOLOGY_MANAGER_OPTIONS } from '../../catalogue/resource-manager-options';
import { PoolKind } from '../../cluster/node-pool';
import { Derivation, stated } from '../../derivation/derivation';
import { Problems } from '../../input/problems';
import { lineProblem } from '../../input/text-safety';

/** What the user may say about the managers of a kubelet. */
export interface ManagerInput {
  readonly cpuManager?: CpuManager;
  readonly topologyManager?: TopologyManager;
  readonly memoryManager?: MemoryManager;
  readonly hugePages?: HugePages;
  readonly reservedSystemCpus?: string;
  readonly configOverrides?: { readonly [field: string]: unknown };
}

/** Resolved managers of one kubelet. */
export interface ManagerSettings {
  /** Undefined without static CPU manager. */
  readonly cpu?: { readonly reserved: string; readonly options: CpuManagerOption[] };
  /** Undefined where the topology manager is off. */
  readonly topology?: { readonly policy: TopologyPolicy; readonly scope?: TopologyScope; readonly options: { readonly [option: string]: string } };
  /** MiB withheld from each NUMA node, in their order; undefined without static memory manager. */
  readonly reservedMemory?: number[];
  readonly hugePages?: HugePages;
  readonly derivations: Derivation[];
  readonly notes: string[];
}

/** The topology manager enumerates every combination of NUMA nodes and refuses to start above this. Source: pkg/kubelet/cm/topologymanager. */
const MAX_NUMA_NODES = 8;

export function managerSettings(
  subject: KubeletSubject, input: ManagerInput, reserved: Reservations, withheld: Derivation, problems: Problems,
): ManagerSettings {
  const { name, machine, kind, title, release } = subject;
  const gates = asMap(input.configOverrides?.featureGates);
  const cpuManager = input.cpuManager ?? (kind === PoolKind.COMPUTE ? CpuManager.exclusive() : CpuManager.shared());
  const threads = cpuManager.isExclusive ? reservedThreads(name, machine.threadsPerCore, reserved.kubeCpu, reserved.systemCpu) : undefined;
  checkReservedCpus(input.reservedSystemCpus, cpuManager, subject, problems);
  problems.require(threads === undefined || threads.value < machine.cpu,
    `cpuManager: ${threads?.value} of ${machine.cpu} CPUs are kept for the system, no core is left for pods; use a larger machine or CpuManager.shared()`);
  const options = cpuOptions(subject, cpuManager);
  for (const option of options) {
    const problem = managerOptionProblem(CPU_MANAGER_OPTIONS, option, release.version, gates);
    if (problem !== undefined) { problems.add(`cpuManager: ${problem}`); }
  }
  for (const [one, other] of CPU_MANAGER_CONFLICTS) {
    problems.require(!options.some(option => option === one) || !options.some(option => option === other), `cpuManager: the kubelet refuses '${one}' together with '${other}'; keep one`);
  }
  const topology = topologyOf(subject, input.topologyManager, gates, problems);
  problems.require(topology?.policy !== TopologyPolicy.SINGLE_NUMA_NODE || !options.includes(CpuManagerOption.ALIGN_BY_SOCKET),
    `cpuManager: the kubelet refuses '${CpuManagerOption.ALIGN_BY_SOCKET}' together with topology policy ${TopologyPolicy.SINGLE_NUMA_NODE}; keep one`);

  const memoryManager = input.memoryManager ?? (kind === PoolKind.MEMORY ? MemoryManager.STATIC : MemoryManager.NONE);
  const pages = input.hugePages;
  problems.require(pages === undefined || withheld.value + pages.mebibytes < machine.memoryMebibytes,
    `hugePages take ${pages?.mebibytes} MiB and ${withheld.value} MiB are withheld, of a machine with ${machine.memoryMebibytes} MiB; use fewer pages or a larger machine`);
  const static_ = memoryManager === MemoryManager.STATIC;
  const list = threads && (input.reservedSystemCpus ?? cpuList(machine._firstThreads(threads.value)));
  return {
    cpu: list === undefined ? undefined : { reserved: list, options },
    topology,
    reservedMemory: static_ ? spread(withheld.value, machine.numaNodes) : undefined,
    hugePages: pages,
    derivations: [
      ...(threads ? [threads] : []),
      ...(pages ? [stated(`kubelet/${name}/huge-pages`, pages.mebibytes, 'MiB', 'memory set aside as huge pages')] : []),
    ],
    notes: [
      ...(input.topologyManager === undefined && aligned(kind) && machine.numaNodes > MAX_NUMA_NODES
        ? [`${title}: the topology manager is left off, it refuses machines with more than ${MAX_NUMA_NODES} NUMA nodes`] : []),
      ...(list !== undefined && input.reservedSystemCpus === undefined && machine.threadNumbers === undefined
        ? [`${title}: CPUs ${list} are reserved; where the siblings of a core have other numbers, name them in reservedSystemCpus or say threadNumbers of the machine`] : []),
      ...(options.includes(CpuManagerOption.FULL_CORES) && machine.threadsPerCore > 1
        ? [`${title}: Guaranteed pods that ask for a number of CPUs which is no multiple of ${machine.threadsPerCore} are refused with SMTAlignmentError`] : []),
      ...(topology !== undefined && (topology.policy === TopologyPolicy.SINGLE_NUMA_NODE || topology.policy === TopologyPolicy.RESTRICTED)
        ? [`${title}: pods that ${topology.policy} cannot place fail with TopologyAffinityError, since the scheduler does not see NUMA nodes; their owner has to make new ones`] : []),
      ...(topology !== undefined && topology.policy !== TopologyPolicy.BEST_EFFORT && !cpuManager.isExclusive && !static_ && subject.pool?.gpu === undefined
        ? [`${title}: topology policy ${topology.policy} has no effect without static CPU manager, static memory manager or devices`] : []),
    ],
  };
}

function cpuOptions({ machine, release }: KubeletSubject, manager: CpuManager): CpuManagerOption[] {
  if (!manager.isExclusive || manager.options.length > 0) { return [...new Set(manager.options)].sort(); }
  const usable = managerOptionProblem(CPU_MANAGER_OPTIONS, CpuManagerOption.FULL_CORES, release.version) === undefined;
  return usable && machine.threadsPerCore > 1 ? [CpuManagerOption.FULL_CORES] : [];
}

function aligned(kind: PoolKind): boolean {
  return kind === PoolKind.COMPUTE || kind === PoolKind.GPU;
}

function topologyOf(
  { kind, machine, release }: KubeletSubject, given: TopologyManager | undefined, gates: { readonly [gate: string]: unknown }, problems: Problems,
): ManagerSettings['topology'] {
  const tooMany = machine.numaNodes > MAX_NUMA_NODES;
  if (given === undefined) { return aligned(kind) && !tooMany ? { policy: TopologyPolicy.BEST_EFFORT, options: {} } : undefined; }
  if (given.policy === TopologyPolicy.NONE) { return undefined; }
  const wanted = [
    ...(given.preferClosest ? [['prefer-closest-numa-nodes', 'true']] : []),
    ...(tooMany ? [['max-allowable-numa-nodes', String(machine.numaNodes)]] : []),
  ];
  for (const [option] of wanted) {
    const problem = managerOptionProblem(TOPOLOGY_MANAGER_OPTIONS, option, release.version, gates);
    if (problem !== undefined) { problems.add(`topologyManager: ${problem}`); }
  }
  return { policy: given.policy, scope: given.scope, options: Object.fromEntries(wanted) };
}

const CPU_LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;

function checkReservedCpus(list: string | undefined, manager: CpuManager, { title, machine }: KubeletSubject, problems: Problems): void {
  if (list === undefined) { return; }
  problems.require(manager.isExclusive,
    `reservedSystemCpus is set, but ${title} has no static CPU manager; leave it out, or use PoolKind.COMPUTE or cpuManager: CpuManager.exclusive()`);
  const line = lineProblem('reservedSystemCpus', list);
  if (line !== undefined || !CPU_LIST.test(list)) {
    problems.add(line ?? `reservedSystemCpus must be CPU numbers such as 0,32 or 0-1, got '${list}'`);
    return;
  }
  const named = new Set<number>();
  for (const range of list.split(',')) {
    const [first, last = first] = range.split('-').map(Number);
    if (first > last || last >= machine.cpu) {
      problems.add(`reservedSystemCpus '${range}' must be rising numbers below ${machine.cpu}, the CPUs of the machine`);
      return;
    }
    for (let cpu = first; cpu <= last; cpu++) { named.add(cpu); }
  }
  problems.require(named.size < machine.cpu, `reservedSystemCpus '${list}' are all ${machine.cpu} CPUs of the machine, no core is left for pods`);
  if (machine.threadNumbers === undefined) { return; }
  const missing = [...named].flatMap(cpu => machine._threadsOfCoreWith(cpu)).filter(cpu => !named.has(cpu));
  problems.require(missing.length === 0, `reservedSystemCpus '${list}' must be whole cores; name the other threads ${[...new Set(missing)].sort((a, b) => a - b).join(',')} as well`);
}

/** `0-1,32-33` */
function cpuList(cpus: number[]): string {
  const runs: Array<[first: number, last: number]> = [];
  for (const cpu of cpus) {
    const run = runs[runs.length - 1];
    if (run !== undefined && run[1] === cpu - 1) { run[1] = cpu; } else { runs.push([cpu, cpu]); }
  }
  return runs.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** Equal shares, the first ones larger by what is left, so that they add up exactly: the memory manager refuses a difference of one byte. */
function spread(total: number, parts: number): number[] {
  const share = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, i) => share + (i < total - share * parts ? 1 : 0));
}

function asMap(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? value as { [key: string]: unknown } : {};
}
