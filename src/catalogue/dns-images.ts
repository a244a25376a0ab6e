import { VersionRange } from './version-range';

/** CoreDNS versions whose image carries a file capability for port 53 and runs as an ordinary user; older ones need root. Source: Dockerfile by tag. */
export const UNPRIVILEGED_COREDNS_IMAGE: VersionRange = { added: '1.11.0' };

/** CoreDNS inside `k8s-dns-node-cache` 1.26.7. Source: go.mod of kubernetes/dns at that tag. */
export const NODE_CACHE_COREDNS = '1.13.1';

/** Calico versions whose eBPF data plane leaves the address of an annotated Service to a process on the node. Source: felix/bpf/proxy by tag. */
export const NAT_EXCLUDE_SERVICE: VersionRange = { added: '3.28' };
