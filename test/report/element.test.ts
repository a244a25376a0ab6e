import { tagsOf, unescaped } from './page';
import { el, printed } from '../../src/report/html/element';

const ATTACKS = [
  '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\' onmouseover=\'alert(1)', '</style><script>', '</title>', '<!-- -->', ']]>', '&lt;b&gt;', '&amp;amp;', '<svg/onload=alert(1)>', '\u0000<b>',
];

test.each(ATTACKS)('%j stays text, in content and in attributes', attack => {
  const page = printed(el('p', { title: attack }, attack));
  const shown = attack.replace('\u0000', '\ufffd');
  expect(tagsOf(page)).toEqual([{ name: 'p', attributes: { title: shown }, text: shown }]);
  expect(page.match(/</g)).toHaveLength(2);
});

test('text with markup that nobody escapes would be caught by the same look', () => {
  expect(tagsOf(`<p>${ATTACKS[0]}</p>`).length).toBeGreaterThan(1);
});

test('what is shown is what is written: control and directional characters are replaced', () => {
  expect(unescaped(printed('a\u202eb\u0007c\ud800'))).toBe('a\ufffdb\ufffdc\ufffd');
  expect(printed('Größe 😀\n')).toBe('Größe 😀\n');
});

test.each(['src', 'onclick', 'ONLOAD', 'style', 'srcset', 'action', 'xlink', 'formaction', 'data', 'poster'])('no element has the attribute %s', name => {
  expect(() => el('img', { [name]: 'x' })).toThrow(/a report has no attribute/);
});

test.each(['https://example.com', '//example.com', 'javascript:alert(1)', 'capacity.json', ''])('a link to %j is refused: links stay on the page', href => {
  expect(() => el('a', { href })).toThrow(/stays on the page/);
});

test.each(['x y', 'a><b', '', 'script/'])('%j is no name of an element', name => {
  expect(() => el(name)).toThrow(/cannot be named/);
  expect(() => el('p', { [`${name}=`]: 'x' })).toThrow(/cannot be named/);
});

test('raw text of style and script cannot end its element', () => {
  expect(() => el('style', {}, 'a{}</style>')).toThrow(/cannot hold a tag/);
  expect(() => el('script', {}, '<!--')).toThrow(/cannot hold a tag/);
});
