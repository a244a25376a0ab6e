import { inRange, VersionRange } from './version-range';

/** Names of one metric over the releases of Kubernetes. */
export type MetricNames = ReadonlyArray<VersionRange & { readonly name: string }>;

/**
 * Histogram of request latency as the SLI defines it: without webhook time since 1.23, without queue time since 1.27. 1.26 serves both
 * later names, the newer one wins. Source: AS@22 ... AS@36 pkg/endpoints/metrics.
 */
const API_REQUEST_LATENCY: MetricNames = [
  { name: 'apiserver_request_sli_duration_seconds', added: '1.26' },
  { name: 'apiserver_request_slo_duration_seconds', added: '1.23', removed: '1.26' },
  { name: 'apiserver_request_duration_seconds', removed: '1.23' },
];

/** The histogram that a release measures API latency with, without `_bucket`. */
export function apiRequestLatencyMetric(release: string): string {
  return API_REQUEST_LATENCY.find(row => inRange(release, row))!.name;
}
