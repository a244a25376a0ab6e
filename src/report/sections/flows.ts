import { section, table } from './frame';
import { flowDiagram } from '../charts/flow-diagram';
import { Content, el } from '../html/element';
import { anchor, figure } from '../html/figures';
import { ReportModel } from '../report-model';

/** Who talks to whom, as a picture and as a table. */
export function flows({ flows: list }: ReportModel): Content {
  if (!list) { return undefined; }
  return section('flows', 'Who talks to whom', 'Rates at the final size. Lines lead from who asks to who is asked; their width follows the logarithm of the rate.',
    el('div', { 'class': 'scroll', 'tabindex': 0, 'role': 'group', 'aria-label': 'Diagram' }, flowDiagram(list)),
    table('Flows and their rates', list, [
      { title: 'from', cell: row => row.from },
      { title: 'to', cell: row => row.to },
      { title: 'protocol', cell: row => row.protocol },
      { title: 'rate', number: true, cell: (row, i) => el('a', { href: `#${anchor(row.rateKey)}` }, figure(`/flows/${i}/rate`, row.rate)) },
      { title: 'unit', cell: row => row.unit },
      { title: 'connections', number: true, cell: (row, i) => (row.connectionsKey === undefined ? undefined : el('a', { href: `#${anchor(row.connectionsKey)}` }, figure(`/flows/${i}/connections`, row.connections!))) },
    ]));
}
