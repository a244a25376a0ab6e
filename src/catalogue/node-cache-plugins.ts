import { corefileProblem } from './coredns-plugins';
import { inRange, VersionRange } from './version-range';

/**
 * Plugins linked into `k8s-dns-node-cache` by its version, 1.21.0 to 1.26.7.
 *
 * Source: kubernetes/dns, every tag (47), cmd/node-cache/main.go and go.mod.
 * Extracted 2026-11-23 by `npx tsx conformance/catalogue/node-cache.ts`.
 */
export const NODE_CACHE_PLUGINS = {
  bind: {},
  bufsize: { added: '1.22.7' },
  cache: {},
  debug: {},
  dns64: { added: '1.21.3' },
  errors: {},
  forward: {},
  health: {},
  hosts: {},
  loadbalance: {},
  log: {},
  loop: {},
  pprof: {},
  prometheus: {},
  reload: {},
  rewrite: {},
  template: {},
  trace: {},
  whoami: {},
} as const satisfies { readonly [plugin: string]: VersionRange };

/** CoreDNS version inside each version of node-cache. */
export const NODE_CACHE_COREDNS_VERSIONS: { readonly [nodeCache: string]: string } = {
  '1.21.0': '1.7.0',
  '1.21.1': '1.7.0',
  '1.21.2': '1.7.0',
  '1.21.3': '1.7.0',
  '1.21.4': '1.7.0',
  '1.22.0': '1.7.0',
  '1.22.1': '1.7.0',
  '1.22.2': '1.7.0',
  '1.22.3': '1.7.0',
  '1.22.4': '1.7.0',
  '1.22.5': '1.7.0',
  '1.22.6': '1.7.0',
  '1.22.7': '1.7.0',
  '1.22.8': '1.7.0',
  '1.22.9': '1.7.0',
  '1.22.10': '1.7.0',
  '1.22.11': '1.7.0',
  '1.22.12': '1.7.0',
  '1.22.13': '1.7.0',
  '1.22.14': '1.10.0',
  '1.22.15': '1.10.0',
  '1.22.16': '1.10.0',
  '1.22.17': '1.10.0',
  '1.22.18': '1.10.0',
  '1.22.19': '1.10.0',
  '1.22.20': '1.10.0',
  '1.22.21': '1.10.0',
  '1.22.22': '1.10.0',
  '1.22.23': '1.10.0',
  '1.22.24': '1.10.0',
  '1.22.25': '1.10.0',
  '1.22.26': '1.10.0',
  '1.22.27': '1.10.0',
  '1.22.28': '1.10.0',
  '1.23.0': '1.10.0',
  '1.23.1': '1.10.0',
  '1.24.0': '1.11.3',
  '1.24.1': '1.11.3',
  '1.25.0': '1.11.3',
  '1.26.0': '1.11.3',
  '1.26.1': '1.11.3',
  '1.26.2': '1.11.3',
  '1.26.3': '1.11.3',
  '1.26.4': '1.11.3',
  '1.26.5': '1.12.2',
  '1.26.6': '1.13.1',
  '1.26.7': '1.13.1',
};

/**
 * Why a version of node-cache would refuse a plugin or an option of its block, in one sentence; undefined when it accepts it or when the
 * version is newer than this table.
 */
export function nodeCacheProblem(nodeCache: string, plugin: string, option?: string): string | undefined {
  const linked: { readonly [plugin: string]: VersionRange } = NODE_CACHE_PLUGINS;
  const coredns = Object.hasOwn(NODE_CACHE_COREDNS_VERSIONS, nodeCache) ? NODE_CACHE_COREDNS_VERSIONS[nodeCache] : undefined;
  if (coredns === undefined) {
    return undefined;
  }
  if (!Object.hasOwn(linked, plugin) || !inRange(nodeCache, linked[plugin])) {
    const known = Object.keys(linked).filter((each) => inRange(nodeCache, linked[each]));
    return `plugin '${plugin}' is not part of node-cache ${nodeCache}; it knows ${known.join(', ')}`;
  }
  return corefileProblem(coredns, plugin, option);
}
