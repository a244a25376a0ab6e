import { questions, synthesisedCorefile, wrongAnswers } from './answers-checks';
import { CoreDns, externalResolver, freshAddress } from './core-dns';
import { ask, DnsAnswer } from './dns-client';
import { DnsCluster } from './dns-cluster';
import { DNS_PORT } from './local-corefile';
import { Check, failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** Ask for names in turn until told to stop, and count what is said. */
class Asking {
  public readonly rcodes = new Map<string, number>();
  public asked = 0;
  public slowest = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(dns: CoreDns, names: string[], pauseMs = 10) {
    this.done = (async () => {
      for (let i = 0; !this.stopped; i++) {
        const answer = await ask(dns.at, names[i % names.length]);
        this.count(answer);
        await new Promise(resolve => setTimeout(resolve, pauseMs));
      }
    })();
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  public failures(): number { return this.asked - (this.rcodes.get('NOERROR') ?? 0); }

  public toString(): string { return [...this.rcodes].map(([rcode, count]) => `${count} ${rcode}`).join(', '); }

  private count(answer: DnsAnswer): void {
    this.asked++;
    this.rcodes.set(answer.rcode, (this.rcodes.get(answer.rcode) ?? 0) + 1);
    this.slowest = Math.max(this.slowest, answer.ms);
  }
}

/**
 * The API server is gone. Names of the cluster and names outside are answered as before; a CoreDNS that starts meanwhile has nothing to answer from, and says so
 * by not being ready; when the API server is back, both know what changed.
 */
async function apiServerGone(scene: Scene): Promise<Outcome> {
  const seconds = scene.extent.full ? 600 : scene.extent.ci ? 15 : 120;
  const cluster = await DnsCluster.of(scene);
  const resolver = await externalResolver(scene, 'resolver-outage');
  const place = async () => ({ address: await freshAddress(scene), kubeconfig: await cluster.coreDnsKubeconfig(), upstream: `${resolver.address}:${DNS_PORT}` });
  const [running, late] = [await place(), await place()];
  const dns = CoreDns.start(scene, { name: 'outage', corefile: synthesisedCorefile(scene) }, running);
  await dns.ready();
  const before = await questions(cluster);
  const services = cluster.withAddress.slice(0, 200).map(service => cluster.name(service));
  const asking = new Asking(dns, [...services, ...cluster.headless.slice(0, 50).map(service => cluster.name(service)), 'api.example.com', 'www.example.org']);

  await cluster.api.killApiServer();
  const started = Date.now();
  // A restart in the middle of it.
  const restarted = CoreDns.start(scene, { name: 'outage-restart', corefile: synthesisedCorefile(scene) }, late);
  await restarted.answers(services[0], 60);
  const cold = await ask(restarted.at, services[0], 'A', { timeoutMs: 6000 });
  const coldExternal = await ask(restarted.at, 'api.example.com', 'A', { timeoutMs: 6000 });
  const coldReady = await restarted.isReady();
  await new Promise(resolve => setTimeout(resolve, Math.max(0, started + seconds * 1000 - Date.now())));
  const wrong = await wrongAnswers(dns, before);
  const readyDuring = await dns.isReady();
  await asking.stop();

  await cluster.api.startApiServer();
  const back = Date.now();
  await until('the restarted CoreDNS knows Services', 90, async () => (await ask(restarted.at, services[0])).rcode === 'NOERROR', [restarted.server]);
  const recovered = (Date.now() - back) / 1000;
  const fresh = `fresh-${back}`;
  await cluster.post('/api/v1/namespaces/team-0/services', { apiVersion: 'v1', kind: 'Service', metadata: { name: fresh }, spec: { ports: [{ port: 80 }] } });
  const learned = await until('the running CoreDNS learns of a new Service', 90, async () => (await ask(dns.at, `${fresh}.team-0.svc.cluster.local`)).rcode === 'NOERROR', [dns.server], 50);
  await Promise.all([dns, restarted, resolver].map(server => server.kill()));

  const figures: { [name: string]: Figure } = {
    outage: { value: seconds, unit: 's' },
    asked: { value: asking.asked, unit: 'queries' },
    failed: { value: asking.failures(), unit: 'queries', goal: '0', met: asking.failures() === 0 },
    slowest: { value: Math.round(asking.slowest), unit: 'ms' },
    restarted_says: { value: `${cold.rcode} for a Service, ${coldExternal.rcode} outside, ready ${coldReady}`, unit: '' },
    restarted_recovers: { value: Math.round(recovered * 10) / 10, unit: 's after the API server' },
    new_service_known: { value: Math.round(learned * 10) / 10, unit: 's after it was made' },
  };
  if (asking.failures() > 0 || wrong.length > 0) { return failed(`during the outage: ${asking}; ${wrong.slice(0, 3).join('; ')}`, figures); }
  // The twin: what has no state cannot answer, or the check would prove nothing.
  if (cold.rcode === 'NOERROR' || coldReady) { return failed('a CoreDNS without an API server answers for Services: the outage was none', figures); }
  return passed(`${asking.asked} queries in ${seconds} s without an API server: ${asking}; still ready: ${readyDuring}; one that started meanwhile said ${cold.rcode} for a Service and ${coldExternal.rcode} for a name outside`, figures);
}

/** The resolvers outside are gone: what was asked for before is still answered, soon; what was not is an error at once. */
async function resolversGone(scene: Scene): Promise<Outcome> {
  const cluster = await DnsCluster.of(scene);
  const resolver = await externalResolver(scene, 'resolver-gone');
  // Answers run out after a second, so that a minute is not needed to see a stale one.
  const corefile = synthesisedCorefile(scene).replace(/^(\s*)cache \d+ \{/m, '$1cache 1 {');
  const run = async (name: string, text: string) => {
    const dns = CoreDns.start(scene, { name, corefile: text }, { address: await freshAddress(scene), kubeconfig: await cluster.coreDnsKubeconfig(), upstream: `${resolver.address}:${DNS_PORT}` });
    await dns.ready();
    await ask(dns.at, 'api.example.com');
    return dns;
  };
  const ours = await run('stale', corefile);
  // The twin: without the option the answer is gone with its source.
  const without = await run('stale-without', corefile.replace(/^\s*serve_stale.*\n/m, '').replace(/^\s*failfast_all_unhealthy_upstreams\n/m, ''));
  await resolver.kill();
  await new Promise(resolve => setTimeout(resolve, 6000));
  const first = await ask(ours.at, 'api.example.com', 'A', { timeoutMs: 8000 });
  await new Promise(resolve => setTimeout(resolve, 3000));
  const stale = await ask(ours.at, 'api.example.com', 'A', { timeoutMs: 8000 });
  const unknown = await ask(ours.at, 'never.example.com', 'A', { timeoutMs: 8000 });
  const twin = await ask(without.at, 'api.example.com', 'A', { timeoutMs: 8000 });
  const service = await ask(ours.at, cluster.name(cluster.withAddress[0]));
  await Promise.all([ours, without].map(server => server.kill()));
  const ms = (answer: DnsAnswer) => ({ value: Math.round(answer.ms), unit: `ms (${answer.rcode})` });
  const figures = { first_stale: ms(first), stale: ms(stale), never_asked: ms(unknown), twin: ms(twin), service: ms(service) };
  if (twin.rcode === 'NOERROR') { return failed('without serve_stale the name is answered too: the resolver was not gone', figures); }
  return first.rcode === 'NOERROR' && stale.rcode === 'NOERROR' && service.rcode === 'NOERROR' && unknown.rcode === 'SERVFAIL'
    ? passed(`a name asked for before is answered after ${Math.round(first.ms)} ms and then ${Math.round(stale.ms)} ms, one that never was is ${unknown.rcode} after ${Math.round(unknown.ms)} ms; without stale answers: ${twin.rcode}`, figures)
    : failed(`stale ${first.rcode} then ${stale.rcode}, never asked ${unknown.rcode}, Service ${service.rcode}`, figures);
}

/** The worst hour: without an API server, without the resolvers outside. */
export const outageChecks: Check[] = [
  { id: 'answers-without-api-server', drill: '3', judge: 'component', component: 'coredns', run: apiServerGone },
  { id: 'answers-without-resolvers', drill: '3b', judge: 'component', component: 'coredns', run: resolversGone },
];
