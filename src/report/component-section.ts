import { IConstruct } from 'constructs';
import { DerivationTable } from './derivation-table';
import { ComponentModel } from './report-model';
import { Derivation } from '../derivation/derivation';

/** A construct that states its numbers, as every construct of this library does. */
interface Stated extends IConstruct {
  readonly derivations: Derivation[];
  readonly notes?: string[];
}

/** Constructs below a scope that state numbers, innermost only: a composition repeats what its parts say. */
export function statedConstructs(scope: IConstruct): IConstruct[] {
  const stated = scope.node.findAll().filter(isStated);
  return stated.filter(construct => !stated.some(other => other !== construct && other.node.scopes.includes(construct)));
}

/** The numbers of a construct. */
export function derivationsOf(construct: IConstruct): Derivation[] {
  return isStated(construct) ? construct.derivations : [];
}

/** One entry per construct; machines with the same numbers share one. */
export function componentSection(scope: IConstruct, table: DerivationTable): ComponentModel[] {
  const merged = new Map<string, { component: ComponentModel; paths: string[] }>();
  for (const construct of statedConstructs(scope).filter(isStated)) {
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

function isStated(construct: IConstruct): construct is Stated {
  const { derivations } = construct as Partial<Stated>;
  return Array.isArray(derivations) && derivations.every(derivation => typeof derivation?.id === 'string' && typeof derivation.value === 'number' && Array.isArray(derivation.from));
}

function textsOf(construct: IConstruct, name: string): string[] {
  const found = (construct as unknown as { readonly [name: string]: unknown })[name];
  return Array.isArray(found) ? found.filter((text): text is string => typeof text === 'string') : [];
}
