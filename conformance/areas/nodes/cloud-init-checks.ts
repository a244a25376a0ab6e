import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { documents, packedDocuments } from './forms';
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
    id: 'packed-part-unpacked-by-cloud-init',
    drill: '5',
    judge: 'component',
    component: 'cloud-init',
    skip: missing,
    run: async scene => {
      const pairs = packedDocuments(scene, 'eks', 'user-data.mime');
      const problems = pairs.flatMap(({ packed, open }, i) => {
        const read = cloudConfigOf(scene, fs.readFileSync(packed));
        const { code, text } = schema(scene.file(`unpacked/${i}.yaml`, read));
        return [...(read === cloudConfigOf(scene, fs.readFileSync(open)) ? [] : [`${packed}: cloud-init reads ${read.length} bytes of another text`]), ...(code === 0 && text.includes('Valid ') ? [] : [text])];
      });
      return problems.length === 0 ? passed(`${pairs.length} of 4 pools: ${version()} reads the same from user data with a compressed part as from the open one`) : failed(problems.join(' | ').slice(0, 1000));
    },
  },
  {
    id: 'packed-part-of-another-type-unread',
    drill: 'N5',
    judge: 'component',
    component: 'cloud-init',
    skip: missing,
    run: async scene => {
      const [{ packed }] = packedDocuments(scene, 'eks', 'user-data.mime');
      const read = cloudConfigOf(scene, Buffer.from(fs.readFileSync(packed, 'utf8').replace('Content-Type: application/gzip', 'Content-Type: application/octet-stream')));
      return read === '' ? passed('without its type the compressed part is no cloud-config') : failed(`cloud-init reads ${read.slice(0, 200)}`);
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

/** The cloud-config that cloud-init's own reader of user data finds; empty where it finds none. */
function cloudConfigOf(scene: Scene, userData: Buffer): string {
  const program = `
import sys
from cloudinit import helpers, user_data
paths = helpers.Paths({"cloud_dir": sys.argv[1], "run_dir": sys.argv[1], "templates_dir": sys.argv[1]})
message = user_data.UserDataProcessor(paths).process(sys.stdin.buffer.read())
parts = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/cloud-config"]
sys.stdout.buffer.write(b"".join(parts))
`;
  const done = spawnSync('/usr/bin/python3', ['-c', program, scene.folder], { input: userData, encoding: 'utf8' });
  if (done.status !== 0) { throw new Error(`cloud-init's reader: ${done.stderr.slice(-500)}`); }
  return done.stdout.trimEnd();
}
