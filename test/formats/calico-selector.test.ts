import { allOf, anyOf, hasLabel, labelIn, labelNotIn, parseSelector, selectorProblem } from '../../src/formats/calico-selector';

describe('printing', () => {
  test.each([
    [labelIn('thousand-node.io/pool', ['web']), 'thousand-node.io/pool == "web"'],
    [labelIn('zone', ['a', 'b']), 'zone in { "a", "b" }'],
    [labelNotIn('zone', ['a']), 'zone != "a"'],
    [labelNotIn('zone', ['a', 'b']), 'zone not in { "a", "b" }'],
    [hasLabel('node-role.kubernetes.io/control-plane'), 'has(node-role.kubernetes.io/control-plane)'],
    [allOf([]), 'all()'],
    [allOf(['has(a)']), 'has(a)'],
    [allOf(['has(a)', anyOf(['has(b)', 'has(c)'])]), 'has(a) && (has(b) || has(c))'],
    // Calico has no escapes, but two kinds of quotes.
    [labelIn('a', ['say "x"']), 'a == \'say "x"\''],
  ])('%s', (printed, text) => {
    expect(printed).toBe(text);
    expect(selectorProblem('selector', printed)).toBeUndefined();
  });

  test.each([
    ['a value with both quotes', () => labelIn('a', ['\'"'])],
    ['a label that would end the expression', () => labelIn('a) || all(', ['x'])],
    ['a label with a line break', () => hasLabel('a\nb')],
    ['a label that is too long', () => hasLabel('a'.repeat(513))],
  ])('%s is refused', (_, print) => {
    expect(print).toThrow(/selector/);
  });
});

describe('reading', () => {
  const node = { 'pool': 'web', 'zone': 'a', 'thousand-node.io/kind': 'general-purpose' };
  test.each<[string, boolean]>([
    ['', true],
    ['all()', true],
    ['pool == "web"', true],
    ['pool == \'web\'', true],
    ['pool != "web"', false],
    // Objects without the label are not equal, and in no list.
    ['other != "x"', true],
    ['other not in { "x" }', true],
    ['other in { "x" }', false],
    ['has(zone)', true],
    ['!has(zone)', false],
    ['has(zone) && zone in {"a","b"}', true],
    ['zone not in { "a" }', false],
    ['pool == "db" || zone == "a"', true],
    // && binds closer than ||.
    ['pool == "web" || zone == "b" && zone == "c"', true],
    ['(pool == "web" || zone == "b") && zone == "c"', false],
    ['thousand-node.io/kind starts with "general"', true],
    ['thousand-node.io/kind ends with "purpose"', true],
    ['thousand-node.io/kind contains "l-p"', true],
    ['other contains "x"', false],
    ['!(pool == "web") || !(zone == "b")', true],
  ])('%s: %s', (text, matches) => {
    expect(parseSelector(text).matches(node)).toBe(matches);
  });

  test.each(['pool =', 'pool == web', 'pool = "web"', '== "a"', 'has(', 'has(zone', 'pool == "web', 'all() all()', 'zone in "a"', 'zone in { a }', 'pool starts "x"', '&& has(a)', '(has(a)', 'a ~ "b"'])('%s is refused', text => {
    expect(selectorProblem('nodeSelector', text)).toMatch(/^nodeSelector: .* is no selector of Calico/);
  });

  test('names of the prototype are labels like others', () => {
    expect(parseSelector('has(constructor)').matches({})).toBe(false);
    expect(parseSelector('constructor == "x"').matches({ constructor: 'x' } as never)).toBe(true);
  });

  test('labels that a selector asks for are known', () => {
    expect(parseSelector('has(a) && b == "x" || !has(a)').labels).toEqual(['a', 'b']);
  });
});
