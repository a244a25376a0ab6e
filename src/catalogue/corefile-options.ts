import { VersionRange } from './version-range';

/*
 * From which CoreDNS version on the parser accepts what we write by default: an option it does not know is a crash loop. Compared over the
 * setup.go files and Dockerfiles of all tags from v1.8.0 to v1.14.7.
 */
export const COREFILE_OPTIONS = {
  /** `cache { disable success|denial <zones> }` */
  cacheDisable: { added: '1.9.4' },
  /** `cache { serve_stale <duration> verify }`; before, stale answers were given even while the source was well. */
  serveStaleVerify: { added: '1.9.2' },
  /** Plugin `multisocket`. */
  multisocket: { added: '1.12.0' },
  /** The image carries a file capability for port 53 and runs as an ordinary user; older ones need root. */
  unprivilegedImage: { added: '1.11.0' },
} as const satisfies { [option: string]: VersionRange };

/** CoreDNS inside `k8s-dns-node-cache` 1.26.7. Source: go.mod of kubernetes/dns at that tag. */
export const NODE_CACHE_COREDNS = '1.13.1';

/** Calico versions whose eBPF data plane leaves the address of an annotated Service to a process on the node. */
export const NAT_EXCLUDE_SERVICE: VersionRange = { added: '3.28' };
