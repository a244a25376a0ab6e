import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiLoad, ApiLoadResult, ApiOverRing } from './api-over-ring';
import { fill, valueOf } from './etcd-load';
import { EtcdMachines } from './etcd-machines';
import { lastLine, ringOf, setColumn } from './etcd-rehearsal';
import { Check, failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Figure } from '../../results';
import { inParallel, until } from '../../waiting';

const MIB = 1024 ** 2;
/** Column of the ring's table with the least free bytes. */
const LEAST_FREE_COLUMN = 8;

/** A member whose disk is lost comes back by the script while clients of the API server go on. */
export const memberReplaced: Check = {
  id: 'etcd-member-replaced',
  drill: '6',
  judge: 'component',
  component: 'etcd',
  run: async scene => {
    const ring = await ringOf(scene, 'main');
    await ring.fresh();
    return ApiOverRing.with(scene, ring, async ({ admin }) => {
      const lost = ring.machines.at(-1)!;
      const others = ring.machines.slice(0, -1);
      const client = ring.client(others[0]);
      await fill(client, '/drill/', 500, 10_000);
      client.close();
      const healthy = await ring.script(lost, 'replace-member');
      await ring.kill(lost);
      const withData = await ring.script(lost, 'replace-member');
      const load = new ApiLoad(admin);
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
      const read = await own.get('/drill/0000123');
      own.close();
      // The generated manifest comes back by the next copy; the member goes on with its data.
      ring.copyManifest(lost);
      await new Promise(resolve => setTimeout(resolve, 1000));
      await ring.serving([lost]);
      const figures = { members: { value: ring.machines.length, unit: 'members' }, replaced: { value: seconds, unit: 's' }, ...loadFigures('', result) };
      return judge([
        [`a healthy member: ${healthy.code} ${lastLine(healthy)}`, healthy.code === 0],
        [`a member with data: ${withData.code} ${lastLine(withData)}`, withData.code === 1],
        [`the script: ${done.code} ${lastLine(done)}`, done.code === 0],
        [`${result.failed.length} requests failed: ${result.failed[0]}`, result.failed.length === 0],
        [`members: ${list.join(' / ')}`, list.length === ring.machines.length && list.every(line => line.includes('started') && line.endsWith('false'))],
        [`a second run: ${again.code} ${lastLine(again)}`, again.code === 0],
        ['the new member does not have the data', read === valueOf('/drill/0000123', 10_000)],
      ], figures, `${lost} removed, added as a learner and promoted, ${result.requests} requests beside it; ${list.length} voting members; a second run has nothing to do`);
    });
  },
};

/** Five members rewritten one after the other below an API server with clients, with the gate for it and without. */
export const defragmentedUnderLoad: Check = {
  id: 'etcd-defragmented-under-load',
  drill: '6',
  judge: 'component',
  component: 'etcd',
  run: async scene => {
    const ring = await ringOf(scene, 'main');
    const count = scene.extent.full ? 10_000 : 2000;
    await ring.fresh();
    const plain = await ApiOverRing.with(scene, ring, api => defragmented(ring, api, count));
    await ring.fresh({ gates: ['StopGRPCServiceOnDefrag'] });
    const gated = await ApiOverRing.with(scene, ring, api => defragmented(ring, api, count));
    const figures = {
      members: { value: ring.machines.length, unit: 'members' },
      data: { value: count / 10, unit: 'MB in each file' },
      ...loadFigures('', plain.load),
      ...loadFigures('stop_grpc_', gated.load),
    };
    return judge([...plain.rules, [`with the gate: ${lastLine(gated.first)}`, gated.first.code === 0]], figures,
      `${plain.order.join(', ')} (the leader last) without a failed request of ${plain.load.requests}; a second runner: ${lastLine(plain.second)}; with StopGRPCServiceOnDefrag ${gated.load.failed.length} of ${gated.load.requests} failed`);
  },
};

interface Defragmentation {
  readonly rules: Array<[string, boolean]>;
  readonly load: ApiLoadResult;
  readonly order: string[];
  readonly first: Finished;
  readonly second: Finished;
}

async function defragmented(ring: EtcdMachines, { admin }: ApiOverRing, count: number): Promise<Defragmentation> {
  const [machine] = ring.machines;
  const client = ring.client(machine);
  const { written } = await fill(client, '/drill/', count, 100_000);
  await inParallel(written.slice(0, Math.floor(count * 0.9)), 16, key => client.delete(key));
  await ring.etcdctl(ring.machines, 'compact', '--physical', String(await client.revision()));
  client.close();
  // A tenth of the real quota is 0.8 GiB: the threshold of the table is lowered to what a drill can fill.
  for (const m of ring.machines) { setColumn(ring, m, LEAST_FREE_COLUMN, 10 * MIB); }
  const leader = await ring.leader();
  const rehearsed = await ring.script(machine, 'defragment', '--dry-run');
  const load = new ApiLoad(admin);
  const [first, second] = await Promise.all([ring.script(machine, 'defragment'), after(700, () => ring.script(ring.machines[1], 'defragment'))]);
  const result = await load.stop();
  const order = [...first.stdout.matchAll(/defragmented (\S+):/g)].map(match => match[1]);
  const nothing = await ring.script(machine, 'defragment');
  await ring.kill(ring.machines[2]);
  const sick = await ring.script(machine, 'defragment', '--force');
  return {
    load: result,
    order,
    first,
    second,
    rules: [
      [`dry run: ${rehearsed.code} ${lastLine(rehearsed)}`, rehearsed.code === 0],
      [`first runner: ${first.code} ${lastLine(first)}`, first.code === 0],
      [`order ${order.join()}, the leader is ${leader}`, order.length === ring.machines.length && order.at(-1) === leader],
      [`second runner: ${second.code} ${lastLine(second)}`, second.code === 75],
      [`${result.failed.length} requests failed: ${result.failed[0]}`, result.failed.length === 0],
      [`a run with nothing to do: ${nothing.code} ${lastLine(nothing)}`, nothing.code === 0 && /no member/.test(nothing.stdout)],
      [`a sick ring: ${sick.code} ${lastLine(sick)}`, sick.code === 1],
    ],
  };
}

function loadFigures(prefix: string, { requests, failed: failures, longestMs }: ApiLoadResult): { [name: string]: Figure } {
  return {
    [`${prefix}longest_request`]: { value: longestMs, unit: 'ms, through the API server' },
    [`${prefix}requests`]: { value: requests, unit: 'requests beside it' },
    [`${prefix}failed`]: { value: failures.length, unit: 'requests' },
  };
}

function judge(rules: Array<[string, boolean]>, figures: { [name: string]: Figure }, text: string): Outcome {
  const wrong = rules.filter(([, holds]) => !holds).map(([reason]) => reason);
  return wrong.length === 0 ? passed(text, figures) : failed(wrong.join('; '), figures);
}

async function after<T>(ms: number, work: () => Promise<T>): Promise<T> {
  await new Promise(resolve => setTimeout(resolve, ms));
  return work();
}
