import { AdmissionPluginTable } from './admission-plugin-row';

/**
 * Admission plugins of kube-apiserver, Kubernetes 1.22 to 1.37.
 *
 * `defaultOn`: releases that run the plugin unless it is disabled; `{}` means all that have it. A feature gate may still silence it.
 *
 * Source: k8s.io/kubernetes (1.22.17, 1.23.17, 1.24.17, 1.25.16, 1.26.15, 1.27.16, 1.28.15, 1.29.15, 1.30.14, 1.31.14,
 * 1.32.13, 1.33.12, 1.34.4, 1.35.4, 1.36.2, 1.37.2), pkg/kubeapiserver/options/plugins.go and the packages it names.
 *
 * Extracted 2026-11-23 by `npx tsx conformance/catalogue/admission-plugins.ts`; --help of the binary of 1.37 and 1.29 says the same.
 */
export const ADMISSION_PLUGINS = {
  AlwaysAdmit: {},
  AlwaysDeny: {},
  AlwaysPullImages: {},
  CertificateApproval: { defaultOn: {} },
  CertificateSigning: { defaultOn: {} },
  CertificateSubjectRestriction: { defaultOn: {} },
  ClusterTrustBundleAttest: { added: '1.27', defaultOn: {} },
  DefaultIngressClass: { defaultOn: {} },
  DefaultStorageClass: { defaultOn: {} },
  DefaultTolerationSeconds: { defaultOn: {} },
  DenyServiceExternalIPs: {},
  EventRateLimit: {},
  ExtendedResourceToleration: {},
  ImagePolicyWebhook: {},
  JobValidation: { added: '1.36', removed: '1.37', defaultOn: {} },
  LimitPodHardAntiAffinityTopology: {},
  LimitRanger: { defaultOn: {} },
  MutatingAdmissionPolicy: { added: '1.32', defaultOn: {} },
  MutatingAdmissionWebhook: { defaultOn: {} },
  NamespaceAutoProvision: {},
  NamespaceExists: {},
  NamespaceLifecycle: { defaultOn: {} },
  NodeDeclaredFeatureValidator: { added: '1.35', defaultOn: {} },
  NodeRestriction: {},
  OwnerReferencesPermissionEnforcement: {},
  PersistentVolumeClaimResize: { defaultOn: {} },
  PersistentVolumeLabel: { removed: '1.31' },
  PodGroupProtection: { added: '1.36', defaultOn: {} },
  PodGroupWorkloadExists: { added: '1.36', removed: '1.37', defaultOn: {} },
  PodNodeSelector: {},
  PodResizeValidator: { added: '1.36', defaultOn: {} },
  PodSecurity: { defaultOn: {} },
  PodSecurityPolicy: { removed: '1.25' },
  PodTolerationRestriction: {},
  PodTopologyLabels: { added: '1.33', defaultOn: {} },
  Priority: { defaultOn: {} },
  ResourceQuota: { defaultOn: {} },
  RuntimeClass: { defaultOn: {} },
  SecurityContextDeny: { removed: '1.30' },
  ServiceAccount: { defaultOn: {} },
  StorageObjectInUseProtection: { defaultOn: {} },
  TaintNodesByCondition: { defaultOn: {} },
  ValidatingAdmissionPolicy: { added: '1.26', defaultOn: {} },
  ValidatingAdmissionWebhook: { defaultOn: {} },
} as const satisfies AdmissionPluginTable;
