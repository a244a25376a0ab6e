import { inRange, VersionRange } from './version-range';

/**
 * API version of kubeadm's documents by release of kubeadm. v1beta3 is there from 1.22 on and gone in 1.37; v1beta4 came with 1.31.
 *
 * Source: cmd/kubeadm/app/apis/kubeadm of each minor.
 */
const KUBEADM_API_VERSIONS: Array<VersionRange & { readonly apiVersion: string }> = [
  { apiVersion: 'kubeadm.k8s.io/v1beta3', removed: '1.31' },
  { apiVersion: 'kubeadm.k8s.io/v1beta4', added: '1.31' },
];

/** apiVersion of the documents that we write for a release. */
export function kubeadmApiVersion(version: string): string {
  const row = KUBEADM_API_VERSIONS.find(candidate => inRange(version, candidate));
  if (row === undefined) { throw new RangeError(`no kubeadm API version is recorded for Kubernetes ${version}`); }
  return row.apiVersion;
}

/** What kubeadm can do in some releases only. Source: apis/kubeadm/v1beta4/types.go, util/patches/patches.go. */
const KUBEADM_FEATURES = {
  /** Arguments are a list of name and value instead of a map; the fields dns.disabled and proxy.disabled exist. */
  v1beta4Fields: { added: '1.31' },
  /** A patch may name kubeletconfiguration: only then nodes of one cluster can have different configurations. */
  kubeletPatches: { added: '1.25' },
  /** A patch may name corednsdeployment, at `init` and at every upgrade. */
  coreDnsPatches: { added: '1.31' },
} as const satisfies { [feature: string]: VersionRange };

export function kubeadmCan(feature: keyof typeof KUBEADM_FEATURES, version: string): boolean {
  return inRange(version, KUBEADM_FEATURES[feature]);
}
