import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { CalicoApiBootstrap, CalicoInstall } from './calico-choices';
import { CalicoSettings } from './calico-settings';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { OperatorRight, OPERATOR_SECRETS_ROLE, operatorRights, operatorSecretsRights } from '../../catalogue/calico-operator-rights';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { configMap } from '../../in-cluster/config-map';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { namespace, PodSecurity } from '../../in-cluster/namespace';
import { podTemplate } from '../../in-cluster/pod-template';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

// Fixed names: the operator looks for its namespace, account and Deployment under them, and calico-node for the ConfigMap.
const NAME = 'tigera-operator';
export const ENDPOINT_CONFIG_MAP = 'kubernetes-services-endpoint';

/** The operator with everything it needs to start, as far as it is ours. */
export function operatorObjects(scope: Construct, cluster: ClusterFacts, settings: CalicoSettings): void {
  const at = new Construct(scope, 'Operator');
  const owner: ObjectOwner = { name: NAME, component: 'network-operator', cluster: cluster.name, wave: WAVE.network };
  const { calico } = cluster.versions;
  const own = settings.install === CalicoInstall.OPERATOR;

  if (own) {
    namespace(at, 'Namespace', owner, NAMESPACES.tigeraOperator, PodSecurity.PRIVILEGED);
    serviceAccount(at, 'Rights', owner, { name: NAME, namespace: NAMESPACES.tigeraOperator, clusterRules: operatorRights(calico).map(policyRule) });
    secretsRole(at, owner, operatorSecretsRights(calico));
  }
  if (!settings.proxy && settings.apiBootstrap === CalicoApiBootstrap.CONFIG_MAP) {
    // Before the operator starts: calico-node pods that were created without it wait for a Service address that only they could serve.
    configMap(at, 'Endpoint', owner, {
      name: ENDPOINT_CONFIG_MAP,
      // calico-node reads it in its own namespace, which upstream's manifests put into kube-system.
      namespace: settings.install === CalicoInstall.MANIFESTS ? NAMESPACES.kubeSystem : NAMESPACES.tigeraOperator,
      data: { KUBERNETES_SERVICE_HOST: cluster.apiHost, KUBERNETES_SERVICE_PORT: String(cluster.apiPort) },
    });
  }
  if (own) { inClusterObject(at, 'Deployment', owner, operatorDeployment(owner, cluster, settings)); }
}

function policyRule(right: OperatorRight): k8s.PolicyRule {
  return { apiGroups: right.groups, resources: right.resources, resourceNames: right.names, verbs: right.verbs };
}

function secretsRole(at: Construct, owner: ObjectOwner, rights: OperatorRight[]): void {
  if (rights.length === 0) { return; }
  const role = new Construct(at, 'Secrets');
  inClusterObject(role, 'ClusterRole', owner, k8s.KubeClusterRole.manifest({ metadata: { name: OPERATOR_SECRETS_ROLE }, rules: rights.map(policyRule) }));
  inClusterObject(role, 'RoleBinding', owner, k8s.KubeRoleBinding.manifest({
    metadata: { name: OPERATOR_SECRETS_ROLE, namespace: NAMESPACES.tigeraOperator },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: OPERATOR_SECRETS_ROLE },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACES.tigeraOperator }],
  }));
}

function operatorDeployment(owner: ObjectOwner, cluster: ClusterFacts, settings: CalicoSettings) {
  const { calico, tigeraOperator } = cluster.versions;
  const tag = `v${tigeraOperator}`;
  const memory = settings.operatorMemory.value;
  const template = podTemplate(owner, {
    serviceAccount: NAME,
    mountToken: true,
    priorityClassName: 'system-cluster-critical',
    // There is no pod network yet when it starts.
    hostNetwork: true,
    // Nodes are not ready before it has run, and one of them must take it.
    tolerations: [{ operator: 'Exists', effect: 'NoExecute' }, { operator: 'Exists', effect: 'NoSchedule' }],
    spread: false,
    terminationGracePeriodSeconds: 60,
    containers: [{
      name: NAME,
      image: cluster.imageRegistry.image(UPSTREAM_IMAGES.tigeraOperator, tag),
      command: ['operator'],
      args: inRange(calico, CALICO_OPERATOR_FEATURES.managedDefinitions) ? ['-manage-crds=true'] : [],
      cpuRequest: '100m',
      memoryRequest: `${memory}Mi`,
      memoryLimit: `${2 * memory}Mi`,
      env: [
        { name: 'WATCH_NAMESPACE', value: '' },
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'OPERATOR_NAME', value: NAME },
        { name: 'TIGERA_OPERATOR_INIT_IMAGE_VERSION', value: tag },
      ],
      volumeMounts: [{ name: 'var-lib-calico', mountPath: '/var/lib/calico', readOnly: true }],
    }],
    volumes: [{ name: 'var-lib-calico', hostPath: { path: '/var/lib/calico' } }],
  });
  return k8s.KubeDeployment.manifest({
    metadata: { name: NAME, namespace: NAMESPACES.tigeraOperator },
    spec: {
      // One: it elects a leader, and the data plane does not depend on it.
      replicas: 1,
      selector: { matchLabels: selectorLabels(owner) },
      template: withEndpoint(withAppLabel(template)),
    },
  });
}

/** Policies that the operator writes for its parts name its pods by this label. */
function withAppLabel(template: k8s.PodTemplateSpec): k8s.PodTemplateSpec {
  return { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, 'k8s-app': NAME } } };
}

/** The operator itself reaches the API servers through the endpoint in the ConfigMap where there is one. */
function withEndpoint(template: k8s.PodTemplateSpec): k8s.PodTemplateSpec {
  const spec = template.spec!;
  const envFrom: k8s.EnvFromSource[] = [{ configMapRef: { name: ENDPOINT_CONFIG_MAP, optional: true } }];
  return { ...template, spec: { ...spec, containers: spec.containers.map(container => ({ ...container, envFrom })) } };
}
