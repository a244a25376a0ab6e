import * as fc from 'fast-check';
import { CorefileDirective, CorefileServer, renderCorefile } from '../../src/formats/corefile';

/**
 * A reader of the format by the rules of CoreDNS' own (coredns/caddy v1.1.4, caddyfile/lexer.go and parse.go): words end at white space, `"`
 * opens a quoted word only at its start and only `\"` is escaped in it, `#` starts a comment anywhere outside quotes, braces are words.
 */
function words(text: string): Array<{ text: string; line: number }> {
  const found: Array<{ text: string; line: number }> = [];
  let [value, quoted, escaped, comment, line, started] = ['', false, false, false, 1, 1];
  const take = () => { found.push({ text: value, line: started }); value = ''; };
  for (const ch of text) {
    if (quoted) {
      if (!escaped && ch === '\\') { escaped = true; continue; }
      if (!escaped && ch === '"') { quoted = false; take(); continue; }
      if (ch === '\n') { line++; }
      value += escaped && ch !== '"' ? `\\${ch}` : ch;
      escaped = false;
      continue;
    }
    // Go's unicode.IsSpace
    if (/[\t\n\v\f\r \u0085\p{Z}]/u.test(ch)) {
      if (value !== '') { take(); }
      if (ch === '\n') { line++; comment = false; }
      continue;
    }
    if (ch === '#') { comment = true; }
    if (comment) { continue; }
    if (value === '') {
      started = line;
      if (ch === '"') { quoted = true; continue; }
    }
    value += ch;
  }
  if (value !== '') { take(); }
  return found;
}

function parseCorefile(text: string): CorefileServer[] {
  const tokens = words(text);
  let at = 0;
  const directives = (): CorefileDirective[] => {
    const list: CorefileDirective[] = [];
    while (tokens[at].text !== '}') {
      const { line, text: name } = tokens[at++];
      const args: string[] = [];
      while (tokens[at].line === line && tokens[at].text !== '{') { args.push(tokens[at++].text); }
      if (tokens[at].text !== '{' || tokens[at].line !== line) { list.push({ name, args }); continue; }
      at++;
      list.push({ name, args, body: directives() });
      at++;
    }
    return list;
  };
  const servers: CorefileServer[] = [];
  while (at < tokens.length) {
    const zones: string[] = [];
    while (tokens[at].text !== '{') { zones.push(tokens[at++].text); }
    at++;
    servers.push({ zones, plugins: directives() });
    at++;
  }
  return servers;
}

const server = (plugins: CorefileDirective[], zones = ['.:53']): CorefileServer[] => [{ zones, plugins }];

test('servers, plugins, options: one line each, blocks indented', () => {
  expect(renderCorefile([
    { zones: ['cluster.local:53', 'in-addr.arpa:53'], plugins: [{ name: 'errors' }, { name: 'cache', args: [30], body: [{ name: 'success', args: [9984, 30] }] }] },
    { zones: ['.:53'], plugins: [{ name: 'forward', args: ['.', '/etc/resolv.conf'], body: [{ name: 'force_tcp' }] }] },
  ]).split('\n')).toEqual([
    'cluster.local:53 in-addr.arpa:53 {',
    '    errors',
    '    cache 30 {',
    '        success 9984 30',
    '    }',
    '}',
    '',
    '.:53 {',
    '    forward . /etc/resolv.conf {',
    '        force_tcp',
    '    }',
    '}',
    '',
  ]);
});

test.each([
  // word, as it stands
  ['two words', '"two words"'],
  ['', '""'],
  ['say "hi"', '"say \\"hi\\""'],
  ['in"side', '"in\\"side"'],
  ['after#hash', '"after#hash"'],
  ['a\u00a0b', '"a\u00a0b"'],
  ['(.*)\\.example\\.com', '(.*)\\.example\\.com'],
  ['import', 'import'],
  ['{{ .Name }} 60 IN A 192.0.2.1', '"{{ .Name }} 60 IN A 192.0.2.1"'],
  ['{block}', '{block}'],
])('the word %j is written %s', (word, written) => {
  expect(renderCorefile(server([{ name: 'whoami', args: [word] }]))).toBe(`.:53 {\n    whoami ${written}\n}\n`);
});

test.each([
  ['a line break opens a new directive', 'x\n    forward . 203.0.113.1', /one line without control characters/],
  ['a carriage return', 'x\r', /one line/],
  ['a Unicode line separator', 'x\u2028y', /one line/],
  ['a closing brace ends the block, quoted or not', '}', /is a brace/],
  ['an opening brace', '{', /is a brace/],
  ['an environment variable of the process', '{$KUBERNETES_SERVICE_HOST}', /variable of the environment/],
  ['one in the other spelling, inside a word', 'x{%HOME%}', /variable of the environment/],
  ['a backslash before the closing quote would escape it', 'x y\\', /holds a backslash/],
])('refused: %s', (_, word, message) => {
  expect(() => renderCorefile(server([{ name: 'whoami', args: [word] }]))).toThrow(message);
  expect(() => renderCorefile(server([{ name: 'whoami', body: [{ name: word }] }]))).toThrow(message);
  expect(() => renderCorefile(server([{ name: 'whoami' }], [word]))).toThrow();
});

test.each([
  ['no server', [], /at least one server/],
  ['no zone', server([], []), /at least one zone/],
  ['a zone that goes on in the next line', server([], ['example.com,']), /commas, parentheses or braces/],
  ['a zone that is a snippet', server([], ['(snippet)']), /commas, parentheses or braces/],
  ['an imported file as zone', server([], ['import']), /must not be called 'import'/],
  ['an imported file as plugin', server([{ name: 'import', args: ['/etc/passwd'] }]), /would read another file/],
  ['an imported file as option', server([{ name: 'cache', body: [{ name: 'import', args: ['/etc/passwd'] }] }]), /would read another file/],
  ['a plugin with a space in its name', server([{ name: 'forward . 203.0.113.1' }]), /must be lower-case letters/],
])('refused: %s', (_, servers, message) => {
  expect(() => renderCorefile(servers as CorefileServer[])).toThrow(message);
});

test('what is printed reads back as what was meant', () => {
  const pieces = fc.constantFrom('a', 'Z', '0', '.', ':', '/', '-', '#', '"', ' ', '\u00a0', '\u0085', 'é', 'import', '(', ')', ',', '{', '}', '$');
  const word = fc.array(pieces, { maxLength: 8 }).map(parts => parts.join('')).filter(text => !/^[{}]$|\{\$/.test(text));
  const name = fc.constantFrom('errors', 'cache', 'forward', 'kubernetes');
  const option = fc.record({ name: word.filter(text => text !== 'import'), args: fc.array(word, { maxLength: 3 }) });
  const plugin = fc.record({ name, args: fc.array(word, { maxLength: 3 }), body: fc.array(option, { maxLength: 3 }) });
  const zones = fc.array(fc.constantFrom('.:53', 'cluster.local:53', 'example.com'), { minLength: 1, maxLength: 3 });
  fc.assert(fc.property(fc.array(fc.record({ zones, plugins: fc.array(plugin, { maxLength: 4 }) }), { minLength: 1, maxLength: 3 }), servers => {
    expect(parseCorefile(renderCorefile(servers))).toEqual(servers);
  }), { seed: 1, numRuns: 300 });
});
