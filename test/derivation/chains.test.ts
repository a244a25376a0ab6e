import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { description as seedArticle } from '../../examples/seed-article/cluster';
import { description as thousandNode } from '../../examples/thousand-node/cluster';
import { Derivation, LoadProfile, ThousandNodeCluster, ThousandNodeClusterProps } from '../../src';
import { SCENARIOS } from '../golden/scenarios';

const CLUSTERS: Array<[string, ThousandNodeClusterProps]> = [
  ['thousand-node', thousandNode],
  ['seed-article', seedArticle],
  ...(['commerce', 'streaming', 'trading', 'training', 'iot'] as const).map((preset): [string, ThousandNodeClusterProps] => [preset, { ...thousandNode, load: LoadProfile[preset]() }]),
  ...SCENARIOS.map(({ name, description }): [string, ThousandNodeClusterProps] => [name, description]),
];

/** Every derivation that a number rests on, itself included. */
function chain(derivation: Derivation, seen = new Set<Derivation>()): Set<Derivation> {
  if (!seen.has(derivation)) {
    seen.add(derivation);
    derivation.from.forEach(next => chain(next, seen));
  }
  return seen;
}

/** A formula's value as the JavaScript engine finds it; our own evaluator has no say here. */
function byJavaScript({ expression, inputs }: Derivation): number {
  const functions = ['min', 'max', 'ceil', 'floor', 'round', 'sqrt', 'log2', 'pow'] as const;
  const names = [...functions, ...inputs.map(input => input.name)];
  return Number(new Function(...names, `return ${expression};`)(...functions.map(name => Math[name]), ...inputs.map(input => input.value)));
}

const SOURCES = readFileSync(join(__dirname, '../../docs/sources.md'), 'utf8')
  .split('\n').filter(line => line.startsWith('| ')).flatMap(line => line.split('|')[1].split(',')).map(key => key.trim().replace(/`/g, '').replace(/@.*|-n$/, ''));

/** Key of a source: `AS@36 pkg/util` is AS, `KEP-1880` is KEP, `NVIDIA/NVSentinel#1705` names itself. */
function isKnown(source: string): boolean {
  const key = source.trim().split(/[@:\s]/)[0].replace(/-\d+$/, '');
  return SOURCES.includes(key) || /^[\w.-]+\/[\w.-]+(#\d+)?$/.test(key) || ['proposal', 'estimate', 'model', 'derived', 'description', 'unsourced'].includes(key.replace(/[,;]/g, ''));
}

describe.each(CLUSTERS)('%s', (_, description) => {
  const cluster = new ThousandNodeCluster(new App(), 'shop', description);
  const all = [...cluster.derivations.reduce((seen, derivation) => chain(derivation, seen), new Set<Derivation>())];

  test('every value is the value of its formula', () => {
    const wrong = all.filter(d => d.expression !== undefined && byJavaScript(d) !== d.value).map(d => `${d.id}: ${d.value} is not ${d.expression} = ${byJavaScript(d)}`);
    expect(wrong).toEqual([]);
  });

  test('an input has the value of the derivation that it comes from', () => {
    const wrong = all.flatMap(d => d.inputs.filter(input => input.derivation && input.derivation.value !== input.value).map(input => `${d.id}: ${input.name}`));
    expect(wrong).toEqual([]);
  });

  test('an id stands for one number', () => {
    const values = new Map<string, number>();
    const twice = all.filter(d => values.has(d.id) && values.get(d.id) !== d.value && d.source !== 'description' || !values.set(d.id, d.value));
    expect(twice.map(d => d.id)).toEqual([]);
    const ids = cluster.derivations.map(d => d.id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  test('unit, words and source are stated', () => {
    expect(all.filter(d => !d.unit || !d.words || !d.source).map(d => d.id)).toEqual([]);
  });

  test('sources are keys that docs/sources.md explains', () => {
    const unknown = all.flatMap(d => d.source.split(';').filter(source => !isKnown(source)).map(source => `${d.id}: ${source}`));
    expect([...new Set(unknown)]).toEqual([]);
  });
});

test('the judge finds a value that is not its formula', () => {
  const [right] = new ThousandNodeCluster(new App(), 'shop', thousandNode).derivations.filter(d => d.inputs.length > 0);
  expect(byJavaScript({ ...right, inputs: right.inputs.map(input => ({ ...input, value: input.value + 1 })) })).not.toBe(right.value + 0.5);
});
