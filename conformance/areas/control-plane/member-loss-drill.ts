import * as fs from 'node:fs';
import { besides, drillScene, onRing, pause, rounded } from './etcd-drill-scene';
import { EtcdRing, RingMember } from './etcd-ring';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';
import { until } from '../../waiting';

const CLIENTS = 10;
const KEYS = 6;
const LOG = 'log/';
/** Longer than etcd's own 5 s and two election timeouts, so that the answer is etcd's and not ours. */
const ANSWER_MS = 12_000;
/** An answer of a member, with its status: `etcdserver: request timed out` while it still waits for the leader that died, `raft proposal dropped` once it knows of none. */
const ANSWERED = /^\d{3} /;
/** How long etcd may take to say no once its majority is gone, on a busy machine too. */
const REFUSAL_SECONDS = 60;

/** One line of a history, as the checker reads it; a put of unknown fate has no return. */
interface Operation {
  readonly key: string;
  readonly client: number;
  readonly op: 'put' | 'get';
  readonly value: string;
  readonly call: number;
  readonly return?: number;
}

/** A request that was not answered with success. */
interface Refusal { readonly op: 'put' | 'get'; readonly call: number; readonly end: number; readonly reason: string }

/** Clients that write and read a few registers through all members and write down what they saw. */
class Recorder {
  public readonly operations: Operation[] = [];
  public readonly refusals: Refusal[] = [];
  private readonly clients: Promise<void>[];
  private stopped = false;

  constructor(private readonly ring: EtcdRing) {
    this.clients = Array.from({ length: CLIENTS }, (_, client) => this.client(client));
  }

  public acknowledged(from: number, to = Infinity): Operation[] {
    return this.operations.filter(o => o.op === 'put' && o.return !== undefined && o.call >= from && o.return <= to);
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }

  /** One last linearizable look at every register, so that a loss after the last read shows too. */
  public async readAll(): Promise<void> {
    for (let key = 0; key < KEYS; key++) { await this.get(CLIENTS, `register/${key}`, this.ring.members[key % this.ring.members.length]); }
  }

  /** Writes called since then that etcd itself refused. */
  public refusedByEtcd(from: number, to = Infinity): string[] {
    return this.refusals.filter(r => r.op === 'put' && r.call >= from && r.end <= to && ANSWERED.test(r.reason)).map(r => r.reason);
  }

  private async client(client: number): Promise<void> {
    for (let n = 0; !this.stopped; n++) {
      const member = this.ring.members[(client + n) % this.ring.members.length];
      const key = `register/${(client * 7 + n * 5) % KEYS}`;
      const before = this.refusals.length;
      if ((client + n) % 2 === 0) { await this.put(client, key, `${client}-${n}`, member); } else { await this.get(client, key, member); }
      await pause(this.refusals.length > before ? 50 : 5);
    }
  }

  private async put(client: number, key: string, value: string, member: RingMember): Promise<void> {
    const call = performance.now();
    try {
      // The second key stays for ever: it tells a lost write from one that was overwritten.
      await member.gateway.putAll([{ key, value }, { key: `${LOG}${value}`, value: key }], ANSWER_MS);
      this.operations.push({ key, client, op: 'put', value, call, return: performance.now() });
    } catch (error) {
      this.operations.push({ key, client, op: 'put', value, call });
      this.refuse('put', call, error);
    }
  }

  private async get(client: number, key: string, member: RingMember): Promise<void> {
    const call = performance.now();
    try {
      const value = await member.gateway.get(key, ANSWER_MS);
      this.operations.push({ key, client, op: 'get', value, call, return: performance.now() });
    } catch (error) {
      this.refuse('get', call, error);
    }
  }

  private refuse(op: 'put' | 'get', call: number, error: unknown): void {
    this.refusals.push({ op, call, end: performance.now(), reason: error instanceof Error ? error.message : String(error) });
  }
}

/** Histories of the last run, for the twin. */
let recorded: Operation[] | undefined;

/** Two killed, then three, each time with the leader among them. */
const membersKilled: Check = {
  id: 'members-killed',
  drill: '2',
  judge: 'component',
  component: 'register-history-check',
  run: shared => onRing(shared, 'main', { label: 'loss' }, async ring => {
    const seconds = shared.extent.ci ? 2 : 10;
    const recorder = new Recorder(ring);
    const killed = async (count: number) => {
      const leader = await ring.leader();
      const victims = [leader, ...ring.members.filter(member => member !== leader).slice(0, count - 1)];
      await ring.kill(victims);
      return victims;
    };
    const back = async (members: RingMember[]) => {
      members.forEach(member => ring.startMember(member));
      await ring.whole();
      await pause(1000);
    };
    await pause(1000);
    const two = await killed(2);
    const minorityGone = performance.now();
    await pause(seconds * 1000 + 2000);
    const minorityBack = performance.now();
    await back(two);
    const three = await killed(3);
    const majorityGone = performance.now();
    await pause(seconds * 1000);
    // What is waited for is etcd's word, not a time: where it never comes the check fails below.
    await until('a write refused by etcd', REFUSAL_SECONDS, async () => recorder.refusedByEtcd(majorityGone).length > 0).catch(() => {});
    const majorityBack = performance.now();
    await back(three);
    await pause(seconds * 500);
    await recorder.stop();
    await recorder.readAll();
    recorded = recorder.operations;

    const during = recorder.acknowledged(minorityGone, minorityBack);
    const without = recorder.acknowledged(majorityGone, majorityBack);
    const readWithout = recorder.operations.filter(o => o.op === 'get' && o.call >= majorityGone && o.return! <= majorityBack).length;
    const after = recorder.acknowledged(majorityBack);
    const answers = recorder.refusedByEtcd(majorityGone, majorityBack);
    const logged = new Set(await ring.members[0].gateway.keysBelow(LOG));
    const acknowledged = recorder.acknowledged(0);
    const lost = acknowledged.filter(o => !logged.has(`${LOG}${o.value}`));
    const verdict = await judge(shared, 'history.jsonl', recorder.operations);
    const figures = {
      operations: { value: verdict.operations, unit: 'operations' },
      acknowledged: { value: acknowledged.length, unit: 'writes' },
      lost: { value: lost.length, unit: 'writes', goal: '0', met: lost.length === 0 },
      two_of_five_gone: { value: during.length, unit: `writes in ${rounded((minorityBack - minorityGone) / 1000, 1)} s` },
      longest_gap: { value: rounded(longestGap(during, minorityGone) / 1000), unit: 's' },
      three_of_five_gone: { value: without.length, unit: 'writes', goal: '0', met: without.length === 0 },
      refused_by_etcd: { value: answers.length, unit: `writes in ${rounded((majorityBack - majorityGone) / 1000, 1)} s` },
      after_return: { value: after.length, unit: 'writes' },
      ...besides(),
    };
    const problems = [
      ...(during.length === 0 ? ['no write went on with three of five'] : []),
      ...(without.length + readWithout > 0 ? [`${without.length} writes and ${readWithout} linearizable reads answered with two of five`] : []),
      ...(answers.length === 0 ? [`etcd refused no write with two of five: ${reasons(recorder, majorityGone)}`] : []),
      ...(after.length === 0 ? ['no write after the members came back'] : []),
      ...(lost.length > 0 ? [`lost: ${lost.slice(0, 5).map(o => o.value).join(', ')}`] : []),
      ...(verdict.verdict !== 'Ok' ? [`porcupine: ${verdict.verdict}`] : []),
    ];
    return problems.length === 0
      ? passed(`porcupine: ${verdict.verdict} for ${verdict.operations} operations on ${verdict.keys} registers; with two of five etcd says '${answers[0]}'`, figures)
      : failed(problems.join('; '), figures);
  }),
};

/** Twin: the same history with one read that misses an acknowledged write. */
const lostWriteNoticed: Check = {
  id: 'history-with-a-lost-write-refused',
  drill: 'N19',
  judge: 'component',
  component: 'register-history-check',
  run: async shared => {
    const history = recorded;
    if (!history) { return failed('the history of drill 2 is missing'); }
    const read = history.map((o, i) => ({ o, i })).filter(({ o }) => o.op === 'get' && o.value !== '').pop();
    if (!read) { return failed('the history has no read'); }
    // A value that two later acknowledged writes, one after the other, had replaced before the read began.
    const earlier = history.filter(o => o.op === 'put' && o.key === read.o.key && o.return !== undefined && o.return < read.o.call).sort((a, b) => a.return! - b.return!);
    const stale = earlier.find(o => earlier.some(next => next.call > o.return!));
    if (!stale) { return failed('the history has no replaced value'); }
    const altered = history.map((o, i) => (i === read.i ? { ...o, value: stale.value } : o));
    const verdict = await judge(shared, 'history-altered.jsonl', altered);
    return verdict.verdict === 'Illegal' ? passed(`porcupine: Illegal after one of ${altered.length} operations read '${stale.value}' again`) : failed(`porcupine: ${verdict.verdict}`);
  },
};

/** What clients were told since then, by number. */
function reasons({ refusals }: Recorder, from: number): string {
  const since = refusals.filter(refusal => refusal.end >= from).map(({ op, reason }) => `${op} ${reason}`);
  return [...new Set(since)].map(reason => `${since.filter(other => other === reason).length} x ${reason}`).join(', ').slice(0, 600);
}

async function judge(shared: Scene, name: string, operations: Operation[]): Promise<{ verdict: string; operations: number; keys: number }> {
  const nanoseconds = (ms: number) => Math.round(ms * 1e6);
  const lines = operations.map(o => JSON.stringify({ ...o, call: nanoseconds(o.call), ...(o.return === undefined ? {} : { return: nanoseconds(o.return) }) }));
  const scene = await drillScene(shared);
  const file = scene.file(name, `${lines.join('\n')}\n`);
  const done = await scene.processes.run(scene.binaries['register-history-check'].path, [file]);
  if (done.stdout === '') { throw new Error(`register-history-check ended with ${done.code}: ${done.stderr} (${fs.statSync(file).size} bytes)`); }
  return JSON.parse(done.stdout);
}

function longestGap(acknowledged: Operation[], from: number): number {
  const ends = [from, ...acknowledged.map(o => o.return!).sort((a, b) => a - b)];
  return Math.max(...ends.slice(1).map((end, i) => end - ends[i]));
}

export const memberLossChecks: Check[] = [membersKilled, lostWriteNoticed];
