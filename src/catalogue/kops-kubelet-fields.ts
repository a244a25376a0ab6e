/** Release of kOps whose API types these tables follow, the minors of Kubernetes and the containerd that it installs. Source: k8s.io/kops v1.33.1, upup/pkg/fi/cloudup/apply_cluster.go, pkg/model/components/containerd.go, apiserver.go. */
export const KOPS = { release: 'v1.33.1', oldestMinor: 27, newestMinor: 33, containerd: '1.7.28', apiPort: 443 } as const;

/** How kOps writes a value of the kubelet's configuration: as it is, `a,b`, `a<1,b<2`, `a=1,b=2`, or a map of text. */
export type KopsKubeletNotation = 'same' | 'list' | 'thresholds' | 'pairs' | 'texts';

/** Field of kOps' KubeletConfigSpec. */
export interface KopsKubeletField {
  readonly field: string;
  readonly notation: KopsKubeletNotation;
  /** A value that kOps takes for "not set", so that the kubelet's default would count. */
  readonly lost?: unknown;
}

const same = (field: string): KopsKubeletField => ({ field, notation: 'same' });

/**
 * Fields of KubeletConfiguration (nested ones by path) and where kOps has them.
 * Source: k8s.io/kops v1.33.1, pkg/apis/kops/v1alpha2/componentconfig.go.
 */
export const KOPS_KUBELET_FIELDS: { readonly [field: string]: KopsKubeletField } = {
  'allowedUnsafeSysctls': same('allowedUnsafeSysctls'),
  'authentication.anonymous.enabled': same('anonymousAuth'),
  'authentication.webhook.cacheTTL': same('authenticationTokenWebhookCacheTtl'),
  'authentication.webhook.enabled': same('authenticationTokenWebhook'),
  'authorization.mode': same('authorizationMode'),
  'cgroupDriver': same('cgroupDriver'),
  'clusterDNS': { field: 'clusterDNS', notation: 'list' },
  'containerLogMaxFiles': same('containerLogMaxFiles'),
  'containerLogMaxSize': same('containerLogMaxSize'),
  'cpuCFSQuota': same('cpuCFSQuota'),
  'cpuManagerPolicy': same('cpuManagerPolicy'),
  'enforceNodeAllocatable': { field: 'enforceNodeAllocatable', notation: 'list' },
  'eventBurst': same('eventBurst'),
  'eventRecordQPS': { field: 'eventQPS', notation: 'same', lost: 0 },
  'evictionHard': { field: 'evictionHard', notation: 'thresholds' },
  'evictionMaxPodGracePeriod': same('evictionMaxPodGracePeriod'),
  'evictionMinimumReclaim': { field: 'evictionMinimumReclaim', notation: 'pairs' },
  'evictionPressureTransitionPeriod': { field: 'evictionPressureTransitionPeriod', notation: 'same', lost: '0s' },
  'evictionSoft': { field: 'evictionSoft', notation: 'thresholds' },
  'evictionSoftGracePeriod': { field: 'evictionSoftGracePeriod', notation: 'pairs' },
  'failSwapOn': same('failSwapOn'),
  'featureGates': { field: 'featureGates', notation: 'texts' },
  'imageGCHighThresholdPercent': same('imageGCHighThresholdPercent'),
  'imageGCLowThresholdPercent': same('imageGCLowThresholdPercent'),
  'imageMaximumGCAge': same('imageMaximumGCAge'),
  'imageMinimumGCAge': same('imageMinimumGCAge'),
  'kubeReserved': same('kubeReserved'),
  'kubeReservedCgroup': same('kubeReservedCgroup'),
  'maxPods': same('maxPods'),
  'memorySwap.swapBehavior': same('memorySwapBehavior'),
  'nodeStatusUpdateFrequency': same('nodeStatusUpdateFrequency'),
  'podPidsLimit': same('podPidsLimit'),
  'protectKernelDefaults': same('protectKernelDefaults'),
  'readOnlyPort': same('readOnlyPort'),
  'registryBurst': same('registryBurst'),
  'registryPullQPS': same('registryPullQPS'),
  'resolvConf': same('resolvConf'),
  'seccompDefault': same('seccompDefault'),
  'serializeImagePulls': same('serializeImagePulls'),
  'shutdownGracePeriod': same('shutdownGracePeriod'),
  'shutdownGracePeriodCriticalPods': same('shutdownGracePeriodCriticalPods'),
  'streamingConnectionIdleTimeout': same('streamingConnectionIdleTimeout'),
  'systemReserved': same('systemReserved'),
  'systemReservedCgroup': same('systemReservedCgroup'),
  'tlsCipherSuites': same('tlsCipherSuites'),
  'tlsMinVersion': same('tlsMinVersion'),
  'topologyManagerPolicy': same('topologyManagerPolicy'),
  'volumeStatsAggPeriod': same('volumeStatsAggPeriod'),
};

/**
 * Fields that kOps decides: certificates come from its own authority through kops-controller, so the kubelet asks for none; domain, runtime and static
 * pods have their own places. Source: k8s.io/kops v1.33.1, nodeup/pkg/model/kubelet.go, pkg/model/components/kubelet.go.
 */
export const KOPS_OWNED_KUBELET_FIELDS: readonly string[] = [
  'authentication.x509.clientCAFile', 'clusterDomain', 'containerRuntimeEndpoint', 'registerWithTaints', 'rotateCertificates', 'serverTLSBootstrap', 'staticPodPath',
];

/** Fields without a place in kOps whose absence a node survives, and what then holds. A field that is in none of these tables changes what the pool promises. */
export const KOPS_KUBELET_TUNING: { readonly [field: string]: string } = {
  containerLogMaxWorkers: 'one worker rotates the logs of a node',
  containerLogMonitorInterval: 'logs are looked at every 10 s',
  failCgroupV1: 'the default of the kubelet; choose an image with cgroup v2',
  maxParallelImagePulls: 'parallel pulls have no bound: smaller waves of new nodes spare the registry',
  nodeStatusMaxImages: 'a node names 50 images in its status',
  nodeStatusReportFrequency: 'an unchanged status is written every 5 minutes',
  syncFrequency: 'pods are looked at every minute',
};
