import { VersionRange } from './version-range';

/** Oldest Prometheus whose configuration this library writes: the one beside Kubernetes 1.22 in the reference article. */
export const OLDEST_PROMETHEUS = '2.30.0';

/**
 * What only some versions of Prometheus understand. Source: CHANGELOG of prometheus/prometheus v3.14.0, which names the version of each.
 *
 * `expandFlag` is the feature flag that expands `${VAR}` in external labels: before it nothing is expanded, from 3.0 on everything always is.
 */
export const PROMETHEUS_FEATURES = {
  expandFlag: { added: '2.27', removed: '3.0' },
  endpointSliceV1: { added: '2.35' },
  keepEqual: { added: '2.41' },
  keepDroppedTargets: { added: '2.47' },
} as const satisfies { readonly [feature: string]: VersionRange };

/** Releases of Kubernetes that still serve EndpointSlices in the version that Prometheus before `endpointSliceV1` reads. */
export const ENDPOINT_SLICE_V1BETA1: VersionRange = { removed: '1.25' };
