import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { synthesisedCorefile } from './answers-checks';
import { CoreDns, externalResolver, freshAddress } from './core-dns';
import { DnsCluster } from './dns-cluster';
import { DNS_PORT } from './local-corefile';
import { queryMix } from './query-mix';
import { ARTICLE_COREFILE, kubeadmCorefile } from './reference-corefiles';
import { Check, failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { residentBytes } from '../control-plane/memory-guard';

const ROUNDS = 5;
const LOOK_UPS = 10_000;
/** Share of the measured throughput at which latency is measured. */
const LOAD = 0.6;

/** What dnsperf said of one run. */
interface Measured {
  readonly perSecond: number;
  readonly lost: number;
  readonly completed: number;
  /** Share of answers that are neither an answer nor a denial. */
  readonly servfail: number;
  /** Processor time of CoreDNS for one query, in microseconds. */
  readonly cpu: number;
}

interface Contender { readonly name: 'ours' | 'article' | 'kubeadm'; readonly dns: CoreDns; readonly runs: Measured[] }

const CLOCK_TICKS = 100;

/** Seconds of processor time that a process has used. Source: proc(5), fields 14 and 15. */
function cpuSeconds(pid: number): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

async function dnsperf(scene: Scene, dns: CoreDns, data: string, seconds: number, ...more: string[]): Promise<{ measured: Measured; text: string }> {
  const before = cpuSeconds(dns.server.pid);
  const done = await scene.processes.run('dnsperf', ['-s', dns.address, '-p', String(DNS_PORT), '-d', data, '-l', String(seconds), '-c', '20', '-q', '200', '-t', '2', ...more], { timeoutMs: (seconds + 60) * 1000 });
  const cpu = cpuSeconds(dns.server.pid) - before;
  const value = (pattern: RegExp) => Number(pattern.exec(done.stdout)?.[1] ?? NaN);
  const completed = value(/Queries completed:\s+(\d+)/);
  if (done.code !== 0 || !(completed > 0)) { throw new Error(`dnsperf against ${dns.server.name}: exit ${done.code}: ${(done.stdout.slice(-300) + done.stderr).slice(-500)}`); }
  const servfail = Number(/SERVFAIL (\d+)/.exec(done.stdout)?.[1] ?? 0) / completed;
  return { measured: { perSecond: value(/Queries per second:\s+([\d.]+)/), lost: value(/Queries lost:\s+(\d+)/), completed, servfail, cpu: cpu / completed * 1e6 }, text: done.stdout };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/** Latency of the slowest in a hundred, from the report of every query. */
function p99(text: string): number {
  const latencies = [...text.matchAll(/^> \S+ \S+ \S+ ([\d.]+)$/gm)].map(match => Number(match[1]) * 1000).sort((a, b) => a - b);
  if (latencies.length < 100) { throw new Error(`dnsperf reported ${latencies.length} queries`); }
  return latencies[Math.floor(latencies.length * 0.99)];
}

/** Three Corefiles on the same binary, data and API server, one after the other in changing order. */
async function throughput(scene: Scene): Promise<Outcome> {
  const cluster = await DnsCluster.of(scene);
  const pods = scene.extent.full ? 36_000 : 12_000;
  await cluster.haveAddresses(pods);
  await cluster.haveApiPods(pods);
  const resolver = await externalResolver(scene, 'resolver-throughput');
  const data = scene.file('dns/queries.txt', queryMix(cluster, LOOK_UPS));
  const container = scene.object('Deployment', /^coredns$/).spec.template.spec.containers[0];
  const env = Object.fromEntries(container.env.map((item: { name: string; value: string }) => [item.name, item.value]));
  const start = async (name: Contender['name'], corefile: string, kubeconfig: string, own: { [name: string]: string } = {}): Promise<Contender> => {
    const dns = CoreDns.start(scene, { name: `throughput-${name}`, corefile, env: own }, { address: await freshAddress(scene), kubeconfig, upstream: `${resolver.address}:${DNS_PORT}` });
    await dns.ready(300);
    return { name, dns, runs: [] };
  };
  const contenders = [
    await start('ours', synthesisedCorefile(scene), await cluster.coreDnsKubeconfig(), env),
    // The article's watches pods, for which the administrator's rights are needed.
    await start('article', ARTICLE_COREFILE, cluster.api.kubeconfig('admin.conf')),
    await start('kubeadm', await kubeadmCorefile(scene), cluster.api.kubeconfig('admin.conf')),
  ];
  const seconds = scene.extent.full ? 20 : 10;
  for (const { dns } of contenders) { await dnsperf(scene, dns, data, 5); }
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length];
      contender.runs.push((await dnsperf(scene, contender.dns, data, seconds)).measured);
    }
  }
  const figures: { [name: string]: Figure } = { pods: { value: pods, unit: 'pods' } };
  const rate = (name: Contender['name']) => median(contenders.find(contender => contender.name === name)!.runs.map(run => run.perSecond));
  const memory = (name: Contender['name']) => residentBytes(contenders.find(contender => contender.name === name)!.dns.server.pid);
  for (const { name, dns, runs } of contenders) {
    const loaded = await dnsperf(scene, dns, data, seconds, '-Q', String(Math.floor(rate('ours') * LOAD)), '-v');
    figures[`${name}_queries`] = { value: Math.round(rate(name)), unit: 'queries/s' };
    figures[`${name}_cpu`] = { value: Math.round(median(runs.map(run => run.cpu)) * 10) / 10, unit: 'µs of processor per query' };
    figures[`${name}_p99`] = { value: Math.round(p99(loaded.text) * 100) / 100, unit: `ms at ${Math.floor(rate('ours') * LOAD)} queries/s`, ...(name === 'ours' ? { goal: '< 5 ms', met: p99(loaded.text) < 5 } : {}) };
    figures[`${name}_lost`] = { value: runs.reduce((sum, run) => sum + run.lost, 0), unit: `of ${runs.reduce((sum, run) => sum + run.completed + run.lost, 0)} queries` };
    figures[`${name}_memory`] = { value: Math.round(memory(name) / 1e6), unit: 'MB resident' };
  }
  const faster = rate('ours') / rate('article');
  const smaller = memory('ours') / memory('article');
  const most = pods > 20_000 ? 0.5 : 0.65;
  figures.queries_ratio = { value: Math.round(faster * 100) / 100, unit: 'times the article\'s', goal: '>= 1.3', met: faster >= 1.3 };
  figures.memory_ratio = { value: Math.round(smaller * 100) / 100, unit: 'times the article\'s', goal: `<= ${most}`, met: smaller <= most };
  const servfail = Math.max(...contenders.flatMap(({ runs }) => runs.map(run => run.servfail)));
  await Promise.all([...contenders.map(({ dns }) => dns), resolver].map(server => server.kill()));
  if (servfail > 0.001) { return failed(`${(servfail * 100).toFixed(2)} % of the answers are SERVFAIL: not throughput was measured`, figures); }
  const text = contenders.map(({ name }) => `${name} ${Math.round(rate(name))}/s`).join(', ');
  return faster >= 1.3 && smaller <= most ? passed(text, figures) : failed(`${text}: ${faster.toFixed(2)} times the queries, ${smaller.toFixed(2)} times the memory of the article's`, figures);
}

function hasDnsperf(): boolean {
  try {
    execFileSync('dnsperf', ['-h'], { stdio: 'ignore' });
    return true;
  } catch { return false; }
}

export const throughputChecks: Check[] = [
  {
    id: 'corefiles-compared',
    drill: '2',
    judge: 'component',
    component: 'coredns',
    skip: () => (hasDnsperf() ? undefined : 'dnsperf is not installed (Debian package dnsperf)'),
    run: throughput,
  },
];
