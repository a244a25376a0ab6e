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
 * escaped. What the format cannot carry is refused: line breaks and other control characters; a word that is a brace, which opens or closes
 * a block even inside quotes; `{$` and `{%`, which expand variables of the environment even inside quotes; a word with both a backslash and
 * the need for quotes; the word `import` at the start of a line. Source: coredns/caddy v1.1.4, caddyfile/parse.go, lexer.go.
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
  if (text === '' || /[,(){}]/.test(text)) { throw refused(`zone ${quoted(text)} must not be empty or hold commas, parentheses or braces`); }
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

/** What the format cannot carry in a word; undefined when it can. */
export function corefileWordProblem(text: string): string | undefined {
  const broken = lineProblem('a word', text);
  if (broken !== undefined) { return broken; }
  if (/^[{}]$/.test(text)) { return `${quoted(text)} is a brace, which opens or closes a block even inside quotes`; }
  if (/\{[$%]/.test(text)) { return `${quoted(text)} would be replaced by a variable of the environment, which the format cannot escape`; }
  return needsQuotes(text) && text.includes('\\') ? `${quoted(text)} needs quotes and holds a backslash, which the format cannot escape inside them` : undefined;
}

function word(text: string): string {
  const problem = corefileWordProblem(text);
  if (problem !== undefined) { throw refused(problem); }
  return needsQuotes(text) ? `"${text.replace(/"/g, '\\"')}"` : text;
}

/** Unicode spaces separate words for CoreDNS as well. */
function needsQuotes(text: string): boolean {
  return text === '' || /[\s"#\u0085]/.test(text);
}

function refused(problem: string): InvalidInput {
  return new InvalidInput('Corefile', [problem]);
}
