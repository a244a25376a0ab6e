/** Kubelet fields that an EC2NodeClass carries; Karpenter computes with them before a machine exists. Source: aws/karpenter-provider-aws v1.14.1, pkg/apis/v1. */
export const EC2_NODE_CLASS_KUBELET_FIELDS: readonly string[] = [
  'clusterDNS', 'maxPods', 'podsPerCore', 'systemReserved', 'kubeReserved', 'evictionHard', 'evictionSoft', 'evictionSoftGracePeriod', 'evictionMaxPodGracePeriod',
  'imageGCHighThresholdPercent', 'imageGCLowThresholdPercent', 'cpuCFSQuota',
];

/** Kubelet fields that nodeadm decides from the machine and its cluster. Source: awslabs/amazon-eks-ami v20260724, nodeadm/internal/kubelet. */
export const NODEADM_OWNED_KUBELET_FIELDS: readonly string[] = [
  'authentication', 'authorization', 'cgroupDriver', 'clusterDomain', 'containerRuntimeEndpoint', 'imageServiceEndpoint', 'providerID', 'rotateCertificates', 'serverTLSBootstrap', 'staticPodPath',
];

/** Minor of Kubernetes from which a kubelet reads the drop-in folder that nodeadm writes into. Source: KEP-3983; nodeadm/internal/kubelet/config.go. */
export const NODEADM_OLDEST_MINOR = 28;

/** Most nodes of a managed node group unless AWS raises it. Source: AWS EKS service quotas, nodes per managed node group. */
export const NODES_PER_MANAGED_GROUP = 450;

/** Most nodes of a managed node group that are replaced at a time. Source: AWS EKS API, NodegroupUpdateConfig. */
export const MANAGED_GROUP_MAX_UNAVAILABLE = 100;

/** Release of the Amazon Linux 2023 image whose nodeadm the field table was read from. */
export const EKS_IMAGE_RELEASE = 'v20260724';
