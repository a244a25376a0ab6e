/**
 * Lists the configuration keys of Fluent Bit, of the sections and plugins that this library writes:
 *
 *   npx tsx conformance/catalogue/fluent-bit.ts <clone of fluent/fluent-bit>
 *
 * The table in src/catalogue/fluent-bit-keys.ts is written by hand from these lists; the test compares both.
 */
import { argument, FetchedCopy } from './fetched-copy';
import { RELEASES } from './releases';
import { recordFixture } from './table-file';

type Source = (path: string) => string;

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1].toLowerCase());
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '');
}

/** Keys of a plugin's own table. */
function table(text: string): string[] {
  return all(withoutComments(text), /FLB_CONFIG_MAP_[A-Z_0-9]+\s*,\s*"([^"]+)"/g);
}

/** Keys that the code asks for one by one. */
function checked(text: string): string[] {
  return all(text, /prop_key_check\("([^"]+)"/g);
}

function compared(text: string): string[] {
  return all(text, /strcasecmp\(kv->key, "([^"]+)"/g);
}

function service(source: Source): string[] {
  const names = new Map([...source('include/fluent-bit/flb_config.h').matchAll(/#define\s+(FLB_CONF_\w+)\s+\\?\s*"([^"]+)"/g)]
    .map((match) => [match[1], match[2].toLowerCase()]));
  const text = source('src/flb_config.c');
  const from = text.indexOf('service_configs');
  return all(text.slice(from, text.indexOf('};', from)).replace(/\{\s*(FLB_CONF_\w+)\s*,/g, (_, name: string) => `<${names.get(name) ?? ''}>`), /<([^>]+)>/g);
}

/** Keys of multiline parsers, which the same file reads. */
const MULTILINE = ['flush_timeout', 'key_content', 'key_group', 'key_pattern', 'match_string', 'negate', 'parser', 'type'];

function sections(source: Source): { readonly [section: string]: string[] } {
  const systemd = source('plugins/in_systemd/systemd.c') + source('plugins/in_systemd/systemd_config.c');
  const recordModifier = source('plugins/filter_record_modifier/filter_modifier.c');
  // Asking for a client's certificate is for servers: inputs.
  const clientTls = table(source('src/tls/flb_tls.c')).filter((key) => key !== 'tls.verify_client_cert');
  return {
    'service': service(source),
    'parser': all(source('src/flb_parser.c'), /get_parser_key\([^)"]*"([A-Za-z_]+)"/g).filter((key) => !MULTILINE.includes(key)),
    'input': checked(source('src/flb_input.c')),
    'filter': checked(source('src/flb_filter.c')),
    'output': [...checked(source('src/flb_output.c')), ...table(source('src/flb_upstream.c')).filter((key) => key.startsWith('net.')), ...clientTls],
    'input/tail': table(source('plugins/in_tail/tail.c')),
    // 1.8 reads them one by one.
    'input/systemd': [...table(systemd), ...all(systemd, /flb_input_get_property\("([^"]+)"/g), ...compared(systemd)],
    'filter/kubernetes': table(source('plugins/filter_kubernetes/kubernetes.c')),
    'filter/record_modifier': [...table(recordModifier), ...compared(recordModifier)],
    'output/es': table(source('plugins/out_es/es.c')),
  };
}

function main(): void {
  const copy = new FetchedCopy('fluent/fluent-bit', argument(0, 'clone of fluent/fluent-bit with tags'));
  for (const version of RELEASES['fluent-bit']) {
    const tag = `v${version}`;
    for (const [section, keys] of Object.entries(sections((path) => copy.file(tag, path) ?? ''))) {
      recordFixture(`fluent-bit/${version}`, copy.source(tag), section, [...new Set(keys)].sort());
    }
  }
  process.stdout.write(`${RELEASES['fluent-bit'].length} versions of Fluent Bit\n`);
}

main();
