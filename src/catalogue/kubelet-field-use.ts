import { kubeletFieldProblem } from './kubelet-configuration-fields';
import { inRange, VersionRange } from './version-range';

/**
 * Fields of KubeletConfiguration that we leave out in releases that know them: because a feature gate was still off, because they are safe
 * only together with a newer field, or because the default became what we would write.
 *
 * Source: pkg/features/kube_features.go and pkg/kubelet/apis/config/v1beta1/defaults.go of each minor.
 */
const KUBELET_FIELD_USE: { readonly [field: string]: VersionRange } = {
  // Parallel pulls without maxParallelImagePulls (1.27) are a registry storm.
  serializeImagePulls: { added: '1.27' },
  // 50 and 100 are the defaults from 1.27 on.
  kubeAPIQPS: { removed: '1.27' },
  kubeAPIBurst: { removed: '1.27' },
  // The field is there in 1.29, its gate (ImageMaximumGCAge) is on from 1.30.
  imageMaximumGCAge: { added: '1.30' },
};

/** Whether we write the field in a release. */
export function kubeletFieldUsed(field: string, version: string): boolean {
  return kubeletFieldProblem(field, version) === undefined && (!Object.hasOwn(KUBELET_FIELD_USE, field) || inRange(version, KUBELET_FIELD_USE[field]));
}
