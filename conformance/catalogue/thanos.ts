/**
 * Extracts the flags of the Thanos commands that this library starts:
 *
 *   npx tsx conformance/catalogue/thanos.ts <clone of thanos-io/thanos>
 */
import { existsSync, readFileSync } from 'node:fs';
import { argument, FetchedCopy } from './fetched-copy';
import { NamedColumn, writeNamedRanges } from './named-ranges';

const COMMANDS: { readonly [command: string]: string } = { sidecar: 'sidecar.go', query: 'query.go', store: 'store.go', compact: 'compact.go', rule: 'rule.go' };

/** Flags of the program, accepted by every command. */
const COMMON_FLAGS = ['help', 'version'];

interface Declared { readonly name: string; readonly deprecated: boolean }

/** Flags that a piece of source declares, directly or by the helpers that declare several. */
function declared(source: string): Declared[] {
  const plain = [...source.matchAll(/(?:\bcmd|\bapp)\.Flag\(\s*"([^"]+)",\s*(?:fmt\.Sprintf\()?"(\(?deprecated)?/gi)]
    .map((match) => ({ name: match[1], deprecated: match[2] !== undefined }));
  const pairs = [...source.matchAll(/RegisterPathOrContent\([^"]*?"([^"]+)"/g)].map((match) => match[1]);
  const stores = [...source.matchAll(/(?:RegisterCommonObjStoreFlags|regCommonObjStoreFlags)\(\s*cmd,\s*"([^"]*)"/g)].map((match) => `objstore${match[1]}.config`);
  const selectors = /RegisterSelectorRelabelFlags|regSelectorRelabelFlags/.test(source) ? ['selector.relabel-config'] : [];
  const logging = /RegisterRequestLoggingFlags|regRequestLoggingFlags/.test(source) ? ['request.logging-config'] : [];
  const http = /RegisterHTTPFlags|regHTTPFlags/.test(source) ? ['http-address', 'http-grace-period'] : [];
  return [
    ...plain,
    ...[...pairs, ...stores, ...selectors, ...logging].flatMap((name) => [name, `${name}-file`]).map((name) => ({ name, deprecated: false })),
    ...http.map((name) => ({ name, deprecated: false })),
  ];
}

/** Flags by the configuration struct whose method declares them. */
function sections(config: string): Map<string, Declared[]> {
  return new Map([...config.matchAll(/^func \(\w+ \*(\w+)\) registerFlag\([\s\S]*?^\}/gm)].map((match) => [match[1], declared(match[0])]));
}

function flagsOf(folder: string): NamedColumn {
  const text = (file: string) => (existsSync(`${folder}/cmd/thanos/${file}`) ? readFileSync(`${folder}/cmd/thanos/${file}`, 'utf8') : '');
  const shared = sections(text('config.go'));
  const column = new Map<string, boolean>();
  for (const [command, file] of Object.entries(COMMANDS)) {
    const source = text(file);
    const used = [...shared].filter(([struct]) => new RegExp(`\\b${struct}\\b`).test(source)).flatMap(([, flags]) => flags);
    for (const { name, deprecated } of [...COMMON_FLAGS.map((each) => ({ name: each, deprecated: false })), ...declared(text('main.go')), ...used, ...declared(source)]) {
      column.set(`${command} ${name}`, deprecated);
    }
  }
  return column;
}

function main(): void {
  const copy = new FetchedCopy('thanos-io/thanos', argument(0, 'clone of thanos-io/thanos with tags'));
  const tags = copy.tags(/^v0\.(2[5-9]|[3-9]\d)\.\d+$/);
  writeNamedRanges({
    file: 'thanos-flag-table.ts',
    constant: 'THANOS_FLAGS',
    component: 'thanos',
    subject: 'flags',
    title: 'Flags of the Thanos commands that this library starts, by version, as `<command> <flag>`.',
    source: `Source: thanos-io/thanos, every release (${tags.length} tags), cmd/thanos read, not built. A flag with contents has a twin \`<flag>-file\`. Not listed: flags of `
      + 'store limits and of TLS for HTTP, which other packages declare.',
    script: 'thanos.ts',
    columns: new Map(tags.map((tag) => [tag.slice(1), flagsOf(copy.checkout(tag, 'cmd/thanos'))])),
    sourceOf: (version) => copy.source(`v${version}`),
  });
}

main();
