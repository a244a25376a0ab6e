import * as fs from 'node:fs';
import * as path from 'node:path';
import { fill } from './etcd-load';
import { expectExit, lastLine, ringOf } from './etcd-rehearsal';
import { defragmentedUnderLoad, memberReplaced } from './member-operations-drill';
import { quotaRecovered } from './quota-drill';
import { restoredAfterTotalLoss } from './restore-drill';
import { Check, failed, passed } from '../../check';
import { until } from '../../waiting';

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
  quotaRecovered,
  restoredAfterTotalLoss,
  memberReplaced,
  defragmentedUnderLoad,
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
