import { DerivationModel } from './report-model';
import { Derivation } from '../derivation/derivation';

/**
 * Every derivation of a report once, each with those it came from. One id with several values (a kubelet's reservation on machines of several
 * shapes) gets a count behind it in the order of appearance, so that a key always means one number.
 */
export class DerivationTable {
  private readonly models: DerivationModel[] = [];
  private readonly keyOf = new Map<string, string>();
  private readonly known = new WeakMap<Derivation, string>();
  private readonly valuesOf = new Map<string, number>();

  /** Add a derivation and all that it came from; the key under which it stands. */
  public add(derivation: Derivation): string {
    const known = this.known.get(derivation);
    if (known !== undefined) { return known; }
    // What a number came from stands in the table too, so its key is part of what makes it the same number.
    const inputs = derivation.inputs.map(input => ({ name: input.name, value: input.value, ...(input.derivation ? { key: this.add(input.derivation) } : {}) }));
    const from = derivation.from.map(origin => this.add(origin));
    const { id, value, unit, words, expression, formula, source, confidence } = derivation;
    const content = {
      id,
      value,
      unit,
      words,
      ...(expression === undefined ? {} : { expression }),
      formula,
      ...(inputs.length > 0 ? { inputs } : {}),
      ...(from.length > 0 ? { from } : {}),
      source,
      confidence,
    };
    const text = JSON.stringify(content);
    const key = this.keyOf.get(text) ?? this.enter(content, text);
    this.known.set(derivation, key);
    return key;
  }

  /** In the order of ids, then of appearance. */
  public all(): DerivationModel[] {
    return [...this.models].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  private enter(content: Omit<DerivationModel, 'key'>, text: string): string {
    const count = (this.valuesOf.get(content.id) ?? 0) + 1;
    this.valuesOf.set(content.id, count);
    const key = count === 1 ? content.id : `${content.id}~${count}`;
    this.keyOf.set(text, key);
    this.models.push({ key, ...content });
    return key;
  }
}
