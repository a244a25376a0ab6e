import { counted, section, table } from './frame';
import { addressPicture, fillBar } from '../charts/address-picture';
import { changeInWords } from '../charts/limits-chart';
import { Content, el, Element } from '../html/element';
import { figure } from '../html/figures';
import { ReportModel } from '../report-model';

/** What the installation settles for the life of the cluster. */
export function decisions({ decisions: list }: ReportModel): Content {
  if (!list) { return undefined; }
  return section('decisions', 'Decisions that cannot be changed later', 'Read these before the installation: afterwards each costs what stands here.',
    table('Choices that the installation settles', list, [
      { title: 'choice', cell: row => row.title },
      { title: 'value', cell: row => [el('code', {}, row.value), row.proposed ? [' ', el('span', { class: 'tag partly-tag' }, 'proposed: write it down')] : undefined] },
      { title: 'why it stays', cell: row => row.reason },
      { title: 'what a change costs', cell: row => row.cost },
      { title: 'more of it', cell: row => changeInWords(row.growth) },
    ]));
}

/** Ranges and blocks, to scale. */
export function network({ network: plan, stages = [] }: ReportModel): Content {
  if (!plan) { return undefined; }
  const last = stages.length - 1;
  return section('network', 'Network plan', 'Where the ranges lie, and how much of each the cluster uses. All bars are to scale.',
    addressPicture(plan),
    plan.ranges.some(range => range.room) ? el('h3', {}, 'Used of each range') : undefined,
    plan.ranges.map((range, i) => range.room && el('div', { class: 'range' },
      el('p', {},
        el('span', {}, el('b', {}, range.field), ` ${range.cidr} `, range.proposed ? el('span', { class: 'tag partly-tag' }, 'proposed') : undefined),
        el('span', { class: 'muted' }, figure(`/network/ranges/${i}/room/${last}/used`, range.room[last].used), ' of ', figure(`/network/ranges/${i}/addresses`, range.addresses), ' addresses, ',
          figure(`/network/ranges/${i}/room/${last}/percent`, range.room[last].percent), ' %'),
      ),
      fillBar(range, range.room.map(room => room.percent)),
    )),
    blocks(plan.blocks, last),
    plan.ranges.some(range => range.room) && last > 0 ? el('ul', { class: 'keys' }, keyOf('bar today', stages[0].name), keyOf('bar', `${stages[last].name}, ${counted(stages[last].nodes, 'node')}`)) : undefined,
    el('h3', {}, 'Who chose the ranges'),
    table('Ranges of the cluster', plan.ranges, [
      { title: 'range', cell: row => row.field },
      { title: 'value', cell: row => el('code', {}, row.cidr) },
      { title: 'addresses', number: true, cell: (row, i) => figure(`/network/ranges/${i}/addresses`, row.addresses) },
      { title: 'reason', cell: row => (row.proposed ? `proposed: ${row.reason}` : row.reason) },
    ]),
    plan.reserved ? table('Ranges of others', plan.reserved, [
      { title: 'name', cell: row => row.name },
      { title: 'value', cell: row => el('code', {}, row.cidr) },
      { title: 'machines', cell: row => (row.holdsNodes ? 'live here' : 'stay outside') },
    ]) : undefined,
  );
}

function blocks(list: NonNullable<ReportModel['network']>['blocks'], last: number): Content {
  if (!list) { return undefined; }
  const { used, size, percent } = list[last];
  return el('div', { class: 'range' },
    el('p', {}, el('span', {}, el('b', {}, 'blocks'), ' of the pod range'),
      el('span', { class: 'muted' }, figure(`/network/blocks/${last}/used`, used), ' of ', figure(`/network/blocks/${last}/size`, size), ' blocks, ', figure(`/network/blocks/${last}/percent`, percent), ' %')),
    fillBar({ field: 'blocks', cidr: 'of the pod range', use: 'pods', family: 4, addresses: size, proposed: false, reason: '' }, list.map(block => block.percent)),
  );
}

function keyOf(kind: string, name: string): Element {
  return el('li', {}, el('svg', { 'width': 12, 'height': 12, 'aria-hidden': 'true' }, el('rect', { class: kind, x: 0, y: 0, width: 12, height: 12, rx: 2 })), name);
}
