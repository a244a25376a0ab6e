import { counted } from './frame';
import { Content, el, Element } from '../html/element';
import { figure } from '../html/figures';
import { ReportModel } from '../report-model';

/** What a reader sees first: the cluster in a line, then the three questions with their answers. */
export function head(model: ReportModel): Element {
  return el('header', {},
    el('p', { class: 'kicker' }, 'Capacity report'),
    el('h1', {}, model.cluster?.name ?? 'Single constructs'),
    sizeLine(model),
    el('div', { class: 'answers' }, willItHold(model), whatBreaksFirst(model), decideNow(model)),
  );
}

function sizeLine({ cluster }: ReportModel): Content {
  if (!cluster) { return undefined; }
  const { nodesToday, nodes } = cluster;
  return el('p', { class: 'size' },
    `Kubernetes ${cluster.release}, `,
    ...(nodesToday < nodes ? [el('b', {}, figure('/cluster/nodesToday', nodesToday)), ' nodes today, '] : []),
    el('b', {}, figure('/cluster/nodes', nodes)), ' planned in ', counted(cluster.pools.length, 'pool'), ', ',
    figure('/cluster/pods', cluster.pods), ' pods, ', figure('/cluster/services', cluster.services), ' Services, ',
    ...(cluster.controlPlaneManagedBy === undefined
      ? [figure('/cluster/controlPlaneMachines', cluster.controlPlaneMachines), ' control-plane machines']
      : [`control plane by ${cluster.controlPlaneManagedBy}`]),
    cluster.load === 'custom' ? '' : `; load profile ${cluster.load}`,
  );
}

const KINDS: { readonly [answer: string]: [kind: string, words: string] } = {
  'holds': ['yes', 'Yes'], 'holds today': ['partly', 'Today, not at the final size'], 'does not hold': ['no', 'No'], 'not known': ['partly', 'Not known'],
};

function willItHold({ verdict, audit }: ReportModel): Element {
  const [kind, words] = KINDS[verdict.answer];
  return el('div', { class: `answer ${kind}` },
    el('h2', {}, 'Will it hold?'),
    el('strong', {}, words),
    el('p', {}, verdict.sentence),
    audit.findings ? el('p', {}, el('a', { href: '#findings' }, counted(audit.findings.length, 'open finding'))) : undefined,
  );
}

function whatBreaksFirst({ verdict, cluster, limits = [] }: ReportModel): Element {
  const i = limits.findIndex(limit => limit.id === verdict.firstLimit);
  const first = limits[i];
  if (!first) { return el('div', { class: 'answer partly' }, el('h2', {}, 'What breaks first?'), el('strong', {}, 'Not computed'), el('p', {}, 'Limits follow from a whole cluster.')); }
  return el('div', { class: 'answer' },
    el('h2', {}, 'What breaks first, and when?'),
    el('strong', {}, first.beyondHorizon ? 'Nothing up to ' : undefined, figure(`/limits/${i}/reachedAtNodes`, first.reachedAtNodes), ' nodes'),
    el('p', {}, el('a', { href: '#limits' }, first.title), el('span', { class: 'muted' }, `, ${growthLeft(first.reachedAtNodes, cluster!.nodes)}`)),
    el('p', { class: 'muted' }, first.consequence),
  );
}

function growthLeft(reached: number, nodes: number): string {
  const share = Math.round(100 * (reached / nodes - 1));
  if (share === 0 && reached >= nodes) { return 'sized for just what is planned'; }
  return share < 0 || reached < nodes ? `${Math.max(1, -share)} % below the final size` : `${share.toLocaleString('en-US')} % above the final size`;
}

function decideNow({ decisions = [] }: ReportModel): Element {
  const open = decisions.filter(decision => decision.proposed);
  return el('div', { class: open.length > 0 ? 'answer partly' : 'answer' },
    el('h2', {}, 'What must be decided now?'),
    el('strong', {}, decisions.length === 0 ? 'Nothing' : open.length > 0 ? `${counted(open.length, 'choice')} to write down` : `${counted(decisions.length, 'choice')} to confirm`),
    decisions.length === 0 ? el('p', {}, 'Nothing here is settled for good by the installation.') : [
      el('p', {}, el('a', { href: '#decisions' }, 'Settled for good by the installation')),
      el('ul', {}, (open.length > 0 ? open : decisions).map(decision => el('li', {}, el('span', { class: 'muted' }, decision.title), ` ${decision.value}`))),
    ],
  );
}
