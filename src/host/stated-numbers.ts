import { IConstruct } from 'constructs';
import { Derivation } from '../derivation/derivation';

/** A construct that states its numbers, as every construct of this library does. */
interface Stated extends IConstruct {
  readonly derivations: Derivation[];
  readonly notes?: string[];
}

function isStated(construct: IConstruct): construct is Stated {
  const { derivations } = construct as Partial<Stated>;
  return Array.isArray(derivations) && derivations.every(derivation => typeof derivation?.id === 'string' && typeof derivation.value === 'number' && Array.isArray(derivation.from));
}

/** Constructs below a scope that state numbers, innermost only: a composition repeats what its parts say. */
export function statedConstructs(scope: IConstruct): Stated[] {
  const stated = scope.node.findAll().filter(isStated);
  const outer = new Set(stated.flatMap(construct => construct.node.scopes.slice(0, -1)));
  return stated.filter(construct => !outer.has(construct));
}

/** Numbers of all constructs below a scope; equal machines say the same, so each id stands once. */
export function statedNumbers(scope: IConstruct): Derivation[] {
  return [...new Map(statedConstructs(scope).flatMap(construct => construct.derivations).map(derivation => [derivation.id, derivation])).values()];
}
