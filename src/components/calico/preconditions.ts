import { CalicoApiAccess, CalicoApiBootstrap, CalicoEncapsulation, CalicoInstall } from './calico-choices';
import { CalicoSettings } from './calico-settings';
import { CALICO_OPERATOR_FEATURES, CalicoFeature } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { POOL_LABEL } from '../../cluster/node-pool';
import { HOST_PORTS } from '../../cluster/ports';
import { WAVE } from '../../in-cluster/wave';

/** Kubernetes minor from which MutatingAdmissionPolicy is on by default; it exists from 1.32 on, and Calico 3.32 goes with 1.34. Source: AS@37. */
const MUTATING_POLICY_ON = 36;

/** What has to be true or done before the objects are applied. */
export function calicoPreconditions(cluster: ClusterFacts, settings: CalicoSettings): string[] {
  const has = (feature: CalicoFeature) => inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES[feature]);
  const kernel = has('kernel510') ? 'Linux 5.10 (RHEL 4.18.0-305)' : 'Linux 5.3 (RHEL 4.18.0-193)';
  return [
    ...definitions(cluster, settings, has),
    ...(settings.install === CalicoInstall.EXISTING_OPERATOR ? [`operator ${cluster.versions.tigeraOperator} (Calico ${cluster.versions.calico}) runs in ${NAMESPACES.tigeraOperator}: the fields that are written are those of its version`] : []),
    ...(settings.install === CalicoInstall.MANIFESTS ? manifestDuties(cluster, settings) : []),
    ...(settings.proxy ? [] : [
      settings.apiBootstrap === CalicoApiBootstrap.CONFIG_MAP
        ? 'kube-proxy must not run: kubeadm init --skip-phases=addon/kube-proxy, or a nodeSelector on its DaemonSet that matches no node'
        : `kube-proxy must run in kube-system while Calico is installed, and ConfigMap kubernetes-services-endpoint must not exist in ${NAMESPACES.tigeraOperator}`,
      `every node runs ${kernel} or newer`,
    ]),
    `${cluster.apiHost}:${cluster.apiPort} must be reachable from every node without cluster DNS and without Services`,
    ...(settings.install === CalicoInstall.MANIFESTS || settings.apiAccess === CalicoApiAccess.NATIVE ? []
      : [`before wave ${WAVE.networkObjects}: kubectl wait --for=condition=Available tigerastatus/apiserver --timeout=10m`]),
    ...reflectorSteps(settings),
  ];
}

function manifestsUrl(cluster: ClusterFacts, has: (feature: CalicoFeature) => boolean): string {
  return `https://raw.githubusercontent.com/projectcalico/calico/v${cluster.versions.calico}/${has('manifestsBelowCalico') ? 'calico/' : ''}manifests`;
}

function definitions(cluster: ClusterFacts, settings: CalicoSettings, has: (feature: CalicoFeature) => boolean): string[] {
  const manifests = manifestsUrl(cluster, has);
  const { calico } = cluster.versions;
  const apply = (file: string) => `CustomResourceDefinitions of Calico ${calico}: kubectl apply --server-side -f ${manifests}/${file}`;
  if (settings.apiAccess === CalicoApiAccess.API_SERVER) {
    return settings.install === CalicoInstall.MANIFESTS ? [] : [apply('operator-crds.yaml')];
  }
  const { minor } = cluster.release;
  return [
    // Both groups side by side, and Calico takes the old one.
    `${apply('v3_projectcalico_org.yaml')}; no CustomResourceDefinition of crd.projectcalico.org may exist`,
    ...(minor >= MUTATING_POLICY_ON ? []
      : [`API servers serve MutatingAdmissionPolicy: feature gate MutatingAdmissionPolicy and --runtime-config=admissionregistration.k8s.io/v1beta1=true (v1alpha1 up to 1.33), on by default from Kubernetes 1.${MUTATING_POLICY_ON} on`]),
    'native definitions are a tech preview of Calico 3.32: no way back to the API server of Calico is documented',
  ];
}

/** What upstream's manifest has to say so that it fits the objects here. */
function manifestDuties(cluster: ClusterFacts, settings: CalicoSettings): string[] {
  const has = (feature: CalicoFeature) => inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES[feature]);
  const backend = settings.bgp.enabled ? 'bird' : 'vxlan';
  const detection = cluster.network.nodeCidrs.map(cidr => `${cidr.includes(':') ? 'IP6_AUTODETECTION_METHOD' : 'IP_AUTODETECTION_METHOD'}=cidr=${cidr}`);
  const typhas = Math.min(20, Math.max(3, settings.typhaReplicas.value));
  return [
    `calico-node, Typha and controllers come from ${manifestsUrl(cluster, has)}/calico-typha.yaml, kept by you: image tags, upgrades and certificates of Typha are yours`,
    `in that file: Deployment calico-typha with ${typhas} replicas and env TYPHA_PROMETHEUSMETRICSENABLED=true, TYPHA_PROMETHEUSMETRICSPORT=${HOST_PORTS.typhaMetrics}; `
      + `ConfigMap calico-config with calico_backend: ${backend}${settings.mtu === undefined ? '' : ` and veth_mtu: "${settings.mtu}"`}`,
    `in that file: DaemonSet calico-node with env NO_DEFAULT_POOLS=true, ${detection.join(', ')}${settings.bgp.enabled ? '' : ', readiness and liveness without -bird-ready and -bird-live'}, `
      + `requests of ${settings.nodeCpu.value}m CPU and ${settings.nodeMemory.value}Mi memory, maxUnavailable ${settings.maxUnavailable.value}%`,
    ...(settings.pools.some(pool => pool.encapsulation !== CalicoEncapsulation.NONE) ? ['in that file: CALICO_IPV4POOL_IPIP and CALICO_IPV4POOL_VXLAN left out, the pools here decide'] : []),
    `before wave ${WAVE.networkObjects}: the API server of Calico from ${manifestsUrl(cluster, has)}/apiserver.yaml with its certificate, or calicoctl apply instead of kubectl for that wave`,
  ];
}

/** Reflectors know of their office by an annotation, which no kubelet can set. */
function reflectorSteps({ bgp }: CalicoSettings): string[] {
  if (bgp.reflectorPool === undefined) { return []; }
  return [
    ...bgp.groups.map(({ zone, clusterId }) => `before wave ${WAVE.networkRoutes}: kubectl annotate node -l ${POOL_LABEL}=${bgp.reflectorPool}${zone === undefined ? '' : `,${LABELS.zone}=${zone}`} `
      + `projectcalico.org/RouteReflectorClusterID=${clusterId} --overwrite, and again for a reflector that was replaced`),
    `before wave ${WAVE.networkRoutes}, which ends the mesh: every node shows its ${bgp.groups.length > 1 ? 'zone\'s ' : ''}reflectors as Established (calicoctl node status on one node of each zone)`,
  ];
}
