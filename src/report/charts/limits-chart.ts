import { axis, Marker, markerNames, nodeBar, nodeScale } from './node-scale';
import { el, Element } from '../html/element';
import { amount, anchor, figure, grouped } from '../html/figures';
import { ClusterModel, LimitModel } from '../report-model';

/** What is drawn across every bar. */
export interface Envelope {
  /** Nodes that Kubernetes is tested with. */
  readonly testedNodes: number;
  /** How far limits were looked for. */
  readonly horizon: number;
}

/** Limits by the number of nodes at which each is reached: one bar each, crossed by today, the final size and what is tested upstream. */
export function limitsChart(limits: readonly LimitModel[], cluster: ClusterModel, envelope: Envelope): Element {
  const markers: Marker[] = [
    ...(cluster.nodesToday < cluster.nodes ? [{ name: 'today', nodes: cluster.nodesToday, soft: true }] : []),
    { name: 'final size', nodes: cluster.nodes, soft: false },
    ...(cluster.nodes < envelope.testedNodes ? [{ name: 'tested upstream', nodes: envelope.testedNodes, soft: true }] : []),
  ];
  const scale = nodeScale([...limits.map(limit => limit.reachedAtNodes), cluster.nodesToday], envelope.horizon);
  return el('div', {},
    markerNames(scale, markers),
    el('ol', { class: 'limits' }, limits.map((limit, i) => el('li', {},
      el('details', {},
        el('summary', {},
          el('span', {}, limit.title, limit.breaks ? undefined : [' ', el('span', { class: 'tag' }, 'advice')]),
          el('span', { class: 'reach' }, limit.beyondHorizon ? 'more than ' : undefined, figure(`/limits/${i}/reachedAtNodes`, limit.reachedAtNodes), ' nodes'),
        ),
        limitFacts(limit, i),
      ),
      nodeBar(scale, limit.reachedAtNodes, kindOf(limit, cluster), markers,
        `${limit.title}: ${limit.beyondHorizon ? 'not reached up to' : 'reached at'} ${grouped(limit.reachedAtNodes)} nodes`),
    ))),
    axis(scale),
    el('p', { class: 'muted' }, 'Nodes, on a logarithmic scale.'),
  );
}

function limitFacts(limit: LimitModel, i: number): Element {
  return el('dl', {},
    el('dt', {}, 'used at the final size'),
    el('dd', {}, el('a', { href: `#${anchor(limit.usedKey)}` }, amount(`/limits/${i}/used`, limit.used, limit.unit))),
    el('dt', {}, 'there is'),
    el('dd', {}, el('a', { href: `#${anchor(limit.capacityKey)}` }, amount(`/limits/${i}/capacity`, limit.capacity, limit.unit))),
    el('dt', {}, 'beyond it'), el('dd', {}, limit.consequence),
    el('dt', {}, 'what to do'), el('dd', {}, limit.remedy),
    el('dt', {}, 'how it changes'), el('dd', {}, changeInWords(limit.change)),
  );
}

/** What a change of this kind costs. */
export function changeInWords(change: string): string {
  return { online: 'while the cluster runs', rollout: 'by a rollout of machines or servers', never: 'never: only with a new cluster' }[change] ?? change;
}

function kindOf(limit: LimitModel, cluster: ClusterModel): string {
  if (!limit.breaks) { return 'advice'; }
  if (limit.reachedAtNodes < cluster.nodes) { return 'no'; }
  return limit.percent >= 80 ? 'partly' : 'ok';
}
