import { toml } from '../../src/formats/toml';

describe('TOML', () => {
  test('values before tables, every table with its whole name', () => {
    expect(toml({ version: 3, plugins: { 'io.containerd.cri.v1.images': { registry: { config_path: '/etc' }, snapshotter: 'overlayfs' }, 'b': { on: true, list: ['x', 'y'] } } }, ['about'])).toBe(
      '# about\n\nversion = 3\n\n[plugins."io.containerd.cri.v1.images"]\nsnapshotter = "overlayfs"\n\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc"\n\n'
      + '[plugins.b]\non = true\nlist = ["x", "y"]\n');
  });

  test('an empty table is not lost, a field that is undefined is left out', () => {
    expect(toml({ a: {}, b: undefined })).toBe('[a]\n');
    expect(toml({})).toBe('');
  });

  test('quotes and backslashes are escaped in keys and values', () => {
    expect(toml({ 'a"b': 'c"\\d' })).toBe('"a\\"b" = "c\\"\\\\d"\n');
    expect(toml({ host: { 'https://a': { x: '$(y) %h `z`' } } })).toBe('[host."https://a"]\nx = "$(y) %h `z`"\n');
  });

  test.each<[string, () => string]>([
    ['a line break in a value', () => toml({ a: 'x\n[b]' })],
    ['a line break in a key', () => toml({ 'a\nb': 1 })],
    ['a line break in a list', () => toml({ a: ['x\ny'] })],
    ['a line break in a comment', () => toml({}, ['x\ny'])],
    ['a control character', () => toml({ a: '\u0007' })],
    ['a fraction', () => toml({ a: 1.5 })],
  ])('refuses %s', (_title, print) => {
    expect(print).toThrow(TypeError);
  });
});
