import { VersionRange } from './version-range';

/** CoreDNS versions whose image carries a file capability for port 53 and runs as an ordinary user; older ones need root. Source: Dockerfile by tag. */
export const UNPRIVILEGED_COREDNS_IMAGE: VersionRange = { added: '1.11.0' };

/** CoreDNS inside `k8s-dns-node-cache` 1.26.7. Source: go.mod of kubernetes/dns at that tag. */
export const NODE_CACHE_COREDNS = '1.13.1';

/** Calico versions whose eBPF data plane leaves the address of an annotated Service to a process on the node. Source: felix/bpf/proxy by tag. */
export const NAT_EXCLUDE_SERVICE: VersionRange = { added: '3.28' };

/** CoreDNS versions whose cache bounds the time that `serve_stale verify` waits for the source. Source: plugin/cache/setup.go by tag. */
export const STALE_VERIFY_TIMEOUT: VersionRange = { added: '1.14.4' };

/** Kubernetes releases that keep traffic of a Service in its zone by `spec.trafficDistribution`. Source: KEP-4444 (beta 1.31, stable 1.33). */
export const TRAFFIC_DISTRIBUTION: VersionRange = { added: '1.31' };

/** Releases in which `PreferSameZone` says it; before that the same is called `PreferClose`. Source: KEP-3015 (beta 1.34, stable 1.35). */
export const PREFER_SAME_ZONE: VersionRange = { added: '1.35' };

/** Calico versions whose eBPF data plane follows `trafficDistribution`. Source: felix/bpf/proxy/topology.go by tag. */
export const CALICO_TRAFFIC_DISTRIBUTION: VersionRange = { added: '3.32' };
