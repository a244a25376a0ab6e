import { IConstruct } from 'constructs';
import { DerivationTable } from './derivation-table';
import { ComponentModel } from './report-model';
import { statedConstructs } from '../host/stated-numbers';

/** One entry per construct; machines with the same numbers share one. */
export function componentSection(scope: IConstruct, table: DerivationTable): ComponentModel[] {
  const merged = new Map<string, { component: ComponentModel; paths: string[] }>();
  for (const construct of statedConstructs(scope)) {
    const notes = textsOf(construct, 'notes');
    const numbers = [...new Set(construct.derivations.map(derivation => table.add(derivation)))];
    const component = { type: construct.constructor.name, numbers, ...(notes.length > 0 ? { notes } : {}) };
    const same = JSON.stringify(component);
    const entry = merged.get(same) ?? { component: { paths: [], ...component }, paths: [] };
    entry.paths.push(construct.node.path);
    merged.set(same, entry);
  }
  return [...merged.values()].map(({ component, paths }) => ({ ...component, paths }));
}

/** Sentences that constructs below a scope say under a name (`notes`, `findings`, `preconditions`), each once. */
export function sentences(scope: IConstruct, ...names: string[]): string[] {
  return [...new Set(scope.node.findAll().flatMap(construct => names.flatMap(name => textsOf(construct, name))))];
}

function textsOf(construct: IConstruct, name: string): string[] {
  const found = (construct as unknown as { readonly [name: string]: unknown })[name];
  return Array.isArray(found) ? found.filter((text): text is string => typeof text === 'string') : [];
}
