import { section, table } from './frame';
import { Content, el } from '../html/element';
import { figure } from '../html/figures';
import { ReportModel } from '../report-model';

/** Versions that go together. */
export function versions({ versions: list }: ReportModel): Content {
  if (!list) { return undefined; }
  return section('versions', 'Versions', 'Versions of components that go with this Kubernetes release. Pairs that upstream has not tested together stand among the findings.',
    el('ul', { class: 'columns' }, list.map(row => el('li', {}, el('span', {}, row.component), el('code', {}, row.version)))));
}

/** Who brings what. */
export function ownership({ ownership: list }: ReportModel): Content {
  if (!list) { return undefined; }
  return section('ownership', 'Who owns what', 'What these outputs bring, what the installer makes itself, and what the cloud or data centre has to provide.',
    table('Owners', list, [
      { title: 'what', cell: row => row.what },
      { title: 'count', number: true, cell: (row, i) => figure(`/ownership/${i}/count`, row.count) },
      { title: 'owner', cell: row => row.owner },
      { title: 'how', cell: row => row.detail },
    ]));
}

/** Pools and machines. */
export function pools({ cluster }: ReportModel): Content {
  if (!cluster) { return undefined; }
  const at = (i: number, field: string) => `/cluster/pools/${i}/${field}`;
  return section('pools', 'Pools', 'What the description says; everything else follows from it.',
    table('Node pools', cluster.pools, [
      { title: 'pool', cell: row => row.name },
      { title: 'nodes today', number: true, cell: (row, i) => figure(at(i, 'nodesToday'), row.nodesToday) },
      { title: 'final', number: true, cell: (row, i) => figure(at(i, 'nodes'), row.nodes) },
      { title: 'cores', number: true, cell: (row, i) => figure(at(i, 'cores'), row.cores) },
      { title: 'memory, MiB', number: true, cell: (row, i) => figure(at(i, 'memoryMebibytes'), row.memoryMebibytes) },
      { title: 'most pods', number: true, cell: (row, i) => figure(at(i, 'maxPods'), row.maxPods) },
      { title: 'kubelet', cell: row => row.release },
    ]));
}
