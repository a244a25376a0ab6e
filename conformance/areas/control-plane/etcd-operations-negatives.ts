import * as fs from 'node:fs';
import * as path from 'node:path';
import { fill } from './etcd-load';
import { expectExit, lastLine, ringOf } from './etcd-rehearsal';
import { Check, failed, passed } from '../../check';
import { notInstalled, shellcheck, unitRemarks } from '../../distribution-judges';

const OWN = /^\/usr\/local\/sbin\/thousand-node-etcd-/;
const UNITS = /^\/etc\/systemd\/system\/thousand-node-etcd-/;

const drills: Check[] = [
  {
    id: 'etcd-broken-snapshot-refused',
    drill: 'N1',
    judge: 'component',
    component: 'etcdutl',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const [machine] = ring.machines;
      const client = ring.client(machine);
      await fill(client, '/registry/pods/', 100, 5000);
      client.close();
      expectExit(await ring.script(machine, 'snapshot'), 0);
      const folder = path.join(ring.root(machine), '/var/backups/thousand-node/etcd/main');
      const good = path.join(folder, fs.readdirSync(folder).find(name => name.endsWith('.db'))!);
      const content = fs.readFileSync(good);
      const middle = Math.floor(content.length / 2);
      content[middle] = content[middle] % 2 === 0 ? content[middle] + 1 : content[middle] - 1;
      const broken = scene.file('etcd-operations/broken.db', '');
      fs.writeFileSync(broken, content);
      const judged = await scene.processes.run(scene.binaries.etcdutl.path, ['snapshot', 'restore', broken, '--data-dir', path.join(scene.folder, 'broken-restore')]);
      const before = fs.readFileSync(ring.manifest(machine), 'utf8');
      const script = await ring.script(machine, 'restore', '--snapshot', broken, '--stop-member');
      const untouched = ring.isRunning(machine) && fs.readFileSync(ring.manifest(machine), 'utf8') === before;
      return judged.code !== 0 && /sha256|integrity/.test(judged.stderr) && script.code === 1 && untouched
        ? passed(`one bit flipped: ${judged.stderr.trim().split('\n').at(-1)!.slice(0, 120)}; the script changed nothing and the member still runs`)
        : failed(`etcdutl ${judged.code} ${judged.stderr.slice(-200)}; script ${script.code} ${lastLine(script)}; untouched ${untouched}`);
    },
  },
  {
    id: 'etcd-mismatched-token-forms-no-ring',
    drill: 'N2',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const [machine] = ring.machines;
      expectExit(await ring.script(machine, 'snapshot'), 0);
      const folder = path.join(ring.root(machine), '/var/backups/thousand-node/etcd/main');
      const file = path.join(folder, fs.readdirSync(folder).find(name => name.endsWith('.db'))!);
      // Every machine with a word of its own: the twin of the restore drill, where all have one.
      const scripts = await Promise.all(ring.machines.map((m, i) => ring.script(m, 'restore', '--snapshot', file, '--stop-member', '--token', `word-${i}`)));
      scripts.forEach(done => expectExit(done, 0));
      const served = await ring.serving([machine], 25).then(() => true, () => false);
      const reason = ring.log(machine).split('\n').find(line => /cluster ID mismatch/.test(line));
      return !served && reason !== undefined ? passed(`no write within 25 s: ${reason.slice(0, 200)}`) : failed(served ? 'a ring formed' : 'no member names the mismatch');
    },
  },
  {
    id: 'etcd-strangers-refused',
    drill: 'N3',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const [machine] = ring.machines;
      const url = ring.clientUrl(machine);
      const { ca, cert, key } = ring.credentials();
      const ask = (...words: string[]) => scene.processes.run(scene.binaries.etcdctl.path, ['--dial-timeout=3s', '--command-timeout=3s', ...words, 'get', 'a']);
      // The cluster's own authority signs for everything but etcd.
      const other = path.join(ring.root(machine), '/etc/kubernetes/pki/ca.crt');
      const wrongClient = path.join(ring.root(machine), '/etc/kubernetes/pki/apiserver-kubelet-client');
      const friend = await ask('--endpoints', url, '--cacert', ca, '--cert', cert, '--key', key);
      const refused = {
        'plain HTTP': await ask('--endpoints', url.replace('https', 'http')),
        'no certificate': await ask('--endpoints', url, '--cacert', ca),
        'a server of another authority': await ask('--endpoints', url, '--cacert', other, '--cert', cert, '--key', key),
        'a client of another authority': await ask('--endpoints', url, '--cacert', ca, '--cert', `${wrongClient}.crt`, '--key', `${wrongClient}.key`),
      };
      const taken = Object.entries(refused).filter(([, done]) => done.code === 0).map(([name]) => name);
      const missing = !fs.existsSync(other) ? 'the other authority is missing' : '';
      return friend.code === 0 && taken.length === 0 && missing === '' ? passed(`refused: ${Object.keys(refused).join(', ')}; the operations' own client is served`)
        : failed(`own client ${friend.code}; served: ${taken.join(', ')} ${missing}`);
    },
  },
];

/** Reads that need no member: the shell's and systemd's own judges, where they are installed. */
export const etcdOperationsDocuments: Check[] = [
  {
    id: 'etcd-scripts-shellcheck',
    drill: '6',
    judge: 'component',
    component: 'shellcheck',
    skip: () => notInstalled('shellcheck'),
    run: async scene => {
      const files = scene.plain.entries.filter(entry => OWN.test(entry.path)).map(entry => path.join(scene.plain.folder, entry.file));
      const done = await shellcheck(scene, files);
      // The twin: a value without quotes.
      const twin = await shellcheck(scene, [scene.file('etcd-operations/unquoted', fs.readFileSync(files[0], 'utf8').replace('basename "$0"', 'basename $0'))]);
      return files.length > 0 && done.code === 0 && twin.code !== 0 ? passed(`${files.length} scripts without remark; an unquoted word is one`)
        : failed(`${files.length} scripts: ${done.stdout.slice(0, 400)}; twin ${twin.code}`);
    },
  },
  {
    id: 'etcd-units-verify',
    drill: '6',
    judge: 'component',
    component: 'systemd-analyze',
    skip: () => notInstalled('systemd-analyze'),
    run: async scene => {
      const [machine] = scene.plain.machines;
      const units = scene.plain.entries.filter(entry => entry.machine === machine && UNITS.test(entry.path)).map(
        entry => ({ path: entry.path, content: scene.plain.text(entry) }),
      );
      const said = await unitRemarks(scene, 'etcd-operations/units', units);
      const twin = await unitRemarks(scene, 'etcd-operations/twin', units.map(unit => ({ ...unit, content: unit.content.replace('OnCalendar=', 'OnCalendar=every ') })));
      return units.length === 6 && said.length === 0 && twin.length > 0 ? passed(`${units.length} units; a calendar that is none is named: ${twin[0].slice(0, 160)}`) : failed(`${units.length} units: ${said.join('; ')}; twin: ${twin.join('; ').slice(0, 200)}`);
    },
  },
];

/** What must be refused. */
export const etcdOperationsNegatives: Check[] = drills.map(drill => ({
  ...drill,
  run: async scene => {
    try {
      return await drill.run(scene);
    } finally {
      await (await ringOf(scene, 'main')).stop();
    }
  },
}));
