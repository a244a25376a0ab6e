import { execFile } from 'child_process';
import { tmpdir } from 'os';
import { join, resolve } from 'path';
import { promisify } from 'util';
import { App } from 'cdk8s';
import { AS_WRITTEN, description, order, Order, REVERSED } from './examples/shuffled-cluster';
import { hostFilesOf } from './examples/synthesised';
import { description as reference } from '../examples/thousand-node/cluster';
import { Derivation, Installer, ThousandNodeCluster, ThousandNodeClusterProps } from '../src';

/** Every file that a description becomes, manifests and both host trees. */
function filesOf(props: ThousandNodeClusterProps): { [path: string]: string } {
  const app = new App();
  const cluster = new ThousandNodeCluster(app, 'shop', props);
  const trees = [Installer.plain(), Installer.kubeadm()].flatMap(installer => Object.entries(hostFilesOf(cluster, installer)).map(([path, text]) => [`${installer.name}/${path}`, text]));
  return { dist: app.synthYaml() as string, numbers: JSON.stringify(cluster.derivations, byId), findings: cluster.findings.join('\n'), ...Object.fromEntries(trees) };
}

/** Derivations share what they rest on; written out in full they would be a tree of millions. */
function byId(key: string, value: any): unknown {
  if (key === 'from') { return value.map((derivation: Derivation) => derivation.id); }
  return key === 'derivation' ? value.id : value;
}

/** Paths whose text differs; a diff of all files would say less. */
function differing(one: { [path: string]: string }, other: { [path: string]: string }): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(path => one[path] !== other[path]);
}

const asWritten = filesOf(description(AS_WRITTEN));

test('one description gives the same bytes again', () => {
  expect(Object.keys(asWritten).length).toBeGreaterThan(200);
  expect(differing(asWritten, filesOf(description(AS_WRITTEN)))).toEqual([]);
  expect(differing(filesOf(reference), filesOf(reference))).toEqual([]);
});

test('one description object can be used twice: nothing in it is changed', () => {
  const props = description(AS_WRITTEN);
  expect(differing(filesOf(props), filesOf(props))).toEqual([]);
});

test.each<[string, Order]>([['reversed', REVERSED], ...[1, 2, 3, 4, 5].map((seed): [string, Order] => [`shuffled ${seed}`, order(seed)])])(
  'the order in which members of props and maps are written does not matter: %s', (_, other) => {
    const shuffled = description(other);
    expect(Object.keys(shuffled)).not.toEqual(Object.keys(description(AS_WRITTEN)));
    expect(differing(asWritten, filesOf(shuffled))).toEqual([]);
  });

test('working folder, time zone, language and other environment do not matter', async () => {
  const program = join(__dirname, 'examples/print-output.ts');
  const run = async (cwd: string, env: { [name: string]: string }) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', require.resolve('tsx'), program], {
      cwd, env: { PATH: process.env.PATH!, TSX_TSCONFIG_PATH: resolve(__dirname, '../tsconfig.check.json'), ...env }, maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  const [here, there] = await Promise.all([
    run(resolve(__dirname, '..'), { TZ: 'UTC', LANG: 'C' }),
    run(tmpdir(), { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', KUBECONFIG: '/nowhere', HOSTNAME: 'other', USER: 'other', DEBUG: '*', NODE_ENV: 'production' }),
  ]);
  expect(here.length).toBeGreaterThan(500_000);
  expect(there === here).toBe(true);
  expect(JSON.parse(here)[0] === asWritten.dist).toBe(true);
}, 120_000);

test('clock and chance do not matter', () => {
  jest.useFakeTimers({ now: new Date('2041-02-03T04:05:06Z') });
  const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
  try {
    expect(differing(asWritten, filesOf(description(AS_WRITTEN)))).toEqual([]);
    expect(random).not.toHaveBeenCalled();
  } finally {
    random.mockRestore();
    jest.useRealTimers();
  }
});

test('no path of this machine is in the output', () => {
  const text = Object.values(asWritten).join('\n');
  for (const path of [resolve(__dirname, '..'), join(tmpdir(), 'host-')]) { expect([path, text.includes(path)]).toEqual([path, false]); }
});
