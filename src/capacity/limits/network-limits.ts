import { NODE_PORT_RANGE } from '../../cluster/ports';
import { Confidence, derived, Derivation } from '../../derivation/derivation';
import { addressLimits, addressRoom } from '../address-capacity';
import { FULL_MESH_NODES, typhaClients, typhaReplicas } from '../calico-capacity';
import { LimitChange } from '../limit';
import { bound, GrowingLimit, LimitContext, LimitRow, need } from './limit-row';

const FELIX = 'CAL@v3.32.0 felix/config/config_params.go';

/** Ranges of the network plan; their use at another size is asked of the plan again. */
export function rangeLimits({ cluster, plan }: LimitContext): GrowingLimit[] {
  return plan === undefined ? [] : addressLimits(cluster, plan).map(limit => ({
    ...limit,
    useAt: (nodes: number) => addressRoom(cluster, plan, nodes).ranges.find(({ range }) => limit.id.endsWith(`/${range.field}`))!.used,
  }));
}

/** Ports, tables of the kernel, and maps of the eBPF data plane. */
export function networkLimits(context: LimitContext): LimitRow[] {
  const { cluster, plan } = context;
  const map = (id: string, title: string, use: LimitRow['use'], consequence: string): LimitRow => ({
    id: `bpf-map-${id}`,
    title: `Calico: ${title}`,
    capacity: context.find(`calico/bpf-map-${id}`),
    use,
    consequence,
    remedy: wanted => `raise the size of the map to the next power of two above twice ${need(wanted)}; a changed size makes a new map, so node by node`,
    change: LimitChange.ROLLOUT,
  });
  return [
    {
      id: 'node-ports',
      title: 'node ports of Services of type LoadBalancer',
      capacity: bound('node-ports', NODE_PORT_RANGE.last - NODE_PORT_RANGE.first + 1, 'ports', `${NODE_PORT_RANGE.first} to ${NODE_PORT_RANGE.last}, upstream's default`, 'WEB:docs/concepts/services-networking/service'),
      use: ({ fleet: { services } }) => nodePorts(services),
      consequence: 'no further Service of type LoadBalancer or NodePort can be made',
      remedy: () => 'set allocateLoadBalancerNodePorts: false on Services whose load balancer reaches pods directly, or send them through few gateways',
      change: LimitChange.ONLINE,
    },
    {
      id: 'neighbour-table',
      title: 'kernel: entries of the neighbour (ARP) table of a node',
      capacity: context.smallest(/^host\/(.+\/)?neighbour-gc-thresh3$/),
      use: ({ fleet: { machines, largestMaxPods } }) => derived({
        id: 'host/neighbours', unit: 'entries', words: 'all machines and the pods of the own node', expression: 'machines + maxPods', inputs: { machines, maxPods: largestMaxPods }, source: 'kubernetes-sigs/image-builder#333',
      }),
      consequence: 'the node can no longer reach machines that it does not know yet, at random',
      remedy: wanted => `write the host files again for the larger size: net.ipv4.neigh.default.gc_thresh3 above ${need(wanted)}`,
      change: LimitChange.ROLLOUT,
    },
    map('route', 'route map of a node', ({ nodes, fleet }) => derived({
      id: 'calico/routes',
      unit: 'entries',
      words: 'a route for each pod in the worst case, one for each block, four for each node',
      expression: 'pods + blocks + 4 * nodes',
      inputs: { pods: fleet.pods, blocks: plan ? addressRoom(cluster, plan, nodes).blocks.claimed : 0, nodes: fleet.nodes },
      source: FELIX,
    }), 'pods without a route are not reached, and nothing but a log line of Felix says so'),
    map('nat-frontend', 'front ends of Services', ({ fleet: { services } }) => derived({
      id: 'calico/nat-front-ends', unit: 'entries', words: 'three ports of each Service, as cluster address and node port', expression: '6 * services', inputs: { services }, source: FELIX, confidence: Confidence.ESTIMATE,
    }), 'Services that found no place are not reached'),
    map('nat-backend', 'back ends of Services', ({ fleet: { endpoints, services } }) => derived({
      id: 'calico/nat-back-ends', unit: 'entries', words: 'endpoints, and six of each Service', expression: 'endpoints + 6 * services', inputs: { endpoints, services }, source: FELIX, confidence: Confidence.ESTIMATE,
    }), 'pods behind Services get no traffic'),
    map('conntrack', 'connections of the fullest node', ({ fleet: { largestMaxPods, connectionsPerPod } }) => derived({
      id: 'calico/tracked-connections',
      unit: 'entries',
      words: 'two entries for each connection of each pod',
      expression: '2 * maxPods * connectionsPerPod',
      inputs: { maxPods: largestMaxPods, connectionsPerPod },
      source: FELIX,
      confidence: Confidence.ESTIMATE,
    }), 'new connections of the node are dropped'),
    {
      id: 'typha-connections',
      title: 'Typha: nodes of one replica while another is away',
      capacity: context.find('calico/typha-replicas') && bound('typha-connections', 200, 'nodes per replica', 'what the operator plans for one Typha', 'TOP:pkg/common/autoscale.go'),
      // The operator adds replicas as nodes come, so this one never ends; between two steps the use falls, at most to half.
      use: ({ fleet: { machines } }) => typhaClients(machines, typhaReplicas(machines)),
      consequence: 'updates of policy and routes arrive late',
      remedy: () => 'nothing: the operator adds a Typha for every 200 nodes',
      change: LimitChange.ONLINE,
    },
    {
      id: 'bgp-full-mesh',
      title: 'Calico: machines in a full mesh of BGP',
      capacity: context.find('calico/bgp-mesh-peerings') && bound('bgp-full-mesh', FULL_MESH_NODES, 'machines', 'what upstream recommends a full mesh for', 'CALDOC:networking/configuring/bgp'),
      use: ({ fleet: { machines } }) => machines,
      consequence: 'every machine holds a session to every other one: routes arrive late and processors are busy with keepalives',
      remedy: () => `route reflectors (${context.find('calico/route-reflectors')?.value ?? 'some'} at the final size) and no mesh, or VXLAN, which needs none`,
      change: LimitChange.ONLINE,
    },
  ];
}

/** A tenth of all Services has a load balancer, with a port for http and one for https. */
function nodePorts(services: Derivation): Derivation {
  return derived({
    id: 'network/node-ports',
    unit: 'ports',
    words: 'a tenth of all Services has a load balancer, with two ports',
    expression: 'ceil(services / 10) * portsPerLoadBalancer',
    inputs: { services, portsPerLoadBalancer: 2 },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}
