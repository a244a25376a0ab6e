/** Namespace of the control plane's own service accounts. */
export const CONTROL_PLANE_NAMESPACE = 'kube-system';

/**
 * Service accounts as which the controllers of kube-controller-manager and of a cloud's controller manager ask with `use-service-account-credentials`, of
 * all releases together: a name that a release lacks matches nothing.
 *
 * Source: KK:plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go and cmd/kube-controller-manager/app, 1.22 to 1.37;
 * k8s.io/cloud-provider app.
 */
export const CONTROLLER_ACCOUNTS: readonly string[] = [
  'attachdetach-controller', 'bootstrap-signer', 'certificate-controller', 'cloud-controller-manager', 'cloud-node-controller', 'cloud-node-lifecycle-controller',
  'clusterrole-aggregation-controller', 'cronjob-controller', 'daemon-set-controller', 'deployment-controller', 'device-taint-eviction-controller',
  'disruption-controller', 'endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller', 'ephemeral-volume-controller', 'expand-controller',
  'generic-garbage-collector', 'horizontal-pod-autoscaler', 'job-controller', 'kube-apiserver-serving-clustertrustbundle-publisher',
  'legacy-service-account-token-cleaner', 'metadata-informers', 'namespace-controller', 'node-controller', 'persistent-volume-binder', 'pod-garbage-collector',
  'podcertificaterequestcleaner', 'podgroup-protection-controller', 'pv-protection-controller', 'pvc-protection-controller', 'replicaset-controller',
  'replication-controller', 'resource-claim-controller', 'resourcepoolstatusrequest-controller', 'resourcequota-controller', 'root-ca-cert-publisher',
  'route-controller', 'selinux-warning-controller', 'service-account-controller', 'service-cidrs-controller', 'service-controller', 'shared-informers',
  'statefulset-controller', 'storage-version-garbage-collector', 'storage-version-migrator-controller', 'token-cleaner', 'tokens-controller',
  'ttl-after-finished-controller', 'ttl-controller', 'validatingadmissionpolicy-status-controller', 'volumeattributesclass-protection-controller',
];

/** kubeadm's proxy on every node, and the user that it is where a kubeconfig names a certificate. Source: KK:cmd/kubeadm/app/phases/addons; KK:plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go. */
export const SERVICE_PROXY = { account: 'kube-proxy', user: 'system:kube-proxy' } as const;

/** kubeadm's cluster DNS. Source: KK:cmd/kubeadm/app/phases/addons/dns. */
export const CLUSTER_DNS_ACCOUNT = 'coredns';

/** Groups by which the API server knows who asks. Source: AS@37 pkg/authentication/user/user.go; KK:staging/src/k8s.io/cluster-bootstrap/token/api/types.go. */
export const USER_GROUPS = {
  serviceAccounts: 'system:serviceaccounts',
  authenticated: 'system:authenticated',
  unauthenticated: 'system:unauthenticated',
  bootstrappers: 'system:bootstrappers',
} as const;
