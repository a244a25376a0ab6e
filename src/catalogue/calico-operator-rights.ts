import { inRange, VersionRange } from './version-range';

/** Rights on some kinds of one or several API groups. */
export interface OperatorRight extends VersionRange {
  readonly groups: string[];
  readonly resources: string[];
  readonly verbs: string[];
  /** Only objects of these names. */
  readonly names?: string[];
}

const READ = ['get', 'list', 'watch'];
const OWN = ['create', 'delete', 'get', 'list', 'update', 'watch'];
const OWN_AND_PATCH = [...OWN, 'patch'];
const TEND = ['get', 'list', 'patch', 'update', 'watch'];

/** Kinds of Calico whose CustomResourceDefinitions the operator keeps up to date, in both API groups. */
const CALICO_DEFINITIONS = [
  'bgpconfigurations', 'bgpfilters', 'bgppeers', 'blockaffinities', 'caliconodestatuses', 'clusterinformations', 'felixconfigurations',
  'globalnetworkpolicies', 'globalnetworksets', 'hostendpoints', 'ipamblocks', 'ipamhandles', 'ippools', 'ipreservations',
  'kubecontrollersconfigurations', 'networkpolicies', 'networksets', 'stagedglobalnetworkpolicies', 'stagedkubernetesnetworkpolicies',
  'stagednetworkpolicies', 'tiers',
];
const OPERATOR_DEFINITIONS = ['apiservers', 'gatewayapis', 'goldmanes', 'imagesets', 'installations', 'managementclusterconnections', 'tigerastatuses', 'whiskers'];

/*
 * What the operator of a Calico release has to be allowed. Extracted on 2026-11-23 from manifests/tigera-operator.yaml of projectcalico/calico
 * at v3.22.0, v3.24.0, v3.26.0 and v3.28.0 ... v3.32.0. Left out on purpose: OpenShift, and what only the gateway and mesh add-ons of the
 * operator write, which this library never asks for. It may create any role (escalate, bind): treat its token like that of an administrator.
 */
const CLUSTER_RIGHTS: OperatorRight[] = [
  { groups: [''], resources: ['configmaps', 'endpoints', 'events', 'namespaces', 'pods', 'podtemplates', 'serviceaccounts', 'services'], verbs: OWN },
  { groups: [''], resources: ['nodes'], verbs: [...READ, 'patch'] },
  { groups: [''], resources: ['resourcequotas', 'secrets'], verbs: READ },
  { groups: [''], resources: ['resourcequotas'], names: ['calico-critical-pods', 'tigera-critical-pods'], verbs: OWN },
  // From 3.30 on only in namespaces where the ClusterRole tigera-operator-secrets is bound.
  { groups: [''], resources: ['secrets'], verbs: ['create', 'delete', 'update'], removed: '3.30' },
  { groups: ['admissionregistration.k8s.io'], resources: ['mutatingwebhookconfigurations'], verbs: ['delete'], added: '3.29', removed: '3.31' },
  { groups: ['admissionregistration.k8s.io'], resources: ['mutatingwebhookconfigurations'], verbs: [...READ, 'delete'], added: '3.31', removed: '3.32' },
  { groups: ['admissionregistration.k8s.io'], resources: ['mutatingwebhookconfigurations'], verbs: [...READ, 'create', 'delete'], added: '3.32' },
  {
    groups: ['admissionregistration.k8s.io'],
    resources: ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings', 'validatingwebhookconfigurations'],
    verbs: OWN,
    added: '3.32',
  },
  { groups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: [...READ, 'create'], added: '3.30' },
  {
    groups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    names: [...CALICO_DEFINITIONS, 'ipamconfigs'].map(kind => `${kind}.crd.projectcalico.org`),
    verbs: ['update'],
    added: '3.30',
  },
  {
    groups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    names: OPERATOR_DEFINITIONS.map(kind => `${kind}.operator.tigera.io`),
    verbs: ['update'],
    added: '3.30',
  },
  {
    groups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    names: ['adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io'],
    verbs: ['update'],
    added: '3.30',
    removed: '3.31',
  },
  {
    groups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    names: ['adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io'],
    verbs: ['delete', 'update'],
    added: '3.31',
    removed: '3.32',
  },
  {
    groups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    names: [...[...CALICO_DEFINITIONS, 'ipamconfigurations'].map(kind => `${kind}.projectcalico.org`), 'istios.operator.tigera.io'],
    verbs: ['update'],
    added: '3.32',
  },
  {
    groups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    names: ['clusternetworkpolicies.policy.networking.k8s.io'],
    verbs: ['delete', 'update'],
    added: '3.32',
  },
  { groups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: ['create', 'list', 'update', 'watch'], removed: '3.32' },
  { groups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: ['create', 'delete', 'list', 'update', 'watch'], added: '3.32' },
  { groups: ['apps'], resources: ['daemonsets', 'deployments', 'statefulsets'], verbs: OWN_AND_PATCH },
  { groups: ['apps'], resources: ['deployments/finalizers'], names: ['tigera-operator'], verbs: ['update'] },
  { groups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'], added: '3.31' },
  { groups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: [...READ, 'create'], added: '3.32' },
  { groups: ['batch'], resources: ['jobs'], verbs: ['create', 'list', 'watch'], added: '3.30' },
  { groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['list'], removed: '3.24' },
  { groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['list', 'watch'], added: '3.24' },
  { groups: ['coordination.k8s.io'], resources: ['leases'], verbs: OWN },
  { groups: ['crd.projectcalico.org'], resources: ['felixconfigurations'], verbs: [...READ, 'create', 'patch'] },
  { groups: ['crd.projectcalico.org'], resources: ['ippools', 'kubecontrollersconfigurations'], verbs: READ },
  { groups: ['crd.projectcalico.org'], resources: ['bgpconfigurations'], verbs: READ, added: '3.24' },
  { groups: ['crd.projectcalico.org'], resources: ['ippools'], verbs: ['create', 'patch'], added: '3.28' },
  { groups: ['crd.projectcalico.org'], resources: ['clusterinformations'], verbs: READ, added: '3.30' },
  { groups: ['crd.projectcalico.org'], resources: ['bgpconfigurations'], verbs: ['create', 'patch'], added: '3.32' },
  { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ, added: '3.31' },
  { groups: ['kubevirt.io'], resources: ['virtualmachineinstancemigrations'], verbs: READ, added: '3.32' },
  { groups: ['migration.projectcalico.org'], resources: ['datastoremigrations'], verbs: READ, added: '3.32' },
  { groups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: OWN },
  { groups: ['operator.tigera.io'], resources: ['*'], verbs: OWN_AND_PATCH, removed: '3.28' },
  { groups: ['operator.tigera.io'], resources: ['apiservers', 'installations'], verbs: [...TEND, 'delete'], added: '3.28' },
  {
    groups: ['operator.tigera.io'],
    resources: [
      'apiservers/finalizers', 'apiservers/status', 'imagesets', 'installations/finalizers', 'installations/status', 'tigerastatuses/finalizers',
      'tigerastatuses/status',
    ],
    verbs: TEND,
    added: '3.28',
  },
  { groups: ['operator.tigera.io'], resources: ['tigerastatuses'], verbs: OWN_AND_PATCH, added: '3.28' },
  // The controllers of these kinds start with the operator, whether an object exists or not.
  {
    groups: ['operator.tigera.io'],
    resources: [
      'gatewayapis', 'gatewayapis/finalizers', 'goldmanes', 'goldmanes/finalizers', 'goldmanes/status', 'managementclusterconnections',
      'managementclusterconnections/finalizers', 'managementclusterconnections/status', 'whiskers', 'whiskers/finalizers', 'whiskers/status',
    ],
    verbs: TEND,
    added: '3.30',
  },
  { groups: ['operator.tigera.io'], resources: ['gatewayapis/status'], verbs: TEND, added: '3.30', removed: '3.31' },
  { groups: ['operator.tigera.io'], resources: ['goldmanes', 'whiskers'], verbs: ['delete'], added: '3.31' },
  { groups: ['operator.tigera.io'], resources: ['istios', 'istios/finalizers', 'istios/status'], verbs: TEND, added: '3.32' },
  { groups: ['policy'], resources: ['poddisruptionbudgets'], verbs: OWN },
  // Kubernetes 1.25 has no PodSecurityPolicy any more; 3.26 is paired with it and with 1.24.
  { groups: ['policy'], resources: ['podsecuritypolicies'], verbs: OWN, removed: '3.28' },
  { groups: ['policy'], resources: ['podsecuritypolicies'], names: ['tigera-operator'], verbs: ['use'], removed: '3.28' },
  { groups: ['projectcalico.org'], resources: ['ippools'], verbs: OWN_AND_PATCH, added: '3.28' },
  { groups: ['projectcalico.org'], resources: ['ipamconfigurations'], verbs: READ, added: '3.28' },
  { groups: ['projectcalico.org'], resources: ['tiers'], verbs: ['create', 'list', 'watch'], added: '3.29', removed: '3.32' },
  { groups: ['projectcalico.org'], resources: ['tiers'], names: ['allow-tigera'], verbs: ['delete', 'get', 'update'], added: '3.29', removed: '3.32' },
  {
    groups: ['projectcalico.org'],
    resources: ['tier.globalnetworkpolicies', 'tier.networkpolicies'],
    names: ['allow-tigera.*'],
    verbs: OWN,
    added: '3.29',
    removed: '3.32',
  },
  { groups: ['projectcalico.org'], resources: ['clusterinformations'], verbs: READ, added: '3.31' },
  { groups: ['projectcalico.org'], resources: ['bgpconfigurations', 'felixconfigurations'], verbs: [...READ, 'create', 'patch'], added: '3.32' },
  { groups: ['projectcalico.org'], resources: ['globalnetworkpolicies', 'networkpolicies', 'networksets'], verbs: OWN_AND_PATCH, added: '3.32' },
  { groups: ['projectcalico.org'], resources: ['kubecontrollersconfigurations', 'tier.globalnetworkpolicies', 'tier.networkpolicies'], verbs: READ, added: '3.32' },
  { groups: ['projectcalico.org'], resources: ['tier.globalnetworkpolicies', 'tier.networkpolicies'], names: ['calico-system.*'], verbs: OWN, added: '3.32' },
  { groups: ['projectcalico.org'], resources: ['tiers'], verbs: [...READ, 'create'], added: '3.32' },
  { groups: ['projectcalico.org'], resources: ['tiers'], names: ['calico-system'], verbs: ['delete', 'get', 'update'], added: '3.32' },
  { groups: ['rbac.authorization.k8s.io'], resources: ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'], verbs: [...OWN, 'bind', 'escalate'] },
  { groups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: OWN },
  { groups: ['storage.k8s.io'], resources: ['csidrivers'], verbs: OWN, added: '3.24' },
];

/** Name of the ClusterRole that the operator itself binds in every namespace whose Secrets it writes. */
export const OPERATOR_SECRETS_ROLE = 'tigera-operator-secrets';

const SECRETS_RIGHTS: OperatorRight[] = [
  { groups: [''], resources: ['secrets'], verbs: ['create', 'delete', 'update'], added: '3.30' },
];

/** Rights on the whole cluster of the operator of a Calico release. */
export function operatorRights(calico: string): OperatorRight[] {
  return CLUSTER_RIGHTS.filter(right => inRange(calico, right));
}

/** Rights on Secrets, given namespace by namespace; none before 3.30, where they are rights on the whole cluster. */
export function operatorSecretsRights(calico: string): OperatorRight[] {
  return SECRETS_RIGHTS.filter(right => inRange(calico, right));
}
