import { existsSync, readdirSync, statSync } from 'fs';
import { join, resolve } from 'path';
import * as parser from '@typescript-eslint/parser';
import { ESLint } from 'eslint';
import * as importPlugin from 'eslint-plugin-import';
import { COMPONENTS, LAYERS, layerZones } from '../../projenrc/layer-zones';

const SRC = resolve(__dirname, '../../src');
const folders = (dir: string) => readdirSync(dir).filter(name => statSync(join(dir, name)).isDirectory()).sort();

test('every folder of src has a place in the layers, and every component a zone', () => {
  expect(folders(SRC)).toEqual(LAYERS.flat().filter(folder => existsSync(join(SRC, folder))).sort());
  expect(folders(join(SRC, 'components'))).toEqual([...COMPONENTS].sort());
});

describe('a wrong import is refused', () => {
  // Upstairs, sideways between components, and into the composition; the last rows are right and must pass.
  const rows: Array<[string, string, boolean]> = [
    ['cluster/wrong.ts', '../components/etcd/etcd-cluster', true],
    ['capacity/wrong.ts', '../host/host-file', true],
    ['components/etcd/wrong.ts', '../api-server/tuned-api-server', true],
    ['components/dns/wrong.ts', '../../thousand-node-cluster', true],
    ['formats/wrong.ts', '../in-cluster/namespace', true],
    ['components/etcd/right.ts', '../../derivation/derivation', false],
    ['components/etcd/right.ts', './etcd-settings', false],
  ];
  const eslint = new ESLint({
    cwd: resolve(__dirname, '../..'),
    overrideConfigFile: true,
    overrideConfig: [{
      files: ['**/*.ts'],
      // The parser and plugin that the project's own configuration uses.
      languageOptions: { parser: parser },
      plugins: { import: importPlugin },
      settings: { 'import/resolver': { typescript: { project: './tsconfig.json' } } },
      rules: { 'import/no-restricted-paths': ['error', { zones: layerZones() }] },
    }] as ESLint.Options['overrideConfig'],
  });

  test.each(rows)('%s importing %s: refused %s', async (file, source, refused) => {
    const [result] = await eslint.lintText(`import * as x from '${source}';\nexport const y = x;\n`, { filePath: join(SRC, file) });
    expect(result.messages.map(message => message.ruleId)).toEqual(refused ? ['import/no-restricted-paths'] : []);
    if (refused) { expect(result.messages[0].message).toMatch(/must not import|never import each other|only users import/); }
  });
});
