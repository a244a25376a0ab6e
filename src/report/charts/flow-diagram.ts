import { round } from './node-scale';
import { el, Element } from '../html/element';
import { grouped } from '../html/figures';
import { FlowModel } from '../report-model';

const BOX = { width: 128, height: 34 };
const GAP = { x: 117, y: 14 };
const MARGIN = 2;

interface Party { readonly name: string; column: number; x: number; y: number }

/** Who talks to whom, from left to right: boxes are parties, lines get wider with the logarithm of the rate. */
export function flowDiagram(flows: readonly FlowModel[]): Element {
  const parties = place(flows);
  const width = Math.max(...[...parties.values()].map(party => party.x)) + BOX.width + MARGIN;
  const height = Math.max(...[...parties.values()].map(party => party.y)) + BOX.height + MARGIN;
  return el('svg', { class: 'flows', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' },
    el('title', {}, 'Who talks to whom'),
    el('desc', {}, flows.map(flow => `${flow.from} to ${flow.to}: ${grouped(flow.rate)} ${flow.unit}`).join('; ')),
    flows.map(flow => line(flow, flows, parties)),
    [...parties.values()].map(party => [
      el('rect', { class: 'box', x: party.x, y: party.y, width: BOX.width, height: BOX.height, rx: 5 }),
      label(party),
    ]),
    flows.map(flow => rate(flow, flows, parties)),
  );
}

/** Columns from the right: who asks nobody stands last, everybody else one before the party it asks. */
function place(flows: readonly FlowModel[]): Map<string, Party> {
  const names = [...new Set(flows.flatMap(flow => [flow.from, flow.to]))];
  const level = (name: string, seen: readonly string[] = []): number => {
    if (seen.includes(name)) { return 0; }
    const targets = flows.filter(flow => flow.from === name).map(flow => flow.to);
    return targets.length === 0 ? 0 : 1 + Math.max(...targets.map(target => level(target, [...seen, name])));
  };
  const levels = new Map(names.map(name => [name, level(name)]));
  const columns = Math.max(...levels.values());
  const parties = new Map<string, Party>();
  const tallest = Math.max(...[...levels.values()].map(one => [...levels.values()].filter(other => other === one).length));
  for (let at = 0; at <= columns; at++) {
    // Parties stand at the height of those they ask, which were placed before.
    const heights = new Map(names.filter(name => levels.get(name) === at).map(name => {
      const asked = flows.filter(flow => flow.from === name).flatMap(flow => parties.get(flow.to)?.y ?? []);
      return [name, asked.length === 0 ? 0 : asked.reduce((sum, y) => sum + y, 0) / asked.length];
    }));
    const inside = [...heights].sort(([, a], [, b]) => a - b).map(([name]) => name);
    const top = (tallest - inside.length) * (BOX.height + GAP.y) / 2;
    inside.forEach((name, i) => parties.set(name, {
      name, column: columns - at, x: MARGIN + (columns - at) * (BOX.width + GAP.x), y: round(MARGIN + top + i * (BOX.height + GAP.y)),
    }));
  }
  return parties;
}

function line(flow: FlowModel, flows: readonly FlowModel[], parties: ReadonlyMap<string, Party>): Element {
  const { from, to } = ends(flow, flows, parties);
  const middle = round((from.x + to.x) / 2);
  return el('path', { 'class': 'edge', 'd': `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`, 'stroke-width': round(1 + Math.log10(1 + flow.rate) * 0.7) });
}

/** At the party that has this one flow, so that no label stands on another. */
function rate(flow: FlowModel, flows: readonly FlowModel[], parties: ReadonlyMap<string, Party>): Element {
  const { from, to } = ends(flow, flows, parties);
  const fan = flows.filter(other => other.from === flow.from).length > 1;
  const text = legible(flow.rate, flow.unit);
  return fan
    ? el('text', { 'class': 'halo', 'x': to.x - 5, 'y': to.y + 15, 'text-anchor': 'end' }, text)
    : el('text', { class: 'halo', x: from.x + 5, y: from.y - 5 }, text);
}

/** Three digits are what a line has room for. */
function legible(perSecond: number, unit: string): string {
  const mebibytes = unit === 'bytes/s' && perSecond >= 1024 ** 2;
  return `${grouped(Number((mebibytes ? perSecond / 1024 ** 2 : perSecond).toPrecision(3)))} ${mebibytes ? 'MiB/s' : unit}`;
}

/** Lines of one party leave and arrive beside each other, in the order of the other end. */
function ends(flow: FlowModel, flows: readonly FlowModel[], parties: ReadonlyMap<string, Party>) {
  const [source, target] = [parties.get(flow.from)!, parties.get(flow.to)!];
  const port = (party: Party, own: readonly FlowModel[], other: (one: FlowModel) => Party) => {
    const order = [...own].sort((a, b) => other(a).y - other(b).y);
    return round(party.y + BOX.height * (order.indexOf(flow) + 1) / (order.length + 1));
  };
  return {
    from: { x: source.x + BOX.width, y: port(source, flows.filter(one => one.from === flow.from), one => parties.get(one.to)!) },
    to: { x: target.x, y: port(target, flows.filter(one => one.to === flow.to), one => parties.get(one.from)!) },
  };
}

const LINE = 17;

/** A name on one line, or on two where it is long. */
function label(party: Party): Element {
  const words = party.name.split(' ');
  const split = party.name.length <= LINE ? words.length : words.findIndex((_, i) => words.slice(0, i + 1).join(' ').length > LINE);
  const lines = [words.slice(0, split), words.slice(split)].map(part => part.join(' ')).filter(part => part !== '');
  const x = party.x + BOX.width / 2;
  return el('text', { 'text-anchor': 'middle', 'class': 'strong' }, lines.map((text, i) => el('tspan', { x, y: party.y + (lines.length === 1 ? 21 : 14 + 14 * i) }, text)));
}
