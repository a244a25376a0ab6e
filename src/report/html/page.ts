import { Content, el, printPage } from './element';
import { SCRIPT } from './script';
import { STYLE } from './style';
import { ReportModel } from '../report-model';
import { findings } from '../sections/findings';
import { flows } from '../sections/flows';
import { headroom, limits } from '../sections/growth';
import { head } from '../sections/head';
import { ownership, pools, versions } from '../sections/inventory';
import { decisions, network } from '../sections/network';
import { nodes } from '../sections/nodes';
import { sizing } from '../sections/sizing';

/** A browser is told to load nothing; what the page needs stands in it. */
const POLICY = 'default-src \'none\'; style-src \'unsafe-inline\'; script-src \'unsafe-inline\'; img-src data:; base-uri \'none\'; form-action \'none\'';

/** `capacity.html`: says what `capacity.json` says, for people. */
export function capacityPage(model: ReportModel): string {
  const title = `Capacity of ${model.cluster?.name ?? 'single constructs'}`;
  const all: Array<[id: string, name: string, content: Content]> = [
    ['limits', 'What breaks first', limits(model)],
    ['headroom', 'Headroom', headroom(model)],
    ['decisions', 'Decisions', decisions(model)],
    ['network', 'Network', network(model)],
    ['flows', 'Flows', flows(model)],
    ['findings', 'Findings', findings(model)],
    ['sizing', 'Sizing', sizing(model)],
    ['pools', 'Pools', pools(model)],
    ['nodes', 'Nodes', nodes(model)],
    ['versions', 'Versions', versions(model)],
    ['ownership', 'Ownership', ownership(model)],
  ];
  const shown = all.filter(([, , content]) => content !== undefined);
  return printPage(el('html', { lang: 'en' },
    el('head', {},
      el('meta', { charset: 'utf-8' }),
      el('meta', { 'http-equiv': 'Content-Security-Policy', 'content': POLICY }),
      el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      el('meta', { name: 'referrer', content: 'no-referrer' }),
      el('title', {}, title),
      el('style', {}, STYLE),
    ),
    el('body', {},
      el('a', { class: 'skip', href: '#content' }, 'Skip to the content'),
      head(model),
      el('nav', { 'aria-label': 'Sections' }, el('ul', {}, shown.map(([id, name]) => el('li', {}, el('a', { href: `#${id}` }, name))))),
      el('main', { id: 'content' }, shown.map(([, , content]) => content)),
      el('footer', {}, `${model.format}, version ${model.version}. The same numbers stand in capacity.json; estimates are marked as such.`),
      el('script', {}, SCRIPT),
    ),
  ));
}
