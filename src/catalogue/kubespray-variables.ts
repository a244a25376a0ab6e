/** Release of kubespray whose variables these are, and the minors of Kubernetes that it installs. Source: kubernetes-sigs/kubespray v2.31.0, checksums.yml. */
export const KUBESPRAY = { release: 'v2.31.0', oldestMinor: 33, newestMinor: 35 } as const;

/** Fields of the kubelet's configuration that kubespray writes from variables: a second copy in its free part would be a key given twice. Source: kubelet-config.v1beta1.yaml.j2. */
export const KUBESPRAY_KUBELET_VARIABLES: { readonly [field: string]: string } = {
  containerLogMaxFiles: 'kubelet_logfiles_max_nr',
  containerLogMaxSize: 'kubelet_logfiles_max_size',
  cpuManagerPolicy: 'kubelet_cpu_manager_policy',
  cpuManagerPolicyOptions: 'kubelet_cpu_manager_policy_options',
  eventRecordQPS: 'kubelet_event_record_qps',
  evictionHard: 'eviction_hard',
  failCgroupV1: 'kubelet_fail_cgroup_v1',
  failSwapOn: 'kubelet_fail_swap_on',
  imageGCHighThresholdPercent: 'kubelet_image_gc_high_threshold',
  imageGCLowThresholdPercent: 'kubelet_image_gc_low_threshold',
  makeIPTablesUtilChains: 'kubelet_make_iptables_util_chains',
  maxParallelImagePulls: 'kubelet_max_parallel_image_pulls',
  maxPods: 'kubelet_max_pods',
  nodeStatusUpdateFrequency: 'kubelet_status_update_frequency',
  podPidsLimit: 'kubelet_pod_pids_limit',
  protectKernelDefaults: 'kubelet_protect_kernel_defaults',
  readOnlyPort: 'kube_read_only_port',
  resolvConf: 'kube_resolv_conf',
  rotateCertificates: 'kubelet_rotate_certificates',
  serverTLSBootstrap: 'kubelet_rotate_server_certificates',
  shutdownGracePeriod: 'kubelet_shutdown_grace_period',
  shutdownGracePeriodCriticalPods: 'kubelet_shutdown_grace_period_critical_pods',
  streamingConnectionIdleTimeout: 'kubelet_streaming_connection_idle_timeout',
  topologyManagerPolicy: 'kubelet_topology_manager_policy',
  topologyManagerScope: 'kubelet_topology_manager_scope',
};

/** Fields that kubespray decides from its own facts. */
export const KUBESPRAY_OWNED_KUBELET_FIELDS: readonly string[] = [
  'authentication', 'authorization', 'cgroupDriver', 'clusterDNS', 'clusterDomain', 'containerRuntimeEndpoint', 'registerWithTaints', 'staticPodPath', 'tlsCipherSuites', 'tlsMinVersion',
];

/** Flags with variables of their own. A name that ends in `[]` takes a list. Source: kubeadm-config.v1beta4.yaml.j2, etcd.env.j2. */
export const KUBESPRAY_FLAG_VARIABLES: { readonly [component: string]: { readonly [flag: string]: string } } = {
  'kube-apiserver': {
    'anonymous-auth': 'kube_api_anonymous_auth',
    'authorization-mode': 'authorization_modes[]',
    'default-not-ready-toleration-seconds': 'kube_apiserver_pod_eviction_not_ready_timeout_seconds',
    'default-unreachable-toleration-seconds': 'kube_apiserver_pod_eviction_unreachable_timeout_seconds',
    'disable-admission-plugins': 'kube_apiserver_disable_admission_plugins[]',
    'enable-admission-plugins': 'kube_apiserver_enable_admission_plugins[]',
    'enable-aggregator-routing': 'kube_api_aggregator_routing',
    'etcd-compaction-interval': 'kube_apiserver_etcd_compaction_interval',
    'event-ttl': 'event_ttl_duration',
    'feature-gates': 'kube_apiserver_feature_gates[]',
    'kubelet-preferred-address-types': 'kubelet_preferred_address_types',
    'profiling': 'kube_profiling',
    'request-timeout': 'kube_apiserver_request_timeout',
    'runtime-config': 'kube_api_runtime_config[]',
    'service-node-port-range': 'kube_apiserver_node_port_range',
    'tls-cipher-suites': 'tls_cipher_suites[]',
    'tls-min-version': 'tls_min_version',
  },
  'kube-controller-manager': {
    'feature-gates': 'kube_controller_feature_gates[]',
    'leader-elect-lease-duration': 'kube_controller_manager_leader_elect_lease_duration',
    'leader-elect-renew-deadline': 'kube_controller_manager_leader_elect_renew_deadline',
    'node-monitor-grace-period': 'kube_controller_node_monitor_grace_period',
    'node-monitor-period': 'kube_controller_node_monitor_period',
    'profiling': 'kube_profiling',
    'terminated-pod-gc-threshold': 'kube_controller_terminated_pod_gc_threshold',
  },
  'kube-scheduler': { 'feature-gates': 'kube_scheduler_feature_gates[]', 'profiling': 'kube_profiling' },
  'etcd': {
    'auto-compaction-retention': 'etcd_compaction_retention',
    'election-timeout': 'etcd_election_timeout',
    'heartbeat-interval': 'etcd_heartbeat_interval',
    'max-request-bytes': 'etcd_max_request_bytes',
    'quota-backend-bytes': 'etcd_quota_backend_bytes',
    'snapshot-count': 'etcd_snapshot_count',
  },
};

/** Where flags without a variable of their own go. */
export const KUBESPRAY_EXTRA_ARGUMENTS: { readonly [component: string]: string } = {
  'kube-apiserver': 'kube_kubeadm_apiserver_extra_args',
  'kube-controller-manager': 'kube_kubeadm_controller_extra_args',
  'kube-scheduler': 'kube_kubeadm_scheduler_extra_args',
};

/** Flags that kubeadm or kubespray writes from addresses, keys and ranges. */
export const KUBESPRAY_OWNED_FLAGS = new RegExp(`^(${[
  'advertise-address', 'allow-privileged', 'authentication-kubeconfig', 'authorization-kubeconfig', 'bind-address', 'client-ca-file', 'cluster-cidr', 'cluster-name',
  'cluster-signing-.*', 'controllers', 'enable-bootstrap-token-auth', 'etcd-(cafile|certfile|keyfile|servers|servers-overrides)', 'kubeconfig', 'kubelet-certificate-authority',
  'kubelet-client-.*', 'leader-elect', 'proxy-client-.*', 'requestheader-.*', 'root-ca-file', 'secure-port', 'service-account-.*', 'service-cluster-ip-range', 'tls-cert-file', 'tls-private-key-file',
  'use-service-account-credentials',
].join('|')})$`);

/** Flags that mean nothing without a file that kubespray writes itself. */
export const KUBESPRAY_FILE_FLAGS = /^(admission-control-config-file|audit-.*|config|encryption-provider-config.*|tracing-config-file)$/;
