/**
 * Talos whose documents these tables follow: what its machinery module says of itself. Talos brings its own etcd; one before 3.6 lacks flags that Talos hands to it.
 * Source: github.com/siderolabs/talos/pkg/machinery v1.14.1, constants/constants.go, compatibility/talos114; siderolabs/talos v1.14.0-rc.1, internal/app/machined/pkg/system/services/etcd.go.
 * Check `talos-tables-agree` asks the module for everything of this file that it knows.
 */
export const TALOS = {
  release: 'v1.14.1',
  oldestMinor: 32,
  newestMinor: 37,
  etcd: '3.7.1',
  oldestEtcdMinor: 6,
  kubeletImage: 'ghcr.io/siderolabs/kubelet',
  /** Where the API server may write audit logs, and where it sees its keys; the CA of the cluster is among them. */
  auditLogs: '/var/log/audit/kube',
  apiServerSecrets: '/system/secrets/kubernetes/kube-apiserver',
  /** Metrics and health of etcd: port 2379 answers gRPC alone. */
  etcdHttpPort: 2383,
  /** apid and trustd: Talos keeps outgoing connections off these ports by itself, as long as nobody gives a list of his own. */
  reservedPorts: [50000, 50001],
  /** Open files of everything that machined starts. Source: siderolabs/talos v1.14.0-rc.1, internal/app/machined/pkg/startup/tasks.go. */
  openFiles: 1_048_576,
  /** Most bits between a pod range and the part of it that a node would get. */
  mostNodeMaskBits: 16,
} as const;

/** Oldest and newest minor of Kubernetes of earlier releases, whose configuration has other documents. Source: as above, compatibility/talos<minor>. */
export const EARLIER_TALOS: { readonly [talos: string]: readonly [number, number] } = { 1.11: [29, 34], 1.12: [30, 35], 1.13: [31, 36] };

/** Fields of the kubelet that its validation refuses. Source: github.com/siderolabs/talos/pkg/machinery v1.14.1, kubelet/kubelet.go. */
export const TALOS_PROTECTED_KUBELET_FIELDS: readonly string[] = [
  'apiVersion', 'authentication', 'authorization', 'cgroupRoot', 'kind', 'kubeletCgroups', 'port', 'protectKernelDefaults', 'resolvConf', 'rotateCertificates', 'seccompDefault',
  'staticPodPath', 'systemCgroups',
];

/** What Talos writes into them. Source: siderolabs/talos v1.14.0-rc.1, internal/app/machined/pkg/controllers/k8s/kubelet_spec.go. */
export const TALOS_KUBELET_VALUES: { readonly [field: string]: unknown } = {
  'authentication.anonymous.enabled': false,
  'authentication.webhook.enabled': true,
  'authorization.mode': 'Webhook',
  'port': 10250,
  'protectKernelDefaults': true,
  'rotateCertificates': true,
};

/** Fields that name places and drivers of a machine; Talos has its own, cgroupfs among them, because there is no systemd. */
export const TALOS_KUBELET_PLACES: readonly string[] = ['authentication.x509.clientCAFile', 'cgroupDriver', 'containerRuntimeEndpoint', 'resolvConf', 'staticPodPath'];

/** Kinds of the documents of the control plane's components. */
export const TALOS_COMPONENTS: { readonly [component: string]: string } = {
  'kube-apiserver': 'KubeAPIServerConfig',
  'kube-controller-manager': 'KubeControllerManagerConfig',
  'kube-scheduler': 'KubeSchedulerConfig',
};

/**
 * Flags that Talos writes from its own addresses, keys and documents: refused in `extraArgs`, or with a document of their own, or different on each machine.
 * Source: siderolabs/talos v1.14.0-rc.1, internal/app/machined/pkg/controllers/k8s/control_plane_final.go and internal/app/machined/pkg/system/services/etcd.go;
 * github.com/siderolabs/talos/pkg/machinery v1.14.1, config/types/k8s/apiserver.go.
 */
export const TALOS_OWNED_FLAGS: { readonly [component: string]: RegExp } = {
  'kube-apiserver': new RegExp(`^(${[
    'admission-control-config-file', 'advertise-address', 'api-audiences', 'audit-policy-file', 'authentication-config', 'authorization-mode', 'client-ca-file',
    'etcd-(cafile|certfile|keyfile|servers)', 'kubelet-client-(certificate|key)', 'proxy-client-(cert|key)-file', 'requestheader-client-ca-file', 'secure-port',
    'service-account-(issuer|key-file|signing-key-file)', 'service-cluster-ip-range', 'tls-cert-file', 'tls-private-key-file',
  ].join('|')})$`),
  'kube-controller-manager': new RegExp(`^(${[
    'authentication-kubeconfig', 'authorization-kubeconfig', 'cluster-cidr', 'cluster-signing-(cert|key)-file', 'kubeconfig', 'node-cidr-mask-size(-ipv[46])?', 'root-ca-file', 'secure-port',
    'service-account-private-key-file', 'service-cluster-ip-range',
  ].join('|')})$`),
  'kube-scheduler': /^(authentication-kubeconfig|authorization-kubeconfig|config|kubeconfig|secure-port)$/,
  'etcd': new RegExp(`^(${[
    'advertise-client-urls', 'auto-tls', 'cert-file', 'client-cert-auth', 'data-dir', 'initial-.*', 'key-file', 'listen-(client|client-http|peer)-urls', 'name', 'peer-auto-tls',
    'peer-(client-cert-auth|cert-file|key-file|trusted-ca-file)', 'trusted-ca-file',
  ].join('|')})$`),
};

/** Flags with one value that Talos can give. Source: as above, and config/types/k8s/authorization.go; its probes look at these ports. */
export const TALOS_FIXED_FLAGS: { readonly [component: string]: { readonly [flag: string]: string } } = {
  'kube-apiserver': { 'authorization-mode': 'Node,RBAC' },
  'kube-controller-manager': { 'secure-port': '10257' },
  'kube-scheduler': { 'secure-port': '10259' },
};

/** Flags that no document carries and that a cluster does without, and what holds instead. Source: as above; machinery's config/generate/kubernetes.go for the keys of encryption. */
export const TALOS_REPLACED_FLAGS: { readonly [component: string]: { readonly [flag: string]: string } } = {
  'kube-apiserver': {
    'encryption-provider-config': 'KubeEtcdEncryptionConfig of `talosctl gen config`: Secrets by secretbox, nothing else; further resources and a KMS are yours to add there',
    'tls-cipher-suites': 'TLS 1.3 alone, whose suites nobody chooses',
    'tls-min-version': 'VersionTLS13: Talos takes no other',
  },
  'kube-controller-manager': {
    'client-ca-file': 'read from ConfigMap `extension-apiserver-authentication`',
    'requestheader-client-ca-file': 'read from ConfigMap `extension-apiserver-authentication`',
  },
  'kube-scheduler': {
    'client-ca-file': 'read from ConfigMap `extension-apiserver-authentication`',
    'requestheader-client-ca-file': 'read from ConfigMap `extension-apiserver-authentication`',
  },
  'etcd': {
    'cipher-suites': 'TLS 1.3 alone, whose suites nobody chooses',
    'experimental-compact-hash-check-enabled': 'feature gate CompactHashCheck, on',
    'experimental-initial-corrupt-check': 'feature gate InitialCorruptCheck, on',
    'experimental-watch-progress-notify-interval': '5s',
    'feature-gates': 'CompactHashCheck=true,InitialCorruptCheck=true: Talos takes no others',
    'listen-metrics-urls': 'port 2383, by TLS with the client certificate that port 2379 asks for',
    'tls-min-version': 'TLS1.3: Talos takes no other',
    'watch-progress-notify-interval': '5s: Talos takes no other',
  },
};

/** Values of replaced flags that are the same in Talos: nothing to tell. */
export const TALOS_SAME_VALUES: { readonly [flag: string]: string } = {
  'experimental-compact-hash-check-enabled': 'true',
  'experimental-initial-corrupt-check': 'true',
  'experimental-watch-progress-notify-interval': '5s',
  'feature-gates': 'CompactHashCheck=true,InitialCorruptCheck=true',
  'watch-progress-notify-interval': '5s',
};

/** Defaults of upstream that Talos lowers, and that have to be said to hold. Source: as above; KCM pkg/controller/podgc/config/v1alpha1/defaults.go. */
export const TALOS_LOWERED_DEFAULTS: { readonly [component: string]: { readonly [flag: string]: string } } = {
  'kube-controller-manager': { 'terminated-pod-gc-threshold': '12500' },
};

/** Modules that are part of its kernel. Source: siderolabs/pkgs, kernel/build/config-amd64 and config-arm64. */
export const TALOS_BUILT_IN_MODULES: readonly string[] = ['br_netfilter', 'nf_conntrack', 'overlay'];

/** Modules of NVIDIA's extension, loaded only where a configuration names them, and the setting that its runtime needs. Source: Talos documentation, NVIDIA GPU (proprietary drivers), v1.6 to v1.12. */
export const TALOS_NVIDIA = { modules: ['nvidia', 'nvidia_uvm', 'nvidia_drm', 'nvidia_modeset'], sysctls: { 'net.core.bpf_jit_harden': '1' } } as const;

/** Files below /etc that Talos keeps to itself. Source: github.com/siderolabs/talos/pkg/machinery v1.14.1, config/types/runtime/etc_file.go. */
export const TALOS_MANAGED_FILES = new RegExp(`^/etc/(${[
  '(extensions\\.yaml|hosts|localtime|machine-id|os-release|resolv\\.conf|xattr\\.conf)$',
  '(apparmor\\.d|apparmor|ca-certificates|cni|cri|iscsi|kubernetes|lvm|nvme|pki|selinux|ssl)(/|$)',
].join('|')})`);

/** Scripts and units of ours that cannot run without shell and systemd, and what does their work. */
export const TALOS_REPLACED_FILES: ReadonlyArray<{ readonly path: RegExp; readonly by: string }> = [
  { path: /\/thousand-node-etcd-|^\/etc\/thousand-node\/etcd-/, by: '`talosctl etcd snapshot`, `defrag`, `status`, `alarm`: see Backups' },
  { path: /\/thousand-node-encryption-config$/, by: 'keys come from `talosctl gen secrets`' },
  { path: /\/thousand-node-cpu-governor(\.service)?$/, by: 'kernel argument `cpufreq.default_governor=performance` in the schematic of the image (its kernel starts with schedutil)' },
  { path: /\/thousand-node-gpu-check$|\/kubelet\.service\.d\/20-gpu-check\.conf$/, by: 'nobody: the kubelet does not wait for cards; look at `talosctl get modules` and at the allocatable `nvidia.com/gpu`' },
  { path: /\/thousand-node-preload-images(\.service)?$/, by: 'nobody: the kubelet pulls at the first pod; an `ImageCacheConfig` with a cache in the installation image does it before' },
  { path: /\/kubelet\.service\.d\/20-swap\.conf$/, by: 'Talos: there is no swap without a `SwapVolumeConfig`' },
  { path: /\/journald\.conf\.d\//, by: 'nobody: there is no journal. `talosctl logs`, or `machine.logging.destinations`' },
];
