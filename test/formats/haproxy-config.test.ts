import { haproxyConfig } from '../../src/formats/haproxy-config';

test('sections with their lines, a comment above', () => {
  expect(haproxyConfig([{ head: ['global'], lines: [['maxconn', '10']] }, { head: ['backend', 'a'], comment: 'why', lines: [['server', 'one', '[fd00::1]:6443', 'check']] }]))
    .toBe('global\n  maxconn 10\n\n# why\nbackend a\n  server one [fd00::1]:6443 check\n');
});

// What haproxy reads specially: blanks, quotes, backslashes, comments, variables (docs.haproxy.org, configuration, 2.2 quoting and escaping).
test.each([['a b'], ['a\nlisten x'], ['a"b'], ['a\\b'], ['a#b'], ['$HOME'], ['~'], ['a\'b'], [''], ['a;b'], ['a|b']])('word %j is refused', word => {
  expect(() => haproxyConfig([{ head: ['global'], lines: [['log', word]] }])).toThrow(/a word must be/);
});

test('an empty line and a comment of two lines are refused', () => {
  expect(() => haproxyConfig([{ head: ['global'], lines: [[]] }])).toThrow(/needs a word/);
  expect(() => haproxyConfig([{ head: ['global'], lines: [], comment: 'a\nb' }])).toThrow(/must be one line/);
});
