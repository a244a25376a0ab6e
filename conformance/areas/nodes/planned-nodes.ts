import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { form } from './forms';
import { Scene } from '../../scene';

/** A pool of the cluster in forms.ts, told again by hand. */
interface Described { readonly nodes: number; readonly cpu: number; readonly gibibytes: number; readonly cards?: number; readonly zones?: string[] }

const DESCRIBED: { readonly [pool: string]: Described } = {
  compute: { nodes: 128, cpu: 64, gibibytes: 128 },
  memory: { nodes: 256, cpu: 32, gibibytes: 512 },
  gpu: { nodes: 32, cpu: 32, gibibytes: 128, cards: 4 },
  general: { nodes: 784, cpu: 16, gibibytes: 64, zones: ['a', 'b', 'c'] },
};

const POOL = 'thousand-node.io/pool';
const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
/** What a kubelet sets by itself, and the controller manager after it. */
const OF_OTHERS = [HOSTNAME, 'kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch'];

export interface Taint { readonly key: string; readonly value?: string; readonly effect: string }

/** Amounts as numbers: millicores, bytes, pieces. */
export interface Amounts { readonly [resource: string]: number }

/** What a kubelet with the pool's files registers on the pool's machines. */
export interface PlannedNode {
  readonly pool: string;
  readonly nodes: number;
  readonly zones: string[];
  readonly labels: { readonly [key: string]: string };
  readonly taints: Taint[];
  readonly capacity: Amounts;
  readonly allocatable: Amounts;
}

/**
 * From the kubelet's files of the plain form: allocatable is capacity without both reservations and the hard eviction threshold, and CPUs
 * that are reserved by number replace the CPU of both reservations (pkg/kubelet/cm/node_container_manager_linux.go and
 * cmd/kubelet/app/server.go of Kubernetes).
 */
export function plannedNodes(scene: Scene): PlannedNode[] {
  return Object.entries(DESCRIBED).map(([pool, { nodes, cpu, gibibytes, cards, zones }]) => {
    const of = (file: string) => fs.readFileSync(path.join(form(scene, 'plain'), 'pools', pool, file), 'utf8');
    const configuration = parse(of('var/lib/kubelet/config.yaml'));
    const labels = /--node-labels=([^\s"]+)/.exec(of('etc/systemd/system/kubelet.service'))![1];
    const capacity = { cpu: cpu * 1000, memory: gibibytes * 1024 ** 3, pods: configuration.maxPods, ...(cards === undefined ? {} : { 'nvidia.com/gpu': cards }) };
    const { kubeReserved = {}, systemReserved = {}, evictionHard = {}, reservedSystemCPUs } = configuration;
    const reservedCpu = reservedSystemCPUs === undefined ? millicores(kubeReserved.cpu) + millicores(systemReserved.cpu) : 1000 * listed(reservedSystemCPUs);
    const threshold = String(evictionHard['memory.available']);
    const kept = threshold.endsWith('%') ? capacity.memory * parseFloat(threshold) / 100 : bytes(threshold);
    return {
      pool,
      nodes,
      zones: zones ?? [],
      labels: Object.fromEntries(labels.split(',').map(pair => pair.split('=') as [string, string])),
      taints: configuration.registerWithTaints ?? [],
      capacity,
      allocatable: { ...capacity, cpu: capacity.cpu - reservedCpu, memory: capacity.memory - bytes(kubeReserved.memory) - bytes(systemReserved.memory) - kept },
    };
  });
}

/** What a node of the API server has that its pool does not plan, or the other way round. */
export function unplanned(node: any, plan: PlannedNode[]): string[] {
  const { name, labels } = node.metadata;
  const planned = plan.find(({ pool }) => pool === labels[POOL]);
  if (planned === undefined) { return [`${name}: no pool ${labels[POOL]}`]; }
  const own = Object.fromEntries(Object.entries(labels).filter(([key]) => !OF_OTHERS.includes(key) && key !== ZONE));
  const taints = (list: Taint[]) => list.map(taint => `${taint.key}=${taint.value ?? ''}:${taint.effect}`).sort().join();
  const zoneIsRight = planned.zones.length === 0 ? labels[ZONE] === undefined : planned.zones.includes(labels[ZONE]);
  return [
    ...(text(own) === text(planned.labels) && zoneIsRight && labels[HOSTNAME] === name ? [] : [`labels ${JSON.stringify(labels)}`]),
    ...(taints(node.spec.taints ?? []) === taints(planned.taints) ? [] : [`taints ${taints(node.spec.taints ?? [])}`]),
    ...(['capacity', 'allocatable'] as const).flatMap(kind => {
      const is = amounts(node.status[kind]);
      return [...new Set([...Object.keys(is), ...Object.keys(planned[kind])])].filter(resource => is[resource] !== planned[kind][resource])
        .map(resource => `${kind} of ${resource} ${is[resource]}, planned ${planned[kind][resource]}`);
    }),
  ].map(problem => `${name}: ${problem}`);
}

/** Whether pods may go there: ready, and no taint by condition left. */
export function schedulable(node: any): boolean {
  const ready = (node.status.conditions ?? []).some((condition: any) => condition.type === 'Ready' && condition.status === 'True');
  return ready && !(node.spec.taints ?? []).some((taint: Taint) => taint.key.startsWith('node.kubernetes.io/'));
}

function amounts(list: { [resource: string]: string }): Amounts {
  return Object.fromEntries(Object.entries(list).map(([resource, amount]) => [resource, resource === 'cpu' ? millicores(amount) : resource === 'memory' ? bytes(amount) : Number(amount)]));
}

function millicores(amount: string | undefined): number {
  return amount === undefined ? 0 : amount.endsWith('m') ? Number(amount.slice(0, -1)) : 1000 * Number(amount);
}

function bytes(amount: string | undefined): number {
  if (amount === undefined) { return 0; }
  const [, number, unit] = /^(\d+)(|Ki|Mi|Gi)$/.exec(amount) ?? [];
  return Number(number) * 1024 ** ['', 'Ki', 'Mi', 'Gi'].indexOf(unit);
}

/** How many CPUs a list such as 0-1,32-33 has. */
function listed(list: string): number {
  return list.split(',').map(part => part.split('-').map(Number)).reduce((sum, [first, last = first]) => sum + last - first + 1, 0);
}

function text(table: { readonly [key: string]: unknown }): string {
  return Object.keys(table).sort().map(key => `${key}=${table[key]}`).join();
}
