import { CalicoApiBootstrap } from './calico-choices';
import { CalicoSettings } from './calico-settings';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { felixFieldProblem } from '../../catalogue/felix-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LABELS } from '../../cluster/labels';
import { HOST_PORTS } from '../../cluster/ports';
import { Derivation } from '../../derivation/derivation';
import { Manifest } from '../../in-cluster/in-cluster-object';

// The operator and Felix accept exactly one object of each kind, and only under this name.
const ONLY_NAME = 'default';

// The name that Calico gives the first IPv4 or IPv6 pool itself: releases that cannot name pools and those that can agree on it.
const POOL_NAME: { [family: number]: string } = { 4: 'default-ipv4-ippool', 6: 'default-ipv6-ippool' };

/** What the operator installs. */
export function installation(cluster: ClusterFacts, settings: CalicoSettings): Manifest {
  const has = (feature: keyof typeof CALICO_OPERATOR_FEATURES) => inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES[feature]);
  const bootstrap = settings.apiBootstrap === CalicoApiBootstrap.OPERATOR ? 'Enabled' : undefined;
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: ONLY_NAME },
    spec: {
      variant: 'Calico',
      registry: registry(cluster),
      // Said outright: on a cloud's machines the operator would guess the provider's own plugin.
      cni: { type: 'Calico', ipam: { type: 'Calico' } },
      calicoNetwork: {
        linuxDataplane: 'BPF',
        bpfNetworkBootstrap: bootstrap,
        kubeProxyManagement: bootstrap,
        bgp: settings.bgp ? 'Enabled' : 'Disabled',
        mtu: settings.mtu,
        ipPools: settings.pools.map(pool => ({
          name: has('namedPools') ? POOL_NAME[pool.family] : undefined,
          cidr: pool.cidr,
          blockSize: pool.blockSize,
          encapsulation: settings.encapsulation,
          natOutgoing: settings.natOutgoing ? 'Enabled' : 'Disabled',
          nodeSelector: 'all()',
        })),
        // The first interface is a guess; a node that picks its storage or service network is cut off from all others.
        ...Object.fromEntries(cluster.network.nodeCidrs.map(cidr => [cidr.includes(':') ? 'nodeAddressAutodetectionV6' : 'nodeAddressAutodetectionV4', { cidrs: [cidr] }])),
      },
      controlPlaneReplicas: settings.controlPlaneReplicas.value,
      nodeMetricsPort: HOST_PORTS.felixMetrics,
      typhaMetricsPort: HOST_PORTS.typhaMetrics,
      nodeUpdateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: `${settings.maxUnavailable.value}%` } },
      ...(has('podOverrides') ? podOverrides(settings, has('typhaSpread')) : {}),
      componentResources: has('componentResources') ? componentResources(settings) : undefined,
    },
  };
}

/** The API server that makes `projectcalico.org/v3` available to kubectl. */
export function apiServer(): Manifest {
  return { apiVersion: 'operator.tigera.io/v1', kind: 'APIServer', metadata: { name: ONLY_NAME }, spec: {} };
}

/** Felix on every node. `bpfEnabled` is the operator's: a value from elsewhere makes it stop with an error. */
export function felixConfiguration(cluster: ClusterFacts, settings: CalicoSettings): Manifest {
  const { calico } = cluster.versions;
  const fields = {
    prometheusMetricsEnabled: true,
    prometheusMetricsPort: HOST_PORTS.felixMetrics,
    healthEnabled: true,
    bpfMapSizeConntrack: settings.conntrackMap.value,
    bpfMapSizeConntrackScaling: 'DoubleIfFull',
    bpfMapSizeRoute: settings.routeMap.value,
    bpfMapSizeNATFrontend: settings.natFrontendMap.value,
    bpfMapSizeNATBackend: settings.natBackendMap.value,
    bpfMapSizeNATAffinity: settings.natAffinityMap.value,
    bpfMapSizeIPSets: settings.ipSetMap.value,
    ipsetsRefreshInterval: inRange(calico, CALICO_OPERATOR_FEATURES.frequentIpSetRefresh) ? '90s' : undefined,
  };
  const known = Object.entries(fields).filter(([field]) => felixFieldProblem(field, calico) === undefined);
  return { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', metadata: { name: ONLY_NAME }, spec: Object.fromEntries(known) };
}

/** Prefix of all images when they come from a mirror; it ends in a slash as the operator wants it. */
function registry(cluster: ClusterFacts): string | undefined {
  const image = cluster.imageRegistry.image('quay.io/calico/node', 'tag');
  const prefix = image.slice(0, image.length - 'calico/node:tag'.length);
  return prefix === 'quay.io/' ? undefined : prefix;
}

function requests(cpu: Derivation | undefined, memory: Derivation): { requests: { [resource: string]: string } } {
  // No limits: a calico-node or Typha that is throttled or killed leaves nodes with old policy.
  return { requests: { ...(cpu ? { cpu: `${cpu.value}m` } : {}), memory: `${memory.value}Mi` } };
}

function podOverrides(settings: CalicoSettings, spread: boolean): { [field: string]: unknown } {
  const container = (name: string, cpu: Derivation | undefined, memory: Derivation, more: object = {}) =>
    ({ spec: { template: { spec: { ...more, containers: [{ name, resources: requests(cpu, memory) }] } } } });
  return {
    calicoNodeDaemonSet: container('calico-node', settings.nodeCpu, settings.nodeMemory),
    typhaDeployment: container('calico-typha', settings.typhaCpu, settings.typhaMemory, spread ? { topologySpreadConstraints: typhaSpread() } : {}),
    calicoKubeControllersDeployment: container('calico-kube-controllers', undefined, settings.kubeControllersMemory),
  };
}

function typhaSpread(): object[] {
  // By zone, so that a lost zone takes only its share of the connections with it; nodes differ anyway, since each Typha takes a host port.
  return [LABELS.zone, LABELS.hostname].map(topologyKey => (
    { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { 'k8s-app': 'calico-typha' } } }
  ));
}

function componentResources(settings: CalicoSettings): object[] {
  return [
    { componentName: 'Node', resourceRequirements: requests(settings.nodeCpu, settings.nodeMemory) },
    { componentName: 'Typha', resourceRequirements: requests(settings.typhaCpu, settings.typhaMemory) },
    { componentName: 'KubeControllers', resourceRequirements: requests(undefined, settings.kubeControllersMemory) },
  ];
}
