import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Duration } from 'cdk8s';
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

describe('a KMS', () => {
  const kms = (resources: string[] = []) => EncryptionAtRest.kms({ name: 'vault', socket: '/run/kms/plugin.sock', timeout: Duration.seconds(5), resources });
  const providers = (block = 0) => (parse(fs.readFileSync(file(), 'utf8')).resources[block].providers as object[]).map(provider => Object.keys(provider)[0]);

  test('the file of a new cluster names the plugin and holds no key', () => {
    describedAs(kms());
    run();
    expect(parse(fs.readFileSync(file(), 'utf8')).resources).toEqual([{
      resources: ['secrets'],
      providers: [{ kms: { apiVersion: 'v2', name: 'vault', endpoint: 'unix:///run/kms/plugin.sock', timeout: '5s' } }, { identity: {} }],
    }]);
  });

  test('a cluster with keys of its own goes over step by step: the plugin reads, then writes, and the key goes last', () => {
    run();
    const [old] = keys();
    describedAs(kms());
    expect(run().text).toMatch(/holds keys of its own; go over to plugin vault/);
    expect(run('promote').text).toMatch(/run add-kms first/);
    expect(run('add-kms').code).toBe(0);
    expect(providers()).toEqual(['secretbox', 'kms', 'identity']);
    expect(run('drop-old').text).toMatch(/a key of this file still writes/);
    expect(run('promote').code).toBe(0);
    expect(providers()).toEqual(['kms', 'secretbox', 'identity']);
    expect(parse(fs.readFileSync(file(), 'utf8')).resources[0].providers[1].secretbox.keys).toEqual([old]);
    expect(run('drop-old').code).toBe(0);
    expect(providers()).toEqual(['kms', 'identity']);
  });

  test('its keys are not rotated here, and a plugin of another name is not passed over', () => {
    describedAs(kms());
    run();
    expect(run('add-key').text).toMatch(/keys are plugin vault's: rotate there/);
    expect(run('drop-old').text).toMatch(/nothing to forget/);
    describedAs(EncryptionAtRest.kms({ name: 'other', socket: '/run/kms/plugin.sock' }));
    expect(run('status').text).toMatch(/names the plugin vault, the description other/);
    describedAs(EncryptionAtRest.secretbox());
    expect(run('add-key').text).toMatch(/names the plugin vault, the description none/);
  });
});

describe('further resources', () => {
  const blocks = () => parse(fs.readFileSync(file(), 'utf8')).resources as Array<{ resources: string[]; providers: object[] }>;

  test('every server reads them encrypted before one writes them so', () => {
    run();
    describedAs(EncryptionAtRest.secretbox({ resources: ['configmaps', 'widgets.example.com'] }));
    expect(run('status').text).toMatch(/in the description, not in the file: configmaps widgets\.example\.com; run resources/);
    expect(run('resources').code).toBe(0);
    expect(blocks().map(block => [block.resources, Object.keys(block.providers[0])[0]])).toEqual([[['secrets'], 'secretbox'], [['configmaps', 'widgets.example.com'], 'identity']]);
    expect(Object.keys(blocks()[1].providers[1])).toEqual(['secretbox']);
    expect(run('add-key').text).toMatch(/are being added; finish that/);
    expect(run('promote').code).toBe(0);
    expect(blocks().map(block => block.resources)).toEqual([['secrets', 'configmaps', 'widgets.example.com']]);
    expect(run('resources').text).toMatch(/nothing to add/);
  });

  test('one that lies encrypted in etcd cannot be taken off', () => {
    describedAs(EncryptionAtRest.secretbox({ resources: ['configmaps'] }));
    run();
    describedAs(EncryptionAtRest.secretbox());
    const done = run('resources');
    expect(done).toMatchObject({ code: 1, text: expect.stringMatching(/configmaps is no longer in the description/) });
    expect(blocks()[0].resources).toEqual(['secrets', 'configmaps']);
  });

  test('reencrypt writes them too; one without a namespace is asked for once', () => {
    fs.mkdirSync(path.join(root, 'bin'));
    fs.writeFileSync(path.join(root, 'bin/kubectl'), `#!/bin/sh
echo "$*" >> "$THOUSAND_NODE_ROOT/asked"
case "$*" in
  "get namespaces"*) printf "a\\nb\\n" ;;
  "api-resources --namespaced=false"*) echo gadgets.example.com ;;
  "get secrets "*|"get gadgets.example.com "*) echo "$2/one" ;;
  "get "*/one*) echo '{}' ;;
  replace*) cat > /dev/null ;;
esac
`, { mode: 0o755 });
    describedAs(EncryptionAtRest.secretbox({ resources: ['gadgets.example.com'] }));
    run();
    expect(run('reencrypt')).toEqual({ code: 0, text: '' });
    const asked = fs.readFileSync(path.join(root, 'asked'), 'utf8').split('\n').filter(line => / --output=name$/.test(line) && line.startsWith('get '));
    expect(asked).toEqual(['get secrets --namespace=a --output=name', 'get secrets --namespace=b --output=name', 'get gadgets.example.com --namespace=default --output=name']);
  });
});

test.each([['secretbox', EncryptionAtRest.secretbox()], ['KMS', EncryptionAtRest.kms({ name: 'vault', socket: '/run/kms/plugin.sock' })]])('--help says what to do with %s', (_, encryption) => {
  describedAs(encryption);
  expect(run('--help')).toEqual({ code: 0, text: expect.stringContaining(encryption._kms ? 'add-kms' : 'add-key') });
});
