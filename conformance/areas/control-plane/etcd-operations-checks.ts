import * as fs from 'node:fs';
import * as path from 'node:path';
import { fill, Load, valueOf } from './etcd-load';
import { expectExit, lastLine, setColumn, ringOf } from './etcd-rehearsal';
import { Check, failed, passed } from '../../check';
import { inParallel, until } from '../../waiting';

const MIB = 1024 ** 2;
/** What etcd logs when the check at start finds other data than its peers have. */
const DIFFERENT = /found data inconsistency with peers/;

const drills: Check[] = [
  {
    id: 'etcd-snapshot',
    drill: '5',
    judge: 'component',
    component: 'etcdutl',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const [machine] = ring.machines;
      const client = ring.client(machine);
      await fill(client, '/registry/pods/', 200, 10_000);
      client.close();
      const folder = path.join(ring.root(machine), '/var/backups/thousand-node/etcd/main');
      const files = () => (fs.existsSync(folder) ? fs.readdirSync(folder).filter(name => name.endsWith('.db')).sort() : []);
      expectExit(await ring.script(machine, 'snapshot', '--dry-run'), 0);
      if (files().length > 0) { return failed('a dry run left files'); }
      for (let i = 0; i < 4; i++) {
        expectExit(await ring.script(machine, 'snapshot', '--keep', '2'), 0);
        await new Promise(resolve => setTimeout(resolve, 1100));
      }
      const kept = files();
      const { stdout } = await scene.processes.run(scene.binaries.etcdutl.path, ['snapshot', 'status', path.join(folder, kept[0]), '-w', 'json']);
      const metrics = fs.readFileSync(path.join(ring.root(machine), '/var/lib/thousand-node/metrics/thousand_node_etcd_snapshot_main.prom'), 'utf8');
      const file = scene.file('etcd-operations/metrics.prom', metrics);
      const judged = await scene.processes.run('sh', ['-c', '"$1" check metrics < "$2"', 'sh', scene.binaries.promtool.path, file]);
      // Another machine is never in turn at the same time.
      const turns = await Promise.all(ring.machines.map(m => ring.script(m, 'snapshot', '--in-turn')));
      const inTurn = turns.filter(done => /saved/.test(done.stdout)).length;
      await ring.kill(machine);
      const silent = await ring.script(machine, 'snapshot');
      return kept.length === 2 && JSON.parse(stdout).totalKey >= 200 && judged.code === 0 && inTurn === 1 && silent.code === 1 && files().length === 2
        ? passed(`two of four files stay, each judged by etcdutl; one of ${ring.machines.length} machines is in turn; without its member: ${lastLine(silent)}`)
        : failed(`${kept.length} files; ${stdout.trim()}; promtool ${judged.code} ${judged.stderr}${judged.stdout}; in turn ${inTurn}; silent member ${silent.code}`);
    },
  },
  {
    id: 'etcd-quota-recovered',
    drill: '4',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh({ quotaBytes: 48 * MIB });
      const [machine] = ring.machines;
      const client = ring.client(machine);
      await fill(client, '/registry/pods/', 40, 10_000);
      const { written, refused } = await fill(client, '/registry/events/default/', 2000, 50_000);
      if (!refused?.includes('space exceeded')) { return failed(`${written.length} writes and no refusal: ${refused}`); }

      // What a hurried operator does: the revision is read first, and the compaction then keeps what was deleted.
      const before = await client.revision();
      for (const key of written.slice(0, 300)) { await client.delete(key); }
      await ring.etcdctl(ring.machines, 'compact', '--physical', String(before));
      for (const m of ring.machines) { await ring.etcdctl([m], 'defrag'); }
      await ring.etcdctl(ring.machines, 'alarm', 'disarm');
      const naive = await fill(client, '/registry/naive/', 200, 50_000);

      const misspelt = await ring.script(machine, 'recover-quota', '--delete-prefix', '/registry/');
      const rehearsed = await ring.script(machine, 'recover-quota', '--delete-prefix', '/registry/events/', '--dry-run');
      const listed = await ring.script(machine, 'recover-quota', '--list');
      const start = Date.now();
      const done = await ring.script(machine, 'recover-quota', '--delete-prefix', '/registry/events/', '--delete-prefix', '/registry/naive/');
      const seconds = (Date.now() - start) / 1000;
      const later = await fill(client, '/registry/after/', 300, 50_000);
      const pod = await client.get('/registry/pods/0000007');
      client.close();
      const figures = {
        recovery: { value: seconds, unit: 's' },
        written_until_refused: { value: written.length, unit: 'x 50 kB' },
        naive_writes: { value: naive.written.length, unit: 'of 200' },
      };
      const ok = naive.refused !== undefined && misspelt.code === 64 && rehearsed.code === 0 && /\/registry\/events\//.test(listed.stdout) && done.code === 0
        && later.refused === undefined && pod === valueOf('/registry/pods/0000007', 10_000);
      return ok
        ? passed(`refused after ${written.length} writes; naive order refused again after ${naive.written.length} of 200; the script in ${seconds.toFixed(1)} s, then 300 writes; pods untouched (quota made 48 MiB)`, figures)
        : failed(`naive: ${naive.refused ?? 'not refused'}; misspelt ${misspelt.code}; dry run ${rehearsed.code}; script ${done.code}: ${lastLine(done)}; after: ${later.refused}; list: ${listed.stdout.slice(0, 200)}${listed.stderr}`, figures);
    },
  },
  {
    id: 'etcd-restored-after-total-loss',
    drill: '5',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const [machine] = ring.machines;
      const client = ring.client(machine);
      // The short form has a tenth of the data.
      const count = scene.extent.ci ? 500 : 5000;
      const filled = await fill(client, '/registry/configmaps/default/', count, 100_000);
      if (filled.refused) { return failed(filled.refused); }
      expectExit(await ring.script(machine, 'snapshot'), 0);
      const revision = await client.revision();
      await client.put('/registry/after-the-snapshot', 'lost');
      client.close();
      const running = await ring.script(machine, 'restore', '--snapshot', snapshotOf(ring.root(machine)));
      const file = snapshotOf(ring.root(machine));
      await Promise.all(ring.machines.map(m => ring.kill(m)));
      for (const m of ring.machines) {
        fs.rmSync(path.join(ring.dataDir(m), 'member'), { recursive: true });
        ring.bringBack(m);
        // The kubelet must not start an empty member before the script comes: the operator stops it first, as the runbook says.
        fs.renameSync(ring.manifest(m), path.join(ring.root(m), 'etcd-manifest'));
      }
      for (const m of ring.machines) { fs.renameSync(path.join(ring.root(m), 'etcd-manifest'), ring.manifest(m)); }
      const start = Date.now();
      const scripts = await Promise.all(ring.machines.map(m => ring.script(m, 'restore', '--snapshot', file, '--stop-member')));
      scripts.forEach(done => expectExit(done, 0));
      const scriptSeconds = (Date.now() - start) / 1000;
      await ring.serving([machine], 120);
      const seconds = (Date.now() - start) / 1000;
      await ring.serving(ring.machines, 120);
      const restored = ring.client(machine);
      let different = 0;
      await inParallel(filled.written, 8, async key => { if (await restored.get(key) !== valueOf(key, 100_000)) { different++; } });
      const lost = await restored.get('/registry/after-the-snapshot');
      const jump = await restored.revision() - revision;
      restored.close();
      const again = await ring.script(machine, 'restore', '--snapshot', file, '--stop-member');
      const figures = {
        data: { value: count / 10, unit: 'MB' },
        script: { value: scriptSeconds, unit: 's, all machines at once' },
        first_write: { value: seconds, unit: 's', goal: '<= 30', met: seconds <= 30 },
      };
      return running.code === 1 && /runs/.test(running.stderr) && different === 0 && lost === undefined && jump >= 1_000_000_000 && again.code === 1
        ? passed(`${count} objects equal, the later one gone, revision ${jump} ahead; a running member refused without --stop-member, the same token a second time too (etcd alone, no API server)`, figures)
        : failed(`running member: ${running.code}; ${different} of ${count} differ; later object ${lost}; revision +${jump}; again ${again.code} ${lastLine(again)}`, figures);
    },
  },
  {
    id: 'etcd-member-replaced',
    drill: '6',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const lost = ring.machines.at(-1)!;
      const others = ring.machines.slice(0, -1);
      const client = ring.client(others[0]);
      await fill(client, '/registry/pods/', 500, 10_000);
      const healthy = await ring.script(lost, 'replace-member');
      await ring.kill(lost);
      const load = new Load(others.map(m => ring.client(m)));
      const withData = await ring.script(lost, 'replace-member');
      // The machine comes back with an empty disk; its kubelet starts the generated manifest, which cannot join.
      fs.rmSync(path.join(ring.dataDir(lost), 'member'), { recursive: true });
      ring.bringBack(lost);
      await until('the generated manifest was tried', 30, async () => /already been bootstrapped|has already|discovered|error/.test(ring.log(lost).slice(-4000)));
      const start = Date.now();
      const done = await ring.script(lost, 'replace-member', '--discard-data');
      const seconds = (Date.now() - start) / 1000;
      await ring.serving([lost]);
      const result = await load.stop();
      const list = (await ring.etcdctl(others, 'member', 'list')).stdout.trim().split('\n');
      const again = await ring.script(lost, 'replace-member');
      const own = ring.client(lost);
      const read = await own.get('/registry/pods/0000123');
      own.close();
      client.close();
      // The generated manifest comes back by the next copy; the member goes on with its data.
      ring.copyManifest(lost);
      await new Promise(resolve => setTimeout(resolve, 1000));
      await ring.serving([lost]);
      const ok = healthy.code === 0 && withData.code === 1 && done.code === 0 && result.failed.length === 0 && list.length === ring.machines.length
        && list.every(line => line.includes('started') && line.endsWith('false')) && again.code === 0 && read === valueOf('/registry/pods/0000123', 10_000);
      const figures = {
        replaced: { value: seconds, unit: 's' },
        requests: { value: result.requests, unit: 'beside it' },
        failed: { value: result.failed.length, unit: 'requests' },
      };
      return ok ? passed(`${lost} removed, added as a learner and promoted under load; ${list.length} voting members; a second run has nothing to do`, figures)
        : failed(`healthy ${healthy.code}; with data ${withData.code}; script ${done.code}: ${lastLine(done)}; failed ${result.failed.slice(0, 2).join(' ')}; list ${list.join(' / ')}; again ${again.code} ${lastLine(again)}`, figures);
    },
  },
  {
    id: 'etcd-defragmented-under-load',
    drill: '6',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const [machine] = ring.machines;
      const client = ring.client(machine);
      const count = scene.extent.ci ? 400 : 2000;
      const { written } = await fill(client, '/registry/events/default/', count, 100_000);
      await inParallel(written.slice(0, Math.floor(count * 0.9)), 16, key => client.delete(key));
      await ring.etcdctl(ring.machines, 'compact', '--physical', String(await client.revision()));
      client.close();
      // A tenth of the real quota is 0.8 GiB: the threshold of the table is lowered to what a drill can fill.
      for (const m of ring.machines) { setColumn(ring, m, 8, 10 * MIB); }
      const leader = await ring.leader();
      const rehearsed = await ring.script(machine, 'defragment', '--dry-run');
      const load = new Load(ring.machines.map(m => ring.client(m)));
      const [first, second] = await Promise.all([ring.script(machine, 'defragment'), after(700, () => ring.script(ring.machines[1], 'defragment'))]);
      const result = await load.stop();
      const order = [...first.stdout.matchAll(/defragmented (\S+):/g)].map(match => match[1]);
      const nothing = await ring.script(machine, 'defragment');
      await ring.kill(ring.machines[2]);
      const sick = await ring.script(machine, 'defragment', '--force');
      const figures = {
        data: { value: count / 10, unit: 'MB in the file' },
        longest_request: { value: result.longestMs, unit: 'ms' },
        requests: { value: result.requests, unit: 'beside it' },
        failed: { value: result.failed.length, unit: 'requests' },
      };
      const ok = first.code === 0 && order.length === ring.machines.length && order.at(-1) === leader && second.code === 75 && result.failed.length === 0
        && nothing.code === 0 && /no member/.test(nothing.stdout) && sick.code === 1 && rehearsed.code === 0;
      return ok ? passed(`${order.join(', ')} (the leader last) without a failed request; the second runner: ${lastLine(second)}; with a dead member: ${lastLine(sick)}`, figures)
        : failed(`first ${first.code} ${lastLine(first)} order ${order.join()} leader ${leader}; second ${second.code} ${lastLine(second)}; failed ${result.failed.length} ${result.failed.slice(0, 2).join(' ')}; nothing ${nothing.code} ${lastLine(nothing)}; sick ${sick.code}; dry ${rehearsed.code} ${lastLine(rehearsed)}`, figures);
    },
  },
  {
    id: 'etcd-corruption-found-at-start',
    drill: '7',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const ring = await ringOf(scene, 'main');
      await ring.fresh();
      const client = ring.client(ring.machines[0]);
      await fill(client, '/registry/pods/', 50, 2000);
      const marker = 'thousand-node-marker-'.repeat(20);
      await client.put('/registry/secrets/default/marker', marker);
      client.close();
      const [intact, corrupt] = ring.machines.filter(machine => machine !== ring.machines[0]).slice(0, 2);
      await new Promise(resolve => setTimeout(resolve, 500));
      for (const machine of [intact, corrupt]) { await ring.kill(machine); }
      const flipped = flip(path.join(ring.dataDir(corrupt), 'member/snap/db'), 'thousand-node-marker-');
      ring.bringBack(intact);
      await ring.serving([intact]);
      ring.bringBack(corrupt);
      await until(`${corrupt} finds out`, 60, async () => DIFFERENT.test(ring.log(corrupt)));
      const line = ring.log(corrupt).split('\n').find(text => DIFFERENT.test(text)) ?? '';
      const answer = await ring.etcdctl([corrupt], 'endpoint', 'health');
      const twin = DIFFERENT.test(ring.log(intact));
      return flipped > 0 && answer.code !== 0 && line !== '' && !twin
        ? passed(`${flipped} places changed in one file: ${line.slice(0, 160)}; the twin, killed the same way, serves`)
        : failed(`${flipped} places; health ${answer.code}; twin ${twin ? 'complains' : 'is quiet'}; ${line}`);
    },
  },
];

/** The scripts of EtcdCluster on real members: as written, each on its own machine. No member outlives its drill. */
export const etcdOperationsChecks: Check[] = drills.map(drill => ({
  ...drill,
  run: async scene => {
    try {
      return await drill.run(scene);
    } finally {
      await (await ringOf(scene, 'main')).stop();
    }
  },
}));

function snapshotOf(root: string): string {
  const folder = path.join(root, '/var/backups/thousand-node/etcd/main');
  return path.join(folder, fs.readdirSync(folder).filter(name => name.endsWith('.db')).sort().at(-1)!);
}

/** Change one letter of every occurrence in a file. */
function flip(file: string, text: string): number {
  const content = fs.readFileSync(file);
  let count = 0;
  for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + 1)) {
    content[at] = 'T'.charCodeAt(0);
    count++;
  }
  fs.writeFileSync(file, content);
  return count;
}

async function after<T>(ms: number, work: () => Promise<T>): Promise<T> {
  await new Promise(resolve => setTimeout(resolve, ms));
  return work();
}
