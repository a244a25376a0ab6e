import { InvalidInput } from '../input/problems';
import { quoted } from '../input/text-safety';

/** Labels of an object, as a selector sees them. */
export interface SelectedLabels {
  readonly [label: string]: string;
}

/** A selector that was read. */
export interface CalicoSelector {
  readonly matches: (labels: SelectedLabels) => boolean;
  /** Labels that it asks for. */
  readonly labels: string[];
}

/** Longest label name that Calico's parser takes. Source: CAL@v3.32.0 libcalico-go/lib/selector/tokenizer. */
const MOST_LABEL_CHARACTERS = 512;

/** `thousand-node.io/pool == "web"`; of several values one: `... in { "a", "b" }`. */
export function labelIn(label: string, values: string[]): string {
  checkLabel(label);
  const texts = values.map(literal);
  return texts.length === 1 ? `${label} == ${texts[0]}` : `${label} in { ${texts.join(', ')} }`;
}

/** Objects whose label has none of the values, those without the label too. */
export function labelNotIn(label: string, values: string[]): string {
  checkLabel(label);
  const texts = values.map(literal);
  return texts.length === 1 ? `${label} != ${texts[0]}` : `${label} not in { ${texts.join(', ')} }`;
}

/** Objects that carry a label. */
export function hasLabel(label: string): string {
  checkLabel(label);
  return `has(${label})`;
}

/** All of the selectors; every object where there are none. */
export function allOf(selectors: string[]): string {
  return selectors.length === 0 ? 'all()' : joined(selectors, '&&');
}

/** One of the selectors. */
export function anyOf(selectors: string[]): string {
  return joined(selectors, '||');
}

function joined(selectors: string[], operator: string): string {
  return selectors.length === 1 ? selectors[0] : selectors.map(part => (/&&|\|\|/.test(part) ? `(${part})` : part)).join(` ${operator} `);
}

/** A text in quotes. Calico has no escapes: a text with both kinds of quotes cannot be written. */
function literal(text: string): string {
  if (!text.includes('"')) { return `"${text}"`; }
  if (!text.includes('\'')) { return `'${text}'`; }
  throw new InvalidInput('selector', [`a value holds both kinds of quotes, which Calico cannot escape, got ${quoted(text)}`]);
}

function checkLabel(label: string): void {
  if (!LABEL.test(label) || label.length > MOST_LABEL_CHARACTERS) { throw new InvalidInput('selector', [`${quoted(label)} is no label name`]); }
}

/** Why Calico would refuse a selector, in one sentence; undefined when it reads it. */
export function selectorProblem(field: string, text: unknown): string | undefined {
  try {
    parseSelector(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInput)) { throw error; }
    return `${field}: ${error.problems[0]}`;
  }
}

/**
 * Read a selector: `all()`, `has(l)`, `l == "v"`, `l != "v"`, `l in { "a" }`, `l not in { "a" }`, `l contains|starts with|ends with "v"`, with `!`, `&&`, `||`
 * and parentheses. `!=` and `not in` hold for objects without the label too. Source: CALDOC:reference/resources/globalnetworkpolicy (selectors);
 * the conformance run compares every answer with Calico's own parser.
 */
export function parseSelector(text: unknown): CalicoSelector {
  if (typeof text !== 'string') { throw new InvalidInput('selector', [`must be a text, got ${quoted(text)}`]); }
  const reader = new SelectorReader(text);
  return { matches: reader.read(), labels: [...new Set(reader.labels)] };
}

type Match = CalicoSelector['matches'];

const LABEL = /^[a-zA-Z0-9_./-]+$/;
const TOKEN = /^\s*(&&|\|\||==|!=|[!(){},]|"[^"]*"|'[^']*'|(?:all|global)\(\s*\)|has\(|[a-zA-Z0-9_./-]+)/;

class SelectorReader {
  public readonly labels: string[] = [];
  private readonly tokens: string[] = [];

  constructor(private readonly text: string) {
    let rest = text;
    while (rest.trim() !== '') {
      const token = TOKEN.exec(rest);
      if (!token) { throw this.unreadable(rest.trim()); }
      this.tokens.push(token[1].replace(/\(\s*\)$/, '()'));
      rest = rest.slice(token[0].length);
    }
  }

  public read(): Match {
    // Nothing selects everything, as in Calico.
    if (this.tokens.length === 0) { return () => true; }
    const match = this.alternatives();
    if (this.tokens.length > 0) { throw this.unreadable(this.tokens.join(' ')); }
    return match;
  }

  private alternatives(): Match {
    const parts = [this.conjunction()];
    while (this.take('||')) { parts.push(this.conjunction()); }
    return labels => parts.some(part => part(labels));
  }

  private conjunction(): Match {
    const parts = [this.negation()];
    while (this.take('&&')) { parts.push(this.negation()); }
    return labels => parts.every(part => part(labels));
  }

  private negation(): Match {
    if (this.take('!')) {
      const negated = this.negation();
      return labels => !negated(labels);
    }
    if (this.take('(')) {
      const inner = this.alternatives();
      this.expect(')');
      return inner;
    }
    if (this.take('all()')) { return () => true; }
    if (this.take('has(')) {
      const label = this.label();
      this.expect(')');
      return labels => Object.hasOwn(labels, label);
    }
    return this.comparison();
  }

  private comparison(): Match {
    const label = this.label();
    const valueOf = (labels: SelectedLabels) => (Object.hasOwn(labels, label) ? labels[label] : undefined);
    const operator = this.tokens.shift() ?? '';
    if (operator === '==' || operator === '!=') {
      const value = this.literal();
      return labels => (valueOf(labels) === value) === (operator === '==');
    }
    if (operator === 'in') {
      const values = this.values();
      return labels => values.includes(valueOf(labels) as string);
    }
    if (operator === 'not') {
      this.expect('in');
      const values = this.values();
      return labels => !values.includes(valueOf(labels) as string);
    }
    if (operator === 'contains') {
      const value = this.literal();
      return labels => valueOf(labels)?.includes(value) ?? false;
    }
    if (operator === 'starts' || operator === 'ends') {
      this.expect('with');
      const value = this.literal();
      return labels => (operator === 'starts' ? valueOf(labels)?.startsWith(value) : valueOf(labels)?.endsWith(value)) ?? false;
    }
    throw this.unreadable(`${label} ${operator}`.trim());
  }

  private values(): string[] {
    this.expect('{');
    const values: string[] = [];
    while (!this.take('}')) {
      values.push(this.literal());
      if (!this.take(',')) {
        this.expect('}');
        break;
      }
    }
    return values;
  }

  private label(): string {
    const label = this.tokens.shift() ?? '';
    if (!LABEL.test(label) || label.length > MOST_LABEL_CHARACTERS) { throw this.unreadable(label); }
    this.labels.push(label);
    return label;
  }

  private literal(): string {
    const text = this.tokens.shift() ?? '';
    if (!/^["']/.test(text)) { throw this.unreadable(text); }
    return text.slice(1, -1);
  }

  private take(token: string): boolean {
    if (this.tokens[0] !== token) { return false; }
    this.tokens.shift();
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) { throw this.unreadable(this.tokens.join(' ')); }
  }

  private unreadable(rest: string): InvalidInput {
    return new InvalidInput('selector', [`${quoted(this.text)} is no selector of Calico${rest === '' ? ': it ends too early' : `, from ${quoted(rest)} on`}; for example has(label) && other == "value"`]);
  }
}
