/** How kOps writes the value of a flag. */
export type KopsFlagType = 'integer' | 'boolean' | 'string' | 'duration' | 'quantity' | 'list' | 'map';

/** Field of a component's specification. */
export interface KopsFlagField { readonly field: string; readonly type: KopsFlagType }

/**
 * Flags with a field in kOps, without those that kOps writes itself or overwrites (`leader-elect-*` of the controller manager have fields, and kOps replaces them).
 *
 * Source: k8s.io/kops v1.33.1, pkg/apis/kops/v1alpha2/componentconfig.go, tags `json` and `flag`; check `kops-field-tables-agree` reads them by reflection.
 */
export const KOPS_FLAG_FIELDS: { readonly [component: string]: { readonly [flag: string]: KopsFlagField } } = {
  'kube-apiserver': {
    'admission-control-config-file': { field: 'admissionControlConfigFile', type: 'string' },
    'api-audiences': { field: 'apiAudiences', type: 'list' },
    'audit-log-maxage': { field: 'auditLogMaxAge', type: 'integer' },
    'audit-log-maxbackup': { field: 'auditLogMaxBackups', type: 'integer' },
    'audit-log-maxsize': { field: 'auditLogMaxSize', type: 'integer' },
    'audit-log-path': { field: 'auditLogPath', type: 'string' },
    'audit-policy-file': { field: 'auditPolicyFile', type: 'string' },
    'audit-webhook-batch-buffer-size': { field: 'auditWebhookBatchBufferSize', type: 'integer' },
    'audit-webhook-batch-max-size': { field: 'auditWebhookBatchMaxSize', type: 'integer' },
    'audit-webhook-batch-max-wait': { field: 'auditWebhookBatchMaxWait', type: 'duration' },
    'audit-webhook-batch-throttle-burst': { field: 'auditWebhookBatchThrottleBurst', type: 'integer' },
    'audit-webhook-batch-throttle-enable': { field: 'auditWebhookBatchThrottleEnable', type: 'boolean' },
    'audit-webhook-batch-throttle-qps': { field: 'auditWebhookBatchThrottleQps', type: 'quantity' },
    'audit-webhook-config-file': { field: 'auditWebhookConfigFile', type: 'string' },
    'audit-webhook-initial-backoff': { field: 'auditWebhookInitialBackoff', type: 'duration' },
    'audit-webhook-mode': { field: 'auditWebhookMode', type: 'string' },
    'authentication-token-webhook-cache-ttl': { field: 'authenticationTokenWebhookCacheTtl', type: 'duration' },
    'authentication-token-webhook-config-file': { field: 'authenticationTokenWebhookConfigFile', type: 'string' },
    'authorization-webhook-cache-authorized-ttl': { field: 'authorizationWebhookCacheAuthorizedTtl', type: 'duration' },
    'authorization-webhook-cache-unauthorized-ttl': { field: 'authorizationWebhookCacheUnauthorizedTtl', type: 'duration' },
    'authorization-webhook-config-file': { field: 'authorizationWebhookConfigFile', type: 'string' },
    'contention-profiling': { field: 'enableContentionProfiling', type: 'boolean' },
    'cors-allowed-origins': { field: 'corsAllowedOrigins', type: 'list' },
    'default-not-ready-toleration-seconds': { field: 'defaultNotReadyTolerationSeconds', type: 'integer' },
    'default-unreachable-toleration-seconds': { field: 'defaultUnreachableTolerationSeconds', type: 'integer' },
    'disable-admission-plugins': { field: 'disableAdmissionPlugins', type: 'list' },
    'enable-aggregator-routing': { field: 'enableAggregatorRouting', type: 'boolean' },
    'event-ttl': { field: 'eventTTL', type: 'duration' },
    'feature-gates': { field: 'featureGates', type: 'map' },
    'goaway-chance': { field: 'goawayChance', type: 'string' },
    'http2-max-streams-per-connection': { field: 'http2MaxStreamsPerConnection', type: 'integer' },
    'kubelet-preferred-address-types': { field: 'kubeletPreferredAddressTypes', type: 'list' },
    'logging-format': { field: 'logFormat', type: 'string' },
    'max-mutating-requests-inflight': { field: 'maxMutatingRequestsInflight', type: 'integer' },
    'max-requests-inflight': { field: 'maxRequestsInflight', type: 'integer' },
    'min-request-timeout': { field: 'minRequestTimeout', type: 'integer' },
    'oidc-ca-file': { field: 'oidcCAFile', type: 'string' },
    'oidc-client-id': { field: 'oidcClientID', type: 'string' },
    'oidc-groups-claim': { field: 'oidcGroupsClaim', type: 'string' },
    'oidc-groups-prefix': { field: 'oidcGroupsPrefix', type: 'string' },
    'oidc-issuer-url': { field: 'oidcIssuerURL', type: 'string' },
    'oidc-required-claim': { field: 'oidcRequiredClaim', type: 'list' },
    'oidc-username-claim': { field: 'oidcUsernameClaim', type: 'string' },
    'oidc-username-prefix': { field: 'oidcUsernamePrefix', type: 'string' },
    'profiling': { field: 'enableProfiling', type: 'boolean' },
    'request-timeout': { field: 'requestTimeout', type: 'duration' },
    'runtime-config': { field: 'runtimeConfig', type: 'map' },
    'service-node-port-range': { field: 'serviceNodePortRange', type: 'string' },
    'tls-cipher-suites': { field: 'tlsCipherSuites', type: 'list' },
    'tls-min-version': { field: 'tlsMinVersion', type: 'string' },
    'watch-cache': { field: 'watchCache', type: 'boolean' },
    'watch-cache-sizes': { field: 'watchCacheSizes', type: 'list' },
  },
  'kube-controller-manager': {
    'attach-detach-reconcile-sync-period': { field: 'attachDetachReconcileSyncPeriod', type: 'duration' },
    'authorization-always-allow-paths': { field: 'authorizationAlwaysAllowPaths', type: 'list' },
    'cluster-signing-duration': { field: 'ClusterSigningDuration', type: 'duration' },
    'concurrent-deployment-syncs': { field: 'concurrentDeploymentSyncs', type: 'integer' },
    'concurrent-endpoint-syncs': { field: 'concurrentEndpointSyncs', type: 'integer' },
    'concurrent-horizontal-pod-autoscaler-syncs': { field: 'concurrentHorizontalPodAustoscalerSyncs', type: 'integer' },
    'concurrent-job-syncs': { field: 'concurrentJobSyncs', type: 'integer' },
    'concurrent-namespace-syncs': { field: 'concurrentNamespaceSyncs', type: 'integer' },
    'concurrent-rc-syncs': { field: 'concurrentRcSyncs', type: 'integer' },
    'concurrent-replicaset-syncs': { field: 'concurrentReplicasetSyncs', type: 'integer' },
    'concurrent-resource-quota-syncs': { field: 'concurrentResourceQuotaSyncs', type: 'integer' },
    'concurrent-service-syncs': { field: 'concurrentServiceSyncs', type: 'integer' },
    'concurrent-serviceaccount-token-syncs': { field: 'concurrentServiceaccountTokenSyncs', type: 'integer' },
    'contention-profiling': { field: 'enableContentionProfiling', type: 'boolean' },
    'disable-attach-detach-reconcile-sync': { field: 'disableAttachDetachReconcileSync', type: 'boolean' },
    'enable-leader-migration': { field: 'enableLeaderMigration', type: 'boolean' },
    'endpoint-updates-batch-period': { field: 'endpointUpdatesBatchPeriod', type: 'duration' },
    'endpointslice-updates-batch-period': { field: 'endpointSliceUpdatesBatchPeriod', type: 'duration' },
    'feature-gates': { field: 'featureGates', type: 'map' },
    'horizontal-pod-autoscaler-cpu-initialization-period': { field: 'horizontalPodAutoscalerCpuInitializationPeriod', type: 'duration' },
    'horizontal-pod-autoscaler-downscale-stabilization': { field: 'horizontalPodAutoscalerDownscaleStabilization', type: 'duration' },
    'horizontal-pod-autoscaler-initial-readiness-delay': { field: 'horizontalPodAutoscalerInitialReadinessDelay', type: 'duration' },
    'horizontal-pod-autoscaler-sync-period': { field: 'horizontalPodAutoscalerSyncPeriod', type: 'duration' },
    'horizontal-pod-autoscaler-tolerance': { field: 'horizontalPodAutoscalerTolerance', type: 'quantity' },
    'kube-api-burst': { field: 'kubeAPIBurst', type: 'integer' },
    'kube-api-qps': { field: 'kubeAPIQPS', type: 'quantity' },
    'logging-format': { field: 'logFormat', type: 'string' },
    'min-resync-period': { field: 'minResyncPeriod', type: 'string' },
    'node-monitor-grace-period': { field: 'nodeMonitorGracePeriod', type: 'duration' },
    'node-monitor-period': { field: 'nodeMonitorPeriod', type: 'duration' },
    'profiling': { field: 'enableProfiling', type: 'boolean' },
    'terminated-pod-gc-threshold': { field: 'terminatedPodGCThreshold', type: 'integer' },
    'tls-cipher-suites': { field: 'tlsCipherSuites', type: 'list' },
    'tls-min-version': { field: 'tlsMinVersion', type: 'string' },
  },
  'kube-scheduler': {
    'authorization-always-allow-paths': { field: 'authorizationAlwaysAllowPaths', type: 'list' },
    'feature-gates': { field: 'featureGates', type: 'map' },
    'logging-format': { field: 'logFormat', type: 'string' },
  },
};

/** Where the specification of a component stands in a Cluster. */
export const KOPS_COMPONENTS: { readonly [component: string]: string } = {
  'kube-apiserver': 'kubeAPIServer',
  'kube-controller-manager': 'kubeControllerManager',
  'kube-scheduler': 'kubeScheduler',
};

/**
 * Flags that kOps writes from its own addresses, keys and ranges, whatever a Cluster says.
 * Source: k8s.io/kops v1.33.1, pkg/model/components/apiserver.go and kubecontrollermanager.go, nodeup/pkg/model/kube_apiserver.go, kube_controller_manager.go, kube_scheduler.go.
 */
export const KOPS_OWNED_FLAGS = new RegExp(`^(${[
  'advertise-address', 'allocate-node-cidrs', 'allow-privileged', 'anonymous-auth', 'authentication-kubeconfig', 'authorization-kubeconfig', 'bind-address', 'client-ca-file',
  'cluster-cidr', 'cluster-name', 'cluster-signing-(cert|key)-file', 'controllers', 'enable-bootstrap-token-auth', 'etcd-(cafile|certfile|keyfile|servers|servers-overrides)', 'kubeconfig',
  'kubelet-client-.*', 'leader-elect', 'proxy-client-.*', 'requestheader-.*', 'root-ca-file', 'secure-port', 'service-account-.*', 'service-cluster-ip-range', 'tls-cert-file',
  'tls-private-key-file', 'use-service-account-credentials',
].join('|')})$`);

/** Admission plug-ins that kOps names by itself; others are appended to them. Source: k8s.io/kops v1.33.1, pkg/model/components/apiserver.go. */
export const KOPS_ADMISSION_PLUGINS: readonly string[] = [
  'DefaultStorageClass', 'DefaultTolerationSeconds', 'LimitRanger', 'MutatingAdmissionWebhook', 'NamespaceLifecycle', 'NodeRestriction', 'ResourceQuota', 'RuntimeClass', 'ServiceAccount',
  'ValidatingAdmissionPolicy', 'ValidatingAdmissionWebhook',
];

/**
 * Name of a flag of etcd in the environment of etcd-manager, which hands on to etcd what starts with `ETCD_`. The fields of etcdClusters for its timers are refused by kOps itself.
 * Source: k8s.io/kops v1.33.1, pkg/model/components/etcdmanager/model.go; kubernetes-sigs/etcd-manager, pkg/etcd/etcdprocess.go.
 */
export function kopsEtcdVariable(flag: string): string {
  return `ETCD_${flag.replace(/-/g, '_').toUpperCase()}`;
}

/** Flags of etcd that etcd-manager writes from its own members and certificates. */
export const KOPS_OWNED_ETCD_FLAGS = /^(advertise-client-urls|cert-file|client-cert-auth|data-dir|initial-.*|key-file|listen-.*|name|peer-.*|trusted-ca-file|tls-min-version|cipher-suites)$/;

/** Rings of etcd that kOps makes, and the names that they have here. */
export const KOPS_RINGS: { readonly [ring: string]: string } = { 'etcd-main': 'main', 'etcd-events': 'events' };
