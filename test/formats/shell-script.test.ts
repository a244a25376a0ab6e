import { spawnSync } from 'child_process';
import { shellScript, shellWord } from '../../src/formats/shell-script';

const HOSTILE = ['$(reboot)', '`reboot`', '\'; reboot; \'', '"$HOME"', 'a\\', '* ? [a]', '${IFS}', '--help', '', 'ümlaut'];

test('constants stand above an unchanged program, exactly', () => {
  expect(shellScript({ about: ['Disks.'], constants: [['PATTERN', 'nvme-*'], ['COUNT', 2]], program: 'echo "$PATTERN"' }))
    .toBe('#!/bin/bash\n# Disks.\nset -euo pipefail\n\nreadonly PATTERN=\'nvme-*\'\nreadonly COUNT=2\n\necho "$PATTERN"\n');
});

// Oracle: the shell itself, where there is one.
const bash = spawnSync('bash', ['--version']).status === 0;
(bash ? test : test.skip).each(HOSTILE)('the shell reads %j back unchanged', text => {
  const script = shellScript({ about: [], constants: [['VALUE', text]], program: 'printf %s "$VALUE"' });
  expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: text, stderr: '' });
});

test('a quote ends the word, stands alone and opens it again', () => {
  expect(shellWord('it\'s')).toBe('\'it\'\\\'\'s\'');
});

test.each([
  ['a line break in a value', { about: [], constants: [['A', 'x\nreboot']], program: '' }, /shell word must be one line/],
  ['a line break in a comment', { about: ['x\nreboot'], constants: [], program: '' }, /shell comment must be one line/],
  ['a name that is a command', { about: [], constants: [['A;reboot', 'x']], program: '' }, /shell constant must be upper case/],
  ['a number that is none', { about: [], constants: [['A', NaN]], program: '' }, /shell constant A must be a whole number/],
] as Array<[string, Parameters<typeof shellScript>[0], RegExp]>)('refused: %s', (_, script, message) => {
  expect(() => shellScript(script)).toThrow(message);
});
