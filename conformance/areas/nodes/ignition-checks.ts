import * as fs from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { documents, packedDocuments } from './forms';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

interface Verdict { readonly file: string; readonly ok: boolean; readonly error?: string; readonly version?: string; readonly config?: any }

/** Butane in strict mode, and Ignition's own parser. */
export const ignitionChecks: Check[] = [
  {
    id: 'butane-and-ignition-agree',
    drill: '6',
    judge: 'component',
    component: 'butane-check',
    run: async scene => {
      const butane = documents(scene, 'ignition', '.bu');
      const ignition = documents(scene, 'ignition', '.ign');
      const judged = await judge(scene, ...butane, ...ignition);
      const refused = judged.filter(verdict => !verdict.ok).map(verdict => `${verdict.file}: ${verdict.error}`);
      if (refused.length > 0) { return failed(refused.join(' | ').slice(0, 1500)); }
      const content = new Map(judged.map(verdict => [verdict.file, JSON.stringify(plain(verdict.config))]));
      const differing = butane.filter(file => content.get(file) !== content.get(file.replace(/\.bu$/, '.ign')));
      const versions = [...new Set(judged.map(verdict => verdict.version))];
      return differing.length === 0 && versions.length === 1 && butane.length === 4
        ? passed(`${butane.length} pools: what Butane translates equals our Ignition ${versions[0]}`)
        : failed(`versions ${versions.join(', ')}; differing: ${differing.join(', ')}`);
    },
  },
  {
    id: 'packed-ignition-agrees',
    drill: '6',
    judge: 'component',
    component: 'butane-check',
    run: async scene => {
      const pairs = packedDocuments(scene, 'ignition', '.ign').map(({ open, packed }, i) => ({ open, packed, inner: scene.file(`packed/${i}.ign`, replacement(packed)) }));
      const judged = await judge(scene, ...pairs.flatMap(({ open, packed, inner }) => [open, packed, inner]));
      const refused = judged.filter(verdict => !verdict.ok).map(verdict => `${verdict.file}: ${verdict.error}`);
      if (refused.length > 0) { return failed(refused.join(' | ').slice(0, 1500)); }
      const content = (file: string) => JSON.stringify(plain(judged.find(verdict => verdict.file === file)!.config));
      const differing = pairs.filter(({ open, inner }) => content(open) !== content(inner)).map(({ packed }) => packed);
      const bytes = (file: string) => fs.statSync(file).size;
      const figures = { largest_open: { value: Math.max(...pairs.map(({ open }) => bytes(open))), unit: 'bytes' }, largest_packed: { value: Math.max(...pairs.map(({ packed }) => bytes(packed))), unit: 'bytes' } };
      return differing.length === 0 ? passed(`${pairs.length} of 4 pools: what Ignition is told to replace itself by is the same configuration`, figures) : failed(`differing: ${differing.join(', ')}`, figures);
    },
  },
  {
    id: 'packed-ignition-with-unknown-key-refused',
    drill: 'N6',
    judge: 'component',
    component: 'butane-check',
    run: async scene => {
      const [{ packed }] = packedDocuments(scene, 'ignition', '.ign');
      const [verdict] = await judge(scene, scene.file('negative/packed.ign', replacement(packed).replace('overwrite', 'overwrit')));
      return !verdict.ok && verdict.error!.includes('Unused key overwrit') ? passed(verdict.error!.split('\n')[0]) : failed(JSON.stringify(verdict).slice(0, 500));
    },
  },
  {
    id: 'butane-with-unknown-key-refused',
    drill: 'N6',
    judge: 'component',
    component: 'butane-check',
    run: async scene => {
      const misspelt = (end: string) => fs.readFileSync(documents(scene, 'ignition', end)[0], 'utf8').replace('overwrite', 'overwrit');
      const judged = await judge(scene, scene.file('negative/node.bu', misspelt('.bu')), scene.file('negative/node.ign', misspelt('.ign')));
      return judged.length === 2 && judged.every(verdict => !verdict.ok && verdict.error!.includes('Unused key overwrit'))
        ? passed(judged[0].error!.split('\n')[0]) : failed(JSON.stringify(judged).slice(0, 500));
    },
  },
];

async function judge(scene: Scene, ...files: string[]): Promise<Verdict[]> {
  const done = await scene.processes.run(scene.binaries['butane-check'].path, ['--print', ...files]);
  return done.stdout.trim().split('\n').map(line => JSON.parse(line) as Verdict);
}

/** The configuration that a packed one holds, as Ignition takes it out: data in base64, then gzip. */
function replacement(file: string): string {
  const { source, compression } = JSON.parse(fs.readFileSync(file, 'utf8')).ignition.config.replace;
  if (compression !== 'gzip') { throw new Error(`${file} is not packed: ${compression}`); }
  return gunzipSync(Buffer.from(source.slice('data:;base64,'.length), 'base64')).toString();
}

/** The same text whatever encoding carries it, keys in one order, absent and empty alike. */
function plain(value: any): any {
  if (Array.isArray(value)) { return value.map(plain); }
  if (typeof value !== 'object' || value === null) { return value; }
  if (typeof value.source === 'string' && value.source.startsWith('data:')) {
    const [, base64, data] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(value.source)!;
    const bytes = base64 ? Buffer.from(data, 'base64') : Buffer.from(decodeURIComponent(data));
    return { text: (value.compression === 'gzip' ? gunzipSync(bytes) : bytes).toString() };
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, plain(item)]));
}
