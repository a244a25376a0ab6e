import { CalicoApiBootstrap } from './calico-choices';
import { CalicoSettings } from './calico-settings';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { WAVE } from '../../in-cluster/wave';

/** What has to be true or done before the objects are applied. */
export function calicoPreconditions(cluster: ClusterFacts, settings: CalicoSettings): string[] {
  const { calico } = cluster.versions;
  const has = (feature: keyof typeof CALICO_OPERATOR_FEATURES) => inRange(calico, CALICO_OPERATOR_FEATURES[feature]);
  const manifests = `https://raw.githubusercontent.com/projectcalico/calico/v${calico}/${has('manifestsBelowCalico') ? 'calico/' : ''}manifests`;
  const kernel = has('kernel510') ? 'Linux 5.10 (RHEL 4.18.0-305)' : 'Linux 5.3 (RHEL 4.18.0-193)';
  return [
    `CustomResourceDefinitions of Calico ${calico}: kubectl apply --server-side -f ${manifests}/operator-crds.yaml`,
    settings.apiBootstrap === CalicoApiBootstrap.CONFIG_MAP
      ? 'kube-proxy must not run: kubeadm init --skip-phases=addon/kube-proxy, or a nodeSelector on its DaemonSet that matches no node'
      : `kube-proxy must run in kube-system while Calico is installed, and ConfigMap kubernetes-services-endpoint must not exist in ${NAMESPACES.tigeraOperator}`,
    `every node runs ${kernel} or newer`,
    `${cluster.apiHost}:${cluster.apiPort} must be reachable from every node without cluster DNS and without Services`,
    `before wave ${WAVE.networkObjects}: kubectl wait --for=condition=Available tigerastatus/apiserver --timeout=10m`,
  ];
}
