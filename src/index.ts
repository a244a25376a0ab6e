// Public API in reading order: the whole cluster, what it is described with, the ten constructs, what they exchange, where host files go.

export * from './thousand-node-cluster';
export * from './monitoring-choice';
export * from './logging-choice';
export * from './autoscaling-choice';

export * from './cluster/cluster-facts';
export { Fleet } from './cluster/fleet';
export { LoadProfile, LoadProfileProps } from './cluster/load-profile';
export * from './cluster/kubernetes-release';
export { ComponentVersions } from './cluster/component-versions';
export { NetworkPlan, NetworkPlanProps } from './cluster/network-plan';
export { NetworkDemand } from './cluster/network-demand';
export { NetworkRange, NetworkUse, ReservedRange } from './cluster/network-range';
export { ControlPlaneMember } from './cluster/control-plane-member';
export { Gpu, GpuSharing, GpuSharingKind } from './cluster/gpu';
export { ReservationRule } from './capacity/kubelet-reservation-capacity';
export { CloudMachineProps, LocalDisks, MachineShape, MachineShapeProps, ThreadNumbers } from './cluster/machine-shape';
export { NodePool, NodePoolProps, NodeTaint, PoolKind, TaintEffect } from './cluster/node-pool';
export { ImageRegistry } from './cluster/image-registry';

export * from './components/etcd/etcd-cluster';
export { EtcdRuntime, EtcdSystemdOptions } from './components/etcd/etcd-runtime';
export { EtcdTlsVersion } from './components/etcd/etcd-tls';
export { EtcdCipherSuite } from './catalogue/etcd-cipher-suites';
export * from './components/etcd/external-etcd';
export * from './components/etcd/operations/etcd-operations';
export * from './components/api-server/tuned-api-server';
export * from './components/api-server/api-server-options';
export * from './components/api-server/api-balancer';
export * from './components/api-server/encryption-at-rest';
export * from './components/api-server/structured-authentication';
export * from './components/node-pool/containerd';
export * from './components/node-pool/gpu/nvidia-gpus';
export * from './components/node-pool/kubelet-configuration-form';
export * from './components/node-pool/kubelet-options';
export * from './components/node-pool/machine-options';
export * from './components/node-pool/node-pool-kubelet';
export * from './components/node-pool/resource-managers';
export * from './components/node-pool/control-plane-kubelet';
export * from './components/calico/calico-ebpf';
export * from './components/calico/calico-choices';
export * from './components/dns/cached-core-dns';
export { DnsServiceProxy } from './components/dns/dns-service-proxy';
export * from './components/storage/local-ssd-storage';
export * from './components/storage/network-storage-class';
export * from './components/monitoring/thanos-monitoring';
export * from './components/monitoring/object-storage';
export * from './components/logging/fluent-bit-logging';
export { ElasticsearchOutput, LogOutput } from './components/logging/log-output';
export * from './components/autoscaler/scaled-autoscaler';
export * from './components/autoscaler/autoscaler-provider';
export { AutoscaledGroup } from './components/autoscaler/autoscaler-groups';
export { AwsAutoscalerOptions } from './components/autoscaler/aws-binding';
export { ClusterApiAutoscalerOptions } from './components/autoscaler/cluster-api-binding';
export { ExternalGrpcAutoscalerOptions } from './components/autoscaler/external-grpc-binding';
export * from './components/hpa/smart-hpa';
export * from './components/hpa/hpa-metric';
export { HpaBehavior, HpaBehaviorOptions, HpaPolicy, HpaRules, HpaSelectPolicy } from './components/hpa/hpa-behavior';
export * from './components/hpa/metrics-server';

export * from './contracts/etcd-endpoints';
export * from './contracts/api-endpoint';
export * from './contracts/dns-endpoint';
export * from './contracts/contributions';
export * from './contracts/scale-target';
export { Confidence, Derivation, DerivationInput } from './derivation/derivation';

export { Audit, AuditFinding } from './audit/audit';
export { AuditSeverity } from './audit/audit-severity';
export { AuditSuppression } from './audit/audit-suppression';

export { CapacityReport } from './report/capacity-report';

export { HostFile, HostFileProps } from './host/host-file';
export { HostPage, HostPageProps } from './host/host-page';
export { HostTarget } from './host/host-target';
export { HostChange } from './host/host-change';
export { HostFiles } from './host/host-files';
export { Installer } from './host/installers/installer';
export { CloudInitOptions } from './host/installers/cloud-init/cloud-init';
export { EksClusterDetails, EksOptions } from './host/installers/eks/eks-options';
export { KopsOptions, KopsSubnet, KopsSubnetType } from './host/installers/kops/kops-options';
export { ClusterApiOptions, InfrastructureReference } from './host/installers/cluster-api/infrastructure';
export { IgnitionOptions } from './host/installers/ignition/ignition';
export { IgnitionVariant } from './host/installers/ignition/ignition-variant';
