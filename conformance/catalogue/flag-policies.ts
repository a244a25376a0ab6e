/**
 * Judgements that no source holds: who may set a flag, and what to use instead of a flag whose own text does not say it.
 * Everything else in the tables is extracted.
 */

type Policy = 'owned' | 'additive' | 'denied' | undefined;

const ADDITIVE = new Set(['feature-gates', 'tls-cipher-suites', 'tls-sni-cert-key', 'vmodule', 'disabled-metrics', 'allow-metric-labels']);

/** They end the process or take it out of the construct's hands. */
const DENIED = new Set(['help', 'version', 'master', 'address', 'port', 'insecure-port', 'insecure-bind-address']);

/** Of every component that serves HTTPS. */
const SERVING = ['bind-address', 'secure-port', 'tls-cert-file', 'tls-private-key-file', 'client-ca-file'];

const KUBECONFIGS = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];

/** Owned wins over denied: the autoscaler's --address is its metrics endpoint, not an insecure API. */
function policies(owned: readonly string[], additive: readonly string[] = [], denied: readonly string[] = []): (flag: string) => Policy {
  return (flag) => {
    if (owned.includes(flag) || flag.startsWith('requestheader-')) { return 'owned'; }
    if (DENIED.has(flag) || denied.includes(flag)) { return 'denied'; }
    return ADDITIVE.has(flag) || additive.includes(flag) ? 'additive' : undefined;
  };
}

export const POLICIES: { readonly [component: string]: (flag: string) => Policy } = {
  'kube-apiserver': policies([
    ...SERVING, 'advertise-address', 'etcd-servers', 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile', 'service-cluster-ip-range',
    'service-account-issuer', 'service-account-key-file', 'service-account-signing-key-file', 'kubelet-client-certificate', 'kubelet-client-key',
    'kubelet-certificate-authority', 'proxy-client-cert-file', 'proxy-client-key-file', 'encryption-provider-config',
    'audit-policy-file', 'admission-control-config-file', 'etcd-servers-overrides', 'max-requests-inflight', 'max-mutating-requests-inflight', 'event-ttl', 'goaway-chance',
    'anonymous-auth', 'authentication-config', 'emulated-version', 'shutdown-delay-duration',
  ], [
    'enable-admission-plugins', 'disable-admission-plugins', 'runtime-config', 'api-audiences', 'watch-cache-sizes',
    'oidc-required-claim', 'cors-allowed-origins', 'strict-transport-security-directives',
  ], ['authorization-config', 'token-auth-file']),
  'kube-controller-manager': policies([
    ...SERVING, ...KUBECONFIGS, 'cluster-cidr', 'service-cluster-ip-range', 'cluster-name', 'cluster-signing-cert-file', 'cluster-signing-key-file',
    'root-ca-file', 'service-account-private-key-file', 'leader-elect', 'allocate-node-cidrs', 'node-cidr-mask-size', 'node-cidr-mask-size-ipv4',
    'node-cidr-mask-size-ipv6', 'emulated-version', 'node-eviction-rate', 'secondary-node-eviction-rate', 'unhealthy-zone-threshold', 'large-cluster-size-threshold',
  ], ['controllers']),
  'kube-scheduler': policies([...SERVING, ...KUBECONFIGS, 'config', 'leader-elect', 'emulated-version'], [], ['write-config-to']),
  // Settings of the configuration file belong there: a flag would silently win over the file.
  'kubelet': policies(['config', 'config-dir', 'kubeconfig', 'bootstrap-kubeconfig', 'cert-dir', 'root-dir', 'node-ip', 'hostname-override',
    'container-runtime', 'container-runtime-endpoint', 'register-node', 'register-with-taints', 'cloud-provider', 'dynamic-config-dir', 'runonce'],
  ['node-labels']),
  'kube-proxy': policies(['config', 'kubeconfig', 'hostname-override', 'cluster-cidr'], [], ['cleanup', 'init-only', 'write-config-to']),
  'etcd': policies([
    'name', 'data-dir', 'wal-dir', 'initial-cluster', 'initial-cluster-state', 'initial-cluster-token', 'initial-advertise-peer-urls', 'listen-peer-urls',
    'listen-client-urls', 'listen-client-http-urls', 'listen-metrics-urls', 'advertise-client-urls', 'cert-file', 'key-file', 'trusted-ca-file',
    'client-cert-auth', 'peer-cert-file', 'peer-key-file', 'peer-trusted-ca-file', 'peer-client-cert-auth', 'tls-min-version', 'cipher-suites',
  ], ['feature-gates', 'log-outputs', 'cors', 'host-whitelist'],
  ['config-file', 'force-new-cluster', 'discovery', 'discovery-srv', 'proxy', 'auto-tls', 'peer-auto-tls', 'unsafe-no-fsync']),
  'cluster-autoscaler': policies([
    'cloud-provider', 'cloud-config', 'cluster-name', 'namespace', 'kubeconfig', 'kubernetes', 'leader-elect', 'nodes', 'expander', 'address',
    'cores-total', 'memory-total', 'max-nodes-total', 'node-group-auto-discovery',
  ], ['balancing-ignore-label', 'balancing-label', 'ignore-taint', 'startup-taint', 'status-taint', 'startup-taint-prefix', 'gpu-total',
    'bypassed-scheduler-names', 'feature-gates']),
};
/** Where the deprecation text names no successor, or one that is not a flag. */
export const REPLACEMENTS: { readonly [component: string]: { readonly [flag: string]: string } | undefined } = {
  'kube-apiserver': {
    'address': 'bind-address',
    'admission-control': 'enable-admission-plugins',
    'experimental-encryption-provider-config': 'encryption-provider-config',
    'insecure-bind-address': 'bind-address',
    'insecure-port': 'secure-port',
    'port': 'secure-port',
    'service-account-api-audiences': 'api-audiences',
  },
  'kube-controller-manager': {
    address: 'bind-address',
    port: 'secure-port',
  },
  'kube-scheduler': {
    'address': 'bind-address',
    'port': 'secure-port',
    'algorithm-provider': 'config',
    'policy-config-file': 'config',
    'policy-configmap': 'config',
    'policy-configmap-namespace': 'config',
    'scheduler-name': 'config',
    'use-legacy-policy-config': 'config',
    'hard-pod-affinity-symmetric-weight': 'config',
  },
};
