import { counted, section } from './frame';
import { Content, el, Element } from '../html/element';
import { amount, anchor, confidence, figure } from '../html/figures';
import { DerivationModel, ReportModel } from '../report-model';

/** Every number by component; a number unfolds into its formula, and its inputs lead to theirs. */
export function sizing({ components = [], derivations = [] }: ReportModel): Content {
  if (derivations.length === 0) { return undefined; }
  const placed = new Set<string>();
  const place = new Map(derivations.map((derivation, i) => [derivation.key, i]));
  // A number that several components share stands once, at the first; the others' links lead there.
  const groups = components.map(component => {
    const own = component.numbers.filter(key => !placed.has(key));
    own.forEach(key => placed.add(key));
    const others = component.numbers.filter(key => !own.includes(key));
    return group(component.type, component.paths, own, others, component.notes);
  });
  const rest = derivations.map(derivation => derivation.key).filter(key => !placed.has(key));

  function group(title: string, paths: readonly string[], keys: readonly string[], others: readonly string[], notes: readonly string[] = []): Element {
    return el('details', { class: 'component' },
      el('summary', {}, el('b', {}, title), el('span', { class: 'muted' }, [paths.join(', '), counted(keys.length + others.length, 'number')].filter(Boolean).join('; '))),
      keys.length > 0 ? el('div', { class: 'scroll' }, el('table', { class: 'sizes sortable' },
        el('thead', {}, el('tr', {}, ['number', 'value', 'where it comes from'].map((name, i) => el('th', { scope: 'col', class: i === 1 ? 'number' : undefined }, name)))),
        keys.map(key => rows(derivations[place.get(key)!], place.get(key)!)),
      )) : undefined,
      others.length > 0 ? el('p', {}, 'Shared with the above: ', others.map((key, i) => [i > 0 ? ', ' : '', el('a', { href: `#${anchor(key)}` }, key)])) : undefined,
      notes.length > 0 ? el('ul', { class: 'plain' }, notes.map(note => el('li', {}, note))) : undefined,
    );
  }

  return section('sizing', 'Sizing', `${counted(derivations.length, 'number')}. Unfold one for its formula in words and in symbols, its inputs, source and confidence; follow an input down to the description.`,
    el('div', { 'class': 'controls', 'data-controls': 'filter' }),
    groups,
    rest.length > 0 ? group('Amounts behind these numbers', ['description, load, limits'], rest, []) : undefined,
  );
}

function rows(derivation: DerivationModel, i: number): Element {
  const { key, id, value, unit, words, expression, formula, inputs = [], source } = derivation;
  const at = `/derivations/${i}`;
  return el('tbody', { id: anchor(key) },
    el('tr', {}, el('th', { scope: 'row' }, id), el('td', { class: 'number' }, amount(`${at}/value`, value, unit)), el('td', {}, confidence(derivation.confidence))),
    el('tr', {}, el('td', { colspan: 3 }, el('details', {},
      el('summary', { class: 'formula' }, formula),
      el('div', { class: 'fold' }, el('dl', {},
        words === formula ? undefined : [el('dt', {}, 'in words'), el('dd', {}, words)],
        expression === undefined || expression === String(value) ? undefined : [el('dt', {}, 'in symbols'), el('dd', {}, el('code', {}, symbols(expression)))],
        inputs.length > 0 ? [el('dt', {}, 'inputs'), el('dd', {}, el('ul', {}, inputs.map((input, place) => el('li', {},
          input.key === undefined ? input.name : el('a', { href: `#${anchor(input.key)}` }, input.name), ' = ', figure(`${at}/inputs/${place}/value`, input.value),
          input.key === undefined ? el('span', { class: 'muted' }, ' constant or fact') : undefined,
        ))))] : fromOnly(derivation),
        el('dt', {}, 'source'), el('dd', {}, source),
      )),
    ))),
  );
}

/** Numbers whose steps name no inputs still say what they came from. */
function fromOnly({ from = [] }: DerivationModel): Content {
  return from.length === 0 ? undefined : [el('dt', {}, 'from'), el('dd', {}, from.map((key, i) => [i > 0 ? ', ' : '', el('a', { href: `#${anchor(key)}` }, key)]))];
}

/** Signs as in print. */
function symbols(expression: string): string {
  return expression.replace(/ \* /g, ' × ').replace(/ - /g, ' − ').replace(/>=/g, '≥').replace(/<=/g, '≤');
}
