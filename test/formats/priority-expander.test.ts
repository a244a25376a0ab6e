import { parse } from 'yaml';
import { literalExpression, priorityExpanderText } from '../../src/formats/priority-expander';

describe('priorities of the expander', () => {
  test('keys are bare whole numbers, expressions are quoted, highest first', () => {
    expect(priorityExpanderText([{ priority: 1, expressions: ['.*'] }, { priority: 40, expressions: ['^web$', 'a"b'] }]))
      .toBe('40:\n  - "^web$"\n  - "a\\"b"\n1:\n  - ".*"\n');
  });

  test('a YAML 1.1 parser reads numbers as keys, as the autoscaler up to 1.33 demands', () => {
    const text = priorityExpanderText([{ priority: 40, expressions: ['\\.web\\d+'] }, { priority: 1, expressions: ['.*'] }]);
    const map = parse(text, { version: '1.1', mapAsMap: true }) as Map<unknown, unknown>;
    expect([...map.entries()]).toEqual([[40, ['\\.web\\d+']], [1, ['.*']]]);
  });

  test.each([
    ['line break', [{ priority: 2, expressions: ['a\n999: ["x"]'] }], /must be one line/],
    ['broken expression', [{ priority: 2, expressions: ['('] }], /is not a regular expression/],
    ['zero', [{ priority: 0, expressions: ['a'] }], /positive whole number, got 0/],
    ['fraction', [{ priority: 1.5, expressions: ['a'] }], /positive whole number/],
    ['not a number', [{ priority: NaN, expressions: ['a'] }], /got NaN/],
    ['one priority twice', [{ priority: 2, expressions: ['a'] }, { priority: 2, expressions: ['b'] }], /used twice/],
    ['empty list', [{ priority: 2, expressions: [] }], /no expressions/],
  ])('refuses: %s', (_name, priorities, message) => {
    expect(() => priorityExpanderText(priorities)).toThrow(message);
  });

  test('a literal name matches itself only', () => {
    const name = 'eks-general.v2+(blue)[1]{a}|^$*?\\';
    expect(new RegExp(`^${literalExpression(name)}$`).test(name)).toBe(true);
    expect(new RegExp(`^${literalExpression('a.b')}$`).test('axb')).toBe(false);
  });
});
