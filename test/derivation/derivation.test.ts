import { Confidence, derived, given, stated, stepped } from '../../src/derivation/derivation';

const nodes = stated('fleet/nodes', 1200, 'nodes', 'sum of the pools');
const rate = derived({
  id: 'etcd/lease-writes', unit: 'writes/s', words: 'each kubelet renews its lease every ten seconds', expression: 'nodes / interval', inputs: { nodes, interval: 10 }, source: 'CAV@29',
});

test('a derivation has the value of its formula and knows where its inputs come from', () => {
  expect(rate).toMatchObject({ value: 120, formula: '1200 / 10', confidence: Confidence.UPSTREAM, from: [nodes] });
  expect(rate.inputs).toEqual([{ name: 'nodes', value: 1200, derivation: nodes }, { name: 'interval', value: 10 }]);
});

test('an input that the formula does not use is an error', () => {
  expect(() => derived({ id: 'x', unit: '', words: '', expression: '2', inputs: { nodes }, source: '' })).toThrow('derivation x: nodes stand not in its formula 2');
});

test('a name that is no input is an error', () => {
  expect(() => derived({ id: 'x', unit: '', words: '', expression: '2 * pods', inputs: {}, source: '' })).toThrow('pods');
});

test('a division by zero is an error that names the derivation', () => {
  expect(() => derived({ id: 'x', unit: '', words: '', expression: '1 / nodes', inputs: { nodes: 0 }, source: '' })).toThrow('derivation x gave Infinity');
});

test('a constant shows its reason in the place of a formula', () => {
  expect(derived({ id: 'x', unit: 's', words: 'upstream\'s default', expression: '15', source: '' })).toMatchObject({ value: 15, formula: 'upstream\'s default' });
});

test('a value of the user replaces the formula and keeps it for comparison', () => {
  expect(given(200, rate)).toMatchObject({ id: 'etcd/lease-writes', value: 200, confidence: Confidence.GIVEN, from: [{ ...rate, id: 'etcd/lease-writes/derived' }], inputs: [], expression: undefined });
  expect(given(undefined, rate)).toBe(rate);
});

test('a number found step by step has words and inputs, but no formula', () => {
  const steps = stepped({ id: 'hpa/steps', value: 4, unit: 'steps', words: 'doubling from 10 to 100', inputs: { nodes }, source: '' });
  expect(steps).toMatchObject({ value: 4, formula: 'doubling from 10 to 100', from: [nodes] });
  expect(steps.expression).toBeUndefined();
});
