import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { form } from './forms';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

/** Path on the machine to content. */
type Files = Map<string, string>;

/** Two forms of one cluster lay the same content at the same path; read from the written trees alone. */
export const formChecks: Check[] = [
  {
    id: 'forms-agree',
    drill: '12',
    judge: 'library',
    component: 'written trees',
    run: async scene => {
      const problems: string[] = [];
      let compared = 0;
      for (const pool of pools(scene)) {
        const plain = laidOut(scene, pool);
        for (const [name, files] of [['cloud-init', fromUserData(scene, pool)], ['ignition', fromIgnition(scene, pool)]] as Array<[string, Files]>) {
          for (const file of new Set([...plain.keys(), ...files.keys()])) {
            compared++;
            if (plain.get(file) !== files.get(file)) { problems.push(`${name} ${pool} ${file}`); }
          }
        }
      }
      return problems.length === 0 && compared > 0 ? passed(`${compared} files of ${pools(scene).length} pools are the same in plain, cloud-init and Ignition`) : failed(problems.join(', '));
    },
  },
];

function pools(scene: Scene): string[] {
  return fs.readdirSync(path.join(form(scene, 'plain'), 'pools')).sort();
}

function laidOut(scene: Scene, pool: string): Files {
  const folder = path.join(form(scene, 'plain'), 'pools', pool);
  const names = (fs.readdirSync(folder, { recursive: true }) as string[]).filter(name => fs.statSync(path.join(folder, name)).isFile());
  return new Map(names.map(name => [`/${name}`, fs.readFileSync(path.join(folder, name), 'utf8')]));
}

function fromUserData(scene: Scene, pool: string): Files {
  const { write_files: files } = parse(fs.readFileSync(path.join(form(scene, 'cloud-init'), 'pools', pool, 'user-data.yaml'), 'utf8'));
  return new Map(files.map((file: any) => [file.path, file.content]));
}

function fromIgnition(scene: Scene, pool: string): Files {
  const { storage, systemd } = JSON.parse(fs.readFileSync(path.join(form(scene, 'ignition'), 'pools', pool, 'node.ign'), 'utf8'));
  const files: Files = new Map();
  for (const { path: place, contents } of storage.files) {
    const bytes = Buffer.from(contents.source.split(',')[1], 'base64');
    files.set(place, (contents.compression === 'gzip' ? gunzipSync(bytes) : bytes).toString());
  }
  for (const unit of systemd.units) {
    if (unit.contents !== undefined) { files.set(`/etc/systemd/system/${unit.name}`, unit.contents); }
    for (const dropin of unit.dropins ?? []) { files.set(`/etc/systemd/system/${unit.name}.d/${dropin.name}`, dropin.contents); }
  }
  return files;
}
