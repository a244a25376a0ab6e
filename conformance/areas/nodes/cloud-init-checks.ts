import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { documents } from './forms';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

const AWS_LIMIT = 16_384;

/** User data through the schema of cloud-init itself. It comes with the distribution: without it on PATH the checks are left out and say so. */
export const cloudInitChecks: Check[] = [
  {
    id: 'user-data-fits-the-schema',
    drill: '5',
    judge: 'component',
    component: 'cloud-init',
    skip: missing,
    run: async scene => {
      const files = documents(scene, 'cloud-init', 'user-data.yaml');
      const problems = files.map(file => schema(file)).filter(done => done.code !== 0 || !done.text.includes('Valid ') || /deprecat/i.test(done.text)).map(done => done.text);
      const largest = Math.max(...files.map(file => fs.statSync(file).size));
      const figures = { largest: { value: largest, unit: 'bytes', goal: `<= ${AWS_LIMIT}`, met: largest <= AWS_LIMIT } };
      return problems.length === 0 && files.length === 4 ? passed(`${files.length} files valid for ${version()}`, figures) : failed(`${files.length} files; ${problems.join(' | ').slice(0, 1000)}`, figures);
    },
  },
  {
    id: 'user-data-with-misspelt-mode-refused',
    drill: 'N5',
    judge: 'component',
    component: 'cloud-init',
    skip: missing,
    run: async scene => {
      const [original] = documents(scene, 'cloud-init', 'user-data.yaml');
      const done = schema(scene.file('negative/user-data.yaml', fs.readFileSync(original, 'utf8').replace(/^ {4}permissions:/m, '    permission:')));
      return done.code !== 0 && /'permission' was unexpected/.test(done.text) ? passed(done.text.split('\n').find(line => line.includes('permission'))!) : failed(`accepted: ${done.text}`);
    },
  },
];

function missing(_scene: Scene): string | undefined {
  return version() === undefined ? 'cloud-init is not on PATH; a package of the distribution has it' : undefined;
}

function version(): string | undefined {
  const done = spawnSync('cloud-init', ['--version'], { encoding: 'utf8' });
  return done.status === 0 ? `${done.stdout}${done.stderr}`.trim().replace(/^\S+\s/, 'cloud-init ') : undefined;
}

function schema(file: string): { code: number | null; text: string } {
  const done = spawnSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' });
  return { code: done.status, text: `${done.stdout}${done.stderr}`.trim() };
}
