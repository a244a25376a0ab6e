import { round } from './node-scale';
import { IpRange } from '../../cluster/ip-range';
import { el, Element } from '../html/element';
import { NetworkModel, RangeModel } from '../report-model';

/** Blocks in which private ranges lie; a range outside them is drawn in the smallest block that holds a few thousand of its kind. */
const PARENTS = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];

/** Narrower than this a range would not be seen, so it gets a mark instead. */
const LEAST_SHARE = 0.4;

/** Where ranges lie, to scale: one band for each block of addresses that holds some. */
export function addressPicture(network: NetworkModel): Element {
  const entries = [
    ...network.ranges.map(range => ({ name: range.field, range: IpRange.parse(range.field, range.cidr), kind: range.use })),
    ...(network.reserved ?? []).map(({ name, cidr }) => ({ name, range: IpRange.parse(name, cidr), kind: 'reserved' })),
  ];
  const parents = new Map<string, typeof entries>();
  for (const entry of entries) {
    const parent = parentOf(entry.range);
    parents.set(parent, [...(parents.get(parent) ?? []), entry]);
  }
  return el('div', {}, [...parents].map(([parent, inside]) => band(IpRange.parse('parent', parent), inside)));
}

/** How much of one range is used: today inside the final size, to scale. */
export function fillBar(range: RangeModel, percents: readonly number[]): Element {
  const final = percents[percents.length - 1] ?? 0;
  const today = percents.length > 1 ? percents[0] : undefined;
  return el('svg', { width: '100%', height: 14, role: 'img' },
    el('title', {}, `${range.field} ${range.cidr}: ${final} % used at the final size`),
    el('rect', { class: 'track', x: 0, y: 0, width: '100%', height: 14, rx: 2 }),
    el('rect', { class: final > 100 ? 'bar no' : 'bar', x: 0, y: 0, width: `${Math.min(100, final)}%`, height: 14, rx: 2 }),
    today === undefined ? undefined : el('rect', { class: 'bar today', x: 0, y: 0, width: `${Math.min(100, today)}%`, height: 14, rx: 2 }),
  );
}

interface Placed { readonly name: string; readonly range: IpRange; readonly kind: string }

function band(parent: IpRange, inside: readonly Placed[]): Element {
  const share = (addresses: bigint) => round(Number(addresses * 1_000_000n / (parent.last - parent.first + 1n)) / 10_000);
  const placed = [...inside].sort((a, b) => (a.range.first < b.range.first ? -1 : 1)).map(one => ({
    ...one, x: share(one.range.first - parent.first), width: Math.max(LEAST_SHARE, share(one.range.last - one.range.first + 1n)),
  }));
  const height = 26 + 17 * placed.length;
  return el('div', { class: 'range' },
    el('p', {}, el('span', {}, `in ${parent}`)),
    el('svg', { width: '100%', height, role: 'img' },
      el('title', {}, `Ranges in ${parent}`),
      el('desc', {}, placed.map(one => `${one.name} ${one.range}`).join('; ')),
      el('rect', { class: 'track', x: 0, y: 0, width: '100%', height: 22, rx: 2 }),
      placed.map((one, i) => {
        const left = one.x > 55;
        return [
          el('rect', { class: one.kind === 'reserved' ? 'bar partly' : 'bar', x: `${one.x}%`, y: 0, width: `${one.width}%`, height: 22 }),
          el('line', { class: 'edge', x1: `${one.x}%`, x2: `${one.x}%`, y1: 0, y2: 17 * i + 36 }),
          el('text', { 'x': `${one.x}%`, 'dx': left ? -5 : 5, 'y': 17 * i + 36, 'text-anchor': left ? 'end' : 'start' }, el('tspan', { class: 'strong' }, one.name), ` ${one.range}`),
        ];
      }),
    ),
  );
}

function parentOf(range: IpRange): string {
  const known = PARENTS.find(parent => IpRange.parse('parent', parent).holds(range));
  return known ?? String(IpRange.around(range.addressAt(0), Math.max(0, range.prefix - 12)));
}
