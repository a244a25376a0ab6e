/** A tag of a printed page with its attributes, unescaped as a browser does. */
export interface Tag {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  /** Text from here to the next tag. */
  readonly text: string;
}

const ENTITIES: { readonly [entity: string]: string } = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': '\'' };

export function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, entity => ENTITIES[entity]);
}

/** Start tags of a page, without those inside style and script, whose text is no markup. */
export function tagsOf(page: string): Tag[] {
  const markup = page.replace(/<(style|script)([^>]*)>[^]*?<\/\1>/g, '<$1$2>');
  return [...markup.matchAll(/<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*>([^<]*)/g)].map(([, name, attributes, text]) => ({
    name,
    attributes: Object.fromEntries([...attributes.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, key, value]) => [key, unescaped(value ?? '')])),
    text: unescaped(text),
  }));
}

/** The value at a JSON pointer. */
export function at(document: unknown, pointer: string): unknown {
  return pointer.split('/').slice(1).reduce((value, part) => (value as { [key: string]: unknown })?.[part], document);
}
