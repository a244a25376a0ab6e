import { InvalidInput } from '../input/problems';
import { lineProblem, quoted } from '../input/text-safety';

/** A plugin or an option of one: its name, what stands behind it on the line, and a block. */
export interface CorefileDirective {
  readonly name: string;
  /** @default - none */
  readonly args?: Array<string | number>;
  /** @default - no block */
  readonly body?: CorefileDirective[];
}

/** A server block: the zones it answers for, and its plugins. CoreDNS runs plugins in an order of its own, whatever stands here. */
export interface CorefileServer {
  /** `cluster.local:53`, `.:53`. */
  readonly zones: string[];
  readonly plugins: CorefileDirective[];
}

const PLUGIN = /^[a-z][a-z0-9_]*$/;

/**
 * The text of a Corefile.
 *
 * Escaping rule: a word stands as it is, or in double quotes when it is empty or holds white space, `"` or `#`; inside quotes only `"` is
 * escaped. What the format cannot carry is refused: line breaks and other control characters, braces (they open blocks and expand
 * environment variables even inside quotes), a word with both a backslash and the need for quotes, the word `import` at the start of a line.
 */
export function renderCorefile(servers: CorefileServer[]): string {
  if (servers.length === 0) { throw refused('needs at least one server block'); }
  return servers.map(server => {
    if (server.zones.length === 0) { throw refused('a server block needs at least one zone'); }
    return block(server.zones.map(zone).join(' '), server.plugins.map(plugin), '');
  }).join('\n');
}

function plugin(directive: CorefileDirective): CorefileDirective {
  if (!PLUGIN.test(directive.name)) { throw refused(`plugin ${quoted(directive.name)} must be lower-case letters, digits and '_'`); }
  return directive;
}

function zone(text: string): string {
  // A comma at the end continues the list of zones on the next line; parentheses name a snippet.
  if (text === '' || /[,()]/.test(text)) { throw refused(`zone ${quoted(text)} must not be empty or hold commas or parentheses`); }
  if (text === 'import') { throw refused('a zone must not be called \'import\''); }
  return word(text);
}

function block(head: string, directives: CorefileDirective[], indent: string): string {
  const lines = directives.map(directive => line(directive, `${indent}    `));
  return `${head} {\n${lines.join('')}${indent}}\n`;
}

function line(directive: CorefileDirective, indent: string): string {
  if (directive.name === 'import') { throw refused('\'import\' would read another file; write its content as directives'); }
  const head = indent + [directive.name, ...(directive.args ?? []).map(String)].map(word).join(' ');
  return directive.body === undefined ? `${head}\n` : block(head, directive.body, indent);
}

function word(text: string): string {
  const broken = lineProblem('a word', text);
  if (broken !== undefined) { throw refused(broken); }
  if (/[{}]/.test(text)) { throw refused(`${quoted(text)} holds a brace, which the format cannot escape`); }
  // Unicode spaces separate words for CoreDNS as well.
  if (text !== '' && !/[\s"#\u0085]/.test(text)) { return text; }
  if (text.includes('\\')) { throw refused(`${quoted(text)} needs quotes and holds a backslash, which the format cannot escape inside them`); }
  return `"${text.replace(/"/g, '\\"')}"`;
}

function refused(problem: string): InvalidInput {
  return new InvalidInput('Corefile', [problem]);
}
