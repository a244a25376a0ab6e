// The page is built as a tree and printed once, in one place: text that a user chose cannot become markup, and nothing can be written that
// would make a browser load something.

/** What an element may hold. */
export type Content = Element | string | number | undefined | readonly Content[];

/** Attribute values; `true` is an attribute without value, `undefined` and `false` leave it out. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

/** An element of HTML or SVG. */
export class Element {
  constructor(readonly name: string, readonly attributes: Attributes, readonly content: readonly Content[]) {
    if (!NAME.test(name)) { throw new RangeError(`an element cannot be named ${name}`); }
    for (const [attribute, value] of Object.entries(attributes)) { refuse(attribute, value); }
    if (RAW.includes(name) && /<\/|<!--/.test(content.join(''))) { throw new RangeError(`text of ${name} cannot hold a tag or a comment`); }
  }
}

/** An element with content: `el('td', { class: 'number' }, 12)`. */
export function el(name: string, attributes: Attributes = {}, ...content: Content[]): Element {
  return new Element(name, attributes, content);
}

/** A page: the type of the document and its root. */
export function printPage(root: Element): string {
  return `<!DOCTYPE html>\n${printed(root)}\n`;
}

/** The text of an element. */
export function printed(content: Content): string {
  if (content === undefined) { return ''; }
  if (typeof content === 'string' || typeof content === 'number') { return escaped(String(content)); }
  if (!(content instanceof Element)) { return content.map(printed).join(''); }
  const attributes = Object.entries(content.attributes).map(([name, value]) => (value === undefined || value === false ? '' : value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`)).join('');
  if (VOID.includes(content.name)) { return `<${content.name}${attributes}>`; }
  const inside = RAW.includes(content.name) ? content.content.join('') : content.content.map(printed).join('');
  return `<${content.name}${attributes}>${inside}</${content.name}>${BLOCKS.includes(content.name) ? '\n' : ''}`;
}

const NAME = /^[a-z][A-Za-z0-9]*$/;
const ATTRIBUTE = /^[a-zA-Z][a-zA-Z0-9-]*$/;

/** Elements without an end tag. */
const VOID = ['meta', 'br', 'col', 'input'];
/** Elements whose text a browser does not unescape. */
const RAW = ['style', 'script'];
/** Elements that end a line, so that two versions of a report can be compared. */
const BLOCKS = ['head', 'body', 'section', 'table', 'tbody', 'thead', 'tr', 'details', 'div', 'p', 'li', 'h1', 'h2', 'h3', 'svg', 'style', 'script', 'meta', 'title'];
/** Attributes by which a page runs code or loads something, and `style`, which could load a picture. */
const LOADING = /^(on.*|src|srcset|srcdoc|style|action|formaction|background|poster|data|ping|cite|xlink.*)$/i;

function refuse(name: string, value: Attributes[string]): void {
  if (!ATTRIBUTE.test(name)) { throw new RangeError(`an attribute cannot be named ${name}`); }
  if (LOADING.test(name)) { throw new RangeError(`a report has no attribute ${name}: it loads nothing and runs nothing`); }
  if (name === 'href' && !String(value).startsWith('#')) { throw new RangeError(`a link of a report stays on the page, got ${value}`); }
}

const ESCAPES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

/** Control characters have no meaning on a page, and directional ones would show something else than what is written. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[&<>"']/g, character => ESCAPES[character]);
}
