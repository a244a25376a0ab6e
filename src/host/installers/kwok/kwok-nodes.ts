import { LABELS } from '../../../cluster/labels';
import { NodePool } from '../../../cluster/node-pool';
import { KubeletHost } from '../../kubelet-host';

/** Amounts of a node in the units that the API prints. */
export interface NodeAmounts {
  readonly capacity: { readonly [resource: string]: string };
  readonly allocatable: { readonly [resource: string]: string };
}

interface Amounts { readonly [resource: string]: string }

/** The fields of a kubelet's configuration that lessen what pods may use. */
interface Reservations {
  readonly kubeReserved?: Amounts;
  readonly systemReserved?: Amounts;
  readonly reservedSystemCPUs?: string;
  readonly evictionHard?: Amounts;
  readonly maxPods?: number;
}

/** Nodes of a pool as they would register, without machines. */
export function kwokNodes(pool: NodePool, kubelet: KubeletHost): object[] {
  const { capacity, allocatable } = nodeAmounts(pool, kubelet.props.configuration as Reservations);
  const digits = String(pool.nodes - 1).length;
  return Array.from({ length: pool.nodes }, (_, i) => {
    const name = `${pool.name}-${String(i).padStart(digits, '0')}`;
    const zone = pool.zones.length > 0 ? { 'topology.kubernetes.io/zone': pool.zones[i % pool.zones.length] } : {};
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        // kwok plays the nodes that carry this, and leaves others alone.
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: { ...kubelet.props.nodeLabels, ...zone, [LABELS.hostname]: name, [LABELS.os]: 'linux', 'kubernetes.io/arch': 'amd64' },
      },
      spec: { providerID: `kwok://${name}`, ...(kubelet.props.taints.length > 0 ? { taints: kubelet.props.taints.map(taint => ({ ...taint })) } : {}) },
      status: { capacity, allocatable, nodeInfo: { ...NODE_INFO, kubeletVersion: kubelet.props.release.tag } },
    };
  });
}

/** What the kubelet leaves to pods: capacity without both reservations and the hard eviction threshold of memory. */
export function nodeAmounts(pool: NodePool, kubelet: Reservations): NodeAmounts {
  const cards: { [resource: string]: string } = pool.gpu ? { [pool.gpu.resourceName]: String(pool.gpu.reported) } : {};
  const reservedCpu = kubelet.reservedSystemCPUs === undefined
    ? milli(kubelet.kubeReserved?.cpu) + milli(kubelet.systemReserved?.cpu)
    : 1000 * cpuCount(kubelet.reservedSystemCPUs);
  const reservedMemory = mebi(kubelet.kubeReserved?.memory) + mebi(kubelet.systemReserved?.memory) + mebi(kubelet.evictionHard?.['memory.available']);
  const pods = String(kubelet.maxPods ?? pool.maxPods);
  return {
    capacity: { cpu: String(pool.machine.cpu), memory: `${pool.machine.memoryMebibytes}Mi`, pods, ...cards },
    allocatable: { cpu: `${1000 * pool.machine.cpu - reservedCpu}m`, memory: `${pool.machine.memoryMebibytes - reservedMemory}Mi`, pods, ...cards },
  };
}

// Every field of nodeInfo is required by the API; who reads this one must see that there is no machine.
const NODE_INFO = {
  architecture: 'amd64',
  bootID: '',
  containerRuntimeVersion: '',
  kernelVersion: '',
  kubeProxyVersion: '',
  machineID: '',
  operatingSystem: 'linux',
  osImage: '',
  systemUUID: '',
};


function milli(amount: string | undefined): number {
  if (amount === undefined) { return 0; }
  return amount.endsWith('m') ? Number(amount.slice(0, -1)) : 1000 * Number(amount);
}

const MEMORY_UNITS: { [suffix: string]: number } = { Ki: 1 / 1024, Mi: 1, Gi: 1024 };

function mebi(amount: string | undefined): number {
  if (amount === undefined) { return 0; }
  const [, number, unit] = /^([\d.]+)([KMG]i)$/.exec(amount) ?? [];
  if (unit === undefined) { throw new RangeError(`memory must be in Ki, Mi or Gi to be taken off a fake node, got '${amount}'`); }
  return Number(number) * MEMORY_UNITS[unit];
}

/** Number of CPUs in a list such as `0-1,32-33`. */
function cpuCount(list: string): number {
  return list.split(',').map(range => range.split('-').map(Number)).reduce((sum, [first, last]) => sum + (last ?? first) - first + 1, 0);
}
