import { inRange, VersionRange } from './version-range';

/**
 * Fields of KubeletConfiguration that we write in some releases only: because older ones do not know them, because a feature gate was
 * still off, or because the default became what we would write. Fields without a row are written in every release.
 *
 * Source: staging/src/k8s.io/kubelet/config/v1beta1/types.go and pkg/features/kube_features.go of each minor.
 */
export const KUBELET_FIELD_USE = {
  registerWithTaints: { added: '1.23' },
  containerRuntimeEndpoint: { added: '1.27' },
  // Without the bound, parallel pulls are a registry storm: the two go together.
  maxParallelImagePulls: { added: '1.27' },
  serializeImagePulls: { added: '1.27' },
  // 50 and 100 are the defaults from 1.27 on.
  kubeAPIQPS: { removed: '1.27' },
  kubeAPIBurst: { removed: '1.27' },
  containerLogMaxWorkers: { added: '1.30' },
  // The field is there in 1.29, its gate (ImageMaximumGCAge) is on from 1.30.
  imageMaximumGCAge: { added: '1.30' },
} as const satisfies { [field: string]: VersionRange };

/** Whether we write the field in a release. */
export function kubeletFieldUsed(field: string, version: string): boolean {
  const range: VersionRange | undefined = Object.hasOwn(KUBELET_FIELD_USE, field) ? KUBELET_FIELD_USE[field as keyof typeof KUBELET_FIELD_USE] : undefined;
  return range === undefined || inRange(version, range);
}
