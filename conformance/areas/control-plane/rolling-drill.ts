import * as fs from 'node:fs';
import { parse } from 'yaml';
import { Plane, Profile } from './api-server-plane';
import { drillKubeconfig } from './drill-kubeconfig';
import { pause, rounded } from './etcd-drill-scene';
import { TcpBalancer } from './tcp-balancer';
import { balancerCheck } from '../../../src/capacity/api-server-balancer-capacity';
import { failed, Outcome, passed } from '../../check';
import { StaticPodFile } from '../../control-plane/host-tree';
import { KubeClient } from '../../kube-client';
import { Server } from '../../processes';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** The balancer checks as rarely as the shutdown delay was made for. */
const ASSUMED = balancerCheck(false);
const CHECK = { intervalMs: ASSUMED.interval.value * 1000, timeoutMs: 2000, failures: ASSUMED.failures.value };
const WORKERS = 8;
const QUIET_MS = 5000;
/** Seconds that the kubelet waits for a server's end, in a pod that says nothing of it, as kubeadm's. */
const DEFAULT_GRACE = 30;

/** Seconds that the kubelet waits with our manifest. */
function ownGrace({ plain }: Scene): number {
  return parse(plain.text(plain.at('/etc/kubernetes/manifests/kube-apiserver.yaml')[0])).spec.terminationGracePeriodSeconds;
}

/** What the clients' program says at its end. */
interface Report {
  readonly requests: number;
  readonly failed: number;
  readonly failedHttp11: number;
  readonly failures: Array<{ readonly atMs: number; readonly verb: string; readonly http: string; readonly error: string }>;
  readonly askedToRetry: number;
  readonly brokenAttempts: number;
  readonly longestMs: number;
  readonly created: number;
  readonly watchers: number;
  readonly watchStarts: number;
  readonly lists: number;
  readonly missedAdds: number;
  readonly silenceMs: number;
  readonly watchErrors: Report['failures'];
}

interface Rolled {
  readonly report: Report;
  /** Seconds from the signal, for each server. */
  readonly noticed: number[];
  readonly ended: number[];
  readonly back: number[];
  readonly lost: number;
}

/** Two API servers behind a balancer, each rolled once under reads, writes and watches; with our flags, then with kubeadm's, on one etcd. */
export function serversRolled(shared: Scene): Promise<Outcome> {
  return Plane.onDrillMachines(shared, async plane => {
    const ours = await roll(plane, 'ours', 6443);
    const theirs = await roll(plane, 'kubeadm', 6444);
    return judge(ours, theirs);
  });
}

async function roll(plane: Plane, profile: Profile, port: number): Promise<Rolled> {
  const { scene } = plane;
  const { controlPlane } = scene;
  const grace = profile === 'ours' ? ownGrace(scene) : DEFAULT_GRACE;
  const pods = controlPlane.pods('kube-apiserver').slice(0, 2);
  const servers = new Map<StaticPodFile, Server>();
  const start = (pod: StaticPodFile) => servers.set(pod, plane.start(pod, `kube-apiserver-${profile}`, plane.argv(pod, profile), pod.machine));
  const { loopback } = controlPlane.placement;
  pods.forEach(start);
  for (const pod of pods) {
    const admin = new KubeClient(`https://${loopback.address(pod.machine)}:6443`, controlPlane.adminFiles);
    await until(`API server of ${pod.machine}`, 180, async () => (await admin.get('/readyz')).body === 'ok', [...servers.values()]);
    admin.close();
  }
  const address = loopback.extra(7);
  const backends = pods.map(pod => ({ name: pod.machine, host: loopback.address(pod.machine), port: 6443 }));
  const balancer = await TcpBalancer.listen(address, port, backends, controlPlane.adminFiles.ca, CHECK);
  try {
    // The balancer's address here stands for a name that the certificate has.
    const kubeconfig = drillKubeconfig(scene, `rolling-${profile}`, `https://${address}:${port}`, 'kubernetes.default.svc');
    const client = scene.processes.start(`rolling-client-${profile}`, scene.binaries['rolling-client'].path, [
      '--kubeconfig', kubeconfig, '--namespace=default', `--workers=${WORKERS}`,
    ]);
    await pause(QUIET_MS);
    const times = { noticed: [] as number[], ended: [] as number[], back: [] as number[] };
    for (const pod of pods) {
      await until(`${pod.machine} takes part`, 30, async () => balancer.isHealthy(pod.machine) && balancer.openTo(pod.machine) > 0, [client]);
      const server = servers.get(pod)!;
      forget(plane, server);
      const signalled = Date.now();
      const since = () => (Date.now() - signalled) / 1000;
      process.kill(server.pid, 'SIGTERM');
      const patience = setTimeout(() => { if (server.exitCode() === undefined) { process.kill(server.pid, 'SIGKILL'); } }, grace * 1000);
      await until(`the end of ${server.name}`, grace + 10, async () => server.exitCode() !== undefined, [client], 50);
      clearTimeout(patience);
      times.ended.push(since());
      // As the kubelet does: a new one as soon as the old one has ended.
      start(pod);
      const out = () => balancer.changes.find(change => change.backend === pod.machine && !change.healthy && change.at >= signalled);
      await until(`${pod.machine} is back`, 90, async () => {
        const backSince = balancer.changes.filter(change => change.backend === pod.machine && change.healthy && change.at >= signalled);
        // Fast enough, a balancer never notices.
        const unnoticed = out() === undefined && since() > times.ended.at(-1)! + CHECK.intervalMs * (CHECK.failures + 1) / 1000;
        return balancer.isHealthy(pod.machine) && (backSince.length > 0 || unnoticed);
      }, [client, servers.get(pod)!], 100);
      times.back.push(since());
      const noticed = out();
      if (noticed) { times.noticed.push((noticed.at - signalled) / 1000); }
      await pause(QUIET_MS);
    }
    process.kill(client.pid, 'SIGTERM');
    await until('the clients\' report', 60, async () => client.exitCode() !== undefined);
    const report: Report = JSON.parse(fs.readFileSync(client.logFile, 'utf8').trim().split('\n').at(-1)!);
    return { report, ...times, lost: balancer.lost };
  } finally {
    await balancer.close();
    for (const server of servers.values()) {
      forget(plane, server);
      if (server.exitCode() === undefined) { process.kill(server.pid, 'SIGKILL'); }
      await until(`the end of ${server.name}`, 30, async () => server.exitCode() !== undefined);
    }
  }
}

/** A server that ends on purpose is no failure of the others' waiting. */
function forget(plane: Plane, server: Server): void {
  const { servers } = plane.scene.controlPlane;
  servers.splice(0, servers.length, ...servers.filter(other => other !== server));
}

const http2Failed = (report: Report) => report.failed - report.failedHttp11;

/** A server that has just started knows only changes since then: informers that ask for older ones are told 410, and ask for everything. */
const listedAgain = ({ lists, watchers }: Report) => lists - watchers;

/** What Go's transport does not repeat by itself. */
const WRITES = ['create', 'update', 'patch', 'delete'];

/**
 * On HTTP/1.1 a server that closes an idle connection may cross with a request. Go repeats what is idempotent, and nobody can repeat the rest: at most one
 * write for each of the connections that a server closes.
 */
function lostRaces({ failures, failedHttp11 }: Report): boolean {
  const old = failures.filter(failure => failure.http === '1.1');
  return failedHttp11 <= WORKERS / 2 && old.every(failure => WRITES.includes(failure.verb) && /EOF|connection reset/.test(failure.error));
}

function judge(ours: Rolled, theirs: Rolled): Outcome {
  const longest = (values: number[]) => (values.length === 0 ? 'never' : rounded(Math.max(...values), 1));
  const row = (name: string, { report, noticed, ended, back, lost }: Rolled): { [figure: string]: Figure } => ({
    [`${name}_requests`]: { value: report.requests, unit: 'requests of client-go' },
    [`${name}_failed`]: { value: http2Failed(report), unit: 'requests on HTTP/2, as client-go speaks it', ...(name === 'ours' ? { goal: '0', met: http2Failed(report) === 0 } : {}) },
    [`${name}_failed_http_1_1`]: { value: report.failedHttp11, unit: 'requests on HTTP/1.1', ...(name === 'ours' ? { goal: '0', met: report.failedHttp11 === 0 } : {}) },
    [`${name}_missed_events`]: { value: report.missedAdds, unit: `of ${report.created * report.watchers} objects that ${report.watchers} informers had to tell of`, ...(name === 'ours' ? { goal: '0', met: report.missedAdds === 0 } : {}) },
    [`${name}_repeated`]: { value: report.askedToRetry, unit: 'answers 429 that client-go repeated' },
    [`${name}_broken`]: { value: report.brokenAttempts, unit: 'attempts without answer, below client-go\'s own repetition' },
    [`${name}_lost_connections`]: { value: lost, unit: 'connections that the balancer sent to nobody' },
    [`${name}_longest`]: { value: report.longestMs, unit: 'ms for a request' },
    [`${name}_list_again`]: { value: listedAgain(report), unit: 'times an informer asked for everything again' },
    [`${name}_longest_silence`]: { value: report.silenceMs, unit: 'ms in which an informer told nothing' },
    [`${name}_watch_starts`]: { value: report.watchStarts, unit: 'watches' },
    [`${name}_noticed`]: { value: longest(noticed), unit: 's from the signal until the balancer sends nobody new' },
    [`${name}_ended`]: { value: longest(ended), unit: 's from the signal until the server has ended' },
    [`${name}_back`]: { value: longest(back), unit: 's from the signal until the balancer sends again' },
  });
  const figures = { clients: { value: WORKERS, unit: 'connections that read and write, half HTTP/2, half HTTP/1.1' }, ...row('ours', ours), ...row('kubeadm', theirs) };
  const rules: Array<[string, boolean]> = [
    [`${http2Failed(ours.report)} of ${ours.report.requests} requests failed: ${JSON.stringify(ours.report.failures.filter(failure => failure.http === '2').slice(0, 3))}`, http2Failed(ours.report) === 0],
    [`on HTTP/1.1 also reads failed or many: ${JSON.stringify(ours.report.failures.slice(0, 3))}`, lostRaces(ours.report)],
    [`${ours.report.missedAdds} objects were never told of: ${JSON.stringify(ours.report.watchErrors.slice(0, 3))}`, ours.report.missedAdds === 0],
    [`only ${ours.report.requests} requests`, ours.report.requests > 1000],
    ['the balancer did not notice each server', ours.noticed.length === 2],
    // The same clients, the same balancer: were nothing lost here either, this drill would prove nothing.
    ['nothing broke with kubeadm\'s flags', theirs.report.brokenAttempts + theirs.report.failed > 0],
  ];
  const wrong = rules.filter(([, holds]) => !holds).map(([text]) => text);
  const first = theirs.report.failures[0];
  const text = `${ours.report.failed} of ${ours.report.requests} requests failed, ${ours.report.failedHttp11} of them on HTTP/1.1; with kubeadm's flags ${theirs.report.failed} of ${theirs.report.requests}${first ? `, such as ${first.verb}: ${first.error.slice(0, 120)}` : ''}`;
  return wrong.length === 0 ? passed(text, figures) : failed(`${wrong.join('; ')}; ${text}`, figures);
}
