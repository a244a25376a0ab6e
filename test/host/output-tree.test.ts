import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { replaceTree } from '../../src/host/output-tree';

const scratch = mkdtempSync(join(tmpdir(), 'output-tree-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const write = (name: string, files: { [path: string]: string }, isOurs = (_: string) => true) =>
  replaceTree({ what: 'report', place: join(scratch, name), files: new Map(Object.entries(files)), isOurs });

test('a tree is replaced as a whole: files that are gone from it are gone', () => {
  write('whole', { 'a/one': '1', 'two': '2' });
  write('whole', { two: '3' });
  expect(readdirSync(join(scratch, 'whole'))).toEqual(['two']);
  expect(readFileSync(join(scratch, 'whole/two'), 'utf8')).toBe('3');
});

test('its folder can be read by others, unlike a temporary one', () => {
  write('mode', { one: '1' });
  expect((statSync(join(scratch, 'mode')).mode % 0o1000).toString(8)).toBe('755');
});

test('a folder with files of somebody else is refused and left as it was', () => {
  mkdirSync(join(scratch, 'foreign'));
  writeFileSync(join(scratch, 'foreign/letter'), 'keep');
  expect(() => write('foreign', { one: '1' }, () => false)).toThrow('holds files that this library did not write; choose an empty folder or remove it');
  expect(readdirSync(join(scratch, 'foreign'))).toEqual(['letter']);
});

test('a path that leaves the folder is refused, and nothing is left behind', () => {
  const before = readdirSync(scratch);
  expect(() => write('escape', { 'ok': '1', '../escaped': '2' })).toThrow('../escaped leaves the output folder');
  expect(readdirSync(scratch)).toEqual(before);
});
