import * as fc from 'fast-check';
import { Expression } from '../../src/derivation/expression';

/** Anybody can evaluate a formula: it is JavaScript with the functions of Math. The engine of the language is the judge. */
function byJavaScript(text: string, inputs: { [name: string]: number }): number {
  const { min, max, ceil, floor, round, sqrt, log2, pow } = Math;
  const functions = { min, max, ceil, floor, round, sqrt, log2, pow };
  const names = [...Object.keys(functions), ...Object.keys(inputs)];
  return Number(new Function(...names, `return ${text};`)(...Object.values(functions), ...Object.values(inputs)));
}

test.each([
  ['max(100, 10 * cores)', { cores: 32 }],
  ['min(800, max(400, 10 * cores))', { cores: 64 }],
  ['a - b - c', { a: 10, b: 3, c: 2 }],
  ['a - (b - c)', { a: 10, b: 3, c: 2 }],
  ['a / b / c * 2', { a: 60, b: 3, c: 2 }],
  ['a % 7 + -b', { a: 24, b: 2 }],
  ['nodes <= 250 ? 8 : nodes <= 500 ? 16 : 32', { nodes: 500 }],
  ['(nodes > 100) * 200', { nodes: 101 }],
  ['pow(2, ceil(log2(max(1, pods))))', { pods: 36_001 }],
  ['sqrt(a) + round(a / 7)', { a: 49.4 }],
])('%s has the value that JavaScript gives it', (text, inputs) => {
  expect(Expression.parse(text).evaluate(inputs)).toBe(byJavaScript(text, inputs));
});

const leaf = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 99 }).map(String));
const formula = fc.letrec<{ tree: string }>(tie => ({
  tree: fc.oneof({ depthSize: 'small' }, leaf,
    fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*', '<', '>='), tie('tree')).map(([l, operator, r]) => `(${l} ${operator} ${r})`),
    fc.tuple(fc.constantFrom('min', 'max'), tie('tree'), tie('tree')).map(([name, l, r]) => `${name}(${l}, ${r})`),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`)),
})).tree;
const values = fc.record({ a: fc.integer({ min: -50, max: 50 }), b: fc.integer({ min: 0, max: 500 }), c: fc.double({ min: 0, max: 9, noNaN: true }) });

test('every formula has the value that JavaScript gives it', () => {
  fc.assert(fc.property(formula, values, (text, inputs) => {
    expect(Expression.parse(text).evaluate(inputs)).toBe(byJavaScript(text, inputs));
  }));
});

test('the line with the numbers filled in keeps the meaning: it has the same value', () => {
  fc.assert(fc.property(formula, fc.record({ a: fc.integer({ min: -50, max: 50 }), b: fc.nat(500), c: fc.nat(9) }), (text, inputs) => {
    const expression = Expression.parse(text);
    expect(byJavaScript(expression.filledIn(inputs).replace(/ x /g, ' * '), {})).toBe(expression.evaluate(inputs));
  }));
});

test('brackets stand where they are needed and nowhere else', () => {
  const inputs = { a: 1, b: 2, c: 3 };
  expect(Expression.parse('a * (b + c) - (a - b) - c').filledIn(inputs)).toBe('1 x (2 + 3) - (1 - 2) - 3');
  expect(Expression.parse('(a * b) + max(a, (c))').filledIn(inputs)).toBe('1 x 2 + max(1, 3)');
});

test.each([
  ['nodes + unknown', 'unknown'],
  ['eval(nodes)', 'eval'],
  ['nodes.constructor', 'MemberExpression'],
  ['"text"', '"text"'],
  ['toString(nodes)', 'toString'],
  ['!nodes', 'operator !'],
  ['nodes & 3', '&'],
])('%s is refused and the error names %s', (text, named) => {
  expect(() => Expression.parse(text).evaluate({ nodes: 1 })).toThrow(named);
});
