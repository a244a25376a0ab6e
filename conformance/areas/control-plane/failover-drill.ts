import { besides, onRing, pause, quantile, rounded } from './etcd-drill-scene';
import { EtcdRing } from './etcd-ring';
import { Check, failed, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';

const PROBE_MS = 25;
/** A proposal that went down with a leader is not answered for seven seconds; the next probe says enough. */
const ANSWER_MS = 2000;
const PREFIX = 'probe/';
const LOAD_CLIENTS = 16;
const LOAD_BYTES = 1024;

/** One small write every 25 ms, to the living members in turn, until stopped; each under a key of its own. */
class WriteProbes {
  public readonly acknowledged: Array<{ key: string; sent: number; done: number }> = [];
  private readonly open = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private count = 0;

  constructor(ring: EtcdRing) {
    this.timer = setInterval(() => {
      const members = ring.living;
      const key = `${PREFIX}${String(this.count++).padStart(6, '0')}`;
      const sent = performance.now();
      const probe: Promise<void> = members[this.count % members.length].gateway.put(key, 'x', ANSWER_MS).then(
        () => { this.acknowledged.push({ key, sent, done: performance.now() }); },
        // A write without acknowledgement may be lost, that is what the answer says.
        () => {},
      ).finally(() => { this.open.delete(probe); });
      this.open.add(probe);
    }, PROBE_MS);
  }

  /** Milliseconds from `since` to the first acknowledgement of a write sent after it. */
  public async next(since: number): Promise<number> {
    for (;;) {
      const done = this.acknowledged.filter(probe => probe.sent >= since).map(probe => probe.done);
      if (done.length > 0) { return Math.min(...done) - since; }
      if (performance.now() - since > 60_000) { throw new Error('no committed write within 60 s'); }
      await pause(2);
    }
  }

  public async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
  }
}

interface Failover { readonly seconds: number[]; readonly acknowledged: number; readonly lost: string[]; readonly noticed: boolean }

/** Kill the leader again and again; afterwards look for every acknowledged write. */
async function failovers(ring: EtcdRing, rounds: number): Promise<Failover> {
  const seconds: number[] = [];
  const probes = new WriteProbes(ring);
  for (let round = 0; round < rounds; round++) {
    await probes.next(performance.now());
    await pause(500);
    const leader = await ring.leader();
    const at = await ring.kill([leader]);
    seconds.push(await probes.next(at) / 1000);
    ring.startMember(leader);
    await ring.whole();
  }
  await probes.stop();
  const lost = async () => {
    const found = new Set(await ring.members[0].gateway.keysBelow(PREFIX));
    return probes.acknowledged.map(probe => probe.key).filter(key => !found.has(key));
  };
  const missing = await lost();
  // The count itself is on trial too: a write taken away must be missed.
  const victim = probes.acknowledged[Math.floor(probes.acknowledged.length / 2)].key;
  await ring.members[0].gateway.delete(victim);
  const afterwards = await lost();
  return { seconds, acknowledged: probes.acknowledged.length, lost: missing, noticed: afterwards.includes(victim) && afterwards.length === missing.length + 1 };
}

function times(name: string, values: number[], goals: { median?: number; maximum?: number } = {}): { [name: string]: Figure } {
  const figure = (value: number, goal?: number): Figure => ({ value: rounded(value), unit: 's', ...(goal === undefined ? {} : { goal: `<= ${goal} s`, met: value <= goal }) });
  return { [`${name}_median`]: figure(quantile(values, 0.5), goals.median), [`${name}_max`]: figure(Math.max(...values), goals.maximum) };
}

const roundsOf = (scene: Scene) => (scene.extent.ci ? 5 : 20);

/** Leader killed as by a power failure, on five members. */
const leaderKilled: Check = {
  id: 'leader-killed',
  drill: '1',
  judge: 'component',
  component: 'etcd',
  run: async shared => {
    const rounds = roundsOf(shared);
    const own = await onRing(shared, 'main', { label: 'failover' }, ring => failovers(ring, rounds));
    const slow = shared.extent.ci ? undefined
      : await onRing(shared, 'main', { label: 'slow-timers', flags: { 'heartbeat-interval': '500', 'election-timeout': '2500' } }, ring => failovers(ring, rounds));
    const figures = {
      rounds: { value: rounds, unit: 'rounds' },
      ...times('next_write', own.seconds, { median: 1.1, maximum: 2.5 }),
      ...(slow ? times('next_write_500_2500', slow.seconds) : {}),
      acknowledged: { value: own.acknowledged, unit: 'writes' },
      lost: { value: own.lost.length, unit: 'writes', goal: '0', met: own.lost.length === 0 },
      ...besides(),
    };
    const lost = [...own.lost, ...slow?.lost ?? []];
    if (lost.length > 0) { return failed(`${lost.length} acknowledged writes lost: ${lost.slice(0, 5).join(', ')}`, figures); }
    return own.noticed && (slow?.noticed ?? true)
      ? passed(`${rounds} leaders killed, all ${own.acknowledged} acknowledged writes found; a deleted one is missed`, figures)
      : failed('a write that was deleted on purpose is not missed: the count proves nothing', figures);
  },
};

/** Nobody fails, so nobody may be elected; also while every core works for etcd. */
const noFalseElection: Check = {
  id: 'no-election-under-load',
  drill: '1',
  judge: 'component',
  component: 'etcd',
  skip: scene => (scene.extent.ci ? 'takes a minute; not in the short form' : undefined),
  run: shared => onRing(shared, 'main', { label: 'steady' }, async ring => {
    const seconds = shared.extent.full ? 600 : 60;
    const before = await ring.term();
    const value = 'x'.repeat(LOAD_BYTES);
    const start = performance.now();
    const took: number[] = [];
    let refused = 0;
    await Promise.all(Array.from({ length: LOAD_CLIENTS }, async (_, client) => {
      for (let n = 0; performance.now() - start < seconds * 1000; n++) {
        const sent = performance.now();
        await ring.members[(client + n) % ring.members.length].gateway.put(`load/${client}/${n % 1000}`, value).then(
          () => { took.push(performance.now() - sent); }, () => { refused++; });
      }
    }));
    const elections = (await ring.term()) - before;
    const figures = {
      elections: { value: elections, unit: `in ${seconds} s`, goal: '0', met: elections === 0 },
      writes: { value: Math.round(took.length / seconds), unit: 'writes/s of 1 KiB' },
      write_p99: { value: Math.round(quantile(took, 0.99)), unit: 'ms' },
      refused: { value: refused, unit: 'writes' },
      ...besides(),
    };
    return elections === 0 && took.length > 0
      ? passed(`the leader stays for ${seconds} s while ${LOAD_CLIENTS} clients write`, figures)
      : failed(`${elections} elections without a failure; ${took.length} writes`, figures);
  }),
};

export const failoverChecks: Check[] = [leaderKilled, noFalseElection];
