import { App, ApiObject, Chart, Size, Testing } from 'cdk8s';
import { CalicoBgp, CalicoEbpf, CalicoEbpfProps, CalicoPoolUse, CalicoServiceMode, ClusterFacts, FlowPeer, KubernetesRelease, LoadProfile, MachineShape, NetworkIsolation, NodePool } from '../../../src';
import { CalicoInstall } from '../../../src/components/calico/calico-choices';

export const ZONES = ['a', 'b', 'c'];

const machine = MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) });

/** A description of a number of nodes in three zones, with nine route reflectors among them. */
export function facts(nodes: number, more: { release?: KubernetesRelease; podCidr?: string; dualStack?: boolean; podsPerNode?: number } = {}): ClusterFacts {
  return ClusterFacts.of({
    name: 'network',
    release: more.release,
    network: { podCidr: more.podCidr, nodeCidr: '172.16.0.0/18', dualStack: more.dualStack },
    controlPlane: { endpoint: '172.16.0.5:6443', members: ZONES.map((zone, i) => ({ name: `control-plane-${zone}`, address: `172.16.0.${11 + i}`, zone })) },
    pools: [NodePool.of('general', { nodes: nodes - 9, machine, zones: ZONES }), NodePool.of('routes', { nodes: 9, machine, zones: ZONES })],
    load: more.podsPerNode === undefined ? undefined : LoadProfile.of({ podsPerNode: more.podsPerNode }),
  });
}

/** Choices that bring every kind and field of the construct into the output, some of which exclude each other. */
const CHOICES: { [name: string]: (cluster: ClusterFacts) => CalicoEbpfProps } = {
  'default': () => ({}),
  'pools by zone, reflectors, strict affinity': () => ({
    ipPools: [
      ...ZONES.map((zone, i) => ({ name: `zone-${zone}`, cidr: `10.${4 * i}.0.0/14`, zones: [zone], uses: [CalicoPoolUse.WORKLOAD] })),
      { name: 'tunnels', cidr: '10.12.0.0/18', uses: [CalicoPoolUse.TUNNEL] },
      { name: 'stage-2', cidr: '10.16.0.0/14', disabled: true, exportRoutes: false },
    ],
    reservedAddresses: ['10.0.0.1', '10.4.255.0/24'],
    strictAffinity: true,
    maxBlocksPerHost: 8,
    bgp: CalicoBgp.routeReflectors({ nodePool: 'routes', asNumber: 64_601 }),
    linkMtu: 9001,
  }),
  'DSR, WireGuard, routers': () => ({
    fabricForwardsPodAddresses: true,
    serviceMode: CalicoServiceMode.DSR,
    dsrOptOutCidrs: ['192.0.2.0/24'],
    wireguard: true,
    tcpIdleSeconds: 900,
    felixOverrides: { goGCThreshold: 80, bpfLogLevel: 'Off' },
    bgp: CalicoBgp.routers({ routers: ZONES.map((zone, i) => ({ name: `router-${zone}`, address: `172.16.63.${i + 1}`, asNumber: 65_001 + i, zones: [zone] })) }),
  }),
  'kube-proxy': () => ({ kubeProxy: {} }),
  'manifests of upstream': () => ({ install: CalicoInstall.MANIFESTS }),
};

/** One form of the output. */
export interface Form {
  readonly name: string;
  readonly objects: any[];
}

/** Choices that only newer versions of Calico have. */
const NEWER: { [name: string]: number } = { 'DSR, WireGuard, routers': 31, 'pools by zone, reflectors, strict affinity': 23 };

/** Every form for one release, with policies for pods and machines. */
export function forms(release: KubernetesRelease): Form[] {
  return Object.entries(CHOICES).filter(([name]) => release.minor >= (NEWER[name] ?? 22)).map(([name, props]) => {
    const cluster = facts(1200, { release, podCidr: '10.0.0.0/11' });
    const chart = new Chart(new App(), 'network');
    const calico = new CalicoEbpf(chart, 'calico', { cluster, ...props(cluster) });
    const scraper = FlowPeer.pods('monitoring', { app: 'scraper' });
    new NetworkIsolation(chart, 'policies', {
      cluster,
      flows: [...calico.networkFlows, { name: 'scrape', from: scraper, to: FlowPeer.machines(), ports: [{ port: 9091 }] }],
      apiClients: calico.apiClients,
      dns: { clusterDnsAddresses: ['169.254.20.10'], clusterDomain: 'cluster.local' },
      tunnelCidrs: calico.tunnelCidrs,
      hosts: { administratorCidrs: ['192.0.2.0/24'], ports: [{ name: 'agent', port: 9999, udp: true, fromCidrs: ['198.51.100.0/24'] }] },
    });
    return { name, objects: Testing.synth(chart) };
  });
}

/** The objects of a chart as they are written. */
export function objectsOf(chart: Chart): any[] {
  return chart.node.findAll().filter((part): part is ApiObject => ApiObject.isApiObject(part)).map(part => part.toJson());
}
