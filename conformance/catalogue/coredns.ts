/**
 * Extracts the plugins of CoreDNS and the words each of them accepts:
 *
 *   npx tsx conformance/catalogue/coredns.ts <clone of coredns/coredns>
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { argument, FetchedCopy } from './fetched-copy';
import { EXTRACTED, RELEASES } from './releases';
import { rangeOf, recordFixture, wrapWords, writeTable } from './table-file';

/** Oldest version of the catalogue: what kubeadm 1.22 ships. */
const OLDEST = '1.8.4';

/** Folders whose plugin has another name in a Corefile. */
const FOLDERS: { readonly [plugin: string]: string } = { prometheus: 'metrics' };

/**
 * Words that some versions compare with the current token and others look up in a list: arguments, not options.
 */
const ARGUMENTS: { readonly [plugin: string]: readonly string[] } = { errors: ['debug', 'info', 'warning', 'error'], rewrite: ['clear', 'set'] };

interface Version { readonly order: readonly string[]; readonly options: { readonly [plugin: string]: readonly string[] } }

function versionAt(copy: FetchedCopy, tag: string): Version {
  const order = [...copy.file(tag, 'core/dnsserver/zdirectives.go')!.matchAll(/^\t"(\w+)",$/gm)].map((match) => match[1]);
  const output = execFileSync('go', ['run', join(__dirname, 'upstream/corefile.go'), copy.checkout(tag, 'plugin')], { encoding: 'utf8' });
  const folders: { [folder: string]: string[] } = JSON.parse(output);
  return {
    order,
    options: Object.fromEntries(order.map((plugin) => [plugin, (folders[FOLDERS[plugin] ?? plugin] ?? [])
      .filter((word) => !ARGUMENTS[plugin]?.includes(word))])),
  };
}

function main(): void {
  const copy = new FetchedCopy('coredns/coredns', argument(0, 'clone of coredns/coredns with tags'));
  const tags = copy.tags(/^v1\.(8|9|\d\d)\.\d+$/);
  const versions = tags.slice(tags.indexOf(`v${OLDEST}`)).map((tag) => tag.slice(1));
  const columns = new Map(versions.map((version) => [version, versionAt(copy, `v${version}`)]));
  const newest = columns.get(versions[versions.length - 1])!;
  const gone = [...new Set(versions.flatMap((version) => columns.get(version)!.order))].filter((plugin) => !newest.order.includes(plugin)).sort();
  const rows = [...newest.order, ...gone].map((plugin) => {
    const present = versions.filter((version) => columns.get(version)!.order.includes(plugin));
    const words = [...new Set(present.flatMap((version) => columns.get(version)!.options[plugin]))].sort();
    return [plugin, {
      ...rangeOf(plugin, present, versions),
      options: Object.fromEntries(words.map((word) => [word,
        rangeOf(`${plugin} ${word}`, versions.filter((version) => columns.get(version)!.options[plugin]?.includes(word)), versions)])),
    }] as const;
  });
  writeTable('coredns-plugin-table.ts', 'COREDNS_PLUGINS', 'CorefilePluginTable', './corefile-plugin-row', [
    `Plugins of CoreDNS ${OLDEST} to ${versions[versions.length - 1]} in the order in which it runs them, with the words each accepts in its block.`,
    '',
    ...wrapWords('A word after another one (`pods verified`) is an argument of that option. Words are those that the parser compares with the current token; '
      + 'arguments that it checks in another way (numbers, names, addresses) are not listed.'),
    '',
    ...wrapWords(`Source: coredns/coredns, every tag (${versions.length} of them), core/dnsserver/zdirectives.go and `
      + 'the Go files of every plugin parsed, not built.'),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/coredns.ts\`.`,
  ], rows);
  for (const version of RELEASES['coredns-installed']) {
    const column = columns.get(version)!;
    recordFixture(`coredns/${version}`, copy.source(`v${version}`), 'plugins', [...column.order].sort());
    recordFixture(`coredns/${version}`, copy.source(`v${version}`), 'options', column.order.flatMap((plugin) => column.options[plugin].map((word) => `${plugin} ${word}`)).sort());
  }
  process.stdout.write(`${rows.length} plugins, ${rows.reduce((sum, [, row]) => sum + Object.keys(row.options).length, 0)} words\n`);
}

main();
