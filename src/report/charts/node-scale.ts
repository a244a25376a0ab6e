import { el, Element } from '../html/element';
import { grouped } from '../html/figures';

/** A logarithmic scale of node counts; positions are shares of the width, so that a chart is as wide as its place and its text is not. */
export interface NodeScale {
  readonly from: number;
  readonly to: number;
}

/** A vertical line through every row of a chart. */
export interface Marker {
  readonly name: string;
  readonly nodes: number;
  readonly soft: boolean;
}

const STEPS = [1, 2, 5];

/** From a round number below everything that is shown. */
export function nodeScale(nodes: readonly number[], to: number): NodeScale {
  const least = Math.max(1, Math.min(...nodes, to / 10));
  return { from: 10 ** Math.floor(Math.log10(least)), to };
}

/** Where a node count lies, in percent of the width. */
export function position(scale: NodeScale, nodes: number): string {
  const share = Math.log(Math.max(nodes, scale.from) / scale.from) / Math.log(scale.to / scale.from);
  return `${round(100 * Math.min(1, share))}%`;
}

/** Two decimals of a percent are finer than a pixel. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Lines at the round numbers, with their names, below a chart. */
export function axis(scale: NodeScale): Element {
  const ticks: number[] = [];
  for (let power = scale.from; power <= scale.to; power *= 10) { ticks.push(...STEPS.map(step => step * power).filter(tick => tick <= scale.to)); }
  return el('svg', { 'width': '100%', 'height': 22, 'aria-hidden': 'true' }, ticks.map(tick => [
    el('line', { class: 'edge', x1: position(scale, tick), x2: position(scale, tick), y1: 0, y2: 4 }),
    el('text', { 'x': position(scale, tick), 'y': 17, 'text-anchor': tick === scale.from ? 'start' : tick === scale.to ? 'end' : 'middle' }, grouped(tick)),
  ]));
}

/** Names of the markers, above a chart; those that would touch stand on lines of their own. */
export function markerNames(scale: NodeScale, markers: readonly Marker[]): Element {
  return el('svg', { 'width': '100%', 'height': 15 * markers.length + 3, 'aria-hidden': 'true' }, markers.map((marker, i) => {
    const at = position(scale, marker.nodes);
    const left = parseFloat(at) > 55;
    return [
      el('line', { class: marker.soft ? 'mark soft' : 'mark', x1: at, x2: at, y1: 15 * i + 4, y2: 15 * markers.length + 3 }),
      el('text', { 'x': at, 'dx': left ? -5 : 5, 'y': 15 * i + 13, 'class': marker.soft ? 'halo' : 'strong halo', 'text-anchor': left ? 'end' : 'start' }, `${marker.name} ${grouped(marker.nodes)}`),
    ];
  }));
}

/** One bar on the scale, crossed by the markers. */
export function nodeBar(scale: NodeScale, nodes: number, kind: string, markers: readonly Marker[], title: string): Element {
  return el('svg', { width: '100%', height: 16, role: 'img' },
    el('title', {}, title),
    el('rect', { class: 'track', x: 0, y: 2, width: '100%', height: 12, rx: 2 }),
    el('rect', { class: `bar ${kind}`, x: 0, y: 2, width: position(scale, nodes), height: 12, rx: 2 }),
    markers.map(marker => el('line', { class: marker.soft ? 'mark soft' : 'mark', x1: position(scale, marker.nodes), x2: position(scale, marker.nodes), y1: 0, y2: 16 })),
  );
}
