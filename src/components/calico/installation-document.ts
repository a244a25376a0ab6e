import { CalicoApiBootstrap } from './calico-choices';
import { CalicoSettings } from './calico-settings';
import type { CalicoPool } from './pool-settings';
import { CALICO_OPERATOR_FEATURES, CalicoFeature } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LABELS } from '../../cluster/labels';
import { HOST_PORTS } from '../../cluster/ports';
import { Derivation } from '../../derivation/derivation';
import { Manifest } from '../../in-cluster/in-cluster-object';

// The operator and Felix accept exactly one object of each kind, and only under this name.
export const ONLY_NAME = 'default';

/** What the operator installs. */
export function installation(cluster: ClusterFacts, settings: CalicoSettings): Manifest {
  const has = (feature: CalicoFeature) => inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES[feature]);
  const bootstrap = !settings.proxy && settings.apiBootstrap === CalicoApiBootstrap.OPERATOR ? 'Enabled' : undefined;
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
        linuxDataplane: settings.proxy?.dataplane ?? 'BPF',
        bpfNetworkBootstrap: bootstrap,
        kubeProxyManagement: bootstrap,
        bgp: settings.bgp.enabled ? 'Enabled' : 'Disabled',
        mtu: settings.mtu,
        ipPools: settings.pools.filter(pool => pool.inInstallation).map(pool => operatorPool(pool, has)),
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

/** A pool as the Installation has it. */
function operatorPool(pool: CalicoPool, has: (feature: CalicoFeature) => boolean): object {
  return {
    name: has('namedPools') ? pool.name : undefined,
    cidr: pool.cidr,
    blockSize: pool.blockSize,
    encapsulation: pool.encapsulation,
    natOutgoing: pool.natOutgoing ? 'Enabled' : 'Disabled',
    nodeSelector: pool.nodeSelector,
    disableBGPExport: pool.exportRoutes ? undefined : true,
    disableNewAllocations: pool.disabled ? true : undefined,
    allowedUses: pool.uses,
  };
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
