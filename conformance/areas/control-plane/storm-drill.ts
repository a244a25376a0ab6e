import * as fs from 'node:fs';
import * as path from 'node:path';
import { applyFlowControl, Plane, StormProfile } from './api-server-plane';
import { besides, pause, quantile, rounded } from './etcd-drill-scene';
import { MemoryGuard, residentBytes } from './memory-guard';
import { allReady, Bystanders, fill, lostNodes, renewLease, StormSize } from './storm-scene';
import { failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { until } from '../../waiting';
import { KWOK_NODES_ALONE } from '../foundation/kwok-stages';
import { startKwok } from '../foundation/node-checks';

/** A leader that has not renewed for so long is about to end itself: `leaseDuration` 15 s, `renewDeadline` 10 s. */
const LEASE_SECONDS = 10;
/** The article's server takes more than this machine has when all come (rehearsed: more than 23 GB with 300). */
const ARTICLE_ACCOUNTS = 100;

function size({ extent }: Scene): StormSize {
  if (extent.full) { return { accounts: 300, pods: 36_000, nodes: 300, seconds: 30 }; }
  return extent.ci ? { accounts: 100, pods: 3000, nodes: 30, seconds: 5 } : { accounts: 300, pods: 12_000, nodes: 120, seconds: 30 };
}

/** What one profile showed. */
interface StormResult {
  readonly p99: { readonly [bystander: string]: number };
  readonly timeouts: number;
  readonly before: number;
  readonly peak: number;
  readonly stopped: boolean;
  readonly leaseGap: number;
  readonly lost: number | string;
  /** Controller manager and scheduler that ended. */
  readonly ended: string[];
  readonly lists: number;
  readonly watches: number;
  readonly refused: number;
}

/** LIST and watch with initial events by many service accounts, each half of the time; on the same data with the flags of kubeadm, the article and ours. */
export function storm(shared: Scene): Promise<Outcome> {
  return Plane.onDrillMachines(shared, async plane => {
    const wanted = size(shared);
    await plane.startApiServer('kubeadm');
    const tokens = await fill(plane, wanted);
    const theirs = await underStorm(plane, 'kubeadm', wanted, tokens);
    let article: StormResult | undefined;
    if (shared.extent.full) {
      await plane.startApiServer('article');
      article = await underStorm(plane, 'article', wanted, tokens.slice(0, ARTICLE_ACCOUNTS));
    }
    await plane.startApiServer('ours');
    await applyFlowControl(plane.admin);
    const ours = await underStorm(plane, 'ours', wanted, tokens);
    return judge(wanted, ours, theirs, article, shared.extent.ci);
  });
}

async function underStorm(plane: Plane, profile: StormProfile, wanted: StormSize, tokens: string[]): Promise<StormResult> {
  await plane.forgetLeaders();
  const controllers = plane.startControllers(profile);
  const { servers } = plane.scene.controlPlane;
  const others = servers.length;
  await startKwok(plane.scene, KWOK_NODES_ALONE);
  const kwok = servers[others];
  await plane.controllersLead(controllers);
  await until('all nodes ready', 120, () => allReady(plane), servers, 500);
  const before = residentBytes(plane.server.pid);
  const guard = new MemoryGuard(plane.server);
  const bystanders = await Bystanders.start(plane, () => !guard.stopped);
  const lease = renewLease(plane);
  const start = Date.now();
  const runs = await attack(plane, profile, wanted, tokens, guard);
  await bystanders.end();
  const leaseGap = await lease.end();
  guard.end();
  const lost = guard.stopped ? 'unknown: stopped' : await lostNodes(plane, start).catch(() => 'unknown: no answer');
  const ended = controllers.filter(server => server.exitCode() !== undefined).map(server => server.name);
  await plane.kill([...controllers, kwok]);
  const all = [...bystanders.samples.values()].flat();
  return {
    p99: Object.fromEntries([...bystanders.samples].map(([name, list]) => [name, quantile(list.map(sample => sample.ms), 0.99) / 1000])),
    timeouts: all.filter(sample => !sample.ok).length,
    before,
    peak: guard.peak,
    stopped: guard.stopped,
    leaseGap,
    lost,
    ended,
    lists: runs[0].completed,
    watches: runs[1].completed,
    refused: runs[0].refused + runs[1].refused,
  };
}

interface Attack { readonly completed: number; readonly refused: number }

/** LISTs, then watches by all accounts; in the short form half of the accounts do the one and half the other, at the same time. */
async function attack(plane: Plane, profile: StormProfile, wanted: StormSize, tokens: string[], guard: MemoryGuard): Promise<[Attack, Attack]> {
  const by = (some: string[], watch: boolean) => (guard.stopped ? Promise.resolve({ completed: 0, refused: 0 }) : run(plane, profile, wanted, some, watch));
  if (plane.scene.extent.ci) {
    const half = Math.floor(tokens.length / 2);
    return Promise.all([by(tokens.slice(0, half), false), by(tokens.slice(half), true)]);
  }
  return [await by(tokens, false), await by(tokens, true)];
}

async function run(plane: Plane, profile: StormProfile, { seconds }: StormSize, tokens: string[], watch: boolean): Promise<Attack> {
  const config = plane.scene.file(`storm-${profile}-${watch}.json`, JSON.stringify({ server: plane.scene.controlPlane.apiServerUrl, ca: plane.scene.controlPlane.adminFiles.ca, tokens, seconds, watch }));
  const client = plane.scene.processes.start(`storm-${profile}-${watch}`, process.execPath, [...process.execArgv, path.join(__dirname, 'storm-client.ts'), config]);
  while (client.exitCode() === undefined) { await pause(200); }
  return JSON.parse(fs.readFileSync(`${config}.result`, 'utf8'));
}

function judge(wanted: StormSize, ours: StormResult, theirs: StormResult, article: StormResult | undefined, short: boolean): Outcome {
  const worst = (result: StormResult) => Math.max(...Object.values(result.p99));
  const ratio = worst(ours) / worst(theirs);
  // A server that the guard stopped would have taken more.
  const memory = ours.peak / theirs.peak;
  const growth = (ours.peak - ours.before) / (theirs.peak - theirs.before);
  const rules: Array<[string, boolean]> = [
    ['ours was stopped by the guard', !ours.stopped],
    [`${ours.timeouts} requests of bystanders failed`, ours.timeouts === 0],
    [`a lease waited ${ours.leaseGap.toFixed(1)} s`, ours.leaseGap < LEASE_SECONDS],
    [`ended: ${ours.ended.join(', ')}`, ours.ended.length === 0],
    [`nodes that were not ready meanwhile: ${ours.lost}`, ours.lost === 0],
    [`bystanders wait ${ratio.toFixed(2)} of kubeadm's`, ratio <= 0.1],
    // With few pods the server itself is most of its memory, and one collection of garbage much of what the storm adds: the short form only tells more from less.
    short ? [`the storm adds ${growth.toFixed(2)} of kubeadm's memory`, growth < 1] : [`memory is ${memory.toFixed(2)} of kubeadm's`, memory <= 0.5],
    ['no LIST of the storm came through', ours.lists > 0],
    ['no watch of the storm came through', ours.watches > 0],
  ];
  const wrong = rules.filter(([, holds]) => !holds).map(([text]) => text);
  const times = ours.peak / ours.before;
  const figures: { [name: string]: Figure } = {
    pods: { value: wanted.pods, unit: 'pods' },
    nodes: { value: wanted.nodes, unit: 'nodes' },
    accounts: { value: wanted.accounts, unit: 'service accounts' },
    ...row('ours', ours),
    ...row('kubeadm', theirs),
    ...(article === undefined ? {} : { article_accounts: { value: ARTICLE_ACCOUNTS, unit: 'service accounts' }, ...row('article', article) }),
    p99_worst: { value: rounded(worst(ours), 3), unit: 's', goal: '0.25', met: worst(ours) <= 0.25 },
    p99_ratio: { value: rounded(ratio, 3), unit: 'of kubeadm\'s', goal: '0.1', met: ratio <= 0.1 },
    growth_ratio: { value: rounded(growth, 3), unit: 'of kubeadm\'s', goal: '0.5', met: growth <= 0.5 },
    memory_ratio: { value: rounded(memory, 3), unit: 'of kubeadm\'s', goal: '0.5', met: memory <= 0.5 },
    memory_times: { value: rounded(times), unit: 'times the memory before the storm', goal: '1.5', met: times <= 1.5 },
    ...besides(),
  };
  const text = `worst p99 ${worst(ours).toFixed(2)} s and ${worst(theirs).toFixed(2)} s with kubeadm's flags${theirs.stopped ? ', whose server the guard stopped' : ''}`;
  return wrong.length === 0 ? passed(text, figures) : failed(`${wrong.join('; ')}; ${text}`, figures);
}

function row(name: string, result: StormResult): { [figure: string]: Figure } {
  const mebibytes = (bytes: number): Figure => ({ value: Math.round(bytes / 1024 ** 2), unit: 'MiB' });
  return {
    ...Object.fromEntries(Object.entries(result.p99).map(([who, s]) => [`${name}_${who}_p99`, { value: rounded(s, 3), unit: 's' }])),
    [`${name}_failed`]: { value: result.timeouts, unit: 'requests of bystanders' },
    [`${name}_before`]: mebibytes(result.before),
    [`${name}_peak`]: mebibytes(result.peak),
    [`${name}_stopped`]: { value: result.stopped ? 'yes' : 'no', unit: 'by the guard' },
    [`${name}_lists`]: { value: result.lists, unit: 'LISTs' },
    [`${name}_watches`]: { value: result.watches, unit: 'watches' },
    [`${name}_refused`]: { value: result.refused, unit: 'requests' },
    [`${name}_lease_gap`]: { value: rounded(result.leaseGap), unit: 's' },
    [`${name}_lost`]: { value: result.lost, unit: 'nodes not ready meanwhile' },
    [`${name}_ended`]: { value: result.ended.length, unit: 'of controller manager and scheduler' },
  };
}
