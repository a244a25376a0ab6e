import { CalicoEncapsulation, CalicoInstall, CalicoServiceMode } from './calico-choices';
import { CalicoSettings } from './calico-settings';
import { ONLY_NAME } from './installation-document';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { felixFieldProblem } from '../../catalogue/felix-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PORTS } from '../../cluster/ports';
import { Manifest } from '../../in-cluster/in-cluster-object';

/** Felix' own size of its map of interfaces. */
const IF_STATE_DEFAULT = 1000;

/** Felix on every node: what differs from its defaults at this size, for the version that runs. */
export function felixConfiguration(cluster: ClusterFacts, settings: CalicoSettings): Manifest {
  const { calico } = cluster.versions;
  const fields = {
    prometheusMetricsEnabled: true,
    prometheusMetricsPort: HOST_PORTS.felixMetrics,
    healthEnabled: true,
    ...(settings.proxy ? chainFields(calico) : ebpfFields(settings)),
    ipsetsRefreshInterval: inRange(calico, CALICO_OPERATOR_FEATURES.frequentIpSetRefresh) ? '90s' : undefined,
    failsafeInboundHostPorts: settings.failsafe.inbound,
    failsafeOutboundHostPorts: settings.failsafe.outbound,
    ...encryption(cluster, settings),
  };
  const known = Object.entries(fields).filter(([field, value]) => value !== undefined && felixFieldProblem(field, calico) === undefined);
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: ONLY_NAME },
    spec: { ...Object.fromEntries(known), ...settings.felixOverrides },
  };
}

function ebpfFields(settings: CalicoSettings): { [field: string]: unknown } {
  return {
    // The operator's, wherever there is one: a value from elsewhere makes it stop with an error.
    bpfEnabled: settings.install === CalicoInstall.MANIFESTS ? true : undefined,
    bpfMapSizeConntrack: settings.conntrackMap.value,
    bpfMapSizeConntrackScaling: 'DoubleIfFull',
    bpfMapSizeRoute: settings.routeMap.value,
    bpfMapSizeNATFrontend: settings.natFrontendMap.value,
    bpfMapSizeNATBackend: settings.natBackendMap.value,
    bpfMapSizeNATAffinity: settings.natAffinityMap.value,
    bpfMapSizeIPSets: settings.ipSetMap.value,
    bpfMapSizeIfState: settings.ifStateMap.value > IF_STATE_DEFAULT ? settings.ifStateMap.value : undefined,
    bpfExternalServiceMode: settings.serviceMode === CalicoServiceMode.DSR ? settings.serviceMode : undefined,
    bpfDSROptoutCIDRs: settings.dsrOptOutCidrs.length > 0 ? settings.dsrOptOutCidrs : undefined,
    bpfConntrackTimeouts: settings.tcpIdleSeconds === undefined ? undefined : { tcpEstablished: `${settings.tcpIdleSeconds}s` },
  };
}

/** Without eBPF Felix writes chains beside those of kube-proxy; it looks them through for changes of others, by default too often. */
function chainFields(calico: string): { [field: string]: unknown } {
  return { iptablesRefreshInterval: inRange(calico, CALICO_OPERATOR_FEATURES.frequentChainRefresh) ? '180s' : undefined };
}

function encryption(cluster: ClusterFacts, settings: CalicoSettings): { [field: string]: unknown } {
  const has = (family: number) => settings.wireguard && cluster.network.podCidrs.some(cidr => cidr.includes(':') === (family === 6));
  return { wireguardEnabled: has(4) ? true : undefined, wireguardEnabledV6: has(6) ? true : undefined };
}

/** Mode of an encapsulation in an IPPool. */
export function poolModes(encapsulation: CalicoEncapsulation): { ipipMode: string; vxlanMode: string } {
  const vxlan = { [CalicoEncapsulation.VXLAN]: 'Always', [CalicoEncapsulation.VXLAN_CROSS_SUBNET]: 'CrossSubnet', [CalicoEncapsulation.NONE]: 'Never' };
  return { ipipMode: 'Never', vxlanMode: vxlan[encapsulation] };
}
