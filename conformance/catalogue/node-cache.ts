/**
 * Extracts what `k8s-dns-node-cache` links: the CoreDNS inside each version, and the plugins it knows (far fewer than CoreDNS itself).
 *
 *   npx tsx conformance/catalogue/node-cache.ts <clone of kubernetes/dns>
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argument, FetchedCopy } from './fetched-copy';
import { EXTRACTED } from './releases';
import { literal, rangeOf, recordFixture } from './table-file';

const NAMES: { readonly [folder: string]: string } = { metrics: 'prometheus' };

function main(): void {
  const copy = new FetchedCopy('kubernetes/dns', argument(0, 'clone of kubernetes/dns with tags'));
  const versions = copy.tags(/^1\.2[1-9]\.\d+$/);
  const plugins = new Map(versions.map((version) => [version, [...copy.file(version, 'cmd/node-cache/main.go')!
    .matchAll(/_ "github\.com\/coredns\/coredns\/plugin\/(\w+)"/g)].map((match) => NAMES[match[1]] ?? match[1])]));
  const names = [...new Set(versions.flatMap((version) => plugins.get(version)!))].sort();
  const rows = names.map((name) => `  ${name}: ${literal(rangeOf(name, versions.filter((version) => plugins.get(version)!.includes(name)), versions))},`);
  const inside = versions.map((version) => [version, /github\.com\/coredns\/coredns v([\d.]+)/.exec(copy.file(version, 'go.mod')!)![1]]);
  writeFileSync(join(__dirname, '../../src/catalogue/node-cache-plugins.ts'), `import { corefileProblem } from './coredns-plugins';
import { inRange, VersionRange } from './version-range';

/**
 * Plugins linked into \`k8s-dns-node-cache\` by its version, ${versions[0]} to ${versions[versions.length - 1]}.
 *
 * Source: kubernetes/dns, every tag (${versions.length}), cmd/node-cache/main.go and go.mod.
 * Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/node-cache.ts\`.
 */
export const NODE_CACHE_PLUGINS = {
${rows.join('\n')}
} as const satisfies { readonly [plugin: string]: VersionRange };

/** CoreDNS version inside each version of node-cache. */
export const NODE_CACHE_COREDNS_VERSIONS: { readonly [nodeCache: string]: string } = {
${inside.map(([version, coredns]) => `  '${version}': '${coredns}',`).join('\n')}
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
    return \`plugin '\${plugin}' is not part of node-cache \${nodeCache}; it knows \${known.join(', ')}\`;
  }
  return corefileProblem(coredns, plugin, option);
}
`);
  for (const [version, coredns] of inside) {
    recordFixture(`node-cache/${version}`, copy.source(version), 'plugins', [...plugins.get(version)!].sort());
    recordFixture(`node-cache/${version}`, copy.source(version), 'coredns', [coredns]);
  }
}

main();
