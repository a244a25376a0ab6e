import { CalicoApiBootstrap, CalicoEncapsulation, CalicoInstall, CalicoServiceMode } from './calico-choices';
import type { CalicoEbpfProps } from './calico-options';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { felixFieldProblem, felixValueProblem } from '../../catalogue/felix-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { rangeProblem } from '../../cluster/ip-range';
import { HOST_PORTS, SYSTEM_PORTS } from '../../cluster/ports';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { safeEntries } from '../../input/text-safety';

/** A port of the machines that no policy closes. */
export interface FailsafePort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly net: string;
}

/** Most entries of the connection table of a node. */
export const MOST_CONNTRACK_ENTRIES = 16_777_216;

/** Fields of FelixConfiguration that follow from props and facts. */
const OWNED: { [field: string]: string } = {
  bpfEnabled: 'the Installation says it (linuxDataplane), and a value from elsewhere stops the operator',
  bpfExternalServiceMode: 'use serviceMode',
  bpfDSROptoutCIDRs: 'use dsrOptOutCidrs',
  bpfMapSizeConntrack: 'use bpfMapSizeConntrack of this construct',
  bpfConntrackTimeouts: 'use tcpIdleSeconds',
  nftablesMode: 'use kubeProxy',
  prometheusMetricsEnabled: 'monitoring rests on it',
  prometheusMetricsPort: 'the ports of machines are given out once, in one list',
  wireguardEnabled: 'use wireguard',
  wireguardEnabledV6: 'use wireguard',
  vxlanMTU: 'use mtu or linkMtu',
  vxlanMTUV6: 'use mtu or linkMtu',
  wireguardMTU: 'use mtu or linkMtu',
  wireguardMTUV6: 'use mtu or linkMtu',
};

/** What is wrong with the choices about Services and Felix. */
export function checkFelix(cluster: ClusterFacts, props: CalicoEbpfProps, problems: Problems): void {
  const { calico } = cluster.versions;
  if (props.bpfMapSizeConntrack !== undefined) {
    problems.add(wholeNumberProblem('bpfMapSizeConntrack', props.bpfMapSizeConntrack, { min: 10_000, max: MOST_CONNTRACK_ENTRIES, why: 'entries of a node\'s connection table' }));
    problems.add(felixFieldProblem('bpfMapSizeConntrack', calico));
  }
  if (props.tcpIdleSeconds !== undefined) {
    problems.add(wholeNumberProblem('tcpIdleSeconds', props.tcpIdleSeconds, { min: 60, max: 432_000, why: 'from a minute to the five days of the Linux kernel' }));
    problems.add(felixFieldProblem('bpfConntrackTimeouts', calico));
  }
  const dsr = props.serviceMode === CalicoServiceMode.DSR;
  problems.require(!dsr || props.fabricForwardsPodAddresses === true, 'serviceMode DSR answers from another machine than the one that was asked, which networks that check source addresses drop; '
    + `${props.fabricForwardsPodAddresses === false ? 'fabricForwardsPodAddresses is false: use CalicoServiceMode.TUNNEL' : 'say fabricForwardsPodAddresses: true where yours does not check, or use CalicoServiceMode.TUNNEL'}`);
  problems.require(dsr || props.dsrOptOutCidrs === undefined, 'dsrOptOutCidrs needs serviceMode DSR; leave it out');
  if (props.dsrOptOutCidrs !== undefined) { problems.add(felixFieldProblem('bpfDSROptoutCIDRs', calico)); }
  for (const cidr of props.dsrOptOutCidrs ?? []) {
    const problem = rangeProblem(cidr);
    problems.add(problem && `dsrOptOutCidrs: ${problem}`);
  }
  if (props.kubeProxy) {
    const ebpfOnly = {
      serviceMode: props.serviceMode, tcpIdleSeconds: props.tcpIdleSeconds, bpfMapSizeConntrack: props.bpfMapSizeConntrack, apiBootstrap: props.apiBootstrap,
    };
    for (const [name, value] of Object.entries(ebpfOnly)) { problems.require(value === undefined, `${name} is a setting of eBPF and kubeProxy replaces it; leave one of them out`); }
  }
  for (const [field, value] of safeEntries('felixOverrides', props.felixOverrides)) {
    if (Object.hasOwn(OWNED, field)) {
      problems.add(`felixOverrides: '${field}' is managed by this construct and cannot be overridden; ${OWNED[field]}`);
    } else {
      const problem = felixFieldProblem(field, calico) ?? felixValueProblem(field, value, calico);
      problems.add(problem && `felixOverrides: ${problem}`);
    }
  }
  if (props.apiBootstrap === CalicoApiBootstrap.OPERATOR) {
    problems.require(inRange(calico, CALICO_OPERATOR_FEATURES.networkBootstrap), `apiBootstrap Operator was added in Calico 3.31, the cluster's release ${cluster.release} goes with ${calico}; use CalicoApiBootstrap.CONFIG_MAP`);
    problems.require(props.install !== CalicoInstall.MANIFESTS, 'apiBootstrap Operator needs the operator, which install Manifests goes without; use CalicoApiBootstrap.CONFIG_MAP');
  }
  if (props.wireguard) {
    for (const cidr of cluster.network.podCidrs.filter(c => c.includes(':'))) { problems.add(felixFieldProblem('wireguardEnabledV6', calico) && `wireguard: pod range ${cidr} is IPv6, which WireGuard of Calico ${calico} does not carry; needs 3.24`); }
  }
}

/** Whether some packets travel without encapsulation. */
export function sendsUnwrapped(encapsulations: CalicoEncapsulation[]): boolean {
  return encapsulations.some(encapsulation => encapsulation !== CalicoEncapsulation.VXLAN);
}

/**
 * Ports that stay open whatever a policy says, in both directions the same idea: a wrong policy for hosts must not cut off what repairs it. Calico's own
 * list has the ports of one etcd ring and of an etcd that ended in 2017; ours has the rings of this library, kubelets and the endpoint of the API servers.
 *
 * Ports of the control plane are open to machines only. Source: CAL@v3.32.0 felix/config/config_params.go (failsafeInboundHostPorts).
 */
export function failsafePorts(cluster: ClusterFacts, bgp: boolean): { inbound: FailsafePort[]; outbound: FailsafePort[] } {
  const machines = cluster.network.nodeCidrs;
  const anywhere = machines.map(cidr => (cidr.includes(':') ? '::/0' : '0.0.0.0/0'));
  const ports = (protocol: 'TCP' | 'UDP', nets: string[], numbers: number[]): FailsafePort[] => numbers.flatMap(port => nets.map(net => ({ protocol, port, net })));
  const api = [...new Set<number>([HOST_PORTS.apiServer, cluster.apiPort])].sort((a, b) => a - b);
  const { etcdMainClient, etcdMainPeer, etcdEventsClient, etcdEventsPeer, etcdLeasesClient, etcdLeasesPeer } = HOST_PORTS;
  const betweenMachines = [
    etcdMainClient, etcdMainPeer, etcdEventsClient, etcdEventsPeer, etcdLeasesClient, etcdLeasesPeer, HOST_PORTS.typha, HOST_PORTS.kubelet,
  ];
  const routes = bgp ? ports('TCP', anywhere, [SYSTEM_PORTS.bgp]) : [];
  return {
    inbound: [
      ...ports('TCP', anywhere, [SYSTEM_PORTS.ssh]),
      ...ports('UDP', anywhere, [SYSTEM_PORTS.dhcpClient]),
      ...ports('TCP', anywhere, api),
      ...ports('TCP', machines, betweenMachines),
      ...routes,
    ],
    outbound: [
      ...ports('UDP', anywhere, [SYSTEM_PORTS.dns, SYSTEM_PORTS.dhcpServer]),
      ...ports('TCP', anywhere, [SYSTEM_PORTS.dns, ...api]),
      ...ports('TCP', machines, betweenMachines),
      ...routes,
    ],
  };
}
