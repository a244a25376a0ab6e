import { Content, el, Element } from '../html/element';

/** A section with its heading and one sentence that says how to read it. */
export function section(id: string, title: string, lead: Content, ...content: Content[]): Element {
  return el('section', { 'id': id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), el('p', { class: 'lead' }, lead), ...content);
}

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly number?: boolean;
  /** The cell of a row; `i` is its place in the list. */
  cell(row: Row, i: number): Content;
}

/** A table whose first column names the row; sortable where there are scripts. */
export function table<Row>(caption: string, rows: readonly Row[], columns: ReadonlyArray<Column<Row>>): Element {
  return el('div', { class: 'scroll' }, el('table', { class: 'sortable stack' },
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, columns.map(column => el('th', { scope: 'col', class: column.number ? 'number' : undefined }, column.title)))),
    el('tbody', {}, rows.map((row, i) => el('tr', {}, columns.map((column, place) =>
      (place === 0 ? el('th', { scope: 'row' }, column.cell(row, i)) : el('td', { class: column.number ? 'number' : undefined }, column.cell(row, i))))))),
  ));
}

/** `1 rule`, `2 rules`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
