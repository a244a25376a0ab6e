import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filled, PAGES, propsTable } from '../../../docs/generate-control-plane';

const PAGE = PAGES.find(page => page.file.endsWith('etcd-cluster.md'))!;
const text = readFileSync(join(__dirname, '../../..', PAGE.file), 'utf8');

test('tables of the page are what the code makes: npx tsx --tsconfig tsconfig.check.json docs/generate-control-plane.ts', () => {
  expect(filled(PAGE, text) === text).toBe(true);
});

test('a table without a place, and a place without a table, are errors', () => {
  expect(() => filled(PAGE, text.replace('<!-- generated: etcd-sizes -->', ''))).toThrow('places and tables differ: etcd-sizes');
  expect(() => filled(PAGE, `${text}<!-- generated: nothing -->\n<!-- end: nothing -->\n`)).toThrow('places and tables differ: nothing');
});

test('every prop says what it does and what it is otherwise', () => {
  for (const [file, name] of [['etcd-cluster.ts', 'EtcdClusterProps'], ['external-etcd.ts', 'ExternalEtcdProps'], ['etcd-runtime.ts', 'EtcdSystemdOptions']]) {
    const rows = propsTable(`src/components/etcd/${file}`, name).slice(2).map(row => row.split(' | '));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(([, what, standard]) => what.length < 20 || standard.length < 4)).toEqual([]);
  }
});
