import { el, Element } from '../html/element';
import { figure, grouped } from '../html/figures';
import { LimitModel, StageModel } from '../report-model';

/** Where a colour starts, in percent of use. */
const SHADES = [[100, 'h5', 'over'], [90, 'h4', '90 to 100 %'], [75, 'h3', '75 to 90 %'], [50, 'h2', '50 to 75 %'], [25, 'h1', '25 to 50 %'], [0, 'h0', 'below 25 %']] as const;

/** Use of every resource at every stage of growth: a table whose cells are shaded, so that it reads as a picture and as numbers. */
export function headroomChart(limits: readonly LimitModel[], stages: readonly StageModel[]): Element {
  const rows = limits.map((limit, i) => ({ limit, i })).filter(({ limit }) => limit.headroom !== undefined);
  return el('div', {},
    el('div', { class: 'scroll' }, el('table', { class: 'heat sortable' },
      el('caption', {}, 'Used share in percent at each stage'),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'resource'), stages.map(stage => el('th', { scope: 'col' }, stage.name === 'growth' ? grouped(stage.nodes) : `${stage.name}, ${grouped(stage.nodes)}`)))),
      el('tbody', {}, rows.map(({ limit, i }) => el('tr', {},
        el('th', { scope: 'row' }, limit.title),
        limit.headroom!.map((room, stage) => el('td', { class: shadeOf(room.percent) }, figure(`/limits/${i}/headroom/${stage}/percent`, room.percent))),
      ))),
    )),
    el('ul', { class: 'keys' }, [...SHADES].reverse().map(([, shade, name]) => el('li', {}, el('span', { class: `key ${shade}` }, '%'), name))),
  );
}

/** A resource that is full to the last place still holds. */
function shadeOf(percent: number): string {
  return SHADES.find(([from]) => (from === 100 ? percent > 100 : percent >= from))?.[1] ?? 'h0';
}
