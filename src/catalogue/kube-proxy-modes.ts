import { VersionRange } from './version-range';

/** How far a mode of kube-proxy is. */
export interface ProxyModeRow extends VersionRange {
  /** First Kubernetes release that warns about it. */
  readonly deprecatedIn?: string;
  /** First release in which it is stable. */
  readonly stableIn?: string;
  /** Oldest Linux kernel. */
  readonly kernel?: string;
}

/**
 * Modes of kube-proxy on Linux. `removed` of ipvs is what kube-proxy 1.37 itself announces at start, next to a switch that is off from 1.40 on.
 *
 * Source: KEP-3866 (nftables alpha 1.29, beta 1.31, stable 1.33; kernel 5.13), CL137 PR 139067 and cmd/kube-proxy/app/server_linux.go of 1.37.2 (ipvs).
 */
export const KUBE_PROXY_MODES = {
  nftables: { added: '1.31', stableIn: '1.33', kernel: '5.13' },
  iptables: {},
  ipvs: { deprecatedIn: '1.35', removed: '1.43' },
} as const satisfies { [mode: string]: ProxyModeRow };

/** Release from which ipvs has to be switched on by hand. */
export const IPVS_OFF_BY_DEFAULT = '1.40';
