import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { EncryptionAtRest } from '../../../src/components/api-server/encryption-at-rest';
import { encryptionReload, encryptionScript } from '../../../src/components/api-server/encryption-script';
import { clusterOn } from '../cluster-on';

const FILE = '/etc/kubernetes/pki/encryption.yaml';
let root: string;
let script: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'encryption-'));
  script = path.join(root, 'script');
  describedAs(EncryptionAtRest.secretbox());
});

/** The script that a description gives. */
function describedAs(encryption: EncryptionAtRest): void {
  fs.writeFileSync(script, encryptionScript(FILE, 'it looks every minute', encryption), { mode: 0o755 });
}

afterEach(() => fs.rmSync(root, { recursive: true }));

function run(...args: string[]): { code: number | null; text: string } {
  const done = spawnSync('/bin/bash', [script, ...args], { encoding: 'utf8', env: { PATH: `${root}/bin:${process.env.PATH}`, THOUSAND_NODE_ROOT: root } });
  return { code: done.status, text: done.stdout + done.stderr };
}

const file = () => path.join(root, FILE);
const keys = (): Array<{ name: string; secret: string }> => parse(fs.readFileSync(file(), 'utf8')).resources[0].providers[0].secretbox.keys;
const names = () => keys().map(key => key.name);

/** A kubectl that knows two Secrets and notes what is replaced. */
function fakeKubectl(replace = 'cat >> "$THOUSAND_NODE_ROOT/replaced"; echo >> "$THOUSAND_NODE_ROOT/replaced"', namespaces = 'printf "a\\nb\\n"'): void {
  fs.mkdirSync(path.join(root, 'bin'));
  const text = `#!/bin/sh
case "$*" in
  "get namespaces"*) ${namespaces} ;;
  "get secrets --namespace=a"*) echo secret/one ;;
  "get secrets --namespace=b"*) echo secret/two ;;
  "get secret/"*) printf '{"kind":"Secret","name":"%s"}' "$2" ;;
  replace*) ${replace} ;;
  *) exit 9 ;;
esac
`;
  fs.writeFileSync(path.join(root, 'bin/kubectl'), text, { mode: 0o755 });
}

test('makes one random key of 32 bytes once, readable by root only; Secrets written in clear text stay readable', () => {
  expect(run().code).toBe(0);
  const made = fs.readFileSync(file(), 'utf8');
  expect(parse(made)).toMatchObject({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources: [{ resources: ['secrets'], providers: [{ secretbox: {} }, { identity: {} }] }] });
  expect(Buffer.from(keys()[0].secret, 'base64')).toHaveLength(32); // what secretbox takes
  expect(fs.statSync(file()).mode.toString(8).slice(-3)).toBe('600');
  expect(run('make').code).toBe(0);
  expect(fs.readFileSync(file(), 'utf8')).toBe(made);
});

test('a rotation: the new key first reads, then writes, and the old one goes last', () => {
  fakeKubectl();
  run();
  const [old] = keys();
  expect(run('add-key').code).toBe(0);
  expect(names()).toEqual(['key1', 'key2']);
  expect(keys()[0]).toEqual(old);
  expect(run('promote').code).toBe(0);
  expect(names()).toEqual(['key2', 'key1']);
  expect(run('reencrypt').code).toBe(0);
  expect(fs.readFileSync(path.join(root, 'replaced'), 'utf8').trim().split('\n')).toEqual(['{"kind":"Secret","name":"secret/one"}', '{"kind":"Secret","name":"secret/two"}']);
  expect(run('drop-old').code).toBe(0);
  expect(names()).toEqual(['key2']);
  expect(keys()[0].secret).not.toBe(old.secret);
  // And again: names go on counting.
  run('add-key');
  run('promote');
  expect(names()).toEqual(['key3', 'key2']);
});

test.each([
  ['promote without a second key', ['promote'], /run add-key first/],
  ['drop-old before anything', ['drop-old'], /nothing to forget/],
  ['an unknown word', ['rotate'], /usage/],
])('refused: %s', (_, args, why) => {
  run();
  const before = fs.readFileSync(file(), 'utf8');
  const done = run(...args);
  expect(done.code).not.toBe(0);
  expect(done.text).toMatch(why);
  expect(fs.readFileSync(file(), 'utf8')).toBe(before);
});

test('refused: a second rotation inside the first, and forgetting the key that writes', () => {
  run();
  run('add-key');
  expect(run('add-key').text).toMatch(/finish that rotation/);
  expect(run('drop-old').text).toMatch(/the old key still writes/);
  expect(names()).toEqual(['key1', 'key2']);
});

test('refused: a step before the file is made, and a file with another provider', () => {
  expect(run('add-key').text).toMatch(/is missing; run .* make' first/);
  fs.mkdirSync(path.dirname(file()), { recursive: true });
  fs.writeFileSync(file(), 'kind: EncryptionConfiguration\nresources:\n  - resources: [secrets]\n    providers:\n      - kms:\n          name: mine\n');
  expect(run('add-key').text).toMatch(/names the plugin mine, the description none/);
  fs.writeFileSync(file(), 'kind: EncryptionConfiguration\nresources:\n  - resources: [secrets]\n    providers:\n      - aescbc:\n          keys: []\n');
  expect(run('add-key').text).toMatch(/was not written by this script/);
});

test('a Secret that cannot be written, or namespaces that cannot be listed, end the step', () => {
  fakeKubectl('exit 1');
  run();
  run('add-key');
  run('promote');
  expect(run('reencrypt')).toMatchObject({ code: 1, text: expect.stringMatching(/a\/secret\/one was not written/) });
  fs.rmSync(path.join(root, 'bin'), { recursive: true });
  fakeKubectl('true', 'exit 1');
  expect(run('reencrypt').code).not.toBe(0);
}, 30_000);

test('--dry-run changes nothing, and no step prints a key', () => {
  run();
  const before = fs.readFileSync(file(), 'utf8');
  const done = run('--dry-run', 'add-key');
  expect(done).toEqual({ code: 0, text: expect.stringContaining('would write') });
  expect(fs.readFileSync(file(), 'utf8')).toBe(before);
  const output = ['status', 'add-key', 'promote'].map(step => run(step).text).join('');
  for (const key of keys()) { expect(output).not.toContain(key.secret); }
});

test.each([[KubernetesRelease.V1_25, /restart it/], [KubernetesRelease.V1_26, /looks every minute/]])('%s: how a server comes to know the file', (release, text) => {
  expect(encryptionReload(clusterOn(release))).toMatch(text);
});
