import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { besides, drillScene, onRing, pause, quantile, rounded } from './etcd-drill-scene';
import { EtcdRing } from './etcd-ring';
import { Check, failed, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';

/** The storm of the issue, and the writes of 15 pods a second that are made, bound, started and deleted. */
const EVENTS_PER_SECOND = 200;
const EVENT_BYTES = 1024;
const POD_WRITES_PER_SECOND = 15 * 5;
const POD_BYTES = 4096;
const EVENT_TTL = 1800;

/** One pace of writes; latencies in milliseconds, counted from when the write was due: a queue in front of etcd is part of the wait. */
async function pace(perSecond: number, seconds: number, write: (n: number) => Promise<void>): Promise<{ took: number[]; refused: number }> {
  const took: number[] = [];
  let refused = 0;
  const open: Promise<void>[] = [];
  const start = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = start + n * 1000 / perSecond;
    const early = due - performance.now();
    if (early > 0) { await pause(early); }
    open.push(write(n).then(() => { took.push(performance.now() - due); }, () => { refused++; }));
  }
  await Promise.all(open);
  return { took, refused };
}

interface Round { readonly p50: number; readonly p99: number; readonly refused: number }

/** Pod churn on one ring and the storm on another, or on the same; what the pod writes waited. */
async function round(pods: EtcdRing, events: EtcdRing, name: string, seconds: number): Promise<Round> {
  const [podRing, eventRing] = [pods.members[0].gateway, events.members[0].gateway];
  const lease = await eventRing.lease(EVENT_TTL);
  const pod = 'p'.repeat(POD_BYTES);
  const event = 'e'.repeat(EVENT_BYTES);
  const [measured, storm] = await Promise.all([
    // Five writes of a pod go to one key, as create, bind and status do.
    pace(POD_WRITES_PER_SECOND, seconds, n => podRing.put(`/registry/pods/drill/${name}-${Math.floor(n / 5)}`, pod)),
    pace(EVENTS_PER_SECOND, seconds, n => eventRing.put(`/registry/events/drill/${name}-${n}`, event, undefined, lease)),
  ]);
  return { p50: quantile(measured.took, 0.5), p99: quantile(measured.took, 0.99), refused: measured.refused + storm.refused };
}

/** Storms with and without a ring for events, in turns, so that whatever else runs here meets both. */
const eventsRing: Check = {
  id: 'events-ring-keeps-main-fast',
  drill: '3',
  judge: 'component',
  component: 'etcd',
  skip: scene => (scene.extent.ci ? 'its ratio needs minutes; not in the short form' : undefined),
  run: async shared => {
    const [rounds, seconds] = [shared.extent.full ? 9 : 5, 10];
    const disk = secondDevice(await drillScene(shared));
    try {
      return await onRing(shared, 'main', { label: 'pods', members: 1 }, main => onRing(shared, 'events', { label: 'events', members: 1, dataFolder: disk.folder }, async events => {
        const together: Round[] = [];
        const apart: Round[] = [];
        await round(main, main, 'warm-up', 3);
        for (let n = 0; n < rounds; n++) {
          together.push(await round(main, main, `together-${n}`, seconds));
          apart.push(await round(main, events, `apart-${n}`, seconds));
        }
        const median = (of: Round[], what: 'p50' | 'p99') => quantile(of.map(r => r[what]), 0.5);
        const ratio = median(apart, 'p99') / median(together, 'p99');
        const refused = [...together, ...apart].reduce((sum, r) => sum + r.refused, 0);
        const figures: { [name: string]: Figure } = {
          ratio: { value: rounded(ratio), unit: 'p99 with / without the events ring', goal: '< 1', met: ratio < 1 },
          p99_without: { value: rounded(median(together, 'p99'), 1), unit: 'ms' },
          p99_with: { value: rounded(median(apart, 'p99'), 1), unit: 'ms' },
          p50_without: { value: rounded(median(together, 'p50'), 1), unit: 'ms' },
          p50_with: { value: rounded(median(apart, 'p50'), 1), unit: 'ms' },
          rounds: { value: rounds, unit: `of ${seconds} s each way` },
          ratio_of_pairs: { value: together.map((r, i) => rounded(apart[i].p99 / r.p99)).join(' '), unit: '' },
          refused: { value: refused, unit: 'writes' },
          ...besides(),
        };
        const how = `${EVENTS_PER_SECOND} events/s and ${POD_WRITES_PER_SECOND} pod writes/s, one member per ring, events on ${disk.words}`;
        return ratio < 1 && refused === 0 ? passed(how, figures) : failed(`${how}: ratio ${rounded(ratio)}, ${refused} writes refused`, figures);
      }));
    } finally {
      fs.rmSync(disk.folder, { recursive: true, force: true });
    }
  },
};

/** A device of its own for the events ring where this machine has one: shared memory, as the reference cluster gives each ring a disk. */
function secondDevice(scene: Scene): { folder: string; words: string } {
  const memory = '/dev/shm';
  const own = fs.existsSync(memory) && fs.statSync(memory).dev !== fs.statSync(os.tmpdir()).dev;
  const folder = fs.mkdtempSync(path.join(own ? memory : scene.folder, 'thousand-node-events-'));
  return { folder, words: own ? 'a device of their own (memory)' : 'the same device' };
}

export const eventsRingChecks: Check[] = [eventsRing];
